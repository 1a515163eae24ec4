"""The Automations page: a sentence, its proof, the three buttons, and the rules that exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from assistant.automating import Automating
from assistant.worker import Worker
from okr.store import Store, open_store
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"  # leads Sales
IRENA = "irena.maj@lumen.example"  # an admin
KACPER = "kacper.dudek@lumen.example"
FRIDAY = "Every Friday at 16:00 remind me to check in"


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    return visit(home, **query).switch_page("places/automations.py").run()


def write(app: AppTest, sentence: str) -> AppTest:
    return app.chat_input[0].set_value(sentence).run()


def buttons(app: AppTest, beginning: str) -> list[str]:
    return [str(b.key) for b in app.button if str(b.key).startswith(beginning)]


def rules(home: Path, email: str = ANA) -> dict[str, str]:
    store = open_store(home)
    try:
        return {rule.key: rule.state for rule in store.automations(store.actor(email), removed=True)}
    finally:
        store.close()


def set_rule(home: Path, sentence: str, email: str, now: datetime) -> Store:
    store = open_store(home)
    actor = store.actor(email)
    rule = Automating(store).read(sentence, actor, now)
    store.confirm_automation(actor, store.propose_automation(actor, rule, now).key, now)
    return store


@pytest.mark.parametrize(("email", "first"), [(ANA, "my team"), (IRENA, "all okr owners"), (KACPER, "remind me")])
def test_an_empty_page_teaches_with_three_sentences_that_this_person_may_set(
    sample_home: Path, visit: Visit, email: str, first: str
) -> None:
    app = opened(visit, sample_home, as_=email, lang="en")
    assert "Nothing is automated yet" in said(app)
    examples = buttons(app, "okr_example")
    assert len(examples) == 3
    assert first in app.button(key=examples[0]).label.lower()
    for number, language in enumerate(("en", "pl", "pl")):
        fresh = opened(visit, sample_home, as_=email, lang=language)
        key = f"okr_example_{number}"
        if buttons(fresh, key):
            proof = fresh.button(key=key).click().run()
            assert buttons(proof, "okr_confirm"), (key, said(proof)[-800:])
            discarded = proof.button(key=buttons(proof, "okr_discard")[0]).click().run()
            assert not discarded.exception


def test_a_sentence_shows_its_proof_and_runs_only_after_the_click(sample_home: Path, visit: Visit) -> None:
    app = write(opened(visit, sample_home), "Every Friday at 16:00 remind my team to update progress")
    assert not app.exception
    for part in ("Your words", "Filled in", "When", "To whom", "Past four weeks", "Rights", "Marcus Bell"):
        assert part in said(app)
    assert "write to others; you may set that as the lead of their team" in said(app)
    assert rules(sample_home) == {"RULE-1": "proposed"}
    app = app.button(key="okr_confirm_RULE-1").click().run()
    assert rules(sample_home) == {"RULE-1": "active"}
    assert "RULE\\-1 is active" in app.toast[0].value.replace("\u2060", "")
    assert not buttons(app, "okr_confirm")
    assert "okr_title_RULE-1" in buttons(app, "okr_title")


def test_a_discarded_proposal_sets_nothing_and_a_changed_one_takes_its_place(sample_home: Path, visit: Visit) -> None:
    app = write(opened(visit, sample_home), FRIDAY)
    app = app.button(key="okr_discard_RULE-1").click().run()
    assert rules(sample_home) == {"RULE-1": "removed"}
    app = write(app, FRIDAY)
    app = app.button(key="okr_change_RULE-2").click().run()
    app = write(app, FRIDAY.replace("16:00", "15:00"))
    assert rules(sample_home) == {"RULE-1": "removed", "RULE-2": "removed", "RULE-3": "proposed"}
    assert "15:00" in said(app)


def test_what_is_unclear_is_asked_with_the_words_marked_and_an_answer_at_a_press(
    sample_home: Path, visit: Visit
) -> None:
    app = write(opened(visit, sample_home), "remind me a few times a week to check in")
    assert "<mark>a few times a week</mark>" in said(app)
    assert rules(sample_home) == {}
    choice = buttons(app, "okr_choice")[0]
    app = app.button(key=choice).click().run()
    assert rules(sample_home) == {"RULE-1": "proposed"}
    assert "Every Monday" in said(app)


@pytest.mark.parametrize(
    ("language", "sentence", "told"),
    [
        ("en", "What is most behind?", "There is no rule in this sentence"),
        ("pl", "Co jest najbardziej w tyle?", "W tym zdaniu nie ma reguły"),
        ("en", "remind me every 5 minutes", "every fifteen minutes at most"),
        ("pl", "przypominaj mi co 5 minut", "najwyżej co piętnaście minut"),
        ("en", "Every Friday at 16:00 remind everyone", "you have no right"),
        ("pl", "W każdy piątek o 16:00 przypomnij wszystkim", "nie masz prawa"),
        ("en", "x" * 1001, "longer than a rule can be"),
    ],
)
def test_what_cannot_be_set_is_said_in_words_and_nothing_is_stored(
    sample_home: Path, visit: Visit, language: str, sentence: str, told: str
) -> None:
    app = write(opened(visit, sample_home, as_=KACPER, lang=language), sentence)
    assert not app.exception
    assert told in said(app)
    assert rules(sample_home, KACPER) == {}


def test_a_rule_opens_is_paused_resumed_and_removed_after_asking(sample_home: Path, visit: Visit) -> None:
    set_rule(sample_home, FRIDAY, ANA, datetime.now(UTC)).close()
    app = opened(visit, sample_home)
    assert "next Fri" in said(app)
    app = app.button(key="okr_title_RULE-1").click().run()
    assert app.query_params["rule"] == "RULE-1"
    for act, state in (("pause", "paused"), ("resume", "active")):
        app = app.button(key=f"okr_{act}_RULE-1").click().run()
        assert rules(sample_home) == {"RULE-1": state}
    app = app.button(key="okr_remove_RULE-1").click().run()
    assert rules(sample_home) == {"RULE-1": "active"}
    app = app.button(key="okr_remove_sure_RULE-1").click().run()
    assert rules(sample_home) == {"RULE-1": "removed"}
    assert not app.exception


def test_a_rule_that_runs_goes_on_until_its_new_version_is_confirmed(sample_home: Path, visit: Visit) -> None:
    store = set_rule(sample_home, FRIDAY, ANA, datetime.now(UTC))
    app = opened(visit, sample_home, rule="RULE-1", lang="en")
    app = app.button(key="okr_edit_RULE-1").click().run()
    app = write(app, FRIDAY.replace("16:00", "15:00"))
    assert "New version" in said(app)
    assert store.automation(store.actor(ANA), "RULE-1").words == FRIDAY
    app = app.button(key="okr_confirm_RULE-1_edit").click().run()
    kept = store.automation(store.actor(ANA), "RULE-1")
    assert (kept.version, kept.state, kept.words) == (2, "active", FRIDAY.replace("16:00", "15:00"))
    assert rules(sample_home) == {"RULE-1": "active"}
    assert "New version" not in said(app)
    store.close()


def test_a_change_that_is_left_changes_nothing(sample_home: Path, visit: Visit) -> None:
    set_rule(sample_home, FRIDAY, ANA, datetime.now(UTC)).close()
    app = opened(visit, sample_home, rule="RULE-1", lang="en")
    app = app.button(key="okr_edit_RULE-1").click().run()
    app = write(app, FRIDAY.replace("16:00", "15:00"))
    app = app.button(key="okr_leave_RULE-1_edit").click().run()
    assert "New version" not in said(app)
    assert "16:00" in said(app)
    assert "15:00" not in said(app)


def test_a_dry_run_shows_who_would_get_what_and_sends_nothing(sample_home: Path, visit: Visit) -> None:
    store = set_rule(sample_home, "Every Friday at 16:00 remind my team to update progress", ANA, datetime.now(UTC))
    app = opened(visit, sample_home, rule="RULE-1", lang="en")
    app = app.button(key="okr_dry_RULE-1").click().run()
    assert "If it ran now. Nothing was sent." in said(app)
    assert "would read" in said(app)
    assert store.inbox(store.actor("marcus.bell@lumen.example")) == []
    store.close()


def test_the_history_says_who_got_it_and_who_did_not_and_why(sample_home: Path, visit: Visit) -> None:
    now = datetime.now(UTC)
    store = set_rule(
        sample_home,
        "Remind marcus.bell@lumen.example and jakub.cieslak@lumen.example every day at 9:00 about “KR-CHURN-QUARTER”",
        ANA,
        now - timedelta(days=3),
    )
    due = store.automation(store.actor(ANA), "RULE-1").rule.coming(now - timedelta(days=2), 1)[0]
    Worker(store, sample_home).once(due + timedelta(minutes=1))
    store.close()
    app = opened(visit, sample_home, rule="RULE-1")
    assert "Marcus Bell" in said(app)
    assert "2 delivered" in said(app)
    assert "missed" in said(app)


def test_only_an_admin_is_asked_whose_rules_to_show(sample_home: Path, visit: Visit) -> None:
    now = datetime.now(UTC)
    set_rule(sample_home, FRIDAY, KACPER, now).close()
    assert not buttons(opened(visit, sample_home), "okr_title")
    app = opened(visit, sample_home, as_=IRENA)
    assert "by Kacper Dudek" in said(app)
    scope = next(c for c in app.segmented_control if c.key == "okr_rule_scope")
    assert scope.options == ["Everybody's", "My team", "Mine"]
    app = scope.set_value("mine").run()
    assert not buttons(app, "okr_title")


def test_the_page_says_since_when_nothing_is_sent(sample_home: Path, visit: Visit) -> None:
    assert "No worker has run yet" in said(opened(visit, sample_home))
    store = open_store(sample_home)
    store.note_worker(datetime.now(UTC) - timedelta(hours=2))
    assert "No worker has looked since" in said(opened(visit, sample_home))
    store.note_worker(datetime.now(UTC))
    store.close()
    assert "worker" not in said(opened(visit, sample_home))


def test_what_people_typed_into_a_rule_stays_text(sample_home: Path, visit: Visit) -> None:
    app = write(
        opened(visit, sample_home), 'Every Friday at 16:00 remind me: "<img src=x onerror=alert(1)> ![x](//e.vil)"'
    )
    assert "<img" not in said(app)
    assert "&lt;img" in said(app)
