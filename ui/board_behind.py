"""Behind a figure of the board: the very records that it counts, in a dialog over the page, each one opening.

A figure is a button that carries what it counts: `kr:STATUS` or `kr:WHICH` for key results, `task:WHICH` for tasks,
each with `:team:KEY` or `:objective:KEY` after it where it is of one, and `week:DAY` for the check-ins of a week.
"""

from __future__ import annotations

from datetime import date

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of
from okr.store.board_slices import Within
from okr.store.boards import Look
from okr.store.records import CheckIn
from okr.store.tasks import Task
from ui.figures import paced_list, word
from ui.harmless import escaped, label, line, plain
from ui.session import Visit
from ui.standings import listed

AT_ONCE = 50


def figure(visit: Visit, what: str, text: str, spoken: str) -> str:
    """A figure as a button that opens what it is made of; `spoken` is its whole name for those who do not see it."""
    opens = visit.words("board.behind.open", figure=spoken)
    return (
        f'<button type="button" class="okr-behind" data-behind="{line(what)}" aria-label="{line(opens)}">'
        f"{line(text)}</button>"
    )


def opens(visit: Visit, key: str, title: str) -> str:
    """A record's title as a button that opens it."""
    spoken = line(visit.words("evidence.open", id=title))
    return (
        f'<button type="button" class="okr-titled" data-open="{line(key)}" aria-label="{spoken}">{line(title)}</button>'
    )


def show_behind(visit: Visit, look: Look, what: str) -> None:
    """Open the records behind a figure; what is no figure of a board opens nothing."""
    kind, which, *inside = what.split(":", 3)[:4] if what.count(":") else (what, "")
    within = (inside[0], inside[1]) if len(inside) == 2 else None
    drawn = {"kr": _key_results, "task": _tasks, "week": _check_ins}.get(kind)
    if drawn is None:
        return
    try:
        # Once before the dialog is there, so that an address of something that does not exist opens none.
        title, count, _ = drawn(visit, look, which, within, 1)
    except (KeyError, ValueError):
        return

    @st.dialog(label(title), width="medium")
    def opened() -> None:
        most = st.session_state.get("okr_behind", AT_ONCE)
        _, _, body = drawn(visit, look, which, within, most)
        st.html(f'<p class="okr-foot">{escaped(visit.words("board.behind.count", count=count))}</p>')
        st.markdown(f'<div class="okr-figures okr-behind-list">{body}</div>', unsafe_allow_html=True)
        if count > most:
            more = visit.words("board.behind.more", count=min(AT_ONCE, count - most))
            st.button(more, key="okr_behind_more", on_click=_more, args=(most,))

    st.session_state["okr_behind"] = AT_ONCE
    opened()


def _more(most: int) -> None:
    st.session_state["okr_behind"] = most + AT_ONCE


Part = tuple[str, int, str]


def _titled(visit: Visit, name: str, within: Within) -> str:
    if within is None:
        return name
    kind, key = within
    if kind == "team":
        return f"{plain(visit.team_name(key))}: {name}"
    found = visit.store.open_record(visit.actor, key)
    return f"{plain(found.title) if found else plain(key)}: {name}"


def _key_results(visit: Visit, look: Look, which: str, within: Within, most: int) -> Part:
    store = visit.store
    found = store.key_results_behind(visit.actor, look, which, now=visit.now, within=within, limit=most)
    key = f"board.behind.{which}"
    name = visit.words(key) if visit.words.has(key) else word(visit, which)
    rows = [listed(visit, one) for one in found.rows]
    body = paced_list(visit, rows, shown=len(rows)) if rows else ""
    return _titled(visit, name, within), found.count, body


def _tasks(visit: Visit, look: Look, which: str, within: Within, most: int) -> Part:
    found = visit.store.tasks_behind(visit.actor, look, which, now=visit.now, within=within, limit=most)
    items = "".join(f"<li>{task_line(visit, task, look)}</li>" for task in found.rows)
    name = visit.words(f"board.behind.{which}")
    return _titled(visit, name, within), found.count, f'<ul class="okr-lines">{items}</ul>'


def _check_ins(visit: Visit, look: Look, week: str, _within: Within, most: int) -> Part:
    first = date.fromisoformat(week)
    found = visit.store.check_ins_behind(visit.actor, look, first, now=visit.now, limit=most)
    name = visit.words("board.behind.week", day=formats.day(first, visit.words.language, visit.today))
    items = "".join(f"<li>{_said(visit, entry)}</li>" for entry in found.rows)
    return name, found.count, f'<ul class="okr-lines">{items}</ul>'


def _said(visit: Visit, entry: CheckIn) -> str:
    when = formats.day(day_of(entry.at, visit.company.tz), visit.words.language, visit.today)
    level = visit.words("record.confidence", n=entry.confidence or 0)
    cites = "".join(
        f'<button type="button" class="okr-cite" data-open="{line(key)}">{line(key)}</button> '
        for key in (entry.key_result, entry.key)
    )
    return f"<span>{line(level)} {cites}</span><small>{line(entry.author_name)} · {line(when)}</small>"


def task_line(visit: Visit, task: Task, look: Look) -> str:
    """A task with what is the matter with it, and whose it is."""
    words, on = visit.words, day_of(look.as_of, visit.company.tz)
    parts = []
    done = task.status == "done" and (task.done_on is None or task.done_on <= on)
    if task.due is not None and task.due < on and not done:
        parts.append(words("week.task.late", day=formats.day(task.due, words.language, visit.today)))
    elif done:
        parts.append(words("word.done"))
    if task.status == "blocked":
        parts.append(words("word.blocked"))
    if task.assignee_name:
        parts.append(plain(task.assignee_name))
    return f"{opens(visit, task.key, task.title)}<small>{line(' · '.join(parts))}</small>"
