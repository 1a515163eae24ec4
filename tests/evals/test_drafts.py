"""Updates of many small companies, judged against their files by a computation of its own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from assistant.updates.checking import doubts
from assistant.updates.draft import from_document
from assistant.updates.drafting import draft
from assistant.updates.wanted import Wanted
from evals.company import Company
from evals.drafts import Judge
from evals.situations import Situation, situations
from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.store import open_store
from tools.context import TurnContext

Document = dict[str, Any]
SITUATIONS = situations()


@pytest.fixture(scope="module")
def drafted(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Situation], Document]:
    """The update of a situation, from a store of its own."""
    kept: dict[str, Document] = {}

    def make(one: Situation) -> Document:
        if one.name not in kept:
            home = tmp_path_factory.mktemp("situation") / "home"
            shutil.copytree(migrated_sqlite, home)
            at = datetime.fromisoformat(one.at)
            store = open_store(home)
            import_into(store, read_company(orjson.dumps(one.company)), now=at)
            actor = store.actor(one.asker)
            turn = TurnContext(store, actor, store.company(), at, actor.language)
            kept[one.name] = draft(turn, Wanted((one.scope,), one.audience, one.period, one.language)).document()
            store.close()
        return kept[one.name]

    return make


def judged(one: Situation, document: Document, folder: Path) -> list[str]:
    file = folder / "company.json"
    file.write_text(json.dumps(one.company))
    return list(Judge(Company(file), one.asker, document).faults())


@pytest.mark.parametrize("one", SITUATIONS, ids=lambda one: one.name.replace(" ", "-"))
def test_every_claim_of_an_update_is_so(
    one: Situation, drafted: Callable[[Situation], Document], tmp_path: Path
) -> None:
    assert judged(one, drafted(one), tmp_path) == []


@pytest.mark.parametrize("one", SITUATIONS, ids=lambda one: one.name.replace(" ", "-"))
def test_the_checker_finds_nothing_in_a_sound_update(one: Situation, drafted: Callable[[Situation], Document]) -> None:
    made = from_document(drafted(one))
    sentences = [said for part in made.sections for said in part.sentences]
    found = [(said.text, doubts(said.text, [made.fact(f) for f in said.facts], made)) for said in sentences]
    assert [pair for pair in found if pair[1]] == []


def test_the_situations_meet_everything_that_is_hard() -> None:
    assert len(SITUATIONS) >= 40
    assert {one.language for one in SITUATIONS} == {"en", "pl"}
    assert {one.audience for one in SITUATIONS} == {"leadership", "all-hands", "team"}
    assert len({one.scope.partition(":")[0] for one in SITUATIONS}) == 4
