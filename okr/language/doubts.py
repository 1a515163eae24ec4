"""Readings that account for every word and still mislead: two conditions joined by "or", a change asked as a state.

Each of these is asked back, or left to a model, rather than answered for something near it.
"""

from __future__ import annotations

from okr.language.atoms import Pieces
from okr.language.frames import Ask, Filters, Frame
from okr.language.narrowing import two_figures

_OR = frozenset({"or", "lub", "albo", "either"})
_STATES = (Ask.LIST, Ask.COUNT, Ask.STATUS)


def doubtful(frame: Frame, pieces: Pieces) -> list[int]:
    """The places of the words that the reading does not do justice to; empty when it may be answered."""
    for check in (
        _counted_twice,
        _second_question,
        _all_but,
        _turned,
        _alternatives,
        _since_a_state,
        _when_it_became,
        _second_time,
        _grouped,
        _without_figure,
        _two_figures,
        _compared_by,
        _other_kind,
        _without_story,
        _by_how_much,
        _who_moved_most,
        _both_ends,
        _with_check_ins,
        _of_an_objective,
        _place_of_others,
        _order_of_scopes,
        _dropped,
        _each,
        _done_then,
        _how_long_so,
        _share_of_others,
        _parents_of_results,
        _results_of_objectives,
    ):
        found = check(frame, pieces)
        if found:
            return found
    return []


def _counted_twice(frame: Frame, pieces: Pieces) -> list[int]:
    """ "How many has marketing and how many has sales" wants two figures."""
    asked = list(pieces.having("ask", "count"))
    return [asked[1].start] if frame.ask is Ask.COUNT and len(asked) > 1 else []


_JOINS = frozenset({"and", "i", "oraz"})
_WHO = frozenset({"who", "kto"})
_WHAT = frozenset({"what", "which", "co", "ktory", "ktora", "ktore", "czego"})


def _second_question(frame: Frame, pieces: Pieces) -> list[int]:
    """ "What holds the engineers up, and who wrote about it?" is two questions; people answer only the second."""
    words = pieces.words
    if frame.of != "person" or not _WHAT.intersection(words[:1]):
        return []
    return [i + 1 for i in range(1, len(words) - 1) if words[i] in _JOINS and words[i + 1] in _WHO]


