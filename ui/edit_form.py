"""One form as it stands: what was seen, what was typed, what would be saved; it survives a reload of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import streamlit as st

from okr.calendar import cycles_in_force
from okr.fields import DEFAULTS, FIELDS, amount
from okr.refusals import RefusedError
from okr.store.keeping import Kept
from okr.store.keeping_rules import OWN_FIELDS
from ui.session import Visit

HELD = "okr_edit"
WIDGET = "okr_edit_"
KINDS = ("objective", "key_result", "kpi", "task", "team", "person", "cycle", "lesson")
# Fields that a new record is named by for ever; another kind gets its id by itself.
IDENTITY = {"team": "key", "cycle": "key", "person": "email"}
FIGURES = ("baseline", "target")

# The fields in the order of the form, those of a line together.
LINES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "objective": (("title",), ("team", "cycle"), ("owner", "parent"), ("visibility", "kind"), ("state",)),
    "key_result": (
        ("objective",), ("title",), ("kind",), ("limit", "baseline", "target", "unit"), ("milestones",),
        ("owner", "cadence"), ("weight", "kpi"), ("state",),
    ),
    "kpi": (("name",), ("unit", "better"), ("team", "owner")),
    "task": (("title",), ("status", "assignee"), ("due", "done_on"), ("key_results",), ("depends_on",), ("parent",)),
    "team": (("key", "name"), ("parent", "lead")),
    "person": (("email", "name"), ("team", "role"), ("manager",), ("timezone", "language")),
    "cycle": (("key", "name"), ("start", "end"), ("state",)),
    "lesson": (("text",), ("kind", "cycle"), ("objective",)),
}  # fmt: skip
# What a key result of each kind is measured by.
MEASURED: Mapping[str, tuple[str, ...]] = {
    "measure": ("baseline", "target", "unit", "kpi"),
    "boundary": ("limit", "target", "unit", "kpi"),
    "milestones": ("milestones",),
    "binary": (),
}
# What is typed of each step, and of each key result under a new objective.
PARTS: Mapping[str, tuple[str, ...]] = {
    "milestones": ("title", "weight", "done"),
    "rows": ("title", "kind", "limit", "baseline", "target", "unit"),
}
_OF_A_KIND = frozenset(name for names in MEASURED.values() for name in names)


@dataclass(slots=True)
class Clash:
    """A field that somebody else changed meanwhile: what it was, what it is now, what is typed here, who and when."""

    field: str
    old: Any
    theirs: Any
    mine: Any
    both: bool  # it was changed here too, to something else
    by: str
    at: datetime | None


@dataclass(slots=True)
class Form:
    """A form that somebody has open. `key` is empty for a record that is being made."""

    name: str
    kind: str
    key: str
    title: str
    version: int
    before: dict[str, Any]
    typed: dict[str, Any]
    whose: str
    kept_at: datetime | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    look: bool = False
    clashes: list[Clash] = field(default_factory=list)

    @property
    def new(self) -> bool:
        """Whether the record is being made."""
        return not self.key


def held_form(visit: Visit, kind: str, key: str, seeds: Mapping[str, str]) -> Form | None:
    """The form that is open under that name, as it was left."""
    held = st.session_state.get(HELD)
    wanted = form_name(kind, key, seeds)
    if isinstance(held, Form) and held.name == wanted and held.whose == visit.actor.email:
        return held
    return None


def form_name(kind: str, key: str, seeds: Mapping[str, str]) -> str:
    """What a form is called: the record that it changes, or where a new one is going to stand."""
    if key:
        return f"{kind}:{key}"
    return ":".join([kind, "new", *(seeds.get(name, "") for name in ("under", "team", "cycle"))])


def open_form(visit: Visit, kind: str, kept: Kept | None, seeds: Mapping[str, str]) -> Form:
    """The form with what the record says, or what a new one begins with, and with what was typed before."""
    key = kept.key if kept is not None else ""
    before = dict(kept.fields) if kept is not None else _begin(visit, kind, seeds)
    form = Form(
        form_name(kind, key, seeds), kind, key, kept.title if kept is not None else "",
        kept.version if kept is not None else 0, before, typed_of(kind, before), visit.actor.email,
    )  # fmt: skip
    draft = visit.store.form_draft(visit.actor, form.name)
    if draft is not None and isinstance(draft.body.get("typed"), dict):
        form.typed |= draft.body["typed"]
        form.kept_at = draft.kept_at
        if not form.new and isinstance(draft.body.get("before"), dict):
            # What was typed is measured against what was seen then, so that changes since are told.
            form.version, form.before = int(draft.body["version"]), dict(draft.body["before"])
    form.kept = plain(form.typed)
    forget_widgets()
    st.session_state[HELD] = form
    return form


def take_typed(form: Form, today: date) -> None:
    """Take over what stands in the widgets now, which a click may have changed since the form was drawn."""
    for name in form.typed:
        if f"{WIDGET}{name}" in st.session_state:
            form.typed[name] = plain(st.session_state[f"{WIDGET}{name}"])
    for part, names in PARTS.items():
        if part in form.typed:
            form.typed[part] = [_taken(part[0], names, place, each) for place, each in enumerate(form.typed[part], 1)]
    for step in form.typed.get("milestones", ()):
        ticked = step.pop("done", step["done_on"] is not None)
        step["done_on"] = (step["done_on"] or today.isoformat()) if ticked else None


def _taken(part: str, names: tuple[str, ...], place: int, held: Mapping[str, Any]) -> dict[str, Any]:
    keys = {name: f"{WIDGET}{part}_{name}_{place}" for name in names}
    return {**held, **{name: st.session_state[key] for name, key in keys.items() if key in st.session_state}}


def part_key(part: str, name: str, place: int) -> str:
    """The widget of one field of a step or of a key result under a new objective, from 1."""
    return f"{WIDGET}{part[0]}_{name}_{place}"


def forget_widgets() -> None:
    """Let the widgets of the form be drawn anew from what is typed."""
    for key in [key for key in st.session_state if str(key).startswith(WIDGET)]:
        del st.session_state[key]


def close_form() -> None:
    """Forget the form that is open."""
    st.session_state.pop(HELD, None)
    forget_widgets()


def _begin(visit: Visit, kind: str, seeds: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(FIELDS[kind]) | dict(DEFAULTS[kind])
    if kind in IDENTITY:
        found[IDENTITY[kind]] = None
    under, team, cycle = (seeds.get(name) or None for name in ("under", "team", "cycle"))
    open_cycles = [each for each in visit.store.cycles() if each.state != "closed"]
    running = [each.key for each in cycles_in_force(open_cycles, visit.today)]
    if cycle not in {each.key for each in open_cycles}:
        cycle = next(iter([*running, *(each.key for each in open_cycles)]), None)
    match kind:
        case "objective":
            mine = visit.store.teams_decided(visit.actor)
            found |= {"team": team if team in mine else next(iter(mine), None), "cycle": cycle, "parent": under}
            found |= {"owner": visit.actor.email, "rows": []}
        case "key_result":
            found |= {"objective": under, "owner": visit.actor.email}
        case "kpi":
            mine = visit.store.teams_decided(visit.actor)
            found |= {"team": team if team in mine else next(iter(mine), None), "owner": visit.actor.email}
            found |= {"better": "up"}
        case "task":
            found |= {"assignee": visit.actor.email}
            if under and visit.store.names_of(visit.actor, "task", [under]):
                found["parent"] = under
            elif under:
                found["key_results"] = [under]
        case "team":
            found |= {"parent": under or team}
        case "person":
            found |= {"team": team}
        case "lesson":
            found |= {"objective": under, "cycle": cycle, "kind": "lesson"}
    return found


def typed_of(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as a form holds them: figures as text, and what is plain to keep."""
    found: dict[str, Any] = {}
    for name, value in fields.items():
        each = FIELDS[kind].get(name)
        if name == "rows":
            found[name] = list(value or [])
        elif each is None or each.form in ("title", "text", "key"):
            found[name] = value or ""
        elif each.form in ("number", "share"):
            found[name] = figure(value)
        elif each.form == "steps":
            found[name] = [
                {"title": step["title"], "weight": figure(step["weight"]), "done_on": step["done_on"]}
                for step in value or []
            ]
        elif each.form == "links":
            found[name] = list(value or [])
        else:
            found[name] = value
    return found


