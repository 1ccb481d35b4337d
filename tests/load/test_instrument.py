"""The reader, and the contract that every instrument of the catalog keeps."""

import pytest

from crossblock.core.errors import CatalogError
from crossblock.load import instrument as load

NAMES = load.names()
GOOD = b"""
schema = "crossblock/instrument/1"
id = "mini"
name = "Mini"
short_name = "MINI"
family = "safety"
rater = "self"
recall = "now"
primary = "total"
license = "ours"
wording_may_ship = true
[missing]
rule = "refuse"
[[item]]
id = "one"
number = 1
label = "One"
maximum = 3
[item.anchors]
0 = "none"
[[scale]]
id = "total"
name = "Total"
minimum = 0
maximum = 3
of = "all"
[facts]
items = { source = "us", confidence = "assumed" }
anchors = { source = "us", confidence = "assumed" }
scoring = { source = "us", confidence = "assumed" }
range = { source = "us", confidence = "assumed" }
missing = { source = "us", confidence = "assumed" }
direction = { source = "us", confidence = "assumed" }
license = { source = "us", confidence = "assumed" }
[sources]
us = "made up for the tests"
"""


def test_the_catalog_holds_the_instruments_that_studies_need():
    assert {
        "hamd17",
        "hamd6",
        "madrs",
        "qids-sr16",
        "ids-sr30",
        "phq9",
        "gad7",
        "bdi2",
        "cadss",
        "cadss6",
        "cssrs-screener",
        "ssi",
        "ymrs",
        "bprs-positive",
        "poms",
        "drug-liking",
        "ketamine-craving",
        "euphoria",
        "drug-effect",
        "assist",
        "dudit",
        "pwc20",
        "maudsley-staging",
        "athf-sf",
        "blinding-guess",
        "expectancy",
        "session-vitals",
        "adverse-events",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_instrument_of_the_catalog_is_whole(name):
    found = load.read(name)
    assert found.id == name
    for fact in found.facts.values():
        assert fact.source in found.sources
        assert len(found.sources[fact.source]) > 10
    assert set(found.sources) == {fact.source for fact in found.facts.values()}
    assert found.license
    for item in found.items:
        assert item.label
        assert all(item.allows(value) for value in item.anchors)
    numbers = [item.number for item in found.items]
    assert numbers == sorted(set(numbers))
    for cutoff in found.cutoffs:
        scale = found.scale(cutoff.scale)
        assert scale.minimum < cutoff.at_least <= scale.maximum


@pytest.mark.parametrize("name", NAMES)
def test_the_lowest_and_highest_answers_give_the_stated_range(name):
    found = load.read(name)
    low = {i.id: i.lowest for i in found.scored_items}
    high = {i.id: i.highest for i in found.scored_items}
    for scale in found.scales:
        if scale.totals_only:
            continue
        reverse = {k for k, w in zip(scale.of, scale.factors) if w < 0}
        ends = []
        for worst, best in ((low, high), (high, low)):
            score = found.score({k: best[k] if k in reverse else v for k, v in worst.items()})
            both = {**score.subscales, found.primary: score.total}
            ends.append(both[scale.id])
        assert ends == [scale.minimum, scale.maximum]


@pytest.mark.parametrize("name", NAMES)
def test_a_study_may_ship_totals_alone(name):
    found = load.read(name)
    for scale in found.scales:
        assert found.score_total(scale.maximum, scale.id).band == scale.band(scale.maximum)
        with pytest.raises(Exception, match="not a possible score"):
            found.score_total(scale.maximum + 1, scale.id)


def test_a_good_file_is_read_from_disk(tmp_path):
    path = tmp_path / "mini.toml"
    path.write_bytes(GOOD)
    assert load.read(str(path)).score({"one": 2}).total == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'schema = "crossblock/instrument/1"', b'schema = "other"', "instrument/1"),
        (b"primary =", b"primry =", "no such key"),
        (b'name = "Mini"', b"", "key is missing"),
        (b"maximum = 3\n[item", b'maximum = "3"\n[item', "number"),
        (b"maximum = 3\n[item", b"maximum = nan\n[item", "finite"),
        (b"maximum = 3\n[item", b"maximum = 0\n[item", "no range"),
        (b'0 = "none"', b'7 = "none"', "anchor stands at an answer"),
        (b'0 = "none"', b'low = "none"', "anchor stands at an answer"),
        (b'id = "mini"', b'id = "maxi"', "not the name of the file"),
        (b'range = { source = "us", confidence = "assumed" }', b"", "names no source"),
        (b'confidence = "assumed" }\nscoring', b'confidence = "sure" }\nscoring', "allowed words"),
        (b'items = { source = "us"', b'items = { source = "them"', "not listed"),
        (b"maximum = 3\nof", b"maximum = 4\nof", "not the range that the rule can reach"),
        (b'of = "all"', b'of = ["two"]', "neither an item"),
        (b"[missing]", b"[missing", "not a TOML file"),
        (b"[missing]", b"\xff[missing]", "not UTF-8"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(old, new, words):
    assert old in GOOD
    with pytest.raises(CatalogError, match=words) as caught:
        load.parse(GOOD.replace(old, new, 1), "mini.toml", id="mini")
    assert all(p.what and p.where for p in caught.value.problems)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(CatalogError, match="did you mean hamd17"):
        load.read("hamd-17")


def overlay(tmp_path, text):
    path = tmp_path / "wording.toml"
    path.write_text('schema = "crossblock/wording/1"\n' + text, encoding="utf-8")
    return path


def test_wording_is_added_and_scoring_stays(tmp_path):
    plain = load.read("hamd17")
    path = overlay(
        tmp_path,
        'instrument = "hamd17"\nlanguage = "de"\nrights = "public domain"\n'
        '[item.item1]\ntext = "Depressive Stimmung"\nanchors = { 0 = "keine" }\n',
    )
    worded = load.with_overlay(plain, path)
    assert worded.wording["de"]["item1"].text == "Depressive Stimmung"
    assert worded.wording["de"]["item1"].anchors == {0.0: "keine"}
    assert plain.wording == {}
    assert (worded.items, worded.scales, worded.missing) == (
        plain.items,
        plain.scales,
        plain.missing,
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('instrument = "madrs"\n[item.item1]\ntext = "x"', "another instrument"),
        ('instrument = "hamd17"\n[item.item99]\ntext = "x"', "no such item"),
        ('instrument = "hamd17"\n[item.item4]\ntext = "x"\nanchors = { 3 = "y" }', "anchor"),
        ('instrument = "hamd17"\n[item.item4]\ntext = "x"\nmaximum = 4', "no such key"),
        ('instrument = "hamd17"\n[[scale]]\nid = "total"', "no such key"),
    ],
)
def test_wording_cannot_touch_anything_else(tmp_path, text, words):
    head = 'language = "de"\nrights = "ours"\n'
    with pytest.raises(CatalogError, match=words):
        load.with_overlay(load.read("hamd17"), overlay(tmp_path, head + text))


