"""A company file goes into the store as a whole, changes only what differs, and comes out the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from okr.errors import StoreEmptyError, StoreFullError
from okr.exchange.bulk import insert_many
from okr.exchange.export import ExportError, export_company
from okr.exchange.importing import import_files
from okr.exchange.portable import read_company
from okr.exchange.problems import ImportRefused
from okr.exchange.writing import ImportReport, import_into
from okr.models import audits, check_ins, key_results, kpi_points, milestones, team_paths
from okr.store import Store, open_store
from tests.okr.exchange.companies import Document, companies, emptied, small, written

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def put_in(store: Store, document: Document, tmp_path: Path, **options: Any) -> ImportReport:
    path = tmp_path / "company.json"
    path.write_bytes(written(document))
    return import_files(store, [path], now=NOW, **options)[0]


def taken_out(store: Store, tmp_path: Path) -> bytes:
    export_company(store, tmp_path / "out.json")
    return (tmp_path / "out.json").read_bytes()


def count_of(store: Store, table: sa.Table) -> int:
    with store.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def key_result(store: Store, key: str) -> Any:
    with store.database.read() as connection:
        return connection.execute(sa.select(key_results).where(key_results.c.key == key)).one()


def test_a_file_is_added_and_a_second_time_changes_nothing(store: Store, tmp_path: Path) -> None:
    first = put_in(store, small(), tmp_path)
    assert (first.total().added, first.total().changed) == (21, 0)
    before = taken_out(store, tmp_path)
    with store.database.read() as connection:
        versions = connection.execute(sa.select(key_results.c.version)).scalars().all()
    second = put_in(store, small(), tmp_path)
    assert (second.total().added, second.total().changed, second.total().unchanged) == (0, 0, 21)
    assert taken_out(store, tmp_path) == before
    with store.database.read() as connection:
        assert connection.execute(sa.select(key_results.c.version)).scalars().all() == versions
        acts = connection.execute(sa.select(audits.c.act, audits.c.actor_id, audits.c.detail)).all()
    assert [(act, actor) for act, actor, _ in acts] == [("import", None)] * 2
    assert store.audit_is_whole()


def test_what_is_copied_beside_the_facts_holds(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    won = key_result(store, "KR-1")
    assert (won.current, won.last_confidence, won.last_status) == (19.5, 2, "at_risk")
    assert won.last_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert (won.open, won.live, won.postponed) == (True, True, False)
    fed = key_result(store, "KR-2")
    assert (fed.current, fed.current_check_in_id, fed.open) == (37.5, None, False)
    # A day counts from its start in Warsaw.
    assert fed.current_at == datetime(2026, 11, 15, 23, tzinfo=UTC)
    assert count_of(store, team_paths) == 3
    later = small()
    later["objectives"][1] |= {"visibility": "company", "state": "postponed"}
    later["check_ins"] = [{**later["check_ins"][0], "key": "CI-3", "date": "2026-11-22", "value": 17, "confidence": 1}]
    put_in(store, later, tmp_path)
    assert (key_result(store, "KR-2").open, key_result(store, "KR-2").postponed) == (True, True)
    assert (key_result(store, "KR-1").current, key_result(store, "KR-1").last_confidence) == (17, 1)


def test_records_that_the_file_does_not_have_are_left_alone(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    part = {
        "format": "okr-company",
        "version": 1,
        "check_ins": [
            {"key": "CI-9", "key_result": "KR-3", "date": "2026-11-21", "author": "BOB@acme.test", "value": 4}
        ],
        "kpis": [
            {
                **small()["kpis"][0],
                "points": [{"date": "2026-11-16", "value": 38}, {"date": "2026-11-23", "value": 40}],
            }
        ],
    }
    report = put_in(store, part, tmp_path)
    assert (report.counts["check_ins"].added, report.counts["kpi_points"].added) == (1, 1)
    assert report.counts["kpi_points"].changed == 1
    assert count_of(store, check_ins) == 3
    assert count_of(store, kpi_points) == 3
    assert key_result(store, "KR-2").current == 40
    assert key_result(store, "KR-3").current == 4


def test_a_change_is_counted_once_and_gives_a_new_version(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    later = small()
    later["key_results"][3]["milestones"][1]["done_on"] = "2026-11-20"
    later["key_results"][0]["target"] = 26
    later["tasks"][0]["key_results"] = ["KR-1"]
    report = put_in(store, later, tmp_path)
    assert (report.counts["key_results"].changed, report.counts["tasks"].changed) == (2, 1)
    assert [key_result(store, k).version for k in ("KR-1", "KR-2", "KR-4")] == [2, 1, 2]
    assert count_of(store, milestones) == 2


def test_a_file_may_not_close_a_circle_with_what_is_there(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    before = taken_out(store, tmp_path)
    part = {"format": "okr-company", "version": 1, "teams": [{**small()["teams"][0], "parent": "sales"}]}
    with pytest.raises(ImportRefused, match=r"teams\[0\]\.parent: goes round in a circle: all → sales → all"):
        put_in(store, part, tmp_path)
    waits = {"format": "okr-company", "version": 1, "tasks": [{**small()["tasks"][0], "depends_on": ["T-2"]}]}
    with pytest.raises(ImportRefused, match=r"tasks\[0\]\.depends_on: goes round"):
        put_in(store, waits, tmp_path)
    assert taken_out(store, tmp_path) == before


def test_a_file_without_a_company_needs_one_that_is_there(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="company: is missing"):
        put_in(store, {"format": "okr-company", "version": 1}, tmp_path)
    with pytest.raises(StoreEmptyError):
        export_company(store, tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


def test_records_read_by_hand_are_checked_against_the_store_as_well(store: Store) -> None:
    file = read_company(written(small()))
    file.check_ins[0].key_result = "KR-77"
    with pytest.raises(ImportRefused, match=r"check_ins\[0\]\.key_result: there is no key result 'KR-77'"):
        import_into(store, file, now=NOW)
    assert count_of(store, key_results) == 0


def test_a_dry_run_counts_and_stores_nothing(store: Store, tmp_path: Path) -> None:
    report = put_in(store, small(), tmp_path, dry_run=True)
    assert report.total().added == 21
    assert report.document()["imported"] is False
    assert count_of(store, key_results) == count_of(store, audits) == 0


def test_of_several_files_one_refused_stores_none(store: Store, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.json", tmp_path / "b.json"
    good.write_bytes(written(small()))
    bad.write_bytes(b'{"format": "okr-company", "version": 1, "teams": [{"key": "x", "name": "X", "parent": "nope"}]}')
    with pytest.raises(ImportRefused, match=r"b\.json was not imported"):
        import_files(store, [good, bad], now=NOW)
    assert count_of(store, key_results) == 0
    bad.write_bytes(b'{"format": "okr-company", "version": 1, "teams": [{"key": "x", "name": "X", "parent": "all"}]}')
    assert [r.total().added for r in import_files(store, [good, bad], now=NOW)] == [21, 1]


def test_when_the_zone_moves_days_begin_there(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    there = small()
    there["company"]["timezone"] = "America/New_York"
    put_in(store, there, tmp_path)
    with store.database.read() as connection:
        at = connection.execute(sa.select(check_ins.c.at).where(check_ins.c.key == "CI-1")).scalar_one()
    assert at == datetime(2026, 11, 13, 5, tzinfo=UTC)
    assert key_result(store, "KR-2").current_at == datetime(2026, 11, 16, 5, tzinfo=UTC)


def test_new_rows_of_others_get_numbers_of_their_own(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    with store.database.write() as connection:
        row = dict(connection.execute(sa.select(check_ins).where(check_ins.c.key == "CI-1")).one()._mapping)
        del row["id"]
        connection.execute(sa.insert(check_ins).values(row | {"key": "CI-4"}))
    assert count_of(store, check_ins) == 3


def test_the_sample_stays_one_until_another_company_comes(store: Store, tmp_path: Path) -> None:
    import_into(store, read_company(written(small())), now=NOW, sample=True)
    put_in(store, small(), tmp_path)
    assert store.company().sample
    put_in(store, small() | {"company": small()["company"] | {"name": "Real"}}, tmp_path)
    assert not store.company().sample


@given(document=companies())
@settings(max_examples=30)
def test_out_in_and_out_again_is_the_same_to_the_byte(store: Store, tmp_path: Path, document: Document) -> None:
    put_in(emptied(store), document, tmp_path)
    once = taken_out(store, tmp_path)
    again = import_into(emptied(store), read_company(once), now=NOW)
    assert again.total().changed == again.total().unchanged == 0
    assert taken_out(store, tmp_path) == once
    assert import_into(store, read_company(once), now=NOW).total().added == 0
    assert taken_out(store, tmp_path) == once


def test_an_export_that_fails_leaves_the_older_file(sqlite_store: Store, tmp_path: Path) -> None:
    put_in(sqlite_store, small(), tmp_path)
    with pytest.raises(ExportError, match="cannot be written"):
        export_company(sqlite_store, tmp_path / "nowhere" / "out.json")
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    with pytest.raises(ExportError):
        export_company(sqlite_store, blocked)
    assert [p.name for p in tmp_path.glob(".*part")] == []


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from okr.exchange import writing
from okr.exchange.importing import import_files
from okr.store import open_store

def stop(connection, ids=None):
    print("half way", flush=True)
    sys.stdin.read()

writing.refresh_latest = stop
home, url, file = sys.argv[1:]
import_files(open_store(Path(home), url or None), [Path(file)], now=datetime(2026, 11, 23, tzinfo=UTC))
"""


