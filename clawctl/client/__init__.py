"""Talking to a running gateway."""
