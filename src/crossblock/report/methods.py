"""The methods paragraph and the bibliography, made from what ran and what it rested on."""

from __future__ import annotations

from collections.abc import Iterable

from crossblock.domain.protocol import Protocol
from crossblock.domain.result import Method, Reference


def sentences(methods: Iterable[Method]) -> str:
    """Return one paragraph: the sentence of every method that ran, each once, in order."""
    said = dict.fromkeys(m.sentence.strip() for m in methods if m.sentence)
    return " ".join(said)


def references(methods: Iterable[Method], *protocols: Protocol) -> tuple[Reference, ...]:
    """Return every reference of the methods and of the protocols' sources, each once.

    Two references are the same when they share a DOI, or, without one, their text.
    """
    found = [r for m in methods for r in m.references]
    for protocol in protocols:
        found += [
            Reference(key=key, text=source.text, doi=source.doi or "")
            for key, source in protocol.sources.items()
        ]
    return tuple({r.doi or r.text: r for r in found}.values())
