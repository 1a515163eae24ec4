"""My week: the check-ins and tasks that are due from this person, and one form to check in with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.telling import formats
from okr import refusals
from okr.errors import OkrError
from okr.models import TaskStatus
from okr.store.own_week import DueCheckIn, OwnWeek
from okr.store.tasks import Task
from ui.beginning import begin
from ui.check_in import draw_check_in
from ui.figures import paced_list
from ui.harmless import escaped, line
from ui.own_check_ins import draw_own_check_ins
from ui.session import Visit
from ui.standings import listed

STATUSES = tuple(status.value for status in TaskStatus)
MOST = 50


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit)
    week = visit.store.own_week(visit.actor, visit.now)
    days = formats.days(week.first, week.last, words.language, visit.today)
    st.html(f'<div class="okr-heading"><h1>{escaped(words("week.title"))}</h1><p>{escaped(days)}</p></div>')
    named = st.query_params.get("kr", "")
    if named and named not in {due.told.standing.key for due in week.check_ins}:
        # A reminder's link opens its own key result, due or not.
        with st.container(key="okr_week_named"):
            draw_check_in(visit, named)
    _check_ins(visit, week.check_ins, named)
    _tasks(visit, week)
    draw_own_check_ins(visit)


def _check_ins(visit: Visit, due: Sequence[DueCheckIn], named: str) -> None:
    words = visit.words
    st.html(f'<h2 class="okr-part">{escaped(words("week.check_ins"))}</h2>')
    if not due:
        st.html(f'<p class="okr-note">{escaped(words("week.check_ins.none"))}</p>')
        return
    for one in due[:MOST]:
        key = one.told.standing.key
        with st.container(key=f"okr_due_{key}"):
            drawn = paced_list(visit, [listed(visit, one.told)])
            st.markdown(f'<div class="okr-figures">{drawn}</div>', unsafe_allow_html=True)
            if key == named:
                draw_check_in(visit, key)
                continue
            with st.container(key=f"okr_due_row_{key}", horizontal=True, vertical_alignment="center"):
                st.html(f'<p class="okr-foot">{line(_when(visit, one))}</p>', width="content")
                st.space("stretch")
                st.button(words("week.check_in"), key=f"okr_begin_{key}", on_click=_open, args=(key,))


def _when(visit: Visit, one: DueCheckIn) -> str:
    words = visit.words
    if one.due is None:
        said = words("week.never")
    else:
        day = formats.day(one.due, words.language, visit.today)
        said = words("week.late" if one.late else "week.due", day=day)
    return f"{said}; {words('week.draft')}" if one.draft is not None else said


def _open(key: str) -> None:
    st.query_params["kr"] = key
    st.session_state.pop("okr_check_in_shown", None)


# -- tasks --------------------------------------------------------------------------------------------


def _tasks(visit: Visit, week: OwnWeek) -> None:
    words = visit.words
    st.html(f'<h2 class="okr-part">{escaped(words("week.tasks"))}</h2>')
    tasks = [*week.overdue, *week.due]
    if not tasks:
        st.html(f'<p class="okr-note">{escaped(words("week.tasks.none"))}</p>')
    for task in tasks[:MOST]:
        _task(visit, task, late=task in week.overdue)
    if week.later:
        st.html(f'<p class="okr-foot">{escaped(words("week.later", count=week.later))}</p>')


def _task(visit: Visit, task: Task, *, late: bool) -> None:
    words = visit.words
    with st.container(key=f"okr_todo_{task.key}", horizontal=True, vertical_alignment="center"):
        due = "" if task.due is None else formats.day(task.due, words.language, visit.today)
        when = words("week.task.late" if late else "week.task.due", day=due) if due else ""
        st.html(
            f'<div class="okr-task"><button type="button" class="okr-titled" data-open="{line(task.key)}">'
            f'{line(task.title)}</button><p class="okr-foot">{line(when)}</p></div>',
            width="stretch",
        )
        st.selectbox(
            words("week.task.status"),
            STATUSES,
            index=STATUSES.index(task.status),
            format_func=lambda status: words(f"word.{status}"),
            key=f"okr_task_status_{task.key}",
            on_change=_set_status,
            args=(visit, task.key),
            label_visibility="collapsed",
            width=170,
        )


def _set_status(visit: Visit, key: str) -> None:
    wanted = st.session_state[f"okr_task_status_{key}"]
    try:
        visit.store.change(visit.actor, "task", key, {"status": wanted}, visit.now)
    except OkrError as reason:
        st.session_state["okr_said"] = refusals.said(reason, visit.words.language)
        return
    st.session_state["okr_said"] = visit.words("week.task.saved", id=key)
