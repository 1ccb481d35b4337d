"""`python -m crossblock.cli` is `crossblock`."""

from crossblock.cli import main

main()
