"""The mixed-model cases of the validation set, computed from their descriptions.

`REGISTRY` holds pairs (does this case and analysis belong here?, compute it). An analysis is a
sentence that holds an R-like formula; it is read, fitted with the public doors of stats.mixed, and
every number that any case of the family asks for is returned under the name that it is asked by.
The set's labels are free text, so one number may be returned under several names.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import permutations
from pathlib import Path

import numpy as np

from crossblock.stats.mixed import MixedFit
from crossblock.stats.mixed_formula import fit_formula

Rows = list[dict[str, str]]
Compute = Callable[[Rows, str, str], dict[str, float]]
INDEX = Path(__file__).parent / "cases" / "index.csv"
NUMERIC = ("days", "age", "baseline")  # columns that are covariates and not factors

VARIANCE_COMPONENTS = re.compile(r"~.*\(.*\|.*\)")


def _number(cell: str) -> float:
    return float(cell) if cell.strip() else math.nan


def _score_of(formula: str) -> str:
    left = formula.split("~")[0]
    return re.sub(r".*\((\w+)\).*", r"\1", left).strip()


def columns_of(rows: Rows, score: str) -> dict[str, list[float] | list[str]]:
    """Return typed columns with the derived ones: baselines split, carryover coded."""
    columns: dict[str, list[float] | list[str]] = {}
    for name in rows[0]:
        cells = [row[name] for row in rows]
        covariate = name == score or name.lower() in NUMERIC
        columns[name] = [_number(c) for c in cells] if covariate else cells
    if "baseline" in rows[0]:
        columns["mbase"], columns["dbase"] = _baselines(rows, score)
    previous = "previous" if "previous" in rows[0] else "carry" if "carry" in rows[0] else None
    if previous:
        levels = sorted({row[previous] for row in rows} - {"0"})
        for t in levels[1:]:
            columns[f"carryover_{t}"] = [
                float(row[previous] == t) - float(row[previous] == levels[0]) for row in rows
            ]
    return columns


def _baselines(rows: Rows, score: str) -> tuple[list[float], list[float]]:
    """Return mean baseline of the periods with a score, and the deviation from it."""
    seen: dict[str, dict[str, float]] = {}
    for row in rows:
        if row[score].strip():
            seen.setdefault(row["subject"], {})[row["period"]] = float(row["baseline"])
    mean = {who: float(np.mean(list(b.values()))) for who, b in seen.items()}
    mbase = [mean.get(row["subject"], math.nan) for row in rows]
    return mbase, [_number(row["baseline"]) - m for row, m in zip(rows, mbase, strict=True)]


def read_formula(analysis: str) -> tuple[str, list[str]]:
    """Return the fixed formula and the random terms that an analysis describes."""
    text = analysis.replace("log(PK)", "np.log(PK)")
    match = re.search(r"([\w.()]+) ~ (.*)", text)
    assert match is not None, analysis
    response, right = match.groups()
    right = re.sub(r"within-subject baseline deviation \(dbase\)", "dbase", right)
    right = re.sub(r"subject mean baseline \(mbase\)", "mbase", right)
    right = re.sub(r"first-order carryover \(.*?\)(?= \+)", "CARRYOVER", right)
    random = re.findall(r"\(([^()|]+)\|([^()]+)\)", right)
    right = re.sub(r"\+? *\([^()|]+\|[^()]+\)", "", right)
    fixed = re.match(r"[\w*:+.() ]+?(?=$|,|;| REML| covariance| random slope)", right.strip())
    assert fixed is not None, right
    terms = [f"{left} | {group.split('=')[-1]}" for left, group in random]
    return f"{response} ~ {fixed.group().strip()}", terms


def _model(rows: Rows, analysis: str, **options: object) -> MixedFit:
    formula, random = read_formula(analysis)
    columns = columns_of(rows, _score_of(formula))
    carry = " + ".join(name for name in columns if name.startswith("carryover_"))
    formula = formula.replace("CARRYOVER", carry)
    needed = set(re.findall(r"\w+", " ".join([formula, *random])))
    score = columns[_score_of(formula)]
    keep = [k for k, y in enumerate(score) if not math.isnan(float(y))]
    table = {name: [columns[name][k] for k in keep] for name in columns if name in needed}
    return fit_formula(formula, table, random=random, **options)  # type: ignore[arg-type]


def levels_of(m: MixedFit, rows: Rows, factor: str) -> dict[str, dict[str, float]]:
    """Return the contrast of each level of a factor from its first level."""
    levels = sorted({row[factor] for row in rows})
    made: dict[str, dict[str, float]] = {levels[0]: {}}
    for level in levels[1:]:
        made[level] = {f"{factor}[T.{level}]": 1.0}
    return made


def _minus(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    return {k: a.get(k, 0.0) - b.get(k, 0.0) for k in {*a, *b}}


def _effect(m: MixedFit, label: str, L: Mapping[str, float]) -> dict[str, float]:
    """Return everything that is asked of one effect, under every name used for it."""
    out: dict[str, float] = {}
    sat = m.contrast(L, df="satterthwaite")
    out[f"{label} estimate"] = sat.value
    for name in ("SE (model-based REML)", "SE (model-based)", "SE", "Satterthwaite SE"):
        out[f"{label} {name}"] = float(sat.se or math.nan)
    if not m.reml:
        return out
    kr = m.contrast(L, df="kr")
    for name in ("SE (Kenward-Roger adjusted)", "KR SE"):
        out[f"{label} {name}"] = float(kr.se or math.nan)
    for one, names in ((sat, ("Satterthwaite",)), (kr, ("Kenward-Roger", "KR"))):
        for name in names:
            out[f"{label} {name} df"] = float(one.df or math.nan)
            out[f"{label} {name} t"] = float(one.statistic or math.nan)
            out[f"{label} {name} two-sided p"] = out[f"{label} {name} p"] = _p(one.p)
    out[f"{label} t"], out[f"{label} p"] = float(kr.statistic or math.nan), _p(kr.p)
    out[f"{label} Kenward-Roger 95% CI lower"] = kr.lower
    out[f"{label} Kenward-Roger 95% CI upper"] = kr.upper
    return out


def _p(value: float | None) -> float:
    return math.nan if value is None else value


def _f_names(label: str, m: MixedFit, L: str | Sequence[Sequence[float]]) -> dict[str, float]:
    test = m.ftest(L, df="kr")
    short = {"F": test.statistic, "ndf": test.df1, "ddf": test.df2, "p": test.p}
    out = {f"{label}{name}": value for name, value in short.items()}
    return out | {
        "F (scaled)": test.statistic,
        "numerator df": test.df1,
        "denominator df": test.df2,
        "F scaling": test.scale,
    }


def _components(m: MixedFit) -> dict[str, float]:
    value = {p.name: p.value for p in m.parameters}
    out = {"-2 REML log-likelihood (lme4 convention)": m.deviance}
    out |= {"-2 REML log-likelihood": m.deviance, "-2 log likelihood": m.deviance}
    out["REML variance component: Residual"] = value.get("residual", math.nan)
    out["residual variance"] = value.get("residual", math.nan)
    for name, short in (("subject", "subject"), ("subject:period", "session")):
        if name in value:
            out[f"REML variance component: {short}"] = value[name]
            out[f"{short} variance"] = value[name]
    return out


def _treatment_effects(m: MixedFit, rows: Rows) -> dict[str, float]:
    """Return each difference of two levels of each plain factor, under its names."""
    out: dict[str, float] = {}
    tails = ("", " adjusted for carryover", " averaged over visits")
    for factor in ("treatment", "treat", "group"):
        if factor not in rows[0] or f"{factor}:visit" in m.design.terms:
            continue
        if factor not in m.design.terms:
            continue
        contrast = levels_of(m, rows, factor)
        for a, b in permutations(contrast, 2):
            effect = _effect(m, "", _minus(contrast[a], contrast[b]))
            heads = [f"{factor} {a}-{b}", f"{a} minus {b}", f"{factor}{a} minus {b}"]
            heads += [f"group (carryover) {a}-{b}"]
            heads += [f"{factor}{a}"] if b == min(contrast) else []
            for head in heads:
                for tail in (*tails, " (Kenward-Roger 2010 baseline adjustment)"):
                    out |= {f"{head}{tail}{name}": value for name, value in effect.items()}
    return out


def _visit_effects(m: MixedFit, rows: Rows) -> dict[str, float]:
    """Return the treatment difference at each visit."""
    out: dict[str, float] = {}
    for visit in {row["visit"] for row in rows}:
        for b, a in permutations(sorted({row["treatment"] for row in rows}), 2):
            L = _minus(_at_visit(m, a, visit), _at_visit(m, b, visit))
            out |= _effect(m, f"visit day {visit} {a} - {b}", L)
    return out


def _at_visit(m: MixedFit, level: str, visit: str) -> dict[str, float]:
    names = (f"treatment[T.{level}]", f"treatment[T.{level}]:visit[T.{visit}]")
    return {name: 1.0 for name in names if name in m.names}


def compute_variance_components(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """A REML fit with random intercepts or slopes, as lme4 with lmerTest and pbkrtest."""
    rows = _distinct(rows, analysis)
    m = _model(rows, analysis)
    out = _components(m) | _treatment_effects(m, rows)
    if "treatment:visit" in m.design.terms:
        out |= _visit_effects(m, rows)
    for name in m.names:
        out |= _effect(m, name.replace("1", "Intercept") if name == "1" else name, {name: 1.0})
    carry = [k for k, name in enumerate(m.names) if name.startswith("carryover_")]
    if carry:
        out |= _f_names("carryover KR ", m, np.eye(len(m.names))[carry].tolist())
    for term in m.design.terms:
        if term != "1":
            out |= _f_names(f"{term} KR ", m, term)
    return out


def _distinct(rows: Rows, analysis: str) -> Rows:
    """Return rows whose subject labels are unique where the analysis nests them."""
    nested = re.search(r"subject=([\w:]+)", analysis)
    if nested is None and {"square", "group", "subject"} <= set(rows[0]):
        nested = re.search(r"([\w:]+)", "square:group:subject")
    if nested is None:
        return rows
    parts = nested.group(1).split(":")
    return [row | {"subject": "/".join(row[p] for p in parts)} for row in rows]


def compute_f_test(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """A Kenward-Roger F test of one term, in a model given or in the case's model before it."""
    match = re.match(r"Kenward-Roger F (?:test )?of ([\w:]+) in (.*)", analysis)
    assert match is not None, analysis
    term, model = match.groups()
    if "~" not in model:
        model = _model_before(case, analysis)
    rows = _distinct(rows, model)
    return _f_names("", _model(rows, model), term)


