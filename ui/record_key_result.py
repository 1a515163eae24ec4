"""The page of a key result: how it stands and why, its values against what was expected, and all that was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from assistant.telling import formats
from okr import health
from okr.calendar import day_of, end_of_day
from okr.health import Quantity, Verdict
from okr.revisions import Revision
from okr.store.directory import Cycle
from okr.store.measuring import Measuring
from okr.store.opening import Opened
from okr.store.scope import Scope
from okr.store.standing import Told
from okr.store.tasks import Task, TaskQuery
from ui.charts import drawable, finding, line_chart
from ui.figures import paced_row, status_html, word
from ui.forecasting import draw_forecast
from ui.harmless import escaped, line, plain
from ui.links import record_link
from ui.record_history import draw_history
from ui.record_parts import PLACE, draw_tasks, entries_html, facts, figures, note, part
from ui.record_revised import draw_revised, expected_line, mark_words
from ui.session import Visit
from ui.standings import listed
from ui.thread import draw_thread
from ui.turns import Line

SHOWN = 8
MOST = 200
MOST_TASKS = 200
A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Stood:
    """A key result at the moment that its page is about, and a week before."""

    told: Told
    before: Told | None
    cycle: Cycle
    as_of: datetime
    over: bool
    postponed: bool


def stood(visit: Visit, key: str) -> Stood | None:
    """How the key result stands, in a cycle that is over as it stood at its end."""
    store, zone = visit.store, visit.company.tz
    ref = store.ref(visit.actor, "key_result", key)
    cycles = store.record_cycle(visit.actor, [ref.id])
    if not cycles:
        return None
    cycle = cycles[0]
    over = cycle.end < visit.today
    as_of = end_of_day(cycle.end, zone) if over else visit.now
    rule = health.rule(health.DEFAULT_RULE)
    measuring = Measuring(as_of, zone, cycles, rule, settled=store.settled_at(as_of))
    found = store.key_results_by_id(visit.actor, measuring, [ref.id])
    week_before = Measuring(end_of_day(day_of(as_of - A_WEEK, zone), zone), zone, cycles, rule)
    was = store.key_results_by_id(visit.actor, week_before, [ref.id])
    if not found:
        return None
    one = found[0].standing
    above = store.objectives_by_id(visit.actor, [one.objective_id])
    postponed = "postponed" in (one.state, *(each.state for each in above))
    return Stood(found[0], was[0] if was else None, cycle, as_of, over, postponed)


def draw_key_result(visit: Visit, found: Opened) -> None:
    """Everything below the heading and the buttons."""
    at = stood(visit, found.key)
    if at is None:
        return
    revised = visit.store.revisions(visit.actor, found.key)
    _standing(visit, at)
    _facts(visit, at)
    _chart(visit, at, found, revised)
    if not at.over and not at.postponed:
        draw_forecast(visit, found.key)
    draw_revised(visit, revised, found.unit)
    _entries(visit, found.key)
    draw_tasks(visit, tasks_for(visit, Scope(key_results=(at.told.standing.id,))), "page.tasks", "page.tasks.none")
    part(visit, "page.comments")
    draw_thread(visit, found.kind, found.key, PLACE)
    draw_history(visit, found.kind, found.key, found.unit)


# -- how it stands, and why ---------------------------------------------------------------------------


def _standing(visit: Visit, at: Stood) -> None:
    words, one = visit.words, at.told.standing
    values = listed(visit, at.told).values
    if at.postponed:
        st.markdown(f'<div class="okr-stands">{status_html(visit, "postponed")}</div>', unsafe_allow_html=True)
        note(visit, "page.postponed")
        return
    was = at.before.standing.verdict.progress if at.before is not None else None
    if was is not None and one.verdict.progress is not None:
        values["change"] = float(one.verdict.progress - was)
    share = values["progress"]
    shown = ""
    if share is not None:
        clamped = formats.percent(min(max(share, 0.0), 1.0), words.language)
        shown = f'<strong class="okr-stands-share">{line(clamped)}</strong>'
    st.markdown(
        f'<div class="okr-stands">{status_html(visit, values["status"])}{shown}'
        f'<div class="okr-drawn">{paced_row(visit, values)}</div></div>',
        unsafe_allow_html=True,
    )
    said = [why(visit, one.verdict, at.told)]
    if share is not None and not 0 <= share <= 1:
        key = "page.below" if share < 0 else "page.beyond"
        said.append(words(key, share=formats.percent(share, words.language)))
    if one.reported and one.reported != one.verdict.status.value:
        said.append(words("page.reported", status=word(visit, one.reported)))
    said.append(_freshness(visit, at))
    rule = health.rule(one.verdict.rule)
    st.html(f'<p class="okr-why-status">{escaped(" ".join(each for each in said if each))}</p>')
    st.html(
        f'<details class="okr-fold"><summary>{escaped(words("page.rule", rule=rule.name))}</summary>'
        f'<p class="okr-foot">{escaped(rule.says[words.language].capitalize())}.</p></details>'
    )


def why(visit: Visit, verdict: Verdict, told: Told) -> str:
    """Why the status is what it is, in a sentence that names the rule and the figure that decided."""
    words, language = visit.words, visit.words.language
    measure, unit = told.standing.measure, told.standing.unit
    if verdict.reason in ("holding", "breached"):
        limit = words(_LIMITS[measure.limit or "at_least"], value=_amount(visit, measure.target, unit))
        return words(_REASONS[verdict.reason], value=_amount(visit, measure.value, unit), limit=limit)
    if verdict.reason in _REASONS:
        return words(_REASONS[verdict.reason])
    by_rule = {"status": word(visit, verdict.status.value), "rule": verdict.rule}
    if verdict.reason == "ratio" and verdict.ratio is not None:
        limits = [each.threshold for each in verdict.because if each.quantity is Quantity.RATIO]
        share = formats.percent(float(verdict.ratio), language)
        return words("page.why.ratio", **by_rule, share=share, limit=formats.percent(float(limits[0]), language))
    behind = verdict.gap
    if not behind:
        return words("page.why.level", **by_rule) if behind is not None else ""
    key = "page.why.behind" if behind > 0 else "page.why.ahead"
    return words(key, **by_rule, points=formats.points(float(behind), language))


_LIMITS = {"at_least": "figure.limit_at_least", "at_most": "figure.limit_at_most"}
_REASONS = {
    "done": "page.why.done",
    "holding": "page.why.holding",
    "breached": "page.why.breached",
    "not_done": "page.why.not_done",
    "not_done_at_end": "page.why.not_done_at_end",
    "no_value": "page.why.no_value",
    "no_baseline": "page.why.no_baseline",
    "no_target": "page.why.no_target",
    "baseline_equals_target": "page.why.flat",
    "no_milestones": "page.why.no_milestones",
}


def _amount(visit: Visit, value: object, unit: str | None) -> str:
    if not isinstance(value, int | float):
        return "–"
    return formats.amount(float(value), plain(unit or "") or None, visit.words.language)


def _freshness(visit: Visit, at: Stood) -> str:
    words, one = visit.words, at.told.standing
    if at.over:
        return words("page.at_end", day=formats.day(at.cycle.end, words.language, visit.today))
    if one.last_at is None or one.age.days is None:
        return words("page.fresh.never")
    ago = formats.how_long_ago(day_of(one.last_at, visit.company.tz), words.language, visit.today)
    return words(_FRESH[one.age.freshness.value], ago=ago)


_FRESH = {"fresh": "page.fresh.fresh", "due": "page.fresh.due", "stale": "page.fresh.stale"}
_CADENCE = {"weekly": "page.cadence.weekly", "biweekly": "page.cadence.biweekly", "monthly": "page.cadence.monthly"}


def _facts(visit: Visit, at: Stood) -> None:
    words, told, one = visit.words, at.told, at.told.standing
    measure = one.measure
    way = ""
    if measure.kind == "boundary" and measure.target is not None:
        way = words(_LIMITS[measure.limit or "at_least"], value=_amount(visit, measure.target, one.unit))
    elif measure.kind == "milestones":
        done = sum(1 for step in measure.milestones if step.done)
        way = words("page.milestones", done=done, count=len(measure.milestones))
    elif measure.kind == "measure" and measure.baseline is not None and measure.target is not None:
        way = words(
            "page.way",
            baseline=_amount(visit, measure.baseline, one.unit),
            target=_amount(visit, measure.target, one.unit),
        )
    elif measure.target is not None:
        way = words("figure.target", value=_amount(visit, measure.target, one.unit))
    facts(
        visit,
        [
            ("name.value", line(_amount(visit, measure.value, one.unit)) if measure.value is not None else ""),
            ("page.terms", line(way)),
            ("name.confidence", line(words("record.confidence", n=one.confidence)) if one.confidence else ""),
            ("name.score", line(formats.score(one.score, words.language)) if one.score is not None else ""),
            ("name.owner", record_link(told.owner, told.owner_name, "okr-link")),
            ("name.team", record_link(told.team, told.team_name, "okr-link")),
            ("name.cycle", record_link(at.cycle.key, at.cycle.name, "okr-link")),
            ("page.cadence", line(words(_CADENCE[one.cadence]))),
            ("name.kind", "" if measure.kind == "measure" else line(word(visit, measure.kind))),
            ("name.weight", line(formats.number(one.weight, words.language)) if one.weight != 1 else ""),
            ("record.kpi", record_link(told.kpi, told.kpi, "okr-link") if told.kpi else ""),
            ("page.seen_by", line(words("tree.restricted")) if told.restricted else ""),
        ],
    )


# -- its values ---------------------------------------------------------------------------------------


def _chart(visit: Visit, at: Stood, found: Opened, revised: Sequence[Revision]) -> None:
    words, one, zone = visit.words, at.told.standing, visit.company.tz
    # The page has said already of what: a long title would only stand in the way.
    series = Line(words("name.value"), found.unit, [(value.at, value.value, value.key) for value in found.values])
    if one.measure.kind in ("milestones", "binary") or not drawable(series):
        return
    series.expected = expected_line(visit.company.tz, one.measure, at.cycle, revised)
    series.marks = [(each.change.at, mark_words(visit, each, found.unit)) for each in revised]
    title = finding(series, zone, words, visit.today)
    st.html(f'<h2 class="okr-part okr-finding">{escaped(title)}</h2>')
    wanted = words("chart.expected") if one.measure.kind == "measure" else words("page.chart.limit")
    chart = line_chart(series, zone, words.language, wanted)
    key = f"okr_page_chart_{found.key}"
    st.altair_chart(chart, key=key, on_select=Dot(key), selection_mode="opened", alt=plain(title))


@dataclass(frozen=True, slots=True)
class Dot:
    """Opens the record of the dot that was pressed in the chart of that key."""

    key: str

    def __call__(self) -> None:
        """Remember which one it was; the page opens it."""
        selected = st.session_state.get(self.key) or {}
        chosen = (selected.get("selection") or {}).get("opened") or []
        if chosen and isinstance(chosen[0], dict) and chosen[0].get("key"):
            st.session_state["okr_open"] = str(chosen[0]["key"])


# -- check-ins and tasks ------------------------------------------------------------------------------


def _entries(visit: Visit, key: str) -> None:
    count = visit.store.count_entries(visit.actor, key)
    if not count:
        part(visit, "page.entries")
        note(visit, "page.entries.none")
        return
    part(visit, "page.entries.count", count=count)
    entries = visit.store.entries(visit.actor, key, limit=MOST)
    drawn = f'<ul class="okr-entries">{entries_html(visit, entries[:SHOWN])}</ul>'
    if rest := entries[SHOWN:]:
        said = line(visit.words("more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{said}</summary>'
            f'<ul class="okr-entries">{entries_html(visit, rest)}</ul></details>'
        )
    if count > MOST:
        drawn += f'<p class="okr-foot">{line(visit.words("more.unlisted", count=count - MOST))}</p>'
    figures(drawn)


def tasks_for(visit: Visit, scope: Scope) -> list[Task]:
    """The tasks of a scope with the parts that they have, the earliest due first."""
    found = {task.id: task for task in visit.store.tasks(visit.actor, TaskQuery(scope), limit=MOST_TASKS)}
    newest = list(found)
    for _ in range(4):
        if not newest or len(found) >= MOST_TASKS:
            break
        query = TaskQuery(ids=tuple(newest), linked="subtasks")
        parts = {task.id: task for task in visit.store.tasks(visit.actor, query, limit=MOST_TASKS)}
        newest = [ident for ident in parts if ident not in found]
        found |= parts
    return list(found.values())
