"""Records of an answer as HTML: a list with pace bars where there is a pace to show, else a table.

Figures are formatted for the reader's language; every text is escaped on the way in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.telling import formats
from ui.drawings import Pace, clock_mark, pace_bar, status_mark, tone
from ui.harmless import line
from ui.session import Visit
from ui.turns import Listed, Turn

SHOWN = 5
MOST = 200
PACED = ("key_result", "objective", "team", "person", "company", "cycle")
PEOPLE = ("owner", "lead", "assignee", "author", "manager")
DAYS = ("date", "due", "start", "end", "last_check_in", "created", "done_on", "next_check_in")
SHARES = ("progress", "expected", "average")
COLUMNS = {
    "task": ("status", "due", "assignee", "why"),
    "person": ("role", "team", "count", "date", "why"),
    "team": ("lead", "members", "count", "why"),
    "kpi": ("value", "previous", "change", "date", "why"),
    "check_in": ("date", "value", "confidence", "reported", "author", "why"),
    "lesson": ("kind", "date", "author", "text"),
    "cycle": ("state", "start", "end", "score"),
    "objective": ("status", "owner", "team", "state", "score", "why"),
    "key_result": ("status", "value", "target", "owner", "date", "score", "why"),
}
COMMON = ("status", "value", "count", "date", "owner", "why")


# Of an h2 within Markdown the page makes an anchor with a name that is in English for everybody.
HEAD = '<div class="okr-h2" role="heading" aria-level="2">'


def heading(title: str) -> str:
    """A heading of the second level for what is drawn as Markdown."""
    return f"{HEAD}{line(title)}</div>"


def has_pace(row: Listed) -> bool:
    """Whether the record is drawn with a pace bar."""
    return row.type in PACED and "progress" in row.values and ("expected" in row.values or "status" in row.values)


def records_html(visit: Visit, turn: Turn) -> str:
    """The records of an answer; an empty text where the words say all there is."""
    rows = turn.rows[:MOST]
    if not rows or (len(rows) == 1 and not has_pace(rows[0])):
        return ""
    if has_pace(rows[0]):
        return paced_list(visit, [row for row in rows if has_pace(row)], turn.more)
    if all(f"[{row.id}]" in turn.text for row in rows[:SHOWN]):
        # The words tell them one by one, with more than fits into a table.
        return ""
    return _table(visit, rows, turn.more)


def shown_as_figures(turn: Turn) -> frozenset[str]:
    """The ids of the records that stand in the list below the words, so that the words need not list them too."""
    if len(turn.rows) < 2 or turn.chart == "line" or not has_pace(turn.rows[0]):
        return frozenset()
    return frozenset(row.id for row in turn.rows[:MOST])


def apart_html(visit: Visit, turn: Turn) -> str:
    """What was left out of the list and why, folded away; an empty text for nothing."""
    if not turn.apart:
        return ""
    items = "".join(f"<li>{_title(visit, row)} <span>{line(_why(visit, row))}</span></li>" for row in turn.apart[:MOST])
    count = line(visit.words("apart", count=len(turn.apart)))
    return f'<details class="okr-fold"><summary>{count}</summary><ul class="okr-apart">{items}</ul></details>'


def _why(visit: Visit, row: Listed) -> str:
    return word(visit, row.values.get("why") or row.values.get("status") or "")


def word(visit: Visit, value: object) -> str:
    """A word of the company file in the reader's language; anything else as it is."""
    for kind in ("status", "word"):
        key = f"{kind}.{str(value).lower()}"
        if visit.words.has(key):
            return visit.words(key)
    return str(value).replace("_", " ")


def status_html(visit: Visit, status: object) -> str:
    """The shape and the word of a status, coloured."""
    name = str(status)
    return f'<span class="okr-status okr-{tone(name)}">{status_mark(name)}{line(word(visit, name))}</span>'


