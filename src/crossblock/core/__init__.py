"""Floor 1: errors, quantities with units, random streams."""
