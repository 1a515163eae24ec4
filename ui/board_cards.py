"""The cards of the board: each answers one question, and every figure opens what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of
from okr.health import WORST_FIRST
from okr.store.boards import Board
from okr.store.moves import KpiTrend
from okr.store.records import CheckIn
from okr.store.standing import Told
from okr.store.tasks import Task
from ui.drawings import columns_chart
from ui.figures import paced_list, paced_row, status_html
from ui.harmless import escaped, line, plain
from ui.session import Visit
from ui.standings import listed

CARDS = (
    "whole", "teams", "risk", "comments", "moved", "confidence", "watermelons", "tasks", "stale", "kpis",
)  # fmt: skip
MOST = 6
MOST_TEAMS = 12


def draw_card(visit: Visit, board: Board, card: str, about: str) -> None:
    """One card, with a question that takes it into the chat."""
    words = visit.words
    title, body = _CARDS[card](visit, board)
    with st.container(key=f"okr_tile_{card}"):
        with st.container(key=f"okr_tile_head_{card}", horizontal=True, vertical_alignment="center"):
            st.html(f"<h2>{escaped(title)}</h2>", width="stretch")
            key = f"board.ask.{card}.of" if about else f"board.ask.{card}"
            asked = words(key, name=about) if about else words(key)
            st.button(
                words("board.ask"), key=f"okr_ask_{card}", type="tertiary", icon=":material/forum:",
                on_click=_ask, args=(asked,),
            )  # fmt: skip
        st.markdown(f'<div class="okr-figures">{body}</div>', unsafe_allow_html=True)


def _ask(question: str) -> None:
    st.session_state["okr_asking"] = question


def _none(visit: Visit, key: str) -> str:
    return f'<p class="okr-foot">{line(visit.words(key))}</p>'


# -- the whole and its parts --------------------------------------------------------------------------


def _whole(visit: Visit, board: Board) -> tuple[str, str]:
    words, language = visit.words, visit.words.language
    tally, was = board.overview.tally, board.overview.before
    counts = "".join(
        f"<li>{status_html(visit, status.value)} <strong>{tally.statuses[status.value]}</strong></li>"
        for status in WORST_FIRST
        if tally.statuses.get(status.value)
    )
    counted = f'<ul class="okr-counts">{counts}</ul>'
    if tally.mean is None:
        return words("board.whole.unknown"), counted
    change = None if was.mean is None else tally.mean - was.mean
    gap = None if board.expected is None else board.expected - tally.mean
    values = {"status": tally.worst, "progress": tally.mean, "expected": board.expected, "gap": gap, "change": change}
    drawn = f'<div class="okr-drawn">{paced_row(visit, values)}</div>'
    small = words("board.whole.small", rule=board.rule)
    if tally.left_out:
        small = f"{words('board.whole.left_out', count=tally.left_out)} {small}"
    title = words("board.whole.title", progress=formats.percent(tally.mean, language))
    return title, f'{drawn}{counted}<p class="okr-foot">{line(small)}</p>'


def _teams(visit: Visit, board: Board) -> tuple[str, str]:
    words = visit.words
    measured = [one for one in board.teams if one.tally.mean is not None]
    if not board.teams:
        return words("board.teams.title"), _none(visit, "board.teams.none")
    rows = []
    for one in board.teams[:MOST_TEAMS]:
        mean = one.tally.mean
        gap = None if mean is None or board.expected is None else board.expected - mean
        expected = board.expected if mean is not None else None
        values = {"status": one.tally.worst, "progress": mean, "expected": expected, "gap": gap}
        said = words("figure.no_pace") if mean is None else formats.percent(mean, words.language)
        rows.append(
            f"<li><span>{_opens(visit, one.team.key, one.team.name)}<small>{line(said)}</small></span>"
            f'<div class="okr-drawn">{paced_row(visit, values)}</div></li>'
        )
    title = words("board.teams.title")
    if len(measured) > 1:
        title = words("board.teams.finding", team=plain(measured[0].team.name))
    rest = len(board.teams) - MOST_TEAMS
    more = f'<p class="okr-foot">{line(words("more.unlisted", count=rest))}</p>' if rest > 0 else ""
    return title, f'<ul class="okr-bars">{"".join(rows)}</ul>{more}'


def _opens(visit: Visit, key: str, title: str) -> str:
    spoken = line(visit.words("evidence.open", id=title))
    return (
        f'<button type="button" class="okr-titled" data-open="{line(key)}" aria-label="{spoken}">{line(title)}</button>'
    )


def _list(visit: Visit, rows: Sequence[Told]) -> str:
    return paced_list(visit, [listed(visit, one) for one in rows])


def _risk(visit: Visit, board: Board) -> tuple[str, str]:
    words, statuses = visit.words, board.overview.tally.statuses
    rows = [*board.overview.off_track, *board.overview.at_risk][: 2 * MOST]
    if not rows:
        return words("board.card.risk"), _none(visit, "board.risk.none")
    off, risk = statuses.get("off_track", 0), statuses.get("at_risk", 0)
    return words("board.risk.title", off=off, risk=risk), _list(visit, rows)


def _watermelons(visit: Visit, board: Board) -> tuple[str, str]:
    rows = board.overview.watermelons
    title = visit.words("board.card.watermelons")
    return (title, _list(visit, rows[:MOST])) if rows else (title, _none(visit, "board.watermelons.none"))


def _moved(visit: Visit, board: Board) -> tuple[str, str]:
    words, language = visit.words, visit.words.language
    now, was = board.overview.tally.mean, board.overview.before.mean
    title = words("board.card.moved")
    if now is not None and was is not None and abs(now - was) >= 0.0005:
        title = words("board.moved.title", points=formats.signed_points(now - was, language))
    parts = []
    for key, rows in (("board.moved.up", board.overview.up), ("board.moved.down", board.overview.down)):
        if rows:
            items = "".join(f"<li>{_opens(visit, one.standing.key, one.standing.title)}</li>" for one in rows[:MOST])
            parts.append(f'<p class="okr-over">{line(words(key))}</p><ul class="okr-lines">{items}</ul>')
    return title, "".join(parts) or _none(visit, "board.moved.none")


# -- what people said and did -------------------------------------------------------------------------


def _confidence(visit: Visit, board: Board) -> tuple[str, str]:
    words, language = visit.words, visit.words.language
    said = [week for week in board.confidence if week.mean is not None]
    if len(said) < 2:
        return words("board.card.confidence"), _none(visit, "board.confidence.none")
    first, last = said[0].mean or 0.0, said[-1].mean or 0.0
    key = "board.confidence.fell" if last < first - 0.05 else "board.confidence.rose" if last > first + 0.05 else ""
    title = words("board.card.confidence")
    if key:
        title = words(key, now=formats.number(last, language, 1), then=formats.number(first, language, 1))
    bars = [
        (
            _short(week.first, language),
            week.mean,
            "–" if week.mean is None else formats.number(week.mean, language, 1),
        )
        for week in board.confidence
    ]
    drawn = columns_chart(bars, most=5.0, label=title)
    return title, f'{drawn}<p class="okr-foot">{line(words("board.confidence.small"))}</p>'


def _short(day: date, language: str) -> str:
    """A day in few letters: "5 Oct", "5.10"."""
    return (
        f"{day.day}.{day.month:02}" if language == "pl" else f"{day.day} {formats.MONTHS[language][day.month - 1][:3]}"
    )


def _comments(visit: Visit, board: Board) -> tuple[str, str]:
    rows = board.latest[:MOST]
    title = visit.words("board.card.comments")
    if not rows:
        return title, _none(visit, "board.comments.none")
    return title, "".join(_comment(visit, entry) for entry in rows)


def _comment(visit: Visit, entry: CheckIn) -> str:
    on = day_of(entry.at, visit.company.tz)
    when = formats.day(on, visit.words.language, visit.today)
    text = next(said for said in (entry.blockers, entry.note, entry.wins) if said.strip())
    said = text if len(text) <= 240 else f"{text[:239].rstrip()}…"
    cites = "".join(
        f'<button type="button" class="okr-cite" data-open="{line(key)}">{line(key)}</button> '
        for key in (entry.key_result, entry.key)
    )
    return (
        f'<blockquote class="okr-quote"><p>{line(said)}</p>'
        f"<footer>{line(entry.author_name)} · {line(when)} {cites}</footer></blockquote>"
    )


def _tasks(visit: Visit, board: Board) -> tuple[str, str]:
    words = visit.words
    late = {task.key for task in board.overdue}
    rows = [*board.overdue, *(task for task in board.blocked if task.key not in late)][: 2 * MOST]
    if not rows:
        return words("board.card.tasks"), _none(visit, "board.tasks.none")
    items = "".join(f"<li>{_task(visit, task, late=task.key in late)}</li>" for task in rows)
    title = words("board.tasks.title", late=board.overdue_count, blocked=board.blocked_count)
    return title, f'<ul class="okr-lines">{items}</ul>'


def _task(visit: Visit, task: Task, *, late: bool) -> str:
    words = visit.words
    parts = []
    if late and task.due is not None:
        parts.append(words("week.task.late", day=formats.day(task.due, words.language, visit.today)))
    if task.status == "blocked":
        parts.append(words("word.blocked"))
    if task.assignee_name:
        parts.append(plain(task.assignee_name))
    return f"{_opens(visit, task.key, task.title)}<small>{line(' · '.join(parts))}</small>"


def _stale(visit: Visit, board: Board) -> tuple[str, str]:
    words, seen = visit.words, board.overview
    if not seen.stale and not seen.never:
        return words("board.card.stale"), _none(visit, "board.stale.none")
    told = [(one, words("stale", days=one.standing.age.days or 0)) for one in seen.stale[:MOST]]
    told += [(one, words("fresh.never")) for one in seen.never[:MOST]]
    items = "".join(
        f"<li>{_opens(visit, one.standing.key, one.standing.title)}<small>{line(said)}</small></li>"
        for one, said in told
    )
    title = words("board.stale.title", stale=seen.stale_count, never=seen.never_count)
    return title, f'<ul class="okr-lines">{items}</ul>'


def _kpis(visit: Visit, board: Board) -> tuple[str, str]:
    title = visit.words("board.card.kpis")
    if not board.kpis:
        return title, _none(visit, "board.kpis.none")
    return title, f'<ul class="okr-lines">{"".join(f"<li>{_kpi(visit, kpi)}</li>" for kpi in board.kpis)}</ul>'


def _kpi(visit: Visit, trend: KpiTrend) -> str:
    words, language, kpi = visit.words, visit.words.language, trend.move
    moved = round(kpi.now - kpi.then, 9)
    said = formats.amount(kpi.now, kpi.unit, language)
    if not moved:
        told = words("board.kpis.same")
    else:
        better = (moved > 0) == (kpi.better == "up")
        change = formats.signed_amount(moved, kpi.unit, language)
        told = words("board.kpis.better" if better else "board.kpis.worse", change=change)
    return f"{_opens(visit, kpi.key, kpi.name)}<small><strong>{line(said)}</strong> · {line(told)}</small>"


_CARDS: dict[str, Callable[[Visit, Board], tuple[str, str]]] = {
    "whole": _whole,
    "teams": _teams,
    "risk": _risk,
    "comments": _comments,
    "moved": _moved,
    "confidence": _confidence,
    "watermelons": _watermelons,
    "tasks": _tasks,
    "stale": _stale,
    "kpis": _kpis,
}
