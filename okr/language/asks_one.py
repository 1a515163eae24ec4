"""Questions about one record, one person or one idea, and how to tell them by their pieces."""

from __future__ import annotations

from dataclasses import replace

from okr.language.facts import Facts
from okr.language.frames import Ask, Filters, Frame, When
from okr.language.movers import whose_moved
from okr.language.narrowing import OPEN_TASKS, filters, limit, negation_before, two_figures

KR_FIELDS = ("current", "target", "baseline", "progress", "expected", "gap", "confidence", "reported", "status",
              "weight", "unit", "cadence", "score", "milestones")  # fmt: skip
# Figures that only one record has: asked for alone, they are about the record of the question before.
_LONE_FIELDS = frozenset(
    {"target", "baseline", "current", "unit", "weight", "cadence", "expected", "gap", "confidence"}
)
_OWNER_NOUNS = ("kto", "kim", "czyj", "owner", "ownership", "dri", "wlasciciel", "odpowiedzialn", "opiekun", "contact")
_YES_OR_NO = frozenset(["am", "is", "are", "was", "were", "czy", "does", "do", "did", "has", "have"])
_THAN = frozenset({"than", "niz", "od", "przed"})
_OF_ONE_RECORD = ("confidence", "target", "baseline", "weight", "reported")
# Figures that a record's whole standing tells at once.
_TOLD_TOGETHER = frozenset(
    {"current", "target", "baseline", "progress", "expected", "gap", "confidence", "reported", "status"}
)
_EITHER = frozenset({"or", "czy", "albo", "lub"})
_WHEN_FIELDS = ("last_check_in", "next_check_in", "due", "start", "end", "created")


def define(f: Facts) -> Frame | None:
    p = f.pieces
    if "compare" in f.asks and {"progress", "expected"} <= set(f.fields) and not f.subjects:
        p.take("ask")
        p.take("field")
        return f.make(Ask.DEFINE, field="gap")  # their difference is the gap
    if "define" not in f.asks or f.subjects.named:
        return None
    found = idea_of(f)
    if found is None:
        return None
    p.take("ask")
    for slot in ("status", "field", "by", "flag", "fresh", "most", "kind", "neg", "has", "held", "moved"):
        p.take(slot)
    return f.make(Ask.DEFINE, field=found)


def idea_of(f: Facts) -> str | None:
    p = f.pieces
    for slot in ("flag", "status", "fresh", "kind"):
        for value in p.values(slot):
            return {"behind": "most_behind", "falling_confidence": "confidence"}.get(value, value)
    if p.has("most") and p.has("by", "gap"):
        return "most_behind"
    for value in f.fields:
        if value not in ("owner", "note", "wins", "blockers"):
            return {"current": "progress", "last_check_in": "freshness"}.get(value, value)
    if p.has("by", "gap"):
        return "most_behind"
    return f.types[0] if f.types else None


def courtesy(f: Facts) -> Frame | None:
    for ask in (Ask.HELP, Ask.THANK, Ask.GREET):
        if ask.value in f.asks:
            f.pieces.take("ask")
            return f.make(ask)
    return None


def my_week(f: Facts) -> Frame | None:
    if "my_week" not in f.asks or f.subjects.named or {"task", "key_result", "okr", "objective"} & set(f.types):
        return None
    p = f.pieces
    p.take("ask")
    if {"todo", "todos"} & set(p.words):
        return f.make(Ask.LIST, of="task", people=(f.me,), mine="me", filters=Filters(task_statuses=OPEN_TASKS))
    for slot in ("flag", "fresh", "field", "task_status"):
        p.take(slot)
    return f.make(Ask.MY_WEEK, mine="me", people=(f.me,))


def lessons(f: Facts) -> Frame | None:
    if "lessons" not in f.asks and "lesson" not in f.types:
        return None
    p = f.pieces
    if (
        "lesson" not in f.types
        and f.cycle is None
        and f.when is not None
        and p.has("lesson_kind", "helped", "hindered")
    ):
        # "What went well last week" is about the check-ins of that week.
        good = p.has("lesson_kind", "helped")
        for slot in ("ask", "lesson_kind", "field"):
            p.take(slot)
        return f.make(Ask.NOTES, of="check_in", field="wins" if good else "blockers")
    p.take("ask", "lessons", "explain", "notes")
    p.take("field", "wins", "blockers", "score")
    narrowed = filters(p, "lesson", None, False)
    if "count" in f.asks:
        p.take("ask", "count")
        return f.make(Ask.COUNT, of="lesson", filters=narrowed)
    return f.make(Ask.LESSONS, of="lesson", filters=narrowed, limit=limit(p))


