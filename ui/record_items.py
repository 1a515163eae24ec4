"""The pages of KPIs, tasks, check-ins and lessons."""

from __future__ import annotations

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of
from okr.store.opening import Opened
from okr.store.tasks import Task, TaskQuery
from ui.charts import drawable, finding, line_chart
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.links import record_link
from ui.record_history import draw_history
from ui.record_parts import PLACE, draw_tasks, entries_html, facts, figures, key_result_row, note, part, rows
from ui.record_scopes import looked, running
from ui.session import Visit
from ui.thread import draw_thread
from ui.tree_rows import task_status
from ui.turns import Line

MOST_POINTS = 200
SHOWN = 8
MOST_ENTRIES = 2_000


# -- KPI ----------------------------------------------------------------------------------------------


def draw_kpi(visit: Visit, found: Opened) -> None:
    """A KPI's values over time, the key results that it feeds with their targets, and its history."""
    store, words = visit.store, visit.words
    ref = store.ref(visit.actor, "kpi", found.key)
    kpi = store.kpis(visit.actor, kpi_ids=[ref.id])[0]
    at = running(visit)
    fed = store.key_results_by_id(visit.actor, at.measuring, store.fed_by(visit.actor, ref.id)) if at.cycles else []
    unit = plain(kpi.unit or "")
    newest = found.values[-1] if found.values else None
    value = formats.amount(newest.value, unit or None, words.language) if newest else ""
    when = formats.day(day_of(newest.at, visit.company.tz), words.language, visit.today) if newest else ""
    facts(
        visit,
        [
            ("name.value", line(value)),
            ("page.recorded_on", line(when)),
            ("page.better", line(words("page.better.up" if kpi.better == "up" else "page.better.down"))),
            ("name.owner", record_link(kpi.owner, kpi.owner_name, "okr-link")),
            ("name.team", record_link(kpi.team, visit.team_name(kpi.team), "okr-link")),
        ],
    )
    series = Line(words("name.value"), unit, [(one.at, one.value, one.key) for one in found.values])
    if drawable(series):
        targets = sorted(
            {float(told.standing.measure.target) for told in fed if told.standing.measure.target is not None}
        )
        first, last = series.points[0][0], series.points[-1][0]
        if len(targets) == 1:
            level = targets.pop()
            series.expected = [(first, level), (last, level)]
        title = finding(Line(series.title, unit, series.points), visit.company.tz, words, visit.today)
        st.html(f'<h2 class="okr-part okr-finding">{escaped(title)}</h2>')
        chart = line_chart(series, visit.company.tz, words.language, words("page.chart.target"))
        # Its dots are the KPI itself, whose page this is.
        st.altair_chart(chart, key=f"okr_page_chart_{found.key}", alt=plain(title))
    elif not found.values:
        note(visit, "page.kpi.no_values")
    part(visit, "page.kpi.feeds")
    figures(rows([key_result_row(visit, told) for told in fed]))
    if not fed:
        note(visit, "page.kpi.feeds.none")
    _points(visit, ref.id, unit)
    draw_history(visit, "kpi", found.key, unit)


def _points(visit: Visit, kpi_id: int, unit: str) -> None:
    words = visit.words
    points = visit.store.points(visit.actor, kpi_id, last=visit.now, limit=MOST_POINTS)[::-1]
    if not points:
        return
    part(visit, "page.kpi.values", count=len(points))
    items = []
    for point in points:
        day = formats.day(day_of(point.at, visit.company.tz), words.language, visit.today)
        said = formats.amount(point.value, unit or None, words.language)
        items.append(f"<li><span>{line(day)}</span><strong>{line(said)}</strong></li>")
    drawn = f'<ul class="okr-values">{"".join(items[:SHOWN])}</ul>'
    if rest := items[SHOWN:]:
        drawn += (
            f'<details class="okr-fold"><summary>{line(words("more", count=len(rest)))}</summary>'
            f'<ul class="okr-values">{"".join(rest)}</ul></details>'
        )
    figures(drawn)


# -- task ---------------------------------------------------------------------------------------------


def draw_task(visit: Visit, found: Opened) -> None:
    """A task: how far it is, what it waits for and what waits for it, its parts, and what it is for."""
    store, words = visit.store, visit.words
    ref = store.ref(visit.actor, "task", found.key)
    task = store.tasks(visit.actor, TaskQuery(ids=(ref.id,)))[0]
    st.markdown(f'<div class="okr-stands">{task_status(visit, task)}</div>', unsafe_allow_html=True)
    late = task.due is not None and task.due < visit.today and task.status != "done"
    due = formats.day(task.due, words.language, visit.today) if task.due else ""
    if late:
        due = words("week.task.late", day=due)
    done = formats.day(task.done_on, words.language, visit.today) if task.done_on else ""
    who = record_link(task.assignee, task.assignee_name or task.assignee, "okr-link") if task.assignee else ""
    facts(
        visit,
        [
            ("name.assignee", who or line(words("task.nobody"))),
            ("name.due", line(due) or line(words("page.no_due"))),
            ("page.done_on", line(done)),
        ],
    )
    for linked, heading in (
        ("needs", "page.needs"),
        ("needed_by", "page.needed_by"),
        ("parent", "page.parent_task"),
        ("subtasks", "page.subtasks"),
    ):
        draw_tasks(visit, _linked(visit, ref.id, linked), heading)
    part(visit, "page.for")
    refs = [store.ref(visit.actor, "key_result", key) for key in task.key_results]
    cycles = store.record_cycle(visit.actor, [one.id for one in refs])
    if refs:
        at = looked(visit, cycles)
        told = store.key_results_by_id(visit.actor, at.measuring, [one.id for one in refs])
        figures(rows([key_result_row(visit, one) for one in told]))
    else:
        note(visit, "page.for.none")
    part(visit, "page.comments")
    draw_thread(visit, "task", found.key, PLACE)
    draw_history(visit, "task", found.key)


def _linked(visit: Visit, task_id: int, linked: str) -> list[Task]:
    return visit.store.tasks(visit.actor, TaskQuery(ids=(task_id,), linked=linked))


# -- what somebody wrote ------------------------------------------------------------------------------


def draw_check_in_page(visit: Visit, found: Opened) -> None:
    """One check-in with what was corrected in it, and the key result that it is about."""
    if found.above is None:
        return
    entry = next(
        (one for one in visit.store.entries(visit.actor, found.above[1], limit=1000) if one.key == found.key), None
    )
    if entry is not None:
        figures(f'<ul class="okr-entries">{entries_html(visit, [entry], named=True)}</ul>')


def draw_lesson(visit: Visit, found: Opened) -> None:
    """What somebody learnt, where and when."""
    words = visit.words
    said = "".join(f"<p>{escaped(text)}</p>" for _, text in found.wrote)
    st.html(f'<blockquote class="okr-quote">{said}</blockquote>')
    fields = visit.store.record_fields(visit.actor, "lesson", found.key).fields
    cycle = str(fields.get("cycle") or "")
    above = found.above
    when = formats.day(day_of(found.on, visit.company.tz), words.language, visit.today) if found.on else ""
    facts(
        visit,
        [
            ("name.kind", line(word(visit, found.facts.get("kind") or ""))),
            ("name.author", line(found.author)),
            ("name.date", line(when)),
            ("name.cycle", record_link(cycle, str(found.facts.get("cycle") or cycle), "okr-link") if cycle else ""),
            ("name.objective", record_link(above[1], above[2], "okr-link") if above else ""),
        ],
    )
    draw_history(visit, "lesson", found.key)
