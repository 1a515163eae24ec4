"""`make bench-rules`: how long the reader takes for each sentence of its corpus, on the sample company."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from assistant.automating import Automating
from evals.bench.measuring import run_okr
from okr.store import open_store

CORPUS = ("rules_development.jsonl", "rules_own.jsonl")
ASKED_AT = "2026-11-23T09:00:00+01:00"
ASKER = "ana.nowak@lumen.example"
WANTED_P95 = 5.0


def sentences(folder: Path) -> list[tuple[str, str, str]]:
    """The sentences of the corpus: language, text, and the moment of asking."""
    lines = [json.loads(line) for name in CORPUS for line in (folder / name).read_text(encoding="utf-8").splitlines()]
    return [(line["lang"], line["text"], line.get("at", ASKED_AT)) for line in lines]


def measured(home: Path, asked: list[tuple[str, str, str]]) -> dict[str, list[float]]:
    """Milliseconds of computing for each sentence by language, smallest first; the vocabulary is loaded before."""
    store = open_store(home)
    actor = store.actor(ASKER)
    reading = Automating(store)
    for language in ("en", "pl"):
        reading.document(0, next(text for lang, text, _ in asked if lang == language), actor, _at(ASKED_AT))
    found: dict[str, list[float]] = {}
    for n, (language, text, at) in enumerate(asked):
        started = time.process_time()
        reading.document(n, text, actor, _at(at))
        found.setdefault(language, []).append((time.process_time() - started) * 1000)
    store.close()
    return {language: sorted(took) for language, took in found.items()}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def told(found: dict[str, list[float]]) -> str:
    """The figures in words."""
    lines = []
    for language, took in sorted(found.items()):
        p50, p95, p99 = (took[min(len(took) - 1, int(len(took) * share))] for share in (0.5, 0.95, 0.99))
        lines.append(
            f"{language}: {len(took)} sentences, p50 {p50:.2f} ms, p95 {p95:.2f} ms ({WANTED_P95:.0f} ms aimed at), "
            f"p99 {p99:.2f} ms of computing"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure on a fresh sample company and print the figures."""
    with tempfile.TemporaryDirectory(prefix="okr-rules-") as folder:
        home = Path(folder)
        run_okr(home, "demo")
        print(told(measured(home, sentences(Path("tests") / "data"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
