"""Questions about many records: ranked, listed, counted, rolled up, over time, and what people wrote."""

from __future__ import annotations

from dataclasses import replace

from okr.language.asks_one import KR_FIELDS
from okr.language.facts import Facts
from okr.language.frames import Ask, Filters, Frame
from okr.language.narrowing import OPEN_TASKS, filters, limit, ranges
from okr.language.places import place_of

NONE_OF_THEM = frozenset("no none without any zadne zadnych zadnego zaden bez".split())
# Put before nothing that can be ordered by, these ask for an order that is not known.
SUPERLATIVE = frozenset("najdalej najbardziej najwiecej furthest farthest highest biggest largest".split())
_STUCK = frozenset({"stuck", "utknelo", "utknal", "utknela", "utkwilo"})
_NOTE_FIELDS = ("blockers", "wins", "note")
_SEVERAL_CYCLES = frozenset("cycles cykle cykli cyklow quarters kwartaly kwartalow okresy okresow wszystkie".split())


def cycles(f: Facts) -> Frame | None:
    """The cycles there are, or the one that runs: "which cycle are we in", "jaki mamy teraz cykl"."""
    p = f.pieces
    others = set(f.types) - {"cycle", "okr", "company", "metric"}
    other_slots = ("most", "by", "status", "fresh", "flag", "missing", "kind", "moved", "lesson_kind", "checked_in")
    others_asked = set(f.asks) - {"list", "value", "count", "status", "my_week"}
    if "cycle" not in f.types or others or others_asked or f.subjects or any(p.has(slot) for slot in other_slots):
        return None
    if set(f.fields) - {"current", "end", "status"} or not ({"list", "value", "count"} & set(f.asks)):
        return None
    if f.when is not None and not f.when.moment:
        return None
    several = bool(_SEVERAL_CYCLES & set(p.words)) or "count" in f.asks
    if "end" in f.fields and not {"trwa", "trwaja"} & set(p.words):
        return None
    for slot in ("ask", "field", "state"):
        p.take(slot)
    field = "" if several and f.when is None and not p.has("state", "active") else "in_force"
    return f.make(Ask.COUNT if "count" in f.asks else Ask.LIST, of="cycle", field=field, when=None, cycle=None,
                  filters=f.filters("cycle"))  # fmt: skip


def tasks(f: Facts) -> Frame | None:
    p = f.pieces
    stuck = (
        p.has("task_status", "blocked") and p.has("moved") and bool(f.subjects.named)
        and "status" not in f.asks and ("list" in f.asks or "value" in f.asks)
    )  # fmt: skip
    if _STUCK & set(p.words) and f.subjects.named and "status" not in f.asks and not p.has("ask", "explain"):
        stuck = True
    either = any(g.get("by") == "gap" for g in p.having("flag", "overdue")) and p.has("top")
    late = p.has("flag", "overdue") and not either and not any(n.points or n.percent for n in p.numbers)
    reviewed = p.has("task_status", "in_review") and not f.result_words()
    todo = p.has("task_status", "to_do") and bool(f.subjects.people) and "list" in f.asks and not f.result_words()
    if f.of != "task" and not todo and not (late and not f.result_words()) and not stuck and not reviewed:
        return None
    if (
        f.subjects.named
        and any(r.kind == "task" for r in f.subjects.named)
        and not p.has("depends")
        and not p.has("subtasks")
    ):
        if p.has("task_status") or p.has("status"):
            for slot in ("task_status", "status", "state", "ask"):
                p.take(slot)
            return f.make(Ask.STATUS, of="task")  # "is T-20 done?"
        return None if f.fields or f.asks else f.make(Ask.STATUS, of="task")
    depends = p.take("depends") if any(r.kind == "task" for r in f.subjects.named) else False
    subtasks = p.take("subtasks")
    p.take("ask", "list", "value", "status", "notes", "compare", "history", "alignment", "my_week", "who")
    narrowed = filters(p, "task", f.when, f.due or todo)
    if todo:
        narrowed = replace(narrowed, task_statuses=OPEN_TASKS)
    if (f.mine == "me" or todo) and narrowed in (Filters(), Filters(task_statuses=("to_do",))):
        # "My tasks" are those still to be done.
        narrowed = Filters(task_statuses=OPEN_TASKS)
    p.take("moved")
    p.take("field", "blockers", "due", "owner", "assignee", "current", "wins", "start", "end")
    p.take("status")
    p.take("state")
    if "count" in f.asks:
        p.take("ask", "count")
        return f.make(Ask.COUNT, of="task", filters=narrowed)
    if depends:
        return f.make(Ask.LIST, of="task", field=_relation(f))
    if subtasks and any(r.kind == "task" for r in f.subjects.named):
        return f.make(Ask.LIST, of="task", field="subtasks", filters=narrowed)
    if p.has("most"):
        by, reverse = f.order()
        p.take("most")
        p.take("by")
        return f.make(Ask.RANK, of="task", by=by if by in ("due", "age") else "due", reverse=reverse,
                         filters=narrowed, limit=limit(p))  # fmt: skip
    return f.make(Ask.LIST, of="task", filters=narrowed, limit=limit(p))