def test_a_folder_of_wordings_is_read_whole(tmp_path):
    head = 'schema = "crossblock/wording/1"\nrights = "ours"\n'
    for name, of, language in (("a", "hamd17", "de"), ("b", "hamd17", "fr"), ("c", "madrs", "de")):
        text = (
            f'{head}instrument = "{of}"\nlanguage = "{language}"\n[item.item1]\ntext = "T {name}"'
        )
        (tmp_path / f"{name}.toml").write_text(text)
    found = load.worded(tmp_path)
    assert {k: sorted(v.wording) for k, v in found.items()} == {
        "hamd17": ["de", "fr"],
        "madrs": ["de"],
    }
    assert load.worded(tmp_path / "nowhere") == {}
    (tmp_path / "d.toml").write_text((tmp_path / "a.toml").read_text())
    (tmp_path / "e.toml").write_text(head + 'instrument = "hamd-17"\nlanguage = "de"\n[item]\n')
    with pytest.raises(CatalogError) as caught:
        load.worded(tmp_path)
    said = str(caught.value)
    assert "two files word the same instrument" in said
    assert "did you mean hamd17?" in said


def test_the_suicide_screener_counts_questions_rightly_not_asked_as_no():
    screener = load.read("cssrs-screener")
    calm = screener.score({"item1": 0, "item2": 0, "item6": 0})
    assert (calm.total, calm.subscales, calm.missing, calm.notes) == (0, {"behavior": 0}, (), ())
    ideas = screener.score({"item1": 1, "item2": 1, "item3": 1, "item4": 0, "item5": 0, "item6": 0})
    assert (ideas.total, ideas.band) == (3, "moderate")


def test_the_suicide_screener_never_takes_a_forgotten_question_for_a_no():
    screener = load.read("cssrs-screener")
    asked = {"item1": 1, "item2": 1, "item3": 1, "item4": 0, "item6": 0}
    score = screener.score(asked)
    assert score.total is None
    assert "item5 asks about suicide and is unanswered" in score.notes[1]


@pytest.mark.parametrize(
    ("name", "answers", "actions"),
    [
        ("hamd17", {"item3": 0}, []),
        ("hamd17", {"item3": 1}, ["screen"]),
        ("hamd17", {"item3": 3}, ["screen", "block"]),
        ("madrs", {"item10": 4}, ["screen", "block"]),
        ("cssrs-screener", {"item1": 1, "item2": 1, "item3": 1}, []),
        # An unfinished form gives no score, but what was said already counts.
        ("cssrs-screener", {"item4": 1}, ["block"]),
        (
            "cssrs-screener",
            {"item1": 1, "item2": 1, "item3": 0, "item4": 1, "item5": 0},
            ["block"],
        ),
        ("cssrs-screener", {"item6": 1, "item6b": 1}, ["block", "block"]),
        ("session-vitals", {"systolic": 179, "oxygen": 93}, []),
        ("session-vitals", {"systolic": 180, "oxygen": 92}, ["block", "block"]),
    ],
)
def test_alerts_of_the_catalog(name, answers, actions):
    assert [a.action for a in load.read(name).raised(answers)] == actions
