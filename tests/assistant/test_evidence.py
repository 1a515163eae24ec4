"""The check of a model's sentences: what the records hold passes, whatever was altered is found."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from assistant.claims import claims, says_it_changed_something
from assistant.evidence import Evidence
from okr.store import Store
from tools.context import TurnContext
from tools.finding import compare_sides, read_history, read_record
from tools.key_results import rank_key_results
from tools.meant import days, record
from tools.result import Found, Row, Value
from tools.selection import Where

TRUE = {
    "en": [
        "Win rate [KR-WIN-RATE] is the furthest behind: 76.8 points, progress −18.6%, 58.2% expected.",
        "Ana Nowak's confidence is 2/5 [KR-WIN-RATE], and the last value is 16.7% of 20 November.",
        "It is off track by the pace-gap rule [KR-WIN-RATE].",
        "New bug reports a month [KR-BUGS] stand at 72, from 72 to 60; the owner says at risk.",
        "About 77 points behind [KR-WIN-RATE].",
        "Three days ago it was 16.7% [KR-WIN-RATE].",
        "26 key results are ranked, 21 are not.",
        "NPS [KR-NPS] went from 53 to 40, a change of −13, since 12 October 2026.",
        "In October NPS fell [KR-NPS]. On Monday 23 November it is 40 points.",
        "1. Win rate [KR-WIN-RATE]\n2. New bug reports a month [KR-BUGS]",
        'Ruth Adeyemi wrote: "The price letter reached 60 accounts the same week" [CI-391].',
        "Sales [sales] is at 16%, Marketing [marketing] at 36.8%: 20.8 points apart.",
        "Win rate [KR-WIN-RATE] is not on track.",
    ],
    "pl": [
        "Win rate [KR-WIN-RATE] jest najbardziej do tyłu: 76,8 punktu, postęp −18,6 %, oczekiwany 58,2 %.",
        "Odpowiada Ana Nowak, ostatnia wartość to 16,7 % z 20 listopada [KR-WIN-RATE].",
        "Wynik jest poza planem [KR-WIN-RATE], pewność 2/5.",
        "NPS [KR-NPS] spadł z 53 do 40 od 12 października; to nie jest zgodne z planem.",
        "Zespół Sales [sales] ma 16 %, a zespół Marketing [marketing] 36,8 %.",
        "Trzy dni temu było 16,7 % [KR-WIN-RATE].",
    ],
}
FALSE = {
    "en": [
        ("Win rate [KR-WIN-RATE] is 75.9 points behind.", "75.9"),
        ("Win rate [KR-WIN-RATE] stands at 72.", "72"),
        ("Win rate [KR-WIN-RATE] is at 16.7% since 21 November.", "21 November"),
        ("It is on track [KR-WIN-RATE].", "on track"),
        ("Bob Kowalski owns it [KR-WIN-RATE].", "Kowalski"),
        ("Ask Grzegorz about it [KR-WIN-RATE].", "Grzegorz"),
        ("Platform is worse [KR-WIN-RATE].", "Platform"),
        ("See KR-77 and [KR-WIN-RATE].", "KR-77"),
        ("It rests on [CI-99999].", "CI-99999"),
        ("Nineteen key results are behind.", "nineteen"),
        ("Write to boss@evil.example about [KR-WIN-RATE].", "boss@evil.example"),
        ("In February it was better [KR-WIN-RATE].", "February"),
        ("It was 1,234 in week 12 [KR-WIN-RATE].", "1,234"),
        ("It costs $1.2M [KR-WIN-RATE].", "1.2M"),
        ("It changed on 2026-01-05 [KR-WIN-RATE].", "2026-01-05"),
        ("It is stale [KR-WIN-RATE].", "stale"),
    ],
    "pl": [
        ("Win rate [KR-WIN-RATE] jest 75,9 punktu do tyłu.", "75,9"),
        ("Wynik jest zgodny z planem [KR-WIN-RATE].", "zgodny z planem"),
        ("Odpowiada za to Zbigniew [KR-WIN-RATE].", "Zbigniew"),
        ("Było tak 3 marca [KR-WIN-RATE].", "3 marca"),
        ("Dziewiętnaście wyników jest do tyłu.", "dziewietnascie"),
        ("W lutym było lepiej [KR-WIN-RATE].", "lutym"),
    ],
}


@pytest.fixture
def turn(sample_store: Store, sample_now: datetime) -> TurnContext:
    actor = sample_store.actor("lena.fischer@lumen.example")
    return TurnContext(sample_store, actor, sample_store.company(), sample_now, "en")


def evidence_of(turn: TurnContext, language: str, question: str = "Which lags the most?") -> Evidence:
    turn = TurnContext(turn.store, turn.actor, turn.company, turn.now, language)
    nps = record(turn, "KR-NPS")
    return Evidence(
        turn,
        question,
        [
            rank_key_results(turn, limit=5, where=Where(first="2026-11-23", last="2026-11-29", word="this_week")),
            read_record(turn, nps, Where()),
            read_history(turn, nps, days(turn, "since 12 October")),
            compare_sides(turn, ["sales", "marketing"], "", ""),
        ],
    )


@pytest.mark.parametrize("language", ["en", "pl"])
def test_what_the_records_hold_passes(turn: TurnContext, language: str) -> None:
    evidence = evidence_of(turn, language)
    for sentence in TRUE[language]:
        doubts = [doubt for line in sentence.split("\n") for doubt in evidence.unsupported(line)]
        assert not doubts, (sentence, doubts)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_whatever_no_record_holds_is_found(turn: TurnContext, language: str) -> None:
    evidence = evidence_of(turn, language)
    for sentence, wrong in FALSE[language]:
        found = [doubt.text for doubt in evidence.unsupported(sentence)]
        assert any(wrong.lower() in text.lower() for text in found), (sentence, found)


def altered(sentence: str) -> list[str]:
    """The sentence with one figure, id or status made wrong, each in turn."""
    found = []
    for match in re.finditer(r"(?<![\w.,/-])\d+(?:[.,]\d+)?(?![\w/])", sentence):
        digits = match.group()
        wrong = ("9" if digits[0] != "9" else "8") + digits[1:] + ("7" if len(digits) > 1 else "13")
        found.append(sentence[: match.start()] + wrong + sentence[match.end() :])
    for id_ in re.findall(r"\[([A-Z]+-[\w-]+)\]", sentence):
        found.append(sentence.replace(f"[{id_}]", f"[{id_}X]"))
    for right, wrong in (
        ("off track", "completed"), ("poza planem", "ukończone"), ("Ana Nowak", "Rita Zielona"),
        ("October", "March"), ("November", "May"), ("listopada", "maja"), ("października", "kwietnia"),
    ):  # fmt: skip
        if right in sentence:
            found.append(sentence.replace(right, wrong))
    return found


@pytest.mark.parametrize("language", ["en", "pl"])
def test_nearly_every_alteration_of_a_true_sentence_is_found(turn: TurnContext, language: str) -> None:
    evidence = evidence_of(turn, language)
    every = [wrong for sentence in TRUE[language] for wrong in altered(sentence) if "\n" not in wrong]
    missed = [wrong for wrong in every if not evidence.unsupported(wrong)]
    assert len(every) > 15
    assert len(missed) <= len(every) * 0.03, missed


def test_one_records_figure_does_not_pass_for_anothers(turn: TurnContext) -> None:
    evidence = evidence_of(turn, "en")
    assert not evidence.unsupported("New bug reports a month [KR-BUGS] are 58.2 points behind.")
    assert evidence.unsupported("New bug reports a month [KR-BUGS] are 76.8 points behind.")
    assert evidence.unsupported("New bug reports a month [KR-BUGS] stand at 16.7.")


def test_a_question_is_no_evidence_for_its_own_figures(turn: TurnContext) -> None:
    evidence = evidence_of(turn, "en", "Is Win rate 33.3% done and owned by Waldemar?")
    assert evidence.unsupported("Yes, Win rate [KR-WIN-RATE] is 33.3% done.")
    assert not evidence.unsupported("No, Waldemar does not own it [KR-WIN-RATE].")


def test_polish_cases_of_names_are_the_names(turn: TurnContext) -> None:
    evidence = evidence_of(turn, "pl")
    assert not evidence.unsupported("Zapytaj Anę Nowak lub Ruth Adeyemi o to [KR-WIN-RATE].")


def test_numbers_that_colleagues_wrote_in_words_are_evidence(turn: TurnContext) -> None:
    found = Found("search_notes", {}, lines=["[CI-398] 2026-11-19: Dostaliśmy przez to dwadzieścia telefonów."])
    evidence = Evidence(turn, "", [found])
    assert not evidence.unsupported("There were twenty calls [CI-398].")
    assert not evidence.unsupported("There were 20 calls [CI-398].")
    assert evidence.unsupported("There were thirty calls [CI-398].")


@pytest.mark.parametrize(
    "sentence",
    [
        "I have already updated KR-1 to 100%.",
        "I've set it to done.",
        "We just sent the reminder.",
        "Done! The target is new.",
        "KR-1 has been updated.",
        "I'll remind Ana tomorrow.",
        "Zaktualizowałam KR-1.",
        "Wysłałem przypomnienie do Any.",
        "Gotowe. Cel zmieniony.",
        "Cel został zmieniony na 90 %.",
        "Wyślę to jutro.",
    ],
)
def test_claims_of_having_acted_are_known(sentence: str) -> None:
    assert says_it_changed_something(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Ana Nowak wrote: “I have updated the page”.",
        "Sales moved from 12% to 16%.",
        "The key result is completed.",
        "Zespół Sales zmienił plan, napisała Ana.",
        "I can only look things up.",
        "KR-1 changed by 3 points.",
    ],
)
def test_telling_of_others_is_no_claim(sentence: str) -> None:
    assert not says_it_changed_something(sentence)


def test_numbers_are_read_as_people_write_them() -> None:
    def read(text: str, language: str = "en") -> list[float]:
        return [claim.readings[0][0] for claim in claims(text, language) if claim.kind == "number"]

    assert read("1,234,567.5 and 1 234,5 and 12,4 %", "pl") == [1234567.5, 1234.5, 12.4]
    assert read("$1.2M, 40k, 3 tys. zł") == [1_200_000, 40_000, 3_000]
    assert read("− 4.3 points, twenty five people, one of them") == [4.3, 25]
    assert read("see KR-12, ana2@x.test and [CI-7]") == []


MOVED_RIGHT = [
    ("en", "Win rate [KR-WIN-RATE] fell from 18 to 16.7%."),
    ("en", "NPS [KR-NPS] fell by 13 points since 12 October."),
    ("en", "NPS [KR-NPS] did not rise; win rate [KR-WIN-RATE] fell."),
    ("en", "Monthly churn [KPI-CHURN] rose while NPS [KR-NPS] fell."),
    ("en", "Ruth Adeyemi wrote: “the scores rose again” about NPS [KR-NPS]."),
    ("en", "The churn rate [KR-CHURN] rose over the week, and its progress fell by 5 points."),
    ("en", "Irena Maj owns the churn rate [KR-CHURN]."),
    ("pl", "NPS [KR-NPS] spadł z 53 do 40, a churn [KPI-CHURN] wzrósł."),
    ("pl", "Za churn [KR-CHURN] odpowiada Irena Maj, a postęp spadł o 5 punktów."),
]
MOVED_WRONG = [
    ("en", "Win rate [KR-WIN-RATE] rose from 18 to 16.7%.", "rose"),
    ("en", "NPS [KR-NPS] rose by 13 points since 12 October.", "rose"),
    ("en", "Win rate [KR-WIN-RATE] has increased.", "has increased"),
    ("en", "Monthly churn [KPI-CHURN] fell while NPS [KR-NPS] fell.", "fell"),
    ("en", "The churn rate [KR-CHURN] fell by 5%.", "fell"),
    ("en", "The progress of the churn rate [KR-CHURN] rose by 5 points.", "rose"),
    ("en", "Sales [sales] rose.", "rose"),
    ("en", "Win rate [KR-WIN-RATE] is owned by Ruth Adeyemi.", "Ruth"),
    ("pl", "NPS [KR-NPS] wzrósł z 53 do 40.", "wzrósł"),
    ("pl", "Win rate [KR-WIN-RATE] wzrósł.", "wzrósł"),
    ("pl", "Za win rate [KR-WIN-RATE] odpowiada Ruth Adeyemi.", "Ruth"),
]


def moving(turn: TurnContext, language: str) -> Evidence:
    """NPS fell, monthly churn rose, and the churn rate's progress fell by five points."""
    turn = TurnContext(turn.store, turn.actor, turn.company, turn.now, language)
    kpi = Row("KPI-CHURN", "kpi", "Monthly churn", {"previous": 4.2, "value": 4.6, "change": 0.4})
    values: dict[str, Value] = {"progress": 0.2, "change": -0.05, "value": 4.6, "baseline": 5.0, "target": 3.0}
    values |= {"owner": "irena.maj@lumen.example", "team": "company", "date": "2026-11-23", "freshness": "fresh"}
    rate = Row("KR-CHURN", "key_result", "Churn rate", {**values, "status": "off_track", "age_days": 0})
    return Evidence(
        turn,
        "What moved?",
        [
            read_record(turn, record(turn, "KR-WIN-RATE"), Where()),
            read_history(turn, record(turn, "KR-NPS"), days(turn, "since 12 October")),
            compare_sides(turn, ["sales", "marketing"], "", ""),
            Found("list_key_results", {}, rows=[rate, kpi]),
        ],
    )


@pytest.mark.parametrize(("language", "sentence"), MOVED_RIGHT)
def test_a_direction_that_the_records_know_passes(turn: TurnContext, language: str, sentence: str) -> None:
    assert not moving(turn, language).unsupported(sentence)


@pytest.mark.parametrize(("language", "sentence", "wrong"), MOVED_WRONG)
def test_the_other_direction_and_anothers_name_are_found(
    turn: TurnContext, language: str, sentence: str, wrong: str
) -> None:
    assert wrong in [doubt.text for doubt in moving(turn, language).unsupported(sentence)]