def _relation(f: Facts) -> str:
    """needs when the question is what a task waits for, needed_by when it is what waits for the task."""
    p = f.pieces
    text = " ".join(p.words)
    if any(
        said in text
        for said in (
            "na co ",
            "od czego ",
            "od jak",
            "od ktor",
            "czego wymaga",
            "co musi byc",
            "co blokuje",
            "co wstrzymuje",
            "co przyblokowalo",
        )
    ):
        return "needs"
    verb = max((g.start for g in p.having("depends")), default=0)
    names = [i for m in p.mentions for i in m.places]
    return "needed_by" if names and verb < min(names) and "does" not in p.words else "needs"


def notes(f: Facts) -> Frame | None:
    p = f.pieces
    chosen = [f for f in f.fields if f in _NOTE_FIELDS]
    if not chosen:
        return None
    others = [f for f in f.fields if f in KR_FIELDS and f not in ("status", "reported")]
    if others and "note" not in chosen:
        return None
    if "blockers" in chosen and f.types and "person" not in f.types and p.has("task_status") and f.of == "task":
        return None
    if (p.has("by", "gap") and p.has("most")) or (p.has("flag", "watermelon") and f.when is None):
        return None
    if "blockers" in chosen and any(r.kind == "task" for r in f.subjects.named):
        # Tasks have no blockers of their own, but tasks that they wait for.
        for slot in ("ask", "field", "task_status"):
            p.take(slot)
        verb = min(g.start for g in p.having("field", "blockers"))
        first = min(i for m in p.mentions for i in m.places)
        if p.language == "pl":
            # "Co blokuje zadanie …" asks what stands in its way, "jakie zadania blokuje …" what waits for it.
            blocking = "task" in f.types and "blokuje" in p.words and p.words[0] != "co"
            field = "needed_by" if blocking else "needs"
        else:
            field = "needed_by" if verb > first else "needs"
        return f.make(Ask.LIST, of="task", field=field)
    if "blockers" in chosen and p.has("held") and not {"up", "back", "us"} & set(p.words):
        return None  # "holding the limit"
    if "status" in f.asks and "holding" in p.words and "up" in p.words and "by" not in p.words:
        p.take("held")
        p.take("field", "blockers")
        return None  # "how is NPS holding up"
    field = next((f for f in ("blockers", "wins", "note") if f in chosen), "note")
    p.take("ask", "notes", "list", "value", "status", "who", "count", "history", "explain", "change")
    for name in (*_NOTE_FIELDS, "author", "current", "status", "reported", "last_check_in"):
        p.take("field", name)
    for slot in (
        "task_status",
        "moved",
        "status",
        "by",
        "most",
        "says",
        "flag",
        "lesson_kind",
        "held",
        "checked_in",
        "fresh",
        "state",
    ):
        p.take(slot)
    if "count" in f.asks:
        return f.make(Ask.COUNT, of="check_in", named=True, filters=Filters(has=(field,)))
    words = " ".join(p.sentence[i].text for i in p.unknown) if field == "note" else ""
    if words:
        p.unknown.clear()
    return f.make(Ask.NOTES, of="check_in", field=field, words=words, limit=limit(p))


