"""crossblock: does the drug work through that receptor, and what follows for repeated use?

The front door. Names are loaded when first used, so that `import crossblock` and the command line's
help cost nothing; `tests/test_front_door.py` pins the list and the import contracts read it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

# name -> module:attribute
DOOR: dict[str, str] = {
    "Appraisal": "crossblock.domain.appraisal:Appraisal",
    "Beside": "crossblock.report.study:Beside",
    "BlockadeWish": "crossblock.exposure.planner:Wish",
    "CrossblockError": "crossblock.core.errors:CrossblockError",
    "Estimate": "crossblock.domain.result:Estimate",
    "ForecastAsk": "crossblock.forecast.run:Ask",
    "ForecastRun": "crossblock.forecast.run:Run",
    "PlanAsk": "crossblock.plan.study:Ask",
    "Protocol": "crossblock.domain.protocol:Protocol",
    "Published": "crossblock.domain.appraisal:Published",
    "Quantity": "crossblock.core.quantity:Quantity",
    "RatingsBatch": "crossblock.domain.rating:RatingsBatch",
    "Stream": "crossblock.core.streams:Stream",
    "StudyAnalysis": "crossblock.domain.analysis:StudyAnalysis",
    "WeighAsked": "crossblock.cli.weighed:Asked",
    "analyze": "crossblock.stats.study:analyze",
    "appraisal_story": "crossblock.report.appraisal:appraisal_story",
    "appraise": "crossblock.stats.appraise:appraise",
    "can_plan": "crossblock.exposure.planner:can_plan",
    "check_forecast": "crossblock.forecast.run:run_check",
    "check_leaks": "crossblock.cli.leaks:check_leaks",
    "cluster": "crossblock.simulate.cluster:connected",
    "compare_planners": "crossblock.exposure.comparison:compare_planners",
    "comparison_story": "crossblock.report.peer:comparison_story",
    "conduct": "crossblock.server.command:conduct",
    "derive_study": "crossblock.stats.derive:derive_study",
    "detectable_sd": "crossblock.stats.crossover:detectable_sd",
    "expose": "crossblock.exposure.study:expose",
    "exposure_picture": "crossblock.exposure.picture:picture",
    "exposure_times": "crossblock.exposure.picture:default_times",
    "forecast_pairs": "crossblock.forecast.run:names_of",
    "forecast_story": "crossblock.forecast.story:story",
    "forecast_summary": "crossblock.forecast.run:summary",
    "hypotheses_story": "crossblock.report.hypotheses:hypotheses_story",
    "interim_look": "crossblock.stats.looks:at_look",
    "judge_claims": "crossblock.weigh.press:judge",
    "keep_memory": "crossblock.simulate.processes:keep_memory",
    "make_allocation": "crossblock.cli.sealing:make_allocation",
    "make_demo": "crossblock.cli.theater:make_demo",
    "mechanism_names": "crossblock.load.mechanism:mechanism_names",
    "new_key": "crossblock.load.sealed:new_key",
    "on_boards": "crossblock.exposure.onboard:on_boards",
    "onboard_story": "crossblock.report.onboard:onboard_story",
    "open_envelope": "crossblock.load.envelope:open_envelope",
    "open_run": "crossblock.simulate.store:open_store",
    "parse_quantity": "crossblock.core.quantity:parse",
    "patient_story": "crossblock.forecast.patient:patient_story",
    "person_story": "crossblock.forecast.person_story:person_story",
    "plan_blockade": "crossblock.exposure.planner:plan_blockade",
    "plan_kit": "crossblock.plan.kit:plan_kit",
    "plan_lines": "crossblock.report.planwords:lines",
    "plan_story": "crossblock.report.planner:plan_story",
    "plan_study": "crossblock.plan.study:plan_study",
    "predict": "crossblock.exposure.predictions:predict",
    "read_answers": "crossblock.load.answers:read",
    "read_bundle": "crossblock.load.bundle:read",
    "read_compound": "crossblock.load.compound:compound",
    "read_crosswalk": "crossblock.load.crosswalk:between",
    "read_instrument": "crossblock.load.instrument:read",
    "read_mechanism": "crossblock.load.mechanism:mechanism",
    "read_medication": "crossblock.load.medication:medication",
    "read_open_codelist": "crossblock.load.codelist:read_open",
    "read_protocol": "crossblock.load.protocol:read",
    "read_ratings": "crossblock.load.ratings:read",
    "read_sealed_codelist": "crossblock.load.codelist:open_sealed",
    "read_text": "crossblock.load.textfile:read_text",
    "render": "crossblock.report.page:render",
    "run_forecast": "crossblock.forecast.run:run_forecast",
    "run_person": "crossblock.forecast.run:run_person",
    "run_trials": "crossblock.simulate.batch:run",
    "seal": "crossblock.load.sealed:seal",
    "shipped_evidence": "crossblock.load.evidence:shipped",
    "shipped_press": "crossblock.load.press:shipped",
    "simulation_story": "crossblock.report.operating:simulation_story",
    "single_threaded": "crossblock.simulate.processes:single_threaded",
    "stated_response": "crossblock.plan.numbers:stated",
    "study_story": "crossblock.report.study:study_story",
    "trial_gallery": "crossblock.simulate.gallery:trial_gallery",
    "trial_job": "crossblock.simulate.chunk:trial_job",
    "trial_plan_story": "crossblock.report.plan:trial_plan_story",
    "truth_grid": "crossblock.simulate.grid:truth_grid",
    "virtual_study": "crossblock.cli.virtual:virtual_study",
    "weighed": "crossblock.cli.weighed:weighed",
    "with_overlay": "crossblock.load.instrument:with_overlay",
}

if TYPE_CHECKING:
    from crossblock.cli.leaks import check_leaks as check_leaks
    from crossblock.cli.sealing import make_allocation as make_allocation
    from crossblock.cli.theater import make_demo as make_demo
    from crossblock.cli.virtual import virtual_study as virtual_study
    from crossblock.cli.weighed import Asked as WeighAsked
    from crossblock.cli.weighed import weighed as weighed
    from crossblock.core.errors import CrossblockError as CrossblockError
    from crossblock.core.quantity import Quantity as Quantity
    from crossblock.core.quantity import parse as parse_quantity
    from crossblock.core.streams import Stream as Stream
    from crossblock.domain.analysis import StudyAnalysis as StudyAnalysis
    from crossblock.domain.appraisal import Appraisal as Appraisal
    from crossblock.domain.appraisal import Published as Published
    from crossblock.domain.protocol import Protocol as Protocol
    from crossblock.domain.rating import RatingsBatch as RatingsBatch
    from crossblock.domain.result import Estimate as Estimate
    from crossblock.exposure.comparison import compare_planners as compare_planners
    from crossblock.exposure.onboard import on_boards as on_boards
    from crossblock.exposure.picture import default_times as exposure_times
    from crossblock.exposure.picture import picture as exposure_picture
    from crossblock.exposure.planner import Wish as BlockadeWish
    from crossblock.exposure.planner import can_plan as can_plan
    from crossblock.exposure.planner import plan_blockade as plan_blockade
    from crossblock.exposure.predictions import predict as predict
    from crossblock.exposure.study import expose as expose
    from crossblock.forecast.patient import patient_story as patient_story
    from crossblock.forecast.person_story import person_story as person_story
    from crossblock.forecast.run import Ask as ForecastAsk
    from crossblock.forecast.run import Run as ForecastRun
    from crossblock.forecast.run import names_of as forecast_pairs
    from crossblock.forecast.run import run_check as check_forecast
    from crossblock.forecast.run import run_forecast as run_forecast
    from crossblock.forecast.run import run_person as run_person
    from crossblock.forecast.run import summary as forecast_summary
    from crossblock.forecast.story import story as forecast_story
    from crossblock.load.answers import read as read_answers
    from crossblock.load.bundle import read as read_bundle
    from crossblock.load.codelist import open_sealed as read_sealed_codelist
    from crossblock.load.codelist import read_open as read_open_codelist
    from crossblock.load.compound import compound as read_compound
    from crossblock.load.crosswalk import between as read_crosswalk
    from crossblock.load.envelope import open_envelope as open_envelope
    from crossblock.load.evidence import shipped as shipped_evidence
    from crossblock.load.instrument import read as read_instrument
    from crossblock.load.instrument import with_overlay as with_overlay
    from crossblock.load.mechanism import mechanism as read_mechanism
    from crossblock.load.mechanism import mechanism_names as mechanism_names
    from crossblock.load.medication import medication as read_medication
    from crossblock.load.press import shipped as shipped_press
    from crossblock.load.protocol import read as read_protocol
    from crossblock.load.ratings import read as read_ratings
    from crossblock.load.sealed import new_key as new_key
    from crossblock.load.sealed import seal as seal
    from crossblock.load.textfile import read_text as read_text
    from crossblock.plan.kit import plan_kit as plan_kit
    from crossblock.plan.numbers import stated as stated_response
    from crossblock.plan.study import Ask as PlanAsk
    from crossblock.plan.study import plan_study as plan_study
    from crossblock.report.appraisal import appraisal_story as appraisal_story
    from crossblock.report.hypotheses import hypotheses_story as hypotheses_story
    from crossblock.report.onboard import onboard_story as onboard_story
    from crossblock.report.operating import simulation_story as simulation_story
    from crossblock.report.page import render as render
    from crossblock.report.peer import comparison_story as comparison_story
    from crossblock.report.plan import trial_plan_story as trial_plan_story
    from crossblock.report.planner import plan_story as plan_story
    from crossblock.report.planwords import lines as plan_lines
    from crossblock.report.study import Beside as Beside
    from crossblock.report.study import study_story as study_story
    from crossblock.server.command import conduct as conduct
    from crossblock.simulate.batch import run as run_trials
    from crossblock.simulate.chunk import trial_job as trial_job
    from crossblock.simulate.cluster import connected as cluster
    from crossblock.simulate.gallery import trial_gallery as trial_gallery
    from crossblock.simulate.grid import truth_grid as truth_grid
    from crossblock.simulate.processes import keep_memory as keep_memory
    from crossblock.simulate.processes import single_threaded as single_threaded
    from crossblock.simulate.store import open_store as open_run
    from crossblock.stats.appraise import appraise as appraise
    from crossblock.stats.crossover import detectable_sd as detectable_sd
    from crossblock.stats.derive import derive_study as derive_study
    from crossblock.stats.looks import at_look as interim_look
    from crossblock.stats.study import analyze as analyze
    from crossblock.weigh.press import judge as judge_claims


def __getattr__(name: str) -> object:
    if name in DOOR:
        module, attribute = DOOR[name].split(":")
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'crossblock' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*DOOR, "__version__"])
