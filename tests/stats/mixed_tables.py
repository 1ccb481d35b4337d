"""Tables for the tests of mixed models: drawn crossovers, and reference cases as columns."""

import csv
from pathlib import Path

import numpy as np

CASES = Path(__file__).parents[1] / "reference" / "cases"


def crossover(seed=1, participants=12, visits=3, missing=0.0, between=2.0):
    """Return columns of a 2 x 2 crossover: y, treatment, period, visit, participant, session."""
    draw = np.random.default_rng(seed)
    rows = []
    for who in range(participants):
        person = between * draw.normal()
        for period in (1, 2):
            given = "AB"[(period + who) % 2]
            session = 1.5 * draw.normal()
            for visit in range(visits):
                y = person + session + draw.normal() + 3.0 * (given == "B")
                seen = draw.random() > missing
                rows.append((y if seen else np.nan, given, period, visit, f"P{who:02d}"))
    names = ("y", "treatment", "period", "visit", "participant")
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    pairs = zip(columns["participant"], columns["period"], strict=True)
    columns["session"] = [f"{who}/{period}" for who, period in pairs]
    return columns


def effects(columns):
    """Return y, X and the names intercept, B, period 2."""
    treatment, period = np.array(columns["treatment"]), np.array(columns["period"])
    X = np.stack([np.ones(len(period)), treatment == "B", period == 2], axis=1)
    return np.array(columns["y"]), X.astype(float), ("intercept", "B", "period 2")


def case_rows(case):
    with (CASES / case / "data.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