def explain(f: Facts) -> Frame | None:
    p = f.pieces
    if "explain" not in f.asks or p.has("flag", "unrankable"):
        return None
    p.take("ask", "explain", "notes", "status")
    denied = any(negation_before(p, g) is not None for g in p.having("by"))
    direction = (
        ""
        if denied
        else "down"
        if p.has("by") and "down" in p.values("dir")
        else "up"
        if "up" in p.values("dir")
        else ""
    )
    if f.of == "team" and not f.subjects and not {"why", "dlaczego", "czemu"} & set(p.words):
        p.take("by")
        return f.make(Ask.RANK, of="team", by="gap")  # "which team drags us down"
    for slot in ("by", "moved", "status", "fresh", "most", "field", "task_status", "neg", "kind", "held", "op"):
        p.take(slot)
    p.take("flag", "watermelon", "falling_confidence")
    p.take("neg")
    return f.make(Ask.EXPLAIN, filters=Filters(moved=direction))


def compare(f: Facts) -> Frame | None:
    p, s = f.pieces, f.subjects
    if len(s.order) < 2 and p.has("by", "change") and p.values("dir"):
        return None  # "what got worse compared to last week" ranks
    sides = max(len(s.teams), len(s.people), len(s.named))
    mixed = len(s.order) >= 2
    who_leads = "who" in f.asks and not f.fields and "a" in p.words
    asked = p.words[0] in _YES_OR_NO and sides >= 2 and p.has("by")
    choosing = asked or (
        sides >= 2 and (who_leads or ((p.has("by") or p.has("most")) and bool((_EITHER | _THAN) & set(p.words))))
    )
    moments = f.when is not None and f.versus is not None and f.when.moment and f.versus.moment
    if not ("compare" in f.asks or choosing or moments) or not (
        sides >= 2 or mixed or f.versus is not None or f.when is not None
    ):
        return None
    p.take("ask", "compare", "status", "change", "history", "roll_up", "who", "list", "value")
    p.take("by")
    p.take("most")
    chosen = [f for f in f.fields if f in KR_FIELDS]
    for slot in ("field", "neg"):
        p.take(slot)
    if chosen and chosen[0] in _OF_ONE_RECORD and len(s.named) == len(s.order):
        return f.make(Ask.VALUE, field=chosen[0])  # each has its own
    if sides < 2 and f.when is not None and f.versus is None:
        now = When(f.today, f.today, moment=True, word="today")
        return f.make(Ask.COMPARE, when=now, versus=f.when, field=chosen[0] if chosen else "", of=sided(f))
    return f.make(Ask.COMPARE, field=chosen[0] if chosen else "", of=sided(f))


def sided(f: Facts) -> str:
    s = f.subjects
    if len(s.teams) >= 2:
        return "team"
    if len(s.people) >= 2:
        return "person"
    return s.named[0].kind if s.named else f.of


