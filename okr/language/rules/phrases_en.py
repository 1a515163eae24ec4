"""How a rule's parts are said in English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okr.automations import Action, Audience, Condition
from okr.language.rules.phrases import Addressed
from okr.recurrence import Recurrence
from okr.schedule import RECIPIENT

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
AND = " and "
UNTIL = "until"
EXCEPT = "except"
WHEN = "when"
QUOTES = ("“", "”")
HOLIDAYS = "public holidays"
EVERY_WORKDAY = "every working day"
EVERY_WEEKDAY = "every weekday"
SHIFTED = {
    "next_business_day": "if it falls on a public holiday then on the next working day",
    "previous_business_day": "if it falls on a public holiday then on the previous working day",
}
ASSUMED_LABEL = "Assumed"
ASSUMED = {
    "time": "the time", "timezone": "the time zone", "day": "the day", "start": "the start", "audience": "who gets it",
    "action": "what to do", "message": "the message",
}  # fmt: skip
_ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    4: "fourth",
    5: "fifth",
    -1: "last",
    -2: "second to last",
    -3: "third to last",
}
_STATUSES = {"at_risk": "at risk", "off_track": "off track", "on_track": "on track", "completed": "completed"}
_TASK_STATUSES = {
    "blocked": "blocked", "in_review": "in review", "in_progress": "in progress", "to_do": "to do", "done": "done",
}  # fmt: skip
_OPERATORS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}


def listed(words: Sequence[str]) -> str:
    """One, two and three."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def ordinal(number: int) -> str:
    """first, 4th, last."""
    if number in _ORDINALS:
        return _ORDINALS[number]
    if number < 0:
        return f"{ordinal_digits(-number)} to last"
    return ordinal_digits(number)


def ordinal_digits(number: int) -> str:
    """1st, 2nd, 13th."""
    if 10 <= number % 100 <= 20:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def every(unit: str, number: int) -> str:
    """every day, every 3 days."""
    return f"every {unit}" if number == 1 else f"every {number} {unit}s"


def weekly(days: Sequence[int], interval: int) -> str:
    """every Monday and Friday; every 2 weeks on Monday."""
    names = listed([WEEKDAYS[d] for d in days])
    return f"every {names}" if interval == 1 else f"every {interval} weeks on {names}"


def in_months(months: Sequence[int]) -> str:
    """in March and June."""
    return "in " + listed([MONTHS[m - 1] for m in months])


def month_named(month: int) -> str:
    """of February, as the period of "the last day of"."""
    return f"of {MONTHS[month - 1]}"


def period(unit: str, number: int) -> str:
    """of every month."""
    return f"of {every(unit, number)}"


def nth(places: Sequence[int], kind: str, days: Sequence[int], within: str) -> str:
    """on the first and last Monday of every month."""
    name = {
        "day": "day", "business": "working day", "weekday": "weekday", "weekend": "weekend day",
        "weekday_name": listed([WEEKDAYS[d] for d in days]) if days else "",
    }[kind]  # fmt: skip
    ordered = [p for p in places if p > 0] + [p for p in places if p < 0]
    said = [ordinal_digits(p) if kind == "day" and p > 0 else ordinal(p) for p in ordered]
    return f"on the {listed(said)} {name} {within}"


def nth_beyond(place: int, kind: str, days: Sequence[int], day: int, within: str) -> str:
    """on the first working day after the 15th of every month."""
    name = {"business": "working day", "weekday": "weekday", "weekday_name": WEEKDAYS[days[0]] if days else ""}[kind]
    return f"on the {ordinal(place)} {name} {'after' if day > 0 else 'before'} the {ordinal_digits(abs(day))} {within}"


def day_or_last(day: int, within: str) -> str:
    """on the 30th or last day of every month."""
    return f"on the {ordinal_digits(day)} or last day {within}"


def before_end(days: int, within: str) -> str:
    """3 days before the end of every quarter."""
    return f"{days} day{'s' if days > 1 else ''} before the end {within}"


def workdays_before_end(days: int, business: bool, within: str) -> str:
    """3 working days before the end of every month."""
    return f"{days} {'working days' if business else 'weekdays'} before the end {within}"


def date(month: int, day: int) -> str:
    """on 24 September."""
    return f"on {day} {MONTHS[month - 1]}"


def at(times: Sequence[tuple[int, int]]) -> str:
    """at 09:00 and 14:30."""
    return "at " + listed([f"{h:02}:{m:02}" for h, m in times])


