from crossblock.core.errors import MOST_SHOWN, InputError, Problem, shorten, shorten_path


def test_a_problem_reads_as_what_where_why_do() -> None:
    text = str(
        Problem(what="dose is negative", where="a.toml line 3", value="-5 mg", fix="drop it")
    )
    assert text.splitlines() == [
        "a.toml line 3: dose is negative",
        "  value: -5 mg",
        "  do:    drop it",
    ]


def test_many_problems_are_listed_up_to_the_cap() -> None:
    error = InputError(*(Problem(what=f"problem {i}") for i in range(MOST_SHOWN + 5)))
    lines = str(error).splitlines()
    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1] == "… and 5 more; mend these first"
    assert error.exit_code == 2


def test_values_cannot_draw_on_a_terminal() -> None:
    assert shorten("a\x1b[31mb\u202e") == "a\\x1b[31mb\\u202e"
    assert len(shorten("x" * 500)) == 80


def test_a_long_path_is_told_by_its_end() -> None:
    long = "/folder" * 60 + "/study.toml"
    assert shorten_path(long).endswith("/study.toml")
    assert len(shorten_path(long)) == 160
    assert shorten_path("study.toml") == "study.toml"