def rank(f: Facts) -> Frame | None:
    p = f.pieces
    top = (p.has("most") or p.has("ask", "rank")) and (p.has("by") or bool(f.fields) or p.has("priority"))
    both_ways = {"up", "down"} <= set(p.values("dir"))
    if not top and p.has("by", "change") and not f.subjects.named and not both_ways and (p.has("dir") or p.has("most")):
        top = "count" not in f.asks and not p.has("flag")
    if (
        not top
        and p.has("by", "gap")
        and "ahead" not in p.values("dir")
        and any(True for _ in p.numbers)
        and not p.has("op")
    ):
        top = True
    if p.has("by", "age") and "check_in" in f.types and not {"key_result", "okr", "objective", "team"} & set(f.types):
        return None
    top = top or p.has("by", "age") or (f.of == "team" and p.has("most") and p.has("status"))
    if not top or "count" in f.asks:
        return None
    if f.subjects.named and all(r.kind in ("key_result", "kpi", "task") for r in f.subjects.named):
        return None
    place = place_of(p)
    narrowed = f.filters(
        f.many_of if f.many_of in ("key_result", "objective", "team", "person", "kpi") else "key_result"
    )
    if p.has("pointer", "it") and not p.has("most") and not p.has("type") and len(p.words) <= 5:
        return None  # "is it falling?"
    by, reverse = f.order(bounded=narrowed.confidence is not None)
    if f.of == "team" and p.has("status") and not p.has("by"):
        by, reverse = "count", False
    if not by:
        return None
    if by == "gap" and f.cycle is not None and f.many_of == "objective":
        by, reverse = "score", not reverse  # a cycle that is over has scores
    p.take("most")
    p.take("by")
    p.take("priority")
    for name in ("progress", "confidence", "gap", "weight", "score", "current", "last_check_in", "expected"):
        p.take("field", name)
    of = f.many_of if f.many_of in ("key_result", "objective", "team", "person", "kpi") else "key_result"
    some = limit(p)
    p.take(
        "ask", "list", "value", "status", "change", "history", "roll_up", "who", "notes", "my_week", "rank", "compare"
    )
    p.take("field")
    return f.make(Ask.RANK, of=of, named=False, by=by, reverse=reverse, limit=some, filters=narrowed,
                     singular=some is None and f.singular(), place=place)  # fmt: skip


def history(f: Facts) -> Frame | None:
    p, s = f.pieces, f.subjects
    check_ins = "check_in" in f.types and (s.named or p.has("pointer") or s.teams or s.people or f.mine)
    if "history" not in f.asks and not check_ins:
        return None
    if p.has("checked_in") or p.has("fresh"):
        return None
    if "count" in f.asks:
        p.take("ask")
        p.take("field", "last_check_in")
        return f.make(Ask.COUNT, of="check_in")
    if not (s.named or p.has("pointer")) and "check_in" in f.types:
        p.take("ask")
        p.take("field", "last_check_in", "note", "current")
        p.take("by")
        p.take("most")
        p.take("fresh")
        return f.make(Ask.LIST, of="check_in", limit=limit(p))
    p.take("ask", "history", "list", "value", "status", "change", "notes")
    p.take("field", "last_check_in", "current", "progress", "confidence", "note", "start", "status")
    p.take("by")
    p.take("most")
    p.take("moved")
    chosen = "confidence" if "confidence" in f.fields else "progress" if "progress" in f.fields else ""
    return f.make(Ask.HISTORY, limit=limit(p), field=chosen)


def change(f: Facts) -> Frame | None:
    p = f.pieces
    moving = p.has("by", "change") or p.has("moved")
    if f.subjects.named and {"target", "baseline"} & set(f.fields):
        return None
    since_then = "compare" in f.asks or {"different", "new", "nowego"} & set(p.words)
    if since_then and f.when is not None and not f.when.moment and f.when.last < f.today:
        # Compared with last week is since its end.
        f.when = replace(f.when, first=f.when.last, last=f.today, word="since")
    if "change" not in f.asks and not (moving and not p.has("flag", "falling_confidence")):
        return None
    if "count" in f.asks and not (f.subjects.named or "change" in f.asks):
        return None
    p.take("ask", "change", "history", "status", "list", "value", "count", "compare")
    p.take("field", "progress", "current", "status", "gap", "confidence", "score")
    direction = ""
    if p.has("moved"):
        direction = "flat"
    elif (
        p.has("by", "change")
        and p.values("dir")
        and not f.subjects.named
        and not {"up", "down"} <= set(p.values("dir"))
    ):
        direction = "up" if "up" in p.values("dir") else "down"
    p.take("by")
    p.take("moved")
    p.take("most")
    one = [r for r in f.subjects.named if r.kind in ("key_result", "kpi")]
    if one:
        p.take("neg")
    if len(one) == 1 and len(f.subjects.named) == 1 and f.when is None:
        # How one thing moved is its history: from, to, and the check-ins between.
        return f.make(Ask.HISTORY, limit=limit(p), field="confidence" if "confidence" in f.fields else "")
    if direction and not f.subjects.named:
        return f.make(Ask.LIST, filters=replace(f.filters(f.of), moved=direction), limit=limit(p), named=False)
    narrowed = f.filters(f.of)
    if "kpi" in f.types and set(f.types) <= {"kpi", "company", "metric"} and not one:
        # How KPIs moved is told one by one: they have no progress to put together.
        return f.make(Ask.LIST, of="kpi", filters=narrowed, limit=limit(p), named=False)
    chosen = "confidence" if "confidence" in f.fields else ""
    return f.make(Ask.CHANGE, filters=narrowed, limit=limit(p), field=chosen)


