"""Search by meaning with a real Chroma and a small embedding made by hand: fused in, by right, and never in the way."""

from __future__ import annotations

import hashlib
import logging
import math
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from okr.errors import SettingsError
from okr.language.relevance import ideas_in, words_in
from okr.models import check_ins
from okr.store import Store, open_store
from okr.store.notes import NoteQuery
from tools import vectors
from tools.context import TurnContext
from tools.notes import search, search_notes
from tools.vectors import NoteVectors, connect, disconnect, embedder_named

SAME = {"furious": "angry"}
PLACES = 2_048


class ByIdeas:
    """Vectors whose places are words and ideas; "furious" means what "angry" means."""

    name = "by-ideas"

    def __init__(self) -> None:
        self.calls = 0
        self.broken = False

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        if self.broken:
            raise ConnectionError("no answer")
        self.calls += 1
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        places = [0.0] * PLACES
        for mark in [*(SAME.get(word, word) for word in words_in(text)), *ideas_in(text)]:
            place = int(hashlib.sha256(mark.encode()).hexdigest(), 16) % PLACES
            places[place] += 4.0 if mark in SAME.values() else 1.0
        size = math.sqrt(sum(place * place for place in places)) or 1.0
        return [place / size for place in places]


@pytest.fixture
def turn(sample_store: Store, sample_now: datetime) -> TurnContext:
    admin = next(person for person in sample_store.people() if person.role == "admin")
    return TurnContext(sample_store, sample_store.actor(admin.email), sample_store.company(), sample_now, "en")


@pytest.fixture
def index(turn: TurnContext) -> Iterator[NoteVectors]:
    connected = connect(turn.store, ByIdeas())
    connected.catch_up()
    yield connected
    disconnect(turn.store)


def keys(turn: TurnContext, words: str) -> list[str]:
    return [note.key for note in search(turn, NoteQuery(last=turn.now), words).notes]


def test_what_means_the_same_is_found_though_no_word_is_shared(turn: TurnContext, index: NoteVectors) -> None:
    disconnect(turn.store)
    assert "CI-235" not in keys(turn, "furious")
    connect(turn.store, ByIdeas()).catch_up()
    found = search_notes(turn, words="furious")
    assert "CI-235" in [row.id for row in found.rows]  # "We learned it from an angry customer"
    assert found.values["meaning"] == "used"


def test_words_still_count_where_meanings_are_searched_too(turn: TurnContext, index: NoteVectors) -> None:
    assert keys(turn, "survey tool")[0] == "CI-259"


def test_what_is_hidden_stays_hidden(turn: TurnContext, index: NoteVectors) -> None:
    store = turn.store
    outsider = next(
        actor
        for actor in (store.actor(p.email) for p in store.people() if p.role == "employee")
        if store.open_record(actor, "CI-301") is None
    )
    assert "CI-301" in keys(turn, "cap table reconciled")
    assert "CI-301" not in keys(replace(turn, actor=outsider), "cap table reconciled")


def test_no_candidates_give_nothing(turn: TurnContext, index: NoteVectors) -> None:
    assert index.nearest("survey", [], 10) == []
    assert search_notes(turn, words="survey", teams=()).rows == []
    assert set(index.nearest("survey", [259], 10) or []) <= {259}


