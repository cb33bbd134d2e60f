"""What happens in a call; no I/O of its own."""
