from crossblock.report import stopping
from tests.stats.test_families import analysis


def test_the_title_says_where_the_analysis_stands() -> None:
    beyond, short = (analysis(n=30, removed=r, seed=2).stopping for r in (0.9, 0.0))
    assert beyond is not None
    assert short is not None
    assert stopping.figure(beyond).title.startswith("Beyond the bound")
    assert stopping.figure(short).title.startswith("Short of the bound")
    assert "assumed" in stopping.section(beyond).paragraphs[0][0].text
