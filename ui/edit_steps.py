"""Milestones in a form, and the key results that are typed under a new objective."""

from __future__ import annotations

from typing import Any

import streamlit as st

from assistant.telling import formats
from okr.fields import MOST_KEY, MOST_TITLE
from okr.templates import KeyResultTemplate, ObjectiveTemplate, templates
from ui.edit_form import MEASURED, Form, figure, forget_widgets, part_key, take_typed
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.session import Visit

MOST_ROWS = 20


def draw_steps(visit: Visit, form: Form) -> None:
    """The steps of a key result, each with a title, a weight and a tick."""
    words = visit.words
    steps: list[dict[str, Any]] = list(form.typed.get("milestones") or [])
    typed: list[dict[str, Any]] = []
    with st.container(key="okr_ed_steps"):
        st.html(
            f'<p class="okr-over">{escaped(words("edit.field.milestones"))}</p>'
            f'<p class="okr-foot">{escaped(words("edit.help.key_result.milestones"))}</p>'
        )
        for place, step in enumerate(steps, 1):
            with st.container(key=f"okr_ed_step_line_{place}", horizontal=True, vertical_alignment="bottom"):
                typed.append(_step(visit, place, step))
                st.button(
                    words("edit.step.drop", place=place), key=f"okr_step_drop_{place}", icon=":material/close:",
                    type="tertiary", on_click=_drop_step, args=(visit, form, place - 1),
                )  # fmt: skip
        st.button(
            words("edit.step.add"), key="okr_step_add", icon=":material/add:", type="tertiary", on_click=_add_step,
            args=(visit, form),
        )  # fmt: skip
    form.typed["milestones"] = typed


def _step(visit: Visit, place: int, step: dict[str, Any]) -> dict[str, Any]:
    words = visit.words
    title, weight = (_seeded("milestones", place, part, step[part]) for part in ("title", "weight"))
    done = _seeded("milestones", place, "done", step["done_on"] is not None)
    found = dict(step)
    found["title"] = st.text_input(words("edit.step.title", place=place), key=title, max_chars=MOST_TITLE)
    found["weight"] = st.text_input(words("edit.step.weight", place=place), key=weight, max_chars=20, width=90)
    ticked = st.checkbox(words("edit.step.done", place=place), key=done, width="content")
    if ticked and step["done_on"] is None:
        found["done_on"] = visit.today.isoformat()
    elif not ticked:
        found["done_on"] = None
    return found


def _add_step(visit: Visit, form: Form) -> None:
    take_typed(form, visit.today)
    form.typed["milestones"] = [*(form.typed.get("milestones") or []), {"title": "", "weight": "1", "done_on": None}]


def _drop_step(visit: Visit, form: Form, place: int) -> None:
    take_typed(form, visit.today)
    steps = list(form.typed.get("milestones") or [])
    form.typed["milestones"] = steps[:place] + steps[place + 1 :]
    forget_widgets()


# ── key results under a new objective ───────────────────────────────────────────────────────────


def draw_templates(visit: Visit, form: Form) -> None:
    """A choice of objectives to begin from, those that suit the team first."""
    words = visit.words
    every = templates(words.language)
    team = str(form.typed.get("team") or "")
    first = [number for number, each in enumerate(every) if _suits(visit, each, team)]
    order = [*first, *(number for number in range(len(every)) if number not in first)]
    options: list[int | None] = [None, *order]
    st.selectbox(
        words("edit.template"),
        options,
        key="okr_template",
        format_func=lambda n: words("edit.template.none") if n is None else _template_name(visit, every[n]),
        placeholder=words("edit.template.none"),
        on_change=_take_template,
        args=(visit, form),
    )


def _suits(visit: Visit, template: ObjectiveTemplate, team: str) -> bool:
    above = visit.teams.get(team)
    if template.team == "company":
        return above is not None and above.above is None
    named = {team, plain(visit.team_name(team)).lower().replace(" ", "-")}
    return template.team in named


def _template_name(visit: Visit, template: ObjectiveTemplate) -> str:
    return f"{plain(template.title)} · {visit.words(f'edit.template.team.{template.team}')}"


