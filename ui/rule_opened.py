"""One rule, opened: when, to whom, a dry run, its history, and what can be done with it."""

from __future__ import annotations

import streamlit as st

from assistant import delivery
from okr.access import Actor
from okr.errors import OkrError, UnknownPersonError
from okr.store.automations import Automation
from okr.store.run_log import AutomationRun, RunChange
from ui.harmless import escaped, line
from ui.rule_card import change
from ui.rule_contract import changes_html, is_checked, passed_html, quoted, who_html
from ui.rule_words import change_html, moment, refusal, what_came_of, why_html
from ui.session import Visit

RUNS = 8
OVER = ("ended", "removed")


def draw_opened(visit: Visit, rule: Automation) -> None:
    """When it runs, to whom, what can be done with it, and what it did so far."""
    words = visit.words
    clauses = [("card.words", quoted(visit, rule.words))]
    if rule.state == "active":
        if is_checked(rule):
            times = ", ".join(f"{at.astimezone(visit.actor.tz):%H:%M}" for at in rule.rule.coming(visit.now))
            clauses.append(("card.when", line(words("card.when.check", times=times))))
        else:
            items = "".join(f"<li>{line(moment(visit, at))}</li>" for at in rule.rule.coming(visit.now))
            clauses.append(("card.when", f'<ol class="okr-instants">{items}</ol>'))
    if rule.rule.condition is None and rule.state in ("active", "paused", "proposed"):
        clauses.append(("card.who", _reached(visit, rule)))
    drawn = "".join(f"<div><dt>{line(words(name))}</dt><dd>{said}</dd></div>" for name, said in clauses)
    st.markdown(f'<dl class="okr-clauses">{drawn}</dl>', unsafe_allow_html=True)
    _draw_acts(visit, rule)
    if st.session_state.get("okr_rule_rehearsed") == rule.key:
        draw_rehearsal(visit, rule)
    if rule.state != "proposed":
        _draw_history(visit, rule)


def _reached(visit: Visit, rule: Automation) -> str:
    if not rule.rule.messages():
        return line(visit.words("card.who.records"))
    try:
        # In the owner's name: "me" and "my team" are theirs, and so is what may be seen.
        owner: Actor = visit.store.actor(rule.owner)
        return who_html(visit, [one.name for one in visit.store.automation_reach(owner, rule.rule, visit.now)])
    except UnknownPersonError:
        return line(visit.words("pause.owner_left"))
    except OkrError as reason:
        return line(refusal(visit, reason))


def _draw_acts(visit: Visit, rule: Automation) -> None:
    words, key = visit.words, rule.key
    if rule.state in OVER:
        return
    if st.session_state.get("okr_rule_removing") == key:
        st.html(f'<p class="okr-note">{escaped(words("rule.remove.about"))}</p>')
        with st.container(key=f"okr_acts_sure_{key}", horizontal=True):
            sure = words("rule.remove.sure")
            st.button(sure, key=f"okr_remove_sure_{key}", type="primary", on_click=act_on, args=(visit, "remove", key))
            st.button(words("rule.keep"), key=f"okr_keep_{key}", on_click=_removing, args=(None,))
        return
    with st.container(key=f"okr_acts_rule_{key}", horizontal=True):
        act = {"active": "pause", "paused": "resume"}.get(rule.state)
        if act:
            st.button(words(f"rule.{act}"), key=f"okr_{act}_{key}", on_click=act_on, args=(visit, act, key))
        if rule.owner == visit.actor.email:
            st.button(words("rule.change"), key=f"okr_edit_{key}", on_click=change, args=(key, rule.words, True))
        shown = st.session_state.get("okr_rule_rehearsed") == key
        said = words("rule.dry")
        st.button(said, key=f"okr_dry_{key}", type="tertiary", on_click=_rehearse, args=(None if shown else key,))
        st.button(words("rule.remove"), key=f"okr_remove_{key}", type="tertiary", on_click=_removing, args=(key,))


def _rehearse(key: str | None) -> None:
    st.session_state["okr_rule_rehearsed"] = key


