"""The frame around every page: the bar with the places there are, the person, and what was asked before."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import streamlit as st

from okr.calendar import day_of
from okr.store.conversations import KeptConversation
from ui.harmless import escaped, label, line, plain
from ui.session import Visit
from ui.wording import LANGUAGES

# The places that exist, in the order of the bar: the page's file and the key of its name.
PLACES = (
    ("places/ask.py", "place.ask"),
    ("places/board.py", "place.board"),
    ("places/my_week.py", "place.my_week"),
    ("places/updates.py", "place.updates"),
    ("places/automations.py", "place.automations"),
)


# Places that are reached in another way than by their name in the bar.
BEHIND = (
    ("places/inbox.py", "place.inbox"),
    ("places/search.py", "place.search"),
    ("places/settings.py", "place.settings"),
    ("places/import_.py", "place.import"),
    ("places/tree.py", "place.tree"),
    ("places/record.py", "place.record"),
    ("places/edit.py", "place.edit"),
    ("places/people.py", "place.people"),
    ("places/cycle.py", "place.cycle"),
    ("places/outlook.py", "place.outlook"),
    ("places/review.py", "place.review"),
)


# The rest is one key away, in the search.
MOST_PINNED = 8


# What stands behind the person's name.
BEHIND_THE_NAME = (
    ("places/people.py", "place.people"),
    ("places/settings.py", "place.settings"),
    ("places/import_.py", "place.import"),
)
FOR_ADMINS = ("places/import_.py",)


def pages(visit: Visit) -> list[st.Page]:
    """The pages of the app, the first of them home."""
    all_places = (*PLACES, *BEHIND)
    return [
        st.Page(file, title=visit.words(name), url_path=_address(file) if number else None, default=number == 0)
        for number, (file, name) in enumerate(all_places)
    ]


def _address(file: str) -> str:
    """Where a page stands: "my-week" for places/my_week.py."""
    return PurePosixPath(file).stem.replace("_", "-").strip("-")


def draw_bar(visit: Visit) -> None:
    """The bar at the top."""
    with st.container(key="okr_top", horizontal=True, vertical_alignment="center"):
        st.html(f'<div class="okr-name">{escaped(visit.company.name)} OKR</div>', width="content")
        with st.container(key="okr_places", horizontal=True, width="content"):
            _draw_places(visit)
        # The same in a menu, which only a telephone shows.
        with st.container(key="okr_menu", width="content"), st.popover(visit.words("places"), type="tertiary"):
            _draw_places(visit)
        st.space("stretch")
        _draw_search(visit)
        _draw_bell(visit)
        with st.container(key="okr_who", width="content"):
            _draw_person(visit)


def _draw_search(visit: Visit) -> None:
    """The way to the search; the page's script opens it without the whole page running for it."""
    name = escaped(visit.words("search"))
    with st.container(key="okr_search", width="content"):
        st.html(
            f'<button type="button" class="okr-search" data-search="1" aria-label="{name}" aria-haspopup="dialog" '
            f'title="{name} (/)" aria-keyshortcuts="/ Control+K"><kbd aria-hidden="true">/</kbd></button>',
            width="content",
        )


def _draw_bell(visit: Visit) -> None:
    """The way to the inbox, with the number of messages that wait to be read."""
    words, count = visit.words, visit.store.unread_count(visit.actor, visit.now)
    with st.container(key="okr_bell", horizontal=True, width="content"):
        name = f"{words('place.inbox')}: {words('bell.unread', count=count)}" if count else words("place.inbox")
        st.page_link("places/inbox.py", label=name, icon=":material/notifications:", query_params=kept_address())
        if count:
            # The name of the link says the number already; this is for the eye.
            st.html(f'<span class="okr-badge" aria-hidden="true">{min(count, 99)}</span>', width="content")


def _draw_places(visit: Visit) -> None:
    for file, name in PLACES:
        st.page_link(file, label=visit.words(name), query_params=kept_address())


