import pytest

from tests.cli.running import run


def test_times_count_from_time_zero_and_the_output_repeats_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ran = run(capsys, "expose", "williams-2018", "--at", "45 min,24 h", "--json")
    assert ran.status == 0
    conditions = ran.json()["conditions"]
    assert isinstance(conditions, list)
    assert {c["time_counts_from"] for c in conditions} == {"naltrexone intake"}
    blocked = conditions[1]["values"]["mu blocked by naltrexone, %"]
    assert blocked == pytest.approx([88.1, 85.7], abs=1.0)  # issue A


def test_from_drug_shifts_the_clock(capsys: pytest.CaptureFixture[str]) -> None:
    zero = run(capsys, "expose", "williams-2018", "--at", "85 min", "--json").json()
    drug = run(
        capsys, "expose", "williams-2018", "--at", "40 min", "--from", "drug", "--json"
    ).json()
    early, late = (x["conditions"][1]["values"] for x in (zero, drug))  # type: ignore[index]
    assert {k: v[0] for k, v in early.items()} == pytest.approx({k: v[0] for k, v in late.items()})
    assert drug["conditions"][1]["time_counts_from"] == "start of the drug"  # type: ignore[index]


def test_the_s_ketamine_set_says_what_it_treats_as_s(capsys: pytest.CaptureFixture[str]) -> None:
    ran = run(capsys, "expose", "nimh-ketamine-saline", "--at", "40 min", "--json")
    ketamine = ran.json()["conditions"][0]  # type: ignore[index]
    peak = ketamine["values"]["ketamine in venous plasma, ng/mL"][0]
    assert 158 <= peak <= 159  # 35 mg over 40 min, Fanta
    assert any("treats R as S" in note for note in ketamine["notes"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--weight", "700"], "outside 2 to 400 kg"),
        (["--weight", "70 mg"], "not a unit of body mass"),
        (["--at", "45"], "without its unit"),
        (["--at", "nan h"], "not a finite number"),
        (["--set", "ketamine=nobody-1999"], "nobody-1999"),
    ],
)
def test_bad_input_is_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    ran = run(capsys, "expose", "williams-2018", *arguments)
    assert ran.status == 2
    assert says in ran.err
    assert ran.out == ""
