"""Every promised result, run at full size and written down: `make prove`."""
