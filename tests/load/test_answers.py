import csv
from pathlib import Path

import pytest

from crossblock.core.errors import RatingsError
from crossblock.load import answers, instrument

HAMD6 = instrument.read("hamd6")
HEAD = "participant,item1,item2,item7,item8,item10,item13\n"


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_answers_become_scores_with_their_labels(tmp_path):
    found = answers.read(table(tmp_path, HEAD + "p1,4,4,4,4,4,2\np2,0,1,0,1,0,1\n"), HAMD6)
    assert [row.scores["total"] for row in found.rows] == [22, 3]
    assert [row.labels["participant"] for row in found.rows] == ["p1", "p2"]
    assert (found.wrong, found.unscored) == ((), ())


def test_bad_rows_are_listed_and_none_is_lost(tmp_path):
    rows = [
        "p1,4,4,4,4,4,2",
        "p2,5,1,x,1,0,1",
        "p3,,1,0,1,0,1",
        "p4,1,1,1,1,1,=1+1",
        "p5,1,1,1,1,1,1",
    ]
    found = answers.read(table(tmp_path, HEAD + "\n".join(rows) + "\n"), HAMD6)
    assert [row.labels["participant"] for row in found.rows] == ["p1", "p2", "p3", "p4", "p5"]
    assert [row.scores.get("total") for row in found.rows] == [22, None, None, None, 6]
    assert [(row.line, len(row.problems)) for row in found.wrong] == [(3, 2), (5, 1)]
    assert [p.where for p in found.wrong[0].problems] == [
        "answers.csv, line 3, item7",
        "answers.csv, line 3, item1",
    ]
    assert all(p.why and p.fix for row in found.wrong for p in row.problems)
    assert [row.line for row in found.unscored] == [4]
    assert "item1 unanswered" in found.unscored[0].notes[0]


@pytest.mark.parametrize("text", ["1e400", "nan", "inf", "1_0", "１", "0x1", "1,0"])
def test_what_is_not_a_plain_number_is_refused(tmp_path, text):
    found = answers.read(table(tmp_path, HEAD + f'p1,1,1,1,1,1,"{text}"\n'), HAMD6)
    assert [p.what for p in found.rows[0].problems] == ["not a number"]


def test_totals_alone_are_enough(tmp_path):
    found = answers.read(table(tmp_path, "id,total\na,12\nb,23\nc,\n"), HAMD6)
    assert [row.scores.get("total") for row in found.rows] == [12, None, None]
    assert [row.line for row in found.wrong] == [3]
    assert "runs from 0 to 22" in found.wrong[0].problems[0].why


def test_a_totals_only_instrument_asks_for_its_totals(tmp_path):
    bdi = instrument.read("bdi2")
    found = answers.read(table(tmp_path, "id,total\na,20\n"), bdi)
    assert found.rows[0].band == "moderate"
    with pytest.raises(RatingsError, match="missing column total"):
        answers.read(table(tmp_path, "id,score\na,20\n"), bdi)


def test_gates_alternatives_and_alerts_reach_the_row(tmp_path):
    head = ",".join(i.id for i in instrument.read("cssrs-screener").items)
    path = table(tmp_path, f"{head}\n0,0,,,,0,\n1,1,0,1,0,0,\n1,1,,,,0,\n")
    found = answers.read(path, instrument.read("cssrs-screener"))
    assert [row.scores["ideation"] for row in found.rows] == [0, 4, None]
    assert [len(row.alerts) for row in found.rows] == [0, 1, 0]
    assert found.rows[2].missing == ("item3", "item4", "item5")
    assert "item3 asks about suicide and is unanswered: ask it" in found.rows[2].notes


def test_rows_agree_with_single_forms(tmp_path):
    qids = instrument.read("qids-sr16")
    ids = [i.id for i in qids.items]
    forms = [
        {k: float((3 * n + j) % 4) for j, k in enumerate(ids) if k not in gone}
        for n, gone in enumerate([(), ("item6", "item9"), ("item5",), ("item1", "item2")])
    ]
    lines = [",".join(f"{form[k]:g}" if k in form else "" for k in ids) for form in forms]
    found = answers.read(table(tmp_path, ",".join(ids) + "\n" + "\n".join(lines) + "\n"), qids)
    for row, form in zip(found.rows, forms, strict=True):
        alone = qids.score(form)
        assert row.scores == {**alone.subscales, "total": alone.total}
        assert (row.band, row.missing, row.notes) == (alone.band, alone.missing, alone.notes)
        assert row.alerts == tuple(a.message for a in qids.raised(form))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "missing columns? item1"),
        (HEAD, "no rows"),
        ("participant,item1\np1,1\n", "missing columns? item2"),
        (HEAD.replace("item7", "itme7") + "p1,1,1,1,1,1,1\n", "itme7"),
        (HEAD + "p1,1,1\n", "one cell per column"),
        (HEAD.replace(",", ";") + "p1;1;1;1;1;1;1\n", "semicolons"),
        (HEAD + "p1,1,1,1,1,1,\0\n", "NUL byte"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(tmp_path, text, words):
    with pytest.raises(RatingsError, match=words):
        answers.read(table(tmp_path, text), HAMD6)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(RatingsError, match="cannot be read"):
        answers.read(tmp_path / "none.csv", HAMD6)


def test_the_result_as_a_table_keeps_every_row(tmp_path):
    found = answers.read(table(tmp_path, HEAD + "p1,4,4,4,4,4,2\np2,5,1,1,1,0,1\n"), HAMD6)
    rows = list(found.table())
    assert rows[0][:3] == ["line", "participant", "total"]
    assert [row[:3] for row in rows[1:]] == [["2", "p1", "22"], ["3", "p2", ""]]
    assert "item1 takes a whole number from 0 to 4" in rows[2][-1]
    assert {len(row) for row in rows} == {len(rows[0])}


def test_the_reference_case_reads_as_a_file():
    path = Path(__file__).parents[1] / "reference" / "cases" / "hamd_scoring" / "data.csv"
    found = answers.read(path, instrument.read("hamd17"))
    with path.open(newline="") as file:
        assert [row.labels["id"] for row in found.rows] == [r["id"] for r in csv.DictReader(file)]
    assert all(row.scores["hamd6"] is not None for row in found.rows)