def test_killed_half_way_nothing_is_stored_and_the_next_import_is_whole(
    database_url: str | None, home: Path, tmp_path: Path
) -> None:
    open_store(home, database_url).close()
    file = tmp_path / "company.json"
    file.write_bytes(written(small()))
    command = [sys.executable, "-c", KILLED, str(home), database_url or "", str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half way\n"
        os.kill(process.pid, signal.SIGKILL)
    store = open_store(home, database_url)
    try:
        assert count_of(store, key_results) == count_of(store, check_ins) == 0
        assert put_in(store, small(), tmp_path).total().added == 21
        assert put_in(store, small(), tmp_path).total().added == 0
    finally:
        store.close()


def test_a_full_disk_is_said_and_nothing_is_stored(sqlite_store: Store, tmp_path: Path) -> None:
    engine = sqlite_store.database.engine
    engine.dispose()

    @sa.event.listens_for(engine, "connect")
    def _limit(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 120")

    document = small()
    document["check_ins"] = [{**document["check_ins"][1], "key": f"CI-{n}", "note": "x" * 500} for n in range(5_000)]
    with pytest.raises(StoreFullError):
        put_in(sqlite_store, document, tmp_path)
    assert count_of(sqlite_store, check_ins) == count_of(sqlite_store, key_results) == 0


def test_a_failure_inside_the_fast_way_is_the_databases_own(store: Store, tmp_path: Path) -> None:
    put_in(store, small(), tmp_path)
    columns = ("key", "key_result_id", "at", "day_only", "author_id", "wins", "blockers", "note")
    with pytest.raises(sa.exc.IntegrityError), store.database.write() as connection:
        insert_many(connection, check_ins, columns, [("CI-1", 1, NOW, False, 1, "", "", "")])
    assert count_of(store, check_ins) == 2


def test_how_fast_an_import_is(store: Store, tmp_path: Path) -> None:
    document = small()
    document["check_ins"] = [{**document["check_ins"][1], "key": f"CI-{n}"} for n in range(25_000)]
    path = tmp_path / "company.json"
    path.write_bytes(written(document))
    began = perf_counter()
    file = read_company(path)
    read = perf_counter()
    import_into(store, file, now=NOW)
    print(f"25,000 check-ins: read in {read - began:.2f} s, written in {perf_counter() - read:.2f} s")
    assert count_of(store, check_ins) == 25_000