def count(f: Facts) -> Frame | None:
    p = f.pieces
    if "count" not in f.asks:
        return None
    one = [r for r in f.subjects.named if r.kind in ("key_result", "kpi")]
    plural = set(f.types) & {"key_result", "okr", "objective", "team", "person", "kpi", "task", "check_in", "cycle"}
    if one and not plural - ({"kpi"} if one[0].kind == "kpi" else set()):
        return None  # "ile wynosi NPS": a value
    if not plural and not (p.has("status") or p.has("flag") or p.has("fresh") or p.has("missing") or p.has("kind")):
        return None
    if f.of_holding:
        return holding(f)
    of = f.many_of
    p.take("ask", "count", "list", "value", "status", "roll_up", "change")
    direction = ""
    if p.has("by", "change"):
        direction = "up" if "up" in p.values("dir") else "down"
        p.take("by", "change")
    narrowed = f.filters(of)
    if direction:
        narrowed = replace(narrowed, moved=direction)
    if p.take("by", "gap") and not narrowed.statuses:
        ahead = "ahead" in p.values("dir")
        narrowed = replace(narrowed, gap=("<", 0.0)) if ahead else replace(narrowed, statuses=("at_risk", "off_track"))
    p.take("field", "owner", "members", "status", "note", "target")
    p.take("state", "active")
    share = "share" if p.take("field", "share") and "share" in f.fields else ""
    return f.make(Ask.COUNT, of=of, named=False, filters=narrowed, field=share)


def listed(f: Facts) -> Frame | None:
    """Records that meet filters, or all of a kind."""
    p = f.pieces
    one = [r for r in f.subjects.named if r.kind in ("key_result", "kpi", "task")]
    if (
        p.has("checked_in", "yes")
        and not f.types
        and not one
        and {"list", "value"} & set(f.asks)
        and f.when is not None
    ):
        p.take("checked_in")
        p.take("ask")
        return f.make(Ask.LIST, of="check_in", limit=limit(p))
    if (
        p.words[0] in ("is", "are", "was", "were", "am", "czy")
        and "list" not in f.asks
        and not f.types
        and (f.subjects or f.mine in ("our", "we", "team") or "jestem" in p.words or p.words[:2] == ["am", "i"])
    ):
        return None  # "is marketing on track?" is answered by a status
    quality = any(
        p.has(slot)
        for slot in (
            "status",
            "fresh",
            "checked_in",
            "flag",
            "missing",
            "kind",
            "moved",
            "cadence",
            "restricted",
            "op",
            "bound",
        )
    )
    if (p.has("by", "gap") or ranges(p)) and not one:
        quality = True
    if not quality and p.has("state") and not one:
        quality = bool(p.values("state") != ["active"])
    if one and quality and p.has("kind", "boundary"):
        p.take("kind")
        p.take("held")
        p.take("status")
        p.take("ask")
        p.take("field")
        return f.make(Ask.STATUS)
    if one and not (quality and p.has("flag")):
        return None
    wanted = set(f.types) & {"key_result", "okr", "objective", "team", "person", "kpi", "check_in", "cycle", "metric"}
    owned = "owner" in f.fields and bool(f.subjects.people or f.mine == "me")
    scoped = owned or f.mine or f.subjects.teams or f.subjects.people
    listing = bool(wanted) and ("list" in f.asks or "value" in f.asks or scoped or "status" not in f.asks)
    if not quality and not listing and not owned:
        return None
    if not quality and set(f.fields) & set(KR_FIELDS) and ("value" in f.asks or "roll_up" in f.asks):
        return None
    if not quality and ("roll_up" in f.asks or (f.cycle is not None and "score" in f.fields)):
        return None
    if not quality and "score" in f.fields and f.cycle is not None:
        return None  # "the scores of Q2"
    if not quality and "status" in f.asks and "list" not in f.asks and not owned and f.of in ("team", "key_result"):
        return None
    if f.subjects.named and not quality and not owned and not {"key_result", "okr", "metric"} & set(f.types):
        return None  # one objective, and something about it
    if f.many_of == "team" and "progress" in f.fields and not quality and not f.subjects.teams:
        p.take("field", "progress")
        p.take("ask")
        return f.make(Ask.RANK, of="team", by="progress")  # "progress by team"
    if f.of_holding and quality:
        return holding(f)
    if {"wszystko", "everything"} & set(p.words) and p.values("status") == ["on_track"] and not f.types:
        if (f.subjects or f.mine) and "list" not in f.asks and not p.has("neg"):
            return None  # "is everything fine in the warehouse?"
    of = f.many_of
    narrowed = f.filters("key_result" if of in ("team", "person") and quality else of)
    by, reverse = "", False
    if p.has("by", "gap"):
        p.take("by", "gap")
        if "ahead" in p.values("dir"):
            narrowed = replace(narrowed, gap=("<", 0.0))
            by, reverse = "gap", True
        elif "check_in" in f.types and not {"key_result", "okr", "objective", "metric"} & set(f.types):
            # Check-ins that are late are no key results that are behind.
            narrowed = replace(narrowed, statuses=(), freshness=("stale",))
        elif not narrowed.statuses and narrowed.gap is None:
            narrowed = replace(narrowed, statuses=("at_risk", "off_track"))
            by = "gap"
    p.take("ask", "list", "value", "status", "my_week", "notes", "history", "change", "who")
    p.take(
        "field",
        "owner",
        "status",
        "reported",
        "members",
        "current",
        "progress",
        "target",
        "last_check_in",
        "wins",
        "confidence",
    )
    p.take("state", "active")
    p.take("priority")
    if narrowed.unrankable:
        p.take("ask", "explain")
    for group in p.having("most"):
        if (
            group.get("by") is None
            and "most" in group.all("most")
            and not SUPERLATIVE & set(p.words[group.start : group.end])
        ):
            group.used = True
    if (
        f.when is not None
        and {"last_check_in", "author"} & set(f.fields)
        and narrowed == Filters()
        and of == "key_result"
    ):
        p.take("field", "last_check_in", "author")
        narrowed = Filters(checked_in=True)  # "which KRs did somebody update yesterday"
    return f.make(Ask.LIST, of=of, named=False, filters=narrowed, limit=limit(p), by=by, reverse=reverse)


