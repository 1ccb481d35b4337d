"""The frame: the vendored script is the pinned one, the menu is the table's, banners tell."""

import ast
import base64
import hashlib
from pathlib import Path

from crossblock.server.pages import frame
from crossblock.server.roles import Role
from tests.server.web import client
from tests.server.world import World


def test_the_vendored_script_is_the_pinned_one() -> None:
    assert frame.vendored_is_intact()
    digest = hashlib.sha256(frame.HTMX.read_bytes()).digest()
    assert frame.htmx_integrity() == f"sha256-{base64.b64encode(digest).decode()}"


def test_the_menu_opens_on_every_entry(lite: World) -> None:
    for role in (Role.COORDINATOR, Role.OUTCOME_RATER, Role.MONITOR, Role.SPONSOR):
        web = client(lite, role)
        menu = web.get("/visibility/").context["menu"]
        assert menu
        assert all(web.get(d.path).status_code == 200 for d in menu)


def test_the_page_names_study_and_person(lite: World) -> None:
    html = client(lite, Role.MONITOR).get("/").content.decode()
    assert "williams-2018" in html
    assert "Monitor, monitor" in html
    assert "DRY RUN" not in html
    assert f'integrity="{frame.htmx_integrity()}"' in html


def test_a_page_with_a_list_of_roles_still_names_ones_own(lite: World) -> None:
    for path in ("/people/", "/visibility/"):
        html = client(lite, Role.SPONSOR).get(path).content.decode()
        assert "Sponsor 1, sponsor</p>" in html
        assert "Role." not in html


def test_a_long_menu_folds_and_a_short_one_does_not(lite: World) -> None:
    page = client(lite, Role.MONITOR).get("/lock/").content.decode()
    shown, folded = page.split('<details class="more">')
    assert '<summary aria-current="true">More</summary>' in folded
    for path in ("/queries/", "/safety/", "/audit/"):
        assert f'href="{path}"' in shown
    for path in ("/lock/", "/people/", "/completeness/"):
        assert f'href="{path}"' in folded
    rater = client(lite, Role.OUTCOME_RATER).get("/").content.decode()
    assert "<details" not in rater


def test_no_page_hides_what_the_frame_needs() -> None:
    """A page's own word in the place of the frame's would be drawn as if it were the frame's."""
    for room in ("pages", "clinic"):
        folder = Path(frame.__file__).parents[1] / room
        own = {k for f in _functions(folder / "frame.py") if f.name == "frame" for k in _keys(f)}
        assert own > {"actor", "menu"}
        hidden = [
            (path.name, f.name, sorted(_keys(f) & own))
            for path in sorted(folder.glob("*.py"))
            for f in _functions(path)
            if path.name != "frame.py" and _keys(f) & own
        ]
        assert hidden == [], room


def _functions(path: Path) -> list[ast.FunctionDef]:
    return [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef)]


def _keys(function: ast.FunctionDef) -> set[str]:
    """Return the words by which a function calls what it hands over in tables."""
    tables = [n for n in ast.walk(function) if isinstance(n, ast.Dict)]
    keys = [k for table in tables for k in table.keys if isinstance(k, ast.Constant)]
    return {k.value for k in keys if isinstance(k.value, str)}