def _model_before(case: str, analysis: str) -> str:
    """Return the analysis of the index that stands before this one in its case."""
    before = ""
    with INDEX.open(newline="") as file:
        for row in csv.DictReader(file):
            if row["case"] == case and row["analysis"] == analysis:
                return before
            if row["case"] == case and VARIANCE_COMPONENTS.search(row["analysis"]):
                before = row["analysis"]
    raise AssertionError(f"{case}: no model before {analysis!r}")


def compute_bioequivalence(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """EMA Method B: subjects random, three kinds of degrees of freedom, 90 % interval."""
    m = _model(rows, re.sub(r" REML,.*", "", analysis))
    df = "satterthwaite" if "Satterthwaite" in analysis else "containment"
    df = "kr" if "Kenward-Roger" in analysis else df
    one = m.contrast({"treatment[T.T]": 1.0}, df=df, level=0.90)
    reference = [row for row in rows if row["treatment"] == "R"]
    return {
        "df": float(one.df or math.nan),
        "90% CI lower (%)": 100.0 * math.exp(one.lower),
        "90% CI upper (%)": 100.0 * math.exp(one.upper),
        "point estimate (%)": 100.0 * math.exp(one.value),
        "CVwR (%) (from R-only ANOVA)": _within_cv(reference),
    }


def _within_cv(rows: Rows) -> float:
    """Return the CV (%) of log(PK) given subject and period, by least squares."""
    y = np.log([float(row["PK"]) for row in rows])
    codes = [np.unique([row[name] for row in rows], return_inverse=True)[1]
             for name in ("subject", "period")]  # fmt: skip
    X = np.concatenate([np.eye(code.max() + 1)[code] for code in codes], axis=1)
    fitted, _, rank, _ = np.linalg.lstsq(X, y, rcond=None)
    mse = float(np.sum((y - X @ fitted) ** 2)) / (len(y) - rank)
    return 100.0 * math.sqrt(math.exp(mse) - 1.0)


SAS_TYPES = {
    "UN": "un",
    "CS": "cs",
    "AR(1)": "ar1",
    "TOEP": "toeplitz",
    "CSH": "csh",
    "ARH(1)": "arh1",
    "TOEPH": "toeph",
}


def compute_sas(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """SAS PROC MIXED with a repeated statement: differences of LS means between arms."""
    found = re.search(r"TYPE=([A-Z]+(?:\(1\))?)", analysis)
    assert found is not None, analysis
    kind = SAS_TYPES[found.group(1)]
    repeated = "cs(USUBJID)" if kind == "cs" else f"{kind}(AVISIT | USUBJID)"
    formula = re.search(r"(\w+) ~ ([\w +*]+)", analysis)
    assert formula is not None, analysis
    columns = columns_of(rows, formula.group(1))
    form = "linear" if "LINEAR" in analysis else "full"
    m = fit_formula(formula.group(), columns, repeated=repeated, kenward_roger=form)
    df = "kr" if "DDFM=KR" in analysis else "satterthwaite"
    out = _components(m)
    visits = sorted({row["AVISIT"] for row in rows})
    for k, visit in enumerate(visits, start=1):
        out |= {f"variance {visit}": p.value for p in m.parameters if p.name == f"UN({k},{k})"}
        inter = f"ARMCD[T.TRT]:AVISIT[T.{visit}]"
        L = {"ARMCD[T.TRT]": 1.0} | ({inter: 1.0} if inter in m.names else {})
        one = m.contrast(L, df=df)
        pairs = (("difference", one.value), ("SE", one.se), ("df", one.df), ("t", one.statistic))
        out |= {f"{visit} {name}": float(value or math.nan) for name, value in pairs}
        out |= {f"{visit} lower 95%": one.lower, f"{visit} upper 95%": one.upper}
    whole = m.contrast({"ARMCD[T.TRT]": 1.0}, df=df)
    out |= {"estimate": whole.value, "KR SE": float(whole.se or math.nan)}
    out |= {"KR df": float(whole.df or math.nan), "t": float(whole.statistic or math.nan)}
    return out | {"lower 95%": whole.lower, "upper 95%": whole.upper}


def compute_mmrm(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """A repeated-measures model over period-by-visit cells, as mmrm."""
    kinds = {"compound symmetry": "cs(subject)", "unstructured": "un(period:visit | subject)"}
    repeated = next(text for words, text in kinds.items() if words in analysis)
    formula, _ = read_formula(analysis)
    m = fit_formula(formula, columns_of(rows, _score_of(formula)), repeated=repeated)
    return _components(m) | _visit_effects(m, rows)


def compute_marginal(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """The marginal compound-symmetry model, whose covariance may be negative."""
    formula, _ = read_formula(analysis)
    m = fit_formula(formula, columns_of(rows, _score_of(formula)), repeated="cs(subject)")
    residual, shared = (p.value for p in m.parameters)
    B = m.contrast({"treatment[T.B]": 1.0})
    return {
        "within-subject correlation rho": shared / (residual + shared),
        "total variance": residual + shared,
        "treatmentB estimate": B.value,
        "treatmentB SE": float(B.se or math.nan),
    }


def compute_ml(rows: Rows, case: str, analysis: str) -> dict[str, float]:
    """A marginal model by maximum likelihood with an unstructured covariance."""
    formula, _ = read_formula(analysis)
    columns = columns_of(rows, _score_of(formula))
    columns["Sex"] = ["0 Male" if s == "Male" else "1 Female" for s in columns["Sex"]]
    m = fit_formula(formula, columns, repeated="un(age | Subject)", method="ml")
    names = ("Intercept (Male)", "Female offset", "slope Male", "Female slope difference")
    order = ("Intercept", "Sex[T.1 Female]", "age", "Sex[T.1 Female]:age")
    out = {name: float(m.beta[m.names.index(key)]) for name, key in zip(names, order, strict=True)}
    return out | _components(m) | {p.name: p.value for p in m.parameters}


def _bioequivalence(case: str, analysis: str) -> bool:
    return "(1|subject) REML" in analysis and "Method B" in analysis


def _variance_components(case: str, analysis: str) -> bool:
    """What no other entry of the registry takes."""
    special = any(belongs(case, analysis) for belongs, _ in REGISTRY[:-1])
    return bool(VARIANCE_COMPONENTS.search(analysis)) and not special


REGISTRY: list[tuple[Callable[[str, str], bool], Compute]] = [
    (_bioequivalence, compute_bioequivalence),
    (lambda _, a: a.startswith("Kenward-Roger F"), compute_f_test),
    (lambda _, a: a.startswith("SAS PROC MIXED"), compute_sas),
    (lambda _, a: a.startswith("MMRM REML"), compute_mmrm),
    (lambda _, a: a.startswith("marginal model REML"), compute_marginal),
    (lambda _, a: a.startswith("ML marginal model"), compute_ml),
    (_variance_components, compute_variance_components),
]
