"""Floor 6: which mechanism the published evidence favors, and what would settle it."""
