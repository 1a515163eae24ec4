"""What is asked of the large company, by kind and language, and the SQL that each answer cannot do without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evals.bench.company import ASKED_ON, CYCLE_END, CYCLE_START, Size, email, team_name, title

EXPECTED = (ASKED_ON - CYCLE_START) / (CYCLE_END - CYCLE_START)

SEEN = "cycle_id = (SELECT id FROM cycle WHERE key = '2026') AND live AND (open OR team_id = :own)"
RANKED = "kind = 'measure' AND baseline <> target AND current IS NOT NULL"
PROGRESS = "((current - baseline) / (target - baseline))"
OFF_TRACK = f"{RANKED} AND {EXPECTED} - {PROGRESS} >= 0.25"
TEAM = "team_id IN (SELECT team_id FROM team_path WHERE above_id = (SELECT id FROM team WHERE key = :team))"
STATUS = (
    "CASE WHEN kind = 'boundary' THEN CASE WHEN current IS NULL THEN 'pending' WHEN current <= target THEN 'on_track'"
    " ELSE 'off_track' END WHEN current IS NULL THEN 'pending' WHEN kind = 'binary' THEN CASE WHEN current >= 1 THEN"
    " 'completed' ELSE 'unknown' END WHEN baseline IS NULL OR baseline = target THEN 'unknown'"
    f" WHEN {PROGRESS} >= 1 THEN 'completed' WHEN {EXPECTED} - {PROGRESS} >= 0.25 THEN 'off_track'"
    f" WHEN {EXPECTED} - {PROGRESS} >= 0.1 OR {PROGRESS} / {EXPECTED} < 0.75 THEN 'at_risk' ELSE 'on_track' END"
)
COLUMNS = "key, title, current, baseline, target, last_at"
MEAN = f"sum(weight * min(1, max(0, {PROGRESS}))) / sum(weight), count(*)"
BY_STATUS = (
    f"SELECT {STATUS}, count(*), sum(CASE WHEN kind = 'binary' THEN current WHEN {RANKED} THEN"
    f" min(1, max(0, {PROGRESS})) END * weight), sum(weight) FROM key_result WHERE {SEEN} GROUP BY 1"
)
THEN = (
    "SELECT id, key, title, kind, baseline, target, weight, last_at, (SELECT value FROM check_in WHERE key_result_id ="
    " key_result.id AND at <= :then AND value IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1) AS current"
    f" FROM key_result WHERE {SEEN} LIMIT -1 OFFSET 0"
)
HISTORY = (
    "SELECT key, at, value FROM check_in WHERE key_result_id = (SELECT id FROM key_result WHERE key = :record)"
    " AND at <= :at ORDER BY at DESC, id DESC LIMIT {most}"
)
POINTS = (
    "SELECT at, value FROM kpi_point WHERE kpi_id = (SELECT id FROM kpi WHERE key = 'KPI-0') ORDER BY at DESC LIMIT 30"
)
NAMED = f"SELECT {COLUMNS} FROM key_result WHERE key = :record AND (open OR team_id = :own)"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of question: how the n-th of its kind is put in each language, and its bare SQL.

    The SQL gives what the answer states, `beside` what stands beside it: a count and a roll-up tell the counts by
    status and the worst key results, a ranking how many have no place in it.
    """

    name: str
    english: Callable[[int, Size], str]
    polish: Callable[[int, Size], str]
    sql: str
    beside: str = ""


def team_of(n: int, size: Size) -> int:
    """The team that the n-th question is about; none of those with many below them."""
    found = 2 + n * 37 % (size.teams - 3)
    return found + 1 if found % 20 == 1 else found


def record_of(n: int, size: Size) -> int:
    """The key result that the n-th question is about: a measure that everybody may see."""
    found = n * 7919 % size.key_results
    while found % 40 in (11, 23, 31) or found % 20 == 7 or found % 50 == 49 or found % 100 in (62, 63):
        found += 1
    return found


def _team(n: int, size: Size) -> str:
    return team_name(team_of(n, size))


def _record(n: int, size: Size) -> str:
    return f"KR-{record_of(n, size)}"


