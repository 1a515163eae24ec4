"""What narrows a question: filters, numbers with a bound, how many rows, whose."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from okr.language.atoms import Group, Number, Pieces
from okr.language.frames import Filters, When

STATUSES = ("on_track", "at_risk", "off_track", "completed", "unknown", "pending")
OPEN_TASKS = ("to_do", "in_progress", "in_review", "blocked")


def filters(pieces: Pieces, of: str, when: When | None, due: bool) -> Filters:
    """The filters that the words set; what they rest on is marked as used."""
    found: dict[str, Any] = {}
    if of == "task":
        _tasks(pieces, found, when, due)
        return Filters(**found)
    _statuses(pieces, found)
    freshness = tuple(pieces.values("fresh"))
    if freshness:
        pieces.take("fresh")
        if "never" in freshness:
            # "nigdy nie", "ani jednego": its own way of saying no.
            pieces.take("checked_in")
            for group in pieces.having("fresh", "never"):
                take_near(pieces, group)
        else:
            for group in pieces.having("fresh"):
                no = negation_before(pieces, group)
                if no is not None and len(freshness) == 1:
                    no.used = True
                    freshness = _NOT_FRESHNESS[freshness[0]]
        if freshness in (("never",), ("stale",)) and when is not None and not when.moment:
            # "no check-in last week" is about that week, not about ever.
            _without_check_in(found, when)
        else:
            # What needs an update is what is due and what is long past it.
            found["freshness"] = ("due", "stale") if freshness == ("due",) else freshness
    if "stale" in freshness:
        pieces.take("checked_in")
    elif pieces.has("checked_in") and "never" not in freshness:
        _checked_in(pieces, found, when)
    if found.get("watermelon") or pieces.take("flag", "watermelon"):
        found["watermelon"] = True
        _but_are_not(pieces)
        found.pop("statuses", None)
        found.pop("reported", None)
    if pieces.take("flag", "falling_confidence"):
        found["confidence_falling"] = True
    if "check_in" in pieces.values("type") and pieces.take("flag", "overdue"):
        found["freshness"] = ("stale",)
    if pieces.take("flag", "unrankable"):
        found["unrankable"] = True
    if pieces.take("flag", "restricted"):
        found["restricted"] = True
    missing = [v for v in pieces.values("missing") if v in ("baseline", "target", "score", "task", "parent")]
    if missing:
        missing += _also_missing(pieces, missing)
        pieces.take("missing")
        found["missing"] = tuple(missing)
    kinds = pieces.values("kind")
    if kinds and not missing:
        pieces.take("kind")
        found["kinds"] = tuple(kinds)
        if "boundary" in kinds and pieces.has("held"):
            held = pieces.values("held")
            pieces.take("held")
            found["held"] = held[0] == "yes" if len(held) == 1 else None
            if any({"czy", "whether", "if"} & set(pieces.words[1 : g.start]) for g in pieces.having("held")):
                found["held"] = None  # "which limits are there, and are they held?" wants all of them
            no = next((n for g in pieces.having("held") if (n := negation_before(pieces, g)) is not None), None)
            if no is not None and found["held"] is not None:
                no.used = True
                found["held"] = not found["held"]
    states = [v for v in pieces.values("state") if v == "postponed" or v == "closed"]
    if states and not found.get("statuses"):
        pieces.take("state")
        found["states"] = tuple(states)
    cadences = pieces.values("cadence")
    if cadences:
        pieces.take("cadence")
        found["cadences"] = tuple(cadences)
    if pieces.has("moved"):
        pieces.take("moved")
        found["moved"] = "flat"
    roles = pieces.values("role")
    if roles and of == "person":
        pieces.take("role")
        found["roles"] = tuple(roles)
    if of == "lesson":
        some = pieces.values("lesson_kind")
        pieces.take("lesson_kind")
        narrow = [k for k in some if k != "lesson"]
        if narrow:
            found["lesson_kinds"] = tuple(narrow)
    bounds = _bounds(pieces)
    if "older_than_days" in bounds and found.get("freshness") == ("stale",):
        del found["freshness"]  # "not updated for more than ten days" says itself how old
    if "progress" in bounds and found.get("statuses") == ("completed",):
        del found["statuses"]  # "done by less than 20 %" is no status
    return replace(Filters(**found), **bounds)


def _but_are_not(pieces: Pieces) -> None:
    """Mark the end of "looks green but isn't", which says the same once more."""
    for group in pieces.having("flag", "watermelon"):
        for no in pieces.having("neg"):
            between = pieces.words[group.end : no.start]
            if no.start >= group.end and len(between) <= 3 and set(between) <= _BUT_ARE:
                no.used = True


_BUT_ARE = frozenset("but yet and is are was were really actually it they a ale choc wcale naprawde ,".split())
_ORS = frozenset({"or", "and", "nor", "lub", "albo", "ani", "i", "oraz", "/", ","})


def _also_missing(pieces: Pieces, missing: list[str]) -> list[str]:
    """What is missing as well: "without a baseline or target" says "without" once."""
    found = []
    for group in pieces.having("missing"):
        for other in pieces.having("field", "baseline", "target"):
            between = pieces.words[group.end : other.start]
            what = other.get("field") or ""
            if other.start >= group.end and len(between) <= 2 and _ORS & set(between) and what not in missing:
                other.used = True
                found.append(what)
    return found


def _statuses(pieces: Pieces, found: dict[str, Any]) -> None:
    computed: list[str] = []
    reported: list[str] = []
    but_not: list[str] = []
    says = list(pieces.having("says"))
    for group in pieces.having("status"):
        values = group.all("status")
        value = values[0]
        some = ["at_risk", "off_track"] if value == "behind" else [value]
        negated = negation_before(pieces, group)
        if negated is not None and computed:
            # "at risk but not off track" only takes away.
            but_not.extend(some)
            negated.used = group.used = True
            continue
        if negated is not None:
            if value == "on_track":
                some = ["at_risk", "off_track"]
            elif value in ("at_risk", "behind", "off_track"):
                some = [s for s in ("on_track", "at_risk", "off_track") if s not in some]
            elif value == "completed":
                some = ["on_track", "at_risk", "off_track", "unknown", "pending"]
            else:
                continue
            negated.used = True
            for nor in pieces.having("neg"):
                # "Neither red nor yellow": in Polish each has its own word for it.
                if pieces.words[nor.start : nor.end] == ["ani"] and 0 <= group.start - nor.end <= 1:
                    nor.used = True
        group.used = True
        owner = next(
            (s for s in says if 0 <= group.start - s.end <= 3 and not _turns(pieces, s.end, group.start)), None
        )
        (reported if owner is not None else computed).extend(some)
        if owner is not None:
            owner.used = True
    if computed:
        found["statuses"] = tuple(s for s in STATUSES if s in computed and s not in but_not)
    if reported == ["on_track"] and "off_track" in computed:
        found["watermelon"] = True
        return
    if reported:
        found["reported"] = tuple(s for s in STATUSES if s in reported)


def _turns(pieces: Pieces, start: int, end: int) -> bool:
    # What stands behind "but" is no longer what the owner says.
    return bool({"but", "yet", "while", "though", "a", "ale", "choc", "chociaz"} & set(pieces.words[start:end]))


# The rest of the ages of an update; never checked in stands apart from all of them.
_NOT_FRESHNESS = {"stale": ("fresh", "due"), "fresh": ("due", "stale"), "due": ("fresh",)}
# Words that deny that there is any, and not that something is so: "teams with no red key results".
_NONE = frozenset("no none without zaden zadne zadnych zadnego zadna bez brak brakuje nikt".split())
_HAVING = frozenset("have has had having ma maja mamy mial mialy miec any".split())


def negation_before(pieces: Pieces, group: Group) -> Group | None:
    """The "not" that turns a group round: right before it, at most two words away.

    "No", "without" and "not have any" do not: they say that there is none.
    """
    for no in (*pieces.having("neg"), *pieces.having("apart")):
        if no is group or not 0 <= group.start - no.end <= 2:
            continue
        said = set(pieces.words[no.start : no.end])
        between = set(pieces.words[no.end : group.start])
        if not said & _NONE and not between & _HAVING:
            return no
    return None


def take_near(pieces: Pieces, group: Group) -> None:
    """Mark as used the "not" within two words of a group whose phrase says no already."""
    for no in pieces.having("neg"):
        if -2 <= no.start - group.end <= 2 or 0 <= group.start - no.end <= 2:
            no.used = True


def _checked_in(pieces: Pieces, found: dict[str, Any], when: When | None) -> None:
    value = pieces.values("checked_in")[0]
    pieces.take("checked_in")
    for group in pieces.having("checked_in"):
        take_near(pieces, group)
    days = next((n for n in pieces.numbers if not n.used and _unit_after(pieces, n)), None)
    if value == "no" and when is not None and when.word in ("since", "last_days", "next_days"):
        _without_check_in(found, when)
        return
    if days is not None and value == "no":
        unit = _unit_after(pieces, days)
        days.used = True
        over = next((g for g in pieces.having("op", "gt") if 0 <= days.start - g.end <= 1), None)
        found["older_than_days"] = int(days.value * {"day": 1, "week": 7, "month": 30}[unit or "day"])
        if over is not None:
            over.used = True
            found["older_than_days"] += 1
        return
    found["checked_in"] = value == "yes"


def _without_check_in(found: dict[str, Any], when: When) -> None:
    if when.word in ("since", "last_days", "next_days"):
        # "Not touched in four weeks" looks back, though "in four weeks" alone looks ahead.
        found["older_than_days"] = (when.last - when.first).days + (1 if when.word == "last_days" else 0)
    else:
        found["checked_in"] = False


def _unit_after(pieces: Pieces, number: Number) -> str | None:
    for group in pieces.having("unit", "day", "week", "month"):
        if group.start == number.end:
            group.used = True  # it stands or falls with its number
            return group.get("unit")
    return None


def _bounds(pieces: Pieces) -> dict[str, Any]:
    """Filters such as "confidence below 3" or "less than 40 % done"."""
    found: dict[str, Any] = _ranges(pieces)
    for number in pieces.numbers:
        if number.used:
            continue
        op = next((g for g in pieces.having("op") if 0 <= number.start - g.end <= 1), None)
        behind = next((g for g in pieces.having("bound") if 0 <= g.start - number.end <= 1), None)
        op = op or behind
        unit = _unit_after(pieces, number)
        rated = next((g for g in pieces.having("field", "confidence") if 0 <= number.start - g.end <= 1), None)
        if op is None and rated is not None and 1 <= number.value <= 5:
            # "confidence 3" is a rating, not how many rows.
            found["confidence"] = ("=", number.value)
            number.used = rated.used = True
            continue
        if op is None:
            continue
        sign = {"lt": "<", "gt": ">", "eq": "=", "le": "<=", "ge": ">="}[
            (op is behind and op.get("bound")) or op.get("op") or op.get("bound") or "eq"
        ]
        words = " ".join(pieces.words[op.start : op.end])
        if any(w in words for w in ("at least", "no less", "not less", "co najmniej", "przynajmniej", "minimum")):
            sign = ">="
        elif any(w in words for w in ("at most", "no more", "not more", "najwyzej", "maksymalnie", "up to")):
            sign = "<="
        if unit is not None:
            days = int(number.value * {"day": 1, "week": 7, "month": 30}[unit])
            found["older_than_days"] = days + (1 if sign == ">" else 0)
        else:
            idea = _nearest(pieces, op, number)
            if idea == "confidence":
                found["confidence"] = (sign, number.value)
            elif idea == "gap":
                found["gap"] = (sign, number.value / 100)
            elif idea == "progress":
                found["progress"] = (sign, number.value / 100 if number.percent or number.value > 1 else number.value)
            else:
                continue
            pieces.take("field", idea)
            pieces.take("by", idea)
            pieces.take("level", idea)
        number.used = op.used = True
    return found


_FROM = frozenset({"between", "from", "od", "miedzy", "pomiedzy"})
_TO = frozenset(
    {"and", "to", "a", "i", "do", "-", "%", "percent", "procent", "proc", "pct", "points", "pkt", "punktow"}
)


def ranges(pieces: Pieces) -> list[tuple[Number, Number]]:
    """Pairs of numbers that are the two ends of a range, as far as nothing rests on them yet."""
    found = []
    for low, high in pairwise(pieces.numbers):
        before = pieces.words[low.start - 1] if low.start else ""
        between = pieces.words[low.end : high.start]
        opened = (before in _FROM and bool(between)) or between == ["-"]
        if opened and not (low.used or high.used) and low.value <= high.value and not set(between) - _TO:
            found.append((low, high))
    return found


def _ranges(pieces: Pieces) -> dict[str, Any]:
    """Bounds from both sides: "between 30 and 60 %", "od 30 do 60 procent", "40-60 %"."""
    for low, high in ranges(pieces):
        idea = _nearest(pieces, Group(low.start, high.end, []), high if high.percent or high.points else low)
        if not idea:
            continue
        scale = 1.0 if idea == "confidence" else 0.01 if high.value > 1 else 1.0
        low.used = high.used = True
        for group in pieces.groups:
            if low.start - 1 <= group.start and group.end <= high.end + 1 and group.start < high.start:
                group.used = True
        pieces.unknown[:] = [i for i in pieces.unknown if not low.start - 1 <= i < high.end]
        pieces.take("field", idea)
        pieces.take("by", idea)
        return {idea: (">=", low.value * scale), "upto": ((idea, high.value * scale),)}
    return {}


def _nearest(pieces: Pieces, op: Group, number: Number) -> str:
    """What a bound is about: the figure named nearest to it, or what its unit says."""
    near: list[tuple[int, str]] = []
    for slot in ("field", "by", "level"):
        for idea in ("confidence", "progress", "gap"):
            for group in pieces.having(slot, idea):
                away = min(abs(op.start - group.end), abs(group.start - number.end))
                near.append((away, idea))
    if number.points:
        return "gap"
    if number.percent:
        near = [n for n in near if n[1] != "confidence"] or [(0, "progress")]
    return min(near)[1] if near else ""


def _tasks(pieces: Pieces, found: dict[str, Any], when: When | None, due: bool) -> None:
    statuses = pieces.values("task_status")
    negated = False
    for group in pieces.having("task_status"):
        group.used = True
        no = negation_before(pieces, group)
        if no is not None:
            no.used = negated = True
    behind = pieces.has("by", "gap") and not pieces.has("type", "key_result", "okr")
    late = behind and "ahead" not in pieces.values("dir") and not pieces.has("most")
    if behind:
        pieces.take("by", "gap")
    if pieces.take("flag", "overdue") or late:
        found["overdue"] = True
        statuses = [s for s in statuses if s in ("blocked", "in_progress", "in_review", "to_do")]
    if negated and statuses:
        statuses = ["open"] if "done" in statuses else [s for s in OPEN_TASKS if s not in statuses]
    if due and statuses == ["done"] and not negated:
        statuses = []  # what has to be done by Friday is not done yet
    if "in_review" in statuses and not negated:
        statuses = ["in_review"]  # "waiting for review" is no blockage
    elif "open" in statuses:
        statuses = [*OPEN_TASKS]
    elif len(statuses) > 1 and "blocked" in statuses and not pieces.has("follow"):
        # "on hold" or "waiting" may be two of them; what blocks is what people mean.
        statuses = ["blocked"]
    if statuses:
        found["task_statuses"] = tuple(statuses)
    missing = [v for v in pieces.values("missing") if v in ("assignee", "due")]
    if missing:
        pieces.take("missing")
        found["missing"] = tuple(missing)
    asks_due = pieces.take("flag", "due") or pieces.take("field", "due")
    if (when is not None and not when.moment and "due" not in missing and (due or asks_due or not statuses)) or (
        when is not None and when.moment and (due or asks_due)
    ):
        found["due"] = when


def limit(pieces: Pieces) -> int | None:
    """How many rows are asked for: "top 3", "the last five check-ins", "trzy najgorsze"."""
    for number in pieces.numbers:
        if number.used or number.percent or number.points or number.value != int(number.value):
            continue
        if any(0 <= number.start - g.end <= 1 for g in pieces.having("op")) or any(
            0 <= g.start - number.end <= 1 for g in pieces.having("bound")
        ):
            continue  # "2 or less" bounds something
        value = int(number.value)
        if not 1 <= value <= 200:
            continue
        near = [g for g in pieces.groups if 0 <= g.start - number.end <= 1 or 0 <= number.start - g.end <= 1]
        slots = {name for g in near for m in g.meanings for name, _ in m}
        if slots & {"top", "most", "type", "by"} or set(pieces.words[max(0, number.start - 2) : number.start]) & {
            "last", "latest", "recent", "ostatnie", "ostatnich", "past", "previous", "first", "the",
        } or number.end == len(pieces.words):  # fmt: skip
            number.used = True
            for group in pieces.having("newest"):
                group.used = group.used or 0 <= number.start - group.end <= 1 or 0 <= group.start - number.end <= 1
            return value
    return None


_JOINING = frozenset({"and", "&", "+", ",", "plus", "i", "oraz", "a"})
_FIGURES = frozenset(
    "current target baseline progress expected gap confidence reported status owner lead weight unit score due"
    " last_check_in".split()
)


def two_figures(pieces: Pieces) -> bool:
    """Whether two figures of a record are wanted, one after the other: "the value and the target of NPS"."""
    found = [(g, set(g.all("field")) & _FIGURES) for g in pieces.having("field") if set(g.all("field")) & _FIGURES]
    return any(
        not said & other and _JOINING & set(pieces.words[first.end : then.start])
        for place, (first, said) in enumerate(found)
        for then, other in found[place + 1 :]
    )
