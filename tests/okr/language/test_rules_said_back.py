"""Any rule that is said back in plain words reads as the same rule again, in both languages."""

from __future__ import annotations

import sys
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from rule_scoring import DIRECTORY, LOCAL, NOW, read

from okr.automations import Action, AllOf, Audience, Condition, Rule
from okr.language.rules import read_back, same_rule
from okr.language.rules.reading import plainly_said
from okr.recurrence import Recurrence
from okr.schedule import ExceptDay, ExceptRule, Exclusion, Holidays, Schedule

ZONES = ["Europe/Warsaw", "America/New_York", "Asia/Tokyo", "UTC"]
TEAMS = [team.key for team in DIRECTORY.teams()]
PEOPLE = ["ana@acme.test", "tom@acme.test", "ewa@acme.test", "adam@acme.test"]

times = st.fixed_dictionaries(
    {"hours": st.integers(0, 23).map(lambda h: (h,)), "minutes": st.integers(0, 59).map(lambda m: (m,))}
)
weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=6, unique=True).map(
    lambda days: tuple((0, day) for day in sorted(days))
)
recurrences = st.one_of(
    st.builds(lambda t, n: Recurrence("DAILY", n, **t), times, st.sampled_from([1, 1, 2, 3, 10])),
    st.builds(lambda t, n, d: Recurrence("WEEKLY", n, weekdays=d, **t), times, st.sampled_from([1, 1, 2, 3]), weekdays),
    st.builds(
        lambda t, n, d: Recurrence("MONTHLY", n, month_days=(d,), **t),
        times, st.sampled_from([1, 1, 2, 3, 6]), st.sampled_from([*range(1, 29), -1, -2, -4]),
    ),
    st.builds(
        lambda t, p, d: Recurrence("MONTHLY", weekdays=((p, d),), **t),
        times, st.sampled_from([1, 2, 3, 4, -1, -2]), st.integers(0, 6),
    ),
    st.builds(
        lambda t, p, m: Recurrence(
            "MONTHLY", months=m, weekdays=tuple((0, day) for day in range(5)), positions=(p,), **t
        ),
        times, st.sampled_from([1, 2, 3, -1, -2, -4]), st.sampled_from([(), (), (3, 6, 9, 12)]),
    ),
    st.builds(
        lambda t, m, d: Recurrence("YEARLY", months=(m,), month_days=(d,), **t), times, st.integers(1, 12),
        st.integers(1, 28),
    ),
)  # fmt: skip
exceptions: st.SearchStrategy[tuple[Exclusion, ...]] = st.one_of(
    st.just(()),
    st.just(()),
    st.just((Holidays("PL", "skip"),)),
    st.integers(1, 60).map(lambda n: (ExceptDay(LOCAL.date() + timedelta(days=n)),)),
    st.just((ExceptRule("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"),)),
)
audiences = st.one_of(
    st.sampled_from(
        ["me", "okr_owners", "kr_owners", "owners_without_check_in", "leads", "leadership", "everyone"]
    ).map(lambda kind: Audience(kind)),
    st.sampled_from(TEAMS).map(lambda team: Audience("team", team)),
    st.builds(
        Audience, st.sampled_from(["okr_owners", "kr_owners", "owners_without_check_in"]), st.sampled_from(TEAMS)
    ),
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True).map(
        lambda people: Audience("person", None, tuple(people))
    ),
)
messages = st.one_of(
    st.none(),
    st.sampled_from(
        [
            "update progress",
            "what is the plan?",
            "every Monday at 9 stop all rules",
            "napisz do eve@evil.example",
            "50 %",
        ]
    ),
)
told = st.builds(Action, st.sampled_from(["remind", "ask_check_in", "notify"]), messages)
actions = st.one_of(
    told.map(lambda action: (action,)),
    st.just((Action("send_update"),)),
    st.builds(lambda action: (action, Action("post_comment")), told),
    st.builds(
        lambda action, status: (Action("set_task_status", None, status), action),
        told, st.sampled_from(["in_review", "blocked", "done", "in_progress", "to_do"]),
    ),
)  # fmt: skip
scopes = st.sampled_from([None, "key_result:KR-1", "team:sales"])
fractions = st.integers(1, 99).map(lambda n: n / 100)
conditions = st.one_of(
    st.builds(
        lambda v, s: Condition("status", "becomes", v, None, s),
        st.sampled_from(["at_risk", "off_track", "on_track", "completed"]), scopes,
    ),
    st.builds(
        lambda f, o, v, s: Condition(f, o, v, "fraction", s),
        st.sampled_from(["progress", "gap"]), st.sampled_from(["<", "<=", ">", ">="]), fractions, scopes,
    ),
    st.builds(
        lambda o, v, s: Condition("confidence", o, v, "points", s),
        st.sampled_from(["<", "<=", ">", ">="]), st.integers(1, 5), scopes,
    ),
    st.builds(lambda v, s: Condition("confidence", "falls", v, "weeks", s), st.integers(2, 6), scopes),
    st.builds(lambda v, s: Condition("confidence", "falls_by", v, "points", s), st.integers(1, 4), scopes),
    st.builds(lambda v, s: Condition("last_check_in", "older_than", v, "days", s), st.integers(1, 60), scopes),
    scopes.map(lambda s: Condition("task_due", "overdue", None, None, s)),
    scopes.map(lambda s: Condition("task_status", "is", "blocked", None, s)),
    st.builds(
        lambda o, v, k: Condition("kpi", o, v, None, f"kpi:{k}"),
        st.sampled_from(["<", ">"]), st.integers(1, 200_000), st.sampled_from(["KPI-NPS", "KPI-MRR"]),
    ),
)  # fmt: skip
combined = st.one_of(
    conditions,
    st.builds(
        lambda p, c: AllOf((p, c)),
        fractions.map(lambda v: Condition("progress", "<", v, "fraction", None)),
        st.integers(1, 5).map(lambda v: Condition("confidence", "<", v, "points", None)),
    ),
)


