"""Status updates that people keep: saved, changed, approved, sent, and found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, led_teams, sees_key_result, sees_objective, sees_task
from okr.errors import NotAllowedError, NotFoundError, StaleVersionError
from okr.models import key_results, objectives, people, tasks, team_paths, teams
from okr.store.audit import add_audit
from okr.store.automations import actor_of
from okr.store.committing import audited
from okr.store.engine import Database
from okr.store.messages import Letter, put_message
from okr.store.upkeep import chunks
from okr.update_tables import update_recipients, update_versions, updates

Document = dict[str, Any]
MOST_TITLE = 300


@dataclass(frozen=True, slots=True)
class KeptUpdate:
    """An update that was saved; `owner` is an e-mail, `state` draft, approved or sent."""

    id: int
    key: str
    owner: str
    owner_name: str
    scope: str
    audience: str
    language: str
    title: str
    first: date
    last: date
    as_of: datetime
    state: str
    version: int
    document: Document
    made_at: datetime
    changed_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class UpdateVersion:
    """What one version of an update said, who made it, and when."""

    version: int
    person: str
    at: datetime
    document: Document


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of an update for one person: `state` delivered or skipped, then with the reason.

    With the reason `own` a delivered one was written for that person, who may not see all of the sender's.
    """

    person: str
    state: str
    reason: str | None
    message: str | None


