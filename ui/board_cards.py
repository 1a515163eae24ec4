"""The cards of the board: each answers one question, and every figure opens what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of
from okr.health import WORST_FIRST
from okr.store.boards import Board
from okr.store.moves import KpiTrend
from okr.store.records import CheckIn
from okr.store.standing import Tally, Told
from ui.board_behind import figure, opens, task_line
from ui.drawings import columns_chart, spark
from ui.figures import paced_list, paced_row, status_html, word
from ui.harmless import escaped, line, plain
from ui.session import Visit
from ui.standings import listed

CARDS = (
    "whole", "teams", "risk", "objectives", "moved", "confidence", "watermelons", "tasks", "work", "stale",
    "comments", "kpis",
)  # fmt: skip
MOST = 6
MOST_TEAMS = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as it is shown: what it holds, how each card is asked about, and whether nobody will press anything."""

    board: Board
    question: Callable[[str], str]
    still: bool = False


def draw_card(visit: Visit, shown: Shown, card: str) -> None:
    """One card, with a question that takes it into the chat."""
    words = visit.words
    title, body = _CARDS[card](visit, shown.board)
    with st.container(key=f"okr_tile_{card}"):
        with st.container(key=f"okr_tile_head_{card}", horizontal=True, vertical_alignment="center"):
            st.html(f"<h2>{escaped(title)}</h2>", width="stretch")
            if not shown.still:
                st.button(
                    words("board.ask"), key=f"okr_ask_{card}", type="tertiary", icon=":material/forum:",
                    on_click=_ask, args=(shown.question(card),),
                )  # fmt: skip
        st.markdown(f'<div class="okr-figures">{body}</div>', unsafe_allow_html=True)


def _ask(question: str) -> None:
    st.session_state["okr_asking"] = question


def _none(visit: Visit, key: str) -> str:
    return f'<p class="okr-foot">{line(visit.words(key))}</p>'


def _counts(entries: list[str]) -> str:
    items = "".join(f"<li>{entry}</li>" for entry in entries)
    return f'<ul class="okr-counts">{items}</ul>'


def _count(visit: Visit, what: str, number: int, name: str) -> str:
    """A count with its name, which opens the records."""
    return f"{figure(visit, what, str(number), f'{number} {name}')} {line(name)}"


# -- the whole and its parts --------------------------------------------------------------------------


def _whole(visit: Visit, board: Board) -> tuple[str, str]:
    words, language = visit.words, visit.words.language
    tally, was = board.overview.tally, board.overview.before
    counted = _counts([
        f"{status_html(visit, status.value)} "
        + figure(visit, f"kr:{status.value}", str(number), f"{number} {word(visit, status.value)}")
        for status in WORST_FIRST
        if (number := tally.statuses.get(status.value))
    ])  # fmt: skip
    if tally.mean is None:
        return words("board.whole.unknown"), counted
    change = None if was.mean is None else tally.mean - was.mean
    gap = None if board.expected is None else board.expected - tally.mean
    values = {"status": tally.worst, "progress": tally.mean, "expected": board.expected, "gap": gap, "change": change}
    drawn = f'<div class="okr-drawn okr-whole">{paced_row(visit, values)}</div>'
    said = words("board.whole.measured", count=tally.counted)
    small = figure(visit, "kr:measured", said, said)
    if tally.left_out:
        said = words("board.whole.left_out", count=tally.left_out)
        small += " · " + figure(visit, "kr:unmeasured", said, said)
    small += f" · {line(words('board.whole.small', rule=board.rule))}"
    title = words("board.whole.title", progress=formats.percent(tally.mean, language))
    return title, f'{drawn}{counted}<p class="okr-foot">{small}</p>'


def _teams(visit: Visit, board: Board) -> tuple[str, str]:
    words = visit.words
    measured = [one for one in board.teams if one.tally.mean is not None]
    if not board.teams:
        return words("board.card.teams"), _none(visit, "board.teams.none")
    rows = [_bar(visit, board, ("team", one.team.key), one.team.name, one.tally) for one in board.teams[:MOST_TEAMS]]
    title = words("board.card.teams")
    if len(measured) > 1:
        title = words("board.teams.finding", team=plain(measured[0].team.name))
    rest = len(board.teams) - MOST_TEAMS
    more = f'<p class="okr-foot">{line(words("more.unlisted", count=rest))}</p>' if rest > 0 else ""
    return title, f'{_key(visit, board)}<ul class="okr-bars">{"".join(rows)}</ul>{more}'


