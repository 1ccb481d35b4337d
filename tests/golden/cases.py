"""The bad files: each case makes one from a sound study, and its error text is a golden file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
STUDY = (HERE / "study.toml").read_text(encoding="utf-8")
TABLE = (HERE / "study.csv").read_text(encoding="utf-8")
PEOPLE = "participant,age\nP1,40\nP2,41\n"
CYRILLIC_A = "\u0430"
MIB = 1 << 20


def changed(text: str, *changes: tuple[str, str]) -> str:
    """Return the text with each change made once; a change that hits nothing is a mistake here."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def protocol(*changes: tuple[str, str]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(changed(STUDY, *changes).encode("utf-8"))


def ratings(*changes: tuple[str, str]) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(changed(TABLE, *changes).encode("utf-8"))


def content(data: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(data)


def sparse(size: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with path.open("wb") as handle:
            handle.truncate(size)

    return make


YAML = b"schema: crossblock/protocol/1\nid: small-study\nvisits:\n  - id: d1\n    time: 1 d\n"
MANY = protocol(
    ("title =", "titel ="),
    ('label = "Adults with depression"', "label = 7"),
    ("planned = 30", "planned = 12"),
    ('dose = "50 mg"', 'dose = "-50 mg"'),
    ('start = "45 min"', 'start = "45 minits"'),
    ('cell = "blocked"', 'cell = "open"'),
    ('washout = "30 d"\n', ""),
    ('"ob", conditions = ["open", "blocked"]', '"ob", conditions = ["open"]'),
    ('"blocked", "open"', '"bloked", "open"'),
    ('id = "d7"', 'id = "d1"'),
    ('time = "7 d"', 'time = "-7 d"'),
    ('instruments = ["hamd17", "hamd6"]', 'instruments = ["hamd17", "hamd66"]'),
    ('item = "item3"', 'item = "item33"'),
    ('visit = "d1"\nalso_at = ["d7"]', 'visit = "d1"\nalso_at = ["d77"]'),
    ("block_sizes = [2, 4]", "block_sizes = [3, 4]"),
    ('endpoint = "mood"', 'endpoint = "moot"'),
    ('test = "blocked"', 'test = "open"'),
)

PROTOCOLS: dict[str, Callable[[Path], None]] = {
    # the issue's own list
    "missing_key": protocol(('question = "How', '# question = "How')),
    "unknown_unit": protocol(('dose = "50 mg"', 'dose = "50 mgs"')),
    "negative_dose": protocol(('dose = "0.5 mg/kg"', 'dose = "-0.5 mg/kg"')),
    "visit_before_the_dose": protocol(('time = "1 d"\nwindow', 'time = "-2 h"\nwindow')),
    "not_a_number": protocol(("[analysis]", "[analysis]\nlevel = nan")),
    "too_large_a_number": protocol(("[analysis]", "[analysis]\nlevel = 1e400")),
    "too_large_a_dose": protocol(('dose = "50 mg"', 'dose = "1e400 mg"')),
    "duplicate_ids": protocol(('id = "d7"', 'id = "d1"')),
    "over_one_mebibyte": sparse(MIB + 1),
    "yaml": content(YAML),
    "nul_byte": protocol(("small-study", "small\0study")),
    "look_alike_id": protocol(('id = "d7"', f'id = "d{CYRILLIC_A}7"')),
    "look_alike_key": protocol(("planned = 30", f"pl{CYRILLIC_A}nned = 30")),
    "look_alike_number": protocol(('dose = "50 mg"', 'dose = "\uff15\uff10 mg"')),
    "deep_nesting": content(b"schema = " + b"[" * 5000 + b"]" * 5000),
    "deep_dotted_key": content(b"a" + b".a" * 20000 + b" = 1"),
    # the rest of the attack list
    "byte_order_mark": content(b"\xef\xbb\xbf" + STUDY.encode()),
    "utf_16": content(STUDY.encode("utf-16")),
    "latin_1": content(STUDY.replace("Adults", "Für Erwachsene").encode("latin-1")),
    "json": content(b'{"schema": "crossblock/protocol/1"}'),
    "huge_integer": protocol(("planned = 30", "planned = " + "9" * 4000)),
    "integer_beyond_reading": protocol(("planned = 30", "planned = " + "9" * 5000)),
    "infinite_dose": protocol(('dose = "50 mg"', 'dose = "inf mg"')),
    "billion_doses": protocol(
        ('start = "45 min"', 'start = "45 min"\nrepeat = { every = "1 d", count = 1000000000 }')
    ),
    "hidden_character": protocol(("A small blockade", "A small \\u202Eblockade")),
    "unknown_catalog_name": content(b""),
    # what contradicts itself
    "unknown_key": protocol(("washout =", "wash_out =")),
    "unknown_condition": protocol(('["blocked", "open"]', '["bloked", "open"]')),
    "unknown_compound": protocol(('compound = "naltrexone"', 'compound = "naltrexon"')),
    "unknown_source": protocol(('source = "registry"', 'source = "registri"')),
    "unknown_visit": protocol(('visit = "d1"', 'visit = "d2"')),
    "unknown_instrument": protocol(('["hamd17", "hamd6"]', '["hamd17", "hamd-6"]')),
    "washout_missing": protocol(('washout = "30 d"\n', "")),
    "period_count": protocol(("periods = 2", "periods = 3")),
    "interim_after_the_end": protocol(("looks = [14]", "looks = [40]")),
    "cell_without_blocker": protocol(('["blocker", "drug"]', '["placebo", "drug"]')),
    "visit_in_the_next_period": protocol(('time = "7 d"', 'time = "31 d"')),
    "syntax": protocol(('id = "small-study"', "id = small-study")),
    "key_twice": protocol(('id = "small-study"', 'id = "small-study"\nid = "other"')),
    "another_format": protocol(("crossblock/protocol/1", "crossblock/compound/1")),
    "source_without_confidence": protocol((', confidence = "registry" }\nage_max', " }\nage_max")),
    "many_at_once": MANY,
    "more_than_twenty": protocol(
        ("[sources.registry]", "".join(f"x{i} = 1\n" for i in range(30)) + "[sources.registry]")
    ),
}

RATINGS: dict[str, Callable[[Path], None]] = {
    # the issue's own list
    "ratings_over_100_mebibytes": sparse(100 * MIB + 1),
    "score_outside_the_range": ratings(("hamd17,12", "hamd17,53")),
    "score_outside_an_item": ratings(("hamd17,12", "hamd17.item3,5")),
    "two_rows_for_one_visit": ratings(
        ("P1,ob,1,d1,hamd6", "P1,ob,1,d1,hamd17,14,open\nP1,ob,1,d1,hamd6")
    ),
    "unknown_participant": ratings(("P2,bo,2", "P3,bo,2")),
    "two_sequences": ratings(("P1,ob,2", "P1,bo,2")),
    "mixed_up_period": ratings(("P1,ob,2,d1,hamd17,18,blocked", "P1,ob,2,d1,hamd17,18,open")),
    "period_that_does_not_exist": ratings(("P1,ob,2", "P1,ob,3")),
    "visit_outside_its_period": ratings(("P2,bo,1,baseline", "P2,bo,2,baseline")),
    "two_conditions_in_one_period": content(
        TABLE.replace(",ob,", ",sealed,").replace("hamd6,6,open", "hamd6,6,blocked").encode()
    ),
    # numbers, names and encodings
    "score_not_a_number": ratings(("hamd17,12", "hamd17,NaN")),
    "score_too_large": ratings(("hamd17,12", "hamd17,1e400")),
    "formula": ratings(("hamd17,12", 'hamd17,"=HYPERLINK(""x"")"')),
    "unknown_visit_in_ratings": ratings(("P1,ob,1,d1", "P1,ob,1,d11")),
    "look_alike_visit": ratings(("P1,ob,1,d1", "P1,ob,1,d\uff11")),
    "look_alike_participant": ratings(("P1,ob,1,d1", "\u0420" + "1,ob,1,d1")),
    "look_alike_column": ratings(("score", "sc\u043ere")),
    "missing_column": ratings(("period", "time")),
    "misspelled_column": ratings((",condition", ",conditon")),
    "semicolons": content(TABLE.replace(",", ";").encode()),
    "ragged_row": ratings(("hamd17,12,open", "hamd17,12,5,open")),
    "nul_byte_in_ratings": ratings(("P1,ob,2", "P1,ob\0,2")),
    "latin_1_in_ratings": content(TABLE.replace("P2", "Pä").encode("latin-1")),
    "workbook": content(b"PK\x03\x04" + bytes(64)),
    "endless_line": content(TABLE.encode() + b"P1," * 50000),
    "open_quote": ratings(("P2,bo,1,d1", '"P2,bo,1,d1')),
    "no_rows": content(TABLE.split("\n")[0].encode() + b"\n"),
    "empty_table": content(b""),
    "thirty_bad_rows": content(
        (TABLE + "".join(f"P1,ob,1,d{i},hamd17,99,open\n" for i in range(20, 50))).encode()
    ),
}
