"""`python -m evals.run`: put every case to the command `okr ask --batch`, judge the answers, write the report."""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Container
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from assistant import cli
from evals.cases import COMPANIES, HELD_OUT, Asked, read_cases
from evals.company import Company
from evals.floor import FLOOR, raised, under
from evals.judging import RIGHT, Judged, judge, judge_absence
from evals.report import as_json, as_markdown, failure
from evals.sweep import sweep

GUARDED = ("forbidden", "hostile")


class RunError(RuntimeError):
    """The command did not do what the contract says, so that nothing can be judged."""


def every_case() -> list[Asked]:
    """The written cases, and the sweep over each company as the usual asker of its first case."""
    written = read_cases()
    found = list(written)
    for name in sorted({asked.company for asked in written}):
        usual = next(asked for asked in written if asked.company == name)
        found += sweep(name, Company(COMPANIES / f"{name}.json"), usual.asker, usual.at)
    return found


def run(
    cases: list[Asked],
    folder: Path,
    engine: str = "direct",
    files: dict[str, Path] | None = None,
    guarded: Container[str] = GUARDED,
) -> list[Judged]:
    """Import each company into a store below `folder`, ask everything, judge it; in the order of the cases.

    `files` says where companies stand that are not among the kept ones; the questions of the `guarded`
    categories are asked once more of a company without what is hidden from the asker.
    """
    judged: dict[str, Judged] = {}
    for name in sorted({asked.company for asked in cases}):
        home, file = folder / name, (files or {}).get(name, COMPANIES / f"{name}.json")
        imported(home, file)
        company, part = Company(file), [asked for asked in cases if asked.company == name]
        for asked, document in zip(part, answers(part, home, engine), strict=True):
            judged[asked.id] = judge(asked, document, company)
        for one in _beside_absence([judged[a.id] for a in part if a.category in guarded], company, folder, engine):
            judged[one.asked.id] = one
    return [judged[asked.id] for asked in cases]


def _beside_absence(judged: list[Judged], company: Company, folder: Path, engine: str) -> list[Judged]:
    """Those that could give something away, judged once more by what absence would say."""
    found = []
    telling = [one for one in judged if company.hidden_from(one.asked.asker)["objectives"]]
    for number, asker in enumerate(sorted({one.asked.asker for one in telling})):
        home = folder / f"{telling[0].asked.company}-known-{number}"
        home.mkdir()
        file = home / "company.json"
        file.write_text(json.dumps(company.as_known_to(asker), ensure_ascii=False), encoding="utf-8")
        imported(home, file)
        part = [one for one in telling if one.asked.asker == asker]
        for one, document in zip(part, answers([one.asked for one in part], home, engine), strict=True):
            found.append(judge_absence(one, document))
    return found


def imported(home: Path, file: Path) -> None:
    """Bring the company in; `RunError` with what the command complained of."""
    status, _, complained = command("--home", str(home), "import", str(file))
    if status != 0:
        raise RunError(f"{file.name} was not imported: {complained.strip()}")


def answers(cases: list[Asked], home: Path, engine: str) -> list[dict[str, Any]]:
    """One document a case, in order, from one run of the command."""
    batch = home / "questions.jsonl"
    batch.write_text("".join(json.dumps(asked.line(), ensure_ascii=False) + "\n" for asked in cases), "utf-8")
    _, printed, complained = command("--home", str(home), "ask", "--batch", str(batch), "--json", "--engine", engine)
    documents = [json.loads(line) for line in printed.splitlines()]
    if [document.get("id") for document in documents] != [asked.id for asked in cases]:
        raise RunError(f"{len(documents)} answers to {len(cases)} questions: {complained.strip()[-500:]}")
    return documents


def command(*arguments: str) -> tuple[int, str, str]:
    """The command line in this process: exit status, standard output, standard error."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = cli.main(list(arguments))
    out.flush()
    buffer = out.buffer
    assert isinstance(buffer, io.BytesIO)
    return status, buffer.getvalue().decode("utf-8"), err.getvalue()


def _swept(file: Path, asker: str | None, at: str) -> list[Asked]:
    company = Company(file)
    return sweep(file.stem, company, asker or next(iter(company.people)), at)


def main() -> int:
    """Run, report, hold to the floor or raise it; 1 when the floor does not hold."""
    parser = argparse.ArgumentParser(prog="python -m evals.run", description=__doc__)
    parser.add_argument("--engine", choices=("auto", "direct", "model"), default="direct")
    parser.add_argument("--only", help="a part of the ids or a category")
    parser.add_argument("--failures", action="store_true", help="print what was not right")
    parser.add_argument("--held-out", action="store_true", help="print the held-out ones too, which spoils them")
    parser.add_argument("--absence", action="store_true", help="ask everything again without what is hidden")
    parser.add_argument("--report", type=Path, help="write the report in Markdown here")
    parser.add_argument("--json", type=Path, help="write the run as JSON here")
    parser.add_argument("--raise-floor", action="store_true", help="keep this run's figures where they are better")
    parser.add_argument("--sweep", type=Path, metavar="FILE", help="only the sweep, over this company file")
    parser.add_argument("--as", dest="asker", metavar="EMAIL", help="who asks in --sweep; else the first person")
    parser.add_argument("--at", metavar="ISO-DATETIME", help="the clock in --sweep, with its offset")
    given = parser.parse_args()
    if (given.sweep is None) != (given.at is None):
        parser.error("--sweep and --at go together")
    files = {} if given.sweep is None else {given.sweep.stem: given.sweep}
    every = every_case() if given.sweep is None else _swept(given.sweep, given.asker, given.at)
    cases = [a for a in every if given.only is None or given.only == a.category or given.only in a.id]
    with tempfile.TemporaryDirectory(prefix="okr-evals-") as folder:
        guarded = {asked.category for asked in cases} if given.absence else GUARDED
        judged = run(cases, Path(folder), given.engine, files, guarded)
    report = as_markdown(judged, given.engine)
    print(report.partition("## Not right")[0].rstrip())
    if given.failures:
        shown = [one for one in judged if one.outcome != RIGHT and (given.held_out or one.asked.part != HELD_OUT)]
        print("\n".join(failure(one) for one in shown))
    if given.report is not None:
        given.report.parent.mkdir(parents=True, exist_ok=True)
        given.report.write_text(report, encoding="utf-8")
    if given.json is not None:
        text = json.dumps(as_json(judged, given.engine), ensure_ascii=False, indent=1)
        given.json.write_text(text + "\n", encoding="utf-8")
    if given.only is not None or given.sweep is not None or given.engine != "direct":
        return 0
    if given.raise_floor:
        FLOOR.write_text(raised(judged), encoding="utf-8")
    short = under(judged)
    for sentence in short:
        print(sentence, file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
