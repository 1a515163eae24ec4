"""The rows of the tree as HTML: what each branch is, how it stands, and a button that unfolds it."""

from __future__ import annotations

import json
from typing import Any

from assistant.telling import formats
from assistant.telling.standing import status_count
from okr.health import WORST_FIRST
from okr.store.standing import Tally
from okr.store.tasks import Task
from okr.store.tree_paths import Branch, Grown, Node, Tree
from ui.drawings import clock_mark, status_mark, tone
from ui.figures import paced_row, small_parts, status_html, word
from ui.harmless import line, plain
from ui.links import record_link
from ui.session import Visit
from ui.standings import listed

LETTERS = {"c": "company", "t": "team", "o": "objective", "k": "key_result"}
_LETTER_OF = {kind: letter for letter, kind in LETTERS.items()}
_CHEVRON = (
    '<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">'
    '<path d="M4 2.2 7.8 6 4 9.8" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" '
    'stroke-linejoin="round"/></svg>'
)


def named(node: Node) -> str:
    """How a branch is written in the address: "t.sales"."""
    return f"{_LETTER_OF[node[0]]}.{node[1]}"


def node_of(said: str) -> Node | None:
    """The branch that is written so; None for anything else."""
    letter, dot, key = said.partition(".")
    return (LETTERS[letter], key) if dot and letter in LETTERS else None


def tree_html(visit: Visit, tree: Tree, wanted: Grown) -> str:
    """The whole tree as far as it is unfolded."""
    unfolded = json.dumps(sorted(named(node) for node in tree.opened))
    rows = _row(visit, tree, wanted, tree.root)
    return f'<div class="okr-tree" data-unfolded="{line(unfolded)}"><ul>{rows}</ul></div>'


def _row(visit: Visit, tree: Tree, wanted: Grown, branch: Branch, above: Branch | None = None) -> str:
    inner = "".join(_row(visit, tree, wanted, child, branch) for child in branch.children)
    inner += _rest(visit, wanted, branch)
    below = f"<ul>{inner}</ul>" if inner else ""
    css = f"okr-branch okr-branch-{branch.kind}" + (" okr-found" if branch.is_hit else "")
    drawn = _DRAWN[branch.kind](visit, tree, branch, above)
    row = f'<div class="okr-branch-row">{_toggle(visit, branch, above is None)}{drawn}</div>'
    return f'<li class="{css}">{row}{below}</li>'


def _toggle(visit: Visit, branch: Branch, top: bool) -> str:
    if top or branch.kind == "task" or not branch.inside or branch.on_path:
        return '<span class="okr-fold-none"></span>'
    key = "tree.fold" if branch.is_open else "tree.unfold"
    spoken = visit.words(key, title=plain(branch.title))
    return (
        f'<button type="button" class="okr-fold-button" data-fold="{line(named(branch.node))}" '
        f'aria-expanded="{"true" if branch.is_open else "false"}" aria-label="{line(spoken)}">{_CHEVRON}</button>'
    )


def _rest(visit: Visit, wanted: Grown, branch: Branch) -> str:
    """What is not listed below an open branch, with a way to it where there is one."""
    words = visit.words
    if branch.on_path:
        # Only what was found is shown of it.
        said = words("tree.show_all", count=branch.inside)
        return f'<li class="okr-branch-more">{_small_button(named(branch.node), said, "fold")}</li>'
    if not branch.unlisted:
        return ""
    if branch.node in wanted.whole or branch.kind == "key_result":
        return f'<li class="okr-branch-more okr-foot">{line(words("more.unlisted", count=branch.unlisted))}</li>'
    said = words("more", count=branch.unlisted)
    return f'<li class="okr-branch-more">{_small_button(named(branch.node), said, "all")}</li>'


def _small_button(node: str, text: str, what: str) -> str:
    return f'<button type="button" class="okr-small-button" data-{what}="{line(node)}">{line(text)}</button>'


# -- what a branch says -------------------------------------------------------------------------------


def _figures(visit: Visit, tree: Tree, tally: Tally | None) -> dict[str, Any]:
    mean = tally.mean if tally is not None else None
    expected = tree.expected if mean is not None else None
    gap = None if mean is None or expected is None else expected - mean
    return {"status": tally.worst if tally else None, "progress": mean, "expected": expected, "gap": gap}


def counts_html(visit: Visit, tally: Tally, *, named: bool = False) -> str:
    """How many stand where: the shape and the number, with the word beside it or for whoever hears the page."""
    parts = []
    for status in WORST_FIRST:
        if count := tally.statuses.get(status.value):
            said = f"{word(visit, status.value)}: {count}"
            inner = (
                line(status_count(status.value, count, visit.words.language))
                if named
                else f'<span aria-hidden="true">{count}</span><span class="okr-hidden">{line(said)}</span>'
            )
            parts.append(
                f'<span class="okr-status okr-{tone(status.value)}" title="{line(said)}">'
                f"{status_mark(status.value)}{inner}</span>"
            )
    return f'<div class="okr-tallied">{"".join(parts)}</div>' if parts else ""