def _objectives(visit: Visit, board: Board) -> tuple[str, str]:
    words = visit.words
    if not board.objectives:
        return words("board.card.objectives"), _none(visit, "board.objectives.none")
    rows = [_bar(visit, board, ("objective", one.key), one.title, one.tally) for one in board.objectives[:MOST]]
    return words("board.objectives.title"), f'{_key(visit, board)}<ul class="okr-bars">{"".join(rows)}</ul>'


def _key(visit: Visit, board: Board) -> str:
    """What the tick means, said once above the bars instead of in a legend."""
    if board.expected is None:
        return ""
    expected = formats.percent(board.expected, visit.words.language)
    return f'<p class="okr-foot okr-tick-key">{line(visit.words("board.bars.expected", expected=expected))}</p>'


def _bar(visit: Visit, board: Board, of: tuple[str, str], name: str, tally: Tally) -> str:
    """One bar with its name, its status in shape and word, how far it is, and the gap."""
    mean = tally.mean
    gap = None if mean is None or board.expected is None else board.expected - mean
    expected = board.expected if mean is not None else None
    values = {"status": tally.worst, "progress": mean, "expected": expected, "gap": gap}
    said = "–" if mean is None else formats.percent(mean, visit.words.language)
    which = "measured" if mean is not None else "all"
    share = figure(visit, f"kr:{which}:{of[0]}:{of[1]}", said, f"{plain(name)}: {said}")
    status = status_html(visit, tally.worst) if tally.worst else ""
    return (
        f'<li>{opens(visit, of[1], name)}<span class="okr-bar-status">{status}</span>'
        f'<span class="okr-share">{share}</span><div class="okr-drawn">{paced_row(visit, values)}</div></li>'
    )


def _list(visit: Visit, rows: Sequence[Told]) -> str:
    return paced_list(visit, [listed(visit, one) for one in rows])


def _risk(visit: Visit, board: Board) -> tuple[str, str]:
    words, statuses = visit.words, board.overview.tally.statuses
    rows = [*board.overview.off_track, *board.overview.at_risk][: 2 * MOST]
    if not rows:
        return words("board.card.risk"), _none(visit, "board.risk.none")
    off, risk = statuses.get("off_track", 0), statuses.get("at_risk", 0)
    counted = _counts([
        f"{status_html(visit, status)} {figure(visit, f'kr:{status}', str(number), f'{number} {word(visit, status)}')}"
        for status, number in (("off_track", off), ("at_risk", risk))
        if number
    ])  # fmt: skip
    return words("board.risk.title", off=off, risk=risk), counted + _list(visit, rows)


def _watermelons(visit: Visit, board: Board) -> tuple[str, str]:
    rows, count = board.overview.watermelons, board.overview.watermelon_count
    title = visit.words("board.card.watermelons")
    if not rows:
        return title, _none(visit, "board.watermelons.none")
    said = visit.words("board.watermelons.count", count=count)
    return title, _counts([figure(visit, "kr:watermelons", said, said)]) + _list(visit, rows[:MOST])


def _moved(visit: Visit, board: Board) -> tuple[str, str]:
    words, language, seen = visit.words, visit.words.language, board.overview
    now, was = seen.tally.mean, seen.before.mean
    since = formats.day(board.look.since, language, visit.today)
    title = words("board.moved.since", day=since)
    if now is not None and was is not None and abs(now - was) >= 0.0005:
        title = words("board.moved.title", points=formats.signed_points(now - was, language), day=since)
    parts = []
    for way, rows, count in (("up", seen.up, seen.up_count), ("down", seen.down, seen.down_count)):
        if rows:
            items = "".join(f"<li>{_mover(visit, board, one)}</li>" for one in rows[:MOST])
            counted = _count(visit, f"kr:{way}", count, words(f"board.moved.{way}", count=count))
            parts.append(f'<p class="okr-over">{counted}</p><ul class="okr-lines">{items}</ul>')
    return title, "".join(parts) or _none(visit, "board.moved.none")


