"""Why something moved or stands where it stands: its turn, what people wrote at that time, what else moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from okr.calendar import day_named, day_of, end_of_day, start_of_day
from okr.store.notes import Note, NoteQuery
from okr.store.scope import Scope
from okr.turning import Move, Recorded, by_day, move
from tools.context import TurnContext
from tools.key_results import rank_key_results, read_key_result
from tools.notes import note_row, search
from tools.result import Chart, Found, Quote, Row, Series, Value
from tools.rows import key_result_row, kpi_row
from tools.selection import NoCycleError, Where, chosen

WINDOW = timedelta(weeks=13)
# A longer memory where a quarter holds fewer values than this.
FEWEST = 6
MOST_VALUES = 60
# A reason is often written down before it shows.
BEFORE = timedelta(days=14)
MOST_EVIDENCE = 6
MOST_NEARBY = 3
MOST_MOVERS = 4
WORST = 3
_DOUBTED = ("at_risk", "off_track")
# What moved less than this share (a KPI of its value, a key result of its way) is not worth naming.
WORTH_NAMING = 0.05
# A note counts as about the matter when it holds this share of its name.
MENTIONS = 0.6


@dataclass(slots=True)
class Explained:
    """What is known: the finding, the matter's own move, and the values around it."""

    found: Found
    title: str
    unit: str | None
    moved: Move | None = None
    first: Recorded | None = None
    latest: Recorded | None = None
    asked: str = ""  # down or up, where the question says so
    worse: str = ""  # the direction that is bad news; empty where that is not known
    turned_round: bool = False  # "down" was taken for worse, or "up" for better, because less is better here
    reasons_from: date | None = None
    reasons_to: date | None = None
    movers: list[Row] = field(default_factory=list)

    @property
    def contradicted(self) -> bool:
        """Whether the question says that it moved in a direction in which it did not."""
        other = self.moved is None or self.moved.direction != self.asked
        return bool(self.asked) and other and not self.turned_round


def explain_change(
    turn: TurnContext, *, kind: str, key: str, direction: str = "", on: str = "", first: str = "", last: str = ""
) -> Found:
    """Why a key result or KPI (`kind`) moved or stands as it does: use it for every "why".

    It finds when the series turned, from which value to which, what people wrote about it at that time
    (evidence), what was only written nearby, and what else moved. `direction` is down or up where the
    question says so. Nothing of it proves a cause; where nobody wrote a reason it says so.
    """
    return explained(turn, kind=kind, key=key, direction=direction, on=on, first=first, last=last).found


def explained(
    turn: TurnContext, *, kind: str, key: str, direction: str = "", on: str = "", first: str = "", last: str = ""
) -> Explained:
    """The same with the parts that an answer in words is made of."""
    last_day = day_named(on or last) if on or last else turn.today
    as_of = turn.moment(last_day)
    given = {"kind": kind, "key": key, "direction": direction, "on": on, "first": first, "last": last}
    args = {name: value for name, value in given.items() if value}
    if kind == "kpi":
        what, own, values, query_name = _kpi(turn, key, as_of)
    else:
        what, own, values, query_name = _key_result(turn, key, Where(on=on or last))
    what.found.tool, what.found.args = "explain_change", args
    what.found.as_of = as_of
    if first or last:
        label = f"{(first or last)}/{last_day.isoformat()}"
        what.found.period = {"from": first or last, "to": last_day.isoformat(), "label": label}
    what.asked = direction
    values = _window(values, as_of, start_of_day(day_named(first), turn.zone) if first else None)
    if values:
        what.first, what.latest = values[0], values[-1]
    what.moved = _chosen_move(values, what)
    _figures(turn, what, values)
    _evidence(turn, what, own, query_name, as_of)
    _movers(turn, what, key, as_of)
    _lines(turn, what)
    return what


