"""Search by meaning over what people wrote, where real embeddings are set: a Chroma collection beside the store.

The store is the truth and this a cache of it: candidates come from SQL, what is found is read again
under the person's rights, and whenever the collection is missing, damaged, behind or another process's,
the search by words answers alone and says so. One process owns the folder; a Chroma server needs none.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from okr.errors import SettingsError
from okr.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")

# Beyond so many candidates the newest are searched; up to EXACT of them each is compared by itself.
MOST_CANDIDATES = 10_000
EXACT = 2_000
BATCH = 200
# So many new texts are embedded while somebody waits for an answer; more is left to `catch_up`.
MOST_AT_ONCE = 64
# What is less alike than this share of the best hit is no hit.
NEAR = 0.85
LEAST = 0.2
CANARIES = 5
CHECK_EVERY = 100
# So many questions after a failure go without it.
REST = 20

FOLDER = "notes-index"


class Embedder(Protocol):
    """Turns texts into vectors; `name` tells one kind of vector from another."""

    name: str

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text."""
        ...


@dataclass(frozen=True, slots=True)
class State:
    """How the index stands: ready, behind, damaged, elsewhere (another process owns it) or unreachable."""

    word: str
    held: int
    behind: int


class NoteVectors:
    """The vectors of a store's notes."""

    def __init__(self, store: Store, embedder: Embedder, *, server: str | None = None) -> None:
        self.store = store
        self.embedder = embedder
        self.folder = store.home / FOLDER
        self.server = server
        self._lock = threading.RLock()
        self._word = "ready"
        self._asked = 0
        self._resting = 0
        self._client: Any = None
        self._owner: Any = None

    # ── what others use ─────────────────────────────────────────────────────────────────────────

    def nearest(self, words: str, allowed: Sequence[int], limit: int) -> list[int] | None:
        """The texts among `allowed` that mean something like the words, nearest first; None where it cannot tell.

        No candidates give nothing, never everything.
        """
        if not allowed:
            return []
        with self._lock:
            if self._resting:
                # What failed a moment ago is not waited for at every question.
                self._resting -= 1
                return None
            return self._guarded(lambda: self._nearest(words, list(allowed)[:MOST_CANDIDATES], limit))

    def catch_up(self, most: int | None = None) -> int:
        """Bring the index in step with the store; returns how many texts were embedded, at most `most`."""
        with self._lock:
            self._resting = 0
            return self._guarded(lambda: self._catch_up(most)) or 0

    def state(self) -> State:
        """How the index stands, counted from end to end, with its canaries tried."""
        with self._lock:
            found = self._guarded(self._counted)
            return found if found is not None else State(self._word, 0, 0)

    def rebuild(self) -> int:
        """Throw the index away and make it anew; returns how many texts it holds."""
        with self._lock:
            self._word, self._resting = "ready", 0
            # Whatever is wrong with the old one must not stop it from being thrown away.
            self._guarded(self._forget)
            self._word, self._resting = "ready", 0
            return self._guarded(lambda: self._catch_up(None)) or 0

    def close(self) -> None:
        """Let go of the folder, so that another process may own it."""
        with self._lock:
            self._client = None
            if self._owner is not None:
                self._owner.close()
                self._owner = None

    # ── inside ──────────────────────────────────────────────────────────────────────────────────

    def _guarded(self, act: Callable[[], T]) -> T | None:
        """What the act gives; None after a failure, of which the index then keeps the word."""
        if self._word == "damaged":
            return None
        try:
            found = act()
        except _NotOursError:
            self._word = "elsewhere"
        except _EmbeddingError:
            log.exception("the texts could not be turned into vectors")
            self._word = "unreachable"
        except Exception:
            # Chroma raises whatever its engine raises.
            log.exception("the index of meanings failed")
            self._word = "unreachable" if self.server else "damaged"
        except BaseException as reason:
            # Its engine may panic, which is no Exception and must not end the program either.
            if type(reason).__name__ != "PanicException":
                raise
            log.exception("the index of meanings panicked")
            self._word = "damaged"
        else:
            if self._word != "damaged":
                self._word = "ready"
            return found
        self._resting = REST
        return None

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        try:
            vectors = self.embedder(texts)
        except Exception as reason:
            raise _EmbeddingError from reason
        if len(vectors) != len(texts):
            raise _EmbeddingError
        return vectors

    def _collection(self) -> Any:
        if self._client is None:
            import chromadb
            from chromadb.config import Settings as ChromaSettings

            quiet = ChromaSettings(anonymized_telemetry=False)
            if self.server is not None:
                parts = urlsplit(self.server)
                self._client = chromadb.HttpClient(
                    host=parts.hostname or "localhost",
                    port=parts.port or (443 if parts.scheme == "https" else 8000),
                    ssl=parts.scheme == "https",
                    settings=quiet,
                )
            else:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._own()
                self._client = chromadb.PersistentClient(path=str(self.folder), settings=quiet)
        return self._client.get_or_create_collection(
            self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    @property
    def _name(self) -> str:
        # On a server several stores may live side by side.
        of = f"{self.embedder.name}|{self.store.database.engine.url.render_as_string(hide_password=True)}"
        return "notes-" + hashlib.sha256(of.encode()).hexdigest()[:24]

    def _own(self) -> None:
        if self._owner is not None:
            return
        handle = (self.folder / "owner.lock").open("a+")
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            log.warning("this system cannot tell who owns the notes index: run one process only")
        except OSError as reason:
            handle.close()
            raise _NotOursError from reason
        self._owner = handle

    @property
    def _mark(self) -> Path:
        return self.folder / f"{self._name}.json"

    def _marked(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self._mark.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _is_current(self) -> bool:
        marked = self._marked()
        held = self._collection().count()
        return marked.get("version") == list(self.store.notes_version()) and marked.get("held") == held

    def _nearest(self, words: str, allowed: list[int], limit: int) -> list[int] | None:
        if not self._is_current():
            self._catch_up(MOST_AT_ONCE)
            if not self._is_current():
                return None
        self._asked += 1
        if self._asked % CHECK_EVERY == 1 and not self._canaries_sing():
            self._word = "damaged"
            return None
        (vector,) = self._embed([words])
        collection = self._collection()
        ids = [str(ident) for ident in allowed]
        if len(ids) <= EXACT:
            scored = _compared(vector, collection.get(ids=ids, include=["embeddings"]))
        else:
            answer = collection.query(query_embeddings=[vector], n_results=limit, ids=ids, include=["distances"])
            scored = [
                (1.0 - far, int(ident)) for ident, far in zip(answer["ids"][0], answer["distances"][0], strict=True)
            ]
        scored.sort(reverse=True)
        best = scored[0][0] if scored else 0.0
        known = set(allowed)
        return [ident for alike, ident in scored[:limit] if alike >= max(LEAST, NEAR * best) and ident in known]

    def _catch_up(self, most: int | None) -> int:
        collection = self._collection()
        if self._is_current():
            return 0
        version = list(self.store.notes_version())
        done, after = 0, -(2**31)
        seen: set[str] = set()
        canaries: list[str] = []
        while part := self.store.every_note(after, BATCH):
            after = part[-1][0]
            texts = {str(ident): text for ident, text in part}
            seen |= texts.keys()
            there = collection.get(ids=list(texts), include=["metadatas"])
            hashes = {i: (m or {}).get("hash") for i, m in zip(there["ids"], there["metadatas"], strict=True)}
            lacking = [ident for ident, text in texts.items() if hashes.get(ident) != _hash(text)]
            if most is not None and done + len(lacking) > most:
                return done
            if lacking:
                vectors = self._embed([texts[ident] for ident in lacking])
                marks = [{"hash": _hash(texts[ident])} for ident in lacking]
                collection.upsert(ids=lacking, embeddings=vectors, metadatas=marks)
                done += len(lacking)
            if len(canaries) < CANARIES:
                canaries.append(next(iter(texts)))
        gone = (
            [ident for ident in collection.get(include=[])["ids"] if ident not in seen]
            if (collection.count() != len(seen))
            else []
        )
        for part_gone in _batches(gone):
            collection.delete(ids=part_gone)
        self.folder.mkdir(parents=True, exist_ok=True)
        written = json.dumps({"version": version, "held": len(seen), "canaries": canaries})
        self._mark.write_text(written, encoding="utf-8")
        return done

    def _canaries_sing(self) -> bool:
        """Whether texts that we know to be there are found by their own vectors."""
        canaries = self._marked().get("canaries") or []
        if not canaries:
            return True
        collection = self._collection()
        held = collection.get(ids=canaries, include=["embeddings"])
        if set(held["ids"]) != set(canaries):
            return False
        found = collection.query(query_embeddings=held["embeddings"], n_results=3, include=["distances"])
        # Two equal texts have one vector, so that either may come first: it is the distance that tells.
        return all(far and far[0] < 1e-3 for far in found["distances"])

    def _counted(self) -> State:
        collection = self._collection()
        held = collection.count()
        if not self._canaries_sing():
            self._word = "damaged"
            return State("damaged", held, 0)
        texts = self.store.notes_index().texts
        current = self._is_current()
        return State("ready" if current else "behind", held, 0 if current else max(1, texts - held))

    def _forget(self) -> None:
        self._mark.unlink(missing_ok=True)
        try:
            self._collection()
            self._client.delete_collection(self._name)
        except _NotOursError:
            raise
        except Exception:  # noqa: BLE001 - that it cannot be opened is the very reason for throwing it away.
            log.warning("the old notes index cannot be opened; its files are put aside")
            self._client = None
            if self.server is None:
                _set_aside(self.folder)


class _NotOursError(Exception):
    """Another process owns the folder."""


class _EmbeddingError(Exception):
    """No vectors were to be had for the texts."""


def _set_aside(folder: Path) -> None:
    # Chroma keeps files open by name: a damaged database is moved away rather than written over.
    for file in list(folder.iterdir()):
        if file.name not in ("owner.lock",) and not file.name.startswith("damaged-"):
            target = folder / f"damaged-{file.name}"
            if target.exists():
                continue
            file.rename(target)


def _compared(vector: Sequence[float], held: Any) -> list[tuple[float, int]]:
    import numpy as np

    if not held["ids"]:
        return []
    rows = np.asarray(held["embeddings"], dtype=float)
    mine = np.asarray(vector, dtype=float)
    sizes = np.linalg.norm(rows, axis=1) * (np.linalg.norm(mine) or 1.0)
    alike = rows @ mine / np.where(sizes == 0, 1.0, sizes)
    return [(float(score), int(ident)) for score, ident in zip(alike, held["ids"], strict=True)]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _batches(ids: Iterable[str], size: int = 1_000) -> Iterable[list[str]]:
    rest = iter(ids)
    while part := list(islice(rest, size)):
        yield part


# ── kinds of embeddings ─────────────────────────────────────────────────────────────────────────


class OpenAIEmbeddings:
    """Vectors from an OpenAI-compatible address."""

    def __init__(self, model: str, key: str | None, address: str | None) -> None:
        self.name = f"openai:{model}"
        self._model, self._key, self._address = model, key, address
        self._client: Any = None

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        if self._client is None:
            from openai import OpenAI

            self._client = OpenAI(api_key=self._key or "none", base_url=self._address, timeout=20.0, max_retries=1)
        answer = self._client.embeddings.create(model=self._model, input=list(texts), encoding_format="float")
        return [list(item.embedding) for item in sorted(answer.data, key=lambda item: item.index)]


class FolderEmbeddings:
    """Vectors from a sentence-transformers model in a folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.name = f"folder:{folder.name}"
        self._folder = folder
        self._model: Any = None

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        if self._model is None:
            try:
                made = import_module("sentence_transformers").SentenceTransformer
            except ImportError as reason:
                raise SettingsError(
                    "OKR_EMBEDDINGS names a folder, and sentence-transformers is not installed.",
                    "Install it, or use openai:NAME or chroma.",
                ) from reason
            self._model = made(str(self._folder), local_files_only=True)
        return [[float(x) for x in row] for row in self._model.encode(list(texts))]


class ChromaEmbeddings:
    """Vectors from Chroma's own small model, which it fetches at first use."""

    name = "chroma"

    def __init__(self) -> None:
        self._function: Any = None

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        if self._function is None:
            from chromadb.utils.embedding_functions import DefaultEmbeddingFunction

            self._function = DefaultEmbeddingFunction()
        return [[float(x) for x in row] for row in self._function(list(texts))]


def embedder_named(setting: str, *, key: str | None = None, address: str | None = None) -> Embedder:
    """The embeddings that OKR_EMBEDDINGS names: openai:NAME, chroma, or a folder; `SettingsError` for another."""
    if setting == "chroma":
        return ChromaEmbeddings()
    provider, _, name = setting.partition(":")
    if provider == "openai" and name:
        return OpenAIEmbeddings(name, key, address)
    folder = Path(name if provider == "folder" and name else setting).expanduser()
    if folder.is_dir():
        return FolderEmbeddings(folder)
    raise SettingsError(
        f"OKR_EMBEDDINGS={setting[:80]!r} is none of ours.",
        "Write openai:NAME, chroma, or the folder of a sentence-transformers model.",
    )


_OPEN: WeakKeyDictionary[Store, NoteVectors] = WeakKeyDictionary()


def connect(store: Store, embedder: Embedder, *, server: str | None = None) -> NoteVectors:
    """Search this store's notes by meaning too, from now on; a second call gives the same index again."""
    held = _OPEN.get(store)
    if held is None or held.embedder.name != embedder.name:
        if held is not None:
            held.close()
        held = _OPEN[store] = NoteVectors(store, embedder, server=server)
    return held


def disconnect(store: Store) -> None:
    """Search by words alone again."""
    held = _OPEN.pop(store, None)
    if held is not None:
        held.close()


def of_store(store: Store) -> NoteVectors | None:
    """The index of meanings of this store; None where no embeddings are set."""
    return _OPEN.get(store)
