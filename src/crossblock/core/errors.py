"""The tree of user-facing errors: what is wrong, where, why, and what to do.

Every error that a person can cause is a `CrossblockError` that carries one or more `Problem`s.
The command line prints them as sentences and leaves with `exit_code`; nothing else may reach the
user as a traceback. A file with several mistakes reports them all at once (up to `MOST_SHOWN`),
because a researcher who repairs a protocol one error at a time gives up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong with what the user gave.

    `where` names file, line or key path; `value` is the offending text, shortened; `why` is the
    rule it breaks; `fix` is the nearest valid action.
    """

    what: str
    where: str = ""
    value: str = ""
    why: str = ""
    fix: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        lines = [head]
        if self.value:
            lines.append(f"  value: {self.value}")
        if self.why:
            lines.append(f"  why:   {self.why}")
        if self.fix:
            lines.append(f"  do:    {self.fix}")
        return "\n".join(lines)


def shorten(value: object, most: int = 80) -> str:
    """Return `value` as one printable line of at most `most` characters.

    Control and format characters are escaped: an error text must not be able to draw on a terminal.
    """
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def shorten_path(path: object, most: int = 160) -> str:
    """Return a path as one printable line; when it is long its end is kept, which tells it."""
    text = shorten(str(path), most=10_000)
    return text if len(text) <= most else f"…{text[1 - most :]}"


class CrossblockError(Exception):
    """The root. Carries problems; `exit_code` is what the command line leaves with."""

    exit_code = 2

    def __init__(self, *problems: Problem | str) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            p if isinstance(p, Problem) else Problem(what=p) for p in problems
        )
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = [str(p) for p in self.problems[:MOST_SHOWN]]
        hidden = len(self.problems) - MOST_SHOWN
        if hidden > 0:
            shown.append(f"… and {hidden} more; mend these first")
        return "\n".join(shown)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> CrossblockError:
        return cls(*problems)


class InputError(CrossblockError):
    """What was given cannot be used."""


class QuantityError(InputError):
    """A number with a unit that cannot be read, converted or believed."""


class CatalogError(InputError):
    """A catalog file (compound, mechanism, instrument, protocol, evidence) is wrong or unknown."""


class ProtocolError(InputError):
    """A protocol file breaks the schema or contradicts itself."""


class RatingsError(InputError):
    """A table of ratings cannot be read against its protocol."""


class AllocationError(InputError):
    """An allocation list, envelope or key cannot be used."""


class DesignError(InputError):
    """The data cannot carry the analysis that was asked for (rank, cells, variance)."""


class TruthError(InputError):
    """A truth that a mechanism cannot have: in a grid it is left out, alone it is refused."""


class ConvergenceError(CrossblockError):
    """An iterative method did not settle; the sentence says what to try."""


class OutputError(CrossblockError):
    """A result could not be written; nothing was left half done."""
