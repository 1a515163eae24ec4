"""`okr doctor`: what is configured, what answers questions, and what is missing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant import searching
from assistant.channels import ChannelError, channels_of
from assistant.commands.running import Run, print_json
from assistant.settings import CHANNEL_PREFIX, NAMES
from okr.errors import OkrError, SettingsError, StoreEmptyError
from okr.migrations import HEAD

# Set by our own programs and tests, and no setting of a person.
_OWN = ("OKR_BOUND_TO", "OKR_CHROMIUM", "OKR_TEST_POSTGRES")

WORKER_SILENT = timedelta(minutes=2)
DAY = timedelta(days=1)


def doctor(run: Run) -> int:
    """Say how things are; 1 when questions cannot be answered as it is."""
    checks = [_store(run), _company(run), _engine(run), _notes(run), _page(), _worker(run), *_channels(run), _unknown()]
    checks = [check for check in checks if check]
    healthy = all(check["state"] != "failing" for check in checks)
    if run.as_json:
        print_json({"healthy": healthy, "home": str(run.settings.home), "checks": checks})
    else:
        marks = {"ok": "✓", "missing": "○", "failing": "✗"}
        for check in checks:
            remedy = f" {check['remedy']}" if check.get("remedy") else ""
            print(f"{marks[check['state']]} {check['name']}: {check['says']}{remedy}")
    return 0 if healthy else 1


def _check(name: str, state: str, says: str, remedy: str = "", **more: Any) -> dict[str, Any]:
    return {"name": name, "state": state, "says": says, "remedy": remedy, **more}


def _store(run: Run) -> dict[str, Any]:
    kind = "PostgreSQL" if run.settings.database_url else "SQLite"
    where = "at OKR_DATABASE_URL" if run.settings.database_url else f"in {run.settings.home}"
    try:
        whole = run.store.audit_is_whole()
    except OkrError as problem:
        return _check("store", "failing", f"{kind} {where}: {problem.sentence}", problem.remedy)
    if not whole:
        return _check(
            "store", "failing", f"{kind} {where}: the audit was changed from outside.", "Restore it from a copy."
        )
    if not run.settings.database_url and not os.access(run.settings.home, os.W_OK):
        return _check("store", "failing", f"{kind} {where} cannot be written.", "Check the rights of the folder.")
    return _check("store", "ok", f"{kind} {where}, tables at {HEAD}.", schema=HEAD)


def _company(run: Run) -> dict[str, Any]:
    try:
        company = run.store.company()
        counts = run.store.sizes()
    except StoreEmptyError as problem:
        return _check("company", "failing", problem.sentence, problem.remedy)
    except OkrError as problem:
        return _check("company", "failing", problem.sentence, problem.remedy)
    sample = " (the sample company)" if company.sample else ""
    said = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
    return _check("company", "ok", f"{company.name}{sample} in {company.timezone}: {said}.", counts=counts)


def _engine(run: Run) -> dict[str, Any]:
    settings = run.settings
    if settings.model is None:
        return _check(
            "answers",
            "ok",
            "the direct reader, on this machine, without a model.",
            "Set OKR_MODEL to let a model answer what it does not understand.",
            engine="direct",
            model=None,
        )
    provider = settings.model.partition(":")[0]
    if provider == "openai" and settings.openai_api_key is None and settings.openai_base_url is None:
        return _check(
            "answers", "failing", f"{settings.model} is set without a key.", "Set OPENAI_API_KEY or unset OKR_MODEL."
        )
    order = {
        "auto": f"the direct reader, and {settings.model} for what it does not understand.",
        "direct": f"the direct reader alone; {settings.model} is set but not asked.",
        "model": f"{settings.model} for every question.",
    }
    return _check("answers", "ok", order[settings.engine], engine=settings.engine, model=settings.model)


def _notes(run: Run) -> dict[str, Any]:
    try:
        if run.given.rebuild_notes:
            searching.rebuild(run.store, run.settings)
        found = searching.notes_state(run.store, run.settings)
    except OkrError as problem:
        return _check("notes", "failing", problem.sentence, problem.remedy)
    return _check(
        "notes",
        "ok" if found.sound else "missing",
        found.says,
        found.remedy,
        embeddings=run.settings.embeddings,
        texts=found.texts,
        missing=found.missing,
        meaning=found.meaning,
        behind=found.behind,
    )


def _page() -> dict[str, Any]:
    found = find_spec("ui")
    if found is None or found.origin is None or not Path(found.origin).with_name("app.py").exists():
        return _check("page", "missing", "the web app is not installed.")
    return _check("page", "ok", "`okr serve` opens it on this machine.")


def _worker(run: Run) -> dict[str, Any]:
    try:
        seen = run.store.worker_seen()
    except OkrError:
        return {}
    remedy = "Start `okr worker`, or reminders are not sent."
    if seen is None:
        return _check("worker", "missing", "no worker has run yet.", remedy, seen=None)
    now = run.clock()()
    said = f"a worker last looked at {seen.astimezone(run.zone):%Y-%m-%d %H:%M}."
    if now - seen > WORKER_SILENT:
        return _check("worker", "missing", said, remedy, seen=seen.isoformat())
    return _check("worker", "ok", said, seen=seen.isoformat())


def _channels(run: Run) -> Iterator[dict[str, Any]]:
    """Each way out of the app: whether it answers, and what became of the messages of the past day."""
    try:
        channels = channels_of(run.settings)
        counts = run.store.dispatch_counts(run.clock()() - DAY)
    except SettingsError as problem:
        yield _check("messages", "failing", problem.sentence, problem.remedy)
        return
    except OkrError:
        return
    if not channels.by_name:
        yield _check(
            "messages",
            "ok",
            "in the app alone.",
            "Set OKR_SMTP_URL or OKR_CHANNEL_… to send them further.",
            channels=[],
        )
        return
    for name, channel in channels.by_name.items():
        became = {state: count for (of, state), count in counts.items() if of == name}
        said = ", ".join(f"{count} {state}" for state, count in sorted(became.items()))
        past = f" In the past day: {said}." if said else ""
        usual = " It is the usual one." if channels.usual == name else ""
        try:
            yield _check(f"channel {name}", "ok", f"{channel.check()}.{usual}{past}", channel=name, became=became)
        except ChannelError as problem:
            yield _check(f"channel {name}", "failing", f"{problem.sentence}{past}", problem.remedy, channel=name)
    if channels.public_url is None:
        yield _check("links", "missing", "messages open nothing in the app.", "Set OKR_PUBLIC_URL to where it stands.")


def _unknown() -> dict[str, Any]:
    known = (*NAMES, *_OWN)
    names = sorted(
        n for n in os.environ if n.startswith("OKR_") and n not in known and not n.startswith(CHANNEL_PREFIX)
    )
    if not names:
        return {}
    return _check("settings", "missing", f"unknown: {', '.join(names)}.", "Check the spelling.")
