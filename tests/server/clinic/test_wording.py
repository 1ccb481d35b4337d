"""No page of the clinic advises, and none names a mechanism as fact: what people see is read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from crossblock.cli.clinic import forecast
from crossblock.forecast.imagined import imagine
from crossblock.load import catalog
from crossblock.load.compound import compound
from crossblock.server.accounts.models import Person
from crossblock.server.clinic import course, demo, desk, due, forecasts, options, sheets, urls
from crossblock.server.clinic.interactions import every
from crossblock.server.clinic.models import Page
from crossblock.server.record.models import Participant, Version
from tests.server.clinic.conftest import DOSE, QIDS, Clinic, fill

ROOM = Path(sheets.__file__).parents[1]
TEXTS = sorted((ROOM / "templates" / "clinic").glob("*.html"))
DEED = r"(?:take|taking|stop|stopping|skip|increas\w+|rais\w+|reduc\w+|lower\w*|doubl\w+|switch\w*|"
DEED += r"continu\w+|prescrib\w+|taper\w*|wean\w*)"
RULES = {
    "advice": re.compile(
        r"\b(?:you (?:should|must|ought to|need to)|we (?:recommend|advise|suggest)|"
        rf"(?:is|are) (?:recommended|advised)|recommended dose|should (?:be )?{DEED}|"
        r"(?:increase|raise|reduce|lower|double|skip|adjust) (?:the|your|their|this) "
        r"(?:dose|interval)|"
        rf"consider {DEED}|contraindicated|safe to (?:combine|take|use)|it is (?:best|better) to|"
        r"the best option)\b",
        re.I,
    ),
    "opioid": re.compile(
        r"ketamine (?:is|acts as|works as|behaves like) (?:an? )?(?:\w+ )?opioid|"
        r"ketamine,? an opioid|"
        r"opioids? (?:like|such as) (?:\w*ketamine)|ketamine and other opioids",
        re.I,
    ),
    "mechanism": re.compile(
        r"because (?:it|ketamine) (?:acts|blocks|binds)|\bworks (?:by|through|via)\b|"
        r"(?:caused|mediated|explained) by (?:ketamine|\w*opioid|glutamate|tolerance)|"
        r"ketamine is addictive|is dependent on|has become (?:tolerant|dependent|addicted)|"
        r"tolerance to ketamine|points? to (?:\w+ )?(?:opioid|mu|receptors)|as if the illness|"
        r"(?:lifts|raises|improves) (?:mood|depression) (?:by|through|via)|runs through",
        re.I,
    ),
}
"""What no text may say."""
EFFECT = re.compile(
    r"\b(?:effects?|antidepress\w+|mood|depress\w+|respon\w+|benefit|lifts?)\b", re.I
)
MU = re.compile(r"\bmu\b", re.I)
OPEN = re.compile(r"would not say which|which opioid receptor|no computation says|matters at all")
"""Said to be unknown: a sentence that names mu so that nobody reads more into it."""
POSTED = {"override", "want_forecast", "draft", "audit_check"}
"""Addresses that answer no page of their own."""
MEDICINES = (
    "naltrexone 50 mg daily, last dose 24 h ago", "depot naltrexone 380 mg, 20 days ago",
    "buprenorphine 8 mg daily", "methadone 60 mg daily", "lorazepam 1 mg", "lamotrigine 200 mg",
)  # fmt: skip


COMPUTED = sorted(
    {w for i in every() if i.on_board for w in i.words} & set(catalog.names("compounds"))
)


def faults(text: str) -> list[str]:
    """Return what breaks a rule, with the rule and the words around it."""
    flat = re.sub(r"\s+", " ", text)
    found = [
        f"{name}: …{flat[max(0, m.start() - 60) : m.end() + 60]}…"
        for name, rule in RULES.items()
        for m in rule.finditer(flat)
    ]
    found += [
        f"mu: {s}"
        for s in re.split(r"(?<=[.;?!])\s|\n", text)
        if MU.search(s) and EFFECT.search(s) and not OPEN.search(s)
    ]
    return found


BLOCKS = ("p", "li", "h1", "h2", "h3", "td", "th", "dt", "dd", "summary", "label", "legend")


class Reader(HTMLParser):
    """Collects what somebody can see or hear: text, and the words of alt, title and labels."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.deaf = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.deaf += tag in ("script", "style")
        held = dict(attrs)
        self.said += [held[k] for k in ("alt", "title", "aria-label", "placeholder") if held.get(k)]
        if tag not in ("b", "strong", "span", "a", "em", "code"):
            self.said.append(
                "\n" if tag in ("p", "li", "h1", "h2", "h3", "td", "th", "dd") else " "
            )

    def handle_endtag(self, tag: str) -> None:
        self.deaf -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.deaf:
            self.said.append(re.sub(r"\s+", " ", data))


def visible(page: Any) -> str:
    reader = Reader()
    reader.feed(page.content.decode())
    return " ".join(reader.said)


