"""Participants, versions of what was written, queries, signatures, and the audit chain."""