def draw_rehearsal(visit: Visit, rule: Automation) -> None:
    """What the rule would do if it ran now, with the message as one of its readers would get it; nothing is sent."""
    words = visit.words
    try:
        owner = visit.store.actor(rule.owner)
        found = visit.store.rehearse(owner, rule.rule, visit.now, key=rule.key)
        letters = visit.store.addressed_now(owner, rule.key, visit.now, 1)
    except OkrError as reason:
        st.html(f'<p class="okr-note okr-failed">{escaped(refusal(visit, reason))}</p>')
        return
    drawn = ""
    if rule.rule.messages():
        drawn += f"<p>{who_html(visit, [one.name for one in found.heard if one.reason is None])}</p>"
        drawn += passed_html(visit, [one for one in found.heard if one.reason is not None])
    if rule.rule.acts_on_records():
        drawn += f"<p>{changes_html(visit, found.changes)}</p>"
    for due in letters:
        letter = delivery.letter(visit.store, due, visit.now)
        over = words("rule.dry.message", name=due.person.name)
        # Inside Markdown an empty line would end the HTML.
        body = escaped(letter.body).replace("\n", "<br>")
        drawn += (
            f'<p class="okr-over">{line(over)}</p><blockquote class="okr-quote"><strong>{line(letter.title)}</strong>'
        )
        drawn += f"<br>{body}</blockquote>"
    said = line(words("rule.dry.about"))
    st.markdown(
        f'<div class="okr-rehearsal" role="status"><p class="okr-over">{said}</p>{drawn}</div>', unsafe_allow_html=True
    )


def _removing(key: str | None) -> None:
    st.session_state["okr_rule_removing"] = key


def act_on(visit: Visit, act: str, key: str) -> None:
    acts = {
        "pause": (visit.store.pause_automation, "rule.paused"),
        "resume": (visit.store.resume_automation, "rule.resumed"),
        "remove": (visit.store.remove_automation, "rule.removed"),
    }
    do, said = acts[act]
    try:
        do(visit.actor, key, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    st.session_state["okr_said"] = visit.words(said, rule=key)
    st.session_state.pop("okr_rule_removing", None)


# -- history ----------------------------------------------------------------------------------------


def _draw_history(visit: Visit, rule: Automation) -> None:
    words = visit.words
    runs = list(reversed(visit.store.automation_runs(visit.actor, rule.key)))
    over = f'<p class="okr-over">{line(words("rule.history"))}</p>'
    if not runs:
        st.html(f'{over}<p class="okr-foot">{line(words("rule.history.none"))}</p>')
        return
    drawn = "".join(run_html(visit, run) for run in runs[:RUNS])
    if rest := runs[RUNS : RUNS * 10]:
        older = "".join(run_html(visit, run) for run in rest)
        drawn += f'<details class="okr-fold"><summary>{line(words("rule.history.older"))}</summary>{older}</details>'
    st.markdown(f'{over}<div class="okr-runs">{drawn}</div>', unsafe_allow_html=True)


def run_html(visit: Visit, run: AutomationRun) -> str:
    """One run: when, what came of it, and behind it who got what and why somebody did not."""
    words = visit.words
    head = f"<span>{line(moment(visit, run.instant))}</span> <span>{line(what_came_of(visit, run))}</span>"
    if run.state in ("missed", "paused"):
        return (
            f'<details><summary>{head}</summary><p class="okr-foot">{line(words(f"run.{run.state}.why"))}</p></details>'
        )
    if not run.recipients and not run.changes:
        why = f'<p class="okr-foot">{why_html(visit, run.reason)}</p>' if run.reason else ""
        return f"<details><summary>{head}</summary>{why}</details>" if why else f'<p class="okr-run">{head}</p>'
    rows = "".join(
        f"<li>{line(visit.person_name(to.person))} <small>{line(words(f'recipient.{to.state}'))}"
        f"{': ' + why_html(visit, to.reason) if to.reason else ''}</small></li>"
        for to in sorted(run.recipients, key=lambda one: (one.state == "delivered", visit.person_name(one.person)))
    )
    rows += "".join(f"<li>{_changed(visit, did)}</li>" for did in run.changes)
    return f'<details><summary>{head}</summary><ul class="okr-plain">{rows}</ul></details>'


def _changed(visit: Visit, did: RunChange) -> str:
    """What the run did to one record, or why it did not."""
    words, said = visit.words, change_html(visit, did.record, did.before, did.after)
    if did.state == "done":
        return said
    state = words(f"recipient.{did.state}") if words.has(f"recipient.{did.state}") else did.state
    why = f": {why_html(visit, did.reason)}" if did.reason else ""
    return f"{said} <small>{line(state)}{why}</small>"
