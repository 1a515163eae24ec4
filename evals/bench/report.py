"""The benchmark's report: one table of answers beside their SQL, with what they were measured on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from evals.bench.boards import Boards
from evals.bench.company import ASKED_ON, Size
from evals.bench.crowd import Crowd
from evals.bench.measuring import Asked, Ran, Timing, percentile
from evals.bench.questions import KINDS
from evals.bench.saving import WANTED_P95 as SAVED_P95

WANTED_P95 = 150.0
WANTED_RATIO = 3.0
WANTED_SAMPLE_P95 = 50.0


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that was measured; `imported` is None when a kept company was only asked."""

    size: Size
    each: int
    file_bytes: int
    store_bytes: int
    imported: Ran | None
    asked: Asked
    computed: dict[tuple[str, str], Timing]
    sql: dict[str, float]
    cold_seconds: float
    sample: dict[str, Timing]
    page_seconds: float
    load: float
    machine: str
    saved: tuple[tuple[float, float], ...] = ()
    looked: Boards | None = None
    came: Crowd | None = None


def as_markdown(result: Result) -> str:
    """The report as a Markdown page."""
    size = result.size
    lines = [
        "# How fast it is on a large company",
        "",
        "`make bench` makes the company, imports it, asks it and writes this page.",
        "",
        f"- Machine: {result.machine}; {result.load:.1f} processes wanted a core when asking began.",
        f"- Company: {size.key_results:,} key results in the cycle in force, {size.check_ins:,} check-ins, "
        f"{size.objectives:,} objectives, {size.teams:,} teams, {size.people:,} people; "
        f"asked as on {ASKED_ON}, each question as another employee.",
        f"- Store: SQLite, {result.store_bytes / 1e6:,.0f} MB.",
        *_import_lines(result),
        f"- Asking: {2 * result.each * len(KINDS):,} questions to one process, "
        f"{result.asked.ran.megabytes:,.0f} MB of memory at most; its very first answer took "
        f"{result.asked.first_ms:.0f} ms; {_computing(result):.0f} ms of computing a question on average.",
        f"- `okr ask` as a command of its own, from start to end: {result.cold_seconds:.2f} s.",
        f"- `okr serve`, from its start until the page is answered: {result.page_seconds:.2f} s.",
        *_saved(result),
        *([f"- {result.looked.said()}."] if result.looked else []),
        *([f"- On the board of the sample company: {result.came.said()}."] if result.came else []),
        f"- The sample company, asked {_asked(result.sample)} questions: {_sample(result.sample)}.",
        "",
        "Milliseconds of computing of direct answers, warm, with the database in the memory of the operating system; "
        "on a machine that does nothing else that is how long they take. The last columns are the SQL that the answer "
        "cannot do without, written by hand, run alone "
        "and warm, and how many times as long the whole answer took (the slower language, median against median).",
        "",
        "| question | en p50 | en p95 | pl p50 | pl p95 | SQL p50 | times the SQL | answered |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
        *(_row(result, kind.name) for kind in KINDS),
        "",
        *_verdict(result),
        "",
    ]
    return "\n".join(lines)


def _saved(result: Result) -> list[str]:
    if not result.saved:
        return []
    waited, computed = [wall for wall, _ in result.saved], [busy for _, busy in result.saved]
    p50, p95 = (percentile(waited, share) for share in (0.5, 0.95))
    return [
        f"- A check-in is saved in p50 {p50:.1f} ms and p95 {p95:.1f} ms by the wall's clock, "
        f"{percentile(computed, 0.5):.1f} ms of it computing, over {len(waited)} of them ({SAVED_P95:.0f} ms aimed at)."
    ]


def _computing(result: Result) -> float:
    return 1000 * result.asked.ran.processor_seconds / (2 * result.each * len(KINDS))


def _asked(sample: dict[str, Timing]) -> int:
    return sum(sum(timing.kinds.values()) for timing in sample.values())


def _sample(sample: dict[str, Timing]) -> str:
    return ", ".join(
        f"{word} p50 {_ms(percentile(sample[language].answers, 0.5))} ms and p95 "
        f"{_ms(percentile(sample[language].answers, 0.95))} ms ({WANTED_SAMPLE_P95:.0f} ms aimed at)"
        for language, word in (("en", "English"), ("pl", "Polish"))
    )


def _import_lines(result: Result) -> list[str]:
    ran = result.imported
    if ran is None:
        return []
    records = result.size.check_ins + result.size.key_results
    computing = f"{ran.processor_seconds:.0f} s of them computing, " if ran.processor_seconds else ""
    return [
        f"- `okr import` of the portable file ({result.file_bytes / 1e6:,.0f} MB): {ran.seconds:.0f} s, "
        f"{computing}"
        f"{records / ran.seconds:,.0f} key results and check-ins a second, {ran.megabytes:,.0f} MB of memory at most."
    ]


def _timing(result: Result, name: str, language: str) -> Timing:
    return result.computed.get((name, language), Timing())


def _row(result: Result, name: str) -> str:
    cells = [name]
    for language in ("en", "pl"):
        answers = _timing(result, name, language).answers
        cells += [_ms(percentile(answers, 0.5)), _ms(percentile(answers, 0.95))]
    sql = result.sql[name]
    slower = max(percentile(_timing(result, name, language).answers, 0.5) for language in ("en", "pl"))
    kinds: dict[str, int] = {}
    for language in ("en", "pl"):
        for kind, count in _timing(result, name, language).kinds.items():
            kinds[kind] = kinds.get(kind, 0) + count
    answered = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    return f"| {' | '.join(cells)} | {sql:.2f} | {_ms(slower / sql)} | {answered} |"


def _ms(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1f}"


def _verdict(result: Result) -> list[str]:
    lines = []
    for language, word in (("en", "English"), ("pl", "Polish")):
        answers = [ms for (_, asked), timing in result.computed.items() if asked == language for ms in timing.answers]
        if not answers:
            lines.append(f"- {word}: nothing was answered.")
            continue
        p95 = percentile(answers, 0.95)
        met = f"{'within' if p95 <= WANTED_P95 else 'over'} the {WANTED_P95:.0f} ms aimed at"
        waited = [
            ms for (_, asked), timing in result.asked.timings.items() if asked == language for ms in timing.answers
        ]
        lines.append(
            f"- {word}: p50 {percentile(answers, 0.5):.1f} ms, p95 {p95:.1f} ms, {met}; by the wall's clock, beside "
            f"all else that the machine was doing, p50 {percentile(waited, 0.5):.1f} ms and "
            f"p95 {percentile(waited, 0.95):.1f} ms."
        )
    slow = []
    for kind in KINDS:
        whole = max(percentile(_timing(result, kind.name, language).answers, 0.5) for language in ("en", "pl"))
        # A few milliseconds of reading and wording are not the database's; the ratio matters for the long ones.
        if whole > 50 and whole / result.sql[kind.name] > WANTED_RATIO:
            slow.append(kind.name)
    lines.append(
        f"- Longer than 50 ms and more than {WANTED_RATIO:.0f} times the SQL: {', '.join(slow) if slow else 'none'}."
    )
    return lines
