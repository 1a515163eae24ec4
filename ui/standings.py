"""A key result as the store tells it, as a row that the pages draw."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from okr.calendar import day_of
from okr.measure import has_pace
from okr.store.standing import Told
from ui.session import Visit
from ui.turns import Listed


def listed(visit: Visit, told: Told) -> Listed:
    """The key result with the figures that its pace bar and the line below it show."""
    standing, verdict = told.standing, told.standing.verdict
    paced = has_pace(standing.measure)
    values: dict[str, Any] = {
        "status": verdict.status.value,
        "progress": _figure(verdict.progress),
        "expected": _figure(verdict.expected) if paced else None,
        "gap": _figure(verdict.gap) if paced else None,
        "value": standing.measure.value,
        "target": standing.measure.target,
        "limit": standing.measure.limit,
        "unit": standing.unit,
        "owner": told.owner,
        "team": told.team,
        "freshness": standing.age.freshness.value,
        "age_days": standing.age.days,
        "last_check_in": None if standing.last_at is None else day_of(standing.last_at, visit.company.tz).isoformat(),
        "reported": standing.reported,
        "confidence": standing.confidence,
    }
    return Listed(standing.key, "key_result", standing.title, values)


def _figure(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
