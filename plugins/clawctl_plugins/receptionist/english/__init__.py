"""English: what callers say, also as a recogniser writes it, and what they are told."""
