"""Conditions that look back over check-ins: confidence that falls week by week, or by so many points at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from okr.automations import Condition, Rule
from okr.models import check_ins, key_results, people
from okr.store import Store

ADMIN = "irena.maj@lumen.example"
WARSAW = "Europe/Warsaw"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
NAME = "key_result:KR-CHURN"


def said(store: Store, *told: tuple[int, int | None]) -> None:
    """Only these check-ins of the key result: how many days before the Monday, and the confidence."""
    with store.database.write() as connection:
        ident = connection.execute(sa.select(key_results.c.id).where(key_results.c.key == "KR-CHURN")).scalar_one()
        author = connection.execute(sa.select(people.c.id).where(people.c.email == ADMIN)).scalar_one()
        connection.execute(sa.delete(check_ins).where(check_ins.c.key_result_id == ident))
        rows = [
            {
                "key": f"X-{number}",
                "key_result_id": ident,
                "at": MONDAY - timedelta(days=days),
                "day_only": False,
                "author_id": author,
                "confidence": confidence,
            }
            for number, (days, confidence) in enumerate(told)
        ]
        connection.execute(sa.insert(check_ins), rows)


def meets(store: Store, operator: str, value: int) -> bool:
    condition = Condition("confidence", operator, value, "weeks" if operator == "falls" else "points")
    rule = Rule("…", "en", "condition", WARSAW, WARSAW, MONDAY, condition=condition)
    return NAME in store.records_met(store.actor(ADMIN), rule, MONDAY + timedelta(hours=1))


@pytest.mark.parametrize(
    ("told", "weeks", "expected"),
    [
        # This week is Monday the 23rd alone; 1 to 7 days before is last week.
        ([(15, 5), (8, 4), (1, 3)], 2, True),
        ([(15, 5), (8, 4), (1, 3)], 3, False),
        ([(15, 5), (8, 4), (1, 3), (0, 2)], 3, True),
        ([(15, 5), (8, 5), (1, 3)], 2, False),
        ([(15, 5), (1, 3)], 2, False),
        ([(15, 5), (8, 4)], 1, False),
        ([(8, 4), (6, 2), (1, 5)], 1, False),
        ([(8, 4), (6, 5), (1, 3)], 1, True),
        ([(8, 4), (1, None)], 1, False),
        ([(8, 4), (3, 2), (1, None)], 1, True),
    ],
)
def test_confidence_falls_when_each_week_ends_below_the_one_before(
    sample_store_on_both: Store, told: list[tuple[int, int | None]], weeks: int, expected: bool
) -> None:
    said(sample_store_on_both, *told)
    assert meets(sample_store_on_both, "falls", weeks) is expected


@pytest.mark.parametrize(
    ("told", "points", "expected"),
    [
        ([(30, 5), (1, 3)], 2, True),
        ([(30, 5), (1, 3)], 3, False),
        ([(30, 5), (10, 4), (1, 3)], 2, False),
        ([(30, 5), (10, None), (1, 3)], 2, True),
        ([(1, 3)], 1, False),
        ([(30, 3), (1, 5)], 1, False),
    ],
)
def test_confidence_falls_by_points_between_the_last_two_that_said_one(
    sample_store_on_both: Store, told: list[tuple[int, int | None]], points: int, expected: bool
) -> None:
    said(sample_store_on_both, *told)
    assert meets(sample_store_on_both, "falls_by", points) is expected