def elapsed(line: Recurrence) -> str:
    """every 45 minutes; every hour at 15 minutes past the hour."""
    unit = {"HOURLY": "hour", "MINUTELY": "minute", "SECONDLY": "second"}[line.freq]
    said = every(unit, line.interval)
    if line.minutes:
        said += " " + listed([f"at {m} minutes past the hour" for m in line.minutes])
    return said


def times(number: int) -> str:
    """7 times."""
    return "1 time" if number == 1 else f"{number} times"


def starting(start: datetime, with_time: bool) -> str:
    """starting on 2026-11-27."""
    return f"starting on {start:%Y-%m-%dT%H:%M}" if with_time else f"starting on {start:%Y-%m-%d}"


def span(first: str, last: str) -> str:
    """from 2026-12-24 to 2027-01-02."""
    return f"from {first} to {last}"


def once(moment: datetime) -> str:
    """on 27 November 2026 at 09:00."""
    return f"on {moment.day} {MONTHS[moment.month - 1]} {moment.year} at {moment:%H:%M}"


def zone(name: str) -> str:
    """(Europe/Warsaw), or whose clock counts."""
    return "in each person's own time zone" if name == RECIPIENT else f"({name})"


def scope(value: str | None) -> str:
    """What a condition is about, as the object of "of"."""
    if value is None:
        return "a key result"
    kind, _, key = value.partition(":")
    if kind == "team":
        return f"a key result of the team “{key}”"
    return f"the {kind.replace('_', ' ') if kind != 'kpi' else 'KPI'} “{key}”"


def condition(found: Condition, about: str) -> str:
    """One condition, without its "when"."""
    number = f"{found.value:g}" if isinstance(found.value, int | float) else str(found.value)
    operator = _OPERATORS.get(found.operator, "")
    tasks = about.replace("a key result", "a task") if found.scope is None else f"a task of {about}"
    if found.field == "status":
        return f"the status of {about} becomes {_STATUSES.get(str(found.value), number)}"
    if found.field == "progress":
        return f"progress of {about} is {operator} {_percent(found)}%"
    if found.field == "gap":
        return f"the gap of {about} is {operator} {_percent(found)} points"
    if found.field == "confidence":
        if found.operator == "falls":
            return f"confidence in {about} falls {number} weeks in a row"
        if found.operator == "falls_by":
            return f"confidence in {about} falls by {number} points"
        return f"confidence in {about} is {operator} {number}"
    if found.field == "last_check_in":
        return f"there has been no check-in on {about} for {number} days"
    if found.field == "task_due":
        return f"{tasks} is overdue"
    if found.field == "task_status":
        return f"the status of {tasks} is {_TASK_STATUSES.get(str(found.value), number)}"
    return f"{about} is {operator} {number}"


def _percent(found: Condition) -> str:
    value = float(found.value or 0)
    return f"{value * 100:.6g}" if found.unit in (None, "fraction") else f"{value:.6g}"


def audience(who: Audience, concerned: bool) -> Addressed:
    """Who gets it."""
    team = f" in the team “{who.team}”" if who.team else ""
    said = {
        "me": "me",
        "okr_owners": f"all OKR owners{team}",
        "kr_owners": "its owner" if concerned and not team else f"all key result owners{team}",
        "owners_without_check_in": f"the owners{team} who have not checked in this week",
        "team": f"the team “{who.team}”" if who.team else "the team",
        "leads": "its team lead" if concerned else "all team leads",
        "leadership": "leadership",
        "everyone": "everyone",
        "person": " and ".join(who.people),
    }[who.kind]
    theirs = ("team", "okr_owners", "kr_owners", "owners_without_check_in")
    return Addressed(said, said, f" of {said}" if who.kind in theirs else "")


def deed(action: Action, to: Addressed) -> str:
    """What is done to whom."""
    if action.kind == "remind":
        return f"remind {to.direct}"
    if action.kind == "ask_check_in":
        return f"ask {to.direct} for a check-in"
    if action.kind == "notify":
        return f"notify {to.direct}"
    if action.kind == "post_comment":
        return f"post a comment in the threads of the tasks{to.of}" if to.of else "post a comment in the thread"
    if action.kind == "set_task_status":
        return f"move the tasks{to.of} to {_TASK_STATUSES.get(str(action.status), str(action.status))}"
    if action.scope:
        kind, _, key = action.scope.partition(":")
        return f"send a status report of the {kind} “{key}” to {to.after_to}"
    return f"send a status report to {to.after_to}"


def saying(kind: str, led: str | None) -> str:
    """What leads to the words of a message."""
    return " with the words"
