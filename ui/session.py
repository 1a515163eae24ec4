"""Who is asking, of which store, in which language: what every page begins with.

The store is the process's; the person, the language and the conversation are the visit's and stand
in the page's address, so that a refresh brings them back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path

import streamlit as st

from assistant import searching
from assistant.conversation import Conversation
from assistant.settings import Settings, read_settings
from okr.access import Actor
from okr.calendar import cycles_in_force, day_of
from okr.errors import UnknownPersonError
from okr.sample.directory import FIRST_ASKER
from okr.store import Store, open_store
from okr.store.directory import Company, Person, Team
from ui.wording import LANGUAGES, Wording

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class House:
    """The store this process serves, and its settings."""

    settings: Settings
    store: Store


@lru_cache(maxsize=8)
def _store(home: Path, url: str | None) -> Store:
    return open_store(home, url)


def open_house() -> House:
    """The store of the home folder, opened once a process; `StoreError` and `SettingsError` say why it cannot be."""
    settings = read_settings()
    url = settings.database_url.get_secret_value() if settings.database_url else None
    store = _store(settings.home.absolute(), url)
    searching.prepare(store, settings, fill=True)
    return House(settings, store)


@dataclass(frozen=True)
class Visit:
    """One person on one page at one moment."""

    house: House
    company: Company
    actor: Actor
    words: Wording
    now: datetime
    chosen: bool  # the person was chosen from the directory of the sample company, not signed in

    @property
    def store(self) -> Store:
        """The store."""
        return self.house.store

    @cached_property
    def today(self) -> date:
        """The day it is in the company's zone."""
        return day_of(self.now, self.company.tz)

    @cached_property
    def cycle_name(self) -> str:
        """The names of the cycles in force; empty where there is none."""
        return ", ".join(cycle.name for cycle in cycles_in_force(self.store.cycles(), self.today))

    @cached_property
    def people(self) -> dict[str, Person]:
        """Everybody by e-mail, those who left included."""
        return {person.email: person for person in self.store.people(active=False)}

    @cached_property
    def teams(self) -> dict[str, Team]:
        """All teams by key."""
        return {team.key: team for team in self.store.teams()}

    def person_name(self, email: object) -> str:
        """The name of the person with that address; the address itself where nobody has it."""
        found = self.people.get(str(email))
        return found.name if found else str(email)

    def team_name(self, key: object) -> str:
        """The name of the team with that key; the key itself where none has it."""
        found = self.teams.get(str(key))
        return found.name if found else str(key)

    def conversation(self, conversation_id: str | None) -> Conversation:
        """The person's conversation with that id, or a new one; `NotFoundError` for one that is not theirs."""
        held = st.session_state.get("okr_conversation")
        if isinstance(held, Conversation) and held.id == conversation_id and held.actor == self.actor:
            return held
        made = Conversation(self.store, self.actor, self.house.settings, conversation_id)
        st.session_state["okr_conversation"] = made
        return made


def here_only() -> bool:
    """Whether the page answers on this machine alone: bound to loopback, and asked for by a name of loopback.

    The name is looked at too, because a page elsewhere can make a browser here ask under a name of its own.
    """
    if st.get_option("server.address") not in LOOPBACK:
        return False
    headers = st.context.headers
    if not headers:
        # Whatever comes over a network names its host; a page run without one is run on this machine.
        return True
    host = str(headers.get("Host", ""))
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.strip("[]") in LOOPBACK


def language_of(actor: Actor) -> str:
    """The language chosen on the page, else the person's own."""
    asked = st.query_params.get("lang", "")
    return asked if asked in LANGUAGES else actor.language if actor.language in LANGUAGES else "en"


def sample_asker(store: Store) -> Actor:
    """The person of the sample company named in the address, else its first asker, else anybody active."""
    for email in (st.query_params.get("as", ""), FIRST_ASKER):
        try:
            return store.actor(email)
        except UnknownPersonError:
            continue
    return store.actor(store.people()[0].email)


def visit_of(house: House, company: Company, actor: Actor, *, chosen: bool) -> Visit:
    """The visit of this run of the page."""
    spoken = replace(actor, language=language_of(actor))
    return Visit(house, company, spoken, Wording(spoken.language), datetime.now(UTC), chosen)


def renewed(visit: Visit) -> Visit:
    """The same visit at this moment, for what is pressed in a part of the page that was drawn a while ago."""
    return replace(visit, now=datetime.now(UTC))
