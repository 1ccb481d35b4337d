import csv
from pathlib import Path

import pytest

from crossblock.core.errors import CatalogError
from crossblock.domain.evidence import Use
from crossblock.load import evidence

HEAD = "study,drug,endpoint,statistic,value,n,time_h,units,confidence\n"
GOOD = "B 2021,ketamine,MADRS,mean,20,30,24,points,read in the paper\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(HEAD + "".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_the_shipped_rows_all_read_and_keep_their_tags() -> None:
    found = evidence.shipped()
    with (Path(evidence.catalog.ROOT) / "evidence" / "evidence.csv").open(encoding="utf-8") as f:
        tags = [r["confidence"] for r in csv.DictReader(f)]
    assert len(tags) == 345
    mine = [r for r in found.rows if r.file == "evidence.csv"]
    assert [r.confidence for r in mine] == [evidence.TAGS[t] for t in tags]
    assert not found.refused
    assert not found.flags
    assert sum(r.use is Use.DISPLAY for r in mine) == tags.count("from memory")


def test_numbers_printed_beside_the_value_are_read() -> None:
    found = evidence.shipped()
    (rate,) = found.of("Lii 2023", endpoint="MADRS response", time_h=24.0, drug="ketamine")
    assert rate.count == (12, 20)
    (difference,) = found.of("Lii 2023", statistic="mean_difference")
    assert difference.interval == (-13.3, 1.64)
    (test,) = found.of("Jelen 2025", statistic="F", time_h=24.0)
    assert (test.value, test.statistic.df) == (5.39, (1.0, 74.0))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("A 2020,ketamine,MADRS,mean,75,30,24,points,read in the paper", "outside the scale"),
        ("A 2020,ketamine,MADRS,sd,0,30,24,points,read in the paper", "everybody was equal"),
        ("A 2020,ketamine,MADRS,F,4.8,30,24,F,read in abstract", "without its degrees of freedom"),
        ("A 2020,,MADRS,mean,20,30,24,points,read in the paper", "names no arm"),
        ("A 2020,ketamine,MADRS,mean,=1+1,30,24,points,read in the paper", "not a number"),
        ("A 2020,ketamine,MADRS,means,20,30,24,points,read in the paper", "did you mean mean?"),
        ("A 2020,ketamine,MADRS,mean,20,30,24,points,my cousin said so", "how the figure was met"),
        ("A 2020,ketamine,MADRS,mean,20,-4,24,points,read in the paper", "whole numbers"),
        (",ketamine,MADRS,mean,20,30,24,points,read in the paper", "without a study"),
        ('A 2020,k,MADRS response,response_rate,0.9,20,24,"fraction (12/20)",read in abstract',
         "12 of 20 is not 0.9"),
        ('A 2020,k,MADRS,mean_difference,-20,20,24,"points (95% CI -13.3 to 1.64)",'
         "read in abstract", "outside its own interval"),
        ("A 2020,ketamine,MADRS,mean,20", "one cell per column"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_line_and_costs_no_other(
    tmp_path: Path, line: str, why: str
) -> None:
    found = evidence.read(written(tmp_path, GOOD.strip(), line))
    assert [r.study for r in found.rows] == ["B 2021"]
    assert "line 3" in str(found.refused[0])
    assert why in str(found.refused[0])


def test_contradictory_rows_are_kept_and_flagged(tmp_path: Path) -> None:
    found = evidence.read(written(tmp_path, GOOD.strip(), GOOD.replace("20,30", "25,30").strip()))
    assert len(found.rows) == 2
    assert "contradict" in str(found.flags[0])
    assert len(found.contested) == 2


def test_a_file_that_is_no_such_table_is_refused_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("study;drug\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="use commas"):
        evidence.read(path)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(CatalogError, match="Excel"):
        evidence.read(path)


def test_the_scale_of_an_endpoint() -> None:
    assert evidence.scale_of("HAM-D17 change, responders") == (0.0, 52.0)
    assert evidence.scale_of("PWC withdrawal sub-score (0-24), last dose") == (0.0, 24.0)
    assert evidence.scale_of("relapse") is None
