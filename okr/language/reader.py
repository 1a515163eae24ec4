"""Reads a question: from words to a frame, or to what has to be asked back, is missing, or is not ours.

The reader answers for every word: a reading that leaves a word with a meaning unexplained is not given.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from okr.access import Actor
from okr.calendar import cycles_in_force
from okr.errors import UnknownPersonError
from okr.language.atoms import NUMBER_WORDS, Pieces, numbers, settle
from okr.language.compose import Composed, compose
from okr.language.compounds import as_named
from okr.language.cutting import GENERIC
from okr.language.doubts import doubtful
from okr.language.facts import Facts
from okr.language.followups import counted_back, follow, starts_following
from okr.language.frames import Ask, Clarify, Frame, Missing, Reading, Ref, Refused, Unread
from okr.language.leaving_out import leave_out, set_aside
from okr.language.naming import Linker, Mention, Names
from okr.language.patterns import Match, vocabulary, wordlist
from okr.language.periods import Clock, CycleSpan, TimeMatch, times
from okr.language.proper import people_named, quoted, shouted
from okr.language.signs import (
    explained,
    free_words,
    is_soft,
    languages,
    looks_ahead,
    our_types,
    said,
    sums,
    without_commands,
)
from okr.language.spelling import mended
from okr.language.status_rules import rule_named
from okr.language.subjects import Subjects, ref, settle_subjects, told_apart, whose_team
from okr.language.surnames import surnames
from okr.language.time_words import MONTHS_IN
from okr.language.words import Token, safe_text, stems, tokens
from okr.store.directory import Company, Cycle, Team

LONGEST = 2_000
_WEAK = wordlist("weak")
_HARMLESS = wordlist("harmless")
# Answers that tell one record whole, or its owner, whatever adjective was put beside it.
_ONE_RECORD = (Ask.STATUS, Ask.VALUE, Ask.WHO)
_FOREIGN = wordlist("foreign")
# Words that may stand before an order, and words after it that turn it into a question ("update on churn").
# Orders whatever follows, unless it is a question: "remind me who owns NPS".
_REMIND = wordlist("remind")
_QUESTION = wordlist("question")
_POLITE = wordlist("polite")
_ASKING_AFTER = wordlist("asking_after")
# Meanings that ask about one record, so that unknown words beside them are a name nobody bears.
_OF_ONE = frozenset(
    "status owner target baseline current progress expected gap confidence reported score last_check_in history"
    " alignment due children parents".split()
)
_OF_PEOPLE = ("lead", "members", "manager", "assignee")
_POLISH_LETTERS = frozenset("ąćęłńóśźż")


class Asked(Names, Protocol):
    """What the reader asks of the store."""

    def company(self) -> Company: ...
    def cycles(self) -> list[Cycle]: ...
    def teams(self) -> list[Team]: ...
    def actor(self, email: str) -> Actor: ...


def read(text: str, *, actor: Actor, store: Asked, now: datetime, previous: Frame | None = None) -> Reading:
    """What the text asks, for this person at this moment.

    `previous` is the frame of the last answer of the conversation, which a follow-up leans on. Never
    raises for anything a person may type.
    """
    language = previous.language if previous is not None else actor.language
    language = language if language in ("en", "pl") else "en"
    if len(text) > LONGEST:
        return Refused(language, "too_long")
    clean = without_commands(safe_text(text, LONGEST).strip())
    sentence = tokens(clean)
    if not any(t.is_word for t in sentence):
        return Refused(language, "empty")
    return _Reader(clean, sentence, actor, store, now, previous, language).read()


class _Reader:
    def __init__(
        self,
        text: str,
        sentence: list[Token],
        actor: Actor,
        store: Asked,
        now: datetime,
        previous: Frame | None,
        language: str,
    ) -> None:
        self.text, self.sentence = text, sentence
        self.beyond = False  # it asks, in words that are known, for what no frame holds
        self.rule = ""  # the status rule that the question names
        self.second = ""  # the other language, when words of it are there too
        self.actor, self.store, self.previous = actor, store, previous
        self.words = [t.plain for t in sentence]
        company = store.company()
        self.today = now.astimezone(company.tz).date()
        self.language = self._language(language)
        self.vocabulary = vocabulary(self.language)
        every = store.cycles()
        current = cycles_in_force(every, self.today)
        spans = {c.id: CycleSpan(c.id, c.key, c.name, c.start, c.end) for c in every}
        self.clock = Clock(self.today, tuple(spans.values()), tuple(spans[c.id] for c in current))

    def read(self) -> Reading:
        """The reading of the whole question."""
        bad = self._not_ours()
        if bad is not None:
            return bad
        found = self._read_in_language()
        ordered = isinstance(found, Refused) and found.reason == "write"
        if isinstance(found, Unread | Refused | Missing) and self.second and not (ordered or self.beyond):
            # Names in one language, the question in the other: the other reading may be whole.
            first = self.language
            self._turn_to(self.second)
            other = self._read_in_language()
            if isinstance(other, Frame | Clarify) or (
                isinstance(other, Missing)
                and isinstance(found, Unread | Refused)
                and bool(quoted(self.text, self.sentence))
            ):
                return other
            self._turn_to(first)
        return found

    def _turn_to(self, language: str) -> None:
        self.language = language
        self.vocabulary = vocabulary(language)
        self.sentence = tokens(self.text)
        self.words = [t.plain for t in self.sentence]

    def _read_in_language(self) -> Reading:
        pieces = self._pieces()
        if self.second and self.second != self.language and pieces.mentions:
            # "historia operations cancelled on the day": what is not a name says the language.
            named = {i for m in pieces.mentions for i in m.places}
            rest = [t.plain for i, t in enumerate(tokens(self.text)) if i not in named]
            if explained(vocabulary(self.second), rest) >= explained(self.vocabulary, rest) + 1:
                self.second, first = "", self.language
                self._turn_to("pl" if first == "en" else "en")
                pieces = self._pieces()
        self.beyond = self.beyond or any(pieces.has(slot) for slot in ("beyond", "except", "rights"))
        for time in pieces.times:
            if time.bad == "date":
                return Missing(self.language, said(pieces, time), "date", reason="date")
            if time.bad == "cycles" and not (pieces.has("ask", "lessons") or pieces.has("type", "lesson")):
                return Unread(self.language, (said(pieces, time),))
            if time.bad == "cycle":
                return Missing(self.language, said(pieces, time), "cycle", reason="cycle")
        return self._understood(pieces, None)

    # ── first looks ────────────────────────────────────────────────────────────────────────────

    def _language(self, usual: str) -> str:
        named = quoted(self.text, self.sentence)
        if any(c.islower() for c in self.text):
            # IT and NPS are of neither language, unless everything is in capitals.
            named |= {i for i, t in enumerate(self.sentence) if len(t.text) > 1 and t.text.isupper()}
        words = [w for i, w in enumerate(self.words) if i not in named]
        scores = languages(words)
        for name, months in MONTHS_IN.items():
            scores[name] += 0.8 * sum(w in months for w in words)
        if set(self.text.lower()) & _POLISH_LETTERS:
            # A name may have them in an English question.
            scores["pl"] += 0.6
        best = usual if scores["en"] == scores["pl"] else max(scores, key=lambda name: scores[name])
        other = "pl" if best == "en" else "en"
        self.second = other if scores[other] >= 1 else ""
        return best

    def _not_ours(self) -> Reading | None:
        known = explained(self.vocabulary, self.words)
        foreign = sum(w in _FOREIGN for w in self.words)
        letters = [c for c in self.text if c.isalpha()]
        latin = sum(c.lower() in "abcdefghijklmnopqrstuvwxyz" or c.lower() in _POLISH_LETTERS for c in letters)
        if sums(self.text):
            return Refused(self.language, "not_ours")
        if letters and latin < len(letters) * 0.5:
            return Refused(self.language, "language")
        if foreign >= 2 and foreign * 2 > known:
            return Refused(self.language, "language")
        return None

    def _pieces(self) -> Pieces:
        self.sentence = as_named(self.sentence, self.store, self.vocabulary.words)
        self.words = [t.plain for t in self.sentence]
        taken_times = self._times()
        in_time = frozenset(i for t in taken_times for i in range(t.start, t.end))
        self.words = mended(self.words, self.vocabulary, self.store, in_time)
        if self.words != [t.plain for t in self.sentence]:
            self.sentence = [Token(t.text, w, t.start, t.end) for t, w in zip(self.sentence, self.words, strict=True)]
            taken_times = self._times()
            in_time = frozenset(i for t in taken_times for i in range(t.start, t.end))
        self.rule, in_rule = rule_named(self.words)
        in_time |= in_rule
        in_quotes = quoted(self.text, self.sentence) | shouted(self.text, self.sentence, self.vocabulary.glue)
        persons = people_named(self.sentence, self.store, self.vocabulary.words | self.vocabulary.glue) - in_time
        names = in_quotes | persons | in_rule
        matches = [m for m in self.vocabulary.matches(self.words) if not names.intersection(range(m.start, m.end))]
        known = frozenset(
            i for m in matches for i in range(m.start, m.end) if self.vocabulary.knows_well(self.words[i])
        )
        figures = frozenset(i for i, w in enumerate(self.words) if w in NUMBER_WORDS[self.language])
        glue = frozenset(
            i for g in settle(matches, frozenset()) if g.is_glue or is_soft(g.meanings) for i in range(g.start, g.end)
        ) | frozenset(i for i, w in enumerate(self.words) if w in self.vocabulary.glue and i not in persons)
        linker = Linker(
            self.store, self.actor, self.sentence, known | figures, glue | figures, in_time,
            frozenset(c.id for t in taken_times if (c := t.cycle) is not None)
            or frozenset(c.id for c in self.clock.current),
        )  # fmt: skip
        mentions = [m for m in linker.mentions() if self._stands(m, matches, known) and self._whole_quote(m, in_quotes)]
        mentions = told_apart(mentions, self.words)
        named = frozenset(i for m in mentions for i in m.places)
        groups = settle(matches, in_time | named)
        found = numbers(self.words, in_time | named, self.language)
        explained = in_time | named | {i for g in groups for i in range(g.start, g.end)}
        explained |= {i for n in found for i in range(n.start, n.end)}
        unknown = [i for i, t in enumerate(self.sentence) if i not in explained and t.is_word]
        return Pieces(self.words, self.sentence, self.language, groups, taken_times, found, mentions, unknown)

    def _times(self) -> list[TimeMatch]:
        """The expressions of time, without the surnames that are one: Adam Środa, April Jones."""
        found = self._outside_names(times(self.words, self.clock))
        names = surnames(found, self.sentence, self.words, self.store, self.language)
        return [t for t in found if t.start not in names or t.end - t.start > 1]

    def _outside_names(self, found: list[TimeMatch]) -> list[TimeMatch]:
        """The times without those that are part of a whole name: "Close the month in 5 days", April Stone."""
        kept = []
        for time in found:
            span = frozenset(i for i in range(time.start, time.end) if self.words[i] not in _WEAK)
            borne = self.store.borne({form for i in span for form in stems(self.words[i])})
            if borne and self._within_name(
                span, frozenset(i for t in found if t is not time for i in range(t.start, t.end))
            ):
                continue
            kept.append(time)
        return kept

    def _within_name(self, span: frozenset[int], taken: frozenset[int]) -> bool:
        linker = Linker(self.store, self.actor, self.sentence, frozenset(), frozenset(), taken)
        whole = (m.places for m in linker.mentions() if m.fits[0].exact)
        return any(places & span and places - span for places in whole)

    def _whole_quote(self, mention: Mention, quoted: frozenset[int]) -> bool:
        # Of a quoted name most must fit: another record's name has other words.
        inside = mention.places & quoted
        if not inside or len(quoted) < 2:
            return True
        spoken = {i for i in quoted if self.words[i] not in _WEAK}
        return len(inside & spoken) * 2 > len(spoken) or mention.fits[0].exact

    def _stands(self, mention: Mention, matches: list[Match], known: frozenset[int]) -> bool:
        """Whether words that the vocabulary explains are a name all the same."""
        if any(i not in known for i in mention.places):
            return True
        best = mention.fits[0]
        if len(mention.places) > 1:
            return True
        # One everyday word: a name only when it is written as the name is.
        word = self.words[next(iter(mention.places))]
        literal = word in [t.plain for t in tokens(best.record.name)] or word == best.record.key.lower()
        if self.language == "pl" and best.record.kind == "team":
            return best.exact
        return best.exact and literal

    # ── understanding ──────────────────────────────────────────────────────────────────────────

    def _understood(self, pieces: Pieces, chosen: Ref | None) -> Reading:
        refused = self._refused(pieces)
        if refused is not None:
            return refused
        wants_kpi = bool(pieces.has("type", "kpi") or (not pieces.has("status") and "kpi" in pieces.values("type")))
        prefer = "objective" if pieces.has("ask", "alignment") else ""
        figure = bool({"value", "history", "count"} & set(pieces.values("ask"))) and not (
            set(pieces.values("field")) - {"current"} or pieces.has("status") or pieces.has("ask", "status")
        )
        free_words(pieces)
        counted_back(pieces, self.previous, self.today)
        pieces, names_out, out_said = set_aside(pieces)
        if self.rule and not pieces.mentions and not pieces.has("type") and not pieces.has("status"):
            if {"value", "define", "list", "explain", "help"} & set(pieces.values("ask")):
                return Frame(Ask.DEFINE, self.language, field="rule", rule=self.rule)
        subjects = settle_subjects(pieces, prefer_kpi=wants_kpi, prefer=prefer, figure=figure)
        if subjects.doubt is not None and chosen is None:
            return self._which(pieces, subjects)
        person = whose_team(pieces, subjects)
        if person is not None:
            subjects = self._of_their_team(subjects, person)
        composed = self._compose(pieces, subjects)
        leaning = follow(composed, pieces, self.previous)
        frame = leaning or (composed.frame if composed is not None else None)
        if frame is None:
            return self._unread(pieces)
        if names_out:
            less = leave_out(frame, pieces, names_out)
            if less is None:
                return Unread(self.language, tuple(self.sentence[i].text for i in out_said))
            frame = less
        left = self._left(pieces)
        if left and frame.named and frame.ask in _ONE_RECORD and {self.words[i] for i in left} <= _HARMLESS:
            left = [i for i in left if i not in pieces.unknown]
        if left:
            return self._missing(pieces, left, frame)
        heard = {(r.kind, r.id) for r in (*frame.named, *frame.teams, *frame.people, *frame.objectives)}
        unheard = [r for r in subjects.order if r.kind != "cycle" and (r.kind, r.id) not in heard]
        if unheard and frame.ask is not Ask.DEFINE and frame.field != "members":
            return Unread(self.language, tuple(r.title for r in unheard))
        return self._checked(replace(frame, rule=self.rule or frame.rule), pieces)

    def _compose(self, pieces: Pieces, subjects: Subjects) -> Composed | None:
        me = Ref("person", self.actor.id, self.actor.email, self.actor.name)
        team: tuple[Ref, ...] = ()
        if self.actor.team_id is not None and (
            pieces.has("mine", "team") or (pieces.has("mine", "our") and not self.actor.is_admin)
        ):
            team = tuple(Ref("team", t.id, t.key, t.name) for t in self.store.teams() if t.id == self.actor.team_id)
        current = frozenset(c.id for c in self.clock.current)
        return compose(Facts(pieces, subjects, self.today, team, me, current))

    def _of_their_team(self, subjects: Subjects, person: Ref) -> Subjects:
        """The subjects with the teams that the person leads, else the one they are in, instead of the person."""
        teams = [t for t in self.store.teams() if t.lead == person.key]
        if not teams:
            try:
                own = self.store.actor(person.key).team_id
            except UnknownPersonError:
                return subjects
            teams = [t for t in self.store.teams() if t.id == own]
        refs = [Ref("team", t.id, t.key, t.name) for t in teams]
        order = [r for r in subjects.order if r != person]
        return replace(subjects, people=[], teams=refs, order=[*order, *refs]) if refs else subjects

    def _which(self, pieces: Pieces, subjects: Subjects) -> Reading:
        """Several records fit equally: the reading that each would give."""
        assert subjects.doubt is not None
        doubt = subjects.doubt
        about = " ".join(self.sentence[i].text for i in sorted(doubt.places))
        readings: list[Frame] = []
        options: list[Ref] = []
        for option in subjects.options[:8]:
            only = tuple(f for f in doubt.fits if (f.record.kind, f.record.id) == (option.kind, option.id))
            mentions = [Mention(m.places, only) if m is doubt else m for m in pieces.mentions]
            for group in pieces.groups:
                group.used = False
            for number in pieces.numbers:
                number.used = False
            reading = self._understood(replace(pieces, mentions=mentions, unknown=list(pieces.unknown)), None)
            if isinstance(reading, Frame):
                readings.append(reading)
                options.append(option)
            elif isinstance(reading, Clarify):
                return reading
        if not options:
            return Unread(self.language, tuple(self.sentence[i].text for i in sorted(doubt.places)))
        if len(options) == 1:
            return readings[0]
        return Clarify(self.language, about, tuple(options), tuple(readings))

    def _refused(self, pieces: Pieces) -> Reading | None:
        ours = bool(pieces.mentions) or pieces.has("by") or pieces.has("status") or our_types(pieces)
        if pieces.has("off") and not (ours and self._strongly_ours(pieces)):
            return Refused(self.language, "not_ours")
        order = self._order(pieces)
        return Refused(self.language, "write", order) if order else None

    def _order(self, pieces: Pieces) -> str:
        """The verb of a sentence that begins by telling us to change or do something; empty when none does."""
        if pieces.has("ask", "compare"):
            return ""  # "put sales and marketing side by side"
        for group in pieces.having("write"):
            if any(self.words[i] not in _POLITE and self.sentence[i].is_word for i in range(group.start)):
                return ""
            after = self.words[group.end] if group.end < len(self.words) else ""
            if self.words[group.start] in _REMIND and not _QUESTION & set(self.words[group.end : group.end + 2]):
                return self.sentence[group.start].text
            if group.end - group.start == 1 and after not in _ASKING_AFTER:
                return self.sentence[group.start].text
        return ""

    def _strongly_ours(self, pieces: Pieces) -> bool:
        off = list(pieces.having("off"))
        return all(g.is_glue or len(g.meanings) > 1 for g in off)

    def _left(self, pieces: Pieces) -> list[int]:
        """The words with a meaning of their own that the reading does not rest on."""
        named = {i for m in pieces.mentions for i in m.places}
        # "The average footfall" of one record is that record.
        stretch = any(t.when is not None and not t.when.moment for t in pieces.times)
        left = [i for i in pieces.unknown if stretch or self.words[i] not in GENERIC or i + 1 not in named]
        for group in pieces.groups:
            if (
                not group.used
                and group.start > 0
                and self.words[group.start : group.end] in (["but"], ["procz"])
                and group.end in named
            ):
                left.append(group.start)  # all but one
            if not group.used and not group.is_glue and not is_soft(group.meanings):
                left.extend(range(group.start, group.end))
        told = {i for group in pieces.groups if group.used for i in range(group.start, group.end)}
        for number in pieces.numbers:
            if number.start in told:
                continue  # "at 100 %" is a phrase of its own
            if not number.used and self.words[number.start] not in ("one", "jeden", "jedna", "jedno"):
                left.append(number.start)
        return sorted(left)

    def _missing(self, pieces: Pieces, left: list[int], frame: Frame) -> Reading:
        """Words are left over: a name that nobody bears, or words that were not understood."""
        unknown = [i for i in left if i in pieces.unknown]
        named = frame.named or frame.teams or frame.people or frame.objectives
        if unknown and (not pieces.mentions or not named or self._beside_kind(pieces, unknown)):
            close = tuple(r for m in pieces.mentions for r in map(ref, m.of(m.kinds)))[:3]
            wanted = self._name_around(left)
            return Missing(self.language, wanted, self._kind_named(pieces, unknown, frame), close, reason="record")
        return Unread(self.language, tuple(self.sentence[i].text for i in left))

    def _name_around(self, unknown: list[int]) -> str:
        first, last = min(unknown), max(unknown)
        if last - first > 8:
            return " ".join(self.sentence[i].text for i in unknown)
        return self.text[self.sentence[first].start : self.sentence[last].end]

    def _beside_kind(self, pieces: Pieces, unknown: list[int]) -> bool:
        return any(abs(g.end - unknown[0]) <= 1 or abs(unknown[-1] + 1 - g.start) <= 1 for g in pieces.having("type"))

    def _kind_named(self, pieces: Pieces, unknown: list[int], frame: Frame) -> str:
        for group in pieces.having("type"):
            if abs(group.end - unknown[0]) <= 1 or abs(unknown[-1] + 1 - group.start) <= 1:
                kind = group.get("type") or ""
                return kind if kind in ("key_result", "objective", "team", "person", "kpi", "task") else ""
        return ""

    def _unread(self, pieces: Pieces) -> Reading:
        left = [self.sentence[i].text for i in self._left(pieces)]
        ids = [i for i in pieces.unknown if any(c.isdigit() for c in self.words[i])]
        wants_one = any(v in _OF_ONE for g in pieces.groups for m in g.meanings for _, v in m) or bool(ids)
        wants_one = wants_one or pieces.has("held") or pieces.has("kind")
        wants_one = wants_one or (pieces.has("ask", "who") and pieces.has("field", *_OF_PEOPLE))
        if pieces.unknown and not pieces.mentions and wants_one:
            return Missing(self.language, self._name_around(pieces.unknown), reason="record")
        ours = (
            pieces.mentions
            or pieces.times
            or our_types(pieces)
            or pieces.has("by")
            or pieces.has("status")
            or any(self.words[g.start : g.end] not in (["i"], ["me"]) for g in pieces.having("mine"))
        )
        if not ours and (pieces.unknown or not left) and not starts_following(pieces):
            # Nothing in it is about objectives.
            whole = len(self.words) > 2 or bool(pieces.unknown)
            return Refused(self.language, "not_ours") if whole else Unread(self.language, tuple(left))
        return Unread(self.language, tuple(left) or tuple(t.text for t in self.sentence if t.is_word))

    def _checked(self, frame: Frame, pieces: Pieces) -> Reading:
        if frame.when is not None and frame.when.first > self.today and not looks_ahead(frame, pieces):
            words = next((said(pieces, t) for t in pieces.times), "")
            return Missing(self.language, words, "date", reason="future")
        doubt = doubtful(frame, pieces)
        if doubt:
            self.beyond = True
            return Unread(self.language, tuple(self.sentence[i].text for i in doubt))
        if frame.ask in (Ask.VALUE, Ask.WHO, Ask.WHEN, Ask.EXPLAIN, Ask.HISTORY, Ask.ALIGNMENT) and not (
            frame.named or frame.teams or frame.people or frame.objectives or frame.company or frame.cycle or frame.mine
        ):
            if frame.ask is Ask.WHEN and frame.of == "cycle":
                return frame
            if frame.ask is Ask.EXPLAIN and (pieces.has("type") or frame.when is not None or pieces.has("mine")):
                return replace(frame, company=True)
            return Unread(self.language, tuple(t.text for t in self.sentence if t.is_word))
        return frame
