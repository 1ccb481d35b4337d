"""Repeated use: what the answer means for people who take the drug again and again."""