def explain_scope(turn: TurnContext, *, where: Where = Where()) -> tuple[Found, list[Row]]:
    """Why a team, person, objective or the company is behind: its worst key results, and how many stand where.

    The second part are those of which the owner says at risk or off track though no rule shows it.
    """
    what = chosen(turn, where)
    store, measuring = turn.store, what.measuring
    found = what.found("explain_change", where)
    tally = store.tally(turn.actor, measuring, what.query)
    found.values = {"count": tally.total, **tally.statuses}
    worst = store.key_results(turn.actor, measuring, what.query, by="gap", limit=WORST)
    found.rows = [key_result_row(one, turn.zone) for one in worst]
    found.rule = measuring.rule.name
    doubts = replace(what.query.filters, reported=_DOUBTED, statuses=("on_track", "unknown", "pending"))
    doubted = store.key_results(turn.actor, measuring, replace(what.query, filters=doubts), limit=WORST)
    return found, [key_result_row(one, turn.zone) for one in doubted]


# ── the matter ──────────────────────────────────────────────────────────────────────────────────


def _kpi(turn: TurnContext, key: str, as_of: datetime) -> tuple[Explained, list[int], list[Recorded], str]:
    ref = turn.store.ref(turn.actor, "kpi", key)
    (kpi,) = turn.store.kpis(turn.actor, kpi_ids=[ref.id])
    points = turn.store.points(turn.actor, ref.id, last=as_of, limit=MOST_VALUES)
    values = [Recorded(point.at, point.value, key) for point in points]
    newest = values[-1] if values else None
    day = day_of(newest.at, turn.zone).isoformat() if newest else None
    found = Found("explain_change", {}, rows=[kpi_row(kpi, newest.value if newest else None, day)], sources=[key])
    worse = "down" if kpi.better == "up" else "up"
    return Explained(found, kpi.name, kpi.unit, worse=worse), turn.store.fed_by(turn.actor, ref.id), values, kpi.name


def _key_result(turn: TurnContext, key: str, where: Where) -> tuple[Explained, list[int], list[Recorded], str]:
    found = read_key_result(turn, key=key, where=where)
    found.quotes = []
    row = found.rows[0]
    ident = turn.store.ref(turn.actor, "key_result", key).id
    as_of = found.as_of or turn.now
    entries = turn.store.check_ins(turn.actor, [ident], last=as_of, limit=MOST_VALUES)
    values = [Recorded(entry.at, entry.value, entry.key) for entry in entries if entry.value is not None]
    kpi = turn.store.kpi_of(turn.actor, ident)
    if kpi is not None:
        points = turn.store.points(turn.actor, kpi[0], last=as_of, limit=MOST_VALUES)
        values = [Recorded(point.at, point.value, kpi[1]) for point in points] + values
    unit = row.values.get("unit")
    return (
        Explained(found, row.title, None if unit is None else str(unit), worse=_worse(row)),
        [ident],
        values,
        row.title,
    )


def _worse(row: Row) -> str:
    v = row.values
    if v.get("kind") == "boundary":
        return {"at_least": "down", "at_most": "up"}.get(str(v.get("limit")), "")
    baseline, target = v.get("baseline"), v.get("target")
    if not isinstance(baseline, float) or not isinstance(target, float):
        return ""
    return "down" if target > baseline else "up" if target < baseline else ""


def _window(values: Sequence[Recorded], as_of: datetime, first: datetime | None) -> list[Recorded]:
    ordered = by_day(values)
    if first is not None:
        before = [recorded for recorded in ordered if recorded.at < first][-1:]
        return before + [recorded for recorded in ordered if recorded.at >= first]
    recent = [recorded for recorded in ordered if recorded.at >= as_of - WINDOW]
    return recent if len(recent) >= FEWEST else ordered[-FEWEST:]


def _chosen_move(values: Sequence[Recorded], what: Explained) -> Move | None:
    """The move that was asked for, else the bad one, else the later of both."""
    down, up = move(values, "down"), move(values, "up")
    if what.asked:
        wanted, other = (down, up) if what.asked == "down" else (up, down)
        if what.worse == "up" and other is not None and (wanted is None or wanted.came_back):
            # Where less is better, "it went down" may mean that it got worse.
            what.turned_round = True
            return other
        return wanted or other
    if what.worse:
        bad = down if what.worse == "down" else up
        if bad is not None and not bad.came_back:
            return bad
    both = [found for found in (down, up) if found is not None]
    return max(both, key=lambda found: (not found.came_back, found.start.at), default=None)


