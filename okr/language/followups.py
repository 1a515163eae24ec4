"""What a question means after another one: "and marketing?", "who owns it?", "a w zeszłym tygodniu?"."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import fields, replace
from datetime import date

from okr.language.atoms import Pieces
from okr.language.compose import Composed
from okr.language.frames import Ask, Filters, Frame, Ref, When
from okr.language.narrowing import filters, limit

# Asks that are about one record and need one.
ABOUT_ONE = (Ask.VALUE, Ask.WHO, Ask.WHEN, Ask.STATUS, Ask.EXPLAIN, Ask.HISTORY, Ask.CHANGE, Ask.ALIGNMENT, Ask.NOTES)
SHORT = 7


def follow(composed: Composed | None, pieces: Pieces, previous: Frame | None) -> Frame | None:
    """The frame of a question that leans on the one before; None when it does not, or there was none."""
    if previous is None:
        return None
    short = sum(t.is_word for t in pieces.sentence) <= SHORT
    pointing = pieces.has("pointer") and not _own_subject(composed)
    if previous.ask is Ask.COUNT and short and pieces.has("ask", "list") and not _own_subject(composed):
        pieces.take("pointer")
        if composed is None or composed.frame.filters == Filters():
            return replace(previous, ask=Ask.LIST, language=pieces.language, answered=())
    if (
        "count" in pieces.values("ask")
        and short
        and not _own_subject(composed)
        and previous.ask in (Ask.LIST, Ask.RANK)
    ):
        if composed is None or composed.frame.filters == Filters():
            pieces.take("ask")
            pieces.take("pointer")
            return replace(previous, ask=Ask.COUNT, language=pieces.language, answered=(), limit=None)
    listed = previous.ask in (Ask.LIST, Ask.COUNT, Ask.RANK)
    if listed and short and previous.of == "task" and pieces.has("task_status") and not pieces.has("type"):
        if not _own_subject(composed):
            return _fragment(pieces, previous)  # "and the blocked ones?"
    if (
        listed
        and short
        and "they" in pieces.values("pointer")
        and "list" in pieces.values("ask")
        and set(pieces.values("ask")) <= {"list", "value", "status"}
        and not _own_subject(composed)
        and (composed is None or composed.frame.filters == Filters())
    ):
        pieces.take("ask")
        pieces.take("pointer")
        return replace(previous, ask=Ask.LIST, language=pieces.language, answered=())
    beside = _beside(composed, pieces, previous)
    if beside is not None:
        return beside
    if composed is not None:
        among = _among(composed.frame, pieces, previous)
        if among is not None:
            return among
    scoped = previous.teams or previous.people or previous.company
    if composed is not None and composed.frame.ask is Ask.NOTES and not pointing and not _own_subject(composed):
        if (
            scoped
            and previous.ask in (Ask.NOTES, Ask.LIST, Ask.COUNT, Ask.RANK, Ask.ROLL_UP, Ask.STATUS)
            and not previous.named
        ):
            when = composed.frame.when or previous.when
            return replace(
                composed.frame, teams=previous.teams, people=previous.people, company=previous.company, when=when
            )
    if composed is not None and composed.frame.of == "check_in" and not _own_subject(composed) and previous.named:
        if composed.frame.ask is Ask.LIST and previous.named[0].kind in ("key_result", "kpi"):
            return replace(composed.frame, ask=Ask.HISTORY, of=previous.named[0].kind, named=previous.named[:1])
    if composed is None:
        return _owned(pieces, previous) or (_fragment(pieces, previous) if short or pointing else None)
    frame = composed.frame
    if not composed.asked:
        return _replaced(frame, pieces, previous) if short or pieces.has("follow") else None
    if frame.ask is Ask.WHO and frame.field == "author" and previous.ask in (Ask.LESSONS, Ask.NOTES):
        if not _own_subject(composed):
            return replace(previous, language=pieces.language, answered=())  # each is told with its author
    if frame.ask is Ask.LESSONS and previous.ask is Ask.LESSONS and frame.cycle is None and frame.when is None:
        return replace(frame, cycle=previous.cycle, when=previous.when, teams=frame.teams or previous.teams)
    if frame.ask in (Ask.HELP, Ask.GREET, Ask.THANK, Ask.DEFINE, Ask.MY_WEEK, Ask.LESSONS):
        return None
    if {w for w in pieces.words if w.isalpha()} <= _TARGET and "cel" in pieces.words and previous.named:
        if previous.named[0].kind == "key_result" and previous.ask in ABOUT_ONE:
            # After a key result "a cel?" is its target, not an objective.
            return Frame(Ask.VALUE, pieces.language, named=previous.named[:1], field="target")
    one = [r for r in previous.named if r.kind in ("key_result", "kpi")] if previous.ask in ABOUT_ONE else []
    if frame.ask is Ask.ROLL_UP and len(one) == 1 and short and frame.field and not _own_subject(composed):
        if not frame.mine and not pieces.has("ask", "roll_up"):
            pieces.take("pointer")
            return replace(frame, ask=Ask.VALUE, of=one[0].kind, named=(one[0],), company=False)
    within = _within(frame, pieces, previous, short)
    if within is not None:
        return within
    if _own_subject(composed):
        if pieces.has("follow") and starts_following(pieces) and _bare_kind(frame) and frame.ask is Ask.STATUS:
            return _replaced(frame, pieces, previous)
        return None
    if frame.ask is Ask.HISTORY or frame.ask in ABOUT_ONE:
        if pointing or short:
            return _about_previous(frame, pieces, previous)
        return None
    if frame.ask in (Ask.COUNT, Ask.LIST, Ask.RANK, Ask.ROLL_UP, Ask.COMPARE) and (
        pointing or (short and starts_following(pieces))
    ):
        return _same_scope(frame, previous)
    return None


_TARGET = frozenset("a jaki jest ma mamy tu ten cel".split())
_PERSON = frozenset("he she him her his hers on ona jej jego niej nim nia niego".split())


def _beside(composed: Composed | None, pieces: Pieces, previous: Frame) -> Frame | None:
    """What was talked about beside what is named now: "compare that with agency spend"."""
    if composed is None or not (pieces.has("ask", "compare") and pieces.has("pointer")):
        return None
    now = (*composed.frame.named, *composed.frame.teams, *composed.frame.people)
    before = pointed(pieces, previous) or previous.teams or previous.people
    if len(now) != 1 or len(before) != 1 or before[0].kind != now[0].kind or before == now:
        return None
    for slot in ("ask", "pointer"):
        pieces.take(slot)
    sides = (before[0], now[0])
    kind = now[0].kind
    return Frame(
        Ask.COMPARE,
        pieces.language,
        of=kind,
        named=sides if kind not in ("team", "person") else (),
        teams=sides if kind == "team" else (),
        people=sides if kind == "person" else (),
        when=composed.frame.when,
    )


_OF_THEM = frozenset("they them those these nich te tych sposrod wsrod".split())
_MANY = (Ask.LIST, Ask.COUNT, Ask.RANK)


def _among(frame: Frame, pieces: Pieces, previous: Frame) -> Frame | None:
    """Those of the records listed before to which something more applies: "which of those are off track?"."""
    if frame.ask not in _MANY or previous.ask not in _MANY or not _OF_THEM & set(pieces.words):
        return None
    if previous.of == "task" and frame.of == "key_result" and not pieces.has("type"):
        frame = replace(frame, of="task", filters=filters(pieces, "task", None, False))
    if frame.of != previous.of or frame.of not in ("key_result", "objective", "task"):
        return None
    if frame.filters == Filters() and not _scope(frame) and frame.ask is not Ask.RANK:
        return None
    pieces.take("pointer")
    rows = tuple(r for r in previous.answered if r.kind == "key_result")
    if previous.limit is not None and rows and len(rows) == previous.limit and not _scope(frame):
        return replace(frame, named=rows, when=frame.when or previous.when, mine="")
    scope = frame if _scope(frame) else previous
    return replace(
        frame,
        teams=scope.teams,
        people=scope.people,
        objectives=scope.objectives,
        company=scope.company,
        mine=scope.mine,
        cycle=frame.cycle or previous.cycle,
        when=frame.when or previous.when,
        filters=_both(previous.filters, frame.filters),
    )


def _scope(frame: Frame) -> bool:
    return bool(frame.named or frame.teams or frame.people or frame.objectives or frame.company or frame.mine)


def _both(before: Filters, now: Filters) -> Filters:
    """The filters before, and those of now where they say something."""
    bare = Filters()
    said = {f.name: getattr(now, f.name) for f in fields(now) if getattr(now, f.name) != getattr(bare, f.name)}
    return replace(before, **said)


def _owned(pieces: Pieces, previous: Frame) -> Frame | None:
    """What somebody named before owns: "what else does she own?"."""
    if not (_PERSON | _OF_THEM) & set(pieces.words) or not pieces.has("field", "owner") or pieces.has("ask", "who"):
        return None
    person = next((r for r in (*previous.answered, *previous.people) if r.kind == "person"), None)
    if person is None:
        return None
    asked = Ask.COUNT if "count" in pieces.values("ask") else Ask.LIST
    for slot in ("ask", "field", "pointer", "mine"):
        pieces.take(slot)
    return Frame(asked, pieces.language, people=(person,), filters=filters(pieces, "key_result", None, False))


def _within(frame: Frame, pieces: Pieces, previous: Frame, short: bool) -> Frame | None:
    """A list or figure of what the question before was about: "her key results", "its tasks", "off track too?"."""
    many = (Ask.LIST, Ask.COUNT, Ask.RANK, Ask.ROLL_UP, Ask.NOTES)
    if frame.named or frame.teams or frame.people or frame.objectives or frame.company or frame.mine:
        return None
    first = previous.answered[:1]
    if first and first[0].kind == "person" and _PERSON & set(pieces.words):
        pieces.take("pointer")
        if frame.ask in many:
            return replace(frame, people=first)
        if frame.ask is Ask.WHO and frame.field in ("lead", "manager"):
            return replace(frame, people=first, field="manager")  # "and her boss?"
        return replace(frame, people=first, of="person") if frame.ask is Ask.STATUS else None
    if frame.ask not in (Ask.LIST, Ask.COUNT, Ask.RANK) or not short:
        return None
    if frame.of == "key_result" and "key_result" in pieces.values("type"):
        refs = pointed(pieces, previous) if pieces.has("pointer") else previous.named[:1]
        if refs and refs[0].kind == "objective" and (pieces.has("pointer") or previous.ask is Ask.STATUS):
            pieces.take("pointer")
            return replace(frame, objectives=refs[:1], limit=None)
        if previous.ask is Ask.STATUS and not previous.named and (previous.teams or previous.people):
            return replace(frame, teams=previous.teams, people=previous.people)
    listed = previous.ask in (Ask.LIST, Ask.COUNT, Ask.RANK, Ask.STATUS, Ask.ROLL_UP)
    scoped = previous.teams or previous.people or previous.objectives
    if frame.filters != Filters() and listed and scoped and not pieces.has("type") and not previous.named:
        if sum(t.is_word for t in pieces.sentence) <= 4:
            return replace(frame, teams=previous.teams, people=previous.people, objectives=previous.objectives)
    return None


_EARLIER = frozenset("earlier before wczesniej przedtem previously".split())


def counted_back(pieces: Pieces, previous: Frame | None, today: date) -> None:
    """Count "a month earlier" from the day that was asked about before, and not from today."""
    before = previous.when if previous is not None else None
    if before is None or not before.moment or before.word == "today" or not _EARLIER & set(pieces.words):
        return
    for place, time in enumerate(pieces.times):
        when = time.when
        if when is None or not when.moment or when.word != "ago":
            continue
        months = (today.year - when.first.year) * 12 + today.month - when.first.month
        if months and when.first.day == today.day:
            year, month = divmod(before.first.year * 12 + before.first.month - 1 - months, 12)
            day = date(year, month + 1, min(before.first.day, monthrange(year, month + 1)[1]))
        else:
            day = before.first - (today - when.first)
        pieces.times[place] = replace(time, when=When(day, day, moment=True, word="on"))


def starts_following(pieces: Pieces) -> bool:
    """Whether the question begins as a continuation does ("and …", "a …", "what about …")."""
    return any(g.start == 0 for g in pieces.having("follow"))


def _own_subject(composed: Composed | None) -> bool:
    if composed is None:
        return False
    f = composed.frame
    return bool(f.named or f.teams or f.people or f.objectives or f.company)


def _bare_kind(frame: Frame) -> bool:
    return frame.filters == Filters() and not frame.field


def pointed(pieces: Pieces, previous: Frame) -> tuple[Ref, ...]:
    """The records that "it", "they", "the second one" stand for."""
    rows = previous.answered
    places = {"first": 0, "second": 1, "third": 2, "last": -1}
    for word in pieces.values("pointer"):
        if word in places and rows and len(rows) > abs(places[word]):
            pieces.take("pointer", word)
            return (rows[places[word]],)
    if "they" in pieces.values("pointer") and len(rows) > 1 and "it" not in pieces.values("pointer"):
        return rows
    if previous.named and previous.ask in ABOUT_ONE:
        return previous.named[:1]
    if rows:
        return rows[:1]
    return previous.named[:1] or previous.objectives[:1]


def _about_previous(frame: Frame, pieces: Pieces, previous: Frame) -> Frame | None:
    refs = pointed(pieces, previous)
    pieces.take("pointer")
    if frame.ask is Ask.WHO and frame.field == "lead" and refs and all(r.kind == "person" for r in refs):
        frame = replace(frame, field="manager")  # "and her boss?"
    if pieces.has("type", "team") and previous.teams and frame.ask is Ask.WHO:
        return replace(frame, teams=previous.teams, named=(), people=(), mine="")
    when = frame.when if frame.when is not None else (previous.when if frame.ask in (Ask.EXPLAIN, Ask.NOTES) else None)
    people = tuple(r for r in refs if r.kind == "person")
    teams = tuple(r for r in refs if r.kind == "team")
    named = tuple(r for r in refs if r.kind not in ("person", "team", "check_in", "lesson", "company"))
    if not (people or teams or named):
        if previous.teams or previous.people or previous.company:
            return replace(
                frame,
                teams=previous.teams,
                people=previous.people,
                company=previous.company,
                mine=previous.mine,
                when=when,
            )
        return None
    if frame.ask is Ask.STATUS and len(named) > 1:
        named = named[:1]
    of = named[0].kind if named else "team" if teams else "person"
    if frame.ask is Ask.NOTES:
        of = frame.of
    return replace(
        frame,
        named=named,
        teams=teams if not named else (),
        people=people if not named else (),
        when=when,
        of=of,
        mine="",
    )


def _same_scope(frame: Frame, previous: Frame) -> Frame:
    """A new question of many records, within what was asked about before."""
    # A ranking has its own order; only a count takes over what was listed.
    filters = frame.filters
    if filters == Filters() and frame.ask is not Ask.RANK:
        filters = previous.filters
    return replace(
        frame,
        of=frame.of if frame.of != "key_result" else previous.of if previous.of in ("task", "objective") else frame.of,
        teams=previous.teams,
        people=previous.people,
        objectives=previous.objectives or tuple(r for r in previous.named if r.kind == "objective"),
        company=previous.company,
        mine=previous.mine,
        when=frame.when or previous.when,
        cycle=frame.cycle or previous.cycle,
        filters=filters,
    )


def _fragment(pieces: Pieces, previous: Frame) -> Frame | None:
    """Words that only change a part: a time, a number, a filter, or "the second one"."""
    if pieces.has("pointer", "first", "second", "third", "last") and previous.answered:
        refs = pointed(pieces, previous)
        if refs and refs[0].kind in ("key_result", "objective", "kpi", "task"):
            pieces.take("more")
            return Frame(Ask.STATUS, pieces.language, of=refs[0].kind, named=refs[:1])
    changed = previous
    done = False
    times = [t for t in pieces.times if t.when is not None]
    if times and times[0].when is not None:
        changed = _at(changed, times[0].when)
        if previous.ask is Ask.VALUE and previous.field in ("target", "baseline", "weight", "unit", "cadence"):
            # These stand still: of another time it is the value that is asked for.
            changed = replace(changed, field="current")
        if previous.named and previous.ask in (Ask.STATUS, Ask.HISTORY, Ask.EXPLAIN) and pieces.take("ask", "count"):
            changed = replace(changed, ask=Ask.VALUE, field="current")
        elif previous.ask is Ask.VALUE:
            pieces.take("ask", "count")
        if previous.ask in (Ask.WHO, Ask.WHEN) and previous.named:
            changed = replace(changed, ask=Ask.STATUS, of=previous.named[0].kind, field="")
        if times[0].cycle is not None:
            c = times[0].cycle
            changed = replace(changed, cycle=Ref("cycle", c.id, c.key, c.name))
        done = True
    count = limit(pieces)
    if count is None and len(pieces.numbers) == 1 and previous.ask in (Ask.RANK, Ask.LIST, Ask.HISTORY):
        count = int(pieces.numbers[0].value) or None
        pieces.numbers[0].used = True
    if count is not None:
        if previous.ask in (*ABOUT_ONE, Ask.COMPARE) and previous.ask is not Ask.NOTES and previous.named:
            changed = replace(changed, ask=Ask.HISTORY, field="", filters=Filters())
        changed = replace(changed, limit=count, singular=False)
        done = True
        for slot in ("most", "top", "type", "by"):
            pieces.take(slot)
    if pieces.take("more"):
        changed = replace(changed, limit=200, singular=False)
        done = True
    if pieces.has("held") and "boundary" in previous.filters.kinds:
        held = pieces.values("held")
        pieces.take("held")
        return replace(
            previous, filters=replace(previous.filters, held=held[0] == "yes"), language=pieces.language, answered=()
        )
    narrowed = filters(pieces, previous.of if previous.of == "task" else "key_result", None, False)
    if narrowed != Filters():
        ask = previous.ask if previous.ask in (Ask.LIST, Ask.COUNT, Ask.RANK) else Ask.LIST
        if pieces.take("ask", "count"):
            ask = Ask.COUNT
        changed = replace(changed, ask=ask, filters=narrowed)
        done = True
    if not done and pieces.has("pointer") and not _PERSON & set(pieces.words):
        refs = pointed(pieces, previous)
        if refs and refs[0].kind in ("key_result", "objective", "kpi", "task"):
            pieces.take("pointer")
            return Frame(Ask.STATUS, pieces.language, of=refs[0].kind, named=refs[:1])
    return replace(changed, language=pieces.language, answered=()) if done else None


def _at(frame: Frame, when: When) -> Frame:
    if frame.ask is Ask.COMPARE and frame.versus is not None:
        return replace(frame, versus=when)
    return replace(frame, when=when, versus=None)


def _replaced(frame: Frame, pieces: Pieces, previous: Frame) -> Frame | None:
    """The question before, about what this one names instead."""
    pieces.take("ask", "status", "value", "list")
    pieces.take("pointer")
    changed = replace(previous, language=frame.language, answered=())
    if frame.when is not None:
        changed = replace(changed, when=frame.when, versus=None)
    if frame.cycle is not None:
        changed = replace(changed, cycle=frame.cycle)
    kinds = {r.kind for r in frame.named}
    if frame.named:
        if previous.ask in (Ask.RANK, Ask.LIST, Ask.COUNT) and kinds == {"objective"}:
            return replace(changed, objectives=frame.named, teams=(), people=(), mine="", company=False)
        if previous.ask in (Ask.RANK, Ask.LIST, Ask.COUNT, Ask.ROLL_UP, Ask.MY_WEEK, Ask.LESSONS) and kinds != {
            "objective"
        }:
            return replace(frame, when=frame.when or previous.when)
        ask = previous.ask
        return replace(
            changed,
            ask=ask,
            of=frame.named[0].kind,
            named=frame.named,
            objectives=(),
            teams=(),
            people=(),
            mine="",
            company=False,
        )
    if frame.teams or frame.people or frame.company or frame.mine:
        if previous.named and previous.ask in (Ask.STATUS, Ask.VALUE, Ask.HISTORY, Ask.CHANGE, Ask.WHEN):
            if previous.ask is not Ask.STATUS:
                return replace(frame, when=frame.when or previous.when)
            return replace(frame, when=frame.when or previous.when)
        if previous.ask is Ask.WHO:
            return replace(changed, named=(), teams=frame.teams, people=frame.people,
                           field="lead" if frame.teams and previous.field == "owner" else previous.field)  # fmt: skip
        if previous.ask is Ask.MY_WEEK:
            return replace(frame, when=frame.when or previous.when)
        of = previous.of
        if previous.ask is Ask.STATUS:
            of = "team" if frame.teams else "person" if frame.people else "company"
        if previous.ask is Ask.COMPARE and len(frame.teams) > 1:
            return replace(changed, teams=frame.teams)
        if previous.ask is Ask.COMPARE and previous.teams and frame.teams:
            return replace(changed, teams=(previous.teams[0], *frame.teams))
        return replace(
            changed,
            of=of,
            teams=frame.teams,
            people=frame.people,
            named=(),
            objectives=(),
            mine=frame.mine,
            company=frame.company,
        )
    return changed if frame.when is not None or frame.cycle is not None else None
