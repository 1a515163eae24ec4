"""The rules that exist: a quiet list; one opens to when, to whom, its history, and what can be done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import streamlit as st

from okr.access import Actor
from okr.errors import OkrError, UnknownPersonError
from okr.store.automations import Automation
from okr.store.rule_history import LastRun
from okr.store.run_log import AutomationRun, RunChange
from ui.harmless import escaped, label, line
from ui.rule_card import change, draw_card, is_checked
from ui.rule_words import moment, names_html, readback, refusal, state_html, tally, what_came_of, why_html
from ui.session import Visit

SHOWN = 25
RUNS = 8
STATES = ("live", "active", "paused", "proposed", "over")
OVER = ("ended", "removed")


def draw_list(visit: Visit, rules: list[Automation], *, apart: str | None) -> None:
    """The filters and the rules; the one whose card is shown elsewhere on the page is left out."""
    words = visit.words
    with st.container(key="okr_rule_head", horizontal=True, vertical_alignment="center"):
        st.html(f"<h2>{escaped(words('rules.list'))}</h2>", width="content")
        st.space("stretch")
        whose = _scope(visit, rules)
        state = _state(visit, [rule for rule in rules if whose(rule)])
    shown = [rule for rule in rules if whose(rule) and _is(rule, state) and rule.key != apart]
    shown.sort(key=lambda rule: (_ORDER.index(rule.state), -rule.id))
    if not shown:
        st.html(f'<p class="okr-note">{escaped(words("rules.empty.filter"))}</p>')
        return
    most = int(st.session_state.get("okr_rules_shown", SHOWN))
    last = visit.store.last_runs(visit.actor, [rule.key for rule in shown[:most]])
    with st.container(key="okr_rules"):
        for rule in shown[:most]:
            _draw_row(visit, rule, last.get(rule.key))
    if len(shown) > most:
        st.button(words("rules.more"), key="okr_rules_more", type="tertiary", on_click=_more, args=(most,))


_ORDER = ("proposed", "active", "paused", "ended", "removed")


def _more(most: int) -> None:
    st.session_state["okr_rules_shown"] = most + SHOWN


def _is(rule: Automation, state: str) -> bool:
    if state == "live":
        return rule.state not in OVER
    return rule.state in OVER if state == "over" else rule.state == state


def _state(visit: Visit, rules: list[Automation]) -> str:
    there = Counter("over" if rule.state in OVER else rule.state for rule in rules)
    options = [state for state in STATES if state == "live" or there[state]]
    if len(options) < 2:
        return "live"
    chosen = st.segmented_control(
        visit.words("rules.filter"),
        options,
        default="live",
        key="okr_rule_state",
        format_func=lambda state: visit.words(f"rules.filter.{state}"),
        label_visibility="collapsed",
    )
    return str(chosen or "live")


def _scope(visit: Visit, rules: list[Automation]) -> Callable[[Automation], bool]:
    """Which owners' rules to show: who sees only their own is not asked."""
    own = visit.actor.email
    mine = visit.people.get(own)
    team = mine.team if mine else None

    def of_team(rule: Automation) -> bool:
        owner = visit.people.get(rule.owner)
        return owner is not None and owner.team == team

    if all(rule.owner == own for rule in rules):
        return lambda _rule: True
    options = ["all", "team", "mine"] if team else ["all", "mine"]
    chosen = st.segmented_control(
        visit.words("rules.scope"),
        options,
        default="all",
        key="okr_rule_scope",
        format_func=lambda scope: visit.words(f"rules.scope.{scope}"),
        label_visibility="collapsed",
    )
    if chosen == "mine":
        return lambda rule: rule.owner == own
    return of_team if chosen == "team" else lambda _rule: True


# -- one rule ---------------------------------------------------------------------------------------