def _figures(turn: TurnContext, what: Explained, values: Sequence[Recorded]) -> None:
    found, row = what.found, what.found.rows[0]
    if values:
        points = [(recorded.at, recorded.value, recorded.source) for recorded in values]
        found.chart = Chart("line", what.title, [Series(what.title, points, what.unit or "")])
    moved = what.moved
    if moved is None:
        return
    figures: dict[str, Value] = {
        "value": moved.now.value,
        "previous": moved.start.value,
        "change": round(moved.change, 9),
        "previous_date": day_of(moved.start.at, turn.zone).isoformat(),
        "turn": day_of(moved.first.at, turn.zone).isoformat(),
        "date": day_of(moved.now.at, turn.zone).isoformat(),
    }
    if moved.came_back:
        figures["extreme"] = moved.end.value
        figures["extreme_date"] = day_of(moved.end.at, turn.zone).isoformat()
    found.values |= figures
    row.values |= figures
    for recorded in (moved.start, moved.first, moved.end, moved.now):
        if recorded.source not in found.sources:
            found.sources.append(recorded.source)


# ── what people wrote ───────────────────────────────────────────────────────────────────────────


def _evidence(turn: TurnContext, what: Explained, own: Sequence[int], name: str, as_of: datetime) -> None:
    moved = what.moved
    if moved is not None:
        begins, ends = moved.start.at - BEFORE, as_of
        turned = moved.first.at
    else:
        begins, ends = as_of - WINDOW, as_of
        turned = as_of
    first = start_of_day(day_of(begins, turn.zone), turn.zone)
    what.reasons_from, what.reasons_to = day_of(first, turn.zone), day_of(ends, turn.zone)
    good = moved is not None and bool(what.worse) and moved.direction != what.worse
    about: dict[int, Note] = {}
    near: dict[int, Note] = {}
    if own:
        query = NoteQuery(last=ends, first=first, scope=Scope(key_results=tuple(own)))
        about = {note.ident: note for note in turn.store.newest_notes(turn.actor, query, 60)}
    hits = search(turn, NoteQuery(last=ends, first=first, lessons=False), name, whole=True)
    for note in hits.notes[:12]:
        if hits.matches[note.ident].covered >= MENTIONS:
            about.setdefault(note.ident, note)
    if own:
        siblings = turn.store.siblings(turn.actor, own)
        if siblings:
            around = NoteQuery(
                last=min(ends, turned + BEFORE),
                first=first,
                scope=Scope(key_results=tuple(siblings)),
                parts=("blockers",),
            )
            for note in turn.store.newest_notes(turn.actor, around, 20):
                if note.ident not in about:
                    near[note.ident] = note
    quotes = [q for note in about.values() for q in _quotes(turn, note)]
    if moved is not None:
        # An earlier blocker may be the cause; what else was written before the turn is not about it.
        start = day_of(moved.start.at, turn.zone)
        quotes = [q for q in quotes if q.on >= start or q.part == "blockers"]
        quotes = [q for q in quotes if good or not what.worse or q.part != "wins"]
    kept = sorted(quotes, key=lambda q: _weight(q, day_of(turned, turn.zone), good))[:MOST_EVIDENCE]
    kept.sort(key=lambda q: (q.on, q.id))
    beside = [replace(q, near_only=True) for note in near.values() for q in _quotes(turn, note)]
    beside.sort(key=lambda q: abs((q.on - day_of(turned, turn.zone)).days))
    what.found.quotes = [*kept, *sorted(beside[:MOST_NEARBY], key=lambda q: (q.on, q.id))]
    told = {q.id for q in kept}
    what.found.rows += [note_row(turn, note) for note in sorted(about.values(), key=lambda n: n.at) if note.key in told]
    what.found.values["evidence"] = len(told)
    for quote in what.found.quotes:
        if quote.id not in what.found.sources:
            what.found.sources.append(quote.id)


def _quotes(turn: TurnContext, note: Note) -> list[Quote]:
    on = day_of(note.at, turn.zone)
    return [Quote(note.key, note.record, note.author_name, on, part, text) for part, text in note.texts]


