"""What messages say: each record with its state, in the reader's language, and what people typed made harmless."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from assistant import delivery
from assistant.receiving import why_words
from assistant.worker import Worker
from okr import models
from okr.automations import Action, AllOf, Audience, Condition, Rule
from okr.schedule import Schedule
from okr.store import Store
from okr.store.messages import Message

ADMIN, LEAD = "irena.maj@lumen.example", "ana.nowak@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
AT = NOW + timedelta(days=4, hours=7, minutes=1)


def weekly(audience: Audience, *actions: Action, language: str = "en") -> Rule:
    schedule = Schedule("FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0", datetime(2026, 11, 27, 16), WARSAW)
    return Rule("…", language, "recurring", WARSAW, WARSAW, NOW, schedule, audience=audience, actions=actions)


def noticed(condition: Condition | AllOf, audience: str = "me") -> Rule:
    return Rule(
        "…", "en", "condition", WARSAW, WARSAW, NOW, condition=condition, audience=Audience(audience),
        actions=(Action("notify"),),
    )  # fmt: skip


def got(store: Store, home: Path, rule: Rule, who: str = LEAD, language: str = "en", by: str = ADMIN) -> Message:
    with store.database.write() as connection:
        change = sa.update(models.people).where(models.people.c.email == who)
        connection.execute(change.values(language=language))
    owner = store.actor(by)
    store.confirm_automation(owner, store.propose_automation(owner, rule, NOW).key, NOW)
    with store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM automation_met"))
    Worker(store, home).once(AT)
    return store.inbox(store.actor(who))[0]


OWNERS = Audience("okr_owners")
ASKED = Action("remind", "update progress and confidence")


def test_a_reminder_says_of_each_own_record_how_it_stands(sample_store: Store, tmp_path: Path) -> None:
    message = got(sample_store, tmp_path, weekly(OWNERS, ASKED))
    lines = message.body.splitlines()
    assert message.title == "Reminder: update progress and confidence"
    assert lines[:3] == ["Update progress and confidence.", "", "Yours at the moment:"]
    (rate,) = [line for line in lines if "(KR-WIN-RATE)" in line]
    for said in ("progress 0% (below the baseline:", "expected by now", "behind the pace", "by the pace-gap rule"):
        assert said in rate
    (deals,) = [line for line in lines if "(O-DEALS)" in line]
    assert "on average over 3 key results" in deals
    assert lines[-1] == f"Irena Maj set this up (rule {message.rule})."
    assert {one["name"] for one in message.records} >= {"key_result:KR-WIN-RATE", "objective:O-DEALS"}


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("update progress and confidence", "Przypomnienie: prosimy o wpis z postępem i pewnością"),
        ("Please update your OKRs", "Przypomnienie: prosimy o uaktualnienie swoich OKR-ów"),
        ("bring the charter", "Przypomnienie: bring the charter"),
    ],
)
def test_what_everybody_asks_for_alike_is_asked_in_the_readers_language(
    sample_store: Store, tmp_path: Path, words: str, title: str
) -> None:
    assert got(sample_store, tmp_path, weekly(OWNERS, Action("remind", words)), language="pl").title == title


def test_a_reader_of_the_rules_own_language_gets_its_words(sample_store: Store, tmp_path: Path) -> None:
    rule = weekly(OWNERS, Action("remind", "uzupełnić wpis"), language="pl")
    assert got(sample_store, tmp_path, rule, language="pl").title == "Przypomnienie: uzupełnić wpis"


def test_words_behind_a_polish_o_keep_it(sample_store: Store, tmp_path: Path) -> None:
    rule = replace(weekly(OWNERS, Action("remind", "nowej umowie"), language="pl"), text="Przypomnij o nowej umowie")
    message = got(sample_store, tmp_path, rule, language="pl")
    assert message.title == "Przypomnienie: pamiętaj o nowej umowie"
    assert message.body.splitlines()[0] == "Pamiętaj o nowej umowie."


def test_the_owner_is_told_what_they_said_themselves_and_others_what_the_owner_said(
    sample_store: Store, tmp_path: Path
) -> None:
    rule = noticed(Condition("progress", "<", 3.0, "fraction", "key_result:KR-CHURN"), "leadership")
    theirs = got(sample_store, tmp_path, rule)
    own = sample_store.inbox(sample_store.actor(ADMIN))[0]
    assert theirs.title == own.title == "Heads-up: Churn rate (progress is below 300%)"
    assert "the owner says at risk" in theirs.body
    assert "you said at risk" in own.body
    assert own.body.endswith(f"You set this up yourself (rule {own.rule}).")


CONDITIONS: Sequence[tuple[Condition | AllOf, str, str]] = [
    (Condition("status", "becomes", "off_track"), "status is off track", "status: poza planem"),
    (Condition("progress", "<", 40, "percent"), "progress is below 40%", "postęp poniżej 40 %"),
    (Condition("gap", ">", 0.1, "fraction"), "the gap to the pace is above 10 points",
     "opóźnienie względem planu powyżej 10 p.p."),
    (Condition("confidence", "<=", 2), "confidence is at most 2 of 5", "pewność najwyżej 2 na 5"),
    (Condition("confidence", "falls", 1, "weeks"), "confidence has fallen", "pewność spadła"),
    (Condition("confidence", "falls", 2, "weeks"), "confidence has fallen 2 weeks in a row",
     "pewność spada z rzędu od 2 tygodni"),
    (Condition("confidence", "falls_by", 2), "confidence fell by 2 or more at the latest check-in",
     "w ostatnim wpisie pewność spadła co najmniej o 2"),
    (Condition("last_check_in", "older_than", 1, "days"), "no check-in for 1 day", "brak wpisu od 1 dnia"),
    (Condition("last_check_in", "older_than", 14, "days"), "no check-in for 14 days", "brak wpisu od 14 dni"),
    (Condition("task_due", "overdue"), "overdue", "po terminie"),
    (Condition("task_due", "overdue", 3, "days"), "overdue by more than 3 days", "po terminie o więcej niż 3 dni"),
    (Condition("task_status", "is", "blocked"), "status is blocked", "status: zablokowane"),
    (Condition("kpi", ">=", 1234.5), "the value is at least 1,234.5", "wartość co najmniej 1234,5"),
    (AllOf((Condition("progress", "<", 0.4, "fraction"), Condition("confidence", "<", 3))),
     "progress is below 40% and confidence is below 3 of 5", "postęp poniżej 40 % i pewność poniżej 3 na 5"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "english", "polish"), CONDITIONS, ids=lambda part: str(part)[:40])
def test_what_has_come_true_is_said_in_both_languages(condition: Condition | AllOf, english: str, polish: str) -> None:
    assert delivery.condition_met(condition, "en") == english
    assert delivery.condition_met(condition, "pl").replace("\u00a0", " ") == polish


def test_what_people_typed_cannot_change_the_message(sample_store: Store, tmp_path: Path) -> None:
    attack = "{owner} {{ config.secret }} {0.__class__} hi\r\n"
    attack += "From: boss\u202e https://evil.example/x www.evil.example javascript:alert(1)"
    with sample_store.database.write() as connection:
        change = sa.update(models.key_results).where(models.key_results.c.key == "KR-WIN-RATE")
        connection.execute(change.values(title=attack))
    message = got(sample_store, tmp_path, weekly(OWNERS, Action("remind", attack)))
    for text in (message.title, message.body):
        assert "\u202e" not in text
        assert "://" not in text
        assert "www." not in text
        assert "javascript:alert" not in text
    assert len(message.title) <= delivery.LONGEST_TITLE
    assert "\nFrom" not in message.body
    assert "{owner} {{ config.secret }} {0.__class__} hi" in message.body


def test_a_long_list_is_cut_and_says_how_many_more(sample_store: Store, tmp_path: Path) -> None:
    condition = Condition("progress", "<", 9.0, "fraction")
    message = got(sample_store, tmp_path, noticed(condition, "leadership"))
    listed = [line for line in message.body.splitlines() if line.startswith("- ")]
    assert len(listed) == delivery.MOST_LISTED
    assert f"… and {len(message.records) - delivery.MOST_LISTED} more." in message.body


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["Rule RULE-1 of Irena Maj.", "You own objectives or key results of the current cycle."]),
        ("pl", ["Reguła RULE-1, właściciel: Irena Maj.", "Odpowiadasz za cele lub kluczowe wyniki bieżącego cyklu."]),
    ],
)
def test_why_is_answered_in_sentences(sample_store: Store, tmp_path: Path, language: str, said: list[str]) -> None:
    message = got(sample_store, tmp_path, weekly(OWNERS, ASKED), language=language)
    lead = sample_store.actor(LEAD)
    lines = why_words(sample_store.why(lead, message.key), lead)
    assert lines[0] == said[0]
    assert said[1] in lines
    assert any("KR-WIN-RATE" in line for line in lines)
    assert any("16:00" in line for line in lines)


@pytest.mark.parametrize("kind", ["me", "person", "okr_owners", "kr_owners", "owners_without_check_in", "leads",
                                  "leadership", "everyone"])  # fmt: skip
def test_every_audience_has_its_reason(sample_store: Store, tmp_path: Path, kind: str) -> None:
    audience = Audience(kind, people=(ADMIN,) if kind == "person" else ())
    admin = sample_store.actor(ADMIN)
    message = got(sample_store, tmp_path, weekly(audience, ASKED), ADMIN) if kind != "leads" else None
    if message is None:
        message = got(sample_store, tmp_path, weekly(audience, ASKED), LEAD)
        admin = sample_store.actor(LEAD)
    for line in why_words(sample_store.why(admin, message.key), admin):
        assert "{" not in line
        assert line.endswith((".", ")"))
