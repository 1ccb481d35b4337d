"""From files to one page: what `report` and `demo` share."""

from __future__ import annotations

import crossblock as cb
from crossblock.cli.progress import step

SEED = 20261121  # of the band between persons; fixed, so that a report is the same bytes again
SIZES = range(6, 61)  # completers for which the detectable effect is drawn
COMPLETERS = (12, 26)  # of the published blockade crossovers, as yardsticks beside the study's own


def study_page(protocol: str, ratings: str | None, blocker_study: str | None, said: str) -> str:
    """Return the report of a protocol and its ratings as HTML; `said` is the command to print."""
    with step("reading protocol and ratings"):
        study = cb.read_protocol(protocol)
        beside = cb.read_protocol(blocker_study) if blocker_study else None
        scores = cb.read_ratings(ratings or study.id, study)
        codes = cb.read_open_codelist(ratings or study.id, study)
    with step("analyzing as the protocol says"):
        tables = cb.derive_study(study, scores, codes)
        instruments = {name: cb.read_instrument(name) for name in study.instrument_ids}
        result = cb.analyze(study, tables, instruments)
    with step("computing what the drugs do"):
        shown = beside or study
        compounds = {name: cb.read_compound(name) for name in shown.compound_ids}
        picture = cb.exposure_picture(shown, compounds, stream=cb.Stream(SEED, "between persons"))
    with step("drawing"):
        own = result.endpoints[0].primary.n
        smallest = {n: cb.detectable_sd(n) for n in sorted({*SIZES, own})}
        story = cb.study_story(
            study,
            result,
            cb.Beside(
                exposure=picture,
                blocker_study=beside,
                smallest=smallest,
                yardsticks=COMPLETERS,
                provenance=(("crossblock", cb.__version__), ("Command", said)),
            ),
        )
        return cb.render(story)