def addresses(person: Participant) -> dict[str, list[str]]:
    """Return the addresses of every kind of page that there is, for one patient."""
    code = person.code
    held = Version.objects.filter(entry__participant=person).order_by("number").first()
    assert held is not None
    risk = Page.objects.filter(participant=person).latest("seq")
    forms = [
        due.place(code, visit, 1 if visit in (course.SESSION, course.AFTER) else 0, form)
        for visit, names in due.ALLOWED.items()
        for form in names
    ]
    one = f"/p/{code}/"
    return {
        "health": ["/health/"], "patients": ["/"], "me": ["/me/"],
        "help": [f"/me/help/{risk.pk}/"], "patient": [one], "course": [f"{one}course/"],
        "plan": [f"{one}plan/"], "summary": [f"{one}summary/"], "onboard": [f"{one}onboard/"],
        "care": [f"{one}care/"], "own_account": [f"{one}account/"],
        "receipt": [f"{one}saved/{held.pk}/"], "form": forms,
        "risks": ["/risk/"], "risk": [f"/risk/{risk.pk}/"], "quality": ["/quality/"],
        "export": ["/export/"], "people": ["/people/"], "audit": ["/audit/"],
    }  # fmt: skip


def filled(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Participant:
    """Fill a demonstration, with every kind of medicine in its first patient, who is returned."""
    cast = (
        demo.Patient(kind="steady", days=60.0, medicines=MEDICINES),
        demo.Patient(kind="steady", days=9.0, override=True),
    )
    monkeypatch.setattr(demo, "CAST", cast)
    house = clinic.folder / "clinic.toml"
    house.write_text(house.read_text().replace("clinician-1@example.org", "clinician@demo.invalid"))
    demo.house.read.cache_clear()
    made = demo.fill(datetime.now(UTC), 1, lambda words: None, imagine)
    assert desk.work(forecast, projected, once=True) == 3
    return made[0]


def projected(regimens: Any) -> Any:
    number = SimpleNamespace(mean=0.5, constants=(0.4, 0.6), between_mechanisms=(0.1, 0.2))
    names = ("time-in-response", "relapsed", "dependence", "sessions")
    return {option: dict.fromkeys(names, number) for option in regimens}


@pytest.mark.slow
def test_every_page_as_people_see_it(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    person = filled(clinic, monkeypatch)
    webs: dict[str, Client] = {}
    for name in ("clinician", "nurse", "lead", "patient", "admin-1"):
        webs[name] = Client(SERVER_NAME="127.0.0.1")
        webs[name].force_login(Person.objects.get(email=f"{name}@demo.invalid"))
    risky = fill(webs["patient"], due.place(person.code, "between", 0, "qids-sr16"),
                 QIDS | {"item12": 2.0})  # fmt: skip
    asked = fill(webs["clinician"], due.place(person.code, "session", 90, "dose"),
                 DOSE | {"dose": 350.0})  # fmt: skip
    assert "three hundred fifty" in visible(asked)
    found = [*faults(visible(risky)), *faults(visible(asked))]
    table = addresses(person)
    named = {p.name for p in urls.urlpatterns if getattr(p, "name", None)}
    assert named == set(table) | POSTED
    seen: dict[str, set[str]] = {}
    for name, paths in table.items():
        for path in paths:
            for who, web in webs.items():
                page = web.get(path)
                if page.status_code == 200:
                    seen.setdefault(name, set()).add(path)
                    found += [f"{who} {path}: {f}" for f in faults(visible(page))]
    assert {name: set(paths) for name, paths in table.items()} == seen
    assert found == []


def test_words_in_code_and_catalog() -> None:
    words = [f"{o.name} {o.benefit} {o.risk} {o.unknown}" for o in options.ALL]
    words += [f"{q.label} {q.hint}" for s in sheets.OWN_SHEETS.values() for q in s.questions]
    words += [catalog.path("interactions", n).read_text() for n in catalog.names("interactions")]
    words += list(forecasts.STORIES.values())
    words += [(ROOM / "clinic" / "watch.py").read_text()]
    assert [f for text in words for f in faults(text)] == []


@pytest.mark.parametrize("name", COMPUTED)
def test_what_a_compound_says_on_board(name: str) -> None:
    held = compound(name)
    said = [*held.unknown, *(f"{n.text} {n.note}" for n in held.on_board),
            *(n.what for n in held.not_found)]  # fmt: skip
    assert said
    assert [f for text in said for f in faults(text)] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_templates(path: Path) -> None:
    assert faults(re.sub(r"<[^>]+>|{[%{].*?[%}]}", " ", path.read_text())) == []


@pytest.mark.parametrize(
    "text",
    [
        "You should stop now", "We recommend a longer interval.", "Increase the dose by a fifth.",
        "Ketamine is an opioid", "Consider tapering.", "it works through glutamate",
        "so a lost effect points to opioid receptors and not to one of them",
        "Blocking mu removes the antidepressant effect.",
        "the scores look as if the illness had grown",
        "The dose should be reduced.", "caused by tolerance", "It is safe to combine.",
    ],
)  # fmt: skip
def test_the_rules_catch_what_they_are_for(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "Naltrexone holds mu 93 % (90 to 96 %), kappa 80 %.",
        "What it is for, and when it ends.",
        "Two trials found less antidepressant effect of ketamine after naltrexone.",
        "None of it says what this patient should do.",
    ],
)
def test_the_rules_let_facts_pass(text: str) -> None:
    assert faults(text) == []


def test_the_frame_says_that_it_is_no_advice() -> None:
    base = (ROOM / "templates" / "clinic" / "base.html").read_text()
    assert "not medical advice" in base
