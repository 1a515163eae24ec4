"""The coach beside the editor: the named checks that concern what is being written, with reason and mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from assistant.answers import reviews
from assistant.telling.phrases import say
from okr.coach import Advice, KeyResultSet, ObjectiveSet, review, review_key_result, review_objective
from okr.fields import number
from okr.refusals import RefusedError
from okr.store.scope import Scope
from ui.edit_form import Form
from ui.harmless import escaped, line
from ui.session import Visit

MOST = 8
_OF_THE_OBJECTIVE = ("no_key_results", "too_few_key_results", "too_many_key_results")


def draw_coach(visit: Visit, form: Form) -> None:
    """The advice on an objective or key result as it stands in the form."""
    found = advice_on(visit, form)
    words, language = visit.words, visit.words.language
    parts = "".join(
        f"<li><strong>{line(say(language, f'coach.{one.check}'))}</strong>"
        f"{_about(form, one)}<p>{line(_begun(reviews.reason(one, language)))}</p>"
        f"<p>{line(_begun(reviews.mend(one, language)))}</p></li>"
        for one in found[:MOST]
    )
    written = str(form.typed.get("title") or "").strip()
    about = words("edit.coach.about" if found else "edit.coach.sound" if written else "edit.coach.waits")
    title = escaped(words("edit.coach"))
    st.html(
        f'<aside class="okr-coach" aria-label="{title}"><h2 class="okr-over">{title}</h2>'
        f'<p class="okr-foot">{escaped(about)}</p><ul>{parts}</ul></aside>'
    )


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _about(form: Form, one: Advice) -> str:
    # Under a new objective there are several key results, and it has to be said which one is meant.
    return f"<small>{line(one.title)}</small>" if form.kind == "objective" and one.kind == "key_result" else ""


def advice_on(visit: Visit, form: Form) -> list[Advice]:
    """What the checks find; nothing is said of a title that is not written yet."""
    if not str(form.typed.get("title") or "").strip():
        return []
    return _on_objective(visit, form) if form.kind == "objective" else _on_key_result(visit, form)


def _on_objective(visit: Visit, form: Form) -> list[Advice]:
    team = visit.teams.get(str(form.typed.get("team")))
    others = _objectives(visit, str(form.typed.get("cycle") or ""), team.id if team else None)
    own = next((one for one in others if one.key == form.key), None) if form.key else None
    if form.new:
        below = tuple(
            _key_result(visit, row, place)
            for place, row in enumerate(form.typed.get("rows") or [], 1)
            if row.get("title")
        )
    else:
        below = own.key_results if own is not None else ()
    written = ObjectiveSet(
        form.key, str(form.typed["title"]), team.key if team else "",
        _here(visit, form.typed.get("owner")),
        bool(form.typed.get("parent")) or team is None or team.above is None, below,
    )  # fmt: skip
    found = review_objective(written)
    if form.new and not below:
        found = [one for one in found if one.check not in _OF_THE_OBJECTIVE]
    with_it = [*(one for one in others if one is not own and one.team == written.team), written]
    return [*(one for one in review(with_it) if one.kind == "team"), *found]


def _on_key_result(visit: Visit, form: Form) -> list[Advice]:
    written = _key_result(visit, form.typed, 0, key=form.key)
    found = review_key_result(written)
    above = str(form.typed.get("objective") or "")
    if not above:
        return found
    ref = visit.store.ref(visit.actor, "objective", above)
    cycle = visit.store.objectives_by_id(visit.actor, [ref.id])[0].cycle_id
    for one in visit.store.objectives_set(visit.actor, [cycle], Scope(objectives=(ref.id,))):
        if one.key == above:
            rest = tuple(kr for kr in one.key_results if kr.key != form.key)
            whole = review_objective(replace(one, key_results=(*rest, written)))
            found += [each for each in whole if each.check in _OF_THE_OBJECTIVE]
    return found


def _objectives(visit: Visit, cycle: str, team_id: int | None) -> Sequence[ObjectiveSet]:
    ids = [one.id for one in visit.store.cycles() if one.key == cycle]
    return visit.store.objectives_set(visit.actor, ids, Scope(teams=(team_id,))) if ids and team_id is not None else ()


def _here(visit: Visit, email: object) -> bool:
    found = visit.people.get(str(email))
    return found is None or found.active


def _key_result(visit: Visit, typed: dict[str, Any], place: int, key: str = "") -> KeyResultSet:
    return KeyResultSet(
        key or f"{place}", str(typed.get("title") or ""), str(typed.get("kind") or "measure"),
        str(typed.get("unit") or "") or None, _figure(typed.get("baseline")), _figure(typed.get("target")),
        len(typed.get("milestones") or []), _here(visit, typed.get("owner")),
        str(typed["kpi"]) if typed.get("kpi") else None,
    )  # fmt: skip


def _figure(typed: object) -> float | None:
    """The figure as far as it can be read; the form itself says what is wrong with it."""
    text = "".join(c for c in str(typed or "") if c.isdigit() or c in ".,-+− ").strip()
    try:
        return number(text) if text else None
    except RefusedError:
        return None
