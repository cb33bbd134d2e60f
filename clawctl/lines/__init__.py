"""How calls reach us."""
