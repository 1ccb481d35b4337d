"""The protocol kit: what an ethics board, a statistician and a site need to begin from.

Everything is drawn from the edited protocol file and the plan's computed numbers. What a file
cannot know stays an open line, `[to be written: ...]`; what is assumed is marked ASSUMED where it
stands and listed at the end.
"""

from __future__ import annotations

from crossblock.domain.protocol import Protocol
from crossblock.domain.trial_plan import TrialPlan
from crossblock.load.protocol import parse
from crossblock.plan.kit_analysis import analysis_plan, sample_size, shells
from crossblock.plan.kit_protocol import draft


def plan_kit(protocol: Protocol, plan: TrialPlan) -> dict[str, str]:
    """Return the files of the kit by name: protocol.toml and four texts in Markdown."""
    study = parse(plan.edited.encode(), "protocol.toml")
    return {
        "protocol.toml": plan.edited,
        "protocol.md": draft(study, plan, before=protocol),
        "analysis-plan.md": analysis_plan(study, plan),
        "tables.md": shells(study, plan),
        "sample-size.md": sample_size(study, plan),
    }