def test_many_candidates_go_through_the_index_of_chroma(
    turn: TurnContext, index: NoteVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = turn.store.note_idents(turn.actor, NoteQuery(last=turn.now), 1_000)
    exact = index.nearest("the survey tool changed", allowed, 5)
    monkeypatch.setattr(vectors, "EXACT", 10)
    assert (index.nearest("the survey tool changed", allowed, 5) or [0])[0] == (exact or [1])[0]


def test_a_new_note_is_in_at_the_next_question(turn: TurnContext, index: NoteVectors) -> None:
    with turn.store.database.write() as connection:
        one = connection.execute(sa.select(check_ins).where(check_ins.c.key == "CI-300")).one()
        following = connection.execute(sa.select(sa.func.max(check_ins.c.id))).scalar_one() + 1
        new = {**one._mapping, "id": following, "key": "CI-NEW", "note": "The angry zylophone.", "blockers": ""}
        connection.execute(sa.insert(check_ins).values(new))
    assert index.state().word == "behind"
    assert "CI-NEW" in keys(turn, "furious zylophone")
    assert index.state().word == "ready"


def test_what_is_gone_from_the_store_leaves_the_index(turn: TurnContext, index: NoteVectors) -> None:
    held = index.state().held
    with turn.store.database.write() as connection:
        last = connection.execute(sa.select(sa.func.max(check_ins.c.id))).scalar_one()
        connection.execute(
            sa.text("UPDATE key_result SET last_check_in_id = NULL WHERE last_check_in_id = :i"), {"i": last}
        )
        connection.execute(sa.delete(check_ins).where(check_ins.c.id == last))
    index.catch_up()
    assert index.state().held == held - 1


def test_an_index_not_made_yet_is_said_and_words_answer(turn: TurnContext) -> None:
    connected = connect(turn.store, ByIdeas())
    found = search_notes(turn, words="survey tool")
    assert found.rows[0].id == "CI-259"
    assert found.values["meaning"] == "missing"
    assert connected.state().word == "behind"
    disconnect(turn.store)


def test_embeddings_out_of_reach_are_survived_and_come_back(
    turn: TurnContext, index: NoteVectors, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    embedder = index.embedder
    assert isinstance(embedder, ByIdeas)
    embedder.broken = True
    found = search_notes(turn, words="survey tool")
    assert found.rows[0].id == "CI-259"
    assert found.values["meaning"] == "missing"
    embedder.broken = False
    answered = [search_notes(turn, words="survey tool").values["meaning"] for _ in range(vectors.REST + 1)]
    assert answered[0] == "missing"
    assert answered[-1] == "used"


def test_a_damaged_index_is_noticed_and_made_anew(
    sample_home: Path, sample_now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    store = open_store(sample_home)
    try:
        index = connect(store, ByIdeas())
        index.catch_up()
        collection = index._collection()
        canaries = index._marked()["canaries"]
        # Wrong results without an error are the worst that a damaged folder does.
        collection.update(ids=canaries[:1], embeddings=[[0.0] * (PLACES - 1) + [1.0]])
        collection.delete(ids=canaries[1:2])
        collection.upsert(ids=["999999"], embeddings=[[1.0] + [0.0] * (PLACES - 1)])
        admin = next(person for person in store.people() if person.role == "admin")
        turn = TurnContext(store, store.actor(admin.email), store.company(), sample_now, "en")
        assert index.state().word == "damaged"
        assert search_notes(turn, words="survey tool").values["meaning"] == "missing"
        assert index.rebuild() > 300
        assert index.state().word == "ready"
        assert search_notes(turn, words="survey tool").values["meaning"] == "used"
    finally:
        disconnect(store)
        store.close()


def test_broken_files_are_put_aside_and_made_anew(sample_home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    folder = sample_home / vectors.FOLDER
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"this is no database" * 1_000)
    store = open_store(sample_home)
    try:
        index = connect(store, ByIdeas())
        assert index.catch_up() == 0
        assert index.state().word == "damaged"
        assert index.rebuild() > 300
        assert index.state().word == "ready"
    finally:
        disconnect(store)
        store.close()


def test_one_process_owns_the_folder(turn: TurnContext, index: NoteVectors) -> None:
    code = (
        "import sys; from pathlib import Path; from okr.store import open_store; from tools.vectors import connect; "
        "from tests.tools.test_vectors import ByIdeas; s = open_store(Path(sys.argv[1])); i = connect(s, ByIdeas()); "
        "print(i.catch_up(), i.state().word, i.nearest('survey', [1, 2], 3))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(turn.store.home)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert ran.stdout.split(maxsplit=2) == ["0", "elsewhere", "None\n"] or ran.stdout.startswith("0 elsewhere None")


def test_a_chroma_server_serves_as_well(turn: TurnContext, free_port: int, tmp_path: Path) -> None:
    chroma = Path(sys.executable).with_name("chroma")
    server = subprocess.Popen(
        [str(chroma), "run", "--path", str(tmp_path / "server"), "--host", "127.0.0.1", "--port", str(free_port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        connected = connect(turn.store, ByIdeas(), server=f"http://127.0.0.1:{free_port}")
        logging.disable(logging.CRITICAL)
        deadline = time.monotonic() + 60
        while not connected.catch_up() and time.monotonic() < deadline:
            time.sleep(0.5)
        logging.disable(logging.NOTSET)
        assert connected.state().word == "ready"
        assert "CI-235" in keys(turn, "furious")
    finally:
        logging.disable(logging.NOTSET)
        disconnect(turn.store)
        server.terminate()
        server.wait(timeout=20)


@pytest.mark.parametrize("setting", ["openai:", "nothing-of-the-kind", "/no/such/folder", "cohere:x"])
def test_a_wrong_setting_is_said(setting: str) -> None:
    with pytest.raises(SettingsError, match="OKR_EMBEDDINGS"):
        embedder_named(setting)


def test_the_three_kinds_are_known(tmp_path: Path) -> None:
    assert embedder_named("openai:text-embedding-3-small").name == "openai:text-embedding-3-small"
    assert embedder_named("chroma").name == "chroma"
    assert embedder_named(str(tmp_path)).name == f"folder:{tmp_path.name}"