def holding(f: Facts) -> Frame | None:
    """Objectives by what is so of their key results: "objectives with red key results", "cele bez wpisów"."""
    p = f.pieces
    none = [g for g in p.having("neg") if set(p.words[g.start : g.end]) <= NONE_OF_THEM]
    none = [g for g in none if any(0 <= q.start - g.end <= 2 for q in (*p.having("status"), *p.having("type")))]
    p.take("ask", "list", "value", "status", "count", "history", "notes")
    narrowed = f.filters("key_result")
    if p.take("by", "gap") and not narrowed.statuses:
        narrowed = replace(narrowed, statuses=("at_risk", "off_track"))
    if narrowed == Filters():
        return None
    for group in none:
        group.used = True
    p.take("field", "owner", "status", "current", "target")
    asked = Ask.COUNT if "count" in f.asks else Ask.LIST
    field = "without_key_results" if none else "key_results"
    return f.make(asked, of="objective", named=False, filters=narrowed, limit=limit(p), field=field)


def roll_up(f: Facts) -> Frame | None:
    p, s = f.pieces, f.subjects
    chosen = [f for f in f.fields if f in ("progress", "confidence", "score", "expected", "gap")]
    if s.named and not all(r.kind == "objective" for r in s.named):
        return None
    scoped = bool(
        s.teams or s.people or s.named or f.mine or "company" in f.types or f.of in ("team", "objective", "okr")
    )
    if not (
        "roll_up" in f.asks
        or (
            chosen
            and (scoped or f.when is not None or "okr" in f.types or "key_result" in f.types or "value" in f.asks)
        )
    ):
        return None
    if "compare" in f.asks:
        return None
    if f.of == "team" and not s.teams and not s.named and (not chosen or chosen[0] == "progress"):
        p.take("field")
        p.take("ask")
        return f.make(Ask.RANK, of="team", by="progress")  # "average progress per team"
    p.take("field")
    p.take("ask", "roll_up", "value", "status", "list", "compare")
    p.take("priority")
    return f.make(Ask.ROLL_UP, field=chosen[0] if chosen and chosen[0] != "progress" else "progress")