def figure(value: Any) -> str:
    """A number as it is typed, with a point."""
    if value is None:
        return ""
    return f"{float(value):.15g}" if isinstance(value, int | float) else str(value)


def fields_shown(visit: Visit, form: Form) -> set[str]:
    """The fields that matter for what is being made or changed, and that the person may set."""
    kind = form.kind
    names = {name for names in LINES[kind] for name in names}
    if form.new:
        names -= {"state", "done_on"} if kind != "cycle" else set()
    else:
        names -= {IDENTITY.get(kind, "")}
    if kind == "key_result":
        names -= _OF_A_KIND - set(MEASURED.get(str(form.typed.get("kind")), ()))
    if kind == "task" and form.typed.get("status") != "done":
        names -= {"done_on"}
    if kind == "person" and not visit.actor.is_admin:
        names &= OWN_FIELDS
    return names


def asked(visit: Visit, form: Form) -> dict[str, Any]:
    """The values to save: of a new record all that is said, of another what was changed; `RefusedError` for a figure
    that is none."""
    shown = fields_shown(visit, form)
    seen = typed_of(form.kind, form.before)
    found: dict[str, Any] = {}
    for name, value in form.typed.items():
        if name not in shown or (not form.new and value == seen.get(name)):
            continue
        if form.new and value in (None, "", []):
            continue
        if name in FIGURES and isinstance(value, str) and value.strip():
            near = [each for other in FIGURES if isinstance(each := form.before.get(other), int | float)]
            value = amount(value, str(form.typed.get("unit") or "") or None, form.key or form.typed["title"][:60], near)
        found[name] = value
    return found


