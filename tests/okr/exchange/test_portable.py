"""A company file is read whole, or refused with each problem and its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from okr.exchange import portable, stream
from okr.exchange.portable import read_company
from okr.exchange.problems import MOST_SHOWN, ImportRefused
from tests.okr.exchange.companies import Document, small, written


def refusal(content: bytes) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read_company(content)
    return caught.value


def changed(change: Callable[[Document], Any]) -> bytes:
    document = small()
    change(document)
    return written(document)


def put(section: str, index: int, **values: object) -> Callable[[Document], Any]:
    return lambda document: document[section][index].update(values)


def without(section: str, index: int, name: str) -> Callable[[Document], Any]:
    return lambda document: document[section][index].pop(name)


def test_a_whole_file_is_read_with_its_types() -> None:
    file = read_company(written(small()))
    assert file.company is not None
    assert file.company.timezone == "Europe/Warsaw"
    assert [r.key for r in file.key_results] == ["KR-1", "KR-2", "KR-3", "KR-4"]
    assert file.key_results[3].milestones[1].weight == 2.5
    assert file.check_ins[1].value == 19.5
    assert file.check_ins[1].note == "=1+1"


def test_lists_may_be_missing_and_a_mark_at_the_start_is_no_harm() -> None:
    document = {k: v for k, v in small().items() if k in ("format", "version", "company")}
    assert read_company(b"\xef\xbb\xbf" + written(document)).teams == []


def test_addresses_are_one_address_in_any_case() -> None:
    file = read_company(changed(put("check_ins", 0, author="Ana@ACME.test")))
    assert file.check_ins[0].author == "ana@acme.test"


REFUSED: list[tuple[str, Callable[[Document], Any], str, str]] = [
    ("unknown field", put("check_ins", 0, confidnce=3), "check_ins[0].confidnce", "did you mean confidence?"),
    ("unknown part", lambda d: d.update(goals=[]), "'goals'", "not a part of a company file"),
    ("unknown milestone field", lambda d: d["key_results"][3]["milestones"][0].update(done=1),
     "key_results[3].milestones[0].done", "not a field"),
    ("true is no number", put("check_ins", 1, value=True), "check_ins[1].value", "not true"),
    ("text is no number", put("check_ins", 1, value="5"), "check_ins[1].value", "leave the quotes out"),
    ("number is no text", put("teams", 0, name=5), "teams[0].name", "has to be text, not a number"),
    ("null title", put("objectives", 0, title=None), "objectives[0].title", "not null"),
    ("true confidence", put("check_ins", 0, confidence=True), "check_ins[0].confidence", "not true"),
    ("half confidence", put("check_ins", 0, confidence=2.5), "check_ins[0].confidence", "whole number"),
    ("confidence 0", put("check_ins", 0, confidence=0), "check_ins[0].confidence", "from 1 to 5"),
    ("confidence 6", put("check_ins", 0, confidence=6), "check_ins[0].confidence", "from 1 to 5"),
    ("NaN", put("check_ins", 0, value=float("nan")), "check_ins[0].value", "NaN"),
    ("infinity", put("key_results", 0, target=float("-inf")), "key_results[0].target", "infinity"),
    ("absurd number", put("key_results", 0, target=10**400), "key_results[0].target", "absurdly large"),
    ("large number", put("key_results", 0, target=1e200), "key_results[0].target", "absurdly large"),
    ("negative weight", put("key_results", 0, weight=-1), "key_results[0].weight", "may not be negative"),
    ("negative step", lambda d: d["key_results"][3]["milestones"][0].update(weight=-0.5),
     "key_results[3].milestones[0].weight", "may not be negative"),
    ("score 1.2", put("key_results", 0, score=1.2), "key_results[0].score", "from 0 to 1"),
    ("wrong word", put("check_ins", 0, status="At risk"), "check_ins[0].status", "did you mean at_risk?"),
    ("wrong role", put("people", 0, role="boss"), "people[0].role", "none of employee, lead, admin"),
    ("wrong visibility", put("objectives", 0, visibility="private"), "objectives[0].visibility", "none of company"),
    ("a word that is a list", put("people", 0, role=[]), "people[0].role", "not a list"),
    ("active in words", put("people", 0, active="yes"), "people[0].active", "true or false"),
    ("missing title", without("key_results", 0, "title"), "key_results[0].title", "is missing"),
    ("missing key", without("tasks", 0, "key"), "tasks[0].key", "is missing"),
    ("empty name", put("teams", 0, name="  "), "teams[0].name", "may not be empty"),
    ("empty key", put("lessons", 0, key=""), "lessons[0].key", "may not be empty"),
    ("blank in key", put("lessons", 0, key=" L-1"), "lessons[0].key", "begins or ends with a blank"),
    ("line end in key", put("lessons", 0, key="L\n1"), "lessons[0].key", "line end"),
    ("NUL", put("check_ins", 0, note="a\0b"), "check_ins[0].note", "U+0000"),
    ("escape sign", put("objectives", 0, title="\x1b[31m"), "objectives[0].title", "U+001B"),
    ("long title", put("objectives", 0, title="x" * 2001), "objectives[0].title", "longer than 2,000"),
    ("long note", put("check_ins", 0, note="x" * 100_001), "check_ins[0].note", "longer than 100,000"),
    ("many links", put("tasks", 0, key_results=["KR-1"] * 1001), "tasks[0].key_results", "more than 1,000"),
    ("key twice", put("key_results", 1, key="KR-1"), "key_results[1].key", "more than once"),
    ("address twice", put("people", 2, email="ANA@acme.test"), "people[2].email", "more than once"),
    ("no address", put("people", 2, email="bob"), "people[2].email", "not an e-mail address"),
    ("nobody", put("check_ins", 0, author="zoe@acme.test"), "check_ins[0].author", "no person 'zoe@acme.test'"),
    ("no objective", put("key_results", 0, objective="O-9"), "key_results[0].objective", "no objective 'O-9'"),
    ("no task", put("tasks", 1, depends_on=["T-1", "T-9"]), "tasks[1].depends_on[1]", "no task 'T-9'"),
    ("no KPI", put("key_results", 0, kpi="KPI"), "key_results[0].kpi", "no KPI 'KPI'"),
    ("own team above", put("teams", 0, parent="all"), "teams[0].parent", "all → all"),
    ("teams in a circle", put("teams", 0, parent="sales"), "teams[0].parent", "all → sales → all"),
    ("managers in a circle", put("people", 0, manager="bob@acme.test"), "people[0].manager", "circle"),
    ("objectives in a circle", put("objectives", 0, parent="O-2"), "objectives[0].parent", "circle"),
    ("tasks in a circle", put("tasks", 0, parent="T-2"), "tasks[0].parent", "circle"),
    ("waiting in a circle", put("tasks", 0, depends_on=["T-2"]), "tasks[0].depends_on", "T-1 → T-2 → T-1"),
    ("cycle backwards", put("cycles", 0, end="2026-09-30"), "cycles[0].end", "before the start"),
    ("boundary without limit", put("key_results", 2, limit=None), "key_results[2].limit", "needs a limit"),
    ("30 February", put("cycles", 0, end="2026-02-30"), "cycles[0].end", "does not exist"),
    ("date in words", put("tasks", 0, due="tomorrow"), "tasks[0].due", "not a date"),
    ("basic form", put("tasks", 0, due="20261127"), "tasks[0].due", "not a date"),
    ("25 o'clock", put("check_ins", 0, date="2026-11-13T25:00:00Z"), "check_ins[0].date", "does not exist"),
    ("year 3000", put("check_ins", 0, date="3000-01-01"), "check_ins[0].date", "outside the years"),
    ("date as number", put("check_ins", 0, date=20261113), "check_ins[0].date", "has to be text"),
    ("step undated", lambda d: d["key_results"][3]["milestones"][0].update(done_on="x"),
     "key_results[3].milestones[0].done_on", "not a date"),
    ("point undated", lambda d: d["kpis"][0]["points"][0].update(date="x"), "kpis[0].points[0].date", "not a date"),
    ("two values of a day", lambda d: d["kpis"][0]["points"][1].update(date="2026-11-09"),
     "kpis[0].points[1].value", "another value"),
    ("zone", lambda d: d["company"].update(timezone="Warsaw"), "company.timezone", "did you mean Europe/Warsaw?"),
    ("zone as path", put("people", 0, timezone="../../etc/passwd"), "people[0].timezone", "not a time zone"),
    ("language", lambda d: d["company"].update(language="xx"), "company.language", "none of en, pl"),
    ("country", lambda d: d["company"].update(country="XX"), "company.country", "country code"),
    ("no company", lambda d: d.pop("company"), "company", "is missing"),
    ("company twice over", lambda d: d.update(company=[d["company"]]), "company", "has to be an object"),
    ("list is an object", lambda d: d.update(teams={}), "teams", "has to be a list, not an object"),
    ("record is text", lambda d: d["teams"].append("sales"), "teams[2]", "has to be an object"),
    ("other format", lambda d: d.update(format="csv"), "format", 'has to be "okr-company"'),
    ("no format", lambda d: d.pop("format"), "format", "is missing"),
    ("newer version", lambda d: d.update(version=2), "version", "newer than this program"),
    ("version true", lambda d: d.update(version=True), "version", "has to be 1"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "where", "message"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_a_wrong_record_is_refused_with_its_place(change: Callable[[Document], Any], where: str, message: str) -> None:
    found = refusal(changed(change)).problems
    assert any(p.place == where and message in p.message for p in found), [str(p) for p in found]


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"", "", "empty"),
        (b" \n ", "", "empty"),
        (b"[]", "line 1, column 1", "begins with {"),
        (b'{"format": "okr-company",\n "version": 1', "line 2", "ends too early"),
        (b'{"format": "okr-company"\n "version": 1}', "line 2, column 2", "comma"),
        (b'{"format": "okr-company", "version": 1} x', "line 1", "after the end"),
        (b'{"format": nul}', "line 1", "not JSON"),
        (b'{"format": "a\nb"}', "line 1", "control character or line end"),
        (b'{"format": "\\q"}', "line 1", "backslash"),
        (b'{"format": "\xff"}', "line 1", "not UTF-8"),
        ('{"format": "okr-company"}'.encode("utf-16"), "", "UTF-16"),
        ('{"format": "okr-company"}'.encode("utf-32"), "", "UTF-32"),
        (b'{"teams": ' + b"[" * 200_000, "line 1", "nested too deeply"),
        (b'{"version": 1' + b"0" * 6_000 + b"}", "line 1", "too many digits"),
        (b'{"teams": [{"key": "a"} {"key": "b"}]}', "line 1, column 25", "comma or ]"),
        (b'{"teams": [1,]}', "line 1", "value is expected|not JSON"),
        (b'{"a" 1}', "line 1", "colon"),
        (b"{1: 2}", "line 1", "double quotes"),
    ],
)
def test_broken_json_is_refused_with_its_line(content: bytes, place: str, message: str) -> None:
    (found,) = refusal(content).problems
    assert found.place.startswith(place)
    assert re.search(message, found.message), found


def test_a_name_given_twice_in_an_object_is_refused() -> None:
    content = written(small()).replace(b'"note": "Steady."', b'"note": "Steady.", "note": "Wobbly."')
    (found,) = refusal(content).problems
    assert str(found) == "check_ins[0].note: is given more than once"
    twice = written(small()).replace(b'"lessons":', b'"teams": [], "lessons":')
    assert "teams: is given more than once" in str(refusal(twice))


def test_half_a_character_is_refused() -> None:
    content = written(small()).replace(b"Win more", b"Win \\ud800 more")
    assert "unpaired surrogate" in str(refusal(content))


def test_every_problem_is_named_and_the_rest_counted() -> None:
    def spoil(document: Document) -> None:
        document["check_ins"] *= 400
        for n, check_in in enumerate(document["check_ins"]):
            document["check_ins"][n] = {**check_in, "key": f"C{n}", "confidence": 9}

    found = refusal(changed(spoil))
    assert found.count == 800
    assert f"… and {800 - MOST_SHOWN} more" in str(found)
    assert found.document()["count"] == 800


def test_what_refers_to_a_broken_record_is_not_blamed_too() -> None:
    found = refusal(changed(put("teams", 1, name=5))).problems
    assert [p.place for p in found] == ["teams[1].name"]
    found = refusal(changed(put("teams", 1, key=5))).problems
    assert [p.place for p in found] == ["teams[1].key"]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_a_record_may_lie_across_any_two_reads(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_company(written(small()))
    monkeypatch.setattr(stream, "CHUNK_BYTES", size)
    assert read_company(written(small())) == whole
    assert refusal(written(small()).replace(b"19.5", b"19.5.5")).problems == [
        type(refusal(b"").problems[0])(place_of(b"19.5.5"), "a comma is missing here")
    ]


def place_of(wanted: bytes) -> str:
    """Where the broken number goes wrong, counted by hand from the text."""
    text = written(small()).replace(b"19.5", b"19.5.5").decode()
    at = text.index(wanted.decode()) + 4
    return f"line {text.count(chr(10), 0, at) + 1}, column {at - text.rfind(chr(10), 0, at)}"


def test_a_missing_file_a_folder_and_a_locked_one_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no such file"):
        read_company(tmp_path / "none.json")
    with pytest.raises(ImportRefused, match="this is a folder"):
        read_company(tmp_path)


def test_too_many_records_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(portable.MOST_RECORDS, "key_results", 3)
    assert "holds more than 3 records" in str(refusal(written(small())))
