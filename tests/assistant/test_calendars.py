"""The coming firings as a calendar: right instants, steady identities, nothing that its reader may not see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Component

from assistant.calendars import calendar_at, calendar_of
from assistant.cli import main
from assistant.worker import Worker
from okr.automations import Action, Audience, Rule
from okr.schedule import RECIPIENT, Schedule
from okr.store import Store
from okr.store.preferences import PreferenceError

ADMIN, LEAD, OTHER = "irena.maj@lumen.example", "ana.nowak@lumen.example", "noor.haddad@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))


def rule(audience: Audience, message: str | None = None, zone: str = WARSAW) -> Rule:
    schedule = Schedule("FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0", datetime(2026, 11, 27, 16), zone)
    return Rule(
        "…", "en", "recurring", zone, WARSAW, NOW, schedule, audience=audience, actions=(Action("remind", message),)
    )


def active(store: Store, wanted: Rule, by: str = ADMIN) -> str:
    actor = store.actor(by)
    return store.confirm_automation(actor, store.propose_automation(actor, wanted, NOW).key, NOW).key


def events(written: bytes) -> list[Component]:
    return list(Calendar.from_ical(written).walk("VEVENT"))


def test_it_holds_the_coming_instants_across_the_change_of_clocks(sample_store: Store) -> None:
    key = active(sample_store, rule(Audience("me"), "plan"), LEAD)
    march = datetime(2027, 3, 22, 9, tzinfo=ZoneInfo(WARSAW))
    found = events(calendar_of(sample_store, sample_store.actor(LEAD), march, "https://okr.lumen.example"))
    starts = [event["dtstart"].dt for event in found]
    assert starts[:2] == [datetime(2027, 3, 26, 15, tzinfo=UTC), datetime(2027, 4, 2, 14, tzinfo=UTC)]
    assert max(starts) <= march + timedelta(weeks=9)
    assert {str(event["summary"]) for event in found} == {"Reminder: plan"}
    assert found[0]["url"] == "https://okr.lumen.example/automations"
    later = calendar_of(sample_store, sample_store.actor(LEAD), march + timedelta(hours=5))
    assert [event["uid"] for event in events(later)] == [event["uid"] for event in found]
    assert key in str(found[0]["description"])


def test_a_rule_in_each_persons_own_time_stands_at_the_readers(sample_store: Store) -> None:
    active(sample_store, rule(Audience("me"), "plan", RECIPIENT), OTHER)
    actor = sample_store.actor(OTHER)
    found = events(calendar_of(sample_store, actor, NOW))
    assert found[0]["dtstart"].dt.astimezone(actor.tz).hour == 16


def test_what_others_send_is_in_it_once_it_has_come_and_until_it_is_turned_off(
    sample_store: Store, tmp_path: Path
) -> None:
    active(sample_store, rule(Audience("person", people=(LEAD,))))
    lead = sample_store.actor(LEAD)
    assert events(calendar_of(sample_store, lead, NOW)) == []
    after = NOW + timedelta(days=4, hours=8)
    Worker(sample_store, tmp_path).once(after - timedelta(minutes=59))
    assert events(calendar_of(sample_store, lead, after))
    sample_store.turn_off(lead, sample_store.inbox(lead)[0].key, after)
    assert events(calendar_of(sample_store, lead, after)) == []


@pytest.mark.parametrize("state", ["paused", "removed"])
def test_a_rule_that_does_not_run_is_not_in_it(sample_store: Store, state: str) -> None:
    lead = sample_store.actor(LEAD)
    key = active(sample_store, rule(Audience("me")), LEAD)
    stop = sample_store.pause_automation if state == "paused" else sample_store.remove_automation
    stop(lead, key, NOW)
    assert events(calendar_of(sample_store, lead, NOW)) == []


def test_what_people_typed_stays_one_value_and_no_line_is_too_long(sample_store: Store) -> None:
    attack = "x\r\nBEGIN:VEVENT\r\nSUMMARY:evil; a,b\\n " + "zażółć " * 30
    active(sample_store, rule(Audience("me"), attack), LEAD)
    written = calendar_of(sample_store, sample_store.actor(LEAD), NOW)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert written.count(b"\r\nBEGIN:VEVENT\r\n") == len(events(written))


def test_the_address_is_secret_and_shows_nothing_once_it_is_renewed(
    capfd: pytest.CaptureFixture[str], sample_home: Path, sample_store: Store
) -> None:
    active(sample_store, rule(Audience("me"), "plan"), LEAD)

    def okr(*arguments: str) -> str:
        at = NOW.isoformat()
        assert main(["--home", str(sample_home), "rule", "ics", *arguments, "--as", LEAD, "--at", at]) == 0
        return capfd.readouterr().out

    path = json.loads(okr("--address", "--json"))["path"]
    secret = path.removeprefix("/okr/calendar/").removesuffix(".ics")
    assert events(calendar_at(sample_store, secret, NOW)) == events(okr().encode())
    assert json.loads(okr("--renew", "--json"))["path"] != path
    with pytest.raises(PreferenceError):
        calendar_at(sample_store, secret, NOW)
