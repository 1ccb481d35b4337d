"""Floor 1: arrays in, arrays out. No files, no clock, no global randomness."""
