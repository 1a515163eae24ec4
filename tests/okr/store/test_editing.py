"""A rule that is edited: a new version from now on, nothing twice, nothing lost, the editor's rights."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from assistant import delivery
from assistant.worker import Worker
from okr.automations import Action, Audience, Condition, Rule
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.models import people
from okr.rule_tables import automations
from okr.schedule import Schedule
from okr.store import Store

ADMIN, LEAD, EMPLOYEE = "irena.maj@lumen.example", "ana.nowak@lumen.example", "noor.haddad@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))


def daily(hour: int, said: str = "plan", audience: str = "me") -> Rule:
    schedule = Schedule(f"FREQ=DAILY;BYHOUR={hour};BYMINUTE=0", datetime(2026, 11, 23, hour), WARSAW)
    return Rule(
        f"daily at {hour}", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=Audience(audience),
        actions=(Action("remind", said),),
    )  # fmt: skip


def active(store: Store, rule: Rule, by: str = ADMIN) -> str:
    actor = store.actor(by)
    return store.confirm_automation(actor, store.propose_automation(actor, rule, NOW).key, NOW).key


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo(WARSAW))


def edit(store: Store, key: str, rule: Rule, now: datetime, by: str = ADMIN) -> int:
    return store.edit_automation(store.actor(by), key, rule, now, delivery.notice).version


def ran(store: Store, key: str) -> list[tuple[str, int, str]]:
    zone = ZoneInfo(WARSAW)
    return [
        (f"{run.instant.astimezone(zone):%d %H:%M}", run.version, run.state)
        for run in store.automation_runs(store.actor(ADMIN), key)
    ]


def test_an_edited_rule_runs_as_it_says_now_and_its_past_stays_readable(
    sample_store_on_both: Store, tmp_path: Path
) -> None:
    store, admin = sample_store_on_both, sample_store_on_both.actor(ADMIN)
    key = active(store, daily(10, "the first"))
    Worker(store, tmp_path).once(at(23, 10, 1))
    assert edit(store, key, daily(11, "the second"), at(23, 10, 30)) == 2
    for hour in (11, 12):
        Worker(store, tmp_path).once(at(23, hour, 1))
    assert ran(store, key) == [("23 10:00", 1, "done"), ("23 11:00", 2, "done")]
    assert [one.title for one in store.inbox(admin)] == ["Reminder: the second", "Reminder: the first"]
    assert [(one.version, one.words) for one in store.automation_versions(admin, key)] == [
        (1, "daily at 10"),
        (2, "daily at 11"),
    ]
    assert store.audit_is_whole()


def test_an_edit_after_the_instant_neither_loses_nor_repeats_it(sample_store_on_both: Store, tmp_path: Path) -> None:
    store, admin = sample_store_on_both, sample_store_on_both.actor(ADMIN)
    key = active(store, daily(10, "as it was"))
    # No worker has looked since 10:00, and the new version has the same time.
    edit(store, key, daily(10, "as it is"), at(23, 10, 1))
    Worker(store, tmp_path).once(at(23, 10, 2))
    assert ran(store, key) == [("23 10:00", 1, "done")]
    assert [one.title for one in store.inbox(admin)] == ["Reminder: as it was"]


def test_a_clock_that_went_back_before_the_edit_repeats_nothing(sample_store: Store, tmp_path: Path) -> None:
    store = sample_store
    key = active(store, daily(10))
    Worker(store, tmp_path).once(at(23, 10, 1))
    edit(store, key, daily(10, "again"), at(23, 9, 30))
    Worker(store, tmp_path).once(at(23, 10, 2))
    assert ran(store, key) == [("23 10:00", 1, "done")]
    Worker(store, tmp_path).once(at(24, 10, 1))
    assert ran(store, key)[-1] == ("24 10:00", 2, "done")


def test_what_waits_when_a_rule_is_edited_is_sent_as_it_was_meant(sample_store: Store, tmp_path: Path) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    key = active(store, daily(10, "the first"))
    (ident,) = store.due_automations(at(23, 10, 1))
    store.settle_automation(ident, at(23, 10, 1), delivery.notice)
    edit(store, key, daily(11, "the second"), at(23, 10, 1))
    Worker(store, tmp_path).once(at(23, 10, 2))
    assert [one.title for one in store.inbox(admin)] == ["Reminder: the first"]


def test_an_edited_condition_does_not_tell_what_met_it_already(sample_store: Store, tmp_path: Path) -> None:
    store = sample_store
    key = active(store, daily(10))
    condition = Condition("progress", "<", 0.9, "fraction")
    rule = Rule(
        "…", "en", "condition", WARSAW, WARSAW, NOW, condition=condition, audience=Audience("me"),
        actions=(Action("notify"),),
    )  # fmt: skip
    edit(store, key, rule, at(23, 9, 30))
    Worker(store, tmp_path).once(at(23, 10, 1))
    assert ran(store, key) == []
    edit(store, key, daily(11), at(23, 10, 30))
    Worker(store, tmp_path).once(at(23, 11, 1))
    assert ran(store, key) == [("23 11:00", 3, "done")]


def test_an_admin_who_edits_a_rule_makes_it_their_own(sample_store: Store, tmp_path: Path) -> None:
    store = sample_store
    key = active(store, daily(10), EMPLOYEE)
    with pytest.raises(NotFoundError):
        edit(store, key, daily(11), NOW, LEAD)
    edit(store, key, daily(11), NOW)
    assert store.automation(store.actor(ADMIN), key).owner == ADMIN
    with pytest.raises(NotFoundError):
        store.automation(store.actor(EMPLOYEE), key)
    Worker(store, tmp_path).once(at(23, 11, 1))
    assert [len(store.inbox(store.actor(who))) for who in (ADMIN, EMPLOYEE)] == [1, 0]


def test_an_edit_needs_the_rights_that_setting_it_needs(sample_store: Store) -> None:
    store = sample_store
    key = active(store, daily(10), EMPLOYEE)
    with pytest.raises(NotAllowedError):
        edit(store, key, daily(10, audience="everyone"), NOW, EMPLOYEE)
    assert store.automation(store.actor(EMPLOYEE), key).version == 1
    store.remove_automation(store.actor(EMPLOYEE), key, NOW)
    with pytest.raises(OkrError, match="removed"):
        edit(store, key, daily(11), NOW, EMPLOYEE)


def test_a_rule_on_a_record_that_is_gone_is_mended_by_editing(sample_store: Store, tmp_path: Path) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    rule = Rule(
        "…", "en", "condition", WARSAW, WARSAW, NOW, audience=Audience("me"), actions=(Action("notify"),),
        condition=Condition("progress", "<", 0.5, "fraction", "key_result:KR-CHURN"),
    )  # fmt: skip
    key = active(store, rule)
    with store.database.write() as connection:
        document = connection.execute(sa.select(automations.c.rule)).scalar_one()
        document["condition"]["scope"] = "key_result:KR-GONE"
        connection.execute(sa.update(automations).values(rule=document))
    for hour in (10, 11, 12):
        Worker(store, tmp_path).once(at(23, hour, 1))
    assert store.automation(admin, key).state == "paused"
    edit(store, key, daily(14), at(23, 13))
    assert store.resume_automation(admin, key, at(23, 13)).state == "active"
    Worker(store, tmp_path).once(at(23, 14, 1))
    assert ran(store, key)[-1] == ("23 14:00", 2, "done")


# -- dry runs ----------------------------------------------------------------------------------------


def test_a_dry_run_says_who_would_be_passed_over_and_stores_nothing(sample_store_on_both: Store) -> None:
    store, admin = sample_store_on_both, sample_store_on_both.actor(ADMIN)
    with store.database.read() as connection:
        hidden = connection.execute(sa.text("SELECT key, team_id FROM key_result WHERE NOT open ORDER BY id")).first()
    assert hidden is not None
    rule = daily(10, f"look at {hidden.key}", "everyone")
    found = store.rehearse(admin, rule, NOW)
    assert 0 < found.gets < len(found.heard)
    assert {one.reason for one in found.heard} == {None, "not_visible"}
    key = active(store, rule)
    with store.database.read() as connection:
        counts = [connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar() for name in ("message", "audit")]
    letters = store.addressed_now(admin, key, NOW, most=10_000)
    assert {one.person.email for one in letters} == {one.email for one in found.heard if not one.reason}
    with store.database.read() as connection:
        after = [connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar() for name in ("message", "audit")]
    assert after == counts
    assert store.automation_runs(admin, key) == []


def test_a_dry_run_foresees_what_the_run_then_does(sample_store: Store, tmp_path: Path) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    rule = daily(10, "look", "okr_owners")
    key = active(store, rule)
    found = store.rehearse(admin, rule, at(23, 10), key=key)
    Worker(store, tmp_path).once(at(23, 10, 1))
    (run,) = store.automation_runs(admin, key)
    assert {(to.person, to.reason) for to in run.recipients} == {(one.email, one.reason) for one in found.heard}


def test_somebody_named_who_has_left_is_passed_over(sample_store: Store) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    with store.database.write() as connection:
        connection.execute(sa.update(people).where(people.c.email == EMPLOYEE).values(active=False))
    schedule = daily(10).schedule
    named = Audience("person", people=(EMPLOYEE, LEAD))
    rule = Rule("…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=named, actions=(Action("remind"),))
    found = store.rehearse(admin, rule, NOW)
    assert {(one.email, one.reason) for one in found.heard} == {(EMPLOYEE, "inactive"), (LEAD, None)}
