"""Which people there are, how many, and whose key results, tasks or check-ins are the most."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import asked, listing, teams
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.phrases import say
from assistant.telling.safe import plain
from okr.calendar import week_of
from okr.language.frames import Ask, Filters, Frame, When
from tools.context import TurnContext
from tools.people import list_people, people_by_check_ins, people_by_key_results, people_by_tasks
from tools.result import Found, Row
from tools.selection import NoCycleError

# Filters that say something of people themselves; all others are about what they own.
_OF_PEOPLE = {"roles", "missing", "states"}


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The people asked for; in a ranking the first row is the answer."""
    filters = frame.filters
    if filters.task_statuses or filters.overdue or filters.due or frame.field in ("task", "tasks"):
        return _by_tasks(frame, turn)
    if frame.field in ("check_in", "check_ins"):
        return _by_check_ins(frame, turn)
    if frame.ask is Ask.RANK or _owns_something(filters):
        try:
            return by_key_results(frame, turn)
        except NoCycleError as error:
            return asked.no_cycle(error, frame, turn)
    return _listed(frame, turn)


def _owns_something(filters: Filters) -> bool:
    empty = Filters()
    return any(getattr(filters, name) != getattr(empty, name) for name in Filters.__slots__ if name not in _OF_PEOPLE)


def _details(frame: Frame, turn: TurnContext) -> list[str]:
    language = frame.language
    parts = []
    for team in asked.refs_of(frame, "team"):
        below = len(turn.store.teams_below(team.id)) > 1
        parts.append(say(language, "scope.team_below" if below else "scope.team", team=plain(team.title)))
    parts += [say(language, f"people.role_{role}") for role in frame.filters.roles]
    checked = frame.filters.checked_in
    if checked is not None:
        period = listing.period(frame.when, language, turn)
        parts.append(say(language, "people.checked_in" if checked else "people.not_checked_in", period=period))
    parts += [standing.status(status, language) for status in frame.filters.statuses]
    if frame.filters.moved:
        period = listing.period(frame.when, language, turn)
        parts.append(f"{say(language, f'filter.moved_{frame.filters.moved}')} {period}".rstrip())
    if frame.cycle is not None:
        parts.append(say(language, "scope.cycle", cycle=plain(frame.cycle.title)))
    if frame.without:
        parts.append(asked.without_words(frame))
    return parts


