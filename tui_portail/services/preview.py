"""What ticked days would do and cost, for the right-hand pane: a pure computation over the snapshot, no query a key."""

from __future__ import annotations

from datetime import datetime

from tui_portail.planning import Changes, Judgement, PlanningSnapshot
from tui_portail.planning_judgement import judge_changes


def preview(snapshot: PlanningSnapshot, changes: Changes, now: datetime) -> Judgement:
    """Return what « Terminer » would do with these changes at `now`, as far as the snapshot knows."""
    return judge_changes(snapshot, changes, now)
