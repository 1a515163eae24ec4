"""What the pages of records are made of: headings, facts, check-ins, tasks, and rows that lead on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from assistant.telling import formats
from okr.store.chronicle import Correction, Entry
from okr.store.standing import Told
from okr.store.tasks import Task
from ui.figures import paced_row, small_parts, status_html
from ui.harmless import escaped, line, plain
from ui.links import record_link
from ui.moments import said_when
from ui.record_history import field_name, value_html
from ui.session import Visit
from ui.standings import listed
from ui.tree_rows import share_html, task_parts, task_status

DEEPEST = 12
PLACE = "_page"
"""Tells what is on the page from the same in a panel over it."""


def part(visit: Visit, key: str, **filled: str | int) -> None:
    """The heading of a part of the page."""
    st.html(f'<h2 class="okr-part">{escaped(visit.words(key, **filled))}</h2>')


def note(visit: Visit, key: str, **filled: str | int) -> None:
    """A sentence where there is nothing to show."""
    st.html(f'<p class="okr-note">{escaped(visit.words(key, **filled))}</p>')


def figures(drawn: str) -> None:
    """Drawn rows; nothing for an empty text."""
    if drawn:
        st.markdown(f'<div class="okr-figures">{drawn}</div>', unsafe_allow_html=True)


def facts(visit: Visit, pairs: Iterable[tuple[str, str]]) -> None:
    """Names with what stands there, which is HTML already; a pair without anything is left out."""
    drawn = "".join(
        f"<div><dt>{line(visit.words(name))}</dt><dd>{said}</dd></div>" for name, said in pairs if said
    )  # fmt: skip
    if drawn:
        st.markdown(f'<dl class="okr-facts">{drawn}</dl>', unsafe_allow_html=True)


def rows(items: Sequence[str]) -> str:
    """Rows with a rule between them."""
    return f'<ul class="okr-rows">{"".join(items)}</ul>' if items else ""


def row(title: str, small: Iterable[str], drawn: str = "", status: str = "", css: str = "") -> str:
    """One row: a title, a small line, a drawing and a status, all of them HTML."""
    said = "".join(f"<span>{part}</span>" for part in small if part)
    foot = f'<div class="okr-small"><div>{said}</div></div>' if said else ""
    return (
        f'<li class="{css}"><div class="okr-branch-title">{title}{foot}</div><div class="okr-drawn">{drawn}</div>'
        f'<div class="okr-status-cell">{status}</div></li>'
    )


def key_result_row(
    visit: Visit, told: Told, *, weight: bool = False, owner: bool = True, postponed: bool = False
) -> str:
    """A key result with its pace bar; with `weight` it is said where it is not the usual one.

    `postponed` says that its objective is, which it shares.
    """
    values = listed(visit, told).values | {"team": None}
    if not owner:
        values["owner"] = None
    small = small_parts(visit, values)
    if weight and told.standing.weight != 1:
        said = formats.number(told.standing.weight, visit.words.language)
        small.append(line(visit.words("page.weight", weight=said)))
    title = record_link(told.standing.key, told.standing.title)
    if postponed or told.standing.state == "postponed":
        return row(title, [line(told.owner_name)], "", status_html(visit, "postponed"))
    drawn = share_html(visit, values["progress"]) + paced_row(visit, values)
    return row(title, small, drawn, status_html(visit, values["status"]))


def scope_row(visit: Visit, key: str, title: str, small: Iterable[str], values: Mapping[str, Any]) -> str:
    """An objective or team with the pace bar of its roll-up."""
    if values.get("progress") is None:
        quiet = f'<span class="okr-foot">{line(visit.words("board.whole.unknown"))}</span>'
        return row(record_link(key, title), small, quiet)
    drawn = share_html(visit, values["progress"]) + paced_row(visit, dict(values))
    status = status_html(visit, values["status"]) if values.get("status") else ""
    return row(record_link(key, title), small, drawn, status)


# -- check-ins ----------------------------------------------------------------------------------------


def entries_html(visit: Visit, entries: Sequence[Entry], *, named: bool = False) -> str:
    """Check-ins, with the title of their key result where they are `named`."""
    return "".join(_entry(visit, entry, named=named) for entry in entries)


def _entry(visit: Visit, entry: Entry, *, named: bool) -> str:
    words, language = visit.words, visit.words.language
    cite = f'<button type="button" class="okr-cite" data-open="{line(entry.key)}">{line(entry.key)}</button>'
    head = [f"<strong>{line(said_when(visit, entry.at))}</strong>", line(entry.author_name)]
    if named:
        head.insert(0, record_link(entry.key_result, entry.key_result_title, "okr-link"))
    said = []
    if entry.value is not None:
        said.append(f"<strong>{line(formats.amount(entry.value, plain(entry.unit or '') or None, language))}</strong>")
    if entry.confidence is not None:
        said.append(line(words("page.confidence", said=words("record.confidence", n=entry.confidence))))
    if entry.status:
        said.append(f"{line(words('page.owner_says'))} {status_html(visit, entry.status)}")
    figures_line = f'<p class="okr-entry-said">{"".join(f"<span>{each}</span>" for each in said)}</p>' if said else ""
    texts = [(name, text) for name in ("note", "wins", "blockers") if (text := getattr(entry, name).strip())]
    quotes = "".join(_quote(visit, name, text, alone=len(texts) == 1) for name, text in texts)
    corrected = "".join(_corrected(visit, one, entry.unit or "") for one in entry.corrections)
    return (
        f'<li><p class="okr-entry-head">{"".join(f"<span>{each}</span>" for each in head)}<span>{cite}</span></p>'
        f"{figures_line}{quotes}{corrected}</li>"
    )


def _quote(visit: Visit, name: str, text: str, *, alone: bool) -> str:
    foot = "" if alone and name == "note" else f'<p class="okr-by">{line(visit.words(f"name.{name}"))}</p>'
    said = "<br>".join(line(each) for each in plain(text).split("\n") if each.strip())
    return f'<blockquote class="okr-quote"><p>{said}</p>{foot}</blockquote>'


def _corrected(visit: Visit, one: Correction, unit: str) -> str:
    old, new = (value_html(visit, "check_in", one.field, value, unit) for value in (one.old, one.new))
    said = visit.words(
        "page.corrected", when=said_when(visit, one.at), name=one.by or visit.words("page.history.import")
    )
    return (
        f'<p class="okr-foot okr-corrected">{line(said)} {line(field_name(visit, "check_in", one.field))}: '
        f'<s class="okr-was">{old}</s> <span aria-hidden="true">→</span> {new}</p>'
    )


# -- tasks --------------------------------------------------------------------------------------------


def tasks_html(visit: Visit, tasks: Sequence[Task]) -> str:
    """Tasks, each part of another one below it."""
    keys = {task.key for task in tasks}
    below: dict[str, list[Task]] = {}
    for task in tasks:
        if task.parent in keys and task.parent != task.key:
            below.setdefault(str(task.parent), []).append(task)
    tops = [task for task in tasks if task.parent not in keys or task.parent == task.key]
    drawn: set[str] = set()

    def branch(task: Task, depth: int) -> str:
        # Parts that name each other in a ring are drawn once.
        if task.key in drawn or depth > DEEPEST:
            return ""
        drawn.add(task.key)
        own = row(record_link(task.key, task.title), task_parts(visit, task), "", task_status(visit, task))
        inner = "".join(branch(each, depth + 1) for each in below.get(task.key, ()))
        return own + (f'<li class="okr-rows-below"><ul class="okr-rows">{inner}</ul></li>' if inner else "")

    found = "".join(branch(task, 0) for task in tops)
    return found + "".join(branch(task, 0) for task in tasks if task.key not in drawn)


def draw_tasks(visit: Visit, tasks: Sequence[Task], heading: str, none: str = "") -> None:
    """A part with tasks; where there are none the sentence `none`, or nothing at all."""
    if tasks:
        part(visit, heading)
        figures(f'<ul class="okr-rows okr-rows-tasks">{tasks_html(visit, tasks)}</ul>')
    elif none:
        part(visit, heading)
        note(visit, none)