def _draw_row(visit: Visit, rule: Automation, last: LastRun | None) -> None:
    opened = st.query_params.get("rule") == rule.key
    with st.container(key=f"okr_rule_{rule.key}"):
        st.button(
            label(readback(visit, rule), 240),
            key=f"okr_title_{rule.key}",
            type="tertiary",
            width="stretch",
            on_click=_toggle,
            args=(rule.key, opened),
        )
        meta = f'<div class="okr-small"><div>{_meta(visit, rule, last)}</div></div>'
        st.markdown(meta, unsafe_allow_html=True)
        if not opened:
            return
        if rule.state == "proposed" and rule.owner == visit.actor.email:
            draw_card(visit, rule, on_page=True)
            return
        _draw_opened(visit, rule)


def _toggle(key: str, opened: bool) -> None:
    st.session_state.pop("okr_rule_removing", None)
    if opened:
        st.query_params.pop("rule", None)
    else:
        st.query_params["rule"] = key


def _meta(visit: Visit, rule: Automation, last: LastRun | None) -> str:
    words = visit.words
    parts = [state_html(visit, rule)]
    coming = rule.rule.coming(visit.now, 1) if rule.state == "active" else []
    if coming:
        said = "rules.next.check" if is_checked(rule) else "rules.next"
        parts.append(line(words(said, moment=moment(visit, coming[0]))))
    if last is not None:
        what = words(f"run.{last.state}") if last.state in ("missed", "paused") else tally(visit, last.states)
        parts.append(line(words("rules.last", moment=moment(visit, last.instant), what=what)))
    elif rule.state != "proposed":
        parts.append(line(words("rules.never")))
    if rule.owner != visit.actor.email:
        parts.append(line(words("rules.of", name=visit.person_name(rule.owner))))
    parts.append(line(rule.key))
    return "".join(f"<span>{part}</span>" for part in parts)


def _draw_opened(visit: Visit, rule: Automation) -> None:
    words = visit.words
    quoted = f"“{line(rule.words)}”" if words.language == "en" else f"„{line(rule.words)}”"
    clauses = [("card.words", quoted)]
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
    if rule.state != "proposed":
        _draw_history(visit, rule)


def _reached(visit: Visit, rule: Automation) -> str:
    if not rule.rule.messages():
        return line(visit.words("card.who.records"))
    try:
        # In the owner's name: "me" and "my team" are theirs, and so is what may be seen.
        owner: Actor = visit.store.actor(rule.owner)
        names = [one.name for one in visit.store.automation_reach(owner, rule.rule, visit.now)]
    except UnknownPersonError:
        return line(visit.words("pause.owner_left"))
    except OkrError as reason:
        return line(refusal(visit, reason))
    if not names:
        return line(visit.words("card.who.nobody"))
    counted = line(visit.words("card.who.today", count=len(names)))
    return names_html(visit, names) if len(names) == 1 else f"<strong>{counted}</strong><br>{names_html(visit, names)}"


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
        st.button(words("rule.remove"), key=f"okr_remove_{key}", type="tertiary", on_click=_removing, args=(key,))


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


def _status(visit: Visit, status: str | None) -> str:
    key = f"word.{status}"
    return visit.words(key) if visit.words.has(key) else status or "–"


def _changed(visit: Visit, did: RunChange) -> str:
    """What the run did to one record, or why it did not."""
    words, record = visit.words, did.record.partition(":")[2] or did.record
    if did.after is not None:
        before, after = (
            words(f"word.{each}") if words.has(f"word.{each}") else each for each in (str(did.before), did.after)
        )
        said = words("run.status", record=did.record, before=before if did.before else "–", after=after)
    else:
        said = words("run.commented", record=record)
    if did.state == "done":
        return line(said)
    state = words(f"recipient.{did.state}") if words.has(f"recipient.{did.state}") else did.state
    why = f": {why_html(visit, did.reason)}" if did.reason else ""
    return f"{line(said)} <small>{line(state)}{why}</small>"
