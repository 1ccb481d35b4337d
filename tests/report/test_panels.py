import numpy as np

from crossblock.report import panels
from crossblock.report.figure import Table, Words, draw
from crossblock.report.panels import Dot, Panel, Trace

X = np.linspace(0.0, 10.0, 1001)
LINE = Trace(label="blockade", x=X, y=100.0 - 9.0 * X, low=90.0 - 9.0 * X, high=100.0 - 8.0 * X)
OTHER = Trace(label="effect", x=X, y=50.0 - 4.0 * X, plain=1)
WORDS = Words(title="t", subtitle="s", description="d", sentence="t.")
TABLE = Table(headers=("a",), rows=(("1",),))


def drawn(*traces, narrow=False, **more):
    panel = Panel(title="left, %", x_title="days", x_range=(0.0, 10.0), traces=traces, **more)
    figure = draw(id="p", chart=lambda frame: panels.one(panel, frame), words=WORDS, table=TABLE)
    return figure.narrow if narrow else figure.svg


def test_several_lines_are_named_at_their_ends_and_above_on_a_phone():
    wide, phone = drawn(LINE, OTHER), drawn(LINE, OTHER, narrow=True)
    for svg in (wide, phone):
        assert ">blockade<" in svg
        assert ">effect<" in svg


def test_one_line_is_named_by_its_panel():
    assert ">blockade<" not in drawn(LINE)


def test_levels_posts_and_dots_are_drawn_inside_the_range_only():
    svg = drawn(
        LINE,
        levels=((90.0, "90 %"),),
        posts=((8.0, "8 d"),),
        dots=(Dot(x=2.0, y=50.0, label="seen"), Dot(x=99.0, y=50.0, label="outside")),
    )
    assert ">90 %<" in svg
    assert ">8 d<" in svg
    assert ">seen<" in svg
    assert "outside" not in svg


def test_a_log_axis_names_every_tick_that_is_asked_for():
    doses = np.geomspace(1.0, 200.0, 50)
    trace = Trace(label="dose", x=doses, y=100.0 * doses / (doses + 5.0))
    panel = Panel(
        title="blocked, %",
        x_title="mg",
        x_range=(1.0, 200.0),
        traces=(trace,),
        log=True,
        ticks=(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0),
    )
    figure = draw(id="l", chart=lambda f: panels.one(panel, f), words=WORDS, table=TABLE)
    for tick in ("1", "2", "5", "10", "20", "50", "100", "200"):
        assert f">{tick}<" in figure.svg


def test_a_pair_shows_both_titles():
    left = Panel(title="hours", x_title="h", x_range=(0.0, 5.0), traces=(LINE, OTHER))
    right = Panel(title="days", x_title="d", x_range=(0.0, 10.0), traces=(LINE, OTHER))
    figure = draw(id="q", chart=lambda f: panels.pair(left, right, f), words=WORDS, table=TABLE)
    for svg in (figure.svg, figure.narrow):
        assert ">hours<" in svg
        assert ">days<" in svg


def test_levels_name_themselves_in_percent():
    assert panels.crossed([80.0, 95.0]) == ((80.0, "80 %"), (95.0, "95 %"))
