"""The table of work for the worker process."""
