"""Floor 2: the nouns. Frozen values, validated in one place."""