def who(f: Facts) -> Frame | None:
    p, s = f.pieces, f.subjects
    who = any(
        p.words[g.start] not in ("whose", "ktorych", "czyj", "czyja", "czyje") or g.start <= 1
        for g in p.having("ask", "who")
    )
    if f.whose_besides:
        return None  # "which tasks are overdue and who has them": each is told with who has it
    if "alignment" in f.asks and any(r.kind == "objective" for r in s.named):
        return None  # "who contributes to …"
    if (p.has("most") or p.has("by")) and any(f.is_asked_for(g) for g in p.having("type", "key_result", "objective")):
        return None  # "who is lagging worst, which key result?"
    if not who and "assignee" in f.fields and s.people and "task" in f.types and not s.named:
        return None  # "tasks assigned to Luca"
    if "team" in f.types and (s.named or s.people) and not s.teams and (who or roles_of_team(f)):
        p.take("ask")
        for slot in ("field", "by"):
            p.take(slot)
        return f.make(Ask.WHO, field="team")
    roles = [r for r in f.fields if r in ("owner", "lead", "members", "manager", "assignee", "author")]
    if not who and "owner" in roles:
        # Without "who" only the noun asks for a person: "owner of NPS"; "holds", "prowadzi" have other uses.
        said = [p.words[g.start] for g in p.having("field", "owner")]
        if not any(w.startswith(_OWNER_NOUNS) for w in said):
            roles.remove("owner")
    told = who or p.words[:1] in (["who"], ["kto"])
    if told and roles == ["author"] and not (s.named or p.has("pointer")) and f.when is not None and not p.has("most"):
        p.take("ask")
        p.take("field")
        p.take("checked_in")
        return f.make(Ask.LIST, of="person", filters=Filters(checked_in=True))  # "who checked in yesterday"
    if not who and not (roles and (s or f.mine or p.has("pointer", "it"))):
        return None
    if not who and (p.has("most") or p.has("status") or "count" in f.asks or p.has("by") or p.has("fresh")):
        return None
    if not who and roles == ["owner"] and not s.named and (s.people or f.mine == "me"):
        return None  # "what does Ana own", "za co odpowiadam"
    if who and p.has("checked_in", "yes") and not s.named and "author" not in f.fields:
        p.take("ask")
        p.take("field")
        return f.make(Ask.LIST, of="person", filters=f.filters("key_result"))
    if p.has("checked_in", "no") or p.has("fresh", "stale", "never", "due"):
        p.take("ask")
        p.take("field")
        narrowed = f.filters("key_result")
        if not narrowed.freshness and narrowed.older_than_days is None and narrowed.checked_in is None:
            narrowed = replace(narrowed, checked_in=False)
        p.take("neg")
        return f.make(Ask.LIST, of="person", filters=narrowed)
    if who and (p.has("most") or p.has("by")) and not s.named:
        return whose_moved(f) or who_most(f)
    if who and (p.has("status") or p.has("flag")) and not s.named:
        p.take("ask")
        p.take("field")
        return f.make(Ask.LIST, of="person", filters=f.filters("task" if "task" in f.types else "key_result"))
    if roles:
        role = next((r for r in ("author", "members", "lead", "manager", "assignee") if r in roles), "owner")
        if role == "members" and s.named:
            role = "owner"
        if role == "lead" and s.people and not s.teams and not s.named:
            role = "manager"
        if role in ("lead", "manager") and s.named and not s.teams and not s.people:
            role = "owner"
        p.take("ask")
        p.take("field")
        if role in ("owner", "lead") and s.teams and not s.named:
            role = "lead" if "owner" in roles and not {"key_result", "objective", "okr"} & set(f.types) else role
        if f.of == "task" and role == "owner":
            role = "assignee"
        if not s and not f.mine:
            # "who is responsible for Phoenix": nothing of that name; the reader says so.
            return f.make(Ask.WHO, field=role) if p.has("pointer") or not p.unknown else None
        return f.make(Ask.WHO, field=role)
    if s.people and len(s.order) == len(s.people):
        p.take("ask")
        return f.make(Ask.STATUS, of="person")
    if s.teams and not s.named:
        p.take("ask")
        return f.make(Ask.WHO, field="members")
    if s.named:
        p.take("ask")
        return f.make(Ask.WHO, field="assignee" if f.of == "task" else "owner")
    if p.has("pointer"):
        p.take("ask")
        return f.make(Ask.WHO, field="owner")
    return None


def roles_of_team(f: Facts) -> bool:
    """Whether a team is asked for as the one that has a record: "which team does NPS belong to?"."""
    p = f.pieces
    if any(p.has(slot) for slot in ("most", "status", "flag", "moved", "fresh")):
        return False
    names = [i for m in p.mentions for i in m.places]
    team = next(p.having("type", "team"))
    if team.start and p.words[team.start - 1] in ("which", "what", "ktorego", "jakiego", "ktoremu"):
        return bool(names)  # "turnover belongs to which department?"
    if names and team.start > min(names):
        return False  # "the margin of the group"
    if {"objective", "key_result"} & {
        v for g in p.having("type") if not names or g.end < min(names) - 1 for v in g.all("type")
    }:
        return False  # "which team goals feed …"
    return bool({"list", "value", "alignment"} & set(f.asks)) or "owner" in f.fields


