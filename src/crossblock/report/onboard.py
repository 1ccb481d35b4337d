"""What a person already takes: what is held on the session date, found in people, and not known."""

from __future__ import annotations

from collections.abc import Sequence

from crossblock.domain.compound import StudyNote
from crossblock.domain.fact import Confidence
from crossblock.domain.onboard import Held, OnBoard
from crossblock.report import dosing, number, panels, planwords
from crossblock.report.figure import Figure, Table, Words, draw
from crossblock.report.story import Assumed, Paragraph, Section, Story, Tile, paragraph, strong

NO_ADVICE = (
    "This is computed from published numbers. It is not advice to take, change or stop anything."
)
HOW = {
    Confidence.ABSTRACT: "abstract read",
    Confidence.SECONDARY: "read second hand",
    Confidence.MEMORY: "from memory",
}


def onboard_story(boards: Sequence[OnBoard], command: str) -> Story:
    """Return the page of what is on board, for one medication or several."""
    names = number.listed([b.title.lower() for b in boards])
    answer = [paragraph(sentence(b)) for b in boards]
    return Story(
        kicker="crossblock · already on board",
        question=f"How much of the receptors does {names} hold on the session date?",
        answer=(*answer, paragraph(strong(NO_ADVICE))),
        tiles=tuple(_tiles(boards))[:3],
        sections=tuple(s for b in boards for s in sections(b)),
        assumed=assumed(boards),
        provenance=(("Command", command),),
    )


def sentence(board: OnBoard) -> str:
    """Return what is held, after what was understood of the medication."""
    more = board.said and board.said.lower() != board.compound
    said = f"{board.said[:1].upper()}{board.said[1:]}: " if more else ""
    return f"{said}{board.sentence}"


def sections(board: OnBoard) -> tuple[Section, ...]:
    """Return one medication: what is held, what each human study found, what is unknown."""
    notes = [w.rstrip(".") for w in board.warnings if "not medical advice" not in w]
    picture = figure(board)
    found = [
        Section(
            heading=f"{board.title}: what is held",
            paragraphs=(
                paragraph(sentence(board)),
                *(paragraph(f"{n[:1].upper()}{n[1:]}.") for n in notes),
            ),
            figures=(picture,) if picture is not None else (),
        )
    ]
    if board.found:
        found.append(
            Section(
                heading=f"{board.title}: what studies in people found",
                paragraphs=tuple(_study(n) for n in board.found),
            )
        )
    if board.unknown:
        found.append(
            Section(
                heading=f"{board.title}: what nobody has shown",
                paragraphs=tuple(paragraph(u) for u in board.unknown),
            )
        )
    return tuple(found)


def _study(note: StudyNote) -> Paragraph:
    how = HOW.get(note.confidence, str(note.confidence))
    more = f" ({note.note})" if note.note else ""
    return paragraph(strong(f"{note.source.text}, {how}: "), f"{note.text}{more}")


def figure(board: OnBoard) -> Figure | None:
    """Return blockade around the session date; None where no dose model exists."""
    course = board.course
    if course is None or not board.held:
        return None
    first = board.held[0]
    title = (
        f"{number.percent(first.fraction)} of {first.receptor} receptors are blocked on the "
        "session date"
    )
    panel = panels.Panel(
        title=f"{first.receptor} receptors blocked, %",
        x_title="days from the session",
        x_range=(float(course.time_h[0]) / 24.0, float(course.time_h[-1]) / 24.0),
        traces=(
            panels.Trace(
                label=board.title,
                x=course.time_h / 24.0,
                y=course.value,
                low=course.low,
                high=course.high,
                cell="blocker_alone",
            ),
        ),
        posts=((0.0, "session"),),
    )
    words = Words(
        title=title,
        subtitle="Line: the typical person, no dose after the last one. Band: 95 % of people.",
        description=f"Blockade by {board.title.lower()} from one week before the session to four "
        "weeks after.",
        sentence=f"{title}. {board.sentence}",
    )
    return draw(
        id=f"on-board-{board.compound}",
        chart=lambda frame: panels.one(panel, frame, 220),
        words=words,
        table=_course_table(board),
    )


def assumed(boards: Sequence[OnBoard]) -> tuple[Assumed, ...]:
    """Return what was filled in or assumed for the answer."""
    texts = dict.fromkeys(a for b in boards for a in b.assumed)
    return tuple(
        Assumed(
            key=f"on-board.{k}",
            what="what is on board",
            value=text.removesuffix(" (assumed)").removesuffix(" (memory)"),
            how="from memory" if text.endswith("(memory)") else "assumed",
            reason="Not given, or not read in a text.",
        )
        for k, text in enumerate(texts, start=1)
    )


def _tiles(boards: Sequence[OnBoard]) -> list[Tile]:
    return [
        Tile(value=_held(h), words=f"of {h.receptor} receptors held by {b.title.lower()}")
        for b in boards
        for h in b.held
    ]


def _held(h: Held) -> str:
    if h.low is None or h.high is None:
        return number.percent(h.fraction)
    low, high = (f"{100 * v:.0f}" for v in (h.low, h.high))
    return f"{number.percent(h.fraction)} ({low} to {high})"


def _course_table(board: OnBoard) -> Table:
    assert board.course is not None
    rows = []
    for d in (-7.0, -3.0, -1.0, 0.0, 1.0, 3.0, 7.0, 14.0, 28.0):
        typical, low, high = planwords.at(board.course, 24.0 * d)
        when = "session" if d == 0 else f"{dosing.days(abs(d))} {'before' if d < 0 else 'after'}"
        rows.append((when, number.fixed(typical), f"{number.fixed(low)} to {number.fixed(high)}"))
    rows += [(f"{h.receptor}, on the date", _held(h), h.band) for h in board.held]
    return Table(
        caption=board.course.label + ", in percent",
        headers=("When", "Typical person", "95 % of people"),
        rows=tuple(rows),
    )
