"""Threads: who reads and writes them; and what rules do to threads and tasks, once and with whose rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from assistant.worker import Worker
from okr.access import Actor
from okr.automations import Action, Audience, Condition, Rule
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.models import key_results, people, task_key_results, tasks
from okr.rule_tables import automation_changes
from okr.schedule import Schedule
from okr.store import Store

ADMIN, LEAD, EMPLOYEE = "irena.maj@lumen.example", "ana.nowak@lumen.example", "noor.haddad@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
FRIDAY = NOW + timedelta(days=4, hours=7, minutes=1)
IN_REVIEW = Action("set_task_status", status="in_review")
COMMENT = Action("post_comment", message="How far is it?")


def weekly(*actions: Action, audience: Audience | None = None) -> Rule:
    schedule = Schedule("FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0", datetime(2026, 11, 27, 16), WARSAW)
    return Rule("…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=audience, actions=actions)


def conditional(condition: Condition, *actions: Action) -> Rule:
    return Rule("…", "en", "condition", WARSAW, WARSAW, NOW, condition=condition, actions=actions)


def active(store: Store, rule: Rule, by: str = ADMIN) -> str:
    actor = store.actor(by)
    return store.confirm_automation(actor, store.propose_automation(actor, rule, NOW).key, NOW).key


def hidden_task(store: Store) -> tuple[str, Actor]:
    """A task that is linked only to hidden key results, and somebody who does not see it."""
    with store.database.read() as connection:
        of = sa.select(tasks.c.key, key_results.c.team_id).join(
            task_key_results, task_key_results.c.task_id == tasks.c.id
        )
        of = of.join(key_results, key_results.c.id == task_key_results.c.key_result_id).where(~key_results.c.open)
        row = connection.execute(of.order_by(tasks.c.id)).first()
        assert row is not None
        who = sa.select(people.c.email).where(
            people.c.role == "employee", people.c.active, people.c.team_id != row.team_id
        )
        emails = connection.execute(who.order_by(people.c.id)).scalars().all()
    for email in emails:
        actor = store.actor(email)
        try:
            store.ref(actor, "task", row.key)
        except NotFoundError:
            return row.key, actor
    raise AssertionError("everybody sees it")


def statuses(store: Store) -> dict[str, str]:
    with store.database.read() as connection:
        return {row.key: row.status for row in connection.execute(sa.select(tasks.c.key, tasks.c.status))}


# -- threads -----------------------------------------------------------------------------------------


def test_a_comment_is_read_by_whoever_sees_the_record(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    employee, lead = store.actor(EMPLOYEE), store.actor(LEAD)
    said = store.post_comment(employee, "key_result", "KR-CHURN", "  What would help?\u202e\x07 ", NOW)
    assert (said.body, said.author, said.rule) == ("What would help?", EMPLOYEE, None)
    store.post_comment(lead, "key_result", "KR-CHURN", "One more person.", NOW + timedelta(minutes=1))
    assert [one.body for one in store.comments(store.actor(ADMIN), "key_result", "KR-CHURN")] == [
        "What would help?",
        "One more person.",
    ]
    assert store.audit_is_whole()


def test_only_its_author_edits_a_comment_and_an_admin_may_take_it_out(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    author, other = store.actor(EMPLOYEE), store.actor(LEAD)
    key = store.post_comment(author, "key_result", "KR-CHURN", "first", NOW).key
    for act in (lambda: store.edit_comment(other, key, "mine", NOW), lambda: store.remove_comment(other, key, NOW)):
        with pytest.raises(NotAllowedError):
            act()
    assert store.edit_comment(author, key, "second", NOW).edited_at is not None
    store.remove_comment(store.actor(ADMIN), key, NOW)
    assert store.comments(author, "key_result", "KR-CHURN") == []
    with pytest.raises(NotFoundError):
        store.edit_comment(author, key, "third", NOW)


def test_a_hidden_thread_is_one_that_does_not_exist(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    task, outside = hidden_task(store)
    key = store.post_comment(store.actor(ADMIN), "task", task, "between us", NOW).key
    said: dict[str, list[str]] = {}
    for named, comment in ((task, key), ("T-NONE", "CM-999")):
        for act in (
            lambda named=named: store.comments(outside, "task", named),
            lambda named=named: store.post_comment(outside, "task", named, "hello", NOW),
            lambda comment=comment: store.edit_comment(outside, comment, "hello", NOW),
            lambda comment=comment: store.remove_comment(outside, comment, NOW),
        ):
            with pytest.raises(NotFoundError) as refused:
                act()
            said.setdefault(named, []).append(str(refused.value).replace(named, "…").replace(comment, "…"))
    assert said[task] == said["T-NONE"]


@pytest.mark.parametrize("body", ["", " \n ", "\u200b\u202e", "x" * 4_001])
def test_an_empty_or_endless_comment_is_refused_in_words(sample_store: Store, body: str) -> None:
    with pytest.raises(OkrError, match="comment"):
        sample_store.post_comment(sample_store.actor(EMPLOYEE), "key_result", "KR-CHURN", body, NOW)


# -- rules -------------------------------------------------------------------------------------------


def test_a_rule_sets_the_status_of_open_tasks_and_comments_once(sample_store_on_both: Store, tmp_path: Path) -> None:
    store, admin = sample_store_on_both, sample_store_on_both.actor(ADMIN)
    before = statuses(store)
    key = active(store, weekly(IN_REVIEW, COMMENT))
    for _ in range(2):
        Worker(store, tmp_path).once(FRIDAY)
    (run,) = store.automation_runs(admin, key)
    assert (run.state, run.recipients) == ("done", ())
    changed = {one.record.partition(":")[2]: one for one in run.changes if one.kind == "set_task_status"}
    assert changed
    after = statuses(store)
    for task, status in before.items():
        assert after[task] == ("in_review" if task in changed else status)
        if status == "done":
            assert task not in changed
    told = store.history(admin, "task", next(iter(changed)))[0]
    assert (told.field, told.new, told.by) == ("status", "in_review", ADMIN)
    assert {one.before for one in changed.values()} <= set(before.values()) - {"done", "in_review"}
    for one in run.changes:
        if one.kind == "post_comment":
            (said,) = store.comments(admin, *one.record.split(":"))
            assert (said.key, said.body, said.author, said.rule) == (one.comment, "How far is it?", ADMIN, key)
    assert store.inbox(admin) == []
    assert store.audit_is_whole()


def test_a_team_that_is_named_bounds_what_a_rule_changes(sample_store: Store, tmp_path: Path) -> None:
    store, before = sample_store, statuses(sample_store)
    key = active(store, weekly(IN_REVIEW, audience=Audience("team", "sales")), LEAD)
    Worker(store, tmp_path).once(FRIDAY)
    (run,) = store.automation_runs(store.actor(LEAD), key)
    changed = {one.record.partition(":")[2] for one in run.changes}
    after = statuses(store)
    assert {task for task in before if before[task] != after[task]} == changed
    of_sales = sa.select(tasks.c.key).where(
        tasks.c.id.in_(
            sa.select(task_key_results.c.task_id)
            .join(key_results, key_results.c.id == task_key_results.c.key_result_id)
            .where(key_results.c.team_id == sa.text("(SELECT id FROM team WHERE key = 'sales')"))
        )
    )
    with store.database.read() as connection:
        assert changed <= set(connection.execute(of_sales).scalars())
    assert store.inbox(store.actor(LEAD)) == []


def test_a_condition_changes_the_tasks_that_begin_to_meet_it(sample_store_on_both: Store, tmp_path: Path) -> None:
    store, admin = sample_store_on_both, sample_store_on_both.actor(ADMIN)
    key = active(store, conditional(Condition("task_status", "is", "blocked"), IN_REVIEW, COMMENT))
    Worker(store, tmp_path).once(NOW + timedelta(hours=1))
    assert store.automation_runs(admin, key) == []
    task = next(k for k, status in statuses(store).items() if status == "in_progress")
    store.change(admin, "task", task, {"status": "blocked"}, NOW + timedelta(hours=1))
    Worker(store, tmp_path).once(NOW + timedelta(hours=2))
    (run,) = store.automation_runs(admin, key)
    assert [(one.kind, one.record, one.state) for one in run.changes] == [
        ("set_task_status", f"task:{task}", "done"),
        ("post_comment", f"task:{task}", "done"),
    ]
    assert statuses(store)[task] == "in_review"


def test_two_rules_do_not_answer_each_other_for_ever(sample_store: Store, tmp_path: Path) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    there = active(store, conditional(Condition("task_status", "is", "blocked"), IN_REVIEW))
    back = active(
        store, conditional(Condition("task_status", "is", "in_review"), Action("set_task_status", status="blocked"))
    )
    task = next(k for k, status in statuses(store).items() if status == "in_progress")
    store.change(admin, "task", task, {"status": "blocked"}, NOW + timedelta(minutes=30))
    for hour in range(1, 8):
        Worker(store, tmp_path).once(NOW + timedelta(hours=hour))
    made = [one for key in (there, back) for run in store.automation_runs(admin, key) for one in run.changes]
    assert [one.state for one in made].count("done") == 1
    assert "set_by_rule" in [one.reason for one in made]


def test_a_key_result_without_an_open_task_is_commented_on_itself(sample_store: Store, tmp_path: Path) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    with store.database.read() as connection:
        linked = sa.select(task_key_results.c.key_result_id)
        bare = sa.select(key_results.c.key).where(key_results.c.live, key_results.c.id.not_in(linked))
        named = connection.execute(bare.order_by(key_results.c.id)).scalars().first()
    key = active(store, weekly(COMMENT, audience=Audience("okr_owners")))
    Worker(store, tmp_path).once(FRIDAY)
    (run,) = store.automation_runs(admin, key)
    assert ("key_result", named) in {tuple(one.record.split(":")) for one in run.changes}
    assert run.recipients == ()


def test_rights_of_changing_are_the_owners_at_each_firing(sample_store: Store, tmp_path: Path) -> None:
    store = sample_store
    for rule in (weekly(IN_REVIEW), weekly(COMMENT, audience=Audience("me"))):
        for who in (EMPLOYEE, LEAD):
            with pytest.raises(NotAllowedError):
                store.propose_automation(store.actor(who), rule, NOW)
    key = active(store, weekly(IN_REVIEW, audience=Audience("team", "sales")), LEAD)
    before = statuses(store)
    with store.database.write() as connection:
        connection.execute(sa.text("UPDATE team SET lead_id = NULL WHERE key = 'sales'"))
    Worker(store, tmp_path).once(FRIDAY)
    assert [run.state for run in store.automation_runs(store.actor(LEAD), key)] == ["paused"]
    assert statuses(store) == before


def test_a_comment_that_names_a_hidden_record_is_not_posted(sample_store: Store, tmp_path: Path) -> None:
    store = sample_store
    with store.database.read() as connection:
        secret = connection.execute(sa.select(key_results.c.key).where(~key_results.c.open)).scalars().first()
    key = active(store, weekly(replace(COMMENT, message=f"look at {secret}"), audience=Audience("team", "sales")))
    Worker(store, tmp_path).once(FRIDAY)
    (run,) = store.automation_runs(store.actor(ADMIN), key)
    assert {(one.state, one.reason) for one in run.changes} == {("skipped", "not_visible")}


def test_what_cannot_be_changed_fails_alone_and_three_failures_pause_the_rule(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, admin = sample_store, sample_store.actor(ADMIN)
    key = active(store, weekly(COMMENT))

    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("assistant.delivery.comment", broken)
    for week in range(4):
        Worker(store, tmp_path).once(FRIDAY + timedelta(weeks=week))
    assert [run.state for run in store.automation_runs(admin, key)] == ["failed"] * 3 + ["paused"]
    assert store.automation(admin, key).pause_reason == "failures"
    assert [one.kind for one in store.inbox(admin)] == ["notice"]
    with store.database.read() as connection:
        states = set(connection.execute(sa.select(automation_changes.c.state).distinct()).scalars())
    assert states == {"failed"}
