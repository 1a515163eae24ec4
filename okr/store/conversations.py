"""What people asked and were told: kept for the person who asked, and shown to nobody else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotFoundError
from okr.models import conversations, turns
from okr.store.audit import add_audit
from okr.store.engine import Database

Json = dict[str, Any]
TITLE_LENGTH = 80


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation in a list; `title` is its first question, `frame` what a follow-up refers to."""

    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    frame: Json | None


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One question and its answer.

    `answer` is the answer document, None where it was stopped or failed; `said` is the text as far as
    it came. `state` is answering, done, stopped or failed; `thumb` is 1 up, 0 down, None unrated.
    """

    id: int
    asked_at: datetime
    question: str
    answer: Json | None
    said: str
    state: str
    thumb: int | None


class ConversationPart:
    """The store's memory of conversations. Somebody else's is told apart from a missing one by nobody."""

    database: Database

    def conversations(self, actor: Actor, most: int = 50) -> list[KeptConversation]:
        """The person's conversations, the latest used first."""
        query = (
            sa.select(conversations)
            .where(conversations.c.person_id == actor.id)
            .order_by(conversations.c.updated_at.desc(), conversations.c.id)
            .limit(most)
        )
        with self.database.read() as connection:
            return [_conversation(row) for row in connection.execute(query)]

    def conversation(self, actor: Actor, conversation_id: str) -> KeptConversation:
        """One of the person's conversations; `NotFoundError` for any other."""
        with self.database.read() as connection:
            return _conversation(_own(connection, actor, conversation_id))

    def turns(self, actor: Actor, conversation_id: str, most: int = 200) -> list[KeptTurn]:
        """The latest turns of one of the person's conversations, oldest first; `NotFoundError` for any other."""
        with self.database.read() as connection:
            _own(connection, actor, conversation_id)
            latest = sa.select(turns).where(turns.c.conversation_id == conversation_id)
            rows = connection.execute(latest.order_by(turns.c.id.desc()).limit(most)).all()
        return [
            KeptTurn(row.id, row.asked_at, row.question, row.answer, row.said, row.state, row.thumb)
            for row in reversed(rows)
        ]

    def begin_turn(self, actor: Actor, conversation_id: str | None, question: str, now: datetime) -> tuple[str, int]:
        """Keep a question before it is answered; returns the ids of its conversation and its turn.

        Without an id a conversation is begun. `NotFoundError` for a conversation of somebody else.
        """
        with self.database.write() as connection:
            if conversation_id is None:
                conversation_id = secrets.token_urlsafe(12)
                connection.execute(
                    sa.insert(conversations).values(
                        id=conversation_id,
                        person_id=actor.id,
                        title=" ".join(question.split())[:TITLE_LENGTH],
                        created_at=now,
                        updated_at=now,
                    )
                )
            else:
                _own(connection, actor, conversation_id)
            turn_id = connection.execute(
                sa.insert(turns)
                .values(conversation_id=conversation_id, asked_at=now, question=question, said="", state="answering")
                .returning(turns.c.id)
            ).scalar_one()
            _touch(connection, conversation_id, now)
        return conversation_id, turn_id

    def finish_turn(
        self,
        actor: Actor,
        turn_id: int,
        *,
        state: str,
        said: str,
        answer: Json | None,
        frame: Json | None,
        now: datetime,
    ) -> None:
        """Keep what was said, and what the next question may refer to (None leaves that as it was)."""
        with self.database.write() as connection:
            conversation_id = _conversation_of(connection, actor, turn_id)
            change = sa.update(turns).where(turns.c.id == turn_id)
            connection.execute(change.values(state=state, said=said, answer=answer))
            if frame is not None:
                kept = sa.update(conversations).where(conversations.c.id == conversation_id)
                connection.execute(kept.values(frame=frame))
            _touch(connection, conversation_id, now)

    def rate_turn(self, actor: Actor, turn_id: int, thumb: int | None) -> None:
        """Keep whether the answer helped: 1 yes, 0 no, None takes it back; `NotFoundError` for others' turns."""
        if thumb not in (0, 1, None):
            raise ValueError("a thumb is 1, 0 or None")
        with self.database.write() as connection:
            _conversation_of(connection, actor, turn_id)
            connection.execute(sa.update(turns).where(turns.c.id == turn_id).values(thumb=thumb))

    def forget_conversation(self, actor: Actor, conversation_id: str, now: datetime) -> None:
        """Delete one of the person's conversations with its turns; `NotFoundError` for any other."""
        with self.database.write() as connection:
            _own(connection, actor, conversation_id)
            connection.execute(sa.delete(turns).where(turns.c.conversation_id == conversation_id))
            connection.execute(sa.delete(conversations).where(conversations.c.id == conversation_id))
            add_audit(connection, actor, now, "forget", "conversation", conversation_id)


def _conversation(row: sa.Row[Any]) -> KeptConversation:
    return KeptConversation(row.id, row.title, row.created_at, row.updated_at, row.frame)


def _own(connection: Connection, actor: Actor, conversation_id: str) -> sa.Row[Any]:
    query = sa.select(conversations).where(conversations.c.id == conversation_id, conversations.c.person_id == actor.id)
    row = connection.execute(query).first()
    if row is None:
        raise NotFoundError("conversation", conversation_id[:40])
    return row


def _conversation_of(connection: Connection, actor: Actor, turn_id: int) -> str:
    query = (
        sa.select(conversations.c.id)
        .join(turns, turns.c.conversation_id == conversations.c.id)
        .where(turns.c.id == turn_id, conversations.c.person_id == actor.id)
    )
    found: str | None = connection.execute(query).scalar()
    if found is None:
        raise NotFoundError("turn", str(turn_id))
    return found


def _touch(connection: Connection, conversation_id: str, now: datetime) -> None:
    connection.execute(sa.update(conversations).where(conversations.c.id == conversation_id).values(updated_at=now))
