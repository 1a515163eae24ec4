"""Days that a question names: "last week", "since 1 October", "z 3 listopada", "Q3", "dwa tygodnie temu".

A sentence is looked through for expressions of time in its folded words; each gives a `When` with
its place. What is left open is settled towards the past, because questions are about what happened:
a weekday is the latest one before today, a date without a year the latest such date, unless it lies
within two months ahead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from okr.language.frames import When
from okr.language.time_words import (
    ANCHOR,
    CLEAR_MONTH,
    DATE,
    DAY,
    DAYS,
    LAST,
    MONTH_OF,
    NEXT,
    THIS,
    UNIT,
    N,
    in_digits,
    number_of,
    unit_of,
)  # fmt: skip
from okr.language.written_dates import NoSuchDateError, dated


@dataclass(frozen=True, slots=True)
class CycleSpan:
    """What the reader needs to know of a cycle."""

    id: int
    key: str
    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class TimeMatch:
    """An expression of time at tokens `start` up to `end`.

    `cycle` is set where it names a cycle of the company, `bad` where the date does not exist, and
    `due` where the words look ahead ("by Friday", "next week").
    """

    start: int
    end: int
    when: When | None
    cycle: CycleSpan | None = None
    bad: str = ""
    due: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """Today, and the cycles there are; `current` are those in force."""

    today: date
    cycles: tuple[CycleSpan, ...] = ()
    current: tuple[CycleSpan, ...] = ()


def add_months(day: date, months: int) -> date:
    """The same day that many months on, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise ValueError("unreachable: every month has 28 days")


def _week(day: date, shift: int = 0) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=shift)
    return monday, monday + timedelta(days=6)


def _month(day: date, shift: int = 0) -> tuple[date, date]:
    first = add_months(day.replace(day=1), shift)
    return first, add_months(first, 1) - timedelta(days=1)


