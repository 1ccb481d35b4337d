"""What the drugs do, from given curves."""

import re
from dataclasses import replace

from crossblock.domain.curve import ExposurePicture
from crossblock.report import drugs


def test_the_finding_reads_the_blockade_at_the_infusion_and_a_week_later(
    exposure: ExposurePicture,
) -> None:
    # 88.1 % at 45 min, 89.9 % at 85 min, 24.0 % at 168 h: the table of pharmacology.md, section 2
    title = drugs.figure(exposure, drug="ketamine").title
    assert (
        title
        == "88–90\u202f% of mu receptors blocked while ketamine runs in, 24\u202f% a week later"
    )


def test_every_panel_and_dose_is_named(exposure: ExposurePicture) -> None:
    figure = drugs.figure(exposure, drug="ketamine")
    for words in (
        "concentration, ng/mL",
        "receptors occupied, %",
        "receptors blocked, %",
        "receptors blocked over 14 days, %",
        "ketamine, venous plasma",
        "naltrexone 50 mg by mouth",
        "hours after naltrexone intake",
    ):
        assert f">{words}<" in figure.svg


def test_the_table_gives_bands_and_sources(exposure: ExposurePicture) -> None:
    table = drugs.figure(exposure, drug="ketamine").table
    assert "Sources: Fanta 2015" in table.caption
    row = next(r for r in table.rows if r[0] == "7 days")
    assert row[-1].startswith("24\u202f% (")


def test_without_a_blocker_the_picture_ends_with_occupancy(exposure: ExposurePicture) -> None:
    figure = drugs.figure(replace(exposure, blockade=(), doses=exposure.doses[1:]), drug="ketamine")
    assert "receptors blocked" not in figure.svg
    assert figure.title.startswith("ketamine, venous plasma peaks at 157")


def test_a_picture_without_curves_is_not_drawable(exposure: ExposurePicture) -> None:
    empty = replace(exposure, concentration=(), occupancy=(), blockade=())
    assert drugs.drawable(exposure)
    assert not drugs.drawable(empty)


def test_a_drug_given_days_after_the_blocker_has_its_own_day(exposure: ExposurePicture) -> None:
    """A depot four days before: the session drawn is that of the infusion, with its stripe."""
    late = [replace(d, start_h=d.start_h + 96.0) for d in exposure.doses[1:]]
    moved = [replace(c, time_h=c.time_h + 96.0) for c in exposure.concentration]
    picture = replace(
        exposure, concentration=tuple(moved), doses=(exposure.doses[0], *late), occupancy=()
    )
    figure = drugs.figure(picture, drug="ketamine")
    assert ">ketamine 0.5 mg/kg over 40 min<" in figure.svg
    assert ">naltrexone 50 mg by mouth<" not in figure.svg  # four days earlier
    width = float(re.findall(r'width="(\d+)"', figure.svg)[0])
    assert width < 800  # nothing stands outside and stretches it
