"""Who owns, leads, manages or wrote something: the person is the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answers import asked, listing, people
from assistant.answers.told import Told
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite
from okr.language.frames import Ask, Filters, Frame, Ref
from okr.store.roster import Member, Whose
from tools.context import TurnContext
from tools.people import list_people, person_line, person_row
from tools.result import Found, Row

OWNED = ("key_result", "objective", "kpi", "task")


def answer(frame: Frame, turn: TurnContext) -> Told:
    """The person or the people that a record, a team or somebody has."""
    records = tuple(dict.fromkeys((*frame.named, *asked.refs_of(frame, "objective"), *asked.refs_of(frame, "team"))))
    kinds = {ref.kind for ref in records}
    match frame.field:
        case "members":
            return _members(frame, turn)
        case "manager" if kinds == {"team"} and not frame.people:
            # A team's boss leads it.
            return _leads(frame, turn, records)
        case "manager":
            return _of(turn, frame, asked.refs_of(frame, "person") or (_me(turn),), "manager")
        case "reports":
            return _reports(frame, turn)
        case "lead":
            return _leads(frame, turn, records)
        case "author":
            wanted = [ref for ref in records if ref.kind == "key_result"]
            return _authors(turn, frame, wanted) if wanted else _scope(frame, turn)
        case "team":
            return _teams(turn, frame, records or asked.refs_of(frame, "person"))
        case "assignee":
            wanted = [ref for ref in records if ref.kind == "task"]
            return _of(turn, frame, wanted, "assignee") if wanted else _scope(frame, turn)
    owned = [ref for ref in records if ref.kind in OWNED]
    if owned and frame.filters == Filters():
        return _of(turn, frame, owned, "owner")
    if kinds == {"team"} and frame.filters == Filters() and not frame.named:
        return _scope(frame, turn)
    if kinds == {"team"} and frame.filters == Filters():
        return _leads(frame, turn, records)
    return _scope(frame, turn)


def _me(turn: TurnContext) -> Ref:
    return turn.store.ref(turn.actor, "person", turn.actor.email)


def _scope(frame: Frame, turn: TurnContext) -> Told:
    """Owners of whatever the question is within."""
    if not (frame.teams or frame.people or frame.objectives or frame.named or frame.filters != Filters()):
        noun = say(frame.language, f"kinds.{frame.of}")
        found = Found("list_people", {}, kind="abstain", missing="record")
        return Told(say(frame.language, "people.nobody_named", what=noun), found, kind="abstain")
    if frame.people and not frame.teams and frame.of != "person":
        # What somebody owns is asked for, not who.
        from assistant.answers import lists

        return lists.answer(replace(frame, ask=Ask.LIST, field=""), turn)
    if frame.filters == Filters():
        # Without this the plain directory of the team would be told rather than who owns something.
        frame = replace(frame, filters=Filters(states=("active",)))
        return people.by_key_results(replace(frame, ask=Ask.LIST, of="person"), turn)
    return people.answer(replace(frame, ask=Ask.LIST, of="person"), turn)


def _members(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    teams = asked.refs_of(frame, "team")
    if not teams:
        return people.answer(replace(frame, ask=Ask.LIST, of="person", field=""), turn)
    found = list_people(turn, teams=[team.key for team in teams], roles=frame.filters.roles)
    total = int(str(found.values["count"]))
    count = formats.counted(total, "person", language)
    team = formats.joined([listing.record(ref, language) for ref in teams], language)
    if found.values["own"] != total:
        own = str(found.values["own"])
        lead = say(language, "people.members_below", people=count, team=team, own=own)
    else:
        lead = say(language, "people.members", people=count, team=team)
    lines = listing.bullets(found.rows, lambda row: people.line(row, language, turn), total, language, 20)
    return Told(f"{lead}\n\n{lines}".rstrip(), found, answered=listing.refs(found.rows, turn))


def _reports(frame: Frame, turn: TurnContext) -> Told:
    language = frame.language
    of = asked.refs_of(frame, "person") or (_me(turn),)
    found = list_people(turn, reports_to=[ref.key for ref in of])
    total = int(str(found.values["count"]))
    words = listing.details([listing.person(ref) for ref in of], language)
    if total == 0:
        return Told(say(language, "people.none", details=words), found)
    lead = say(language, "people.some", people=formats.counted(total, "person", language), details=words)
    lines = listing.bullets(found.rows, lambda row: people.line(row, language, turn), total, language, 12)
    return Told(f"{lead}\n\n{lines}", found, answered=listing.refs(found.rows, turn))


def _leads(frame: Frame, turn: TurnContext, records: Sequence[Ref]) -> Told:
    teams = [ref for ref in records if ref.kind == "team"]
    if not teams:
        # Of a record the lead of its team is meant, of a person the lead of theirs.
        about = [*records, *asked.refs_of(frame, "person")]
        ids = [one.team_id for ref in about for one in turn.store.whose(turn.actor, ref.kind, [ref.id])]
        keys = {team.id: team for team in turn.store.teams()}
        wanted = [keys[ident] for ident in dict.fromkeys(ids) if ident in keys]
        if not about:
            wanted = [team for team in keys.values() if team.above is None]
        teams = [Ref("team", team.id, team.key, team.name) for team in wanted]
    return _of(turn, frame, teams, "lead")


def _of(turn: TurnContext, frame: Frame, records: Sequence[Ref], what: str) -> Told:
    """The person of each record: its owner, lead, manager or assignee."""
    found = Found("list_people", {"of": [ref.key for ref in records], "what": what})
    found.sources = [ref.key for ref in records]
    whose: dict[tuple[str, int], Whose] = {}
    for kind in dict.fromkeys(ref.kind for ref in records):
        ids = [ref.id for ref in records if ref.kind == kind]
        whose |= {(kind, one.id): one for one in turn.store.whose(turn.actor, kind, ids)}
    persons = _persons(turn, [one.person_id for one in whose.values()])
    said = []
    for ref in records:
        one = whose.get((ref.kind, ref.id))
        if one is None:
            continue
        member = persons.get(one.person_id or 0)
        said.append(_sentence(ref, one, member, turn, frame.language, what))
        if member is not None and member.email not in {row.id for row in found.rows}:
            found.rows.append(person_row(member))
    return _told(found, said, turn, frame.language, what)


def _told(found: Found, said: Sequence[str], turn: TurnContext, language: str, what: str) -> Told:
    found.lines = [person_line(row) for row in found.rows]
    found.sources += [row.id for row in found.rows]
    if not found.rows:
        found.kind, found.missing = "abstain", what
    text = said[0] if len(said) == 1 else "\n".join(f"- {sentence}" for sentence in said)
    return Told(text, found, kind=found.kind, answered=listing.refs(found.rows, turn))


def _persons(turn: TurnContext, ids: Sequence[int | None]) -> dict[int, Member]:
    wanted = [ident for ident in dict.fromkeys(ids) if ident is not None]
    return {member.id: member for member in turn.store.members(turn.actor, ids=wanted, active=None)} if wanted else {}


def _sentence(ref: Ref, one: Whose, member: Member | None, turn: TurnContext, language: str, what: str) -> str:
    record = listing.person(ref) if ref.kind == "person" else listing.record(ref, language)
    slot = {"lead": "team", "manager": "who"}.get(what, "record")
    of_me = what == "manager" and ref.key == turn.actor.email
    if member is None:
        if what == "owner":
            what = "assignee"
        if of_me:
            return say(language, "people.no_manager_you")
        return say(language, f"people.no_{what}", **{slot: record})
    person = listing.person(person_row(member))
    if of_me:
        said = say(language, "people.manager_you", person=person)
    elif member.email == turn.actor.email and what != "manager":
        name = "assignee" if ref.kind == "task" else what
        said = say(language, f"people.{name}_you", **{slot: record})
    else:
        name = {"task": "assignee", "kpi": "kpi_owner"}.get(ref.kind, what)
        said = say(language, f"people.{name}", person=person, **{slot: record})
    if not member.active:
        said += " " + say(language, "people.not_active", person=listing.person(person_row(member)))
    return said


def _authors(turn: TurnContext, frame: Frame, records: Sequence[Ref]) -> Told:
    language = frame.language
    latest = turn.store.latest_authors(turn.actor, [ref.id for ref in records])
    persons = _persons(turn, [author for author, _ in latest.values()])
    found = Found("list_people", {"of": [ref.key for ref in records], "what": "author"})
    said = []
    for ref in records:
        found.sources.append(ref.key)
        if ref.id not in latest:
            said.append(say(language, "people.no_author", record=listing.record(ref, language)))
            continue
        author, check_in = latest[ref.id]
        row = person_row(persons[author])
        found.sources.append(check_in)
        record = listing.record(ref, language)
        said.append(say(language, "people.author", person=listing.person(row), record=record, id=cite(check_in)))
        if row.id not in {known.id for known in found.rows}:
            found.rows.append(row)
    return _told(found, said, turn, language, "author")


def _teams(turn: TurnContext, frame: Frame, records: Sequence[Ref]) -> Told:
    language = frame.language
    every = {team.id: team for team in turn.store.teams()}
    found = Found("list_teams", {"of": [ref.key for ref in records]})
    said = []
    for ref in records or (_me(turn),):
        for one in turn.store.whose(turn.actor, ref.kind, [ref.id]):
            found.sources.append(ref.key)
            team = every.get(one.team_id or 0)
            is_person = ref.kind == "person"
            name = listing.person(ref) if is_person else listing.record(ref, language)
            if team is None:
                said.append(say(language, "people.no_team", who=name))
                continue
            row = Row(team.key, "team", team.name, {"lead": team.lead, "parent": team.above})
            shown = listing.record(row, language)
            if is_person:
                said.append(say(language, "people.person_team", person=name, team=shown))
            else:
                said.append(say(language, "people.team_of", record=name, team=shown))
            if row.id not in {known.id for known in found.rows}:
                found.rows.append(row)
    found.sources += [row.id for row in found.rows]
    if not found.rows:
        found.kind, found.missing = "abstain", "team"
    text = said[0] if len(said) == 1 else "\n".join(f"- {sentence}" for sentence in said)
    return Told(text, found, kind=found.kind, answered=listing.refs(found.rows, turn))
