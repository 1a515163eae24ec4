"""A rule as a value: when it acts, on whom, what it does, and what a late start catches up on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from okr.recurrence import SUB_DAILY, InvalidRuleError
from okr.schedule import RECIPIENT, SHORTEST_GAP, Schedule, exclusion_from, instant_of

KINDS = ("recurring", "once", "condition", "unclear", "none")
AUDIENCES = (
    "okr_owners", "kr_owners", "owners_without_check_in", "team", "leads", "leadership", "everyone", "person", "me",
)  # fmt: skip
ACTIONS = ("remind", "ask_check_in", "notify", "post_comment", "set_task_status", "send_update")
# Those that reach people, and those that act on tasks and threads.
BY_MESSAGE = ("remind", "ask_check_in", "notify", "send_update")
ON_RECORDS = ("post_comment", "set_task_status")
CATCH_UP_WINDOW = timedelta(hours=2)
# How late a run may start and still be on time, for rules that catch up on nothing.
ON_TIME = timedelta(minutes=5)
CHECKED_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Condition:
    """One thing that must become true. `scope` is None for every record, else like `team:sales`."""

    field: str
    operator: str
    value: float | str | None = None
    unit: str | None = None
    scope: str | None = None

    def document(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "operator": self.operator,
            "value": self.value,
            "unit": self.unit,
            "scope": self.scope,
        }


@dataclass(frozen=True)
class AllOf:
    """Several conditions that must hold together."""

    conditions: tuple[Condition, ...]

    def document(self) -> dict[str, Any]:
        return {"all": [condition.document() for condition in self.conditions]}


@dataclass(frozen=True)
class Audience:
    """Who gets the message. `team` is a team's key, `people` are addresses."""

    kind: str
    team: str | None = None
    people: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, "team": self.team, "people": list(self.people)}


@dataclass(frozen=True)
class Action:
    """One thing that the rule does; `status` only where it sets the status of tasks.

    `scope` is what an update that it sends is about, like `team:sales` or `objective:O-1`; None where nothing was
    said, which means the team that gets it, else the company.
    """

    kind: str
    message: str | None = None
    status: str | None = None
    scope: str | None = None

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {"kind": self.kind}
        if self.message is not None:
            found["message"] = self.message
        if self.status is not None:
            found["status"] = self.status
        if self.scope is not None:
            found["scope"] = self.scope
        return found


@dataclass(frozen=True)
class Unclear:
    """Something that has to be asked: what about, which words, and the question."""

    about: str
    words: str
    question: str

    def document(self) -> dict[str, str]:
        return {"about": self.about, "words": self.words, "question": self.question}


