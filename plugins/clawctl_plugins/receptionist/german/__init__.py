"""German: what callers say, and what they are told (never "du")."""
