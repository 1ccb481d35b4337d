"""crossblock."""
