"""The page: safe, self-contained, readable by people and machines."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crossblock.domain.analysis import StudyAnalysis
from crossblock.domain.protocol import Protocol
from crossblock.load import protocol as load
from crossblock.report import page, schedule, study
from crossblock.report.story import Run, Section, Story
from tests.report.test_study import as_blockade

CLIPPED_OR_CROSSED = (Path(__file__).parent / "words_in_pictures.js").read_text()


class Seen(HTMLParser):
    """Collects start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [a for t, a in self.tags if t == tag]


@pytest.fixture(scope="module")
def html(story: Story) -> str:
    return page.render(story)


@pytest.fixture(scope="module")
def seen(html: str) -> Seen:
    return Seen(html)


def test_the_same_story_gives_the_same_bytes(story: Story, html: str) -> None:
    assert page.render(story) == html


def test_nothing_runs_and_nothing_is_fetched(html: str, seen: Seen) -> None:
    forbidden = {"script", "link", "iframe", "img", "object", "embed", "form", "image", "use"}
    assert not forbidden & {t for t, _ in seen.tags}
    for _, attributes in seen.tags:
        assert "style" not in attributes
        assert "src" not in attributes
        assert not [k for k in attributes if k.startswith("on")]
    links = {a.get("href") or "" for a in seen.all("a")}
    assert all(x.startswith(("#", "https://doi.org/")) for x in links)
    assert "url(http" not in html
    assert "@import" not in html


def test_the_policy_lets_through_the_one_style_sheet_only(html: str, seen: Seen) -> None:
    css = re.findall(r"<style>(.*?)</style>", html, flags=re.DOTALL)
    assert len(css) == 1
    said = [a["content"] for a in seen.all("meta") if a.get("http-equiv")]
    assert said == [page.policy(css[0])]
    assert "unsafe" not in (said[0] or "")


def test_text_from_files_is_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    story = Story(kicker=nasty, question=nasty, answer=((Run(text=nasty),),), cannot=(nasty,))
    out = page.render(story)
    assert "<script" not in out
    assert out.count("&lt;script&gt;") >= 4


def test_landmarks_headings_and_tables_can_be_walked(seen: Seen, story: Story) -> None:
    names = [t for t, _ in seen.tags]
    assert [names.count(t) for t in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    assert seen.all("a")[0] == {"class": "skip", "href": "#answer"}
    assert seen.all("html")[0] == {"lang": "en"}
    assert names.count("caption") == names.count("table") == len(story.figures)
    assert all(a.get("scope") in {"col", "row"} for a in seen.all("th"))
    levels = [int(t[1]) for t in names if re.fullmatch("h[1-6]", t)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_ids_are_unique(seen: Seen) -> None:
    ids = [a["id"] for _, a in seen.tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_amber_words_point_to_their_reason(seen: Seen, story: Story) -> None:
    marked = [a for a in seen.all("a") if a.get("class") == "assumed"]
    assert marked
    targets = {a.get("id") for a in seen.all("li")}
    for a in marked:
        assert (a["href"] or "")[1:] in targets
        assert a["title"]
    assert len(story.assumed) == sum((t or "").startswith("assumed-") for t in targets)


def test_no_bare_p_value(html: str) -> None:
    prose = re.sub(r"<(svg|style|table)\b.*?</\1>", "", html, flags=re.DOTALL)
    assert not re.search(r"\bp\s*[<=]\s*0?\.\d", prose)


def test_numbers_use_real_minus_signs(html: str) -> None:
    body = re.sub(r"<(svg|style)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL)
    assert not re.search(r"(?<![\w-])-\d", body)


@pytest.mark.chromium
@pytest.mark.parametrize("width", [1280, 640, 400, 320])
def test_a_real_browser_shows_it_whole(html: str, chromium: Any, width: int) -> None:
    """At phone widths, and at 640 px (1280 at 200 % zoom), nothing overflows, clips or collides."""
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("request", lambda request: complaints.append(request.url))
    tab.set_content(html)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(CLIPPED_OR_CROSSED) == []
    assert complaints == []
    tab.close()


@pytest.mark.chromium
@pytest.mark.parametrize("width", [1280, 400])
def test_other_studies_are_as_legible(
    chromium: Any, width: int, analysis: StudyAnalysis, williams: Protocol
) -> None:
    """Longer names, more conditions, more periods: a blockade study and the other schedules."""
    told = study.study_story(williams, as_blockade(analysis), study.Beside())
    named = [load.read(name) for name in ("krystal-1999", "becker-2023")]
    drawn = tuple(schedule.figure(p, id=f"schedule-{p.id}") for p in named)
    more = replace(told, sections=(*told.sections, Section(heading="Others", figures=drawn)))
    tab = chromium.new_page(viewport={"width": width, "height": 900})
    tab.set_content(page.render(more))
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(CLIPPED_OR_CROSSED) == []
    tab.close()


@pytest.mark.chromium
def test_paper_shows_the_wide_pictures_and_no_hidden_tables(html: str, chromium: Any) -> None:
    tab = chromium.new_page(viewport={"width": 400, "height": 900})
    tab.set_content(html)
    tab.emulate_media(media="print")
    shown = "e => getComputedStyle(document.querySelector(e)).display"
    assert tab.evaluate(shown, ".wide") == "block"
    assert tab.evaluate(shown, ".narrow") == "none"
    assert tab.evaluate(shown, "details") == "none"
    tab.close()
