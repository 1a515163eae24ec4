"""What people wrote, found by its words: notes, wins and blockers of check-ins, and lessons.

The indexes are kept by the database itself in the transaction of the write: on SQLite by triggers
into two FTS5 tables without content of their own, on PostgreSQL as indexes over expressions. Nothing
of a hit is told before its record has been read again under the person's rights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from okr.access import Actor, sees_key_result, sees_lesson
from okr.errors import StoreBusyError, StoreError, StoreFullError, StoreReadOnlyError
from okr.language.relevance import Term
from okr.models import check_ins, cycles, key_results, lessons, objectives, people
from okr.store.engine import Database
from okr.store.note_index import (
    ENOUGH_HITS,
    MOST_HITS,
    count_hits,
    fts_query,
    has_trigrams,
    hits_postgresql,
    hits_sqlite,
    is_index_failure,
    pieces,
    rebuild,
    tsquery,
)
from okr.store.scope import Condition, Scope, below, within
from okr.store.upkeep import chunks

PARTS = ("note", "wins", "blockers")
# With so many texts that hold every word, those that hold only some are not looked for.
ENOUGH_WHOLE = 50
MOST_EACH = 150
MOST_CANDIDATES = 600
# Without an index so many of the newest texts are read one by one.
MOST_READ = 800
_BIG_PART = 1_000


@dataclass(frozen=True, slots=True)
class NoteQuery:
    """What narrows a search: the scope, when it was written, by whom, in which cycles and which parts.

    `scope` narrows by the key results written about; without `lessons` those are left out.
    """

    last: datetime
    first: datetime | None = None
    scope: Scope = field(default_factory=Scope)
    authors: tuple[int, ...] = ()
    cycle_ids: tuple[int, ...] = ()
    parts: tuple[str, ...] = PARTS
    lessons: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote: a check-in with its parts, or a lesson (`kind` says which).

    `ident` is its number in the indexes, negative for a lesson. `record` is the key of the key result or, for a
    lesson, of its objective; `title` that record's title.
    """

    ident: int
    kind: str
    key: str
    record: str
    title: str
    at: datetime
    author: str
    author_name: str
    texts: tuple[tuple[str, str], ...]
    value: float | None = None
    confidence: int | None = None
    status: str | None = None

    @property
    def text(self) -> str:
        """All parts, as one text."""
        return "\n".join(text for _, text in self.texts)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Numbers of texts that may be meant, in how many texts each word stands, and whether an index gave them."""

    idents: list[int]
    common: dict[str, int]
    indexed: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """How the index of words stands: `missing` texts are not in it; `trigrams` says whether slips are found."""

    sound: bool
    texts: int
    missing: int
    trigrams: bool


class NotesPart:
    """The store's questions about what people wrote."""

    database: Database

    def note_candidates(
        self, actor: Actor, query: NoteQuery, wanted: Sequence[Term], *, whole: bool = False
    ) -> Candidates:
        """Texts that hold some of the words, their other forms, or a phrase of the same idea; newest first.

        With `whole` only those that hold all of them, and no word is counted or taken for mistyped.
        Where the index is missing or damaged the newest texts are taken instead, and `indexed` is False.
        """
        with self.database.read() as connection:
            try:
                return self._indexed(connection, actor, query, wanted, whole)
            except sa.exc.DBAPIError as reason:
                if not is_index_failure(reason):
                    raise
        with self.database.read() as connection:
            return Candidates(self._newest(connection, actor, query, MOST_READ), {}, False)

    def newest_notes(self, actor: Actor, query: NoteQuery, limit: int) -> list[Note]:
        """The newest texts that meet the query, newest first."""
        with self.database.read() as connection:
            idents = self._newest(connection, actor, query, limit)
        return self.notes_by_ident(actor, query, idents)[:limit]

    def count_notes(self, actor: Actor, query: NoteQuery, most: int) -> int:
        """How many check-ins and lessons meet the query; counted up to `most` of each."""
        with self.database.read() as connection:
            found = _counted(connection, _check_ins(actor, query), most)
            return found + (_counted(connection, _lessons(actor, query), most) if _with_lessons(query) else 0)

    def note_idents(self, actor: Actor, query: NoteQuery, limit: int) -> list[int]:
        """The numbers of the newest texts that the person may see and that meet the query."""
        with self.database.read() as connection:
            return self._newest(connection, actor, query, limit)

    def notes_by_ident(self, actor: Actor, query: NoteQuery, idents: Sequence[int]) -> list[Note]:
        """Those of the texts that the person sees and that meet the query, in the order of the numbers.

        This is where every hit of every index is checked against the records themselves.
        """
        found: dict[int, Note] = {}
        with self.database.read() as connection:
            for part in chunks((i for i in idents if i > 0), _BIG_PART):
                chosen = _told(_check_ins(actor, query).where(check_ins.c.id.in_(part)))
                found.update((row.id, _note(row, query.parts)) for row in connection.execute(chosen))
            if _with_lessons(query):
                for part in chunks((-i for i in idents if i < 0), _BIG_PART):
                    chosen = _lesson_told(_lessons(actor, query).where(lessons.c.id.in_(part)))
                    found.update((-row.id, _lesson(row)) for row in connection.execute(chosen))
        return [found[ident] for ident in dict.fromkeys(idents) if ident in found and found[ident].texts]

    def every_note(self, after: int, limit: int) -> list[tuple[int, str]]:
        """Number and text of what is written, lessons first, from the one after that number on.

        For building an index of the program's own; nothing of it may be shown to anybody.
        """
        text = check_ins.c.note + "\n" + check_ins.c.wins + "\n" + check_ins.c.blockers
        some = check_ins.c.note + check_ins.c.wins + check_ins.c.blockers != ""
        with self.database.read() as connection:
            found: list[tuple[int, str]] = []
            if after < 0:
                chosen = sa.select(lessons.c.id, lessons.c.text).where(lessons.c.id < -after)
                rows = connection.execute(chosen.order_by(lessons.c.id.desc()).limit(limit))
                found = [(-row.id, row.text) for row in rows]
            if len(found) < limit:
                chosen = sa.select(check_ins.c.id, text.label("text")).where(check_ins.c.id > max(after, 0), some)
                rows = connection.execute(chosen.order_by(check_ins.c.id).limit(limit - len(found)))
                found += [(row.id, row.text) for row in rows]
        return found

    def notes_version(self) -> tuple[int, int, int]:
        """The newest check-in, lesson and audited change; while they stay the same no text has changed."""
        from okr.models import audits

        with self.database.read() as connection:
            newest = [
                connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
                for table in (check_ins, lessons, audits)
            ]
        return (newest[0], newest[1], newest[2])

    def notes_index(self) -> IndexState:
        """How the index of words stands, counted from end to end."""
        with self.database.read() as connection:
            written = check_ins.c.note + check_ins.c.wins + check_ins.c.blockers != ""
            texts = connection.execute(sa.select(sa.func.count()).select_from(check_ins).where(written)).scalar_one()
            texts += connection.execute(
                sa.select(sa.func.count()).select_from(lessons).where(lessons.c.text != "")
            ).scalar_one()
            trigrams = has_trigrams(connection)
            if connection.dialect.name != "sqlite":
                there = set(
                    connection.execute(
                        sa.text("SELECT indexrelid::regclass::text FROM pg_index WHERE indisvalid AND indisready")
                    ).scalars()
                )
                sound = {"ix_note_words_check_in", "ix_note_words_lesson"} <= there
                return IndexState(sound, texts, 0 if sound else texts, trigrams)
        try:
            with self.database.read() as connection:
                held = connection.exec_driver_sql("SELECT count(*) FROM note_words_docsize").scalar_one()
            with self.database.write() as connection:
                connection.exec_driver_sql("INSERT INTO note_words(note_words) VALUES ('integrity-check')")
        except (StoreReadOnlyError, StoreBusyError, StoreFullError):
            # Only a writer may have it checked through; what is counted is known all the same.
            return IndexState(True, texts, max(0, texts - held), trigrams)
        except (sa.exc.DBAPIError, StoreError):
            return IndexState(False, texts, texts, trigrams)
        return IndexState(True, texts, max(0, texts - held), trigrams)

    def rebuild_notes(self) -> None:
        """Make the indexes anew from the records, whatever state they are in."""
        with self.database.write() as connection:
            rebuild(connection)

    def _commonness(self, connection: Connection, own: str) -> int:
        if connection.dialect.name == "sqlite":
            # One look for both kinds: to find where a beginning stands costs more than to count.
            statement = f"SELECT rowid AS ident FROM note_words WHERE note_words MATCH :wanted LIMIT {ENOUGH_HITS}"
            return count_hits(connection, (statement, {"wanted": own}))
        sides = (hits_postgresql(own, lesson=lesson, most=ENOUGH_HITS) for lesson in (False, True))
        return sum(count_hits(connection, side) for side in sides)

    def _indexed(
        self, connection: Connection, actor: Actor, query: NoteQuery, wanted: Sequence[Term], whole: bool
    ) -> Candidates:
        hits = hits_sqlite if connection.dialect.name == "sqlite" else hits_postgresql
        grammar = fts_query if connection.dialect.name == "sqlite" else tsquery
        groups: dict[str, str] = {}
        common: dict[str, int] = {}
        slips: list[str] = []
        for term in wanted:
            own, all_forms = grammar(term)
            common[term.word] = 0 if whole else self._commonness(connection, own)
            if not whole and not common[term.word] and len(term.word) > 3 and term.word.isalpha():
                slips.append(term.word)
            groups[term.word] = all_forms
        found: dict[int, None] = {}

        def collect(expression: str, most: int) -> None:
            if len(found) < MOST_CANDIDATES:
                found.update(dict.fromkeys(_visible(connection, actor, query, hits, expression, most)))

        words = list(groups)
        joined = " AND " if connection.dialect.name == "sqlite" else " & "
        if len(words) > 1:
            collect(joined.join(f"({groups[word]})" for word in words), 2 * MOST_EACH)
        enough = whole or len(found) >= ENOUGH_WHOLE
        if 2 < len(words) <= 5 and not enough:
            for at, word in enumerate(words):
                for other in words[at + 1 :]:
                    collect(f"({groups[word]}){joined}({groups[other]})", MOST_EACH)
        # The rarest first: what is common fills only what room is left.
        for word in () if enough and len(words) > 1 else sorted(words, key=lambda w: common[w]):
            collect(groups[word], MOST_EACH)
        for word in slips:
            by_half = pieces(connection)
            found.update(dict.fromkeys(_visible(connection, actor, query, by_half, word, MOST_EACH)))
        return Candidates(list(found), common, True)

    def _newest(self, connection: Connection, actor: Actor, query: NoteQuery, limit: int) -> list[int]:
        chosen = _check_ins(actor, query).with_only_columns(check_ins.c.id, check_ins.c.at)
        # By the key results of a narrow scope; an index by time would go through everybody's check-ins to find its few.
        at = check_ins.c.at if query.scope.is_company else sa.type_coerce(check_ins.c.at, sa.BigInteger) + 0
        rows = list(connection.execute(chosen.order_by(at.desc(), check_ins.c.id.desc()).limit(limit)))
        found = [(row.at, row.id) for row in rows]
        if _with_lessons(query):
            of_lessons = _lessons(actor, query).with_only_columns(lessons.c.id, lessons.c.at)
            found += [
                (row.at, -row.id) for row in connection.execute(of_lessons.order_by(lessons.c.at.desc()).limit(limit))
            ]
            found.sort(reverse=True)
        return [ident for _, ident in found[:limit]]


