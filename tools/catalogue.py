"""The tools as a model gets them: each once, with a small schema, the person and the clock slipped in behind its back.

A docstring here is a prompt: it says what comes back and when to use the tool. The plain functions do
the work; they are imported when they are called.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from langchain.tools import BaseTool, ToolRuntime, tool
from langchain_core.tools import StructuredTool
from pydantic import BeforeValidator, Field

from tools import meant
from tools.context import TurnContext
from tools.result import Found
from tools.saying import shown

Run = ToolRuntime[TurnContext]
Said = tuple[str, Found]


def _listed(given: object) -> object:
    # One string with commas is the shortest schema; models that send a list are understood as well.
    if isinstance(given, list | tuple):
        return ", ".join(str(one) for one in given)
    return "" if given is None else given


Several = Annotated[str, BeforeValidator(_listed), Field(max_length=600)]
When = Annotated[str, Field(max_length=120)]
Id = Annotated[str, Field(max_length=200)]


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


def _said(found: Found, turn: TurnContext) -> Said:
    return shown(found, turn), found


@tool(response_format="content_and_artifact")
def find_records(words: Annotated[str, Field(max_length=200)], runtime: Run) -> Said:
    """Ids by name, when another tool does not know one."""
    from tools.finding import find_records as find

    return _said(find(runtime.context, words=words), runtime.context)


@tool(response_format="content_and_artifact")
def list_key_results(
    runtime: Run,
    of: Several = "",
    only: Several = "",
    by: Literal["gap", "progress", "change", "confidence", "age", "value", "score", "id"] = "gap",
    reverse: bool = False,
    limit: Annotated[int, Field(ge=1, le=50)] = 5,
    when: When = "",
) -> Said:
    """Key results in order (gap: most behind first) and how many; `only` filters: status=on_track|at_risk|off_track|
    completed|pending|unknown, reported=(owner's word, the same), freshness=fresh|due|stale|never, confidence<3,
    gap>0.1, older_than_days=14, missing=baseline|target|value, moved=up|down|flat, state=postponed, has=blockers,
    watermelon, unrankable, breached, not_checked_in.
    """
    from tools.key_results import list_key_results as plain_list
    from tools.key_results import rank_key_results

    turn = runtime.context
    filters = _names(only)
    about = meant.where(turn, _names(of), when, filters)
    if by == "change" and not about.first:
        about = meant.where(turn, _names(of), "past 7 days", filters)
    if by == "id" or _in_no_order(filters):
        order = "" if by in ("id", "gap") else by
        return _said(plain_list(turn, by=order, reverse=reverse, limit=limit, where=about), turn)
    return _said(rank_key_results(turn, by=by, reverse=reverse, limit=limit, where=about), turn)


def _in_no_order(filters: list[str]) -> bool:
    # Ranked by gap these would lose the records that have none, which are the ones asked for.
    return any(
        word.startswith(("freshness=", "older_than_days", "missing=", "unrankable", "state=")) for word in filters
    )


@tool(response_format="content_and_artifact")
def list_records(
    kind: Literal["objective", "team", "person", "lesson", "cycle"],
    runtime: Run,
    of: Several = "",
    only: Several = "",
    by: Literal["", "gap", "progress", "count"] = "",
    when: When = "",
) -> Said:
    """Objectives, teams (most behind first), people (only: role=lead, or filters: who owns such key results), lessons
    (only: helped, hindered, root_cause), cycles.
    """
    from tools.finding import list_records as plain_list

    turn = runtime.context
    return _said(plain_list(turn, kind, of=_names(of), only=_names(only), by=by, when=when), turn)


@tool(response_format="content_and_artifact")
def read_record(id: Id, runtime: Run, when: When = "") -> Said:
    """How one record is doing: key result, objective (and what it feeds), KPI, team, person, task, cycle, 'company'."""
    from tools.finding import read_record as read

    turn = runtime.context
    ref = None if meant.is_company(id) else meant.record(turn, id)
    return _said(read(turn, ref, meant.where(turn, (), when)), turn)


@tool(response_format="content_and_artifact")
def read_history(id: Id, runtime: Run, when: When = "") -> Said:
    """A key result's check-ins or a KPI's points, oldest first, and the change."""
    from tools.finding import read_history as read

    turn = runtime.context
    ref = meant.record(turn, id, ("key_result", "kpi"))
    return _said(read(turn, ref, meant.days(turn, when)), turn)


@tool(response_format="content_and_artifact")
def compare(sides: Several, runtime: Run, when: When = "", versus: When = "") -> Said:
    """Sides beside one another with the difference, or one side at two times."""
    from tools.finding import compare_sides

    turn = runtime.context
    return _said(compare_sides(turn, _names(sides)[:6], when, versus), turn)


@tool(response_format="content_and_artifact")
def search_notes(
    runtime: Run,
    words: Annotated[str, Field(max_length=200)] = "",
    of: Several = "",
    part: Literal["", "wins", "blockers", "note"] = "",
    when: When = "",
) -> Said:
    """What people wrote in check-ins and lessons."""
    from tools.finding import notes

    turn = runtime.context
    return _said(notes(turn, words, _names(of), part, when), turn)


@tool(response_format="content_and_artifact")
def explain_change(id: Id, runtime: Run, when: When = "") -> Said:
    """For every why: when it turned, and what was written around it."""
    from tools.finding import explanation

    turn = runtime.context
    return _said(explanation(turn, id, when), turn)


@tool(response_format="content_and_artifact")
def list_tasks(runtime: Run, of: Several = "", only: Several = "", due: When = "") -> Said:
    """Tasks, the earliest due first; `only`: overdue, to_do, in_progress, in_review, blocked, done."""
    from tools.finding import tasks

    turn = runtime.context
    return _said(tasks(turn, _names(of), _names(only), due), turn)


@tool(response_format="content_and_artifact")
def my_week(runtime: Run) -> Said:
    """What the asker has to do this week."""
    from tools.my_week import my_week as plain_week

    return _said(plain_week(runtime.context), runtime.context)


class _Tool(StructuredTool):
    """A tool whose schema for the model is as short as it can be; the checks behind it stay whole."""

    @property
    def tool_call_schema(self) -> dict[str, Any]:
        whole: Any = super().tool_call_schema
        full = whole.model_json_schema()
        properties = {name: _bare(schema) for name, schema in full.get("properties", {}).items()}
        short: dict[str, Any] = {"title": self.name, "type": "object", "properties": properties}
        if self.description:
            short["description"] = self.description
        if required := full.get("required"):
            short["required"] = required
        return short


def _bare(schema: dict[str, Any]) -> dict[str, Any]:
    # Bounds and defaults are said by the refusal when one is broken; in each request they would cost tokens.
    kept = {name: value for name, value in schema.items() if name in ("type", "enum")}
    if isinstance(items := schema.get("items"), dict):
        kept["items"] = _bare(items)
    return kept


def _strict(given: Any) -> BaseTool:
    """The tool with a schema that refuses arguments it does not know, instead of dropping them."""
    schema = given.args_schema
    schema.model_config = {**schema.model_config, "extra": "forbid"}
    schema.model_rebuild(force=True)
    return _Tool(
        name=given.name,
        description=" ".join(given.description.split()),
        func=given.func,
        args_schema=schema,
        response_format="content_and_artifact",
    )


_EACH: tuple[Any, ...] = (
    find_records,
    list_key_results,
    list_records,
    read_record,
    read_history,
    compare,
    search_notes,
    explain_change,
    list_tasks,
    my_week,
)
TOOLS: tuple[BaseTool, ...] = tuple(_strict(each) for each in _EACH)
