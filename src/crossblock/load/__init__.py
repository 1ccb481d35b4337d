"""Floor 3: files to nouns, with errors that name file, line and key."""
