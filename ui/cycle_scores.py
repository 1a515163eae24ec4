"""The key results of a cycle by objective: how each ended, what the figures suggest and why, and its score."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant import retrospective
from assistant.telling import formats
from okr.store.closing import Closing, ClosingObjective, ToClose
from okr.store.directory import Cycle
from okr.store.lessons import Lesson, LessonQuery
from okr.store.scope import Scope
from ui.drawings import status_mark
from ui.figures import HEAD, heading, paced_row
from ui.harmless import escaped, line, plain
from ui.learning import begin_learning, draw_learning
from ui.scoring import begin_scoring, draw_scoring
from ui.session import Visit
from ui.standings import listed

SHOWN = 12
MOST_NAMED = 8
BANDS = {"green": "on_track", "yellow": "at_risk", "red": "off_track"}
WHOLE = "*"
SHOW = ("all", "mine", "open")


def draw_scores(visit: Visit, closing: Closing, cycles: Sequence[Cycle]) -> None:
    """What was reached, then every objective with its key results, and what was learnt of it."""
    _reached(visit, closing)
    chosen = _show(visit, closing)
    kept = visit.store.lessons(visit.actor, LessonQuery(Scope(), (closing.cycle.id,)), limit=500)[::-1]
    shown = [(each, some) for each in closing.objectives if (some := _wanted(each, chosen)) is not None]
    if not shown:
        st.html(f'<p class="okr-note">{escaped(visit.words(f"cycle.none.{chosen}"))}</p>')
    most = int(st.session_state.get("okr_cycle_shown", SHOWN))
    opened = st.query_params.get("kr", "")
    for place, (each, some) in enumerate(shown):
        # One that is being scored stays where it is, however far down it stands.
        if place < most or any(one.told.standing.key == opened for one in some):
            _objective(visit, closing, each, some, [one for one in kept if one.objective == each.objective.key], cycles)
    if len(shown) > most:
        said = visit.words("more", count=len(shown) - most)
        st.button(said, key="okr_cycle_more", type="tertiary", on_click=_more, args=(most,))
    _whole(visit, closing, [one for one in kept if one.objective is None])


def _more(most: int) -> None:
    st.session_state["okr_cycle_shown"] = most * 2


def _show(visit: Visit, closing: Closing) -> str:
    """Which key results are listed: all, those that are the person's to score, or those still without a score."""
    words = visit.words
    chosen = st.query_params.get("show", SHOW[0])
    st.segmented_control(
        words("cycle.show"), SHOW, default=chosen if chosen in SHOW else SHOW[0], required=True,
        format_func=lambda name: words(f"cycle.show.{name}"), key="okr_cycle_show", on_change=_keep_show,
        label_visibility="collapsed",
    )  # fmt: skip
    return chosen if chosen in SHOW else SHOW[0]


def _keep_show() -> None:
    chosen = st.session_state["okr_cycle_show"]
    if chosen and chosen != SHOW[0]:
        st.query_params["show"] = chosen
    else:
        st.query_params.pop("show", None)


def _wanted(each: ClosingObjective, chosen: str) -> list[ToClose] | None:
    if chosen == "all":
        return list(each.key_results)
    opened = st.query_params.get("kr", "")
    some = [
        one
        for one in each.key_results
        if one.told.standing.key == opened or (one.may_change if chosen == "mine" else one.given is None)
    ]
    return some or None


# -- what was reached ---------------------------------------------------------------------------------


