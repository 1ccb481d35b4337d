"""Floor 5: virtual participants, their raters, a trial, a hundred thousand trials."""
