"""The rules that exist: their filters, and a quiet list of which one opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import streamlit as st

from okr.store.automations import Automation
from okr.store.rule_history import LastRun
from ui.harmless import escaped, label, line
from ui.rule_card import draw_card
from ui.rule_contract import is_checked
from ui.rule_opened import OVER, draw_opened
from ui.rule_words import moment, readback, state_html, tally
from ui.session import Visit

SHOWN = 25
STATES = ("live", "active", "paused", "proposed", "over")


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
        else:
            draw_opened(visit, rule)


def _toggle(key: str, opened: bool) -> None:
    for name in ("okr_rule_removing", "okr_rule_rehearsed"):
        st.session_state.pop(name, None)
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
        parts.append(line(words("rules.never.check" if is_checked(rule) else "rules.never")))
    if rule.owner != visit.actor.email:
        parts.append(line(words("rules.of", name=visit.person_name(rule.owner))))
    parts.append(line(rule.key))
    return "".join(f"<span>{part}</span>" for part in parts)
