"""Rules in the store, on both databases: settled and delivered once, conditions in SQL, rights at proposal."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from assistant.worker import Worker
from okr import models
from okr.automations import Action, AllOf, Audience, Condition, Rule
from okr.errors import NotAllowedError, NotFoundError
from okr.rule_tables import automations
from okr.schedule import Schedule
from okr.store import Store

ADMIN, LEAD = "irena.maj@lumen.example", "ana.nowak@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))


def weekly(audience: Audience) -> Rule:
    schedule = Schedule("FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0", datetime(2026, 11, 27, 16), WARSAW)
    return Rule("…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=audience, actions=(Action("remind"),))


def conditional(condition: Condition | AllOf, audience: str = "kr_owners") -> Rule:
    return Rule(
        "…", "en", "condition", WARSAW, WARSAW, NOW, condition=condition, audience=Audience(audience),
        actions=(Action("notify"),),
    )  # fmt: skip


def active(store: Store, rule: Rule, by: str = ADMIN) -> str:
    actor = store.actor(by)
    return store.confirm_automation(actor, store.propose_automation(actor, rule, NOW).key, NOW).key


@pytest.mark.parametrize(
    "kind", ["okr_owners", "kr_owners", "owners_without_check_in", "leads", "leadership", "everyone", "me"]
)
def test_every_audience_is_reached_once_by_two_workers(sample_store_on_both: Store, tmp_path: Path, kind: str) -> None:
    store = sample_store_on_both
    key = active(store, weekly(Audience(kind)))
    at, both = NOW + timedelta(days=4, hours=7, minutes=1), Barrier(2)

    def work() -> None:
        both.wait()
        Worker(store, tmp_path).once(at)

    workers = [Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    Worker(store, tmp_path).once(at)
    (run,) = store.automation_runs(store.actor(ADMIN), key)
    assert run.state == "done"
    assert run.recipients
    for to in run.recipients:
        assert [m.key for m in store.inbox(store.actor(to.person))] == ([to.message] if to.message else [])
    assert store.audit_is_whole()


CONDITIONS = [
    Condition("status", "becomes", "off_track"),
    Condition("progress", "<", 0.4, "fraction"),
    Condition("gap", ">", 10, "points"),
    Condition("confidence", "<=", 2, "points"),
    Condition("confidence", "falls", 2, "weeks"),
    Condition("confidence", "falls_by", 1, "points"),
    Condition("last_check_in", "older_than", 7, "days"),
    Condition("task_due", "overdue"),
    Condition("task_status", "is", "blocked"),
    Condition("kpi", ">", -1e9, None),
    Condition("status", "becomes", "off_track", None, "team:sales"),
    Condition("task_due", "overdue", None, None, "team:sales"),
]


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda c: f"{c.field}-{c.operator}-{c.scope}")
def test_each_condition_fires_for_what_was_not_known_to_meet_it(
    sample_store_on_both: Store, tmp_path: Path, condition: Condition
) -> None:
    store = sample_store_on_both
    key = active(store, conditional(condition))
    Worker(store, tmp_path).once(NOW + timedelta(minutes=10))
    assert store.automation_runs(store.actor(ADMIN), key) == []
    rule = store.automation(store.actor(ADMIN), key)
    met = store.records_met(store.actor(ADMIN), rule.rule, NOW)
    if condition.scope is None:
        assert met
    with store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM automation_met"))
    Worker(store, tmp_path).once(NOW + timedelta(minutes=20))
    runs = store.automation_runs(store.actor(ADMIN), key)
    assert len(runs) == (1 if met else 0)
    assert all(to.state in ("delivered", "skipped") for run in runs for to in run.recipients)
    Worker(store, tmp_path).once(NOW + timedelta(minutes=30))
    assert len(store.automation_runs(store.actor(ADMIN), key)) == len(runs)


def test_several_conditions_hold_together(sample_store: Store) -> None:
    one, other = CONDITIONS[0], CONDITIONS[3]
    admin = store_admin = sample_store.actor(ADMIN)
    both = sample_store.records_met(store_admin, conditional(AllOf((one, other))), NOW)
    alone = [sample_store.records_met(admin, conditional(part), NOW) for part in (one, other)]
    assert both == alone[0] & alone[1]


def test_a_rule_that_always_fails_pauses_and_others_run(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    admin = store.actor(ADMIN)
    key = active(store, conditional(Condition("progress", "<", 0.5, "fraction", "key_result:KR-CHURN"), "me"))
    other = active(store, weekly(Audience("me")))
    with store.database.write() as connection:
        gone = connection.execute(sa.select(automations.c.rule).where(automations.c.key == key)).scalar_one()
        gone["condition"]["scope"] = "key_result:KR-GONE"
        connection.execute(sa.update(automations).where(automations.c.key == key).values(rule=gone))
    for hour in (1, 2, 3, 4):
        Worker(store, tmp_path).once(NOW + timedelta(hours=hour))
    assert [run.state for run in store.automation_runs(admin, key)] == ["failed"] * 3
    assert store.automation(admin, key).pause_reason == "failures"
    assert [m.kind for m in store.inbox(admin)] == ["notice"]
    Worker(store, tmp_path).once(NOW + timedelta(days=4, hours=7, minutes=1))
    assert [run.state for run in store.automation_runs(admin, other)] == ["done"]


def test_a_lead_sets_rules_for_their_own_teams_only(sample_store: Store) -> None:
    lead = sample_store.actor(LEAD)
    for audience in (Audience("team", "sales"), Audience("okr_owners", "sales"), Audience("me")):
        sample_store.check_automation(lead, weekly(audience), NOW)
    for audience in (Audience("team", "product"), Audience("okr_owners"), Audience("everyone"), Audience("leadership")):
        with pytest.raises(NotAllowedError):
            sample_store.check_automation(lead, weekly(audience), NOW)
    sample_store.check_automation(lead, conditional(CONDITIONS[10]), NOW)
    with pytest.raises(NotAllowedError):
        sample_store.check_automation(lead, conditional(CONDITIONS[0]), NOW)


def test_a_condition_on_a_hidden_record_is_one_on_a_missing_record(sample_store: Store) -> None:
    query = sa.select(models.people.c.email).where(models.people.c.role == "employee", models.people.c.active)
    hidden = sa.select(models.key_results.c.key).where(~models.key_results.c.open).order_by(models.key_results.c.id)
    with sample_store.database.read() as connection:
        who = connection.execute(query.order_by(models.people.c.id.desc())).scalars().first()
        key = connection.execute(hidden).scalars().first()
    assert who is not None
    asker = sample_store.actor(who)
    said = []
    for named in (key, "KR-NONE"):
        rule = conditional(replace(CONDITIONS[1], scope=f"key_result:{named}"), "me")
        with pytest.raises(NotFoundError) as refused:
            sample_store.check_automation(asker, rule, NOW)
        said.append(str(refused.value).replace(str(named), "…"))
    assert said[0] == said[1]


def test_nobody_gets_more_than_the_day_allows(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okr.store.seeing.MOST_A_DAY_OF_ONE_RULE", 0)
    key = active(sample_store, weekly(Audience("me")))
    Worker(sample_store, tmp_path).once(NOW + timedelta(days=4, hours=7, minutes=1))
    (run,) = sample_store.automation_runs(sample_store.actor(ADMIN), key)
    assert [(to.state, to.reason) for to in run.recipients] == [("skipped", "daily_cap")]
