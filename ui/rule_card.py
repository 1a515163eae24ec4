"""The card of a proposed rule, which reads like a contract: everything that would happen, and the three buttons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from assistant.automating import Automating, Proof
from assistant.telling import formats
from okr.errors import NotFoundError, OkrError
from okr.schedule import RECIPIENT
from okr.store.automations import Automation
from ui.harmless import escaped, label, line
from ui.rule_words import city, mark, moment, names_html, readback, refusal, state_html
from ui.session import Visit

COMING = 5


def draw_card(visit: Visit, kept: Automation, *, on_page: bool = False) -> None:
    """The whole card. Only the click on Confirm makes the rule active, and it does so in the clicker's own name."""
    words = visit.words
    with st.container(key=f"okr_card_{kept.key}"):
        try:
            proof = proof_of(visit, kept)
        except OkrError as reason:
            st.html(f'<p class="okr-note okr-failed">{escaped(refusal(visit, reason))}</p>')
            return
        head = f"<span>{line(words('card.title'))} · {line(kept.key)}</span>{state_html(visit, kept)}"
        st.markdown(
            f'<div class="okr-card-head">{head}</div>'
            f'<p class="okr-card-lead">{line(readback(visit, kept))}</p>'
            f"{contract_html(visit, kept, proof)}",
            unsafe_allow_html=True,
        )
        with st.container(key=f"okr_card_acts_{kept.key}", horizontal=True, vertical_alignment="center"):
            said = words("card.confirm")
            st.button(said, key=f"okr_confirm_{kept.key}", type="primary", on_click=_confirm, args=(visit, kept.key))
            st.button(
                words("card.change"),
                key=f"okr_change_{kept.key}",
                on_click=change,
                args=(kept.key, kept.words, on_page),
            )
            st.button(
                words("card.discard"),
                key=f"okr_discard_{kept.key}",
                type="tertiary",
                on_click=_discard,
                args=(visit, kept.key),
            )
            st.html(f'<p class="okr-foot">{escaped(words("card.before"))}</p>', width="content")


def draw_settled(visit: Visit, kept: Automation, said: str = "") -> None:
    """What became of a proposal, in one line, where its card once stood; `said` in other words than its state's."""
    words, state = visit.words, kept.state
    said = said or words(f"card.settled.{state}")
    coming = kept.rule.coming(visit.now, 1)
    if state == "active" and coming:
        after = "rules.next.check" if is_checked(kept) else "rules.next"
        said = f"{said}; {words(after, moment=moment(visit, coming[0]))}"
    shown = f"{mark(state)}<span>{line(kept.key)} · {line(said)}</span>"
    st.markdown(
        f'<div class="okr-settled okr-state-{state}">{shown}<p>{line(readback(visit, kept))}</p></div>',
        unsafe_allow_html=True,
    )


def proof_of(visit: Visit, kept: Automation) -> Proof:
    """The proof of a rule, worked out once a minute while its card is on the page."""
    held = st.session_state.get("okr_proof")
    at = visit.now.replace(second=0, microsecond=0)
    name = (kept.key, kept.version, visit.actor.email, at)
    if isinstance(held, tuple) and held[0] == name and isinstance(held[1], Proof):
        return held[1]
    proof = Automating(visit.store).proof(kept.rule, visit.actor, visit.now)
    st.session_state["okr_proof"] = (name, proof)
    return proof


def is_checked(kept: Automation) -> bool:
    """Whether the rule has no times of its own and is looked at every hour."""
    return kept.rule.schedule is None and kept.rule.at is None


def contract_html(visit: Visit, kept: Automation, proof: Proof) -> str:
    """The clauses of the card, each with its name."""
    words = visit.words
    clauses = (
        ("card.words", f"“{line(kept.words)}”" if words.language == "en" else f"„{line(kept.words)}”"),
        ("card.assumed", _assumed(visit, kept)),
        ("card.when", when_html(visit, kept, proof)),
        ("card.who", _who(visit, kept, proof)),
        ("card.past", _past(visit, kept, proof)),
        ("card.rights", line(_rights(visit, kept))),
    )
    drawn = "".join(f"<div><dt>{line(words(name))}</dt><dd>{said}</dd></div>" for name, said in clauses)
    return f'<dl class="okr-clauses">{drawn}</dl>'


def _assumed(visit: Visit, kept: Automation) -> str:
    words, rule = visit.words, kept.rule
    said = [_filled(visit, kept, name) for name in rule.assumed]
    if not said:
        return line(words("card.assumed.nothing"))
    return "<br>".join(line(each) for each in said)


def _filled(visit: Visit, kept: Automation, name: str) -> str:
    words, rule = visit.words, kept.rule
    if name == "timezone":
        return (
            words("assumed.timezone.recipient")
            if rule.zone == RECIPIENT
            else words("assumed.timezone", value=rule.zone)
        )
    if name == "time":
        coming = rule.coming(visit.now, 1)
        if not coming:
            return words("assumed.time.bare")
        return words("assumed.time", value=f"{coming[0]:%H:%M}")
    if name == "audience":
        audience = rule.audience
        if audience is None or audience.kind == "me":
            return words("assumed.audience", value=words("assumed.me"))
        own = audience.kind == "team" and audience.team is not None
        return words("assumed.audience", value=visit.team_name(audience.team) if own else words("assumed.read"))
    return words(f"assumed.{name}") if words.has(f"assumed.{name}") else name


# -- when -------------------------------------------------------------------------------------------


