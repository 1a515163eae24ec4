"""What somebody may do with the messages they get, and how they may be reached outside the app, on both databases."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from assistant.worker import Worker
from okr import models
from okr.automations import Action, Audience, Condition, Rule
from okr.delivery_tables import dispatches
from okr.errors import NotAllowedError, NotFoundError
from okr.rule_tables import messages
from okr.schedule import Schedule
from okr.store import Store
from okr.store.dispatches import Dispatch
from okr.store.messages import Message, SnoozeError
from okr.store.preferences import PreferenceError, Preferences, clock_time, quiet_hours

ADMIN, LEAD, OTHER = "irena.maj@lumen.example", "ana.nowak@lumen.example", "noor.haddad@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
FRIDAY = NOW + timedelta(days=4, hours=7)
LEASE = timedelta(minutes=10)


def rule(audience: Audience, at: str = "BYDAY=FR;BYHOUR=16;BYMINUTE=0", action: str = "remind") -> Rule:
    schedule = Schedule(f"FREQ=WEEKLY;{at}", datetime(2026, 11, 23, 8), WARSAW)
    return Rule("…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=audience, actions=(Action(action),))


def active(store: Store, wanted: Rule, by: str = ADMIN) -> str:
    actor = store.actor(by)
    return store.confirm_automation(actor, store.propose_automation(actor, wanted, NOW).key, NOW).key


def received(store: Store, tmp_path: Path, wanted: Rule, by: str = ADMIN, at: datetime = FRIDAY) -> list[Message]:
    active(store, wanted, by)
    Worker(store, tmp_path).once(at + timedelta(minutes=1))
    return store.inbox(store.actor(LEAD))


def to_lead(*others: str) -> Audience:
    return Audience("person", people=(LEAD, *others))


def sent(store: Store, who: str = LEAD) -> list[Dispatch]:
    return list(reversed(store.dispatches(store.actor(who))))


# ── the inbox ──────────────────────────────────────────────────────────────────────────────────


def test_reading_snoozing_and_acknowledging_move_the_number_on_the_bell(
    sample_store_on_both: Store, tmp_path: Path
) -> None:
    store = sample_store_on_both
    (one,) = received(store, tmp_path, rule(to_lead()))
    lead, later = store.actor(LEAD), FRIDAY + timedelta(hours=1)
    assert store.unread_count(lead, later) == 1
    tomorrow = later + timedelta(days=1)
    assert store.snooze(lead, one.key, tomorrow, later).snoozed_until == tomorrow
    assert store.unread_count(lead, later) == 0
    assert [m.key for m in store.inbox(lead)] == [one.key]
    assert store.unread_count(lead, tomorrow) == 1
    seen = store.acknowledge(lead, one.key.lower(), tomorrow)
    assert (seen.acknowledged_at, seen.read_at) == (tomorrow, tomorrow)
    assert store.acknowledge(lead, one.key, tomorrow + LEASE).acknowledged_at == tomorrow
    assert store.unread_count(lead, tomorrow) == 0


def test_what_is_put_off_comes_back_unread_though_it_was_read(sample_store: Store, tmp_path: Path) -> None:
    (one,) = received(sample_store, tmp_path, rule(to_lead()))
    lead = sample_store.actor(LEAD)
    sample_store.mark_read(lead, one.key, FRIDAY)
    sample_store.snooze(lead, one.key, FRIDAY + timedelta(hours=2), FRIDAY)
    assert sample_store.unread_count(lead, FRIDAY + timedelta(hours=3)) == 1
    assert sample_store.mark_all_read(lead, FRIDAY + timedelta(hours=3)) == 1
    assert sample_store.mark_all_read(lead, FRIDAY + timedelta(hours=3)) == 0


@pytest.mark.parametrize("until", [FRIDAY, FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=91)])
def test_a_message_is_put_off_until_later_and_not_for_ever(
    sample_store: Store, tmp_path: Path, until: datetime
) -> None:
    (one,) = received(sample_store, tmp_path, rule(to_lead()))
    with pytest.raises(SnoozeError):
        sample_store.snooze(sample_store.actor(LEAD), one.key, until, FRIDAY)


def test_somebody_elses_message_is_as_good_as_missing(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    (one,) = received(store, tmp_path, rule(to_lead()))
    for who in (OTHER, ADMIN):
        actor = store.actor(who)
        for act in (
            lambda a=actor: store.message(a, one.key),
            lambda a=actor: store.mark_read(a, one.key, FRIDAY),
            lambda a=actor: store.snooze(a, one.key, FRIDAY + LEASE, FRIDAY),
            lambda a=actor: store.acknowledge(a, one.key, FRIDAY),
            lambda a=actor: store.why(a, one.key),
            lambda a=actor: store.turn_off(a, one.key, FRIDAY),
        ):
            with pytest.raises(NotFoundError):
                act()
    assert store.message(store.actor(LEAD), one.key).read_at is None


# ── why, and turning off ───────────────────────────────────────────────────────────────────────


def test_why_names_the_rule_its_owner_and_what_made_one_a_recipient(
    sample_store_on_both: Store, tmp_path: Path
) -> None:
    store = sample_store_on_both
    (one,) = received(store, tmp_path, rule(Audience("okr_owners")))
    why = store.why(store.actor(LEAD), one.key)
    assert (why.key, why.owner, why.owner_name, why.own) == (one.rule, ADMIN, "Irena Maj", False)
    assert why.audience == Audience("okr_owners")
    assert why.rule is not None
    assert "KR-WIN-RATE" in why.records
    assert why.may_turn_off
    assert not why.is_off


def test_why_says_nothing_of_a_record_that_one_may_not_see(sample_store: Store, tmp_path: Path) -> None:
    with sample_store.database.read() as connection:
        query = sa.select(models.key_results.c.key).where(~models.key_results.c.open)
        hidden = connection.execute(query).scalars().all()
    key = next(k for k in hidden if sample_store.open_record(sample_store.actor(OTHER), k) is None)
    wanted = rule(Audience("person", people=(OTHER,)))
    active(sample_store, Rule(**{**_fields(wanted), "text": f"remind Noor about {key} every Friday at 16:00"}))
    Worker(sample_store, tmp_path).once(FRIDAY + timedelta(minutes=1))
    other = sample_store.actor(OTHER)
    why = sample_store.why(other, sample_store.inbox(other)[0].key)
    assert why.rule is None
    assert why.owner == ADMIN


def _fields(wanted: Rule) -> dict[str, object]:
    return {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}


def test_a_rule_that_is_turned_off_is_skipped_with_the_reason_until_it_is_turned_on(
    sample_store_on_both: Store, tmp_path: Path
) -> None:
    store = sample_store_on_both
    (one,) = received(store, tmp_path, rule(to_lead(OTHER)))
    lead = store.actor(LEAD)
    assert one.rule is not None
    assert store.turn_off(lead, one.key, FRIDAY) == one.rule
    assert [off.rule for off in store.turned_off(lead)] == [one.rule]
    assert store.why(lead, one.key).is_off
    Worker(store, tmp_path).once(FRIDAY + timedelta(weeks=1, minutes=1))
    run = store.automation_runs(store.actor(ADMIN), one.rule)[-1]
    assert {to.person: (to.state, to.reason) for to in run.recipients} == {
        LEAD: ("skipped", "turned_off"),
        OTHER: ("delivered", None),
    }
    store.turn_on(lead, one.rule, FRIDAY)
    Worker(store, tmp_path).once(FRIDAY + timedelta(weeks=2, minutes=1))
    assert len(store.inbox(lead)) == 2
    assert store.audit_is_whole()


def test_what_an_admin_made_a_must_cannot_be_turned_off(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    (one,) = received(store, tmp_path, rule(to_lead()))
    lead, admin = store.actor(LEAD), store.actor(ADMIN)
    assert one.rule is not None
    store.turn_off(lead, one.key, FRIDAY)
    store.require_rule(admin, one.rule, True, FRIDAY)
    with pytest.raises(NotAllowedError):
        store.turn_off(lead, one.key, FRIDAY)
    Worker(store, tmp_path).once(FRIDAY + timedelta(weeks=1, minutes=1))
    assert len(store.inbox(lead)) == 2
    assert not store.why(lead, one.key).may_turn_off


def test_only_admins_make_a_rule_a_must(sample_store: Store) -> None:
    own = active(sample_store, rule(Audience("me")), LEAD)
    theirs = active(sample_store, rule(Audience("me")), ADMIN)
    lead = sample_store.actor(LEAD)
    with pytest.raises(NotAllowedError):
        sample_store.require_rule(lead, own, True, NOW)
    with pytest.raises(NotFoundError):
        sample_store.require_rule(lead, theirs, True, NOW)
    refused = [row for row in sample_store.audit(sample_store.actor(ADMIN)) if row.act == "require"]
    assert [row.allowed for row in refused] == [False]


# ── wishes ─────────────────────────────────────────────────────────────────────────────────────


def test_wishes_are_kept_and_a_channel_that_nobody_set_up_is_refused(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    assert store.preferences(lead) == Preferences()
    wanted = Preferences("email", (time(18), time(8)), "daily", time(8, 30))
    assert store.set_preferences(lead, wanted, NOW, channels=["email"]) == wanted
    with pytest.raises(PreferenceError, match="There is: inbox, email"):
        store.set_preferences(lead, Preferences("pigeon"), NOW, channels=["email"])
    with pytest.raises(PreferenceError):
        store.set_preferences(lead, Preferences(digest="hourly"), NOW, channels=[])
    assert store.preferences(lead) == wanted
    assert store.preferences(store.actor(OTHER)) == Preferences()


@pytest.mark.parametrize("text", ["", "18", "18:00", "25:00-08:00", "18:00-18:00", "18:61-19:00", "always", "1-2-3"])
def test_what_is_no_stretch_of_the_clock_is_refused(text: str) -> None:
    with pytest.raises(PreferenceError):
        quiet_hours(text)


@pytest.mark.parametrize("text", ["", "24:00", "9:60", "nine", "9:00:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(PreferenceError):
        clock_time(text)


def test_the_address_of_a_calendar_is_secret_and_can_be_renewed(sample_store_on_both: Store) -> None:
    store = sample_store_on_both
    lead = store.actor(LEAD)
    first = store.feed_secret(lead, NOW)
    assert store.feed_secret(lead, NOW) == first
    assert store.feed_reader(first).email == LEAD
    second = store.feed_secret(lead, NOW, renew=True)
    assert second != first
    for gone in (first, "", "x"):
        with pytest.raises(PreferenceError):
            store.feed_reader(gone)
    assert store.feed_reader(second).email == LEAD


# ── what leaves the app, and when ──────────────────────────────────────────────────────────────


def wishes(store: Store, wanted: Preferences, who: str = LEAD) -> None:
    store.set_preferences(store.actor(who), wanted, NOW, channels=["email", "slack"])


def routed(store: Store, at: datetime, channels: tuple[str, ...] = ("email", "slack"), usual: str = "inbox") -> int:
    return store.route_messages(channels, usual, at)


def test_nothing_leaves_the_app_unless_somebody_wants_it_to(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    received(store, tmp_path, rule(to_lead()))
    assert routed(store, FRIDAY) == 0
    assert sent(store) == []
    wishes(store, Preferences("email"))
    assert routed(store, FRIDAY) == 0


def test_without_channels_nothing_is_ever_caught_up_on(sample_store: Store, tmp_path: Path) -> None:
    wishes(sample_store, Preferences("email"))
    received(sample_store, tmp_path, rule(to_lead()))
    assert routed(sample_store, FRIDAY, channels=()) == 0
    assert routed(sample_store, FRIDAY) == 0


def test_the_usual_channel_serves_whoever_has_chosen_none(sample_store: Store, tmp_path: Path) -> None:
    wishes(sample_store, Preferences("inbox"), OTHER)
    received(sample_store, tmp_path, rule(to_lead(OTHER)))
    assert routed(sample_store, FRIDAY, usual="slack") == 1
    assert [(d.channel, d.state, d.next_at) for d in sent(sample_store)] == [("slack", "waiting", FRIDAY)]
    assert sent(sample_store, OTHER) == []


def test_a_channel_that_is_gone_is_said_and_nothing_sent(sample_store: Store, tmp_path: Path) -> None:
    wishes(sample_store, Preferences("slack"))
    received(sample_store, tmp_path, rule(to_lead()))
    assert routed(sample_store, FRIDAY, channels=("email",)) == 0
    assert [(d.state, d.reason) for d in sent(sample_store)] == [("skipped", "no_such_channel")]


def test_quiet_hours_are_those_of_the_persons_own_clock(sample_store: Store, tmp_path: Path) -> None:
    with sample_store.database.write() as connection:
        change = sa.update(models.people).where(models.people.c.email == LEAD)
        connection.execute(change.values(timezone="America/New_York"))
    wishes(sample_store, Preferences("email", (time(18), time(11))))
    received(sample_store, tmp_path, rule(to_lead()))
    routed(sample_store, FRIDAY)
    # 16:00 in Warsaw is 10:00 in New York.
    assert [d.next_at for d in sent(sample_store)] == [FRIDAY + timedelta(hours=1)]


def test_a_digest_carries_a_day_under_one_id(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    wishes(store, Preferences("email", digest="daily", digest_at=time(17)))
    active(store, rule(to_lead(), action="notify"))
    received(store, tmp_path, rule(to_lead()))
    assert routed(store, FRIDAY) == 2
    at = FRIDAY + timedelta(hours=1)
    assert store.due_bundles(at - timedelta(seconds=1)) == []
    (bundle,) = store.due_bundles(at)
    taken = store.claim_bundle(bundle, at, LEASE)
    assert taken is not None
    assert len(taken.messages) == 2
    assert taken.id == bundle
    store.settle_bundle(bundle, at, "delivered")
    assert {d.state for d in sent(store)} == {"delivered"}
    assert store.due_bundles(at + timedelta(days=30)) == []


def test_one_nudge_a_subject_person_and_day_leaves_the_app(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    wishes(store, Preferences("email"))
    active(store, rule(Audience("okr_owners")))
    active(store, rule(Audience("kr_owners"), "BYDAY=FR;BYHOUR=17;BYMINUTE=0"))
    active(store, rule(Audience("kr_owners"), "BYDAY=SA;BYHOUR=9;BYMINUTE=0"))
    for at in (FRIDAY, FRIDAY + timedelta(hours=1), FRIDAY + timedelta(hours=17)):
        Worker(store, tmp_path).once(at + timedelta(minutes=1))
        routed(store, at)
    assert [(d.state, d.reason) for d in sent(store)] == [
        ("waiting", None), ("skipped", "nudged_today"), ("waiting", None)
    ]  # fmt: skip
    assert len(store.inbox(store.actor(LEAD))) == 3


@pytest.mark.parametrize("exempt", ["own", "must", "notification"])
def test_what_one_asked_for_must_get_or_is_news_is_not_capped(sample_store: Store, tmp_path: Path, exempt: str) -> None:
    wishes(sample_store, Preferences("email"))
    action = "notify" if exempt == "notification" else "remind"
    by, audience = (LEAD, Audience("me")) if exempt == "own" else (ADMIN, to_lead())
    key = active(sample_store, rule(audience, "BYDAY=FR;BYHOUR=16,17;BYMINUTE=0", action), by)
    if exempt == "must":
        sample_store.require_rule(sample_store.actor(ADMIN), key, True, NOW)
    for at in (FRIDAY, FRIDAY + timedelta(hours=1)):
        Worker(sample_store, tmp_path).once(at + timedelta(minutes=1))
        routed(sample_store, at)
    assert [d.state for d in sent(sample_store)] == ["waiting", "waiting"]


def test_nobody_is_sent_more_than_a_days_worth(
    sample_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("okr.store.dispatches.MOST_OUTSIDE_A_DAY", 1)
    wishes(sample_store, Preferences("email"))
    active(sample_store, rule(to_lead(), action="notify"))
    received(sample_store, tmp_path, rule(to_lead(), action="notify"))
    routed(sample_store, FRIDAY)
    assert [(d.state, d.reason) for d in sent(sample_store)] == [("waiting", None), ("skipped", "daily_cap")]


def test_one_worker_sends_and_the_next_takes_over_when_it_was_killed(
    sample_store_on_both: Store, tmp_path: Path
) -> None:
    store = sample_store_on_both
    wishes(store, Preferences("email"))
    received(store, tmp_path, rule(to_lead()))
    routed(store, FRIDAY)
    (bundle,) = store.due_bundles(FRIDAY)
    first = store.claim_bundle(bundle, FRIDAY, LEASE)
    assert first is not None
    assert store.claim_bundle(bundle, FRIDAY + timedelta(minutes=9), LEASE) is None
    second = store.claim_bundle(bundle, FRIDAY + LEASE, LEASE)
    assert second is not None
    assert (second.attempts, second.messages[0].idempotency_key) == (2, first.messages[0].idempotency_key)


def test_what_may_not_be_seen_any_more_is_not_sent_late(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    wishes(store, Preferences("email"), OTHER)
    with store.database.write() as connection:
        connection.execute(sa.update(models.people).where(models.people.c.email == OTHER).values(team_id=None))
    condition = Condition("progress", "<", 2.0, "fraction", "key_result:KR-CHURN")
    noted = Rule(
        "…", "en", "condition", WARSAW, WARSAW, NOW, condition=condition,
        audience=Audience("person", people=(OTHER,)), actions=(Action("notify"),),
    )  # fmt: skip
    active(store, noted)
    with store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM automation_met"))
    Worker(store, tmp_path).once(NOW + timedelta(hours=1))
    assert routed(store, NOW + timedelta(hours=1)) == 1
    with store.database.write() as connection:
        objective = sa.select(models.key_results.c.objective_id).where(models.key_results.c.key == "KR-CHURN")
        which = models.objectives.c.id == objective.scalar_subquery()
        connection.execute(sa.update(models.objectives).where(which).values(visibility="team"))
        change = sa.update(models.key_results).where(models.key_results.c.key == "KR-CHURN")
        connection.execute(change.values(open=False))
    (bundle,) = store.due_bundles(NOW + timedelta(hours=2))
    assert store.claim_bundle(bundle, NOW + timedelta(hours=2), LEASE) is None
    assert [(d.state, d.reason) for d in sent(store, OTHER)] == [("skipped", "not_visible")]


def test_whoever_has_left_is_sent_nothing(sample_store: Store, tmp_path: Path) -> None:
    wishes(sample_store, Preferences("email"))
    (one,) = received(sample_store, tmp_path, rule(to_lead()))
    routed(sample_store, FRIDAY)
    with sample_store.database.write() as connection:
        connection.execute(sa.update(models.people).where(models.people.c.email == LEAD).values(active=False))
    assert sample_store.claim_bundle(one.key, FRIDAY, LEASE) is None
    with sample_store.database.read() as connection:
        assert connection.execute(sa.select(dispatches.c.state, dispatches.c.reason)).all() == [("skipped", "inactive")]


def test_what_became_of_a_sending_is_for_its_reader_and_the_rules_owner(sample_store: Store, tmp_path: Path) -> None:
    wishes(sample_store, Preferences("email"))
    (one,) = received(sample_store, tmp_path, rule(to_lead()))
    routed(sample_store, FRIDAY)
    assert one.rule is not None
    of_rule = sample_store.dispatches_of_rule(sample_store.actor(ADMIN), one.rule)
    assert [d.message for d in of_rule] == [one.key]
    with pytest.raises(NotFoundError):
        sample_store.dispatches_of_rule(sample_store.actor(OTHER), one.rule)
    assert sample_store.dispatches(sample_store.actor(LEAD), one.key) == of_rule
    assert sample_store.dispatch_counts(FRIDAY) == {("email", "waiting"): 1}


def test_messages_of_before_stay_in_the_app(sample_store: Store, tmp_path: Path) -> None:
    (one,) = received(sample_store, tmp_path, rule(to_lead()))
    with sample_store.database.write() as connection:
        connection.execute(sa.update(messages).where(messages.c.key == one.key).values(routed=True))
    wishes(sample_store, Preferences("email"))
    assert routed(sample_store, FRIDAY) == 0
