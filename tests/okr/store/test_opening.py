"""Opening one record: everything of it that the person may see, and nothing of what they may not."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from okr import models
from okr.store import Store

LEAD = "ana.nowak@lumen.example"
ADMIN = "irena.maj@lumen.example"


def restricted_key_results(store: Store) -> list[tuple[str, str]]:
    """Key and objective of each key result that not everybody sees."""
    query = (
        sa.select(models.key_results.c.key, models.objectives.c.key)
        .join(models.objectives, models.objectives.c.id == models.key_results.c.objective_id)
        .where(~models.key_results.c.open)
        .order_by(models.key_results.c.id)
    )
    with store.database.read() as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def outsiders(store: Store) -> list[str]:
    return [person.email for person in store.people() if person.role == "employee"]


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (models.check_ins, "check_in"),
        (models.key_results, "key_result"),
        (models.objectives, "objective"),
        (models.tasks, "task"),
        (models.kpis, "kpi"),
        (models.lessons, "lesson"),
        (models.teams, "team"),
        (models.cycles, "cycle"),
    ],
)
def test_every_kind_of_record_opens(sample_store_on_both: Store, table: sa.Table, kind: str) -> None:
    admin = sample_store_on_both.actor(ADMIN)
    with sample_store_on_both.database.read() as connection:
        keys = list(connection.execute(sa.select(table.c.key).order_by(table.c.id).limit(5)).scalars())
    for key in keys:
        found = sample_store_on_both.open_record(admin, key)
        assert found is not None
        assert (found.kind, found.key) == (kind, key)
        assert found.title
        assert sample_store_on_both.cited(admin, [key])[key].kind == kind


def test_a_check_in_says_who_wrote_what_when_and_stands_in_its_series(sample_store_on_both: Store) -> None:
    actor = sample_store_on_both.actor(LEAD)
    with sample_store_on_both.database.read() as connection:
        query = sa.select(models.check_ins).where(models.check_ins.c.note != "", models.check_ins.c.value.is_not(None))
        row = connection.execute(query.order_by(models.check_ins.c.id).limit(1)).one()
    found = sample_store_on_both.open_record(sample_store_on_both.actor(ADMIN), row.key)
    assert found is not None
    assert ("note", row.note) in found.wrote
    assert found.on == row.at
    assert found.author
    assert row.key in {value.key for value in found.values}
    assert [value.at for value in found.values] == sorted(value.at for value in found.values)
    assert found.above is not None
    assert sample_store_on_both.open_record(actor, found.above[1]) is not None


def test_a_person_opens_by_address_in_any_case(sample_store_on_both: Store) -> None:
    found = sample_store_on_both.open_record(sample_store_on_both.actor(LEAD), "Ruth.Adeyemi@Lumen.Example")
    assert found is not None
    assert (found.kind, found.title) == ("person", "Ruth Adeyemi")


def test_what_is_restricted_does_not_open_for_others(sample_store_on_both: Store) -> None:
    restricted = restricted_key_results(sample_store_on_both)
    assert restricted
    for key, objective in restricted:
        shut_out = [
            sample_store_on_both.actor(email)
            for email in outsiders(sample_store_on_both)
            if sample_store_on_both.open_record(sample_store_on_both.actor(email), objective) is None
        ]
        assert shut_out
        with sample_store_on_both.database.read() as connection:
            of_it = sa.select(models.check_ins.c.key).join(
                models.key_results, models.key_results.c.id == models.check_ins.c.key_result_id
            )
            check_ins = list(connection.execute(of_it.where(models.key_results.c.key == key)).scalars())
        for actor in shut_out[:3]:
            assert sample_store_on_both.open_record(actor, key) is None
            assert sample_store_on_both.cited(actor, [key, objective, *check_ins]) == {}
            assert all(sample_store_on_both.open_record(actor, each) is None for each in check_ins)
        admin = sample_store_on_both.actor(ADMIN)
        assert sample_store_on_both.open_record(admin, key) is not None


def test_a_record_that_never_was_is_not_there(sample_store_on_both: Store) -> None:
    actor = sample_store_on_both.actor(LEAD)
    for key in ("", "KR-NEVER", "' OR 1=1 --", "x" * 10_000):
        assert sample_store_on_both.open_record(actor, key) is None
    assert sample_store_on_both.cited(actor, []) == {}
    assert sample_store_on_both.cited(actor, ["KR-NEVER"]) == {}


def test_a_chip_tells_the_moment_of_a_check_in(sample_store_on_both: Store) -> None:
    actor = sample_store_on_both.actor(ADMIN)
    with sample_store_on_both.database.read() as connection:
        key = connection.execute(sa.select(models.check_ins.c.key).limit(1)).scalar_one()
    cited = sample_store_on_both.cited(actor, [key, "sales"])
    assert cited[key].on is not None
    assert cited["sales"].on is None
    assert date(2020, 1, 1) < cited[key].on.date()  # type: ignore[union-attr]
