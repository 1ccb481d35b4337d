"""The frame: each role has its own doors and its clinic's words."""

import pytest

from tests.server.clinic.conftest import Clinic


@pytest.mark.parametrize(
    ("name", "doors", "words"),
    [
        ("clinician-1", ["Patients", "Pages of risk", "Quality board"], "clinician"),
        ("nurse", ["Patients", "Pages of risk"], "session nurse"),
        (
            "lead",
            ["Pages of risk", "Quality board", "Export", "People", "Audit trail"],
            "quality lead",
        ),
        ("admin-1", ["People"], "administrator"),
    ],
)
def test_doors(clinic: Clinic, name: str, doors: list[str], words: str) -> None:
    page = clinic.web(name).get("/", follow=True).content.decode()
    menu = page.split("<nav")[1].split("</nav>")[0]
    assert [d for d in ("Patients", "Pages of risk", "Quality board", "Export", "People",
                        "Audit trail") if f">{d}<" in menu] == doors  # fmt: skip
    assert f", {words}</p>" in page


def test_office_pages_of_the_server_open_here(clinic: Clinic) -> None:
    for path in ("/people/", "/audit/"):
        assert clinic.web("lead").get(path).status_code == 200
