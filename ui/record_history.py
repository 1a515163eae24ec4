"""The history of a record in words: what was changed, from what to what, by whom and when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of
from okr.fields import CHECK_IN_FIELDS, FIELDS, Field
from okr.store.change_log import Past
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.links import record_link
from ui.moments import said_when
from ui.session import Visit

MOST = 200
SHOWN = 12
LONGEST = 160
_WHOLE = {"created": "page.history.created", "removed": "page.history.removed"}
_AMOUNTS = ("baseline", "target", "value")


def draw_history(visit: Visit, kind: str, key: str, unit: str = "") -> None:
    """Every change of the record, the latest first; a sentence where there was none."""
    words = visit.words
    acts = _acts(visit.store.history(visit.actor, kind, key, limit=MOST))
    st.html(f'<h2 class="okr-part">{escaped(words("page.history"))}</h2>')
    if not acts:
        st.html(f'<p class="okr-note">{escaped(words("page.history.none"))}</p>')
        return
    rows = [_act(visit, act, kind, unit) for act in acts]
    drawn = f'<ul class="okr-past">{"".join(rows[:SHOWN])}</ul>'
    if rest := rows[SHOWN:]:
        said = line(words("more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{said}</summary><ul class="okr-past">{"".join(rest)}</ul></details>'
        )
    st.markdown(f'<div class="okr-figures">{drawn}</div>', unsafe_allow_html=True)


def _acts(past: Sequence[Past]) -> list[list[Past]]:
    """What was done at once together, without what only says that somebody checked in."""
    found: dict[tuple[datetime, str, str, int], list[Past]] = {}
    for one in past:
        if one.kind == "check_in" and one.field == "created":
            continue
        found.setdefault((one.at, one.kind, one.key, one.version), []).append(one)
    return list(found.values())


def _act(visit: Visit, act: Sequence[Past], kind: str, unit: str) -> str:
    words, first = visit.words, act[0]
    who = line(first.by_name) if first.by_name else line(words("page.history.import"))
    when = line(said_when(visit, first.at))
    whole = next((one.field for one in act if one.field in ("created", "removed")), "")
    about = ""
    if first.kind != kind:
        about = f"<span>{line(words(f'record.{first.kind}'))} {_cite(first.key)}</span>"
    told = [f'<span class="okr-past-whole">{line(words(_WHOLE[whole]))}</span>'] if whole else []
    # Of a record that was made nothing stood there before, and what it began with is told by its first values.
    told += [_field(visit, one, unit, whole) for one in reversed(act) if one.field not in ("created", "removed")]
    said = "".join(f"<li>{each}</li>" for each in told)
    return f'<li><p class="okr-past-who"><span>{when}</span><span>{who}</span>{about}</p><ul>{said}</ul></li>'


def _cite(key: str) -> str:
    return f'<button type="button" class="okr-cite" data-open="{line(key)}">{line(key)}</button>'


def _field(visit: Visit, one: Past, unit: str, whole: str) -> str:
    name = line(field_name(visit, one.kind, one.field))
    old, new = (value_html(visit, one.kind, one.field, value, unit) for value in (one.old, one.new))
    if whole == "created":
        return f"{name}: {new}"
    if whole == "removed":
        return f'{name}: <s class="okr-was">{old}</s>'
    return f'{name}: <s class="okr-was">{old}</s> <span aria-hidden="true">→</span> <strong>{new}</strong>'


def field_name(visit: Visit, kind: str, name: str) -> str:
    """What a field is called in the reader's language."""
    for key in (f"edit.field.{kind}.{name}", f"edit.field.{name}", f"name.{name}"):
        if visit.words.has(key):
            return visit.words(key)
    return name.replace("_", " ")


def value_html(visit: Visit, kind: str, name: str, value: Any, unit: str) -> str:
    """A value of a change as people write it, for HTML on one line; a dash for nothing."""
    if value is None or value in ("", []):
        return "–"
    fields = CHECK_IN_FIELDS if kind == "check_in" else FIELDS.get(kind, {})
    field = fields.get(name)
    if isinstance(value, list):
        return ", ".join(_one(visit, field, name, each, unit) for each in value)
    return _one(visit, field, name, value, unit)


def _one(visit: Visit, field: Field | None, name: str, value: Any, unit: str) -> str:
    words, language = visit.words, visit.words.language
    if isinstance(value, bool):
        return line(words("word.true" if value else "word.false"))
    if isinstance(value, dict):
        return _step(visit, value)
    if field is not None and field.to:
        return _linked(visit, field.to, str(value))
    if isinstance(value, int | float):
        if name in _AMOUNTS:
            return line(formats.amount(float(value), plain(unit) or None, language))
        if name == "confidence":
            return line(words("record.confidence", n=int(value)))
        return line(formats.number(float(value), language))
    if (field is not None and field.form == "day") or name == "at":
        return line(_day(visit, str(value)))
    if field is not None and field.form == "choice":
        key = f"edit.choice.{name}.{value}"
        return line(words(key) if words.has(key) else word(visit, value))
    said = plain(str(value))
    return line(said if len(said) <= LONGEST else f"{said[: LONGEST - 1].rstrip()}…")


def _linked(visit: Visit, kind: str, key: str) -> str:
    if kind == "person":
        return record_link(key, visit.person_name(key), "okr-link")
    if kind == "team":
        return record_link(key, visit.team_name(key), "okr-link")
    return record_link(key, key, "okr-link")


def _step(visit: Visit, step: dict[str, Any]) -> str:
    said = plain(str(step.get("title", "")))[:LONGEST]
    if done := step.get("done_on"):
        said = f"{said} ({visit.words('task.done_on', day=_day(visit, str(done)))})"
    return line(said)


def _day(visit: Visit, value: str) -> str:
    try:
        if len(value) > 10:
            on = day_of(datetime.fromisoformat(value), visit.company.tz)
        else:
            on = date.fromisoformat(value)
    except ValueError:
        return value
    return formats.day(on, visit.words.language, visit.today)
