"""Which teams there are, and which is the furthest behind or ahead."""

from __future__ import annotations

from dataclasses import replace

from assistant.answers import asked, listing
from assistant.answers.told import Told
from assistant.telling import formats, standing
from assistant.telling.phrases import say
from assistant.telling.safe import plain
from okr.language.frames import Ask, Filters, Frame
from tools.context import TurnContext
from tools.result import Found, Row
from tools.selection import NoCycleError
from tools.teams import list_teams, rank_teams


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The teams asked for; in a ranking the first row is the answer."""
    if frame.ask is Ask.RANK or frame.filters != Filters():
        try:
            return _ranked(frame, turn)
        except NoCycleError as error:
            return asked.no_cycle(error, frame, turn)
    return _listed(frame, turn)


def _listed(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    found = list_teams(turn, below=listing.keys_of(frame, "team"))
    words = listing.details(_details(frame, turn), language)
    total = int(str(found.values["count"]))
    if total == 0:
        return Told(say(language, "teams.none", details=words), found)
    teams = formats.counted(total, "team", language)
    leads = listing.names([str(row.values["lead"]) for row in found.rows if row.values["lead"]], turn)
    above = {row.id: row.title for row in found.rows}

    def line(row: Row) -> str:
        lead, parent = row.values["lead"], row.values["parent"]
        if lead:
            said = [say(language, "teams.lead", person=plain(leads.get(str(lead), str(lead))))]
        else:
            said = [say(language, "teams.no_lead")]
        if parent:
            said.append(say(language, "teams.part", team=plain(above.get(str(parent), str(parent)))))
        return f"{listing.record(row, language)}: {', '.join(said)}"

    lead_words = say(language, "teams.some", teams=teams, details=words)
    lines = listing.bullets(found.rows, line, total, language, 20)
    return Told(f"{lead_words}\n\n{lines}", found, answered=listing.refs(found.rows, turn))


def _details(frame: Frame, turn: TurnContext) -> list[str]:
    language = frame.language
    parts = [say(language, "scope.team", team=plain(team.title)) for team in asked.refs_of(frame, "team")]
    if frame.cycle is not None:
        parts.append(say(language, "scope.cycle", cycle=plain(frame.cycle.title)))
    parts += [standing.status(status, language) for status in frame.filters.statuses]
    parts += [say(language, f"fresh_words.{word}") for word in frame.filters.freshness]
    if frame.without:
        parts.append(asked.without_words(frame))
    return parts


def _ranked(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    by = frame.by if frame.by in ("gap", "progress", "count", "confidence") else "gap"
    if frame.filters != Filters() and (frame.ask is not Ask.RANK or not frame.by):
        by = "count"
    # A team that is left out is not told; those above it stand as they do with it.
    found = rank_teams(turn, by=by, reverse=frame.reverse, where=replace(asked.where_of(frame), without=()))
    gone = {ref.key for ref in frame.without}
    told = [row for row in found.rows if row.id not in gone]
    found.values["count"] = int(str(found.values["count"])) - (len(found.rows) - len(told))
    found.rows = told
    asked.labelled(found, frame, turn)
    words = listing.details(_details(frame, turn), language)
    if frame.cycle is None:
        words += say(language, "list.on", date=asked.moment_words(frame, found, turn))
    if frame.limit:
        found.more += max(0, len(found.rows) - frame.limit)
        found.rows = found.rows[: frame.limit]
    if not found.rows:
        return Told(say(language, "teams.none", details=words), found)
    total = len(found.rows) + found.more
    if frame.ask is Ask.RANK:
        lead, rest = _first(found, frame, by, words), found.rows[1:]
    else:
        teams = formats.counted(total, "team", language)
        lead, rest = say(language, "teams.some", teams=teams, details=words), found.rows
    parts = [f"{lead} {say(language, 'teams.below')}"]
    if rest:
        bullets = listing.bullets(
            rest,
            lambda row: f"{listing.record(row, language)}: {_standing(row, language, by)}",
            total - (len(found.rows) - len(rest)),
            language,
        )
        head = f"{say(language, 'teams.next')}\n" if frame.ask is Ask.RANK else ""
        parts.append(head + bullets)
    if found.apart:
        parts.append(say(language, "teams.apart", ids=listing.ids([row.id for row in found.apart], language)))
    if by in ("gap", "progress") and found.rule:
        parts.append(say(language, "list.rule", rule=found.rule))
    return Told("\n\n".join(parts), found, answered=listing.refs(found.rows, turn))


def _first(found: Found, frame: Frame, by: str, words: str) -> str:
    language, first = frame.language, found.rows[0]
    team = listing.record(first, language)
    if by == "count":
        count = formats.counted(int(str(first.values["count"])), "key_result", language)
        return say(language, "teams.fewest" if frame.reverse else "teams.most", team=team, details=words, count=count)
    said = _standing(first, language, by)
    if by == "confidence":
        return say(
            language, "teams.least_sure" if frame.reverse else "teams.surest", team=team, details=words, standing=said
        )
    ahead = frame.reverse if by == "gap" else not frame.reverse
    if ahead:
        return say(language, "teams.best", team=team, details=words, standing=said)
    gap = first.values.get("gap")
    behind = gap is None or float(str(gap)) > 0
    return say(language, "teams.behind" if behind else "teams.behind_none", team=team, details=words, standing=said)


def sureness(row: Row, language: str) -> str:
    """The mean confidence of a scope's key results, and over how many."""
    counted = formats.out_of(int(str(row.values["confident"])), "key_result", language)
    average = formats.number(float(str(row.values["average"])), language, 2)
    return say(language, "scopes.mean", average=average, count=counted)


def _standing(row: Row, language: str, by: str) -> str:
    v = row.values
    if by == "confidence":
        return sureness(row, language)
    if by == "count" or v.get("progress") is None:
        return formats.counted(int(str(v["count"])), "key_result", language)
    progress = formats.percent(float(str(v["progress"])), language)
    status = standing.status(v["status"], language)
    if v.get("gap") is None:
        said = say(language, "teams.standing_short", progress=progress, status=status)
    else:
        said = say(
            language,
            "teams.standing",
            progress=progress,
            expected=formats.percent(float(str(v["expected"])), language),
            gap=standing.gap(float(str(v["gap"])), language),
            status=status,
        )
    if v.get("left_out"):
        said += "; " + say(language, "teams.left_out", count=str(v["left_out"]))
    return said