def when_html(visit: Visit, kept: Automation, proof: Proof) -> str:
    """The next five instants: as the reader's clock shows them, and for people elsewhere as theirs do."""
    words, rule = visit.words, kept.rule
    own = proof.coming.get(visit.actor.zone) or rule.coming(visit.now)
    if not own:
        return line(words("card.when.never"))
    if is_checked(kept):
        times = ", ".join(f"{at.astimezone(visit.actor.tz):%H:%M}" for at in own[:COMING])
        return line(words("card.when.check", times=times))
    items = "".join(f"<li>{line(moment(visit, at))}</li>" for at in own[:COMING])
    zone = words("card.when.own" if rule.zone == RECIPIENT else "card.when.zone", zone=city(visit.actor.zone))
    return f'<ol class="okr-instants">{items}</ol><p class="okr-foot">{line(zone)}</p>{_elsewhere(visit, proof)}'


def _elsewhere(visit: Visit, proof: Proof) -> str:
    groups = list(zone_groups(visit, proof))
    if not groups:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{line(', '.join(map(city, zones)))}<small>{line(people)}</small></th>"
        + "".join(f"<td>{line(at)}</td>" for at in instants)
        + "</tr>"
        for zones, people, instants in groups
    )
    summary = line(visit.words("card.elsewhere"))
    return (
        f'<details class="okr-fold"><summary>{summary}</summary>'
        f'<div class="okr-scroll"><table class="okr-table okr-zones">{rows}</table></div></details>'
    )


def zone_groups(visit: Visit, proof: Proof) -> Iterator[tuple[list[str], str, list[str]]]:
    """The zones of the recipients in which clocks show other times than the reader's: zones, how many people, times."""
    tz = visit.actor.tz
    mine = [at.astimezone(tz).replace(tzinfo=None) for at in proof.coming.get(visit.actor.zone, [])]
    there: dict[tuple[datetime, ...], list[str]] = {}
    for zone, instants in proof.coming.items():
        local = tuple(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in instants[:COMING])
        if list(local) != mine[:COMING]:
            there.setdefault(local, []).append(zone)
    counted: dict[str, int] = {}
    for reach in proof.reaches:
        counted[reach.zone] = counted.get(reach.zone, 0) + 1
    for zones in there.values():
        people = sum(counted.get(zone, 0) for zone in zones)
        shown = [moment(visit, at, zones[0]) for at in proof.coming[zones[0]][:COMING]]
        yield zones, visit.words("card.zone.people", count=people), shown


# -- to whom, and what it would have sent ---------------------------------------------------------------


def _who(visit: Visit, kept: Automation, proof: Proof) -> str:
    words, count = visit.words, len(proof.reaches)
    if not kept.rule.messages():
        return line(words("card.who.records"))
    names = names_html(visit, [one.name for one in proof.reaches])
    if kept.rule.condition is not None:
        if not count:
            return line(words("card.who.unmet"))
        return f"{line(words('card.who.met', count=count))}<br><small>{names}</small>"
    if not count:
        return line(words("card.who.nobody"))
    if count == 1:
        return names
    return f"<strong>{line(words('card.who.today', count=count))}</strong><br>{names}"


def _past(visit: Visit, kept: Automation, proof: Proof) -> str:
    words = visit.words
    if not proof.past:
        return line(words("card.past.nothing"))
    kind = "card.past.records" if kept.rule.condition is not None else "card.past.people"
    items = []
    for run in proof.past:
        what = words(kind, count=run.people) if run.people else words("card.past.nobody")
        day = formats.day(run.instant.astimezone(visit.actor.tz).date(), words.language, visit.today)
        when = day if is_checked(kept) else moment(visit, run.instant)
        items.append(f"<li>{line(when)} {line(what)}</li>")
    lead = line(words("card.past.runs", count=len(proof.past)))
    shown, rest = items[:COMING], items[COMING:]
    drawn = f'{lead}<ul class="okr-plain">{"".join(shown)}</ul>'
    if rest:
        more = line(words("card.who.more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{more}</summary><ul class="okr-plain">{"".join(rest)}</ul></details>'
        )
    return drawn


def _rights(visit: Visit, kept: Automation) -> str:
    audience = kept.rule.audience
    if audience is None or audience.kind == "me" or audience.people == (visit.actor.email,):
        return visit.words("card.rights.own")
    return visit.words("card.rights.admin" if visit.actor.is_admin else "card.rights.lead")


# -- the buttons ------------------------------------------------------------------------------------


def _confirm(visit: Visit, key: str) -> None:
    words = visit.words
    try:
        kept = visit.store.confirm_automation(visit.actor, key, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    coming = kept.rule.coming(visit.now, 1)
    if is_checked(kept) or not coming:
        st.session_state["okr_said"] = words("card.confirmed.check", rule=kept.key)
    else:
        st.session_state["okr_said"] = words("card.confirmed", rule=kept.key, moment=moment(visit, coming[0]))
    _put_away(key)


def _discard(visit: Visit, key: str) -> None:
    try:
        visit.store.remove_automation(visit.actor, key, visit.now)
    except NotFoundError:
        st.session_state["okr_said"] = visit.words("card.gone")
    else:
        st.session_state["okr_said"] = visit.words("card.discarded")
    _put_away(key)


def change(key: str, sentence: str, on_page: bool) -> None:
    """Put the sentence back into the box, from where a new reading of it takes the place of this one."""
    st.session_state["okr_rule_prefill"] = sentence
    st.session_state["okr_rule_changing"] = key
    st.query_params.pop("rule", None)
    if not on_page:
        st.session_state["okr_go"] = "places/automations.py"


def _put_away(key: str) -> None:
    if st.query_params.get("rule") == key:
        st.query_params.pop("rule", None)


def say_what_was_done() -> None:
    """Tell what the last click did, once."""
    if said := st.session_state.pop("okr_said", None):
        st.toast(label(str(said), 300))
