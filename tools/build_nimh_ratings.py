"""Reshape the NIMH ketamine crossover (OpenNeuro ds005917, CC0) into tidy ratings.

Reads `original/participants.csv` and `original/phenotype.csv` beside the catalog's
`ratings/nimh-ketamine-saline/` and writes `participants.csv` and `ratings.csv` there: the 33 adults
with major depression, one row per rated instrument. Run it again and the bytes are the same:

    python tools/build_nimh_ratings.py

Sessions b0, d2, d10, p2, p10 become visits `baseline`, `d2`, `d10` in the period in which ketamine
(d) or saline (p) was given. The baseline was taken once, before the first infusion: it is stored in
period 1, as the protocol says. `n/a` becomes no row.
"""

from __future__ import annotations

import csv
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent / "src/crossblock/catalog/ratings"
FOLDER = HOME / "nimh-ketamine-saline"
CONDITION = {"d": "ketamine", "p": "saline"}
SEQUENCE = {"d": "ketamine-first", "p": "saline-first", "n/a": ""}
INSTRUMENT = {"MADRS_Total": "madrs", "HAMD_Bech": "hamd6", "HAM17_Total": "hamd17"}
TIDY = ["participant", "sequence", "period", "visit", "instrument", "score", "condition"]


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "original" / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def place(session: str, first: str) -> tuple[int, str, str]:
    """Return (period, visit, condition) of a session, given the person's first infusion."""
    if session == "ses-b0":
        return 1, "baseline", ""
    given, day = session.removeprefix("ses-")[0], session.removeprefix("ses-")[1:]
    return (1 if given == first else 2), f"d{day}", CONDITION[given]


def write(name: str, header: list[str], table: list[list[str | int]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(table)


def main() -> None:
    people = [p for p in rows("participants.csv") if p["group"] == "MDD"]
    first = {p["participant_id"]: p["infusion_1"] for p in people}
    write(
        "participants.csv",
        ["participant", "sequence", "infusions", "age_years", "sex", "bmi_kg_m2"],
        [
            [
                p["participant_id"].removeprefix("sub-"),
                SEQUENCE[p["infusion_1"]],
                sum(p[f"infusion_{k}"] != "n/a" for k in (1, 2)),
                *(p[k].replace("n/a", "") for k in ("age", "sex", "BMI")),
            ]
            for p in people
        ],
    )
    tidy: list[list[str | int]] = []
    for row in rows("phenotype.csv"):
        who = row["participant_id"]
        if who not in first:
            continue
        period, visit, condition = place(row["session_id"], first[who])
        tidy.extend(
            [
                who.removeprefix("sub-"),
                SEQUENCE[first[who]],
                period,
                visit,
                name,
                row[column],
                condition,
            ]
            for column, name in INSTRUMENT.items()
            if row[column] != "n/a"
        )
    write("ratings.csv", TIDY, tidy)


if __name__ == "__main__":
    main()