def who_most(f: Facts) -> Frame:
    p = f.pieces
    by, reverse = f.order()
    if "task" in f.types and p.has("status", "completed"):
        for slot in ("ask", "field", "most"):
            p.take(slot)
        p.take("status", "completed")
        narrowed = replace(filters(p, "task", None, False), task_statuses=("done",))
        return f.make(Ask.RANK, of="person", by="count", field="task", filters=narrowed, singular=True, reverse=reverse)
    owning = not p.has("by") and not p.has("flag") and bool({"key_result", "okr", "objective"} & set(f.types))
    if (p.has("status") or owning) and not p.has("by"):
        p.take("ask")
        p.take("field")
        fewest = "least" in p.values("most")
        p.take("most")
        narrowed = f.filters("key_result")
        return f.make(Ask.RANK, of="person", by="count", filters=narrowed, singular=True, reverse=fewest)
    fewest = "least" in p.values("most")
    if "check_in" in f.types or "author" in f.fields:
        for slot in ("ask", "field", "most", "by", "checked_in"):
            p.take(slot)
        return f.make(Ask.RANK, of="person", by="count", field="check_in", singular=True, reverse=fewest)
    if p.has("flag", "overdue") or "task" in f.types:
        by = "count"
        p.take("most")
        narrowed = filters(p, "task", f.when, f.due)
        p.take("ask")
        p.take("field")
        return f.make(Ask.RANK, of="person", by=by, field="task", filters=narrowed, singular=True, reverse=fewest)
    p.take("ask")
    p.take("field")
    p.take("by")
    p.take("most")
    return f.make(Ask.RANK, of="person", by=by or "gap", reverse=reverse, limit=limit(p), singular=True)


def _date_alone(f: Facts, chosen: list[str]) -> bool:
    """Whether a date is asked for without a "when": "NPS last update", "end of the cycle"."""
    p = f.pieces
    if chosen and chosen[0] == "due" and any(r.kind == "task" for r in f.subjects.named):
        return True
    if not chosen or chosen[0] not in ("last_check_in", "end", "next_check_in"):
        return False
    if any(p.has(slot) for slot in ("most", "status", "fresh")) or {"count", "history"} & set(f.asks):
        return False
    about_cycle = "cycle" in f.types and "list" not in f.asks
    return "task" not in f.types and (bool(f.subjects.named) or about_cycle)


def when_asked(f: Facts) -> Frame | None:
    p = f.pieces
    chosen = [f for f in f.fields if f in _WHEN_FIELDS]
    valued = bool(chosen) and "value" in f.asks and (bool(f.subjects) or p.has("pointer"))
    if f.days_left:
        for slot in ("ask", "unit", "field"):
            p.take(slot)
        return f.make(Ask.WHEN, field="end", of="cycle", when=None)
    if "when" not in f.asks and not valued and not _date_alone(f, chosen):
        return None
    if not chosen and not (
        p.has("checked_in") or "check_in" in f.types or "task" in f.types or p.has("state", "closed")
    ):
        return None
    name = chosen[0] if chosen else ("due" if "task" in f.types else "last_check_in")
    if name == "due" and not f.subjects.named and "task" not in f.types and ("cycle" in f.types or f.when is not None):
        name = "end"
    if "last_check_in" in chosen:
        name = "last_check_in"
    if name in ("start", "end") and f.subjects.named and f.of == "task":
        name = "due"
    p.take("ask")
    p.take("field")
    if name == "end" and "when" not in f.asks and f.subjects.named:
        return f.make(Ask.VALUE, field="score")  # "how did it end?"
    p.take("checked_in")
    p.take("flag", "due", "overdue")
    p.take("fresh")
    p.take("most")
    p.take("by", "age")
    of = "cycle" if name in ("start", "end") and not f.subjects.named else f.of
    if name == "last_check_in" and f.subjects.named and all(r.kind in ("kpi", "task") for r in f.subjects.named):
        return f.make(Ask.STATUS, of=f.subjects.named[0].kind)  # a KPI's latest point has its date; a task's state
    return f.make(Ask.WHEN, field=name, of=of)


