"""The Automations page: a sentence, its proof, and the rules that exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import streamlit as st

from assistant.automating import Automating
from assistant.proposing import Offer, Question, offer, propose
from okr.automations import Rule
from okr.errors import NotFoundError, OkrError
from okr.store.automations import Automation
from ui.beginning import begin
from ui.harmless import escaped, label
from ui.rule_card import draw_card, draw_new_version
from ui.rule_list import draw_list
from ui.rule_words import moment, refusal
from ui.session import Visit

SILENT = timedelta(minutes=5)


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit)
    title, about = escaped(words("rules.title")), escaped(words("rules.about"))
    st.html(f'<div class="okr-heading"><h1>{title}</h1><p>{about}</p></div>')
    draw_worker_note(visit)
    if prefill := st.session_state.pop("okr_rule_prefill", None):
        st.session_state["okr_sentence"] = prefill
    with st.container(key="okr_compose"):
        typed = st.chat_input(words("rules.placeholder"), key="okr_sentence")
    asked = typed or st.session_state.pop("okr_rule_read", None)
    if asked:
        take(visit, str(asked))
        st.rerun()
    doubtful = st.session_state.get("okr_rule_doubt")
    if doubtful:
        draw_doubt(visit, str(doubtful))
    rules = visit.store.automations(visit.actor, removed=True)
    shown = _shown(visit, rules)
    edited = _edited(visit, rules)
    if edited is not None:
        draw_new_version(visit, *edited, name="edit", on_page=True)
    elif shown is not None:
        draw_card(visit, shown, on_page=True)
    if any(rule.state != "removed" for rule in rules if rule is not shown):
        draw_list(visit, rules, apart=shown.key if shown else None)
    elif shown is None and not doubtful:
        draw_examples(visit)


def _shown(visit: Visit, rules: list[Automation]) -> Automation | None:
    """The proposal that was just made, whose card stands on top."""
    key = st.session_state.get("okr_rule_new")
    return next((r for r in rules if r.key == key and r.state == "proposed" and r.owner == visit.actor.email), None)


def _edited(visit: Visit, rules: list[Automation]) -> tuple[Automation, Rule] | None:
    """The rule that is being changed, and what its new sentence says."""
    key, sentence = st.session_state.get("okr_rule_edit") or ("", "")
    kept = next((rule for rule in rules if rule.key == key and rule.state != "removed"), None)
    if kept is None:
        return None
    found = offer(Automating(visit.store), sentence, visit.actor, visit.now)
    return None if found.trouble else (kept, found.rule)


def take(visit: Visit, sentence: str) -> None:
    """Read the sentence: keep it as a proposal, or remember what has to be asked about it."""
    reading = Automating(visit.store)
    found = offer(reading, sentence, visit.actor, visit.now, _helped(visit, reading))
    if found.trouble:
        st.session_state["okr_rule_doubt"] = sentence
        st.session_state["okr_rule_prefill"] = sentence
        return
    st.session_state.pop("okr_rule_doubt", None)
    changing = st.session_state.pop("okr_rule_changing", None)
    if changing and _runs(visit, str(changing)):
        # A rule that runs goes on as it is until its new version is confirmed.
        st.session_state["okr_rule_edit"] = (str(changing), sentence)
        return
    st.session_state.pop("okr_rule_edit", None)
    try:
        kept = propose(reading, found, visit.actor, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        st.session_state["okr_rule_prefill"] = sentence
        return
    replaced = changing or st.session_state.get("okr_rule_new")
    st.session_state["okr_rule_new"] = kept.key
    if replaced:
        _drop(visit, str(replaced))


def _runs(visit: Visit, key: str) -> bool:
    try:
        return visit.store.automation(visit.actor, key).state in ("active", "paused", "ended")
    except NotFoundError:
        return False


def _helped(visit: Visit, reading: Automating) -> Callable[[Rule], Rule] | None:
    """What reads a sentence that our reader has to ask about, where a model is set."""
    if visit.house.settings.model is None:
        return None
    # Loaded on first use, since it brings the model's library along.
    from assistant.rule_model import suggester_for

    return suggester_for(visit.house.settings, visit.store, visit.actor, visit.now, reading)


def _drop(visit: Visit, key: str) -> None:
    """Take out an earlier proposal that another reading has taken the place of; anything else stays."""
    try:
        before = visit.store.automation(visit.actor, key)
        if before.state == "proposed" and before.owner == visit.actor.email:
            visit.store.remove_automation(visit.actor, key, visit.now)
    except NotFoundError:
        return


# -- what has to be asked ---------------------------------------------------------------------------


def draw_doubt(visit: Visit, sentence: str) -> None:
    """The sentence with the words in question marked, the question, and likely answers as buttons."""
    words = visit.words
    found = offer(Automating(visit.store), sentence, visit.actor, visit.now)
    if not found.trouble:
        st.session_state.pop("okr_rule_doubt", None)
        return
    with st.container(key="okr_doubt"):
        if found.trouble != "unclear":
            st.html(f'<p class="okr-note okr-failed" role="alert">{escaped(trouble_words(visit, found))}</p>')
            if found.trouble == "none":
                example = words("doubt.none.example", sentence=words.many(f"rules.examples.{_role(visit)}")[0])
                st.html(f'<p class="okr-foot">{escaped(example)}</p>')
            return
        title = words("doubt.title" if len(found.questions) == 1 else "doubt.title.more")
        st.html(f'<p class="okr-over" role="alert">{escaped(title)}</p>')
        for number, question in enumerate(found.questions):
            draw_question(visit, found, question, number)


def draw_question(visit: Visit, found: Offer, question: Question, number: int) -> None:
    """One question about a sentence."""
    st.html(
        f'<p class="okr-doubted">{marked_html(found.rule.text, question)}</p>'
        f'<p class="okr-doubt-asked">{escaped(asked_words(question))}</p>'
    )
    if question.choices:
        with st.container(key=f"okr_options_rule_{number}", horizontal=True):
            for place, choice in enumerate(question.choices):
                st.button(
                    label(choice.label, 80),
                    key=f"okr_choice_{number}_{place}",
                    on_click=read_next,
                    args=(choice.sentence,),
                )


def asked_words(question: Question) -> str:
    """The question alone; the words it is about are marked in the sentence above it."""
    said = question.asked.question
    for opening, closing in ("“”", "„”"):
        quoted = f"{opening}{question.asked.words}{closing}: "
        if question.end and said.startswith(quoted):
            return said[len(quoted) :]
    return said


def marked_html(text: str, question: Question) -> str:
    """The sentence with the words in question marked."""
    before, doubted, after = text[: question.begin], text[question.begin : question.end], text[question.end :]
    return f"{escaped(before)}<mark>{escaped(doubted)}</mark>{escaped(after)}" if doubted else escaped(text)


def trouble_words(visit: Visit, found: Offer) -> str:
    """What stands against a sentence, in the reader's language."""
    if found.reason is not None:
        return refusal(visit, found.reason)
    return visit.words(f"doubt.{found.trouble}")


