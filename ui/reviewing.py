"""The coach's page: what each named check found, why it matters, what to do, and which checks found nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from assistant.answers import reviews
from assistant.telling import formats
from assistant.telling.phrases import say
from okr.coach import CHECKS, Advice
from okr.store.directory import Cycle, Team
from okr.store.scope import Scope
from ui.beginning import begin
from ui.harmless import escaped, line, plain
from ui.links import address, link
from ui.narrowing import draw_cycle, draw_team, narrowed
from ui.session import Visit

SHOWN = 6


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit, "review")
    with st.container(key="okr_review"):
        view = narrowed(visit)
        team, cycles = view.team, view.cycles
        _heading(visit, team, cycles)
        with st.container(key="okr_review_filters", horizontal=True):
            draw_team(visit, "review", team)
            draw_cycle(visit, "review", view.cycle)
        if not cycles:
            st.html(f'<p class="okr-note">{escaped(words("review.no_cycle"))}</p>')
            return
        _found(visit, team, cycles)


def _heading(visit: Visit, team: Team | None, cycles: Sequence[Cycle]) -> None:
    name = team.name if team is not None else visit.company.name
    title = visit.words("review.title", name=plain(name))
    about = formats.joined([plain(cycle.name) for cycle in cycles], visit.words.language)
    st.html(f'<div class="okr-heading"><h1>{escaped(title)}</h1><p>{escaped(about)}</p></div>')


# -- what the checks found ----------------------------------------------------------------------------


def _found(visit: Visit, team: Team | None, cycles: Sequence[Cycle]) -> None:
    words, language = visit.words, visit.words.language
    scope, ids = Scope(teams=(team.id,) if team else ()), [cycle.id for cycle in cycles]
    objectives = visit.store.objectives_set(visit.actor, ids, scope)
    if not objectives:
        st.html(f'<p class="okr-note">{escaped(words("review.none"))}</p>')
        return
    advice = visit.store.review(visit.actor, ids, scope)
    counted = formats.counted(len(objectives), "objective", language)
    if advice:
        about = formats.out_of(len(objectives), "objective", language)
        said = words("review.lead", advice=formats.counted(len(advice), "advice", language), objectives=about)
    else:
        said = words("review.sound", objectives=counted)
    st.html(f'<div class="okr-answer"><p class="okr-lead">{line(said)}</p></div>')
    may = visit.store.changeable(visit.actor, advice)
    for check, group in groupby(advice, key=lambda one: one.check):
        _check(visit, check, list(group), may)
    passed = [check for check in CHECKS if check not in {one.check for one in advice}]
    if passed:
        items = "".join(f"<li>{line(say(language, f'coach.{check}'))}</li>" for check in passed)
        with st.container(key="okr_check_passed"):
            st.html(
                f'<h2 class="okr-part">{line(words("review.passed", count=len(passed)))}</h2>'
                f'<ul class="okr-passed">{items}</ul><p class="okr-foot">{line(words("review.code"))}</p>'
            )


def _check(visit: Visit, check: str, some: list[Advice], may: set[tuple[str, str]]) -> None:
    """One check with what it found, and its mend."""
    words, language = visit.words, visit.words.language
    name = say(language, f"coach.{check}")
    own = len({reviews.mend(one, language) for one in some}) > 1
    items = [_item(visit, one, may=(one.kind, one.key) in may, own=own) for one in some]
    drawn = f'<ul class="okr-advice">{"".join(items[:SHOWN])}</ul>'
    if rest := items[SHOWN:]:
        count = line(words("more", count=len(rest)))
        folded = f'<ul class="okr-advice">{"".join(rest)}</ul>'
        drawn += f'<details class="okr-fold"><summary>{count}</summary>{folded}</details>'
    # One mend for all of them, unless it names something of each.
    mend = reviews.mend(some[0], language)
    same = "" if own else f'<p class="okr-mend">{line(words("review.mend", mend=mend))}</p>'
    with st.container(key=f"okr_check_{check}"):
        st.html(
            f'<div class="okr-block"><h2>{line(name[:1].upper() + name[1:])} <small>{len(some)}</small></h2>'
            f"{same}{drawn}</div>"
        )


def _item(visit: Visit, one: Advice, *, may: bool, own: bool) -> str:
    words, language = visit.words, visit.words.language
    title = visit.team_name(one.key) if one.kind == "team" else one.title
    opens = line(words("evidence.open", id=title))
    why = reviews.reason(one, language)
    mend = ""
    if own:
        mend = f"<small>{line(words('review.mend', mend=reviews.mend(one, language)))}</small>"
    change = ""
    if may and one.kind != "team":
        to = address("edit", {"kind": one.kind, "id": one.key})
        change = link(to, words("review.change"), spoken=words("review.change.of", title=title))
    return (
        f'<li><div><button type="button" class="okr-titled" data-open="{line(one.key)}" aria-label="{opens}">'
        f"{line(title)}</button><small>{line(why[:1].upper() + why[1:])}</small>{mend}</div>{change}</li>"
    )