def _take_template(visit: Visit, form: Form) -> None:
    number = st.session_state.get("okr_template")
    if number is None:
        return
    take_typed(form, visit.today)
    chosen = templates(visit.words.language)[number]
    form.typed["title"] = chosen.title
    form.typed["rows"] = [_row(visit, each) for each in chosen.key_results]
    forget_widgets()


def _row(visit: Visit, template: KeyResultTemplate) -> dict[str, Any]:
    about = ""
    if template.relative_change is not None:
        sign = "+" if template.relative_change > 0 else "−"
        change = sign + formats.percent(abs(template.relative_change), visit.words.language)
        about = visit.words("edit.template.relative", change=change)
    return {
        "title": template.title, "kind": template.kind, "unit": template.unit or "", "limit": template.limit,
        "baseline": figure(template.baseline), "target": figure(template.target), "about": about,
    }  # fmt: skip


def draw_rows(visit: Visit, form: Form) -> None:
    """The key results that are created together with the objective."""
    words = visit.words
    rows: list[dict[str, Any]] = list(form.typed.get("rows") or [])
    typed: list[dict[str, Any]] = []
    with st.container(key="okr_ed_rows"):
        about = words("edit.rows.about")
        if st.session_state.get("okr_template") is not None:
            about = f"{words('edit.template.about')} {about}"
        st.html(f'<h2 class="okr-part">{escaped(words("edit.rows"))}</h2><p class="okr-foot">{escaped(about)}</p>')
        for place, row in enumerate(rows, 1):
            with st.container(key=f"okr_ed_row_{place}"):
                typed.append(_draw_row(visit, form, place, row))
        if len(rows) < MOST_ROWS:
            st.button(
                words("edit.row.add"), key="okr_row_add", icon=":material/add:", type="tertiary", on_click=_add_row,
                args=(visit, form),
            )  # fmt: skip
    form.typed["rows"] = typed


def _draw_row(visit: Visit, form: Form, place: int, row: dict[str, Any]) -> dict[str, Any]:
    words, found = visit.words, dict(row)
    with st.container(key=f"okr_ed_row_head_{place}", horizontal=True, vertical_alignment="bottom"):
        key = _seeded("rows", place, "title", row["title"])
        found["title"] = st.text_input(words("edit.row.title", place=place), key=key, max_chars=MOST_TITLE)
        st.button(
            words("edit.row.drop", place=place), key=f"okr_row_drop_{place}", icon=":material/close:", type="tertiary",
            on_click=_drop_row, args=(visit, form, place - 1),
        )  # fmt: skip
    with st.container(key=f"okr_ed_row_body_{place}", horizontal=True, vertical_alignment="bottom"):
        key = _seeded("rows", place, "kind", row["kind"])
        found["kind"] = st.selectbox(
            f"{words('edit.row.kind')} {place}", [kind for kind in MEASURED if kind != "milestones"], key=key,
            format_func=lambda kind: word(visit, kind),
        )  # fmt: skip
        measured = MEASURED[str(found["kind"])]
        if "limit" in measured:
            key = _seeded("rows", place, "limit", row.get("limit") or "at_most")
            found["limit"] = st.selectbox(
                f"{words('edit.field.limit')} {place}", ["at_least", "at_most"], key=key,
                format_func=lambda limit: words(f"edit.choice.limit.{limit}"),
            )  # fmt: skip
        for name in ("baseline", "target", "unit"):
            if name in measured:
                key = _seeded("rows", place, name, row.get(name) or "")
                said = f"{words(f'edit.row.{name}')} {place}"
                found[name] = st.text_input(said, key=key, max_chars=MOST_KEY if name == "unit" else 60)
    if row.get("about"):
        st.html(f'<p class="okr-foot">{line(str(row["about"]))}</p>')
    return found


def _seeded(part: str, place: int, name: str, value: Any) -> str:
    key = part_key(part, name, place)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _add_row(visit: Visit, form: Form) -> None:
    take_typed(form, visit.today)
    row = {"title": "", "kind": "measure", "unit": "", "baseline": "", "target": "", "limit": None, "about": ""}
    form.typed["rows"] = [*(form.typed.get("rows") or []), row]


def _drop_row(visit: Visit, form: Form, place: int) -> None:
    take_typed(form, visit.today)
    rows = list(form.typed.get("rows") or [])
    form.typed["rows"] = rows[:place] + rows[place + 1 :]
    forget_widgets()