def kept_address() -> dict[str, str]:
    """What of the address stays on every page: who is asking, and the language."""
    return {name: st.query_params[name] for name in ("as", "lang") if name in st.query_params}


def _draw_person(visit: Visit) -> None:
    words = visit.words
    with st.popover(label(visit.actor.name), type="tertiary"):
        if visit.chosen:
            st.html(f'<p class="okr-note">{escaped(words("sample"))}</p>')
            people = [person.email for person in visit.store.people()]
            st.selectbox(
                words("sample.who"),
                people,
                index=people.index(visit.actor.email),
                format_func=lambda email: f"{plain(visit.person_name(email))} · {_team_of(visit, email)}",
                key="okr_as",
                on_change=_choose_person,
            )
        else:
            st.html(f'<p class="okr-note">{escaped(words("signed_in", email=visit.actor.email))}</p>')
        st.segmented_control(
            words("language"),
            LANGUAGES,
            default=words.language,
            format_func=lambda code: words(f"language.{code}"),
            key="okr_lang",
            on_change=_choose_language,
        )
        with st.container(key="okr_behind"):
            for file, name in BEHIND_THE_NAME:
                if visit.actor.is_admin or file not in FOR_ADMINS:
                    st.page_link(file, label=words(name), query_params=kept_address(), width="stretch")
        if not visit.chosen:
            st.button(words("sign_out"), on_click=st.logout)


def _team_of(visit: Visit, email: str) -> str:
    person = visit.people.get(email)
    return plain(visit.team_name(person.team)) if person and person.team else ""


def _choose_person() -> None:
    st.query_params["as"] = st.session_state["okr_as"]
    new_talk()


def _choose_language() -> None:
    if chosen := st.session_state["okr_lang"]:
        st.query_params["lang"] = chosen


def new_talk() -> None:
    """The page shows an empty conversation on its next run."""
    st.query_params.pop("c", None)
    st.session_state.pop("okr_unkept", None)
    st.session_state.pop("okr_conversation", None)


def open_talk(conversation_id: str) -> None:
    """The page shows that conversation on its next run."""
    new_talk()
    st.query_params["c"] = conversation_id


def draw_talks(visit: Visit, current: str | None) -> None:
    """What the person asked before, in the sidebar, by day."""
    words = visit.words
    with st.sidebar:
        with st.container(key="okr_new"):
            st.button(words("new"), icon=":material/edit_square:", width="stretch", on_click=new_talk)
        _draw_pinned(visit)
        kept = visit.store.conversations(visit.actor)
        with st.container(key="okr_talks"):
            if not kept:
                st.html(f'<p class="okr-foot">{escaped(words("talks.none"))}</p>')
            heading = ""
            for talk in kept:
                if (day := _day_word(visit, talk)) != heading:
                    heading = day
                    st.html(f'<div class="okr-day">{escaped(heading)}</div>')
                st.button(
                    label(talk.title, 80) or words("talks.untitled"),
                    key=f"okr_talk_{talk.id}",
                    type="secondary" if talk.id == current else "tertiary",
                    width="stretch",
                    on_click=open_talk,
                    args=(talk.id,),
                )


def _draw_pinned(visit: Visit) -> None:
    """What the person pinned, to open beside the conversation."""
    pinned = visit.store.pinned(visit.actor)[:MOST_PINNED]
    if not pinned:
        return
    entries = "".join(
        f'<li><button type="button" class="okr-titled" data-open="{line(ref.key)}">{line(ref.title)}</button></li>'
        for ref in pinned
    )
    st.html(f'<div class="okr-day">{line(visit.words("search.pinned"))}</div><ul class="okr-pinned">{entries}</ul>')


def _day_word(visit: Visit, talk: KeptConversation) -> str:
    on: date = day_of(talk.updated_at, visit.company.tz)
    age = (visit.today - on).days
    return visit.words("talks.today" if age <= 0 else "talks.yesterday" if age == 1 else "talks.earlier")