class UpdatesPart:
    """The store's archive of updates. Whose it is sees it, and whoever it was sent to; for others it does not exist."""

    database: Database

    def save_update(self, actor: Actor, document: Document, now: datetime, *, key: str = "") -> KeptUpdate:
        """Keep a draft as the person's own; the document is the contract's draft document as it was made for them.

        With a key of the caller's the same is kept once, however often it is asked for.
        """
        with self.database.write() as connection:
            if key and connection.execute(sa.select(updates.c.id).where(updates.c.key == key)).scalar() is not None:
                return _own(connection, actor, key)
            values = {
                "person_id": actor.id,
                "scope": document["scope"],
                "audience": document["audience"],
                "language": document["language"],
                "first": date.fromisoformat(document["period"]["from"]),
                "last": date.fromisoformat(document["period"]["to"]),
                "as_of": datetime.fromisoformat(document["as_of"]),
                "state": "draft",
                "made_at": now,
            }
            made = sa.insert(updates).values(key=f"new {actor.id}", **_changed(document, now), **values)
            ident = connection.execute(made.returning(updates.c.id)).scalar_one()
            key = key or f"UPD-{ident}"
            connection.execute(sa.update(updates).where(updates.c.id == ident).values(key=key))
            _keep_version(connection, ident, 1, actor, now, document)
            add_audit(connection, actor, now, "save", "update", key)
            return _own(connection, actor, key)

    def change_update(self, actor: Actor, key: str, document: Document, version: int, now: datetime) -> KeptUpdate:
        """A new version of one's own update, which takes an approval back.

        `NotFoundError` for another's, `StaleVersionError` where it was changed since that version, `NotAllowedError`
        for one that was sent.
        """
        with self.database.write() as connection:
            kept = _own(connection, actor, key)
            _still(kept, version)
            change = sa.update(updates).where(updates.c.id == kept.id)
            connection.execute(
                change.values(version=version + 1, state="draft", approved_at=None, **_changed(document, now))
            )
            _keep_version(connection, kept.id, version + 1, actor, now, document)
            add_audit(connection, actor, now, "change", "update", key, detail={"version": version + 1})
            return _own(connection, actor, key)

    def approve_update(self, actor: Actor, key: str, version: int, now: datetime) -> KeptUpdate:
        """Say that one's own update is right as it stands in that version; errors as for a change."""
        with self.database.write() as connection:
            kept = _own(connection, actor, key)
            _still(kept, version)
            change = sa.update(updates).where(updates.c.id == kept.id)
            connection.execute(change.values(state="approved", approved_at=now, changed_at=now))
            add_audit(connection, actor, now, "approve", "update", key, detail={"version": version})
            return _own(connection, actor, key)

    def send_update(
        self,
        actor: Actor,
        key: str,
        emails: Sequence[str],
        letter: Letter,
        version: int,
        now: datetime,
        *,
        letter_for: Callable[[Actor], Letter | None] | None = None,
    ) -> list[Sent]:
        """Put one's own update into these people's inboxes.

        Whoever may not see all that it names or counts gets what `letter_for` makes for them, and is skipped without
        it. A person gets it once, however often it is sent; who has left is skipped as `inactive`. Errors as for a
        change, except that what was sent may be sent to further people. Who leads no team and is no admin reaches
        only themselves: `NotAllowedError` otherwise.
        """
        wanted = list(dict.fromkeys(email.strip().lower() for email in emails))
        letters, same = self._letters(actor, key, wanted, letter, letter_for)

        def done(connection: Connection) -> tuple[str, list[Sent]]:
            kept = _own(connection, actor, key)
            if not _reaches_others(connection, actor) and set(wanted) - {actor.email}:
                raise NotAllowedError("send an update to other people")
            if kept.version != version:
                raise StaleVersionError(key)
            had = {one.person for one in _sent(connection, kept.id)}
            for email in wanted:
                if email not in had:
                    _send(connection, kept, email, letters.get(email), now, own=email not in same)
            change = sa.update(updates).where(updates.c.id == kept.id)
            connection.execute(change.values(state="sent", sent_at=kept.sent_at or now, changed_at=now))
            return key, _sent(connection, kept.id)

        return audited(self.database, actor, now, "send", "update", done, key)

    def _letters(
        self,
        actor: Actor,
        key: str,
        emails: Sequence[str],
        letter: Letter,
        letter_for: Callable[[Actor], Letter | None] | None,
    ) -> tuple[dict[str, Letter], set[str]]:
        """What each gets, and who gets the sender's own; made before anything is written, for it may take a while."""
        with self.database.read() as connection:
            found = connection.execute(_columns().where(updates.c.person_id == actor.id, updates.c.key == key)).first()
            if found is None:
                return {}, set()
            readers = [reader for email in emails if (reader := _reader(connection, email)) is not None]
            kept = KeptUpdate(*found)
            same = {one.email for one in readers if _sees_the_same(connection, actor, one, kept)}
        letters = dict.fromkeys(same, letter)
        for reader in readers:
            own = letter_for(reader) if reader.email not in same and letter_for is not None else None
            if own is not None:
                letters[reader.email] = own
        return letters, same

    def updates(self, actor: Actor, *, scope: str = "", limit: int = 50) -> list[KeptUpdate]:
        """The person's own updates and those sent to them, the latest changed first; of one scope if it is named."""
        query = _seen(actor).order_by(updates.c.changed_at.desc(), updates.c.id.desc()).limit(limit)
        if scope:
            query = query.where(updates.c.scope == scope)
        with self.database.read() as connection:
            return [KeptUpdate(*row) for row in connection.execute(query)]

    def update(self, actor: Actor, key: str) -> KeptUpdate:
        """One of them; `NotFoundError` for any other."""
        with self.database.read() as connection:
            return _one(connection, _seen(actor), key)

    def update_versions(self, actor: Actor, key: str) -> list[UpdateVersion]:
        """Every version of one's own update, the first first; `NotFoundError` for any other."""
        with self.database.read() as connection:
            kept = _own(connection, actor, key)
            of = update_versions.c
            query = (
                sa.select(of.version, people.c.email, of.at, of.document)
                .join(people, people.c.id == of.person_id)
                .where(of.update_id == kept.id)
                .order_by(of.version)
            )
            return [UpdateVersion(*row) for row in connection.execute(query)]

    def update_recipients(self, actor: Actor, key: str) -> list[Sent]:
        """Who got one's own update and who was skipped, by address; `NotFoundError` for any other."""
        with self.database.read() as connection:
            return _sent(connection, _own(connection, actor, key).id)

    def last_update(self, actor: Actor, scope: str, before: datetime) -> KeptUpdate | None:
        """The latest update of the scope that stands for an earlier moment, among those the person sees."""
        query = _seen(actor).where(updates.c.scope == scope, updates.c.as_of < before)
        with self.database.read() as connection:
            row = connection.execute(query.order_by(updates.c.as_of.desc(), updates.c.id.desc()).limit(1)).first()
        return None if row is None else KeptUpdate(*row)


def _reaches_others(connection: Connection, actor: Actor) -> bool:
    return actor.is_admin or connection.execute(led_teams(actor).limit(1)).first() is not None


def _changed(document: Document, now: datetime) -> dict[str, Any]:
    return {"document": document, "title": str(document["title"])[:MOST_TITLE], "changed_at": now}


def _columns() -> sa.Select[Any]:
    of = updates.c
    return sa.select(
        of.id, of.key, people.c.email, people.c.name, of.scope, of.audience, of.language, of.title, of.first, of.last,
        of.as_of, of.state, of.version, of.document, of.made_at, of.changed_at, of.sent_at,
    ).join(people, people.c.id == of.person_id)  # fmt: skip


def _seen(actor: Actor) -> sa.Select[Any]:
    to = update_recipients.c
    # Who got a letter of their own does not see the sender's.
    got = sa.select(to.update_id).where(to.person_id == actor.id, to.state == "delivered", to.reason.is_(None))
    return _columns().where(sa.or_(updates.c.person_id == actor.id, updates.c.id.in_(got)))


