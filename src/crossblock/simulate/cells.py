"""The cells of drug x blocker, by the names that protocols use."""

BLOCKED, OPEN, ALONE, NONE = "blocked", "open", "blocker_alone", "no_drug"
