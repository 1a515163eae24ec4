"""`python -m evals.bench`: make the large company, import it, ask it, and write the report."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from evals.bench import boards, company, crowd, measuring, saving
from evals.bench.company import Size
from evals.bench.report import Result, as_markdown


def main() -> int:
    """Measure and report; 1 when the company could not be imported or asked."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--key-results", type=int, default=50_000)
    parser.add_argument("--check-ins", type=int, default=52, help="for each key result")
    parser.add_argument("--each", type=int, default=10, help="questions of each kind in each language")
    parser.add_argument("--keep", type=Path, help="a folder to keep the company in; a second run then only asks")
    parser.add_argument("--report", type=Path, default=Path("docs/benchmark.md"))
    given = parser.parse_args()
    size = Size(given.key_results, given.check_ins)
    folder = given.keep or Path(tempfile.mkdtemp(prefix="okr-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _measure(folder, size, given.each, given.report)
    finally:
        if given.keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, size: Size, each: int, report: Path) -> int:
    home = folder / "home"
    file = folder / "company.json"
    database = home / "okr.db"
    imported = measuring.kept_import(folder)
    if not database.exists():
        _say(f"writing a company of {size.key_results:,} key results and {size.check_ins:,} check-ins ...")
        started = time.perf_counter()
        company.write(file, size)
        _say(f"{file.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - started:.0f} s; importing it ...")
        imported = measuring.run_okr(home, "import", str(file), "--json")
        if imported.status != 0:
            _say(f"the import ended with {imported.status}: {imported.complained[-2000:]}")
            shutil.rmtree(home, ignore_errors=True)
            return 1
        measuring.keep_import(folder, imported)
        _say(f"imported in {imported.seconds:.0f} s, {imported.megabytes:,.0f} MB of memory at most.")
    busy = measuring.load()
    _say("asking ...")
    asked = measuring.ask_all(home, folder, size, each)
    if not asked.timings:
        _say(f"asking ended with {asked.ran.status}: {asked.ran.complained[-2000:]}")
        return 1
    _say("asking once more, by the processor's clock ...")
    computed = measuring.compute_all(home, size, each)
    _say("running the bare SQL ...")
    sql = measuring.time_sql(database, size, each)
    _say("starting the command anew ...")
    cold = measuring.cold_start(home, size)
    _say("saving check-ins ...")
    saved = saving.save_check_ins(home, 10 * each)
    _say("looking at the board ...")
    looked = boards.look_at_boards(home, datetime.fromisoformat(measuring.ASKED_AT), each)
    _say("asking the sample company, and opening its page ...")
    sample = measuring.ask_sample(folder, each)
    page = measuring.page_ready(folder)
    _say("sending a hundred people to the board ...")
    came = crowd.crowd(folder / "sample")
    result = Result(
        size=size,
        each=each,
        file_bytes=file.stat().st_size if file.exists() else 0,
        store_bytes=sum(part.stat().st_size for part in home.rglob("*") if part.is_file()),
        imported=imported,
        asked=asked,
        computed=computed,
        sql=sql,
        cold_seconds=cold,
        sample=sample,
        page_seconds=page,
        load=busy,
        machine=measuring.machine(),
        saved=saved,
        looked=looked,
        came=came,
    )
    text = as_markdown(result)
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(text)
    print(text)
    _say(f"kept in {report}.")
    return 0


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
