"""Updates in a model's words, with a scripted model that does well, lies, swaps names and obeys planted orders."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from assistant.settings import Secret, Settings
from assistant.updates.checking import sound
from assistant.updates.draft import Draft
from assistant.updates.drafting import draft
from assistant.updates.phrasing import phrased
from assistant.updates.wanted import Wanted
from okr.store import Store
from tests.assistant.model_server import Model, Reply, serving
from tools.context import TurnContext

LENA = "lena.fischer@lumen.example"
SLOT = re.compile(r"\{F\d+\.[a-z_]+\}")
Write = Callable[[str, list[str]], str]


@dataclass
class Phrased:
    """The templates' draft, the model's, and the model itself."""

    plain: Draft
    made: Draft
    model: Model


Phrase = Callable[..., Phrased]


@pytest.fixture
def phrase(sample_store: Store, sample_now: datetime) -> Phrase:
    lena = sample_store.actor(LENA)
    turn = TurnContext(sample_store, lena, sample_store.company(), sample_now, "en")

    def made(write: Write, wanted: Wanted = Wanted(), fault: str = "", **more: Any) -> Phrased:
        plain = draft(turn, wanted)

        def script(body: dict[str, Any], number: int) -> Reply:
            asked = body["messages"][-1]["content"]
            lines = [line for line in asked.splitlines() if re.match(r"S\d+: ", line)]
            said = [f"{line.partition(':')[0]}: {write(line, SLOT.findall(line))}" for line in lines]
            return Reply("\n".join(said), fault=fault, status=500)

        with serving(script) as model:
            settings = Settings(
                home=sample_store.home,
                model="openai:scripted",
                openai_api_key=Secret("sk-test-0123456789"),
                openai_base_url=model.url,
                model_seconds=5,
            )
            return Phrased(plain, phrased(plain, turn, replace(settings, **more)), model)

    return made


def honest(_line: str, slots: list[str]) -> str:
    own = [slot for slot in slots if not slot.endswith(".quote}")]
    quote = [slot for slot in slots if slot.endswith(".quote}")]
    return f"{', '.join(own)}.{' ' + quote[0] if quote else ''}"


def texts(made: Draft) -> list[str]:
    return [one.text for part in made.sections for one in part.sentences]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_an_honest_wording_is_taken_with_its_figures_filled_in(phrase: Phrase, language: str) -> None:
    found = phrase(honest, Wanted(language=language))
    assert found.made.written_by == "model:scripted"
    changed = [one for one in texts(found.made) if one not in texts(found.plain)]
    assert len(changed) >= 8
    assert all(sound(one, found.made) for part in found.made.sections for one in part.sentences)
    assert not SLOT.search(" ".join(texts(found.made)))
    assert found.made.facts == found.plain.facts
    assert found.made.tokens["calls"] == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda line, slots: f"{honest(line, slots)} It is 100% done.",
        lambda line, slots: f"{honest(line, slots)} Twelve deals closed.",
        lambda line, slots: f"{honest(line, slots)} Bob Stone will fix it.",
        lambda line, slots: f"{honest(line, slots)} Irena Maj is to blame.",
        lambda line, slots: f"{honest(line, slots)} It will be ready on 3 March.",
        lambda line, slots: f"{honest(line, slots)} All of it is on track and completed, nothing at risk.",
        lambda line, slots: f"{honest(line, slots)} See https://evil.example/x.",
        lambda line, slots: f"{honest(line, slots)} [click](http://evil.example)",
        lambda line, slots: f"{honest(line, slots)} I have updated KR-WIN-RATE.",
        lambda line, slots: honest(line, slots).replace("{F1.", "{F3."),
        lambda line, slots: honest(line, slots) + " {F99.progress}",
        lambda line, slots: "Everything is fine.",
        lambda line, slots: "“We are all green,” said everybody. " + honest(line, slots),
        lambda line, slots: "",
    ],
)
def test_a_lie_is_refused_asked_for_once_more_and_then_the_template_stands(phrase: Phrase, write: Write) -> None:
    found = phrase(write)
    lies = [one for part in found.made.sections for one in part.sentences if not sound(one, found.made)]
    assert lies == []
    said = " ".join(texts(found.made))
    for word in ("100%", "Twelve", "Bob", "to blame", "March", "completed, nothing", "evil", "updated", "all green"):
        assert word not in said
    assert len(found.model.asked) <= 2
    assert found.made.tokens["calls"] == len(found.model.asked)


def test_a_swapped_slot_of_another_record_is_refused(phrase: Phrase) -> None:
    def swapped(line: str, slots: list[str]) -> str:
        return re.sub(r"\{F(\d+)\.", lambda m: f"{{F{int(m[1]) + 1}.", honest(line, slots))

    found = phrase(swapped)
    assert texts(found.made) == texts(found.plain)
    assert found.made.written_by == "templates"


def test_one_repair_is_taken(phrase: Phrase) -> None:
    seen: set[str] = set()

    def at_second(line: str, slots: list[str]) -> str:
        key = "".join(slots)
        if key not in seen:
            seen.add(key)
            return f"{honest(line, slots)} 42."
        return honest(line, slots)

    found = phrase(at_second)
    assert found.made.written_by == "model:scripted"
    assert found.made.tokens["calls"] == 2


def test_it_stays_within_two_calls_and_six_thousand_tokens(phrase: Phrase) -> None:
    found = phrase(lambda line, slots: "7", Wanted(audience="team", length="long"))
    assert len(found.model.asked) == 2
    characters = sum(len(found.model.said_to(index)) for index in range(2))
    assert characters / 3.2 < 6_000


def test_what_people_wrote_never_reaches_the_model(phrase: Phrase) -> None:
    found = phrase(honest)
    quotes = [fact.quote.text for fact in found.plain.facts if fact.quote is not None]
    assert len(quotes) > 5
    sent = " ".join(found.model.said_to(index) for index in range(len(found.model.asked)))
    assert not [quote for quote in quotes if quote[:30] in sent]


@pytest.mark.parametrize("fault", ["status", "html", "no_choices"])
def test_a_model_that_fails_leaves_the_templates_and_a_word_about_it(phrase: Phrase, fault: str) -> None:
    found = phrase(honest, fault=fault)
    assert texts(found.made) == texts(found.plain)
    assert found.made.written_by == "templates"
    assert found.made.notice.endswith("The update is in our own words.")


def test_no_tokens_left_leaves_the_templates(phrase: Phrase) -> None:
    found = phrase(honest, tokens_per_turn=10)
    assert found.made.written_by == "templates"
    assert found.made.notice
    assert found.model.asked == []
