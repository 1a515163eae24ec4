"""Comments in the threads of key results and tasks: whoever sees the record reads and writes them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_task
from okr.comment_tables import comments
from okr.errors import NotAllowedError, NotFoundError, OkrError
from okr.models import key_results, people, tasks
from okr.rule_tables import automations
from okr.store.audit import add_audit
from okr.store.engine import Database
from okr.store.messages import next_key

LONGEST = 4_000
KINDS = ("key_result", "task")


class CommentRefusedError(OkrError):
    """A comment that cannot be kept as it is."""

    code = "comment-refused"


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote in a thread; `record` is the key of what it is about, `rule` the rule that posted it."""

    key: str
    kind: str
    record: str
    author: str
    author_name: str
    at: datetime
    edited_at: datetime | None
    body: str
    rule: str | None


class CommentsPart:
    """The store's door to threads."""

    database: Database

    def comments(self, actor: Actor, kind: str, key: str) -> list[Comment]:
        """The thread of a key result or task, oldest first; `NotFoundError` for a record the person does not see."""
        with self.database.read() as connection:
            column, ident = _thread(connection, actor, kind, key)
            return [_comment(row) for row in connection.execute(_columns(actor).where(column == ident))]

    def post_comment(self, actor: Actor, kind: str, key: str, body: str, now: datetime) -> Comment:
        """Add to the thread of a record that the person sees."""
        text = cleaned(body)
        with self.database.write() as connection:
            column, ident = _thread(connection, actor, kind, key)
            posted = put_comment(connection, actor, {column.name: ident}, text, now)
            add_audit(connection, actor, now, "post", "comment", posted, detail={"record": f"{kind}:{key}"})
        return self._comment(actor, posted)

    def edit_comment(self, actor: Actor, key: str, body: str, now: datetime) -> Comment:
        """Change a comment of one's own; everybody sees that it was edited."""
        text = cleaned(body)
        self._change_comment(actor, key, "edit", now, body=text, edited_at=now)
        return self._comment(actor, key)

    def remove_comment(self, actor: Actor, key: str, now: datetime) -> None:
        """Take a comment of one's own out of its thread; an admin may take out anybody's."""
        self._change_comment(actor, key, "remove", now, removed_at=now)

    def _change_comment(self, actor: Actor, key: str, act: str, now: datetime, **values: Any) -> None:
        found = self._comment(actor, key)
        allowed = found.author == actor.email or (act == "remove" and actor.is_admin)
        with self.database.write() as connection:
            if allowed:
                change = sa.update(comments).where(comments.c.key == found.key, comments.c.removed_at.is_(None))
                connection.execute(change.values(**values))
            add_audit(connection, actor, now, act, "comment", found.key, allowed=allowed)
        if not allowed:
            raise NotAllowedError(f"{act} somebody else's comment")

    def _comment(self, actor: Actor, key: str) -> Comment:
        with self.database.read() as connection:
            row = connection.execute(_columns(actor).where(comments.c.key == key.strip().upper())).first()
        if row is None:
            raise NotFoundError("comment", key)
        return _comment(row)


def put_comment(
    connection: Connection,
    author: Actor,
    thread: dict[str, int],
    body: str,
    now: datetime,
    *,
    automation_id: int | None = None,
    idempotency_key: str | None = None,
) -> str:
    """Store the comment and return its key; on any repeat under the same key the one that is there."""
    if idempotency_key is not None:
        there = sa.select(comments.c.key).where(comments.c.idempotency_key == idempotency_key)
        found: str | None = connection.execute(there).scalar()
        if found is not None:
            return found
    key = next_key(connection, comments, "CM")
    values = {
        "key": key,
        "author_id": author.id,
        "automation_id": automation_id,
        "idempotency_key": idempotency_key,
        "at": now,
        "body": body,
        **thread,
    }
    connection.execute(sa.insert(comments).values(values))
    return key


def cleaned(body: str) -> str:
    """The text without control and bidirectional characters; `CommentRefusedError` when nothing or too much is left."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = "\n".join("".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cf")) for line in lines)
    kept = kept.strip()
    if not kept:
        raise CommentRefusedError("The comment is empty.", "Write something first.")
    if len(kept) > LONGEST:
        raise CommentRefusedError(f"The comment is longer than {LONGEST:,} characters.", "Say it shorter.")
    return kept


def _thread(connection: Connection, actor: Actor, kind: str, key: str) -> tuple[sa.Column[Any], int]:
    if kind not in KINDS:
        raise NotFoundError("thread", key)
    table = tasks if kind == "task" else key_results
    sees = sees_task(actor, tasks) if kind == "task" else sees_key_result(actor)
    found = connection.execute(sa.select(table.c.id).where(table.c.key == key.strip(), sees)).scalar()
    if found is None:
        raise NotFoundError(kind.replace("_", " "), key.strip())
    return (comments.c.task_id if kind == "task" else comments.c.key_result_id), found


def _columns(actor: Actor) -> sa.Select[Any]:
    seen = sa.or_(
        sa.and_(comments.c.key_result_id.is_not(None), sees_key_result(actor)),
        sa.and_(comments.c.task_id.is_not(None), sees_task(actor, tasks)),
    )
    return (
        sa.select(
            comments.c.key,
            key_results.c.key.label("key_result"),
            tasks.c.key.label("task"),
            people.c.email,
            people.c.name,
            comments.c.at,
            comments.c.edited_at,
            comments.c.body,
            automations.c.key.label("rule"),
        )
        .join(people, people.c.id == comments.c.author_id)
        .outerjoin(key_results, key_results.c.id == comments.c.key_result_id)
        .outerjoin(tasks, tasks.c.id == comments.c.task_id)
        .outerjoin(automations, automations.c.id == comments.c.automation_id)
        .where(comments.c.removed_at.is_(None), seen)
        .order_by(comments.c.at, comments.c.id)
    )


def _comment(row: Any) -> Comment:
    kind, record = ("task", row.task) if row.task is not None else ("key_result", row.key_result)
    return Comment(row.key, kind, record, row.email, row.name, row.at, row.edited_at, row.body, row.rule)
