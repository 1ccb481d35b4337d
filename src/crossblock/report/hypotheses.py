"""The page of `mechanisms`: if this hypothesis were true, what would each measurement show?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from crossblock.domain.prediction import Measurement, Predictions
from crossblock.domain.protocol import Protocol
from crossblock.report import number, rivals
from crossblock.report.figure import Table
from crossblock.report.story import Assumed, Paragraph, Section, Story, Tile, paragraph, strong

Pair = tuple[str, str]


def hypotheses_story(
    protocol: Protocol, found: Predictions, provenance: Sequence[tuple[str, str]] = ()
) -> Story:
    """Return the page of the predictions that a protocol's drug, blocker and times give."""
    return Story(
        kicker=f"crossblock mechanisms · {protocol.registry or protocol.id} · {protocol.title}",
        question="If each explanation were true, what would this study measure?",
        answer=_answer(found),
        tiles=_tiles(found),
        sections=(
            Section(
                heading="What each mechanism predicts",
                paragraphs=tuple(paragraph(f"{words[:1].upper()}{words[1:]}.")
                                 for words in found.asked),
                figures=(rivals.figure(found),),
            ),
            Section(
                heading="Which measurement tells which apart",
                paragraphs=(
                    paragraph(
                        "Two mechanisms are told apart where their bands lie at least 5 points "
                        "from each other. A ratio on one day alone names no winner."
                    ),
                ),
                table=_parted(found),
            ),
            Section(heading="What the names stand for", table=_named(found)),
        ),
        can=("What each explanation, as it is written down here, would make a study see.",),
        cannot=(
            "Which explanation is true: no ratings enter this page.",
            "Explanations that nobody has written down as a mechanism file.",
        ),
        limits="What this page can and cannot say",
        assumed=_assumed(found),
        methods=_methods(found),
        provenance=(
            ("Protocol", protocol.id),
            ("Protocol, SHA-256", protocol.sha256),
            *provenance,
        ),
    )  # fmt: skip


def _by_measurement(found: Predictions) -> list[tuple[Measurement, list[Pair]]]:
    """Return the measurements that part rivals best, the one that parts most pairs first."""
    by: dict[Measurement, list[Pair]] = {}
    for pair, m in found.parted.items():
        if m is not None:
            by.setdefault(m, []).append(pair)
    return sorted(by.items(), key=lambda item: -len(item[1]))


def _labels(found: Predictions) -> dict[str, str]:
    return {r.mechanism: r.label for r in found.rows}


def _pairs(found: Predictions, pairs: Sequence[Pair]) -> str:
    names = _labels(found)
    return "; ".join(f"{names[a]} v {names[b]}" for a, b in pairs)


def _answer(found: Predictions) -> tuple[Paragraph, ...]:
    ratios = {r.label: r.cells[Measurement.RATIO].value for r in found.rows}
    least, most = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    out = [
        paragraph(
            "With the blocker, the improvement left runs from ",
            strong(f"{number.percent(ratios[least])} ({least})"),
            " to ",
            strong(f"{number.percent(ratios[most])} ({most})"),
            " in the typical case; the bands of most mechanisms overlap.",
        )
    ]
    by = _by_measurement(found)
    if by:
        best, parted = by[0]
        words = f"{best.value[:1].upper()}{best.value[1:]} tells apart "
        out.append(paragraph(words, f"{_count(len(parted), 'pair')} best, more than any other."))
    alike = found.alike()
    if alike:
        out.append(
            paragraph(
                strong(f"No measurement here separates {_count(len(alike), 'pair')}"),
                f": {_pairs(found, alike)}.",
            )
        )
    return tuple(out)


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _tiles(found: Predictions) -> tuple[Tile, ...]:
    ratio = [r.cells[Measurement.RATIO].value for r in found.rows]
    whole, alike = len(found.parted), len(found.alike())
    worst = max(r.error for r in found.rows)
    return (
        Tile(
            value=f"{100 * min(ratio):.0f}–{number.percent(max(ratio))}",
            words="of the improvement left with the blocker, from mechanism to mechanism",
        ),
        Tile(
            value=f"{whole - alike} of {whole}",
            words="pairs of mechanisms that at least one measurement tells apart",
        ),
        Tile(
            value=f"< {number.percent(10.0 ** math.ceil(math.log10(worst)), 4)}",
            words="of the baseline score: the largest numerical error of any prediction",
        ),
    )


def _parted(found: Predictions) -> Table:
    rows = [(m.value, str(len(pairs)), _pairs(found, pairs)) for m, pairs in _by_measurement(found)]
    alike = found.alike()
    if alike:
        rows.append(("none of these", str(len(alike)), _pairs(found, alike)))
    return Table(
        caption="The measurement whose bands lie farthest apart, for each pair of mechanisms",
        headers=("Best measurement", "Pairs", "Which"),
        rows=tuple(rows),
    )


def _named(found: Predictions) -> Table:
    return Table(
        caption="The rival mechanisms, each as its file states it",
        headers=("Mechanism", "Title", "It claims"),
        rows=tuple((r.label, r.title, r.claim) for r in found.rows),
    )


def _assumed(found: Predictions) -> tuple[Assumed, ...]:
    """List every number of the mechanisms that nobody read in a text, with who uses it."""
    users: dict[str, list[str]] = {}
    for r in found.rows:
        for text in r.assumed:
            users.setdefault(text, []).append(r.label)
    out = []
    for text, labels in sorted(users.items()):
        what, _, rest = text.partition(" = ")
        value, _, how = rest.rpartition(" (")
        out.append(
            Assumed(
                key=text,
                what=what,
                value=value,
                how=how.rstrip(")"),
                reason=f"Used by {number.listed(labels)}.",
            )
        )
    return tuple(out)


def _methods(found: Predictions) -> tuple[str, ...]:
    return (
        "One system of equations carries every mechanism; a mechanism is a choice of its "
        "parameters. Each band is the 2.5 to 97.5 % quantile of the prediction over draws from "
        "that mechanism's prior and from the fit of the blocker's receptor model. Two score links, "
        "exponential and capped, are both shown where they differ.",
    )
