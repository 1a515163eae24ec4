"""People and teams: who is in which team, who leads, what each of them has; and one person with all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import streamlit as st

from assistant.telling import formats
from okr.language.words import fold
from okr.store.choosing import OwnedRecord
from okr.store.directory import Person, Team
from ui.beginning import begin
from ui.edit_links import edit_link
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.leaving import draw_leaving
from ui.links import address, link, record_link
from ui.page import kept_address
from ui.session import Visit

MOST = 300
HERE, LEFT, ALL = "here", "left", "all"
KINDS = ("objective", "key_result", "kpi", "task")
LONGEST = 120


def page(visit: Visit) -> None:
    """The whole page."""
    begin(visit)
    named = st.query_params.get("person", "").strip().lower()
    if named:
        person = visit.people.get(named)
        if person is not None:
            _draw_person(visit, person)
            return
        st.html(f'<p class="okr-note">{escaped(visit.words("people.missing"))}</p>')
    _draw_all(visit)


def _heading(title: str, about: str) -> None:
    st.html(f'<div class="okr-heading"><h1>{line(title)}</h1><p>{line(about)}</p></div>')


# ── everybody ──────────────────────────────────────────────────────────────────────────────────


def _draw_all(visit: Visit) -> None:
    words, language = visit.words, visit.words.language
    here = [person for person in visit.people.values() if person.active]
    people, teams = formats.counted(len(here), "person", language), formats.counted(len(visit.teams), "team", language)
    _heading(words("people.title"), words("people.about", people=people, teams=teams))
    if visit.actor.is_admin:
        with st.container(key="okr_acts_people", horizontal=True):
            edit_link(visit, words("edit.new.person"), {"kind": "person"}, ":material/person_add:")
            edit_link(visit, words("edit.new.team"), {"kind": "team"}, ":material/group_add:")
    typed, team, which = _filters(visit)
    found = _matching(visit, typed, team, which)
    shown, more = found[:MOST], len(found) - MOST
    if not shown:
        st.html(f'<p class="okr-note">{escaped(words("people.none"))}</p>')
        return
    everywhere = not (typed or team or which != HERE)
    st.markdown(_listed(visit, shown, team, empty_teams=everywhere), unsafe_allow_html=True)
    if more > 0:
        st.html(f'<p class="okr-foot">{line(words("people.more", count=more))}</p>')


def _filters(visit: Visit) -> tuple[str, str | None, str]:
    words = visit.words
    asked = st.query_params.get("team")
    keys: list[str | None] = [None, *(team.key for team, _ in in_order(visit.teams.values()))]
    with st.container(key="okr_people_filters", horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            words("people.search"), key="okr_people_q", max_chars=LONGEST, placeholder=words("people.search.example")
        )
        team = st.selectbox(
            words("people.team"), keys, index=keys.index(asked) if asked in keys else 0, key="okr_people_team",
            format_func=lambda key: plain(visit.team_name(key)) if key else words("people.team.all"),
            placeholder=words("people.team.all"),
        )  # fmt: skip
        which = st.segmented_control(
            words("people.which"), (HERE, LEFT, ALL), default=HERE, key="okr_people_which",
            format_func=lambda one: words(f"people.which.{one}"),
        )  # fmt: skip
    return typed.strip(), team, str(which or HERE)


def _matching(visit: Visit, typed: str, team: str | None, which: str) -> list[Person]:
    wanted = fold(typed).split()
    within = set(_below(visit.teams, team)) if team else None
    found = []
    for person in visit.people.values():
        if which != ALL and person.active != (which == HERE):
            continue
        if within is not None and person.team not in within:
            continue
        said = fold(f"{person.name} {person.email}")
        if all(part in said for part in wanted):
            found.append(person)
    return found


def _below(teams: Mapping[str, Team], key: str) -> Iterable[str]:
    yield key
    for team in teams.values():
        if team.above == key:
            yield from _below(teams, team.key)


def in_order(teams: Iterable[Team]) -> list[tuple[Team, int]]:
    """The teams as a tree from the top, each with how deep it stands."""
    every = list(teams)

    def under(above: str | None, depth: int) -> Iterable[tuple[Team, int]]:
        for team in every:
            if team.above == above:
                yield team, depth
                yield from under(team.key, depth + 1)

    return list(under(None, 0))


def _listed(visit: Visit, people: Sequence[Person], team: str | None, *, empty_teams: bool) -> str:
    counts = visit.store.owned_counts(visit.actor)
    decided = visit.store.teams_decided(visit.actor)
    by_team: dict[str | None, list[Person]] = {}
    for person in people:
        by_team.setdefault(person.team, []).append(person)
    parts = []
    for one, depth in in_order(visit.teams.values()):
        members = by_team.get(one.key, [])
        # A team without anybody still has a lead and a place.
        if members or empty_teams or one.key == team:
            head = _team(visit, one, len(members), decided=one.key in decided)
            listed = _members(visit, members, counts, one)
            parts.append(f'<section class="okr-team okr-deep-{min(depth, 3)}">{head}{listed}</section>')
    if None in by_team:
        head = f'<h2 class="okr-team-name">{line(visit.words("people.no_team"))}</h2>'
        parts.append(f'<section class="okr-team">{head}{_members(visit, by_team[None], counts, None)}</section>')
    return f'<div class="okr-people">{"".join(parts)}</div>'


def _team(visit: Visit, team: Team, count: int, *, decided: bool) -> str:
    words = visit.words
    lead = words("people.led_by", name=visit.person_name(team.lead)) if team.lead else words("people.no_lead")
    facts = [line(lead), line(formats.counted(count, "person", words.language))]
    if visit.actor.is_admin:
        spoken = words("people.edit_of", name=plain(team.name))
        facts.append(link(address("edit", {"kind": "team", "id": team.key}), words("edit.button"), spoken=spoken))
    if decided:
        text = words("edit.add.objective")
        spoken = f"{text}: {plain(team.name)}"
        facts.append(link(address("edit", {"kind": "objective", "team": team.key}), text, spoken=spoken))
    small = "".join(f"<span>{fact}</span>" for fact in facts)
    name = record_link(team.key, team.name)
    return f'<h2 class="okr-team-name">{name}</h2><div class="okr-small"><div>{small}</div></div>'


def _members(
    visit: Visit, members: Sequence[Person], counts: Mapping[str, Mapping[str, int]], team: Team | None
) -> str:
    if not members:
        return ""
    rows = "".join(_member(visit, person, counts.get(person.email, {}), team) for person in members)
    return f'<ul class="okr-members">{rows}</ul>'


def _member(visit: Visit, person: Person, counts: Mapping[str, int], team: Team | None) -> str:
    words, language = visit.words, visit.words.language
    to = address("people", {"person": person.email})
    marks = []
    if team is not None and team.lead == person.email:
        marks.append(words("people.leads"))
    elif person.role != "employee":
        marks.append(word(visit, person.role))
    if not person.active:
        marks.append(words("people.has_left"))
    has = [formats.counted(counts[kind], kind, language) for kind in KINDS if counts.get(kind)]
    owned = link(to, " · ".join(has), spoken=f"{plain(person.name)}: {', '.join(has)}") if has else ""
    badges = "".join(f'<span class="okr-role">{line(mark)}</span>' for mark in marks)
    return f'<li>{link(to, person.name, "okr-titled")}{badges}<span class="okr-has">{owned}</span></li>'


# ── one person ─────────────────────────────────────────────────────────────────────────────────


def _draw_person(visit: Visit, person: Person) -> None:
    words = visit.words
    with st.container(key="okr_acts_back", horizontal=True):
        back = kept_address()
        st.page_link("places/people.py", label=words("people.back"), icon=":material/arrow_back:", query_params=back)
    kept = visit.store.record_fields(visit.actor, "person", person.email)
    leads = [team.name for team in visit.teams.values() if team.lead == person.email]
    about = [person.email, word(visit, person.role)]
    about += [visit.team_name(person.team)] if person.team else []
    about += [words("people.leads_of", names=", ".join(leads))] if leads else []
    if kept.fields.get("manager"):
        about.append(words("people.reports_to", name=visit.person_name(kept.fields["manager"])))
    if not person.active:
        about.append(words("people.has_left"))
    _heading(person.name, " · ".join(plain(part) for part in about))
    if kept.may_change:
        with st.container(key="okr_acts_person", horizontal=True):
            said = words("edit.button" if visit.actor.is_admin else "people.own_settings")
            edit_link(visit, said, {"kind": "person", "id": person.email}, ":material/edit:")
    owned = visit.store.owned_by(visit.actor, person.email)
    st.html(f'<h2 class="okr-part">{escaped(words("people.owns"))}</h2>')
    if not owned:
        st.html(f'<p class="okr-foot">{escaped(words("people.owns.nothing"))}</p>')
    else:
        st.markdown(_owned(visit, owned), unsafe_allow_html=True)
    if visit.actor.is_admin:
        draw_leaving(visit, person, owned)


def _owned(visit: Visit, owned: Sequence[OwnedRecord]) -> str:
    parts = []
    for kind, group in groupby(owned, key=lambda one: one.kind):
        some = list(group)
        name = formats.counted(len(some), kind, visit.words.language)
        items = "".join(f"<li>{record_link(one.key, one.title)}</li>" for one in some)
        parts.append(f'<h3 class="okr-over">{line(name)}</h3><ul class="okr-members">{items}</ul>')
    return f'<div class="okr-people">{"".join(parts)}</div>'
