"""Floor 4: what a treatment does to one participant or many."""