def _title(visit: Visit, row: Listed, name: str = "okr-titled") -> str:
    spoken = line(visit.words("evidence.open", id=row.title or row.id))
    return (
        f'<button type="button" class="{name}" data-open="{line(row.id)}" aria-label="{spoken}">'
        f"{line(row.title or row.id)}</button>"
    )


# ── with a pace ─────────────────────────────────────────────────────────────────────────────────


def paced_list(visit: Visit, rows: list[Listed], more: int = 0, shown: int = SHOWN) -> str:
    """Records with their pace bars, the first few open and the rest folded away."""
    single = len(rows) == 1
    items = [_item(visit, row, None if single else place) for place, row in enumerate(rows, 1)]
    if single:
        return f'<ul class="okr-list okr-single">{items[0]}</ul>'
    drawn = f'<ol class="okr-list">{"".join(items[:shown])}</ol>'
    rest = items[shown:]
    if rest:
        count = line(visit.words("more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{count}</summary><ol class="okr-list" start="{shown + 1}">'
            f"{''.join(rest)}</ol></details>"
        )
    return drawn + _unlisted(visit, more)


def _unlisted(visit: Visit, more: int) -> str:
    return f'<p class="okr-foot">{line(visit.words("more.unlisted", count=more))}</p>' if more else ""


def pace_of(visit: Visit, values: dict[str, Any]) -> Pace:
    """What the pace bar of a record shows, with its words."""
    language, words = visit.words.language, visit.words
    progress, expected = _number(values.get("progress")), _number(values.get("expected"))
    gap, change = _number(values.get("gap")), _number(values.get("change"))
    if gap is None:
        gap_words = "" if progress is not None else words("figure.no_pace")
    elif abs(gap) < 0.0005:
        gap_words = words("figure.level")
    else:
        gap_words = words("figure.behind" if gap > 0 else "figure.ahead", points=formats.points(gap, language))
    if progress is None:
        label = words("figure.no_pace")
    elif expected is None:
        label = words("figure.done_only", progress=formats.percent(progress, language))
    else:
        label = words(
            "figure.bar",
            progress=formats.percent(progress, language),
            expected=formats.percent(expected, language),
        )
    moved = ""
    if change:
        moved = formats.points(change, language)
        label += ", " + words("figure.up" if change > 0 else "figure.down", points=moved)
    return Pace(progress, expected, str(values.get("status", "")), gap_words, change, moved, label)


def _paced(pace: Pace) -> str:
    # The words stand beside the drawing as text, so that they go below it where the page is narrow.
    drawn = pace_bar(pace, words=False) + f'<span class="okr-gap">{line(pace.gap_words)}</span>'
    if pace.change and pace.change_words:
        arrow = "↑" if pace.change > 0 else "↓"
        drawn += f'<span class="okr-moved" aria-hidden="true">{arrow} {line(pace.change_words)}</span>'
    return drawn


def paced_row(visit: Visit, values: dict[str, Any]) -> str:
    """The pace bar of any scope with its words, from its figures."""
    return _paced(pace_of(visit, values))


def _item(visit: Visit, row: Listed, place: int | None) -> str:
    values = row.values
    status = status_html(visit, values["status"]) if values.get("status") else ""
    small = "".join(f"<span>{part}</span>" for part in small_parts(visit, values))
    number = f'<span class="okr-place">{place}</span>' if place is not None else ""
    return (
        f'<li>{number}{_title(visit, row)}<span class="okr-status-cell">{status}</span>'
        f'<div class="okr-drawn">{_paced(pace_of(visit, values))}</div>'
        f'<div class="okr-small"><div>{small}</div></div></li>'
    )


def small_parts(visit: Visit, values: dict[str, Any]) -> list[str]:
    """The small line below a bar: the value, whose it is, how old, and what the owner says where that differs."""
    words, language = visit.words, visit.words.language
    parts: list[str] = []
    unit = str(values.get("unit") or "") or None
    value, target = _number(values.get("value")), _number(values.get("target"))
    if value is not None:
        parts.append(line(words("figure.value", value=formats.amount(value, unit, language))))
    if target is not None:
        limit = values.get("limit")
        key = f"figure.limit_{limit}" if limit in ("at_least", "at_most") else "figure.target"
        parts.append(line(words(key, value=formats.amount(target, unit, language))))
    if values.get("owner"):
        parts.append(line(visit.person_name(values["owner"])))
    if values.get("team"):
        parts.append(line(visit.team_name(values["team"])))
    freshness, days = values.get("freshness"), _number(values.get("age_days"))
    if freshness == "stale" and days is not None:
        parts.append(f'<span class="okr-status okr-quiet">{clock_mark()}{line(words("stale", days=int(days)))}</span>')
    elif freshness == "never":
        parts.append(line(words("fresh.never")))
    elif day := _day(values.get("last_check_in")):
        parts.append(line(words("checked_in", when=formats.how_long_ago(day, language, visit.today))))
    reported = values.get("reported")
    if reported and reported != values.get("status"):
        parts.append(line(words("reported", status=word(visit, reported).lower())))
    return parts


# ── without ─────────────────────────────────────────────────────────────────────────────────────


def _table(visit: Visit, rows: list[Listed], more: int) -> str:
    names = [
        name
        for name in COLUMNS.get(rows[0].type, COMMON)
        if any(row.values.get(name) not in (None, "", []) for row in rows)
    ][:5]
    head = "".join(
        f'<th scope="col"{_figure(name, rows)}>{line(visit.words(f"name.{name}"))}</th>' for name in ["title", *names]
    )
    body = [_table_row(visit, row, names, rows) for row in rows]
    drawn = f'<div class="okr-scroll" tabindex="0"><table class="okr-table"><thead><tr>{head}</tr></thead>'
    drawn += f"<tbody>{''.join(body[:SHOWN])}</tbody></table></div>"
    if rest := body[SHOWN:]:
        count = line(visit.words("more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{count}</summary><div class="okr-scroll"><table class="okr-table">'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(rest)}</tbody></table></div></details>"
        )
    return drawn + _unlisted(visit, more)


def _figure(name: str, rows: list[Listed]) -> str:
    numbers = any(_number(row.values.get(name)) is not None for row in rows)
    return ' class="okr-figure"' if numbers and name != "confidence" else ""


def _table_row(visit: Visit, row: Listed, names: list[str], rows: list[Listed]) -> str:
    cells = "".join(f"<td{_figure(name, rows)}>{_cell(visit, row, name)}</td>" for name in names)
    return f"<tr><td>{_title(visit, row)}</td>{cells}</tr>"


def _cell(visit: Visit, row: Listed, name: str) -> str:
    value = row.values.get(name)
    if value is None or value == "":
        return "–"
    if name in ("status", "reported"):
        return status_html(visit, value) if row.type != "task" else line(word(visit, value))
    return line(written(visit, name, value, row.values))


def written(visit: Visit, name: str, value: Any, values: dict[str, Any]) -> str:
    """A figure of a record as people write it: days, people and teams by name, shares in percent, values with units."""
    language = visit.words.language
    if name in PEOPLE:
        return visit.person_name(value)
    if name == "team":
        return visit.team_name(value)
    if name in DAYS:
        day = _day(value)
        return formats.day(day, language, visit.today) if day else str(value)
    number = _number(value)
    if number is None:
        return word(visit, value) if isinstance(value, str | bool) else ", ".join(str(each) for each in value or [])
    if name in SHARES:
        return formats.percent(number, language)
    if name == "gap":
        return formats.points(number, language)
    if name in ("value", "baseline", "target", "previous"):
        return formats.amount(number, str(values.get("unit") or "") or None, language)
    if name == "change":
        return formats.signed_amount(number, str(values.get("unit") or "") or None, language)
    return formats.number(number, language)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
