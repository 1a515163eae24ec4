"""What the answers that list records have in common: details in brackets, bullets, and the rest counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from assistant.answers import asked
from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Frame, Ref, When
from tools.context import TurnContext
from tools.result import Row

MOST_TOLD = 8


def details(parts: Sequence[str], language: str) -> str:
    """The parts in brackets after a blank; empty without any."""
    kept = [part for part in parts if part]
    return say(language, "listing.details", details=", ".join(kept)) if kept else ""


def bullets(rows: Sequence[Row], line: Callable[[Row], str], total: int, language: str, most: int = MOST_TOLD) -> str:
    """The first rows as a list, with how many more there are."""
    said = [f"- {line(row)}" for row in rows[:most]]
    if total > len(said) and said:
        said.append("")
        said.append(say(language, "listing.more", count=formats.number(total - len(rows[:most]), language)))
    return "\n".join(said)


def record(row: Row | Ref, language: str) -> str:
    """A record's title in bold with its id."""
    key = row.id if isinstance(row, Row) else row.key
    return say(language, "kr.named", title=plain(row.title, 200), id=cite(key))


def person(row: Row | Ref) -> str:
    """A person's name with the address as the id."""
    key = row.id if isinstance(row, Row) else row.key
    return f"**{plain(row.title, 80)}** {cite(key)}"


def ids(keys: Sequence[str], language: str, most: int = 6) -> str:
    """The ids, the first few and how many more."""
    shown = [cite(key) for key in keys[:most]]
    if len(keys) > most:
        return say(language, "rank.and_more", ids=", ".join(shown), count=str(len(keys) - most))
    return ", ".join(shown)


def day(iso: object, language: str, turn: TurnContext) -> str:
    """An ISO date as people say it."""
    return formats.day(date.fromisoformat(str(iso)), language, turn.today)


def period(when: When | None, language: str, turn: TurnContext) -> str:
    """How people say the time; empty without one."""
    return asked.period_words(when, language, turn.today)


def stretch(when: When | None, language: str, turn: TurnContext) -> dict[str, str] | None:
    """The contract's period; None without a time."""
    if when is None:
        return None
    return {
        "from": when.first.isoformat(),
        "to": when.last.isoformat(),
        "label": period(when, language, turn) or f"{when.first.isoformat()}/{when.last.isoformat()}",
    }


def names(emails: Sequence[str], turn: TurnContext) -> dict[str, str]:
    """The names of people by their addresses."""
    refs = turn.store.refs(turn.actor, [("person", email) for email in dict.fromkeys(emails)])
    return {ref.key: ref.title for ref in refs}


def keys_of(frame: Frame, kind: str) -> list[str]:
    """The public ids of the records of a kind that the question is within or about."""
    return [ref.key for ref in asked.refs_of(frame, kind)]


def refs(rows: Sequence[Row], turn: TurnContext, most: int = 5) -> tuple[Ref, ...]:
    """What "it" and "they" mean after these rows."""
    return turn.store.refs(turn.actor, [(row.type, row.id) for row in rows[:most]])