def changed(form: Form) -> bool:
    """Whether anything is typed that is not saved."""
    return form.typed != typed_of(form.kind, form.before)


def keep_typed(visit: Visit, form: Form) -> None:
    """Keep what stands in the form, so that a reload brings it back."""
    if plain(form.typed) == form.kept:
        return
    form.kept = plain(form.typed)
    if changed(form):
        body = {"version": form.version, "before": plain(form.before), "typed": plain(form.typed)}
        visit.store.keep_form(visit.actor, form.name, body, visit.now)
    else:
        visit.store.drop_form(visit.actor, form.name)


def plain(value: Any) -> Any:
    """The value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def clashes_of(visit: Visit, form: Form) -> tuple[Kept, list[Clash]]:
    """What somebody else changed since the form was opened, and how the record stands now."""
    now = visit.store.record_fields(visit.actor, form.kind, form.key)
    past = [each for each in visit.store.history(visit.actor, form.kind, form.key) if each.version > form.version]
    seen, typed = typed_of(form.kind, form.before), form.typed
    there = typed_of(form.kind, now.fields)
    found = []
    for name in FIELDS[form.kind]:
        if seen.get(name) == there.get(name):
            continue
        who = next((each for each in past if each.field == name), None)
        mine = typed.get(name)
        both = mine not in (seen.get(name), there.get(name))
        by = (who.by_name or "") if who is not None else ""
        at = who.at if who is not None else None
        found.append(Clash(name, seen.get(name), there.get(name), mine, both, by, at))
    return now, found


def settle(form: Form, now: Kept, theirs: set[str]) -> None:
    """Go on from how the record stands now; `theirs` are the fields in which it wins over what was typed."""
    for clash in form.clashes:
        if clash.field in theirs or not clash.both:
            form.typed[clash.field] = clash.theirs
    form.before, form.version, form.title = dict(now.fields), now.version, now.title
    form.clashes, form.trouble, form.look = [], "", False
    forget_widgets()


def row_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """A key result that is typed under a new objective, as it is made."""
    kind = str(row.get("kind") or "measure")
    found: dict[str, Any] = {"title": row.get("title") or "", "kind": kind}
    unit = str(row.get("unit") or "").strip()
    for name in MEASURED[kind]:
        value = row.get(name)
        if name == "kpi" or value in (None, "", []):
            continue
        found[name] = amount(value, unit or None, str(row.get("title") or "–")[:60]) if name in FIGURES else value
    if kind == "boundary" and "limit" not in found:
        raise RefusedError("boundary_without_limit")
    return found