# ── rights, scope and time ──────────────────────────────────────────────────────────────────────


def _check_ins(actor: Actor, query: NoteQuery) -> sa.Select[Any]:
    said = [check_ins.c[part] != "" for part in query.parts]
    conditions: list[Condition] = [sees_key_result(actor), check_ins.c.at <= query.last, *within(query.scope)]
    conditions.append(sa.or_(*said) if said else sa.false())
    if query.first is not None:
        conditions.append(check_ins.c.at >= query.first)
    if query.authors:
        conditions.append(check_ins.c.author_id.in_(query.authors))
    if query.cycle_ids:
        cycle = key_results.c.cycle_id
        # Of a whole company the newest come from the index on time, and not from every key result of the cycle.
        conditions.append((cycle + 0 if query.scope.is_company else cycle).in_(query.cycle_ids))
    return (
        sa.select(check_ins.c.id)
        .select_from(check_ins.join(key_results, key_results.c.id == check_ins.c.key_result_id))
        .where(*conditions)
    )


def _is_narrow(query: NoteQuery) -> bool:
    return not query.scope.is_company or bool(query.authors) or query.first is not None


def _with_lessons(query: NoteQuery) -> bool:
    return query.lessons and not query.scope.key_results


def _lessons(actor: Actor, query: NoteQuery) -> sa.Select[Any]:
    scope = query.scope
    conditions: list[Condition] = [sees_lesson(actor, lessons), lessons.c.at <= query.last]
    if query.first is not None:
        conditions.append(lessons.c.at >= query.first)
    if scope.teams or scope.people or scope.objectives:
        about = sa.select(objectives.c.id)
        if scope.teams:
            about = about.where(objectives.c.team_id.in_(below(scope.teams)))
        if scope.people:
            about = about.where(objectives.c.owner_id.in_(scope.people))
        if scope.objectives:
            about = about.where(objectives.c.id.in_(scope.objectives))
        conditions.append(lessons.c.objective_id.in_(about))
    if query.authors:
        conditions.append(lessons.c.author_id.in_(query.authors))
    if query.cycle_ids:
        conditions.append(lessons.c.cycle_id.in_(query.cycle_ids))
    return sa.select(lessons.c.id).where(*conditions)