def _reached(visit: Visit, closing: Closing) -> None:
    """A word of thanks, by name, for what got there: by its score, or completed before the cycle's end."""
    words, language = visit.words, visit.words.language
    over = closing.cycle.state == "closed" or visit.today > closing.cycle.end
    every = [one for each in closing.objectives for one in each.key_results]
    counted = [one for one in every if one.score is not None and (over or one.given is not None)]
    reached = [one for one in counted if retrospective.is_reached(one)]
    if not reached:
        return
    names = list(dict.fromkeys(plain(one.told.owner_name) for one in reached))
    said = words("cycle.reached.about", done=len(reached), count=len(counted))
    if len(names) <= MOST_NAMED:
        thanks = words("cycle.reached.thanks", names=formats.joined(names, language))
    else:
        thanks = words("cycle.reached.thanks_all")
    ordered = sorted(reached, key=lambda one: -(one.score or 0.0))
    items = [
        f"<li><span>{_titled(visit, one)}<small>{line(one.told.owner_name)}</small></span>{_score(visit, one)}</li>"
        for one in ordered
    ]
    drawn = f'<ul class="okr-lines">{"".join(items[:MOST_NAMED])}</ul>'
    if rest := items[MOST_NAMED:]:
        count = line(words("more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{count}</summary><ul class="okr-lines">{"".join(rest)}</ul></details>'
        )
    with st.container(key="okr_cycle_reached"):
        st.markdown(
            f'<div class="okr-figures okr-reached">{heading(words("cycle.reached"))}'
            f"<p>{line(said)} {line(thanks)}</p>{drawn}</div>",
            unsafe_allow_html=True,
        )


# -- one objective ------------------------------------------------------------------------------------


def _objective(
    visit: Visit,
    closing: Closing,
    each: ClosingObjective,
    some: list[ToClose],
    lessons: list[Lesson],
    cycles: Sequence[Cycle],
) -> None:
    words, about = visit.words, each.objective
    with st.container(key=f"okr_closing_{about.id}"):
        small = "".join(f"<span>{line(part)}</span>" for part in (about.team_name, about.owner_name))
        opens = line(words("evidence.open", id=about.title))
        given = any(one.given is not None for one in each.key_results)
        score = _figure(visit, each.score, each.band, given=given)
        st.markdown(
            f'<div class="okr-closing-head">{HEAD}<button type="button" class="okr-titled" '
            f'data-open="{line(about.key)}" aria-label="{opens}">{line(about.title)}</button></div>{score}</div>'
            f'<div class="okr-small"><div>{small}</div></div>',
            unsafe_allow_html=True,
        )
        if not each.key_results:
            st.html(f'<p class="okr-foot">{escaped(words("cycle.no_key_results"))}</p>')
        for one in some:
            _key_result(visit, closing, one, cycles)
        draw_lessons(visit, lessons)
        if each.may_learn:
            _learning(visit, closing, about.key, about.id)


def _whole(visit: Visit, closing: Closing, lessons: list[Lesson]) -> None:
    """What was learnt of the cycle as a whole; leads of teams and administrators add to it."""
    leads = any(team.lead == visit.actor.email for team in visit.teams.values())
    if not lessons and not (leads or visit.actor.is_admin):
        return
    with st.container(key="okr_closing_whole"):
        st.html(f"<h2>{escaped(visit.words('cycle.whole'))}</h2>")
        draw_lessons(visit, lessons)
        if leads or visit.actor.is_admin:
            _learning(visit, closing, None, 0)


def _learning(visit: Visit, closing: Closing, objective: str | None, number: int) -> None:
    if st.session_state.get("okr_learning") == (closing.cycle.key, objective):
        draw_learning(visit, closing.cycle.key, objective, number)
        return
    st.button(
        visit.words("cycle.learn"), key=f"okr_learn_{number}", type="tertiary", icon=":material/edit_note:",
        on_click=begin_learning, args=(closing.cycle.key, objective),
    )  # fmt: skip


def draw_lessons(visit: Visit, lessons: Sequence[Lesson]) -> None:
    """Lessons as they were written, each with its kind, its author, and the id to cite."""
    if not lessons:
        return
    drawn = "".join(
        f'<blockquote class="okr-quote"><p>{line(one.text)}</p><footer>{line(visit.words(f"word.{one.kind}"))} · '
        f'{line(one.author_name)} <button type="button" class="okr-cite" data-open="{line(one.key)}" '
        f'aria-label="{line(visit.words("evidence.open", id=one.key))}">{line(one.key)}</button></footer></blockquote>'
        for one in lessons
    )
    st.html(f'<div class="okr-lessons">{drawn}</div>')


# -- one key result -----------------------------------------------------------------------------------


def _key_result(visit: Visit, closing: Closing, one: ToClose, cycles: Sequence[Cycle]) -> None:
    words, standing = visit.words, one.told.standing
    with st.container(key=f"okr_scored_{standing.id}"):
        small = "".join(f"<span>{line(part)}</span>" for part in _small(visit, one))
        drawn = paced_row(visit, listed(visit, one.told).values)
        decided = "".join(f"<span>{part}</span>" for part in _decided(visit, one))
        after = f'<div class="okr-small"><div>{decided}</div></div>' if decided else ""
        body = (
            f'<div class="okr-scored">{_titled(visit, one)}{_score(visit, one)}'
            f'<div class="okr-drawn">{drawn}</div><div class="okr-small"><div>{small}</div></div>{after}</div>'
        )
        opened = one.may_change and st.query_params.get("kr") == standing.key
        with st.container(key=f"okr_scored_row_{standing.id}", horizontal=True, vertical_alignment="top"):
            st.markdown(f'<div class="okr-figures">{body}</div>', unsafe_allow_html=True, width="stretch")
            if one.may_change and not opened:
                said = words("cycle.score" if one.given is None else "cycle.rescore")
                st.button(
                    said, key=f"okr_score_begin_{standing.id}", on_click=begin_scoring, args=(visit, one),
                    type="secondary" if one.given is None else "tertiary",
                )  # fmt: skip
        if opened:
            draw_scoring(visit, closing, one, cycles)


def _titled(visit: Visit, one: ToClose) -> str:
    standing = one.told.standing
    spoken = line(visit.words("evidence.open", id=standing.title))
    return (
        f'<button type="button" class="okr-titled" data-open="{line(standing.key)}" aria-label="{spoken}">'
        f"{line(standing.title)}</button>"
    )


def _score(visit: Visit, one: ToClose) -> str:
    return _figure(visit, one.score, one.band, given=one.given is not None)


def _figure(visit: Visit, score: float | None, band: str | None, *, given: bool = True) -> str:
    """A score with the shape of its band; one that nobody gave is quiet, none at all is said in a word."""
    words = visit.words
    if score is None or band is None:
        return f'<span class="okr-own okr-quiet">{line(words("cycle.no_score"))}</span>'
    said = formats.score(score, words.language)
    if not given:
        spoken = line(words("cycle.score.from_figures", score=said))
        return f'<span class="okr-own okr-quiet" title="{spoken}" aria-label="{spoken}">({line(said)})</span>'
    tone = BANDS[band]
    spoken = line(words("cycle.score.is", score=said))
    return (
        f'<span class="okr-own okr-status okr-{tone}" role="img" aria-label="{spoken}">{status_mark(tone)}'
        f"{line(said)}</span>"
    )


def _small(visit: Visit, one: ToClose) -> list[str]:
    """How it ended, whose it is, and what the figures suggest with the reason."""
    words, language, standing = visit.words, visit.words.language, one.told.standing
    parts = [one.told.owner_name]
    value = standing.measure.value
    if value is not None and standing.measure.kind in ("measure", "boundary"):
        parts.append(words("cycle.ended", value=formats.amount(float(value), standing.unit, language)))
    why = retrospective.reason(one, language)
    if one.suggested.score is None:
        parts.append(words("cycle.suggested.none", why=why))
    else:
        parts.append(words("cycle.suggested", score=formats.score(one.suggested.score, language), why=why))
    return parts


def _decided(visit: Visit, one: ToClose) -> list[str]:
    decided = one.decided
    if decided is None:
        return []
    said = line(visit.words(f"cycle.decided.{decided.decision}"))
    if decided.into is not None:
        said += (
            f' <button type="button" class="okr-cite" data-open="{line(decided.into)}" '
            f'aria-label="{line(visit.words("evidence.open", id=decided.into_title or decided.into))}">'
            f"{line(decided.into)}</button>"
        )
    parts = [said]
    if decided.reason:
        parts.append(f"<q>{line(decided.reason)}</q>")
    return parts
