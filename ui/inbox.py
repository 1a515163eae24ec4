"""The inbox: what rules sent to this person, and what they decide about it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from assistant.receiving import why_words
from assistant.telling import formats
from okr.errors import NotFoundError, OkrError
from okr.schedule import instant_of
from okr.store.messages import Message
from ui.beginning import begin
from ui.harmless import escaped, label, line
from ui.page import kept_address
from ui.rule_words import moment, refusal
from ui.session import Visit

SHOWN = 25
VIEWS = ("all", "unread", "snoozed")
MORNING = time(9)


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    # Before the bar, whose bell counts what is left to read.
    opened = _opened(visit)
    begin(visit)
    messages = visit.store.inbox(visit.actor)
    unread = sum(one.is_unread(visit.now) for one in messages)
    with st.container(key="okr_inbox_head", horizontal=True, vertical_alignment="bottom"):
        about = words("inbox.unread", count=unread) if unread else words("inbox.all_read")
        title = f"<h1>{escaped(words('place.inbox'))}</h1><p>{escaped(about)}</p>"
        st.html(f'<div class="okr-heading">{title}</div>', width="content")
        st.space("stretch")
        if unread:
            st.button(words("inbox.read_all"), key="okr_read_all", type="tertiary", on_click=_read_all, args=(visit,))
    if not messages:
        _draw_empty(visit)
    else:
        _draw_messages(visit, messages, opened)
    st.page_link("places/settings.py", label=words("wishes"), icon=":material/tune:", query_params=kept_address())


def _opened(visit: Visit) -> Message | None:
    """The message that stands open, which counts as read from now on."""
    key = st.query_params.get("m")
    if not key:
        return None
    try:
        found = visit.store.message(visit.actor, key)
        if found.is_unread(visit.now) and st.session_state.get("okr_message") == key:
            visit.store.mark_read(visit.actor, key, visit.now)
    except NotFoundError:
        st.query_params.pop("m", None)
        return None
    except OkrError as reason:
        # Reading goes on while nothing can be written.
        st.session_state["okr_said"] = refusal(visit, reason)
    return found


def _draw_empty(visit: Visit) -> None:
    words = visit.words
    st.html(f'<div class="okr-empty-page"><p>{escaped(words("inbox.empty"))}</p></div>')
    st.page_link("places/automations.py", label=words("inbox.empty.next"), query_params=kept_address())


def _draw_messages(visit: Visit, messages: list[Message], opened: Message | None) -> None:
    words, now = visit.words, visit.now
    there = {
        "all": [one for one in messages if not one.is_snoozed(now)],
        "unread": [one for one in messages if one.is_unread(now)],
        "snoozed": [one for one in messages if one.is_snoozed(now)],
    }
    views = [view for view in VIEWS if view == "all" or there[view]]
    chosen = "all"
    if len(views) > 1:
        picked = st.segmented_control(
            words("inbox.view"),
            views,
            default="all",
            key="okr_inbox_view",
            format_func=lambda view: words(f"inbox.view.{view}"),
            label_visibility="collapsed",
        )
        chosen = picked if picked in there else "all"
    most = int(st.session_state.get("okr_messages_shown", SHOWN))
    shown = there[chosen]
    if opened is not None and opened.key not in [one.key for one in shown]:
        # Just read or just put off, it stays where it was opened.
        shown = sorted([opened, *shown], key=lambda one: (one.delivered_at, one.key), reverse=True)
    with st.container(key="okr_messages"):
        for one in shown[:most]:
            _draw_message(visit, one, is_open=opened is not None and one.key == opened.key)
    if len(shown) > most:
        st.button(words("rules.more"), key="okr_messages_more", type="tertiary", on_click=_more, args=(most,))


def _more(most: int) -> None:
    st.session_state["okr_messages_shown"] = most + SHOWN


def _draw_message(visit: Visit, one: Message, *, is_open: bool) -> None:
    unread = one.is_unread(visit.now) and not is_open
    with st.container(key=f"okr_message_{'unread_' if unread else ''}{one.key}"):
        st.button(
            label(one.title, 200),
            key=f"okr_mail_{one.key}",
            type="tertiary",
            width="stretch",
            on_click=_toggle,
            args=(one.key, is_open),
        )
        meta = "".join(f"<span>{part}</span>" for part in _meta(visit, one, unread=unread))
        st.markdown(f'<div class="okr-small"><div>{meta}</div></div>', unsafe_allow_html=True)
        if is_open:
            _draw_open(visit, one)


def _toggle(key: str, is_open: bool) -> None:
    st.session_state.pop("okr_why", None)
    if is_open:
        st.query_params.pop("m", None)
    else:
        st.query_params["m"] = key
        # Only a press reads a message; an address that somebody sent does not.
        st.session_state["okr_message"] = key


def _meta(visit: Visit, one: Message, *, unread: bool) -> list[str]:
    words = visit.words
    parts = [f"<strong>{line(words('inbox.new'))}</strong>"] if unread else []
    parts.append(line(_when(visit, one.delivered_at)))
    if one.is_snoozed(visit.now) and one.snoozed_until is not None:
        parts.append(line(words("inbox.until", moment=moment(visit, one.snoozed_until))))
    if one.acknowledged_at is not None:
        parts.append(line(words("inbox.acknowledged")))
    return parts


def _when(visit: Visit, at: datetime) -> str:
    there = at.astimezone(visit.actor.tz)
    age = (visit.now.astimezone(visit.actor.tz).date() - there.date()).days
    if age in (0, 1):
        said = formats.how_long_ago(there.date(), visit.words.language, visit.now.astimezone(visit.actor.tz).date())
        return f"{said}, {there:%H:%M}"
    return moment(visit, at)


def _draw_open(visit: Visit, one: Message) -> None:
    words, key = visit.words, one.key
    body = f'<div class="okr-body">{escaped(one.body)}</div>'
    records = list(dict.fromkeys([*([one.record] if one.record else []), *(str(r["key"]) for r in one.records)]))
    chips = "".join(
        f'<button type="button" class="okr-chip" data-open="{line(record)}">{line(record)}</button>'
        for record in records[:12]
    )
    said = f"<span>{line(words('inbox.records'))}</span>" if chips else ""
    st.html(f'{body}<div class="okr-chips">{said}{chips}</div>' if chips else body)
    with st.container(key=f"okr_acts_mail_{key}", horizontal=True):
        if one.acknowledged_at is None and one.kind != "notice":
            said = words("inbox.acknowledge")
            st.button(said, key=f"okr_ack_{key}", on_click=_acknowledge, args=(visit, key))
        with st.popover(words("inbox.snooze"), type="tertiary", key=f"okr_later_{key}"):
            for name, until in later(visit.now, visit.actor.zone).items():
                said = f"{words(f'inbox.later.{name}')} · {moment(visit, until)}"
                st.button(
                    label(said),
                    key=f"okr_snooze_{name}_{key}",
                    type="tertiary",
                    on_click=_snooze,
                    args=(visit, key, until),
                )
        asking = st.session_state.get("okr_why") == key
        st.button(words("inbox.why"), key=f"okr_why_{key}", type="tertiary", on_click=_ask_why, args=(key, asking))
    if asking:
        _draw_why(visit, key)


def later(now: datetime, zone: str) -> dict[str, datetime]:
    """The times to put a message off until: in an hour, tomorrow and next Monday in the morning of that zone."""
    there = now.astimezone(ZoneInfo(zone))
    monday = there.date() + timedelta(days=7 - there.weekday())
    return {
        "hour": now + timedelta(hours=1),
        "tomorrow": instant_of(datetime.combine(there.date() + timedelta(days=1), MORNING), zone),
        "monday": instant_of(datetime.combine(monday, MORNING), zone),
    }


def _draw_why(visit: Visit, key: str) -> None:
    try:
        found = visit.store.why(visit.actor, key)
    except NotFoundError:
        return
    said = "".join(f"<p>{escaped(each)}</p>" for each in why_words(found, visit.actor))
    st.html(f'<div class="okr-note okr-why" role="status">{said}</div>')
    if found.key is None:
        return
    with st.container(key=f"okr_acts_why_{key}", horizontal=True):
        if found.may_turn_off:
            said = visit.words("inbox.turn_off")
            st.button(said, key=f"okr_off_{key}", on_click=turn, args=(visit, found.key, False))
        elif found.is_off:
            said = visit.words("inbox.turn_on")
            st.button(said, key=f"okr_on_{key}", on_click=turn, args=(visit, found.key, True))
        if found.own or visit.actor.is_admin:
            said = visit.words("card.open")
            st.button(said, key=f"okr_rule_of_{key}", type="tertiary", on_click=_open_rule, args=(found.key,))


# -- what a press does --------------------------------------------------------------------------------


def _read_all(visit: Visit) -> None:
    try:
        visit.store.mark_all_read(visit.actor, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)


def _acknowledge(visit: Visit, key: str) -> None:
    try:
        visit.store.acknowledge(visit.actor, key, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    st.session_state["okr_said"] = visit.words("inbox.acknowledged.said")


def _snooze(visit: Visit, key: str, until: datetime) -> None:
    try:
        visit.store.snooze(visit.actor, key, until, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    st.session_state["okr_said"] = visit.words("inbox.snoozed", moment=moment(visit, until))
    st.session_state.pop("okr_message", None)
    st.query_params.pop("m", None)


def _ask_why(key: str, asking: bool) -> None:
    st.session_state["okr_why"] = None if asking else key


def turn(visit: Visit, rule: str, on: bool) -> None:
    """Stop the messages of a rule to this person, or let them come again."""
    try:
        (visit.store.turn_on if on else visit.store.turn_off)(visit.actor, rule, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    st.session_state["okr_said"] = visit.words("inbox.turned_on" if on else "inbox.turned_off", rule=rule)


def _open_rule(rule: str) -> None:
    st.query_params.pop("m", None)
    st.query_params["rule"] = rule
    st.session_state["okr_go"] = "places/automations.py"