def _listed(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    found = list_people(
        turn,
        teams=listing.keys_of(frame, "team"),
        roles=frame.filters.roles,
        people=listing.keys_of(frame, "person"),
    )
    total = int(str(found.values["count"]))
    words = listing.details(_details(frame, turn), language)
    if total == 0:
        return Told(say(language, "people.none", details=words), found)
    people = formats.counted(total, "person", language)
    one_team = len({row.values.get("team") for row in found.rows}) == 1 and len(asked.refs_of(frame, "team")) == 1

    def told(row: Row) -> str:
        return line(row, language, turn, team=not one_team)

    lines = listing.bullets(found.rows, told, total, language, 12)
    lead = say(language, "people.some", people=people, details=words)
    return Told(f"{lead}\n\n{lines}", found, answered=listing.refs(found.rows, turn))


def line(row: Row, language: str, turn: TurnContext, *, team: bool = True) -> str:
    """A person with role and, unless it is known already, team."""
    said = [say(language, f"people.role_{row.values['role']}")]
    if team and row.values.get("team"):
        said.append(say(language, "scope.team", team=plain(str(row.values["team_name"]))))
    return f"{listing.person(row)}, {', '.join(said)}"


def by_key_results(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    if frame.filters.checked_in is not None or frame.filters.moved:
        frame = replace(frame, when=_stretch(frame, turn))
    by = frame.by if frame.by in ("gap", "progress", "confidence") else "count"
    found = people_by_key_results(
        turn, where=asked.where_of(frame, named=True), by=by, reverse=frame.reverse, limit=frame.limit or 200
    )
    asked.labelled(found, frame, turn)
    words = listing.details(_details(frame, turn), language)
    if not found.rows:
        return Told(say(language, "people.none", details=words), found)
    if frame.ask is Ask.RANK:
        lead = _first(found, frame, by, words, turn)
    else:
        people = formats.counted(int(str(found.values["count"])), "person", language)
        lead = say(language, "people.some", people=people, details=words)
    told = 1 if frame.ask is Ask.RANK else 0
    lines = listing.bullets(
        found.rows[told:],
        lambda row: f"{listing.person(row)}: {_owned(row, language, by)}",
        int(str(found.values["count"])) - told,
        language,
        (frame.limit or listing.MOST_TOLD) - told,
    )
    parts = [lead, lines] if lines else [lead]
    if by in ("gap", "progress") and found.rule:
        parts.append(say(language, "list.rule", rule=found.rule))
    if found.apart:
        parts.append(say(language, "people.apart", ids=listing.ids([row.id for row in found.apart], language)))
    return Told("\n\n".join(parts), found, answered=listing.refs(found.rows, turn))


def _stretch(frame: Frame, turn: TurnContext) -> When:
    """The days in which somebody did or did not check in: the one day that is named, else the running week."""
    when, week = frame.when, week_of(turn.today)
    if when is None or (when.moment and when.word == "today" and not frame.filters.checked_in):
        return When(week.first, week.last, word="this_week")
    return replace(when, moment=False) if when.moment else when


def _first(found: Found, frame: Frame, by: str, words: str, turn: TurnContext) -> str:
    language, first = frame.language, found.rows[0]
    if by == "count":
        name = "people.fewest_key_results" if frame.reverse else "people.most_key_results"
        count = formats.number(float(str(first.values["count"])), language)
        return say(language, name, person=listing.person(first), details=words, count=count)
    if by == "confidence":
        said = teams.sureness(first, language)
        name = "people.least_sure" if frame.reverse else "people.surest"
        return say(language, name, person=listing.person(first), details=words, standing=said)
    ahead = frame.reverse if by == "gap" else not frame.reverse
    name = "people.furthest" if ahead else "people.most_behind"
    standing_words = _owned(first, language, by)
    if frame.cycle is None:
        words += say(language, "list.on", date=asked.moment_words(frame, found, turn))
    return say(language, name, person=listing.person(first), details=words, standing=standing_words)


def _owned(row: Row, language: str, by: str) -> str:
    v = row.values
    if by == "confidence":
        return teams.sureness(row, language)
    results = formats.counted(int(str(v["count"])), "key_result", language)
    if by != "count" and v.get("progress") is not None:
        said = [say(language, "kr.progress_alone", progress=formats.percent(float(str(v["progress"])), language))]
        if v.get("gap") is not None:
            said.append(standing.gap(float(str(v["gap"])), language))
        return ", ".join([*said, standing.status(v["status"], language), results])
    keys = v.get("key_results")
    if isinstance(keys, list) and keys:
        shown = listing.ids([str(key) for key in keys], language, 4)
        return say(language, "people.with_key_results", key_results=results, ids=shown)
    return results


def _by_tasks(frame: Frame, turn: TurnContext) -> Told:
    found = people_by_tasks(
        turn,
        teams=listing.keys_of(frame, "team"),
        statuses=frame.filters.task_statuses,
        overdue=frame.filters.overdue,
        reverse=frame.reverse,
    )
    return _counted(found, frame, turn, "task", "tasks")


def _by_check_ins(frame: Frame, turn: TurnContext) -> Told:
    when = frame.when
    found = people_by_check_ins(
        turn,
        teams=listing.keys_of(frame, "team"),
        first=when.first.isoformat() if when else "",
        last=when.last.isoformat() if when else "",
        reverse=frame.reverse,
    )
    if when is None:
        found.period = dict(found.period or {})
        found.period["label"] = f"{found.period['from']}/{found.period['to']}"
    else:
        asked.labelled(found, frame, turn)
    return _counted(found, frame, turn, "check_in", "check_ins")


def _counted(found: Found, frame: Frame, turn: TurnContext, noun: str, what: str) -> Told:
    language = frame.language
    parts = _details(replace(frame, filters=Filters()), turn)
    if frame.filters.overdue:
        date = formats.day(turn.today, language, turn.today)
        parts.append(say(language, "task.filter_overdue", date=date))
    parts += [say(language, f"task.{status}") for status in frame.filters.task_statuses]
    if what == "check_ins" and found.period:
        first, last = (listing.day(found.period[end], language, turn) for end in ("from", "to"))
        parts.append(say(language, "cycles.span", start=first, end=last))
    words = listing.details(parts, language)
    if not found.rows:
        return Told(say(language, "people.none", details=words), found)
    first_row = found.rows[0]

    def count(row: Row) -> str:
        return formats.counted(int(str(row.values["count"])), noun, language)

    if frame.ask is Ask.RANK:
        name = f"people.{'fewest' if frame.reverse else 'most'}_{what}"
        lead = say(language, name, person=listing.person(first_row), details=words, count=count(first_row))
    else:
        people = formats.counted(int(str(found.values["count"])), "person", language)
        lead = say(language, "people.some", people=people, details=words)
    told = 1 if frame.ask is Ask.RANK else 0
    lines = listing.bullets(
        found.rows[told:],
        lambda row: f"{listing.person(row)}: {count(row)}",
        int(str(found.values["count"])) - told,
        language,
    )
    return Told(f"{lead}\n\n{lines}".rstrip(), found, answered=listing.refs(found.rows, turn))
