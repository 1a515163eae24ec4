"""`okr demo`, `okr import` and `okr export`: records into the store and out of it."""

from __future__ import annotations

import sys
from typing import Any

import orjson

from assistant.commands.running import Run, UsageError, print_json
from okr.calendar import day_of
from okr.errors import OkrError


class NotEmptyError(OkrError):
    """The sample company only goes where there is none."""

    code = "not-empty"

    def __init__(self) -> None:
        super().__init__("There is a company here already.", "Choose another folder with --home for the sample one.")


def demo(run: Run) -> int:
    """Put the sample company into an empty store."""
    if not run.store.is_empty():
        if run.given.if_empty:
            _say(run, {"imported": False, "reason": "not_empty"}, "There is a company here already; it stays.")
            return 0
        raise NotEmptyError
    from okr.exchange.portable import read_company
    from okr.exchange.writing import import_into
    from okr.sample import sample_company

    now = run.clock()()
    document = sample_company(day_of(now, run.zone))
    report = import_into(run.store, read_company(orjson.dumps(document)), now=now, sample=True)
    count = report.total().added
    company = document["company"]["name"]
    asker = next(person for person in document["people"] if person["role"] == "lead" and person["active"])["email"]
    _say(
        run,
        report.document(),
        f"{company}, the sample company, is here: {count:,} records.\n"
        f'Ask something: okr ask "Which KR is most behind this week?" --as {asker}',
    )
    return 0


def bring(run: Run) -> int:
    """Read company files and spreadsheets: all of them or none."""
    from okr.exchange.importing import import_files
    from okr.exchange.problems import ImportRefused

    given = run.given
    now = run.clock()()
    for path in given.files:
        if not path.exists():
            raise UsageError(f"There is no file {path}.")
    try:
        reports = import_files(
            run.store, given.files, now=now, dry_run=given.dry_run, ignore_unknown=given.ignore_unknown
        )
    except ImportRefused as refused:
        if run.as_json:
            print_json(refused.document())
        print(f"okr: {refused}", file=sys.stderr)
        return 1
    if run.as_json:
        documents = [report.document() for report in reports]
        print_json(documents[0] if len(documents) == 1 else _together(documents))
    else:
        print("\n".join(line for report in reports for line in report.lines()))
    return 0


def _together(documents: list[dict[str, Any]]) -> dict[str, Any]:
    total = {name: sum(each[name] for each in documents) for name in ("added", "changed", "unchanged")}
    return {
        "imported": all(each["imported"] for each in documents),
        "dry_run": any(each["dry_run"] for each in documents),
        **total,
        "files": documents,
        "problems": [],
    }


def export(run: Run) -> int:
    """Write the company file."""
    from okr.exchange.export import export_company

    counts = export_company(run.store, run.given.file)
    lines = [f"  {name.replace('_', ' ')}: {count:,}" for name, count in counts.items()]
    document = {"exported": True, "file": str(run.given.file), "kinds": counts}
    _say(run, document, "\n".join([f"{run.given.file}: written", *lines]))
    return 0


def _say(run: Run, document: dict[str, Any], text: str) -> None:
    if run.as_json:
        print_json(document)
    else:
        print(text)
