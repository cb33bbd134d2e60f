"""A phone on a cable, for tests: its side of ADB, its shell, its files, its app and its calls."""