def _counted(connection: Connection, chosen: sa.Select[Any], most: int) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(chosen.limit(most).subquery())).scalar_one())


def _told(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return chosen.with_only_columns(
        check_ins.c.id,
        check_ins.c.key,
        check_ins.c.at,
        check_ins.c.note,
        check_ins.c.wins,
        check_ins.c.blockers,
        check_ins.c.value,
        check_ins.c.confidence,
        check_ins.c.status,
        key_results.c.key.label("record"),
        key_results.c.title,
        people.c.email,
        people.c.name,
    ).join(people, people.c.id == check_ins.c.author_id)


def _note(row: Any, parts: Sequence[str]) -> Note:
    texts = tuple(
        (part, text) for part in ("blockers", "note", "wins") if part in parts and (text := getattr(row, part))
    )
    return Note(
        row.id, "check_in", row.key, row.record, row.title, row.at, row.email, row.name, texts,
        row.value, row.confidence, row.status,
    )  # fmt: skip


def _lesson_told(chosen: sa.Select[Any]) -> sa.Select[Any]:
    return (
        chosen.with_only_columns(
            lessons.c.id,
            lessons.c.key,
            lessons.c.at,
            lessons.c.kind,
            lessons.c.text,
            objectives.c.key.label("record"),
            objectives.c.title,
            cycles.c.name.label("cycle_name"),
            people.c.email,
            people.c.name,
        )
        .join(people, people.c.id == lessons.c.author_id)
        .join(cycles, cycles.c.id == lessons.c.cycle_id)
        .outerjoin(objectives, objectives.c.id == lessons.c.objective_id)
    )


def _lesson(row: Any) -> Note:
    title = row.title or row.cycle_name
    return Note(
        -row.id, "lesson", row.key, row.record or "", title, row.at, row.email, row.name, ((row.kind, row.text),)
    )


# ── the indexes ─────────────────────────────────────────────────────────────────────────────────


def _visible(
    connection: Connection, actor: Actor, query: NoteQuery, hits: Any, expression: str, most: int
) -> Iterator[int]:
    deep = MOST_HITS if _is_narrow(query) else ENOUGH_HITS
    for lesson in (False, True) if _with_lessons(query) else (False,):
        statement, values = hits(expression, lesson=lesson, most=deep)
        found = sa.text(statement).bindparams(**values).columns(sa.column("ident", sa.Integer)).subquery("hits")
        chosen = _lessons(actor, query) if lesson else _check_ins(actor, query)
        table = lessons if lesson else check_ins
        chosen = chosen.join(found, found.c.ident == table.c.id).order_by(table.c.id.desc()).limit(most)
        for ident in connection.execute(chosen).scalars():
            yield -ident if lesson else ident