def _scope(visit: Visit, tree: Tree, branch: Branch, title: str, small: list[str]) -> str:
    words, tally = visit.words, branch.tally
    if tally is None or not tally.total:
        small.append(line(words("tree.no_key_results")))
        return _cells(title, small, "", "")
    small.append(line(formats.counted(tally.total, "key_result", words.language)))
    if tally.left_out and tally.counted:
        small.append(line(words("tree.left_out", count=tally.left_out)))
    values = _figures(visit, tree, tally)
    drawn = share_html(visit, tally.mean) + paced_row(visit, values)
    if tally.mean is None:
        drawn = f'<span class="okr-foot">{line(words("board.whole.unknown"))}</span>'
    return _cells(title, small, drawn, counts_html(visit, tally))


def _cells(title: str, small: list[str], drawn: str, status: str) -> str:
    said = "".join(f"<span>{part}</span>" for part in small if part)
    foot = f'<div class="okr-small"><div>{said}</div></div>' if said else ""
    return (
        f'<div class="okr-branch-title">{title}{foot}</div><div class="okr-drawn">{drawn}</div>'
        f'<div class="okr-status-cell">{status}</div>'
    )


def _company(visit: Visit, tree: Tree, branch: Branch, above: Branch | None) -> str:
    title = f'<span class="okr-branch-name">{line(branch.title)}</span>'
    small = [record_link(branch.team.key, branch.team.name, "okr-link")] if branch.team is not None else []
    return _scope(visit, tree, branch, title, small)


def _team(visit: Visit, tree: Tree, branch: Branch, above: Branch | None) -> str:
    team = branch.team
    small = [line(visit.words("tree.led_by", name=visit.person_name(team.lead)))] if team and team.lead else []
    return _scope(visit, tree, branch, record_link(branch.key, branch.title), small)


def _objective(visit: Visit, tree: Tree, branch: Branch, above: Branch | None) -> str:
    words, objective = visit.words, branch.objective
    assert objective is not None
    small = [line(objective.owner_name)]
    if above is not None and (above.team is None or above.team.key != objective.team):
        small.append(line(objective.team_name))
    if branch.supports is not None:
        # Right below the one that it supports there is nothing more to say.
        if above is None or above.node != branch.supports:
            over = record_link(branch.supports[1], branch.supports_title, "okr-link")
            small.append(f'<span aria-hidden="true">↑</span> {line(words("tree.supports"))} {over}')
    elif objective.team in visit.teams and visit.teams[objective.team].above is not None:
        small.append(line(words("tree.alone")))
    if branch.supported_by:
        small.append(f'<span aria-hidden="true">↓</span> {line(words("tree.supported", count=branch.supported_by))}')
    if objective.visibility == "team":
        small.append(line(words("tree.restricted")))
    if branch.borrowed:
        small.append(line(words("tree.borrowed")))
    title = record_link(branch.key, branch.title)
    if objective.state == "postponed":
        return _cells(title, small, "", status_html(visit, "postponed"))
    if objective.state == "closed":
        small.append(line(word(visit, "closed")))
    return _scope(visit, tree, branch, title, small)


def _key_result(visit: Visit, tree: Tree, branch: Branch, above: Branch | None) -> str:
    told = branch.told
    assert told is not None
    values = listed(visit, told).values | {"team": None}
    title = record_link(branch.key, branch.title)
    states = (told.standing.state, above.objective.state if above is not None and above.objective is not None else "")
    if "postponed" in states:
        return _cells(title, [line(told.owner_name)], "", status_html(visit, "postponed"))
    small = small_parts(visit, values)
    if "closed" in states:
        small.append(line(word(visit, "closed")))
    if branch.inside:
        small.append(line(formats.counted(branch.inside, "task", visit.words.language)))
    return _cells(
        title,
        small,
        share_html(visit, values["progress"]) + paced_row(visit, values),
        status_html(visit, values["status"]),
    )


def share_html(visit: Visit, progress: float | None) -> str:
    """Progress as it is shown, from 0 to 100 %; an empty place where there is none."""
    said = "" if progress is None else formats.percent(min(max(progress, 0.0), 1.0), visit.words.language)
    return f'<strong class="okr-share">{line(said)}</strong>'


def _task(visit: Visit, tree: Tree, branch: Branch, above: Branch | None) -> str:
    task = branch.task
    assert task is not None
    return _cells(record_link(branch.key, branch.title), task_parts(visit, task), "", task_status(visit, task))


def task_status(visit: Visit, task: Task) -> str:
    """How far a task is, in a word with its shape."""
    shown = {"done": "completed", "blocked": "off_track"}.get(task.status, "")
    return f'<span class="okr-status okr-{tone(shown)}">{status_mark(shown)}{line(word(visit, task.status))}</span>'


def task_parts(visit: Visit, task: Task) -> list[str]:
    """The small line of a task: who has it, when it is due, what it waits for."""
    words = visit.words
    parts = [line(task.assignee_name or words("task.nobody"))]
    if task.status == "done" and task.done_on is not None:
        parts.append(line(words("task.done_on", day=formats.day(task.done_on, words.language, visit.today))))
    elif task.due is not None:
        late = task.due < visit.today and task.status != "done"
        said = words("week.task.late" if late else "task.due", day=formats.day(task.due, words.language, visit.today))
        parts.append(f'<span class="okr-status okr-quiet">{clock_mark()}{line(said)}</span>' if late else line(said))
    if task.needs and task.status != "done":
        waits = ", ".join(record_link(key, key, "okr-link") for key in task.needs)
        parts.append(f"{line(words('task.waits'))} {waits}")
    return parts


_DRAWN = {"company": _company, "team": _team, "objective": _objective, "key_result": _key_result, "task": _task}
