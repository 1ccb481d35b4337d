"""Floor 3: what the data say. One method family a file."""
