"""How the notes of a store are searched in this process: by words always, by meaning where embeddings are set."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from assistant.settings import Settings
from okr.errors import SettingsError
from okr.store import Store


@dataclass(frozen=True, slots=True)
class NotesState:
    """How the search in notes stands: `sound` where it works as configured, `says` for a person, `behind` texts."""

    sound: bool
    says: str
    remedy: str
    texts: int
    missing: int
    trigrams: bool
    meaning: str  # none, ready, behind, damaged, elsewhere, unreachable
    behind: int


def prepare(store: Store, settings: Settings, *, fill: bool = False) -> None:
    """Search by meaning too where OKR_EMBEDDINGS is set; may be called again at no cost.

    With `fill` the index is brought in step once, beside the program's work; without, only a few new texts are
    taken in at a question. Raises `SettingsError` for embeddings or a Chroma address that cannot be meant.
    """
    if settings.embeddings is None:
        return
    from tools import vectors

    if vectors.of_store(store) is not None:
        return
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else None
    embedder = vectors.embedder_named(settings.embeddings, key=key, address=settings.openai_base_url)
    index = vectors.connect(store, embedder, server=_server(settings))
    if fill:
        threading.Thread(target=index.catch_up, name="notes-index", daemon=True).start()


def notes_state(store: Store, settings: Settings) -> NotesState:
    """How the search stands, counted from end to end; for `okr doctor`, not for a question."""
    index = store.notes_index()
    meaning, behind = "none", 0
    if settings.embeddings is not None:
        from tools import vectors

        prepare(store, settings)
        searcher = vectors.of_store(store)
        if searcher is not None:
            found = searcher.state()
            meaning, behind = found.word, found.behind
    sound = index.sound and not index.missing and meaning in ("none", "ready")
    said = [f"{index.texts:,} texts are searched by words"]
    if not index.sound:
        said = ["the index of words is damaged, the newest texts alone are searched"]
    elif index.missing:
        said.append(f"{index.missing:,} of them are missing from the index")
    if not index.trigrams:
        said.append("mistyped words are found less well (no trigrams)")
    if settings.embeddings is not None:
        held = {
            "ready": "and by meaning",
            "behind": f"the index of meanings is behind by about {behind:,}",
            "damaged": "the index of meanings is damaged",
            "elsewhere": "the index of meanings belongs to another running process",
            "unreachable": "the embeddings or the Chroma server do not answer",
        }
        said.append(held.get(meaning, meaning))
    remedy = "" if sound or meaning == "elsewhere" else "Run `okr doctor --rebuild-notes`."
    return NotesState(
        sound, ", ".join(said) + ".", remedy, index.texts, index.missing, index.trigrams, meaning, behind
    )  # fmt: skip


def rebuild(store: Store, settings: Settings) -> None:
    """Make every index of notes anew from the records."""
    store.rebuild_notes()
    if settings.embeddings is not None:
        from tools import vectors

        prepare(store, settings)
        searcher = vectors.of_store(store)
        if searcher is not None:
            searcher.rebuild()


def _server(settings: Settings) -> str | None:
    address = settings.others.get("OKR_CHROMA_URL")
    if not address:
        return None
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("OKR_CHROMA_URL is not a web address.", "It looks like http://host:8000.")
    return address
