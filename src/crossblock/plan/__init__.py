"""Floor 7: the next study, its size, design and cost, and what each outcome would prove."""