def _weight(quote: Quote, turned: date, good: bool) -> tuple[int, int, int]:
    """Smaller is told first: blockers of a fall (wins of a rise), then what was written nearest to the turn."""
    rank = {"wins": 0, "note": 1, "blockers": 2} if good else {"blockers": 0, "note": 1, "wins": 3}
    days = (quote.on - turned).days
    # What was written before the turn cannot tell of it, though it may tell what brought it.
    late = days if days >= 0 else -4 * days
    return (1 if rank.get(quote.part, 1) == 3 else 0, late // 14 + rank.get(quote.part, 1), late)


# ── what else moved ─────────────────────────────────────────────────────────────────────────────


def _movers(turn: TurnContext, what: Explained, key: str, as_of: datetime) -> None:
    moved = what.moved
    if moved is None:
        return
    start = end_of_day(day_of(moved.start.at, turn.zone), turn.zone)
    own = {key, *what.found.sources[:1], moved.start.source, moved.now.source}
    rows: list[tuple[float, Row]] = []
    for kpi in turn.store.kpi_moves(turn.actor, start, as_of):
        change = round(kpi.now - kpi.then, 9)
        share = abs(change) / (abs(kpi.then) or 1.0)
        if kpi.key not in own and share >= WORTH_NAMING:
            values: dict[str, Value] = {"previous": kpi.then, "value": kpi.now, "change": change, "unit": kpi.unit}
            rows.append((share, Row(kpi.key, "kpi", kpi.name, values)))
    rows.sort(key=lambda pair: -pair[0])
    what.movers = [row for _, row in rows[:MOST_MOVERS]]
    team = what.found.rows[0].values.get("team")
    if what.found.rows[0].type == "key_result" and isinstance(team, str):
        what.movers = what.movers[: MOST_MOVERS - 1] + _moved_beside(turn, team, key, moved, as_of)
    what.found.apart = what.movers
    what.found.sources += [row.id for row in what.movers if row.id not in what.found.sources]


def _moved_beside(turn: TurnContext, team: str, key: str, moved: Move, as_of: datetime) -> list[Row]:
    first, last = day_of(moved.start.at, turn.zone), day_of(as_of, turn.zone)
    where = Where(teams=(team,), first=first.isoformat(), last=last.isoformat(), word="since")
    try:
        found = rank_key_results(turn, by="change", limit=MOST_MOVERS, where=where)
    except NoCycleError:
        return []
    rows = [
        row for row in found.rows if row.id != key and abs(float(str(row.values.get("change") or 0))) >= WORTH_NAMING
    ]
    return rows[:2]


def _lines(turn: TurnContext, what: Explained) -> None:
    found, moved = what.found, what.moved
    key = found.rows[0].id
    if moved is not None:
        back = f", back to {moved.now.value:g} since" if moved.came_back else ""
        start, end, turned = (day_of(one.at, turn.zone) for one in (moved.start, moved.end, moved.first))
        found.lines.append(
            f"[{key}] went {moved.direction} from {moved.start.value:g} on {start} "
            f"to {moved.end.value:g} on {end}{back}; the turn was by {turned}."
        )
    if what.contradicted:
        found.lines.append(f"[{key}] It did not go {what.asked} in that time.")
    for quote in found.quotes:
        grade = "nearby in time only" if quote.near_only else "evidence"
        found.lines.append(
            f"[{quote.id}] {grade}, {quote.on} {quote.author} on {quote.key_result} ({quote.part}): {quote.text}"
        )
    if not any(not quote.near_only for quote in found.quotes):
        found.lines.append("Nobody wrote down a reason.")
    found.lines += [_mover_line(row) for row in what.movers]


def _mover_line(row: Row) -> str:
    change = float(str(row.values.get("change") or 0))
    if row.type == "kpi":
        way, was, now = "up" if change > 0 else "down", row.values.get("previous"), row.values.get("value")
        return f"[{row.id}] in the same time {row.title} went {way} by {abs(change):g}, from {was:g} to {now:g}"
    return f"[{row.id}] in the same time the progress of {row.title} changed by {change * 100:+.3g} points"
