"""Speed, as ratios against public peers in the same run: `make bench`."""
