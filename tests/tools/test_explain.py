"""Why something moved: its turn, the words around it, what is only nearby, and nothing that the asker may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from assistant.answers import explanations
from assistant.answers import notes as notes_answer
from assistant.answers.told import Told
from okr.language.frames import Ask, Filters, Frame, When
from okr.models import check_ins, key_results
from okr.sample import sample_company
from okr.sample.guide import guide
from okr.store import Store
from tools.context import TurnContext
from tools.explain import explain_change
from tools.notes import search_notes


@pytest.fixture
def turn(sample_store_on_both: Store, sample_now: datetime) -> TurnContext:
    store = sample_store_on_both
    admin = next(person for person in store.people() if person.role == "admin")
    return TurnContext(store, store.actor(admin.email), store.company(), sample_now, "en")


def ask(turn: TurnContext, language: str, kind: str, key: str, **more: object) -> Told:
    ref = turn.store.ref(turn.actor, kind, key)
    frame = Frame(Ask.EXPLAIN, language, of=kind, named=(ref,), **more)  # type: ignore[arg-type]
    told = explanations.answer(frame, replace(turn, language=language))
    return replace(told, text=told.text.replace("\u00a0", " "))


@pytest.mark.parametrize("key", ["KR-NPS", "KPI-NPS"])
def test_the_fall_of_the_nps_is_found_and_explained(turn: TurnContext, key: str) -> None:
    facts = guide(sample_company(turn.today), turn.today)
    kind = "kpi" if key.startswith("KPI") else "key_result"
    found = explain_change(turn, kind=kind, key=key, direction="down")
    assert found.values["turn"] == facts.nps_turn.isoformat()
    assert (found.values["previous"], found.values["value"]) == (facts.nps_before, facts.nps_now)
    assert found.values["change"] == facts.nps_now - facts.nps_before
    assert found.rows[0].id == key
    evidence = [quote for quote in found.quotes if not quote.near_only]
    assert {"CI-217", "CI-259"} <= {quote.id for quote in evidence}
    assert all(quote.key_result == "KR-NPS" for quote in evidence)
    nearby = [quote for quote in found.quotes if quote.near_only]
    assert nearby
    assert {quote.key_result for quote in nearby} <= {"KR-CSAT", "KR-COMPLAINTS", "KR-ANSWER-TIME"}
    assert {quote.id for quote in found.quotes} <= set(found.sources)
    assert "KPI-FIRST-REPLY" in {row.id for row in found.apart}
    assert found.chart is not None


def test_the_answer_says_what_is_evidence_and_what_is_near(turn: TurnContext) -> None:
    english = ask(turn, "en", "key_result", "KR-NPS", filters=Filters(moved="down")).text
    assert english.startswith("**NPS** [KR-NPS] fell from 53 points on 12 October to 40 points on 23 November")
    assert "by 19 October it was 51" in english
    assert english.index("What people wrote") < english.index("Only nearby in time") < english.index("What else moved")
    polish = ask(turn, "pl", "key_result", "KR-NPS", filters=Filters(moved="down")).text
    assert "spadek z 53" in polish
    assert "Tylko blisko w czasie" in polish


def test_a_wrong_premise_is_said_with_the_figures(turn: TurnContext) -> None:
    told = ask(turn, "en", "key_result", "KR-NPS", filters=Filters(moved="up"))
    assert told.text.startswith("**NPS** [KR-NPS] is not rising. It fell from 53 points")


def test_worse_is_up_where_less_is_better(turn: TurnContext) -> None:
    told = ask(turn, "en", "key_result", "KR-CHURN", filters=Filters(moved="down"))
    assert "rose from 4.2% on 19 October to 4.6%" in told.text
    assert "is not falling" not in told.text


def test_a_part_that_came_back_is_told(turn: TurnContext) -> None:
    told = ask(turn, "en", "kpi", "KPI-CSAT", filters=Filters(moved="down"))
    assert "fell from 88% on 12 October to 78% on 2 November" in told.text
    assert "come back to 83%" in told.text


def test_where_nobody_wrote_a_reason_it_says_so(turn: TurnContext) -> None:
    for language, words in (("en", "Nobody wrote down a reason"), ("pl", "Nikt nie zapisał powodu")):
        told = ask(turn, language, "kpi", "KPI-AVAILABILITY", filters=Filters(moved="down"))
        assert words in told.text
        assert told.kind == "answer"


def test_a_key_result_nobody_recorded_anything_of_abstains(turn: TurnContext) -> None:
    with turn.store.database.write() as connection:
        chosen = sa.select(key_results.c.id).where(key_results.c.key == "KR-CASE-STUDIES").scalar_subquery()
        cleared = dict.fromkeys(("last_check_in_id", "current_check_in_id", "last_at", "current", "current_at"))
        connection.execute(sa.update(key_results).where(key_results.c.id == chosen).values(cleared))
        connection.execute(sa.delete(check_ins).where(check_ins.c.key_result_id == chosen))
    told = ask(turn, "en", "key_result", "KR-CASE-STUDIES")
    assert told.kind == "abstain"


def test_what_is_at_risk_is_told_by_the_rule_first(turn: TurnContext) -> None:
    told = ask(turn, "en", "key_result", "KR-CASE-STUDIES")
    assert told.text.startswith("**Case studies published** [KR-CASE-STUDIES]: off track by the pace-gap rule")
    assert "CI-395" in (told.found.sources if told.found else [])


def test_a_team_is_explained_by_its_worst(turn: TurnContext) -> None:
    sales = turn.store.ref(turn.actor, "team", "sales")
    told = explanations.answer(Frame(Ask.EXPLAIN, "en", teams=(sales,)), turn)
    assert told.found is not None
    assert told.found.rows[0].id == "KR-WIN-RATE"
    assert "CI-410" in told.found.sources
    assert told.text.startswith(
        "At risk or off track in Sales on 23 November by the pace-gap rule: 3 of 7 key results."
    )
    success = turn.store.ref(turn.actor, "team", "customer-success")
    for language, words in (("en", "no status can be computed"), ("pl", "statusu nie da się policzyć")):
        well = explanations.answer(Frame(Ask.EXPLAIN, language, teams=(success,)), replace(turn, language=language))
        assert words in well.text  # none has a baseline, so the owners' word is told instead
        assert well.found is not None
        assert {"KR-CSAT", "CI-278"} <= set(well.found.sources)


def test_a_week_that_has_just_begun_tells_what_was_before(turn: TurnContext) -> None:
    marketing = turn.store.ref(turn.actor, "team", "marketing")
    week = When(turn.today, turn.today + timedelta(days=6), word="this_week")
    told = notes(turn, "en", teams=(marketing,), field="blockers", when=week)
    assert told.found is not None
    assert told.kind == "abstain"
    assert told.found.rows == []
    assert "The latest before that:" in told.text
    assert "CI-395" in told.found.sources


def test_a_word_taken_for_a_name_is_searched_for_after_all(turn: TurnContext) -> None:
    surveys = turn.store.ref(turn.actor, "key_result", "KR-SATISFACTION")
    told = notes(turn, "en", named=(surveys,), field="note", words="tool")
    assert told.found is not None
    assert told.found.rows[0].id == "CI-259"


def test_an_earlier_moment_knows_nothing_later(turn: TurnContext) -> None:
    found = explain_change(turn, kind="key_result", key="KR-NPS", direction="down", on="2026-10-20")
    assert found.values["value"] == 51
    assert "CI-259" not in found.sources


def test_what_is_hidden_explains_nothing(turn: TurnContext) -> None:
    store = turn.store
    outsider = next(
        actor
        for actor in (store.actor(p.email) for p in store.people() if p.role == "employee")
        if store.open_record(actor, "CI-301") is None
    )
    for key in ("KPI-MRR", "KPI-CHURN", "KPI-NPS"):
        found = explain_change(replace(turn, actor=outsider), kind="kpi", key=key)
        assert all(store.cited(outsider, [source]) for source in found.sources)


def notes(turn: TurnContext, language: str, **more: object) -> Told:
    frame = Frame(Ask.NOTES, language, of="check_in", **more)  # type: ignore[arg-type]
    return notes_answer.answer(frame, replace(turn, language=language))


def test_blockers_are_quoted_with_author_day_and_id(turn: TurnContext) -> None:
    nps = turn.store.ref(turn.actor, "key_result", "KR-NPS")
    told = notes(turn, "en", named=(nps,), field="blockers")
    assert told.found is not None
    assert [row.id for row in told.found.rows] == ["CI-259", "CI-217"]
    assert "- Ruth Adeyemi, 26 October [KR-NPS]: “We changed the survey tool" in told.text
    assert told.found.values["count"] == 2


def test_a_period_and_a_team_narrow_the_wins(turn: TurnContext) -> None:
    success = turn.store.ref(turn.actor, "team", "customer-success")
    week = When(datetime(2026, 11, 16).date(), datetime(2026, 11, 22).date(), word="last_week")
    told = notes(turn, "pl", teams=(success,), field="wins", when=week)
    assert told.found is not None
    assert {row.id for row in told.found.rows} == {"CI-397", "CI-402"}
    assert "z sukcesami" in told.text


def test_nothing_written_is_said(turn: TurnContext) -> None:
    told = notes(turn, "en", words="quantum chromodynamics")
    assert told.kind == "abstain"
    assert "nothing written" in told.text


def test_a_flood_of_one_author_hides_nobody(turn: TurnContext) -> None:
    with turn.store.database.write() as connection:
        one = connection.execute(sa.select(check_ins).where(check_ins.c.key == "CI-300")).one()
        following = connection.execute(sa.select(sa.func.max(check_ins.c.id))).scalar_one() + 1
        spam = [
            {**one._mapping, "id": following + n, "key": f"CI-S{n}", "note": f"waiting waiting waiting {n % 7}"}
            for n in range(500)
        ]
        connection.execute(sa.insert(check_ins), spam)
    found = search_notes(turn, words="waiting", limit=10)
    assert sum(row.id.startswith("CI-S") for row in found.rows) <= 3
    assert any(not row.id.startswith("CI-S") for row in found.rows)


@pytest.mark.parametrize("scope", ["key_results", "objectives", "teams", "people", "authors"])
def test_an_empty_scope_holds_nothing(turn: TurnContext, scope: str) -> None:
    found = search_notes(turn, words="survey", **{scope: ()})  # type: ignore[arg-type]
    assert found.rows == []
    assert found.kind == "abstain"
