"""The same load on SQLite, two minutes of it: one desk, not a multicenter study."""

import os

os.environ.setdefault("ENGINE", "sqlite")
os.environ.setdefault("SECONDS", "120")

from benchmarks.server import main

if __name__ == "__main__":
    main()