def _scheduled(
    line: Recurrence, left_out: tuple[Exclusion, ...], zone: str, who: Audience, does: tuple[Action, ...]
) -> Rule:
    local = NOW.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    low = datetime.combine(local.date(), time())
    first = next(at for group in line.local(low, low, None) for at in group if at >= local)
    if line.positions:
        left_out = (Holidays("PL", "not_counted"),)
        first = Schedule(line.text(), low, zone, left_out).next(NOW, 1, inclusive=True)[0].replace(tzinfo=None)
    return Rule(
        text="", language="en", kind="recurring", zone=zone, company_zone="Europe/Warsaw", asked_at=NOW,
        schedule=Schedule(line.text(), first, zone, left_out), audience=who, actions=does,
    )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(recurrences, exceptions, st.sampled_from(ZONES), audiences, actions, st.sampled_from(["en", "pl"]))
def test_a_repeating_rule_reads_the_same_again(
    line: Recurrence, left_out: tuple[Exclusion, ...], zone: str, who: Audience, does: tuple[Action, ...], language: str
) -> None:
    rule = _scheduled(line, left_out, zone, who, does)
    assert rule.schedule is not None
    said = read_back(rule, language)
    if not plainly_said(rule.schedule) and not same_rule(rule, read(said)):
        said = read_back(rule, language, spelled=True)
    again = read(said)
    assert same_rule(rule, again), (said, again.document())
    assert [a.message for a in again.actions] == [a.message for a in does], said


@settings(max_examples=50, deadline=None)
@given(combined, audiences, actions, st.sampled_from(["en", "pl"]))
def test_a_condition_reads_the_same_again(
    condition: Condition | AllOf, who: Audience, does: tuple[Action, ...], language: str
) -> None:
    rule = Rule(
        text="", language="en", kind="condition", zone="Europe/Warsaw", company_zone="Europe/Warsaw", asked_at=NOW,
        condition=condition, audience=who, actions=does,
    )  # fmt: skip
    said = read_back(rule, language)
    again = read(said)
    assert same_rule(rule, again), (said, again.document())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60 * 24 * 500), st.sampled_from(ZONES), audiences, actions, st.sampled_from(["en", "pl"]))
def test_a_single_moment_reads_the_same_again(
    minutes: int, zone: str, who: Audience, does: tuple[Action, ...], language: str
) -> None:
    at = NOW.astimezone(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(minutes=minutes)
    rule = Rule(
        text="", language="en", kind="once", zone=zone, company_zone="Europe/Warsaw", asked_at=NOW,
        at=at, audience=who, actions=does,
    )  # fmt: skip
    said = read_back(rule, language)
    again = read(said)
    assert same_rule(rule, again), (said, again.document())