def _quarter(day: date, shift: int = 0) -> tuple[date, date]:
    first = add_months(date(day.year, (day.month - 1) // 3 * 3 + 1, 1), 3 * shift)
    return first, add_months(first, 3) - timedelta(days=1)


def _year(day: date, shift: int = 0) -> tuple[date, date]:
    return date(day.year + shift, 1, 1), date(day.year + shift, 12, 31)


_SPAN: dict[str, Callable[[date, int], tuple[date, date]]] = {
    "week": _week,
    "month": _month,
    "quarter": _quarter,
    "year": _year,
}


def _anchor(m: re.Match[str], today: date) -> tuple[date, str]:
    found = dated(m, today)
    if found is not None:
        return found, "on"
    if m["rel"]:
        rel = m["rel"]
        if "before" in rel or rel.startswith("przed"):
            return today - timedelta(days=2), "on"
        if rel.startswith(("yester", "wczoraj")):
            return today - timedelta(days=1), "yesterday"
        return today, "today"
    for number, words in DAYS.items():
        if re.fullmatch(words, m["dow"]):
            back = (today.weekday() - number) % 7 or 7
            return today - timedelta(days=back), "on"
    raise NoSuchDateError


Handler = Callable[[re.Match[str], Clock], TimeMatch | None]


def _moment(day: date, word: str) -> When:
    return When(day, day, moment=True, word=word)


def _of(when: When | None, **more: object) -> TimeMatch:
    return replace(TimeMatch(0, 0, when), **more)  # type: ignore[arg-type]


def _cycle_relative(clock: Clock, shift: int) -> CycleSpan | None:
    if not clock.current:
        if shift == -1:
            ended = [c for c in clock.cycles if c.end < clock.today]
            return max(ended, key=lambda c: c.end) if ended else None
        if shift == 1:
            coming = [c for c in clock.cycles if c.start > clock.today]
            return min(coming, key=lambda c: c.start) if coming else None
        return None
    # Beside a year there may run a quarter: "last quarter" is before the shortest of them.
    now = min(clock.current, key=lambda c: (c.end - c.start, c.key))
    if shift == 0:
        return now
    length = now.end - now.start
    alike = [c for c in clock.cycles if abs((c.end - c.start) - length) <= length / 2 + timedelta(days=1)]
    if shift < 0:
        before = sorted((c for c in alike if c.end < now.start), key=lambda c: c.end, reverse=True)
        return before[-shift - 1] if len(before) >= -shift else None
    after = sorted((c for c in alike if c.start > now.end), key=lambda c: c.start)
    return after[shift - 1] if len(after) >= shift else None


def _cycle_span(cycle: CycleSpan, word: str) -> TimeMatch:
    return _of(When(cycle.start, cycle.end, word=word), cycle=cycle)


def _relative(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    unit = unit_of(m["unit"])
    side = m["side"]
    shift = -1 if re.fullmatch(LAST, side) else 1 if re.fullmatch(NEXT, side) else 0
    if m["again"]:
        shift *= 2
    name = {-2: "before_last", -1: "last", 0: "this", 1: "next", 2: "after_next"}[shift]
    if unit in ("cycle", "quarter"):
        cycle = _cycle_relative(clock, shift)
        quarterly = cycle is not None and timedelta(days=70) <= cycle.end - cycle.start <= timedelta(days=100)
        if cycle is not None and (unit == "cycle" or quarterly):
            return replace(_cycle_span(cycle, f"{name}_{unit}"), due=shift > 0)
        if unit == "cycle":
            return _of(None, bad="cycle")
    if unit == "day":
        day = clock.today + timedelta(days=shift)
        return _of(_moment(day, "today" if shift == 0 else "on"), due=shift > 0)
    if unit == "fortnight":
        return _rolling(clock.today, 14)
    first, last = _SPAN[unit](clock.today, shift)
    return _of(When(first, last, word=f"{name}_{unit}"), due=shift > 0)


def _rolling(today: date, days: int) -> TimeMatch:
    return _of(When(today - timedelta(days=days - 1), today, word="last_days"))


def _back(today: date, n: int, unit: str) -> date:
    if unit in ("month", "quarter", "cycle", "year"):
        return add_months(today, -n * {"month": 1, "quarter": 3, "cycle": 3, "year": 12}[unit])
    return today - timedelta(days=n * {"day": 1, "week": 7, "fortnight": 14}[unit])


def _last_n(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    n = number_of(m["n"]) if m["n"] else 1
    unit = unit_of(m["unit"])
    if unit == "cycle" or (unit == "quarter" and re.match(r"in |during |w ciagu ostatniego kwartalu", m[0])):
        if n == 1 and re.search(r"cycles$|quarters$|cykle$|cykli$|cyklach$", m[0]):
            return _of(None, bad="cycles")  # "in past cycles" is all of them
        # A cycle is one of the company's, and not so many days up to today.
        cycle = _cycle_relative(clock, -1) if n == 1 else None
        if cycle is not None:
            return _cycle_span(cycle, f"last_{unit}")
    return _of(When(_back(clock.today, n, unit_of(m["unit"])) + timedelta(days=1), clock.today, word="last_days"))


def _next_n(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    unit, n = unit_of(m["unit"]), number_of(m["n"]) if m["n"] else 1
    days = {"day": 1, "week": 7, "fortnight": 14, "month": 30, "quarter": 91, "year": 365, "cycle": 91}[unit] * n
    return _of(When(clock.today, clock.today + timedelta(days=days), word="next_days"), due=True)


def _ago(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    n = number_of(m["n"]) if m["n"] else 1
    return _of(_moment(_back(clock.today, n, unit_of(m["unit"])), "ago"))


def _on(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    day, word = _anchor(m, clock.today)
    return _of(_moment(day, word))


def _since(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    day, _ = _anchor(m, clock.today)
    return _of(When(day, clock.today, word="since"))


def _since_unit(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    found = _relative(m, clock)
    if found is None or found.when is None:
        return found
    # "since last week" is since that week's last day's state before it began to change: its end.
    return _of(When(found.when.last if found.when.last < clock.today else found.when.first, clock.today, word="since"))


def _for_n(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    return _of(When(_back(clock.today, number_of(m["n"]), unit_of(m["unit"])), clock.today, word="since"))


def _month_named(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    month = MONTH_OF[m["month"]]
    year = int(m["year"]) if m["year"] else None
    if year is None:
        year = (
            clock.today.year if month <= clock.today.month or month == clock.today.month + 1 else clock.today.year - 1
        )
        if m["lastyear"]:
            year = clock.today.year - 1
    first, last = _month(date(year, month, 1))
    if m["edge"]:
        edge = _edge(m["edge"], first, last)
        if edge.when is not None and re.match(r"od |since |from ", m[0]):
            return _of(When(edge.when.first, clock.today, word="since"))
        return edge
    if re.match(r"(?:od|since) ", m[0]) and first <= clock.today:
        return _of(When(first, clock.today, word="since"))
    return _of(When(first, last, word="month"))


def _months(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    first, last = MONTH_OF[m["month"]], MONTH_OF[m["until"]]
    year = int(m["year"]) if m["year"] else clock.today.year if last <= clock.today.month else clock.today.year - 1
    begins = date(year - (first > last), first, 1)
    return _of(When(begins, _month(date(year, last, 1))[1], word="between"))


_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_ORDINALS = {
    "first|1st|pierwsz\\w+": 1,
    "second|2nd|drug\\w+": 2,
    "third|3rd|trzeci\\w*": 3,
    "fourth|4th|last|czwart\\w+|ostatni\\w*": 4,
}


def _cycle_of_quarter(clock: Clock, first: date, last: date, number: int) -> CycleSpan | None:
    """The company's cycle that is that quarter, though it may begin or end some days beside it."""
    found = [c for c in clock.cycles if c.start == first and c.end == last]
    if not found:
        named = re.compile(rf"q ?-?{number}|{number} ?q|k ?{number}", re.IGNORECASE)
        found = [
            c for c in clock.cycles
            if c.end - c.start < timedelta(days=110)
            and (min(c.end, last) - max(c.start, first)).days * 3 > (c.end - c.start).days * 2
            and (named.search(f"{c.name} {c.key}") or (last - first).days - (c.end - c.start).days <= 21)
        ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _quarter_named(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    text = m["q"] or m["ord"]
    number = _ROMAN.get(text) or (int(text) if text.isdigit() else 0)
    if not number:
        number = next(n for words, n in _ORDINALS.items() if re.fullmatch(words, text))
    year = int(m["year"]) if m["year"] else None
    if year is None:
        year = clock.today.year
        if date(year, 3 * number - 2, 1) > clock.today:
            # A quarter ahead is meant when its cycle is planned, else the one that was.
            planned = any(c.start == date(year, 3 * number - 2, 1) for c in clock.cycles)
            year -= 0 if planned else 1
    first, last = _quarter(date(year, 3 * number - 2, 1))
    if m["edge"]:
        return _edge(m["edge"], first, last)
    cycle = _cycle_of_quarter(clock, first, last, number)
    if cycle is not None:
        return _cycle_span(cycle, "quarter")
    return _of(When(first, last, word="quarter"))


def _week_named(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    year = int(m["wy"]) if m["wy"] else clock.today.isocalendar().year
    try:
        monday = date.fromisocalendar(year, int(m["w"]), 1)
        if not m["wy"] and monday > clock.today:
            monday = date.fromisocalendar(year - 1, int(m["w"]), 1)
    except ValueError:
        return _of(None, bad="date")
    return _of(When(monday, monday + timedelta(days=6), word="week"))


def _year_named(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    year = int(m["year"])
    return _of(When(date(year, 1, 1), date(year, 12, 31), word="year"))


def _edge(word: str, first: date, last: date) -> TimeMatch:
    if re.fullmatch(r"mid|middle|polow\w+|srodku", word):
        return _of(_moment(first + (last - first) / 2, "on"))
    start = re.fullmatch(r"start|starcie|starcu|beginning|begin|poczatk\w+|poczatek|first day|pierwszego dnia", word)
    return _of(_moment(first if start else last, "on"))


def _edge_of(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    unit = unit_of(m["unit"])
    side = m["side"] or "this"
    shift = -1 if re.fullmatch(LAST, side) else 1 if re.fullmatch(NEXT, side) else 0
    cycle = _cycle_relative(clock, shift) if unit in ("cycle", "quarter") else None
    if cycle is not None:
        first, last = cycle.start, cycle.end
    elif unit in _SPAN:
        first, last = _SPAN[unit](clock.today, shift)
    else:
        return None
    found = _edge(m["edge"], first, last)
    if m["since"] and found.when is not None:
        return _of(When(found.when.first, clock.today, word="since"))
    return replace(found, due=found.when is not None and found.when.first > clock.today)


def _now(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    return _of(_moment(clock.today, "today"))


def _by(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    day, _ = _anchor(m, clock.today)
    if m["dow"]:
        day += timedelta(days=7)  # the coming one
    elif day <= clock.today:
        # "Before 1 November", said later, is the state on the day before.
        before = re.match(r"before |przed ", m[0]) is not None
        return _of(_moment(day - timedelta(days=1) if before else day, "on"))
    return _of(When(clock.today, day, word="by"), due=True)


def _range(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    first = _part(m["from"], clock)
    last = _part(m["to"], clock)
    if first is None or last is None or first > last:
        return _of(None, bad="date")
    return _of(When(first, last, word="between"))


def _days_of_month(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    """ "Between 1 and 15 November": the month is said once, with the last day."""
    last = _part(m["to"], clock)
    if last is None or not 1 <= int(m["day"]) <= last.day:
        return _of(None, bad="date")
    return _of(When(last.replace(day=int(m["day"])), last, word="between"))


def _week_to(m: re.Match[str], clock: Clock) -> TimeMatch | None:
    """ "In the week to 20 November": seven days, of which that day is the last."""
    last = _part(m["to"], clock)
    return _of(None, bad="date") if last is None else _of(When(last - timedelta(days=6), last, word="between"))


_ANCHOR_RE = re.compile(ANCHOR)
_PLAIN_DATE = re.sub(r"\(\?P<\w+>", "(?:", DATE)
_PLAIN_ANCHOR = re.sub(r"\(\?P<\w+>", "(?:", ANCHOR)


def _part(text: str, clock: Clock) -> date | None:
    m = _ANCHOR_RE.fullmatch(text.strip())
    if m is None:
        return clock.today if text.strip() in ("now", "teraz") else None
    return _anchor(m, clock.today)[0]


_EDGE = r"start|starcie|starcu|mid|middle|polow\w+|srodku|beginning|end|close|poczatk\w+|poczatek|konc\w+|koniec|last day|first day|ostatniego dnia|pierwszego dnia"
_RULES: tuple[tuple[re.Pattern[str], Handler], ...] = tuple(
    (re.compile(rf"(?<!\S)(?:{pattern})(?!\S)"), handler)
    for pattern, handler in (
        (rf"(?:between|from|miedzy|pomiedzy|od|z) (?P<from>{_PLAIN_ANCHOR}) (?:and|to|until|till|through|a|do|i|-) (?P<to>{_PLAIN_ANCHOR}|now|teraz)", _range),
        (rf"(?:between|from|miedzy|pomiedzy|od|w dniach) (?:the )?(?P<day>\d{{1,2}}) ?(?:st|nd|rd|th|\.)? ?(?:and|to|until|till|through|a|do|i|-) (?P<to>{_PLAIN_DATE})", _days_of_month),
        (rf"(?:in|for|during|over|of|w|przez|za|z)? ?(?:the )?(?:week|tydzien|tygodniu) (?:to|ending|ended|up to|till|until|do|konczacy sie|konczacym sie|zakonczony|zakonczonym) (?:on )?(?:the )?(?P<to>{_PLAIN_ANCHOR})", _week_to),
        (rf"(?:since|from|starting|after|od|poczawszy od|po) (?:the )?(?:dnia )?{ANCHOR}", _since),
        (rf"(?P<since>since|from|od)? ?(?:at|by|on|as of|na|w|z|pod)? ?(?:the )?(?P<edge>{_EDGE}) (?:of )?(?:the )?(?:(?P<side>{LAST}|{THIS}|{NEXT}) )?(?P<unit>{UNIT})", _edge_of),
        (rf"(?:since|od) (?:the )?(?P<side>{LAST}|{THIS})(?P<again>)? (?P<unit>{UNIT})", _since_unit),
        (rf"(?:over|in|during|for|within|through|of|from|w|z|w ciagu|przez|na przestrzeni)? ?(?:the |these |ciagu )?(?:{LAST}) (?P<n>{N}) (?:full )?(?P<unit>{UNIT})", _last_n),
        (rf"(?:over|during|within|in) the (?:last|past) (?P<n>)?(?P<unit>{UNIT})", _last_n),
        (r"(?:z|w ciagu|przez|na przestrzeni|w przeciagu|za) (?:ostatni\w* )?(?P<n>)?(?P<unit>miesiaca|tygodnia|kwartalu|roku|miesiac|tydzien|rok|kwartal)", _last_n),
        (rf"(?:over|during|within|in|for) (?:the )?(?:past) (?P<n>)?(?P<unit>{UNIT})", _last_n),
        (rf"(?:for|from|since|od|przez|w ciagu|within|over) (?:the )?(?:co najmniej |przynajmniej |at least |ponad |przeszlo |more than |over )?(?P<n>{N}) (?P<unit>{UNIT})", _for_n),
        (r"od (?:ponad |przeszlo |co najmniej |jakiegos )?(?P<n>)?(?P<unit>tygodnia|miesiaca|kwartalu|roku)", lambda m, c: _of(When(_back(c.today, 1, unit_of(m["unit"])), c.today, word="since"))),
        (rf"(?:in|within|over|w ciagu|przez) (?:the )?(?:{NEXT}) (?P<n>{N})? ?(?P<unit>{UNIT})", _next_n),
        (rf"(?:the )?(?:{NEXT}) (?P<n>{N}) (?P<unit>{UNIT})", _next_n),
        (rf"(?:in|za) (?P<n>{N}) (?P<unit>{UNIT})", _next_n),
        (r"(?:by |on |for |na |do )?(?:tomorrow|jutro|jutra)", lambda m, c: _of(_moment(c.today + timedelta(days=1), "on"), due=True)),
        (r"(?:by |on |for |na |do )?(?:the day after tomorrow|pojutrze)", lambda m, c: _of(_moment(c.today + timedelta(days=2), "on"), due=True)),
        (rf"(?:(?P<n>{N}) )?(?P<unit>{UNIT}) (?:ago|earlier|before|back|temu|wczesniej)", _ago),
        (rf"sprzed (?P<n>{N})? ?(?P<unit>{UNIT})", _ago),
        (rf"(?:on|w|we|na|z|ze|dnia|stan na)? ?(?:the )?(?:{DAY})(?: ,)? (?P<rel>(?=x)x)?(?P<dow>(?=x)x)?(?:{DATE})", _on),
        (rf"(?:since|od|from|po|after) (?:the )?(?:{DAY})(?: ,)? (?P<rel>(?=x)x)?(?P<dow>(?=x)x)?(?:{DATE})", _since),
        (r"przed (?P<n>)?(?P<unit>tygodniem|miesiacem|rokiem|kwartalem)", lambda m, c: _of(_moment(_back(c.today, 1, {"t": "week", "m": "month", "r": "year", "k": "quarter"}[m["unit"][0]]), "ago"))),
        (rf"(?:in|during|over|for|on|of|from|at|as of|w|we|z|ze|za|na|przez|dla)? ?(?:the )?(?P<again>(?=x)x)?(?P<side>{LAST}|{THIS}|{NEXT}) (?P<unit>{UNIT})(?: 's)?", _relative),
        (r"(?:in|w|z)? ?(?:the )?(?P<side>week|month|quarter|cycle|year) (?P<again>before) last(?P<unit>)", lambda m, c: _before_last(m["side"], c)),
        (rf"(?:w |z )?(?P<again>)(?P<side>przedostatni\w*) (?P<unit>{UNIT})", lambda m, c: _before_last(unit_of(m["unit"]), c)),
        (rf"(?:on|as of|at|as at|by end of|from|for|of|na|z|ze|w|we|dnia|w dniu|na dzien|z dnia|wedlug stanu na|stan na)? ?(?:the )?(?:dzien |dnia )?{ANCHOR}(?: 's)?", _on),
        (rf"(?:by|until|till|before|up to|do|przed|najpozniej do|najpozniej w|najpozniej) (?:the )?(?:dnia )?{ANCHOR}", _by),
        (rf"(?:(?:at|by|na|z|od|pod|since|from)? ?(?:the )?(?P<edge>{_EDGE}) (?:of )?)?(?:in|during|for|of|w|we|z|ze|za|od|since|through)? ?(?P<month>{CLEAR_MONTH}|may(?= \d{{4}}))(?: (?P<year>\d{{4}}))?(?P<lastyear> last year| zeszlego roku| ubieglego roku)?", _month_named),
        (r"(?:in |w |z |ze |za )(?P<edge>)?(?P<month>may|maju|march|marcu|maja|jan|feb|oct|nov|dec|sep|aug|jul|jun|apr)(?: (?P<year>\d{4}))?(?P<lastyear>(?=x)x)?", _month_named),
        (rf"(?:(?:at|by|na|z|od|pod)? ?(?:the )?(?P<edge>{_EDGE}) (?:of )?)?(?:in|during|for|of|from|w|z|za|ze|dla)? ?(?:the )?(?:q ?(?P<q>[1-4])|(?P<ord>first|second|third|fourth|1st|2nd|3rd|4th|pierwsz\w+|drug\w+|trzeci\w*|czwart\w+|i|ii|iii|iv|[1-4]) ?\.? (?:quarter|kwartal\w*))(?: ?(?:of|w)? ?(?:roku )?(?P<year>\d{{4}}))?(?: roku| r)?", _quarter_named),
        (r"(?:in|during|for|of|w|z|za)? ?(?P<edge>)?(?P<ord>(?=x)x)?(?:(?P<year>\d{4}) ?-? ?(?:q|kw) ?(?P<q>[1-4]))", _quarter_named),
        (r"(?:in|during|for|of|w|z|za|from)? ?(?:week|wk|tydzien|tygodniu|tygodnia|tyg) (?:no |number |nr |numer )?(?P<w>\d{1,2})(?: (?:of )?(?P<wy>\d{4}))?", _week_named),
        (rf"(?:in|during|over|between|from|for|w|we|z|ze|za|od|miedzy|przez)? ?(?P<month>{CLEAR_MONTH}) (?:and|to|through|till|until|i|oraz|do|-) (?P<until>{CLEAR_MONTH}|march|marcu|marca|maja|maju)(?: (?P<year>\d{{4}}))?", _months),
        (r"(?P<wy>\d{4})-w(?P<w>\d{1,2})", _week_named),
        (r"(?P<wy>(?=x)x)?w(?P<w>\d{2})", _week_named),
        (r"(?:in|during|for|of|w|z|za|from) (?:the )?(?:year |roku )?(?P<year>20\d{2})(?: roku| r)?", _year_named),
        (r"now|right now|at the moment|currently|at present|as of now|teraz|obecnie|aktualnie|w tej chwili|na ten moment|na dzis|na dzisiaj|na teraz|today|dzis|dzisiaj|dzisiejszy|as of today|these days|presently", _now),
        (r"so far|up to now|(?<!up )to date|do tej pory|dotad|dotychczas|jak dotad|po dzis dzien", _now),
    )
)  # fmt: skip


def _before_last(unit: str, clock: Clock) -> TimeMatch | None:
    if unit in ("cycle", "quarter"):
        cycle = _cycle_relative(clock, -2)
        if cycle is not None:
            return _cycle_span(cycle, f"before_last_{unit}")
        if unit == "cycle":
            return _of(None, bad="cycle")
    if unit not in _SPAN:
        return None
    first, last = _SPAN[unit](clock.today, -2)
    return _of(When(first, last, word=f"before_last_{unit}"))


def times(words: Sequence[str], clock: Clock) -> list[TimeMatch]:
    """The expressions of time in the folded words of a sentence, in order, the longest at each place."""
    spelled = in_digits(words)
    text = " ".join(word for word, _, _ in spelled)
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    at = 0
    for word, first, last in spelled:
        starts[at] = first
        at += len(word)
        ends[at] = last
        at += 1
    found: list[TimeMatch] = []
    for pattern, handler in _RULES:
        for m in pattern.finditer(text):
            first, last = m.span()
            while first < last and text[first] == " ":
                first += 1
            if first not in starts or last not in ends:
                continue
            try:
                match = handler(m, clock)
            except NoSuchDateError:
                match = _of(None, bad="date")
            if match is not None:
                found.append(replace(match, start=starts[first], end=ends[last]))
    found.sort(key=lambda f: (-(f.end - f.start), f.start))
    chosen: list[TimeMatch] = []
    for match in found:
        if all(match.end <= c.start or match.start >= c.end for c in chosen):
            chosen.append(match)
    return sorted(chosen, key=lambda f: f.start)
