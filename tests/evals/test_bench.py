"""The benchmark's company is a proper one, the same each time, and its SQL finds what the questions ask for."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from evals.bench import company, measuring
from evals.bench.boards import look_at_boards
from evals.bench.company import Size
from evals.bench.crowd import Crowd, _bytes, _finished, _number, _text
from evals.bench.measuring import Asked, Ran, Timing
from evals.bench.questions import KINDS, asker_of, record_of
from evals.bench.report import Result, as_markdown
from evals.bench.saving import save_check_ins
from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.models import check_ins
from okr.store import Store, open_store

SMALL = Size(key_results=400, check_ins_each=8)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "company.json"
    company.write(path, SMALL)
    return path


def test_the_company_has_the_size_asked_for(written: Path) -> None:
    document = orjson.loads(written.read_bytes())
    assert len(document["key_results"]) == SMALL.key_results
    assert len(document["check_ins"]) == SMALL.check_ins
    assert len({record["key"] for record in document["check_ins"]}) == SMALL.check_ins


def test_the_company_is_the_same_each_time(written: Path, tmp_path: Path) -> None:
    company.write(tmp_path / "again.json", SMALL)
    assert (tmp_path / "again.json").read_bytes() == written.read_bytes()


def test_names_are_told_apart_at_full_size() -> None:
    full = Size()
    assert (full.key_results, full.check_ins) == (50_000, 2_600_000)
    assert len({company.title(n) for n in range(full.key_results)}) == full.key_results
    assert len({company.team_name(n) for n in range(full.teams)}) == full.teams


def test_the_company_can_be_imported_and_every_sql_runs_on_it(written: Path, tmp_path: Path) -> None:
    store = open_store(tmp_path / "home")
    import_into(store, read_company(written), now=datetime(2026, 11, 23, 8, tzinfo=UTC))
    store.close()
    found = measuring.time_sql(tmp_path / "home" / "okr.db", SMALL, 2)
    assert found.keys() == {kind.name for kind in KINDS}
    assert all(ms > 0 for ms in found.values())


def test_questions_name_records_that_an_employee_may_see_and_that_have_a_pace(written: Path) -> None:
    document = orjson.loads(written.read_bytes())
    records = {record["key"]: record for record in document["key_results"]}
    open_objectives = {o["key"] for o in document["objectives"] if o["visibility"] == "company"}
    emails = {person["email"] for person in document["people"]}
    for n in range(10):
        record = records[f"KR-{record_of(n, SMALL)}"]
        assert record["kind"] == "measure"
        assert record["baseline"] is not None
        assert record["objective"] in open_objectives
        assert asker_of(n, SMALL) in emails


def test_a_percentile_is_a_value_that_occurred() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert measuring.percentile(values, 0.5) == 3.0
    assert measuring.percentile(values, 0.95) == 5.0
    assert math.isnan(measuring.percentile([], 0.5))


def test_what_failed_or_was_declined_does_not_count_as_a_quick_answer() -> None:
    timing = Timing()
    timing.add({"kind": "answer", "ms": 12.0})
    timing.add({"kind": "abstain", "ms": 0.1})
    timing.add({"kind": "abstain", "ms": 0.1, "error": {"code": "defect"}})
    assert timing.answers == [12.0]
    assert timing.kinds == {"answer": 1, "abstain": 1, "failed": 1}


def test_how_an_import_went_is_kept_beside_the_company(tmp_path: Path) -> None:
    assert measuring.kept_import(tmp_path) is None
    ran = Ran(0, b"", "", 60.0, 512.0, 55.5)
    measuring.keep_import(tmp_path, ran)
    assert measuring.kept_import(tmp_path) == ran


def test_the_report_says_which_answers_were_too_slow() -> None:
    timings = {(kind.name, language): Timing([4.0], {"answer": 1}) for kind in KINDS for language in ("en", "pl")}
    timings["why", "pl"] = Timing([400.0], {"answer": 1})
    ran = Ran(0, b"", "", 60.0, 512.0)
    text = as_markdown(
        Result(
            size=SMALL,
            each=1,
            file_bytes=1_000_000,
            store_bytes=2_000_000,
            imported=ran,
            asked=Asked(timings, 90.0, ran),
            computed=timings,
            sql={kind.name: 2.0 for kind in KINDS},
            cold_seconds=1.0,
            sample={"en": Timing([3.0], {"answer": 1}), "pl": Timing([5.0], {"answer": 1, "abstain": 1})},
            page_seconds=2.0,
            load=0.5,
            machine="2 cores",
            saved=((10.0, 1.0), (20.0, 2.0), (30.0, 3.0)),
        )
    )
    assert "3 times the SQL: why." in text
    assert "A check-in is saved in p50 20.0 ms and p95 30.0 ms by the wall's clock, 2.0 ms of it computing" in text
    assert "| why | 4.0 | 4.0 | 400.0 | 400.0 | 2.00 | 200.0 | answer 2 |" in text
    assert "asked 3 questions: English p50 3.0 ms and p95 3.0 ms" in text
    assert "Polish: p50 4.0 ms, p95 4.0 ms, within" in text


def test_check_ins_are_saved_timed_and_taken_back(sample_store: Store) -> None:
    def count() -> int:
        with sample_store.database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(check_ins)).scalar_one())

    before = count()
    taken = save_check_ins(sample_store.home, 5)
    assert len(taken) == 5
    assert min(wall for wall, _ in taken) > 0
    assert count() == before


def test_the_board_is_looked_at_by_people_who_see_different_things(sample_store: Store, sample_now: datetime) -> None:
    looked = look_at_boards(sample_store.home, sample_now, 3)
    assert len(looked.anew) == len(looked.again) == 3
    assert min(looked.anew) > 0
    assert "3 people who see different things" in looked.said()


def test_the_messages_of_the_page_are_read_to_their_end() -> None:
    finished = b"\x30\x00"  # place 6, a number: how the run ended
    assert _finished(b"\x0a\x03abc" + finished) == 0
    assert _finished(b"\x0a\x03abc\x30\x01") == 1
    assert _finished(b"\x2a\x04\x30\x00\x30\x00") is None
    assert _bytes(11, _text(1, "team=sales")) == b"\x5a\x0c\x0a\x0ateam=sales"
    assert _number(300) == b"\xac\x02"


def test_a_crowd_says_what_came_of_it() -> None:
    came = Crowd(100, first=[1.0, 2.0], later=[0.5, 0.25], check_ins=3, computed=0.4)
    assert came.said() == (
        "100 people at once, 4 looks, 3 check-ins meanwhile: 0 errors; first look p50 1.00 s, p95 2.00 s; "
        "later looks p50 0.25 s, p95 0.50 s; 100 ms of computing a look"
    )
