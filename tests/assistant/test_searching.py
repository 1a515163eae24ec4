"""How the search in notes stands is said truly, and it can be made anew from the command line."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from assistant import searching
from assistant.cli import main
from assistant.settings import Settings, read_settings
from okr.errors import SettingsError
from okr.store import open_store
from tools import vectors


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    status = main(list(arguments))
    document = orjson.loads(capfd.readouterr().out)
    return status, next(check for check in document["checks"] if check["name"] == "notes")


def test_the_doctor_tells_of_a_damaged_index_and_heals_it(sample_home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    status, notes = said(capfd, "--home", str(sample_home), "doctor", "--json")
    assert (status, notes["state"], notes["missing"]) == (0, "ok", 0)
    store = open_store(sample_home)
    with store.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM note_words_data WHERE id > 10")
    store.close()
    _, notes = said(capfd, "--home", str(sample_home), "doctor", "--json")
    assert notes["state"] == "missing"
    assert "--rebuild-notes" in str(notes["remedy"])
    _, notes = said(capfd, "--home", str(sample_home), "doctor", "--rebuild-notes", "--json")
    assert notes["state"] == "ok"


def test_nothing_is_prepared_without_embeddings(sample_home: Path) -> None:
    store = open_store(sample_home)
    searching.prepare(store, Settings(home=sample_home))
    assert vectors.of_store(store) is None
    assert searching.notes_state(store, Settings(home=sample_home)).meaning == "none"
    store.close()


def test_wrong_settings_are_said(sample_home: Path) -> None:
    store = open_store(sample_home)
    wrong = Settings(home=sample_home, embeddings="no-such-thing")
    with pytest.raises(SettingsError, match="OKR_EMBEDDINGS"):
        searching.prepare(store, wrong)
    server = replace(wrong, embeddings="chroma", others={"OKR_CHROMA_URL": "nowhere"})
    with pytest.raises(SettingsError, match="OKR_CHROMA_URL"):
        searching.prepare(store, server)
    store.close()


def test_the_address_of_a_chroma_server_is_a_setting(tmp_path: Path) -> None:
    found = read_settings(tmp_path, {"OKR_EMBEDDINGS": "openai:x", "OKR_CHROMA_URL": "http://localhost:8000"})
    assert found.others["OKR_CHROMA_URL"] == "http://localhost:8000"


def test_embeddings_are_prepared_once_and_filled_beside_the_work(
    sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lengths:
        name = "lengths"

        def __call__(self, texts: list[str]) -> list[list[float]]:
            return [[float(len(text)), 1.0, float(text.count("e"))] for text in texts]

    monkeypatch.setattr(vectors, "embedder_named", lambda *_, **__: Lengths())
    store = open_store(sample_home)
    settings = Settings(home=sample_home, embeddings="lengths")
    searching.prepare(store, settings, fill=True)
    for thread in threading.enumerate():
        if thread.name == "notes-index":
            thread.join(60)
    first = vectors.of_store(store)
    searching.prepare(store, settings)
    assert vectors.of_store(store) is first
    assert searching.notes_state(store, settings).meaning == "ready"
    vectors.disconnect(store)
    store.close()
