from crossblock.cli.pages import study_page


def test_the_same_study_gives_the_same_bytes() -> None:
    pages = {study_page("nimh-ketamine-saline", None, None, "x") for _ in range(2)}
    assert len(pages) == 1
