"""Settings: said once, read, changed, saved."""
