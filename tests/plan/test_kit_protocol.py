from crossblock.plan.kit_protocol import SECTIONS


def test_headings_are_numbered_in_the_order_of_the_template() -> None:
    numbers = [tuple(map(int, title.split(" ")[0].split("."))) for title, _ in SECTIONS]
    assert numbers == sorted(numbers)
    assert [n[0] for n in numbers if len(n) == 1] == list(range(1, 15))
    titles = [title for title, _ in SECTIONS]
    for wanted in ("Estimands", "Sample Size Determination", "Interim Analyses", "Blinding"):
        assert any(wanted in t for t in titles)