KINDS = [
    Kind(
        "furthest behind, company",
        lambda n, s: f"Which {n + 2} key results are most behind this week?",
        lambda n, s: f"Które {n + 2} KR są najbardziej w tyle w tym tygodniu?",
        f"SELECT {COLUMNS}, {EXPECTED} - {PROGRESS} AS gap FROM key_result WHERE {SEEN} AND {RANKED}"
        " AND current IS NOT NULL ORDER BY gap DESC LIMIT 10",
        f"SELECT kind, {PROGRESS} >= 1, current IS NULL, baseline IS NULL, count(*) FROM key_result WHERE {SEEN}"
        " GROUP BY 1, 2, 3, 4",
    ),
    Kind(
        "furthest behind, team",
        lambda n, s: f"Which key result of {_team(n, s)} is furthest behind?",
        lambda n, s: f"Który KR zespołu {_team(n, s)} jest najbardziej w tyle?",
        f"SELECT {COLUMNS}, {EXPECTED} - {PROGRESS} AS gap FROM key_result WHERE {SEEN} AND {TEAM} AND {RANKED}"
        " ORDER BY gap DESC LIMIT 10",
    ),
    Kind(
        "by status, team",
        lambda n, s: f"What is off track in {_team(n, s)}?",
        lambda n, s: f"Co jest poza planem w zespole {_team(n, s)}?",
        f"SELECT {COLUMNS} FROM key_result WHERE {SEEN} AND {TEAM} AND {OFF_TRACK}",
    ),
    Kind(
        "count, company",
        lambda n, s: "How many key results are off track?",
        lambda n, s: "Ile KR jest poza planem?",
        BY_STATUS,
        f"SELECT {COLUMNS}, {EXPECTED} - {PROGRESS} AS gap FROM key_result WHERE {SEEN} AND {OFF_TRACK}"
        " ORDER BY gap DESC LIMIT 12",
    ),
    Kind(
        "one record by name",
        lambda n, s: f'How is "{title(record_of(n, s))}" going?',
        lambda n, s: f"Jak idzie „{title(record_of(n, s))}”?",
        f"SELECT {COLUMNS} FROM key_result WHERE title = :title AND {SEEN}",
    ),
    Kind(
        "value by key",
        lambda n, s: f"What is the current value of {_record(n, s)}?",
        lambda n, s: f"Ile wynosi {_record(n, s)}?",
        NAMED,
    ),
    Kind(
        "owner",
        lambda n, s: f"Who owns {_record(n, s)}?",
        lambda n, s: f"Kto odpowiada za {_record(n, s)}?",
        "SELECT p.email, p.name FROM key_result k JOIN person p ON p.id = k.owner_id WHERE k.key = :record",
    ),
    Kind(
        "roll-up, team",
        lambda n, s: f"What is the overall progress of {_team(n, s)}?",
        lambda n, s: f"Jaki jest łączny postęp zespołu {_team(n, s)}?",
        f"SELECT {MEAN} FROM key_result WHERE {SEEN} AND {TEAM} AND {RANKED}",
    ),
    Kind(
        "roll-up, company",
        lambda n, s: "What is the overall progress of the company?",
        lambda n, s: "Jaki jest łączny postęp całej firmy?",
        BY_STATUS,
        f"SELECT {COLUMNS}, {EXPECTED} - {PROGRESS} AS gap FROM key_result WHERE {SEEN} AND {RANKED}"
        " ORDER BY gap DESC LIMIT 3",
    ),
    Kind(
        "roll-up then, company",
        lambda n, s: f"What was the overall progress of the company on {n + 1} November?",
        lambda n, s: f"Jaki był łączny postęp całej firmy {n + 1} listopada?",
        f"SELECT {MEAN} FROM ({THEN}) WHERE {RANKED}",
        f"SELECT {COLUMNS}, {EXPECTED} - {PROGRESS} AS gap FROM ({THEN}) WHERE {RANKED} ORDER BY gap DESC LIMIT 3",
    ),
    Kind(
        "compare two teams",
        lambda n, s: f"Compare {_team(n, s)} with {_team(n + 1, s)}",
        lambda n, s: f"Porównaj {_team(n, s)} z {_team(n + 1, s)}",
        f"SELECT team_id, {MEAN} FROM key_result WHERE {SEEN} AND {RANKED} AND ({TEAM} OR"
        f" {TEAM.replace(':team', ':other')}) GROUP BY team_id",
    ),
    Kind(
        "change of one",
        lambda n, s: f"How did {_record(n, s)} change in October?",
        lambda n, s: f"Jak zmienił się {_record(n, s)} w październiku?",
        HISTORY.format(most=10),
    ),
    Kind(
        "as of a date",
        lambda n, s: f"What was the status of {_record(n, s)} on 3 November?",
        lambda n, s: f"Jaki był stan {_record(n, s)} 3 listopada?",
        HISTORY.format(most=1),
    ),
    Kind(
        "history",
        lambda n, s: f"Show the last three check-ins of {_record(n, s)}",
        lambda n, s: f"Pokaż trzy ostatnie wpisy {_record(n, s)}",
        HISTORY.format(most=3),
    ),
    Kind("why", lambda n, s: "Why is NPS falling?", lambda n, s: "Dlaczego NPS spada?", POINTS),
    Kind(
        "KPI",
        lambda n, s: "How did NPS move over the last month?",
        lambda n, s: "Jak zmieniał się NPS w ostatnim miesiącu?",
        POINTS,
    ),
    Kind(
        "freshness, team",
        lambda n, s: f"Which key results of {_team(n, s)} have not been updated for two weeks?",
        lambda n, s: f"Które KR zespołu {_team(n, s)} nie były aktualizowane od dwóch tygodni?",
        f"SELECT {COLUMNS} FROM key_result WHERE {SEEN} AND {TEAM} AND (last_at IS NULL OR last_at < :fortnight)",
    ),
    Kind(
        "blockers, team",
        lambda n, s: f"What is blocking {_team(n, s)} this month?",
        lambda n, s: f"Co blokuje zespół {_team(n, s)} w tym miesiącu?",
        "SELECT c.key, c.blockers FROM key_result k JOIN check_in c ON c.key_result_id = k.id WHERE"
        f" {SEEN} AND {TEAM} AND c.at >= :month AND c.blockers <> ''",
    ),
    Kind(
        "watermelons, team",
        lambda n, s: f"What is green on paper but off track in {_team(n, s)}?",
        lambda n, s: f"Co tylko wygląda na zielone w zespole {_team(n, s)}?",
        f"SELECT {COLUMNS} FROM key_result WHERE {SEEN} AND {TEAM} AND last_status = 'on_track' AND {OFF_TRACK}",
    ),
    Kind(
        "my key results",
        lambda n, s: "Show my key results",
        lambda n, s: "Pokaż moje KR-y",
        f"SELECT {COLUMNS} FROM key_result WHERE owner_id = :me AND {SEEN}",
    ),
    Kind(
        "my overdue tasks",
        lambda n, s: "What are my overdue tasks?",
        lambda n, s: "Jakie mam zaległe zadania?",
        "SELECT key, title, due FROM task WHERE assignee_id = :me AND status <> 'done' AND due < :today",
    ),
]