def value(f: Facts) -> Frame | None:
    p = f.pieces
    chosen = [f for f in f.fields if f in KR_FIELDS]
    alone = (
        bool(set(chosen) & _LONE_FIELDS) and not (set(f.types) - {"objective"}) and not f.subjects
        and "roll_up" not in f.asks and "count" not in f.asks and sum(t.is_word for t in p.sentence) <= 5
    )  # fmt: skip
    if not (f.subjects.named or p.has("pointer") or alone):
        return None
    if not chosen and not ({"value", "count"} & set(f.asks)):
        return None
    if not chosen and "value" in f.asks and "status" in f.asks:
        return None
    if chosen == ["status"] or chosen == ["reported"] or (chosen and set(chosen) <= {"status", "reported"}):
        if "reported" in chosen and "status" not in chosen:
            p.take("field")
            p.take("ask")
            p.take("says")
            return f.make(Ask.VALUE, field="reported")
        return None
    if two_figures(p) and set(chosen) <= _TOLD_TOGETHER:
        for slot in ("field", "ask", "by", "says", "unit"):
            p.take(slot)
        return f.make(Ask.STATUS)
    order = (
        "expected",
        "gap",
        "baseline",
        "target",
        "confidence",
        "score",
        "weight",
        "unit",
        "cadence",
        "milestones",
        "progress",
        "current",
    )
    name = next((f for f in order if f in chosen), "current")
    if name == "target" and p.words[0] in (
        "will",
        "did",
        "has",
        "have",
        "is",
        "are",
        "czy",
        "does",
        "was",
        "were",
        *(("do",) if p.language == "en" else ()),  # "do ilu" asks for the target itself
    ):
        # "Will we make the target?" asks how it stands.
        p.take("field")
        p.take("by")
        p.take("status")
        p.take("ask", "value", "status")
        return f.make(Ask.STATUS)
    p.take("field")
    p.take("ask", "value", "count", "list", "status", "roll_up", "when")
    p.take("by", "gap", "confidence")
    if name in ("target", "baseline"):
        p.take("by")
    p.take("unit")
    return f.make(Ask.VALUE, field=name)


def status(f: Facts) -> Frame | None:
    p, s = f.pieces, f.subjects
    said = "status" in f.asks or "status" in f.fields or "reported" in f.fields
    judged = p.has("status") or p.has("by", "gap") or p.has("held") or p.has("kind", "boundary", "binary")
    asked = p.words[0] in _YES_OR_NO or bool({"wszystko", "everything"} & set(p.words))
    yes_or_no = judged and (bool(s.named) or (asked and "list" not in f.asks))
    if not said and not yes_or_no:
        return None
    if yes_or_no:
        for group in p.having("status"):
            no = negation_before(p, group)
            if no is not None:
                no.used = True
        for slot in ("status", "state", "task_status", "held", "kind", "most"):
            p.take(slot)
    p.take("ask", "status", "list", "value")
    p.take("field", "status", "reported", "progress", "current", "note")
    p.take("status", "on_track")
    p.take("by", "gap")
    if s.named:
        kind = s.named[0].kind
        stretch = f.when is not None and not f.when.moment and "week" not in f.when.word
        return f.make(Ask.HISTORY if kind == "kpi" and stretch else Ask.STATUS, of=kind)
    if s.people:
        return f.make(Ask.STATUS, of="person")
    if s.teams or f.mine == "team":
        return f.make(Ask.STATUS, of="team")
    if f.mine == "me":
        return f.make(Ask.STATUS, of="person")
    if "company" in f.types or f.mine in ("our", "we") or {"okr", "objective", "key_result", "cycle"} & set(f.types):
        return f.make(Ask.STATUS, of="company", company=True)
    if f.cycle is not None:
        return f.make(Ask.ROLL_UP, of="company", company=True, field="score")
    if p.has("pointer"):
        return f.make(Ask.STATUS)
    if {"mi", "mnie", "jestem"} & set(p.words) or p.words[:2] == ["am", "i"]:
        return f.make(Ask.STATUS, of="person", people=(f.me,), mine="me")
    if not p.unknown and f.mine_words() in ("our", "we"):
        return f.make(Ask.STATUS, of="company", company=True)
    return None


def bare(f: Facts) -> Frame | None:
    """Only a name, a time or a filter: what is wanted follows from it, or from the question before."""
    p, s = f.pieces, f.subjects
    if "value" in f.asks or "list" in f.asks:
        p.take("ask", "value", "list")
    if s.named:
        kind = s.named[0].kind
        if f.when is not None and not f.when.moment and kind in ("kpi", "key_result"):
            return f.make(Ask.HISTORY, of=kind)
        return f.make(Ask.STATUS, of=kind)
    if s.teams:
        return f.make(Ask.STATUS, of="team")
    if s.people:
        return f.make(Ask.STATUS, of="person")
    if f.mine in ("me", "team"):
        return f.make(Ask.STATUS, of="person" if f.mine == "me" else "team")
    if f.cycle is not None and not f.types:
        return f.make(Ask.ROLL_UP, of="company", field="score")  # "how was Q2"
    if s.cycles:
        return f.make(Ask.STATUS, of="company", company=True)
    if "company" in f.types:
        return f.make(Ask.STATUS, of="company", company=True)
    return None