@dataclass(frozen=True)
class Rule:
    """What a sentence would automate.

    `at` is the single local time of a `once` rule. `company_zone` is the zone in which
    instants are shown when the rule runs in each recipient's own time. `asked_at` is the
    moment at which the sentence was read.
    """

    text: str
    language: str
    kind: str
    zone: str
    company_zone: str
    asked_at: datetime
    schedule: Schedule | None = None
    at: datetime | None = None
    condition: Condition | AllOf | None = None
    audience: Audience | None = None
    actions: tuple[Action, ...] = ()
    assumed: tuple[str, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    readback: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    def messages(self) -> tuple[Action, ...]:
        """The actions that reach people."""
        return tuple(action for action in self.actions if action.kind in BY_MESSAGE)

    def acts_on_records(self) -> bool:
        """Whether it comments in threads or sets the status of tasks."""
        return any(action.kind in ON_RECORDS for action in self.actions)

    def coming(self, after: datetime, n: int = 5, *, inclusive: bool = False) -> list[datetime]:
        """The next instants of a schedule or a one-off, or the next checks of a condition."""
        shown_in = self.company_zone if self.zone == RECIPIENT else self.zone
        tz = ZoneInfo(shown_in)
        if self.at is not None:
            once = instant_of(self.at, shown_in)
            return [once.astimezone(tz)] if once > after or (inclusive and once == after) else []
        if self.schedule is not None:
            return self.schedule.next(after, n, inclusive=inclusive, zone=shown_in)
        if self.condition is not None:
            first = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + CHECKED_EVERY
            return [(first + CHECKED_EVERY * step).astimezone(tz) for step in range(n)]
        return []

    def too_often(self, after: datetime) -> bool:
        """Whether two runs would ever come closer than fifteen minutes."""
        if self.schedule is None:
            return False
        lines = self.schedule.rules()
        once_a_day = len(lines) == 1 and lines[0].freq not in SUB_DAILY
        if once_a_day and len(lines[0].hours) <= 1 and len(lines[0].minutes) <= 1:
            return False
        gap = self.schedule.shortest_gap(after, zone=self.company_zone if self.zone == RECIPIENT else self.zone)
        return gap is not None and gap < SHORTEST_GAP

    def document(self) -> dict[str, Any]:
        """The rule document of the contract, without `id` and `ms`."""
        start = self.at if self.at is not None else (self.schedule.dtstart if self.schedule else None)
        return {
            "text": self.text,
            "language": self.language,
            "kind": self.kind,
            "rrule": self.schedule.rrule if self.schedule else None,
            "dtstart": start.isoformat() if start else None,
            "timezone": self.zone,
            "exceptions": [e.document() for e in self.schedule.exceptions] if self.schedule else [],
            "next": [at.isoformat() for at in self.coming(self.asked_at, inclusive=True)],
            "condition": self.condition.document() if self.condition else None,
            "audience": self.audience.document() if self.audience else None,
            "actions": [action.document() for action in self.actions],
            "assumed": list(self.assumed),
            "unclear": [u.document() for u in self.unclear],
            "readback": self.readback,
            **self.extra,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, asked_at: datetime, company_zone: str) -> Rule:
        """The rule of a stored document; InvalidRuleError where it is none that can run."""
        try:
            kind = str(document["kind"])
            zone = str(document.get("timezone") or company_zone)
            if kind not in KINDS:
                raise InvalidRuleError(f"{kind!r} is not a kind of rule.")
            if zone != RECIPIENT:
                ZoneInfo(zone)
            start = datetime.fromisoformat(document["dtstart"]) if document.get("dtstart") else None
            schedule = None
            if document.get("rrule"):
                if start is None:
                    raise InvalidRuleError("A recurring rule needs a start.")
                exceptions = tuple(exclusion_from(e) for e in document.get("exceptions") or ())
                schedule = Schedule(str(document["rrule"]), start, zone, exceptions)
                schedule.rules()
            rule = cls(
                text=str(document.get("text", "")),
                language=str(document.get("language", "en")),
                kind=kind,
                zone=zone,
                company_zone=company_zone,
                asked_at=asked_at,
                schedule=schedule,
                at=start if schedule is None and kind == "once" else None,
                condition=_condition_from(document.get("condition")),
                audience=_audience_from(document.get("audience")),
                actions=tuple(_action_from(a) for a in document.get("actions") or ()),
                assumed=tuple(document.get("assumed") or ()),
                unclear=tuple(Unclear(u["about"], u["words"], u["question"]) for u in document.get("unclear") or ()),
                readback=str(document.get("readback", "")),
                extra={"read_by": "model"} if document.get("read_by") == "model" else {},
            )
        except (KeyError, TypeError, ValueError, AttributeError) as cause:
            raise InvalidRuleError("This is not a complete rule.") from cause
        if (kind == "recurring" and schedule is None) or (kind == "once" and rule.at is None):
            raise InvalidRuleError("The rule does not say when.")
        if kind == "condition" and rule.condition is None:
            raise InvalidRuleError("The rule does not say on what condition.")
        return rule

    def with_readback(self, words: str) -> Rule:
        """The same rule with its read-back filled in."""
        return replace(self, readback=words)


def _condition_from(value: Mapping[str, Any] | None) -> Condition | AllOf | None:
    if value is None:
        return None
    if "all" in value:
        parts = tuple(_condition_from(part) for part in value["all"])
        return AllOf(tuple(part for part in parts if isinstance(part, Condition)))
    return Condition(value["field"], value["operator"], value.get("value"), value.get("unit"), value.get("scope"))


def _audience_from(value: Mapping[str, Any] | None) -> Audience | None:
    if value is None:
        return None
    if value["kind"] not in AUDIENCES:
        raise InvalidRuleError(f"{value['kind']!r} is not an audience.")
    return Audience(value["kind"], value.get("team"), tuple(value.get("people") or ()))


def _action_from(value: Mapping[str, Any]) -> Action:
    if value["kind"] not in ACTIONS:
        raise InvalidRuleError(f"{value['kind']!r} is not an action.")
    return Action(value["kind"], value.get("message"), value.get("status"), value.get("scope"))


@dataclass(frozen=True)
class Settlement:
    """What becomes of instants that have come: run now, recorded as missed, or passed over in a pause."""

    run: tuple[datetime, ...]
    missed: tuple[datetime, ...]
    paused: tuple[datetime, ...] = ()


def catch_up(
    due: Sequence[datetime],
    now: datetime,
    policy: str = "latest",
    *,
    window: timedelta = CATCH_UP_WINDOW,
    pauses: Iterable[tuple[datetime, datetime | None]] = (),
) -> Settlement:
    """What to do with the instants up to now that have not been dealt with.

    `latest` runs the newest if it is at most `window` old, `all` runs each that is at most
    `window` old, `none` runs only what is on time. The others are missed. Instants inside a
    pause, both ends included, are never run afterwards; a pause without an end still lasts.
    """
    if policy not in ("latest", "all", "none"):
        raise InvalidRuleError(f"{policy!r} is not a way to catch up.")
    spans = tuple(pauses)
    come = sorted(at for at in set(due) if at <= now)
    paused = tuple(at for at in come if any(a <= at and (b is None or at <= b) for a, b in spans))
    left = [at for at in come if at not in set(paused)]
    limit = ON_TIME if policy == "none" else window
    young = [at for at in left if now - at <= limit]
    run = tuple(young) if policy == "all" else tuple(young[-1:])
    return Settlement(run, tuple(at for at in left if at not in run), paused)


def stale_from(updated_at: datetime, days: int, zone: str) -> datetime:
    """The instant at which something counts as not updated for that many calendar days in the zone.

    >>> stale_from(datetime(2027, 3, 20, 11, tzinfo=UTC), 10, "Europe/Warsaw").isoformat()
    '2027-03-30T10:00:00+00:00'
    """
    local = updated_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return instant_of(local + timedelta(days=days), zone)


def newly_met(now: Iterable[str], before: Iterable[str]) -> frozenset[str]:
    """The records that meet a condition now and did not at the check before: those that fire.

    A record that no longer meets it is absent from `now`, which is what arms it again.
    """
    return frozenset(now) - frozenset(before)