def _all_but(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Every team except Sales": a name that is left out is not what is asked about."""
    names = {min(m.places) for m in pieces.mentions}
    for slot in ("neg", "apart", "except"):
        for group in pieces.having(slot):
            after = next((i for i in range(group.end, min(group.end + 2, len(pieces.words))) if i in names), None)
            glue = all(
                any(g.start <= i < g.end and g.is_glue for g in pieces.groups) for i in range(group.end, after or 0)
            )
            if after is not None and glue:
                return list(range(group.start, group.end))
    return []


def _turned(frame: Frame, pieces: Pieces) -> list[int]:
    """ "On track last week but off track now": two states at two times are a turn, and no list."""
    if len(frame.filters.statuses) > 1 and frame.ask in _STATES:
        if len(pieces.times) > 1:
            return _times(pieces)
        some = _places(pieces, frozenset({"but", "yet", "while", "ale", "choc"}))
        # "But not in Sales" turns nothing: it leaves Sales out.
        out = {i for g in pieces.having("left_out") for i in range(g.start - 1, g.end)}
        return [i for i in some if i not in out]
    return []


def _alternatives(frame: Frame, pieces: Pieces) -> list[int]:
    """ "At risk or stale": filters of two kinds narrow together, and cannot be either."""
    f, none = frame.filters, Filters()
    kinds = (
        f.statuses != none.statuses, f.freshness != none.freshness, f.reported != none.reported, f.overdue,
        f.task_statuses != none.task_statuses, f.watermelon, f.confidence_falling, f.confidence is not None,
        f.progress is not None, f.gap is not None, f.checked_in is not None, bool(f.missing), f.unrankable,
    )  # fmt: skip
    return _places(pieces, _OR) if sum(kinds) >= 2 else []


def _since_a_state(frame: Frame, pieces: Pieces) -> list[int]:
    """ "At risk since Monday" asks since when; a list of what is at risk now does not say."""
    if frame.when is None or frame.when.word != "since":
        return []
    if frame.ask in _STATES and (frame.filters.statuses or frame.filters.reported) and not frame.filters.moved:
        return _times(pieces)
    # "Due after Friday" begins on the day after a coming Friday.
    return _times(pieces) if frame.of == "task" and frame.filters.due == frame.when else []


def _when_it_became(frame: Frame, pieces: Pieces) -> list[int]:
    """ "When did NPS go off track?" asks for a day that no state tells."""
    if frame.ask in (Ask.WHEN, Ask.MY_WEEK, Ask.LESSONS, Ask.EXPLAIN, Ask.DEFINE):
        return []
    if frame.ask is Ask.STATUS and pieces.has("field", "last_check_in"):
        return []  # a KPI's latest point has its day
    asked = [g for g in pieces.having("ask", "when") if not any(pieces.words[g.start] == w for w in ("jak", "z"))]
    return [i for g in asked for i in range(g.start, g.end)]


def _second_time(frame: Frame, pieces: Pieces) -> list[int]:
    """A second time that nothing compares with."""
    if frame.versus is None or frame.ask is Ask.COMPARE:
        return []
    if frame.ask is not Ask.VALUE and frame.when == frame.versus:
        return []
    if frame.ask is not Ask.VALUE and "today" in (frame.when.word if frame.when else "", frame.versus.word):
        return []
    return _times(pieces)


def _grouped(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Progress by team" wants a figure for each; one figure, or a plain list, is something else."""
    if frame.of in ("team", "person") or frame.ask in (Ask.DEFINE, Ask.WHO, Ask.COMPARE):
        return []
    for group in pieces.groups:
        kind = group.get("type") in ("team", "person", "objective", "cycle") or group.get("field") == "owner"
        before = pieces.words[group.start - 1] if group.start else ""
        per = before in ("by", "per") or (before == "na" and frame.ask in (Ask.COUNT, Ask.ROLL_UP))
        if kind and per and not any(i == group.end for m in pieces.mentions for i in m.places):
            return [group.start - 1, group.start]
    return []


def _without_figure(frame: Frame, pieces: Pieces) -> list[int]:
    """An objective has no value, target or baseline of its own."""
    figures = ("current", "target", "baseline", "unit")
    if frame.ask is Ask.VALUE and frame.field in figures and frame.named and frame.named[0].kind == "objective":
        return [g.start for g in pieces.having("field", frame.field)] or [g.start for g in pieces.having("ask")]
    return []


def _two_figures(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Who owns NPS and what is its target?" wants two things, and a figure is one."""
    if frame.ask not in (Ask.VALUE, Ask.WHO, Ask.WHEN) or not two_figures(pieces):
        return []
    return [i for g in pieces.having("field") for i in range(g.start, g.end)]


def _compared_by(frame: Frame, pieces: Pieces) -> list[int]:
    """Sides are held against each other by progress and pace, and by nothing else."""
    if frame.ask is not Ask.COMPARE or frame.field not in ("confidence", "weight", "reported", "baseline", "target"):
        return []
    return [g.start for g in pieces.having("field", frame.field)]


# What is asked for by its kind, and the kinds of answer that are of it.
_WHICH = frozenset({"which", "what", "ktory", "ktora", "ktore", "jaki", "jaka", "jakie", "ktorzy"})


def _other_kind(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Turnover belongs to which department?" wants a team, and an objective is none."""
    if frame.ask in (Ask.DEFINE, Ask.EXPLAIN, Ask.COMPARE, Ask.HELP, Ask.LESSONS, Ask.NOTES, Ask.WHEN):
        return []
    for group in pieces.having("type", "team", "person", "cycle"):
        if not group.start or pieces.words[group.start - 1] not in _WHICH:
            continue
        if any(i == group.end for m in pieces.mentions for i in m.places):
            continue  # "which team Sales …" names it
        asked = group.get("type")
        if asked == "cycle" and (frame.cycle is not None or frame.when is not None):
            continue
        about = "team" if frame.ask is Ask.WHO and frame.field == "team" else frame.of
        if frame.ask is Ask.WHO and asked == "person":
            about = "person"
        if about != asked:
            return list(range(group.start - 1, group.end))
    return []


# What is not kept of a kind of record: asked for it, the answer would be about something wider.
_NOT_KEPT = {
    "task": (Ask.ROLL_UP, Ask.COMPARE, Ask.CHANGE, Ask.HISTORY, Ask.EXPLAIN, Ask.NOTES, Ask.LESSONS, Ask.MY_WEEK),
    "kpi": (Ask.RANK, Ask.LIST, Ask.COUNT, Ask.ROLL_UP, Ask.ALIGNMENT, Ask.LESSONS, Ask.MY_WEEK),
    "key_result": (Ask.MY_WEEK,),
    "objective": (Ask.MY_WEEK,),
}


def _without_story(frame: Frame, pieces: Pieces) -> list[int]:
    """A task has no check-ins to explain it by, a KPI no key results to list, and nobody's week is a record's."""
    listed = frame.ask in (Ask.RANK, Ask.LIST, Ask.COUNT) and frame.of != "kpi"
    kinds = {r.kind for r in frame.named if not (r.kind == "kpi" and listed)}
    if kinds and all(frame.ask in _NOT_KEPT.get(kind, ()) for kind in kinds):
        return sorted(i for m in pieces.mentions for i in m.places) or [g.start for g in pieces.groups][:1]
    if (frame.ask is Ask.MY_WEEK and frame.teams) or (frame.ask is Ask.ALIGNMENT and frame.people and not frame.named):
        return [g.start for g in pieces.having("ask")]
    return []


def _by_how_much(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Rose by more than 10 points" bounds the move, and not where the key result stands."""
    f = frame.filters
    if not (frame.by == "change" or frame.ask is Ask.CHANGE or f.moved) or (f.gap is None and f.progress is None):
        return []
    return [
        i
        for group in (*pieces.having("op"), *pieces.having("bound"))
        if group.start and pieces.words[group.start - 1] in ("o", "by") and group.used
        for i in range(group.start, group.end)
    ]


def _who_moved_most(frame: Frame, pieces: Pieces) -> list[int]:
    """Whose key results moved the most is no count of what they own."""
    if frame.ask is not Ask.RANK or frame.of != "person" or frame.by != "change":
        return []
    return [i for g in pieces.having("by", "change") for i in range(g.start, g.end)]


def _both_ends(frame: Frame, pieces: Pieces) -> list[int]:
    """ "The best and the worst" are two rows from two ends; only "from the best to the worst" is one order."""
    ends = [g for g in pieces.having("most", "best", "worst") if len({"best", "worst"} & set(g.all("most"))) == 1]
    if frame.ask is not Ask.RANK or len({g.get("most") for g in ends}) < 2:
        return []
    between = pieces.words[ends[0].end : ends[-1].start]
    return [] if {"to", "do"} & set(between) else list(range(ends[-1].start, ends[-1].end))


def _with_check_ins(frame: Frame, pieces: Pieces) -> list[int]:
    """Key results and check-ins in one question: all key results are not those with a check-in."""
    if frame.ask not in (Ask.LIST, Ask.COUNT) or frame.of != "key_result" or frame.filters != Filters():
        return []
    return [i for g in pieces.having("type", "check_in") for i in range(g.start, g.end)]


def _of_an_objective(frame: Frame, pieces: Pieces) -> list[int]:
    """Bounds are kept for key results: an objective with one below 50 % may itself be above."""
    f = frame.filters
    if frame.of != "objective" or frame.ask not in (Ask.LIST, Ask.COUNT) or (f.progress is None and f.gap is None):
        return []
    return [i for g in (*pieces.having("op"), *pieces.having("bound")) if g.used for i in range(g.start, g.end)]


def _place_of_others(frame: Frame, pieces: Pieces) -> list[int]:
    """One place of an order is told of key results alone."""
    if frame.place is None or (frame.ask is Ask.RANK and frame.of == "key_result" and frame.by != "age"):
        return []
    return [g.start for g in (*pieces.having("most"), *pieces.having("by"))][:1] or [0]


_ORDERS = {
    "team": ("", "gap", "progress", "count", "confidence"),
    "person": ("", "gap", "progress", "count", "confidence"),
    "objective": ("", "gap", "progress", "score"),
}


def _order_of_scopes(frame: Frame, pieces: Pieces) -> list[int]:
    """ "The team with the lowest confidence": scopes are put in order by how far along they are, and by counts."""
    if frame.ask is not Ask.RANK or frame.by in _ORDERS.get(frame.of, (frame.by,)):
        return []
    said = [g.start for slot in ("by", "field", "most") for g in pieces.having(slot)]
    return sorted(said)[:1] or [0]


# What narrows by its nature, and the fields of `Filters` that hold it.
_NARROWING = {
    "missing": ("missing", "freshness", "checked_in", "statuses"),
    "cadence": ("cadences",),
    "fresh": ("freshness", "older_than_days", "checked_in", "overdue"),
    "moved": ("moved",),
    "restricted": ("restricted",),
    "flag": ("watermelon", "confidence_falling", "unrankable", "restricted", "overdue", "due", "freshness"),
    "checked_in": ("checked_in", "freshness", "older_than_days"),
    "kind": ("kinds", "held"),
}
_NARROWED = (Ask.LIST, Ask.COUNT, Ask.RANK, Ask.ROLL_UP, Ask.COMPARE, Ask.CHANGE)


def _dropped(frame: Frame, pieces: Pieces) -> list[int]:
    """A word that narrows, in an answer that nothing narrows by it."""
    if frame.ask not in _NARROWED or frame.of in ("check_in", "lesson"):
        return []
    empty = Filters()
    for group in pieces.groups:
        slots = {name for meaning in group.meanings for name, _ in meaning}
        if len(slots) != 1 or not group.used or not slots <= _NARROWING.keys():
            continue
        fields = _NARROWING[slots.pop()]
        if all(getattr(frame.filters, name) == getattr(empty, name) for name in fields):
            return list(range(group.start, group.end))
    return []


_EACH = frozenset("each kazdy kazda kazde kazdego kazdej kazdemu".split())


def _each(frame: Frame, pieces: Pieces) -> list[int]:
    """ "How many tasks does each of them have" wants a figure for each, and one figure is none of those."""
    if frame.ask not in (Ask.COUNT, Ask.ROLL_UP, Ask.VALUE) or frame.of in ("team", "person"):
        return []
    return _places(pieces, _EACH)


def _done_then(frame: Frame, pieces: Pieces) -> list[int]:
    """ "What got done yesterday" asks for what was done in those days, not for what was complete by then."""
    done = frame.filters.statuses == ("completed",) and frame.ask in (Ask.LIST, Ask.COUNT)
    over = frame.when is not None and frame.when.word in ("yesterday", "last_week", "last_month", "last_days")
    if not done or not over or frame.cycle is not None:
        return []
    if {"key_result", "objective", "okr"} & set(pieces.values("type")):
        return []
    return [i for g in pieces.having("status", "completed") for i in range(g.start, g.end)]


def _how_long_so(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Blocked for more than a week": since when a task is so is not kept, and its due day says nothing of it."""
    so = frame.filters.task_statuses
    if frame.of != "task" or not so or "done" in so or frame.when is None or frame.filters.overdue:
        return []
    if frame.when.word not in ("since", "last_days") or any(t.due for t in pieces.times) or pieces.has("field", "due"):
        return []
    return _times(pieces)


def _share_of_others(frame: Frame, pieces: Pieces) -> list[int]:
    """A share is told of key results and objectives, and of a part of them."""
    if "share" not in pieces.values("field"):
        return []
    told = frame.ask is Ask.COUNT and frame.field == "share" and frame.of in ("key_result", "objective")
    said = [i for g in pieces.having("field", "share") for i in range(g.start, g.end)]
    return [] if told and frame.filters != Filters() else said


def _parents_of_results(frame: Frame, pieces: Pieces) -> list[int]:
    """Only objectives may feed nothing, and whoever has no tasks is no key result without any."""
    wrong = {"parent"} if frame.of != "objective" else set()
    if pieces.has("ask", "who") or frame.of not in ("key_result", "objective"):
        wrong.add("task")
    if not wrong & set(frame.filters.missing):
        return []
    return [i for g in pieces.having("missing", *wrong) for i in range(g.start, g.end)]


def _results_of_objectives(frame: Frame, pieces: Pieces) -> list[int]:
    """ "Key results of goals at risk": whether the key results or the goals are, is not told."""
    if frame.ask not in (Ask.LIST, Ask.COUNT) or frame.of != "key_result" or frame.objectives or frame.named:
        return []
    results = [g.start for g in pieces.having("type", "key_result")]
    goals = [g for g in pieces.having("type", "objective") if g.get("type") == "objective"]
    late = [g for g in goals if results and g.start > min(results) and len(g.meanings) == 1]
    narrowed = frame.filters.statuses or frame.filters.watermelon or frame.filters.progress or frame.filters.gap
    return [g.start for g in late] if narrowed else []


def _places(pieces: Pieces, words: frozenset[str]) -> list[int]:
    return [i for i, word in enumerate(pieces.words) if word in words]


def _times(pieces: Pieces) -> list[int]:
    return [i for t in pieces.times for i in range(t.start, t.end)]