def _mover(visit: Visit, board: Board, told: Told) -> str:
    language, key = visit.words.language, told.standing.key
    now, was = told.standing.verdict.progress, board.was.get(key)
    said = ""
    if now is not None and was is not None:
        change = formats.signed_points(float(now) - was, language)
        said = f"<small><strong>{line(change)}</strong> · {line(formats.percent(float(now), language))}</small>"
    return opens(visit, key, told.standing.title) + said


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
        (_short(week.first, language), week.mean, "–" if week.mean is None else formats.number(week.mean, language, 1))
        for week in board.confidence
    ]
    drawn = columns_chart(bars, most=5.0, label=title)
    counted = "".join(
        f"<li>{figure(visit, f'week:{week.first.isoformat()}', str(week.count), _of_week(visit, week.first))}</li>"
        for week in board.confidence
    )
    small = f'<p class="okr-foot">{line(words("board.confidence.small"))}</p>'
    return title, f'{drawn}<ul class="okr-weeks">{counted}</ul>{small}'


def _of_week(visit: Visit, first: date) -> str:
    return visit.words("board.behind.week", day=formats.day(first, visit.words.language, visit.today))


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
    items = "".join(f"<li>{task_line(visit, task, board.look)}</li>" for task in rows)
    title = words("board.tasks.title", late=board.overdue_count, blocked=board.blocked_count)
    counted = _counts([
        _count(visit, f"task:{which}", number, words(f"board.tasks.{which}", count=number))
        for which, number in (("overdue", board.overdue_count), ("blocked", board.blocked_count))
        if number
    ])  # fmt: skip
    earlier = board.blocked_count and day_of(board.look.as_of, visit.company.tz) < visit.today
    small = _none(visit, "board.tasks.today") if earlier else ""
    return title, f'{counted}<ul class="okr-lines">{items}</ul>{small}'


def _work(visit: Visit, board: Board) -> tuple[str, str]:
    """How many of the tasks of each team are done."""
    words = visit.words
    rows = sorted((one for one in board.teams if one.tasks), key=lambda one: (one.tasks_done / one.tasks, one.team.key))
    if not rows:
        return words("board.card.work"), _none(visit, "board.work.none")
    items = []
    for one in rows[:MOST_TEAMS]:
        share = one.tasks_done / one.tasks
        percent = formats.percent(share, words.language)
        values = {"progress": share}
        done = words("board.work.done", done=one.tasks_done, count=one.tasks)
        key = one.team.key
        items.append(
            f'<li>{opens(visit, key, one.team.name)}<span class="okr-bar-status">'
            f"{figure(visit, f'task:tasks:team:{key}', done, f'{plain(one.team.name)}: {done}')}</span>"
            f'<span class="okr-share">{figure(visit, f"task:done:team:{key}", percent, percent)}</span>'
            f'<div class="okr-drawn">{paced_row(visit, values)}</div></li>'
        )
    return words("board.card.work"), f'<ul class="okr-bars">{"".join(items)}</ul>'


def _stale(visit: Visit, board: Board) -> tuple[str, str]:
    words, seen = visit.words, board.overview
    if not seen.stale and not seen.never:
        return words("board.card.stale"), _none(visit, "board.stale.none")
    told = [(one, words("stale", days=one.standing.age.days or 0)) for one in seen.stale[:MOST]]
    told += [(one, words("fresh.never")) for one in seen.never[:MOST]]
    items = "".join(
        f"<li>{opens(visit, one.standing.key, one.standing.title)}<small>{line(said)}</small></li>"
        for one, said in told
    )
    title = words("board.stale.title", stale=seen.stale_count, never=seen.never_count)
    counted = _counts([
        _count(visit, f"kr:{which}", number, words(f"board.stale.{which}", count=number))
        for which, number in (("stale", seen.stale_count), ("never", seen.never_count))
        if number
    ])  # fmt: skip
    return title, f'{counted}<ul class="okr-lines">{items}</ul>'


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
    drawn = spark(list(trend.values))
    return f"{opens(visit, kpi.key, kpi.name)}{drawn}<small><strong>{line(said)}</strong> · {line(told)}</small>"


_CARDS: dict[str, Callable[[Visit, Board], tuple[str, str]]] = {
    "whole": _whole,
    "teams": _teams,
    "risk": _risk,
    "objectives": _objectives,
    "comments": _comments,
    "moved": _moved,
    "confidence": _confidence,
    "watermelons": _watermelons,
    "tasks": _tasks,
    "work": _work,
    "stale": _stale,
    "kpis": _kpis,
}
