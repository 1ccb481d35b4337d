"""Words for mixed models: the model in a sentence, its parameters' names, its references."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crossblock.domain.result import Method, Reference
from crossblock.kernels.covariance import pairs
from crossblock.stats.mixed_design import Design

KENWARD_ROGER = Reference(
    key="kenward1997",
    text=(
        "Kenward MG, Roger JH. Small sample inference for fixed effects from restricted maximum "
        "likelihood. Biometrics 1997;53:983-997."
    ),
    doi="10.2307/2533558",
)
FAI_CORNELIUS = Reference(
    key="fai1996",
    text=(
        "Fai AHT, Cornelius PL. Approximate F-tests of multiple degree of freedom hypotheses in "
        "generalized least squares analyses of unbalanced split-plot experiments. "
        "J Stat Comput Simul 1996;54:363-378."
    ),
    doi="10.1080/00949659608811740",
)
PATTERSON_THOMPSON = Reference(
    key="patterson1971",
    text=(
        "Patterson HD, Thompson R. Recovery of inter-block information when block sizes are "
        "unequal. Biometrika 1971;58:545-554."
    ),
    doi="10.1093/biomet/58.3.545",
)
DF_WORDS = {
    "kr": "Kenward-Roger degrees of freedom (linear parametrization)",
    "satterthwaite": "Satterthwaite degrees of freedom",
    "residual": "residual degrees of freedom",
    "containment": "containment degrees of freedom",
}
RESIDUAL_WORDS = {
    "independent": "independent residuals",
    "cs": "compound-symmetric residuals (covariance free to be negative)",
    "diagonal": "independent residuals with a variance for each position",
    "toeplitz": "Toeplitz residuals",
    "un": "unstructured residuals",
    "ar1": "first-order autoregressive residuals",
    "csh": "heterogeneous compound-symmetric residuals",
    "arh1": "heterogeneous first-order autoregressive residuals",
    "toeph": "heterogeneous Toeplitz residuals",
}


def describe(made: Design, reml: bool) -> str:
    """Return the model in words."""
    parts = [f"{', '.join(made.names)} as fixed effects"]
    for term in made.random:
        free = "" if made.bounded else " (variance free to be negative)"
        what = "intercepts" if term.slopes is None else " and ".join(term.labels) + " (correlated)"
        parts.append(f"random {what} for {term.name}{free}")
    parts.append(RESIDUAL_WORDS[made.structure.residual])
    return "; ".join(parts) + ("; REML" if reml else "; ML")


def parameter_names(made: Design) -> list[tuple[str, bool]]:
    """Return the name of each covariance parameter and whether it is in squared score units."""
    names: list[tuple[str, bool]] = []
    for term, q in zip(made.random, made.structure.random, strict=True):
        if q == 1:
            names.append((term.name, True))
            continue
        at = term.labels
        names += [
            (f"{term.name}: {at[a]}" if a == b else f"{term.name}: cov({at[b]}, {at[a]})", True)
            for a, b in pairs(q)
        ]
    return names + _residual_names(made)


def _residual_names(made: Design) -> list[tuple[str, bool]]:
    kind, T = made.structure.residual, made.structure.positions
    at = made.positions
    variances = [(f"residual {a}", True) for a in at]
    return {
        "independent": [("residual", True)],
        "cs": [("residual", True), ("covariance within unit", True)],
        "diagonal": variances,
        "toeplitz": [("residual", True)] + [(f"covariance at lag {k}", True) for k in range(1, T)],
        "un": [(f"UN({a + 1},{b + 1})", True) for a, b in pairs(T)],
        "ar1": [("residual", True), ("autocorrelation", False)],
        "csh": [*variances, ("correlation", False)],
        "arh1": [*variances, ("autocorrelation", False)],
        "toeph": variances + [(f"correlation at lag {k}", False) for k in range(1, T)],
    }[kind]


def describe_contrast(names: Sequence[str], row: np.ndarray) -> str:
    """Return a contrast as text, such as 'B − A'."""
    terms: list[str] = []
    for name, c in zip(names, row, strict=True):
        if c == 0.0:
            continue
        size = "" if abs(c) == 1.0 else f"{abs(c):g} × "
        sign = ("−" if c < 0 else "") if not terms else (" − " if c < 0 else " + ")
        terms.append(f"{sign}{size}{name}")
    return "".join(terms) or "0"


def method_of(model: str, reml: bool, df: str | float) -> Method:
    """Return what ran, for the methods paragraph."""
    how = "restricted maximum likelihood" if reml else "maximum likelihood"
    words = DF_WORDS.get(df, "") if isinstance(df, str) else f"{df:g} degrees of freedom"
    extra = {"kr": (KENWARD_ROGER,), "satterthwaite": (FAI_CORNELIUS,)}
    return Method(
        name=f"linear mixed model, {words}",
        sentence=(
            f"A linear mixed model ({model}) was fitted by {how}, and the contrast was judged "
            f"with {words}."
        ),
        references=(PATTERSON_THOMPSON, *(extra.get(df, ()) if isinstance(df, str) else ())),
    )