def _one(connection: Connection, query: sa.Select[Any], key: str) -> KeptUpdate:
    row = connection.execute(query.where(updates.c.key == key)).first()
    if row is None:
        raise NotFoundError("update", key)
    return KeptUpdate(*row)


def _own(connection: Connection, actor: Actor, key: str) -> KeptUpdate:
    return _one(connection, _columns().where(updates.c.person_id == actor.id), key)


def _still(kept: KeptUpdate, version: int) -> None:
    if kept.version != version:
        raise StaleVersionError(kept.key)
    if kept.state == "sent":
        raise NotAllowedError("change an update that was sent")


def _keep_version(
    connection: Connection, ident: int, version: int, actor: Actor, now: datetime, document: Document
) -> None:
    values = {"update_id": ident, "version": version, "person_id": actor.id, "at": now, "document": document}
    connection.execute(sa.insert(update_versions).values(values))


def _sent(connection: Connection, ident: int) -> list[Sent]:
    to = update_recipients.c
    query = sa.select(people.c.email, to.state, to.reason, to.message).join(people, people.c.id == to.person_id)
    return [Sent(*row) for row in connection.execute(query.where(to.update_id == ident).order_by(people.c.email))]


def _reader(connection: Connection, email: str) -> Actor | None:
    """The active person with that address; None for who has left, `NotFoundError` for nobody."""
    person = connection.execute(sa.select(people.c.id, people.c.active).where(people.c.email == email)).first()
    if person is None:
        raise NotFoundError("person", email)
    return actor_of(connection, person.id) if person.active else None


def _send(
    connection: Connection, kept: KeptUpdate, email: str, letter: Letter | None, now: datetime, *, own: bool
) -> None:
    reader = _reader(connection, email)
    ident = connection.execute(sa.select(people.c.id).where(people.c.email == email)).scalar_one()
    values: dict[str, Any] = {"update_id": kept.id, "person_id": ident, "state": "skipped"}
    if reader is None:
        values["reason"] = "inactive"
    elif letter is None:
        values["reason"] = "not_visible"
    else:
        values |= {"state": "delivered", "reason": "own" if own else None}
        values["message"] = put_message(
            connection,
            person_id=ident,
            automation_id=None,
            idempotency_key=f"update:{kept.key}:{ident}",
            instant=None,
            letter=letter,
            now=now,
        )
    connection.execute(sa.insert(update_recipients).values(values))


def _sees_the_same(connection: Connection, author: Actor, reader: Actor, kept: KeptUpdate) -> bool:
    """Whether the reader sees every record that the update names, and every key result that it counts."""
    if reader.is_admin:
        return True
    if not sees_all(connection, reader, sources(kept.document)):
        return False
    inside = [scope.partition(":")[::2] for scope in kept.scope.split("+")]
    within: list[sa.ColumnElement[bool]] = []
    for kind, key in inside:
        match kind:
            case "team":
                above = sa.select(teams.c.id).where(teams.c.key == key).scalar_subquery()
                of_team = sa.select(team_paths.c.team_id).where(team_paths.c.above_id == above)
                within.append(key_results.c.team_id.in_(of_team))
            case "person":
                within.append(key_results.c.owner_id.in_(sa.select(people.c.id).where(people.c.email == key)))
            case "objective":
                within.append(key_results.c.objective_id.in_(sa.select(objectives.c.id).where(objectives.c.key == key)))
            case _:
                within.append(sa.true())
    hidden = sa.select(key_results.c.id).where(
        sa.or_(*within), key_results.c.live, sees_key_result(author), sa.not_(sees_key_result(reader))
    )
    return connection.execute(hidden.limit(1)).first() is None


def sources(document: Document) -> list[str]:
    """The ids of all records that an update rests on or names."""
    named = [ident for fact in document["facts"] for ident in fact["sources"]]
    return list(dict.fromkeys([*named, *(one["id"] for one in document["missing"])]))


def sees_all(connection: Connection, reader: Actor, keys: Sequence[str]) -> bool:
    """Whether none of these records is one that the person may not see."""
    if reader.is_admin:
        return True
    hidden = (
        sa.select(key_results.c.id).where(sa.not_(sees_key_result(reader))),
        sa.select(objectives.c.id).where(sa.not_(sees_objective(reader))),
        sa.select(tasks.c.id).where(sa.not_(sees_task(reader, tasks))),
    )
    for part in chunks(keys, 500):
        for query, table in zip(hidden, (key_results, objectives, tasks), strict=True):
            if connection.execute(query.where(table.c.key.in_(part)).limit(1)).first() is not None:
                return False
    return True
