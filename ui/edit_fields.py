"""The fields of a form as widgets: chosen by name, explained in a sentence, only those that matter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from okr.fields import FIELDS, MOST_KEY, MOST_TEXT, MOST_TITLE, Field
from okr.health import CADENCE_DAYS
from okr.store.choosing import Choice
from ui.edit_form import FIGURES, LINES, WIDGET, Form, fields_shown
from ui.edit_steps import draw_steps
from ui.figures import word
from ui.harmless import plain
from ui.session import Visit

EMPTY = ""
KINDS_OF_OBJECTIVE = ("aspirational", "committed")


def draw_fields(visit: Visit, form: Form) -> None:
    """All fields of the form; what stands in them afterwards is in `form.typed`."""
    shown = fields_shown(visit, form)
    for number, names in enumerate(LINES[form.kind]):
        here = [name for name in names if name in shown]
        if not here:
            continue
        if "milestones" in here:
            draw_steps(visit, form)
            continue
        with st.container(key=f"okr_ed_line_{number}", horizontal=True, vertical_alignment="bottom"):
            for name in here:
                form.typed[name] = _draw(visit, form, name)


def field_label(visit: Visit, kind: str, name: str) -> str:
    """What a field is called in the form of a kind."""
    own = f"edit.field.{kind}.{name}"
    return visit.words(own if visit.words.has(own) else f"edit.field.{name}")


def choice_word(visit: Visit, name: str, value: object) -> str:
    """What a choice is called."""
    own = f"edit.choice.{name}.{str(value).lower()}"
    return visit.words(own) if visit.words.has(own) else word(visit, value)


def value_word(visit: Visit, form: Form, name: str, value: Any) -> str:
    """A value of a field as people say it, links by their names."""
    each = FIELDS[form.kind].get(name)
    if value in (None, "", []):
        return visit.words("edit.none")
    if each is not None and each.form == "link":
        return _name_of(visit, each.to, str(value))
    if each is not None and each.form == "links":
        names = visit.store.names_of(visit.actor, each.to, value)
        return "; ".join(plain(names.get(key, key)) for key in value)
    if each is not None and each.form in ("choice", "flag"):
        return choice_word(visit, name, value)
    if each is not None and each.form == "steps":
        return visit.words("edit.step.more", count=len(value))
    return plain(str(value))


def _draw(visit: Visit, form: Form, name: str) -> Any:
    key, value = f"{WIDGET}{name}", form.typed.get(name)
    helped = f"edit.help.{form.kind}.{name}"
    said = field_label(visit, form.kind, name)
    about = visit.words(helped) if visit.words.has(helped) else None
    each = FIELDS[form.kind].get(name)
    if name == "kind" and form.kind == "key_result":
        return _picked(visit, key, name, FIELDS["key_result"]["kind"].choices, value, said, about, radio=True)
    if name == "kind" and form.kind == "objective":
        kinds = dict.fromkeys([*KINDS_OF_OBJECTIVE, *([value] if value else [])])
        return _picked(visit, key, name, tuple(kinds), value, said, about)
    if each is None or each.form in ("title", "key", "number", "share"):
        most = 60 if name in FIGURES or (each and each.form == "number") else each.most if each else MOST_KEY
        _seed(key, value or EMPTY)
        return st.text_input(said, key=key, help=about, max_chars=min(most or MOST_KEY, MOST_TITLE))
    if each.form == "text":
        _seed(key, value or EMPTY)
        return st.text_area(said, key=key, help=about, max_chars=MOST_TEXT)
    if each.form == "day":
        return _day(visit, key, value, said, about)
    if each.form in ("link", "links"):
        return _linked(visit, form, each, key, value, said, about)
    if each.form == "zone":
        return _zone(visit, key, value, said, about)
    choices = _choices_of(form, each, value)
    return _picked(visit, key, name, choices, value, said, about, empty=not each.needed)


def _choices_of(form: Form, each: Field, value: Any) -> tuple[str, ...]:
    if each.name == "cadence":
        return tuple(CADENCE_DAYS)
    if each.name == "state" and form.kind == "cycle":
        # A cycle is closed with its scores, not by a field; one that is closed may be opened again.
        return tuple(each for each in each.choices if each != "closed" or value == "closed")
    return each.choices


def _seed(key: str, value: Any) -> None:
    if key not in st.session_state:
        st.session_state[key] = value


def _picked(
    visit: Visit, key: str, name: str, choices: Sequence[str], value: Any, said: str, about: str | None,
    *, empty: bool = False, radio: bool = False,
) -> Any:  # fmt: skip
    options: list[str | None] = [None, *choices] if empty or value not in choices else list(choices)
    _seed(key, value if value in options else options[0])
    said_as = partial(_said_as, visit, name)
    if radio:
        return st.radio(said, options, key=key, help=about, format_func=said_as, horizontal=True)
    none = _said_as(visit, name, None)
    return st.selectbox(said, options, key=key, help=about, format_func=said_as, placeholder=none)


def _said_as(visit: Visit, name: str, value: str | None) -> str:
    if value is None:
        return visit.words("edit.company_language" if name == "language" else "edit.none")
    return plain(choice_word(visit, name, value))


def _day(visit: Visit, key: str, value: Any, said: str, about: str | None) -> str | None:
    _seed(key, date.fromisoformat(value) if isinstance(value, str) and value else value or None)
    form = "DD.MM.YYYY" if visit.words.language == "pl" else "YYYY-MM-DD"
    chosen = st.date_input(
        said, key=key, help=about, format=form, min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)
    )
    return chosen.isoformat() if isinstance(chosen, date) else None


def _zone(visit: Visit, key: str, value: Any, said: str, about: str | None) -> str | None:
    usual = visit.words("edit.company_zone", zone=visit.company.timezone)
    options = [None, *sorted(each for each in available_timezones() if "/" in each)]
    if value not in options:
        options.append(value)
    _seed(key, value)
    return st.selectbox(said, options, key=key, help=about, format_func=lambda zone: zone or usual, placeholder=usual)


# ── chosen by name ──────────────────────────────────────────────────────────────────────────────


def _linked(visit: Visit, form: Form, each: Field, key: str, value: Any, said: str, about: str | None) -> Any:
    offered = {one.key: one for one in _offered(visit, form, each)}
    held = list(value or []) if each.form == "links" else [value] if value else []
    missing = [one for one in held if one not in offered]
    if missing:
        names = visit.store.names_of(visit.actor, each.to, missing)
        offered = {one: Choice(one, names[one]) for one in missing if one in names} | offered
    named = _names(offered)
    if each.form == "links":
        _seed(key, [one for one in held if one in offered])
        return st.multiselect(
            said, list(offered), key=key, help=about, format_func=named, placeholder=visit.words("edit.none")
        )
    options: list[str | None] = list(offered) if each.needed and value in offered else [None, *offered]
    _seed(key, value if value in offered else None)
    none = visit.words("edit.nobody" if each.to == "person" else "edit.none")
    said_as = partial(_chosen, named, none)
    return st.selectbox(said, options, key=key, help=about, format_func=said_as, placeholder=none)


def _chosen(named: Callable[[str], str], none: str, one: str | None) -> str:
    return named(one) if one else none


def _names(offered: Mapping[str, Choice]) -> Callable[[str], str]:
    def said(key: str) -> str:
        one = offered[key]
        return f"{plain(one.title)} · {plain(one.note)}" if one.note else plain(one.title)

    return said


def _offered(visit: Visit, form: Form, each: Field) -> list[Choice]:
    store, actor = visit.store, visit.actor
    match each.to:
        case "person":
            return _people(visit)
        case "team":
            decided = store.teams_decided(actor) if form.kind in ("objective", "kpi") else None
            teams = [team for team in visit.teams.values() if decided is None or team.key in decided]
            return [Choice(team.key, team.name) for team in teams if form.kind != "team" or team.key != form.key]
        case "cycle":
            open_only = form.kind == "objective"
            found = [one for one in store.cycles() if not open_only or one.state != "closed"]
            return [Choice(one.key, one.name) for one in reversed(found)]
        case "kpi":
            return [Choice(one.key, one.name, visit.team_name(one.team)) for one in store.kpis(actor)]
        case "objective":
            cycle, near = form.typed.get("cycle"), form.typed.get("team")
            if form.kind == "key_result":
                return store.choices(actor, "objective", changeable=True)
            found_above = store.choices(actor, "objective", cycle=cycle, near=near)
            return [one for one in found_above if one.key != form.key]
        case "key_result":
            return store.choices(actor, "key_result", changeable=True)
    return [one for one in store.choices(actor, "task", changeable=each.name == "parent") if one.key != form.key]


def _people(visit: Visit) -> list[Choice]:
    here = [person for person in visit.people.values() if person.active]
    names = Counter(person.name for person in here)
    return [
        Choice(
            person.email,
            person.name,
            # Two of one name are told apart by their addresses.
            person.email if names[person.name] > 1 else visit.team_name(person.team) if person.team else "",
        )
        for person in here
    ]


def _name_of(visit: Visit, kind: str, key: str) -> str:
    match kind:
        case "person":
            return plain(visit.person_name(key))
        case "team":
            return plain(visit.team_name(key))
    found = visit.store.names_of(visit.actor, kind, [key])
    return f"{plain(found[key])} ({key})" if key in found else plain(key)
