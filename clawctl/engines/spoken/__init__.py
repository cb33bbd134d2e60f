"""Saying in words what is written in signs: rules in general, and a table of them a language."""