def read_next(sentence: str) -> None:
    """The page reads this sentence on its next run."""
    st.session_state["okr_rule_read"] = sentence


# -- a page with nothing on it -------------------------------------------------------------------------


def draw_examples(visit: Visit) -> None:
    """What would stand here, and three sentences to begin with that this person may set."""
    words = visit.words
    title, about = escaped(words("rules.empty")), escaped(words("rules.empty.about"))
    st.html(f'<div class="okr-empty-page"><h2>{title}</h2><p>{about}</p></div>')
    with st.container(key="okr_begin"):
        for number, sentence in enumerate(words.many(f"rules.examples.{_role(visit)}")):
            st.button(
                label(sentence), key=f"okr_example_{number}", width="stretch", on_click=read_next, args=(sentence,)
            )


def _role(visit: Visit) -> str:
    if visit.actor.is_admin:
        return "admin"
    return "lead" if any(team.lead == visit.actor.email for team in visit.teams.values()) else "employee"


def draw_worker_note(visit: Visit) -> None:
    """Since when nothing is being sent, where no worker runs; nothing otherwise."""
    seen = visit.store.worker_seen()
    if seen is not None and visit.now - seen <= SILENT:
        return
    words = visit.words
    said = words("worker.never") if seen is None else words("worker.silent", moment=moment(visit, seen))
    st.html(f'<p class="okr-note okr-failed">{escaped(said)} <code>okr worker</code>.</p>')
