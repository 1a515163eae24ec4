"""The facts worth knowing about the sample company on a day, worked out from its document.

Tests compare answers with them and the page takes its suggestions from them. They come from the
document alone, so they also hold where the store, the tools and the reader are wrong.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from okr import health, measure
from okr.health import Freshness, Status

Document = dict[str, Any]

FALLING = 3
"""So many latest confidences, each lower than the one before, count as a slide."""


@dataclass(frozen=True)
class Guide:
    """What stands out, as keys; restricted records are among them and named in `hidden` too.

    `most_behind` is ordered by gap, largest first, and holds whatever is behind at all. `unrankable`
    have a value or not but no pace. `nps_turn` is the day of the first point of the last unbroken fall.
    """

    most_behind: tuple[str, ...]
    by_status: dict[str, tuple[str, ...]]
    watermelons: tuple[str, ...]
    stale: tuple[str, ...]
    never: tuple[str, ...]
    sliding: tuple[str, ...]
    unrankable: tuple[str, ...]
    postponed: tuple[str, ...]
    overdue: tuple[str, ...]
    hidden: tuple[str, ...]
    inactive: tuple[str, ...]
    surnames: dict[str, tuple[str, ...]]
    nps_turn: date
    nps_before: float
    nps_now: float


def guide(document: Document, on: date) -> Guide:
    """The guide to a document made for the day."""
    cycle = next(cycle for cycle in document["cycles"] if cycle["state"] == "active")
    expected = measure.expected(date.fromisoformat(cycle["start"]), date.fromisoformat(cycle["end"]), on)
    objectives = {each["key"]: each for each in document["objectives"]}
    current = [each for each in document["key_results"] if objectives[each["objective"]]["cycle"] == cycle["key"]]
    active = [each for each in current if each["state"] == "active"]
    written: dict[str, list[Document]] = {each["key"]: [] for each in document["key_results"]}
    for check_in in document["check_ins"]:
        written[check_in["key_result"]].append(check_in)

    last_day = on >= date.fromisoformat(cycle["end"])
    verdicts = {
        each["key"]: health.judge(_measured(each, written[each["key"]], document), expected, last_day, health.rule())
        for each in active
    }
    ages = {
        each["key"]: health.freshness(each["cadence"], _latest_day(written[each["key"]]), on).freshness
        for each in active
    }
    gaps = {
        key: verdict.gap
        for key, verdict in verdicts.items()
        if verdict.gap is not None and verdict.gap > 0 and verdict.status is not Status.COMPLETED
    }
    points = [(date.fromisoformat(point["date"]), point["value"]) for point in _points("KPI-NPS", document)]
    turn = len(points) - 1
    while turn > 1 and points[turn - 1][1] < points[turn - 2][1]:
        turn -= 1
    return Guide(
        most_behind=tuple(sorted(gaps, key=lambda key: (-gaps[key], key))),
        by_status={
            status.value: tuple(key for key, verdict in verdicts.items() if verdict.status is status)
            for status in Status
        },
        watermelons=tuple(
            key
            for key, verdict in verdicts.items()
            if written[key] and health.is_watermelon(written[key][-1]["status"], verdict.status)
        ),
        stale=tuple(key for key, age in ages.items() if age is Freshness.STALE),
        never=tuple(key for key, age in ages.items() if age is Freshness.NEVER),
        sliding=tuple(key for key in verdicts if _sliding(written[key])),
        unrankable=tuple(key for key, verdict in verdicts.items() if verdict.gap is None),
        postponed=tuple(each["key"] for each in current if each["state"] == "postponed"),
        overdue=tuple(
            task["key"]
            for task in document["tasks"]
            if task["status"] != "done" and task["due"] and date.fromisoformat(task["due"]) < on
        ),
        hidden=tuple(each["key"] for each in current if objectives[each["objective"]]["visibility"] == "team"),
        inactive=tuple(person["email"] for person in document["people"] if not person["active"]),
        surnames=_shared_surnames(document),
        nps_turn=points[turn][0],
        nps_before=points[turn - 1][1],
        nps_now=points[-1][1],
    )


def _measured(key_result: Document, written: list[Document], document: Document) -> measure.Measure:
    values = [(_day(each), each["value"]) for each in written if each["value"] is not None]
    if key_result["kpi"]:
        values += [(date.fromisoformat(each["date"]), each["value"]) for each in _points(key_result["kpi"], document)]
    return measure.Measure(
        kind=key_result["kind"],
        baseline=key_result["baseline"],
        target=key_result["target"],
        limit=key_result["limit"],
        value=max(values, key=lambda dated: dated[0])[1] if values else None,
        milestones=[
            measure.Milestone(step["weight"], step["done_on"] is not None) for step in key_result["milestones"]
        ],
    )


def _points(kpi: str, document: Document) -> list[Document]:
    found: list[Document] = next(each["points"] for each in document["kpis"] if each["key"] == kpi)
    return found


def _day(check_in: Document) -> date:
    return datetime.fromisoformat(check_in["date"]).date()


def _latest_day(written: list[Document]) -> date | None:
    return max(map(_day, written), default=None)


def _sliding(written: list[Document]) -> bool:
    sure = [each["confidence"] for each in written if each["confidence"] is not None][-FALLING:]
    return len(sure) == FALLING and sure == sorted(set(sure), reverse=True)


def _shared_surnames(document: Document) -> dict[str, tuple[str, ...]]:
    by_surname: dict[str, list[str]] = {}
    for person in document["people"]:
        by_surname.setdefault(person["name"].split()[-1], []).append(person["email"])
    return {surname: tuple(emails) for surname, emails in by_surname.items() if len(emails) > 1}
