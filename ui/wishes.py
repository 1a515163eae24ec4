"""How somebody wants to be reached outside the app: the channel, the quiet hours, one by one or once a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from urllib.parse import urljoin

import streamlit as st

from assistant.channels import channels_of
from assistant.channels.listed import public_url
from okr.errors import OkrError
from okr.store.preferences import DIGESTS, INBOX, Preferences
from ui.harmless import escaped, label, plain
from ui.rule_words import city, refusal
from ui.session import Visit

USUAL = "usual"
EVENING, MORNING = time(18), time(8)


def draw_wishes(visit: Visit) -> None:
    """The wishes; each change is kept at once."""
    words = visit.words
    with st.container(key="okr_wishes"):
        try:
            channels = channels_of(visit.house.settings)
        except OkrError as reason:
            st.html(f'<p class="okr-note okr-failed">{escaped(refusal(visit, reason))}</p>')
            return
        names, kept = list(channels.by_name), visit.store.preferences(visit.actor)
        st.html(f'<p class="okr-foot">{escaped(words("wishes.about"))}</p>')
        if names:
            _draw_ways(visit, kept, names, channels.usual)
        else:
            st.html(f'<p class="okr-note">{escaped(words("wishes.no_channel"))}</p>')
        _draw_turned_off(visit)
        _draw_feed(visit)


def _draw_feed(visit: Visit) -> None:
    """The address of the calendar of coming firings, which is shown only when asked for."""
    words = visit.words
    over, about = escaped(words("wishes.feed")), escaped(words("wishes.feed.about"))
    st.html(f'<h2 class="okr-part">{over}</h2><p class="okr-foot">{about}</p>')
    whose, address = st.session_state.get("okr_feed") or ("", "")
    if whose != visit.actor.email:
        st.button(words("wishes.feed.show"), key="okr_feed_show", on_click=_show_feed, args=(visit, False))
        return
    st.code(address, language=None, wrap_lines=True)
    st.button(
        words("wishes.feed.renew"), key="okr_feed_renew", type="tertiary", on_click=_show_feed, args=(visit, True)
    )


def _show_feed(visit: Visit, renew: bool) -> None:
    try:
        secret = visit.store.feed_secret(visit.actor, visit.now, renew=renew)
        base = public_url(visit.house.settings) or urljoin(str(st.context.url or ""), "/").rstrip("/")
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    st.session_state["okr_feed"] = (visit.actor.email, f"{base}/okr/calendar/{secret}.ics")
    if renew:
        st.session_state["okr_said"] = visit.words("wishes.feed.renewed")


def _draw_ways(visit: Visit, kept: Preferences, names: list[str], usual: str) -> None:
    words = visit.words

    def keep(change: Callable[[Preferences], Preferences]) -> None:
        try:
            visit.store.set_preferences(
                visit.actor, change(visit.store.preferences(visit.actor)), visit.now, channels=names
            )
        except OkrError as reason:
            st.session_state["okr_said"] = refusal(visit, reason)
            return
        st.session_state["okr_said"] = words("wishes.kept")

    def named(channel: str) -> str:
        if channel == USUAL:
            return words("wishes.usual", channel=words("wishes.inbox") if usual == INBOX else plain(usual))
        return words("wishes.inbox") if channel == INBOX else plain(channel)

    options = [USUAL, INBOX, *names]
    st.selectbox(
        words("wishes.channel"),
        options,
        index=options.index(kept.channel) if kept.channel in options else 0,
        format_func=named,
        key="okr_wish_channel",
        on_change=lambda: keep(
            lambda now: replace(now, channel=None if _chosen("channel") == USUAL else _chosen("channel"))
        ),
    )
    st.toggle(
        words("wishes.quiet", zone=city(visit.actor.zone)),
        value=kept.quiet is not None,
        key="okr_wish_quiet",
        on_change=lambda: keep(lambda now: replace(now, quiet=(EVENING, MORNING) if _chosen("quiet") else None)),
    )
    if kept.quiet is not None:
        with st.container(horizontal=True, key="okr_wish_hours"):
            for name, value in zip(("from", "to"), kept.quiet, strict=True):
                st.time_input(
                    words(f"wishes.quiet.{name}"),
                    value=value,
                    key=f"okr_wish_{name}",
                    on_change=lambda: keep(lambda now: replace(now, quiet=(_chosen("from"), _chosen("to")))),
                )
    st.segmented_control(
        words("wishes.digest"),
        DIGESTS,
        default=kept.digest,
        key="okr_wish_digest",
        format_func=lambda digest: words(f"wishes.digest.{digest}"),
        on_change=lambda: keep(lambda now: replace(now, digest=_chosen("digest") or "none")),
    )
    if kept.digest == "daily":
        st.time_input(
            words("wishes.digest.at"),
            value=kept.digest_at,
            key="okr_wish_digest_at",
            on_change=lambda: keep(lambda now: replace(now, digest_at=_chosen("digest_at"))),
        )


def _chosen(name: str):  # type: ignore[no-untyped-def]  # whatever the widget of that name holds
    return st.session_state[f"okr_wish_{name}"]


def _draw_turned_off(visit: Visit) -> None:
    words = visit.words
    off = visit.store.turned_off(visit.actor)
    if not off:
        return
    st.html(f'<h2 class="okr-part">{escaped(words("wishes.off"))}</h2>')
    for one in off:
        said = words("wishes.off.again", rule=one.rule, name=one.owner_name)
        st.button(label(said), key=f"okr_wish_on_{one.rule}", on_click=_turn_on, args=(visit, one.rule))


def _turn_on(visit: Visit, rule: str) -> None:
    try:
        visit.store.turn_on(visit.actor, rule, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusal(visit, reason)
        return
    st.session_state["okr_said"] = visit.words("inbox.turned_on", rule=rule)