def asker_of(n: int, size: Size) -> str:
    """Who puts the n-th question: an employee, each time another."""
    return email(size.teams + n * 101 % (size.people - size.teams))


# Put to the sample company: what people ask there most, by nobody's name.
OF_THE_SAMPLE = [
    ("Which KR is most behind this week?", "Który KR jest najbardziej w tyle w tym tygodniu?"),
    ("What is off track?", "Co jest poza planem?"),
    ("How many key results are at risk?", "Ile KR jest zagrożonych?"),
    ("What is the overall progress of the company?", "Jaki jest łączny postęp całej firmy?"),
    ("Compare the teams", "Porównaj zespoły"),
    ("Why is our NPS falling?", "Dlaczego nasz NPS spada?"),
    ("Show my key results", "Pokaż moje KR-y"),
    ("What are my overdue tasks?", "Jakie mam zaległe zadania?"),
    ("Which key results have not been updated for two weeks?", "Które KR nie były aktualizowane od dwóch tygodni?"),
    ("What is green on paper but off track?", "Co tylko wygląda na zielone?"),
    ("What changed since last week?", "Co się zmieniło od zeszłego tygodnia?"),
    ("What is blocking us this month?", "Co nas blokuje w tym miesiącu?"),
    ("Which objectives are at risk?", "Które cele są zagrożone?"),
    ("What did we learn last quarter?", "Czego nauczyliśmy się w zeszłym kwartale?"),
    ("Who has not checked in this week?", "Kto nie zrobił check-inu w tym tygodniu?"),
    ("How is our progress compared with last month?", "Jaki mamy postęp w porównaniu z zeszłym miesiącem?"),
]
