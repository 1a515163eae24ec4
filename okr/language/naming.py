"""Which records the words of a question name: exactly, loosely, inflected, abbreviated or mistyped.

The words of a question are looked up in the store's index of names by their stems and by the ideas of
the glossary. Of the records that come back each is laid against the question: how many words of its name
are there, close together, and how many words of the question that explains. The record that explains
most is named; when several do so equally well, the mention holds them all and the reader asks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from rapidfuzz.distance import OSA

from okr.access import Actor
from okr.language.cutting import WEAK, CutUp, cut_up, runs
from okr.language.given_names import given_names
from okr.language.glossary import concepts
from okr.language.numbers import ordinal
from okr.language.patterns import wordlist
from okr.language.words import Token, stems, variants
from okr.store.naming import Named

# Everyday words that are no slip of a name, however near one is.
COMMON = wordlist("common")
# So many records of a kind that fit the same words are laid against the question.
MOST_ALIKE = 40
# Words for cycles that are numbered in their names.
_TERMS = ("semest", "tercjal", "trymestr", "trimest", "polrocz", "half", "term", "cykl", "cycle", "okres", "period")
KIND_ORDER = ("team", "person", "kpi", "key_result", "objective", "cycle", "task")


class Names(Protocol):
    """What the linker asks of the store."""

    def bearing(self, words: Collection[str]) -> dict[str, set[tuple[str, int]]]: ...
    def borne(self, words: Collection[str]) -> set[str]: ...
    def like(self, variants: Collection[str]) -> set[str]: ...
    def beginning(self, start: str, kind: str = "team") -> set[str]: ...
    def named(self, actor: Actor, refs: Collection[tuple[str, int]]) -> list[Named]: ...


@dataclass(frozen=True, slots=True)
class Fit:
    """How a record lies against the question.

    `exact` when its whole name is there, `share` the weight of its name's words that are, 0-1.
    """

    record: Named
    places: frozenset[int]
    exact: bool
    share: float
    mass: float
    slip: bool = False  # some word only fits as a slip of the pen
    idea: bool = False  # no word of the name is there, only what it means


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the question that name a record, and the records that they fit, the best first."""

    places: frozenset[int]
    fits: tuple[Fit, ...]

    @property
    def start(self) -> int:
        """The first of the words."""
        return min(self.places)

    def of(self, kinds: Collection[str]) -> tuple[Named, ...]:
        """The records of these kinds that fit best and equally well."""
        some = [f for f in self.fits if f.record.kind in kinds]
        if not some:
            return ()
        if any(f.exact for f in some):
            some = [f for f in some if f.exact]
        return tuple(f.record for f in some)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the records, in the order of the fits."""
        return tuple(dict.fromkeys(f.record.kind for f in self.fits))


@dataclass(slots=True)
class Linker:
    """Finds mentions for one question.

    `known` are the places of words that the vocabulary explains, `glue` of those that mean nothing by
    themselves, `taken` of those that are spoken for (expressions of time).
    """

    store: Names
    actor: Actor
    sentence: Sequence[Token]
    known: frozenset[int]
    glue: frozenset[int]
    taken: frozenset[int]
    cycles: frozenset[int] = frozenset()  # the cycles the question is about; records of these come first
    _forms: dict[int, frozenset[str]] = field(default_factory=dict)
    _slips: set[int] = field(default_factory=set)
    _numbered: set[int] = field(default_factory=set)

    def mentions(self) -> list[Mention]:
        """The mentions in the question, without overlaps, in the order of the words."""
        places = [i for i, t in enumerate(self.sentence) if t.is_word and i not in self.taken]
        for i in places:
            self._forms[i] = stems(self.sentence[i].plain) | {f"={self.sentence[i].plain}"}
            which = ordinal([self.sentence[i].plain], "pl") or ordinal([self.sentence[i].plain], "en")
            near = [self.sentence[j].plain for j in (i - 1, i + 1) if 0 <= j < len(self.sentence)]
            if which is not None and any(word.startswith(_TERMS) for word in near):
                # "The first half of 2026" is the cycle "Half 1 2026".
                self._forms[i] |= {str(which.value)}
                self._numbered.add(i)
        ideas = [
            (start, end, f"§{idea}")
            for start, end, idea in concepts([t.plain for t in self.sentence])
            if not any(i in self.taken for i in range(start, end))
        ]
        ideas += [(start, end, f"≈{run}") for start, end, run in runs(self.sentence) if start not in self.taken]
        keys = self._keys()
        wanted = {form for forms in self._forms.values() for form in forms}
        wanted |= {idea for _, _, idea in ideas} | set(keys)
        bearing = self.store.bearing(wanted)
        self._called(places, bearing)
        self._mend(places, bearing, ideas)
        counts: dict[tuple[str, int], set[int]] = {}
        for i in places:
            for form in self._forms[i]:
                for ref in bearing.get(form, ()):
                    counts.setdefault(ref, set()).add(i)
        for start, end, idea in ideas:
            for ref in bearing.get(idea, ()):
                counts.setdefault(ref, set()).update(range(start, end))
        for key, span in keys.items():
            for ref in bearing.get(key, ()):
                counts.setdefault(ref, set()).update(span)
        by_mass = sorted(counts.items(), key=lambda item: (-self._mass(item[1]), item[0]))
        records = self.store.named(self.actor, [ref for ref, _ in by_mass[:600]])
        alike: dict[tuple[str, frozenset[int]], list[Named]] = {}
        for record in records:
            alike.setdefault((record.kind, frozenset(counts[record.kind, record.id])), []).append(record)
        # Of very many that fit the same words the shortest names fit them best.
        few = [r for some in alike.values() for r in sorted(some, key=lambda r: (len(r.name), r.id))[:MOST_ALIKE]]
        return self._choose([(r, cut_up(r.kind, r.key, r.name)) for r in few], ideas, keys)

    def _called(self, places: Sequence[int], bearing: dict[str, set[tuple[str, int]]]) -> None:
        """Give the short forms of given names, which nobody bears as such, the forms of the whole name."""
        added: set[str] = set()
        for i in places:
            word = self.sentence[i]
            whole = given_names().get(word.plain)
            if not whole or (i in self.known and not (i > 0 and word.text[:1].isupper())):
                continue
            if bearing.get(word.plain) or any(
                kind == "person" for form in self._forms[i] for kind, _ in bearing.get(form, ())
            ):
                continue
            forms = frozenset(f"={name}" for name in whole) | whole
            self._forms[i] = self._forms[i] | forms
            self.known -= {i}
            added |= forms
        if added:
            bearing.update(self.store.bearing(added - bearing.keys()))

    def _mass(self, places: Collection[int]) -> float:
        return sum(0.0 if i in self.glue else 0.6 if i in self.known else 1.0 for i in places)

    def _keys(self) -> dict[str, range]:
        # A key may have been cut into several tokens: "KR-CHURN", "ana@acme.test" is one already.
        found: dict[str, range] = {}
        count = len(self.sentence)
        for start in range(count):
            for end in range(start + 2, min(start + 8, count) + 1):
                part = self.sentence[start:end]
                joined = all(a.end == b.start for a, b in pairwise(part))
                if joined and part[0].is_word and part[-1].is_word:
                    found["=" + "".join(t.plain for t in part)] = range(start, end)
            # "kr 15" and "KR15" are KR-15 too.
            spoken = [t for t in self.sentence[start : start + 3] if t.plain not in ("-", "#", ".")][:2]
            if len(spoken) == 2 and spoken[0] is self.sentence[start] and spoken[0].plain.isalpha():
                if spoken[1].plain.isdigit() and spoken[1].start - spoken[0].end <= 2:
                    end = self.sentence.index(spoken[1]) + 1
                    for sign in "-_/":
                        found.setdefault(f"={spoken[0].plain}{sign}{spoken[1].plain}", range(start, end))
        return found

    def _mend(
        self, places: Sequence[int], bearing: dict[str, set[tuple[str, int]]], ideas: list[tuple[int, int, str]]
    ) -> None:
        """Give mistyped and shortened words the forms they were meant to have."""
        explained = {i for start, end, _ in ideas for i in range(start, end)}
        added: set[str] = set()
        for i in places:
            word = self.sentence[i].plain
            if i in self.known or i in explained or len(word) < 3 or not word.isalpha() or word in COMMON:
                continue
            if any(bearing.get(form) for form in self._forms[i]):
                if not bearing.get(word) and len(word) >= 5:
                    # Two letters swapped may bear a stem of another word: "ordres" is "orders".
                    swapped = {w for w in self.store.like(variants(word)) if w != word and sorted(w) == sorted(word)}
                    added |= (forms := frozenset(form for w in swapped for form in stems(w)))
                    self._forms[i] = self._forms[i] | forms
                continue
            meant = self.store.beginning(word) if len(word) <= 5 else set()
            if not meant and len(word) == 4:
                meant = {w for w in self.store.like(variants(word)) if sorted(w) == sorted(word) and w[0] == word[0]}
            if not meant and len(word) >= 5:
                close = self.store.like(variants(word))
                if len(word) >= 8:
                    close |= self.store.like({v for once in variants(word) for v in variants(once)})
                most = 2 if len(word) >= 8 else 1
                meant = {w for w in close if w[0] == word[0] and OSA.distance(word, w, score_cutoff=most) <= most}
                nearest = min((OSA.distance(word, w) for w in meant), default=0)
                meant = {w for w in meant if OSA.distance(word, w) == nearest}
            if meant:
                forms = frozenset(form for w in meant for form in stems(w))
                self._forms[i] = self._forms[i] | forms
                self._slips.add(i)
                added |= forms
        if added:
            bearing.update(self.store.bearing(added))

    def _choose(
        self,
        records: list[tuple[Named, CutUp]],
        ideas: list[tuple[int, int, str]],
        keys: dict[str, range],
    ) -> list[Mention]:
        free = set(self._forms)
        mentions: list[Mention] = []
        while free:
            fits = [fit for record, name in records if (fit := self._fit(record, name, ideas, keys, free)) is not None]
            if not fits:
                break
            best = max(
                fits, key=lambda f: (self._telling(f), f.exact, round(f.mass, 3), not f.slip, f.share, len(f.places))
            )
            if not best.exact:
                # "marketing and sales" are two teams before they are words of a longer name.
                whole = [f for f in fits if f.exact and f.record.kind in ("team", "person") and f.places < best.places]
                told = {i for f in whole for i in f.places}
                if whole and all(i in told or i in self.glue for i in best.places):
                    best = max(whole, key=lambda f: len(f.places))
            # All that explain the same words; a slip never competes with a clean reading.
            same = [f for f in fits if f.places == best.places and f.slip == best.slip]
            same = self._in_cycle(same)
            if any(f.record.kind == "person" and not f.idea for f in same):
                # Mark is a person before he is a "brand" by another word.
                same = [f for f in same if not f.idea]
            same.sort(
                key=lambda f: (not f.exact, not f.record.active, KIND_ORDER.index(f.record.kind), -f.share, f.record.id)
            )
            mentions.append(Mention(best.places, tuple(same)))
            free -= best.places
        return sorted(mentions, key=lambda m: m.start)

    def _telling(self, fit: Fit) -> float:
        """How many of the words are nothing but a name."""
        return sum(i not in self.known for i in fit.places) * (0.9 if fit.slip else 1.0) + 4.0 * (fit.mass >= 4)

    def _in_cycle(self, fits: list[Fit]) -> list[Fit]:
        # The same title comes again each cycle; the one in question is meant.
        kept = []
        for fit in fits:
            of_cycle = fit.record.cycle_id is not None
            alike = [
                f for f in fits if f.record.kind == fit.record.kind and of_cycle and f.record.cycle_id in self.cycles
            ]
            if not of_cycle or not alike or fit.record.cycle_id in self.cycles:
                kept.append(fit)
        return kept

    def _fit(
        self,
        record: Named,
        name: CutUp,
        ideas: list[tuple[int, int, str]],
        keys: dict[str, range],
        free: set[int],
    ) -> Fit | None:
        named, keyed = self._by_name(record, name, ideas, keys, free), self._by_key(record, name, free)
        return keyed if keyed is not None and (named is None or named.places <= keyed.places) else named

    def _by_name(
        self,
        record: Named,
        name: CutUp,
        ideas: list[tuple[int, int, str]],
        keys: dict[str, range],
        free: set[int],
    ) -> Fit | None:
        for i in free:
            if self.sentence[i].plain == name.key:
                if record.kind in ("team", "kpi") and name.key.isalpha():
                    break  # a key that is a word counts as a name
                return Fit(record, frozenset({i}), True, 1.0, 4.0)
        span = keys.get("=" + name.key)
        if span is not None and all(i in free for i in span if self.sentence[i].is_word):
            return Fit(record, frozenset(i for i in span if i in free), True, 1.0, 4.0)
        matched: dict[int, set[int]] = {}
        for unit, forms in enumerate(name.forms):
            for i in free:
                if self._forms[i] & forms:
                    matched.setdefault(unit, set()).add(i)
        literal = {i for places in matched.values() for i in places}
        for start, end, idea in ideas:
            for first, last in name.ideas.get(idea, ()):
                if all(i in free for i in range(start, end)):
                    for unit in range(first, last):
                        matched.setdefault(unit, set()).update(range(start, end))
        alias = next((i for i in free if self._is_alias(i, record, name)), None)
        if alias is not None and not any(alias + 1 in places or alias - 1 in places for places in matched.values()):
            return Fit(record, frozenset({alias}), True, 1.0, 1.0)
        if not matched:
            return None
        cluster = self._cluster({i for places in matched.values() for i in places})
        units = {unit for unit, places in matched.items() if places & cluster}
        # Exact, when only words are missing that say how it is counted.
        exact = all(u in units or name.weights[u] < 0.25 for u in range(len(name.weights)))
        if not exact:
            cluster = _trimmed(cluster, self.glue)
        else:
            cluster = _tight(cluster, {i: self.sentence[i].plain for i in cluster}, self.glue)
        if not exact:
            units = {unit for unit, places in matched.items() if places & cluster}
        places = frozenset(cluster)
        share = sum(name.weights[u] for u in units) / name.total if name.total else 0.0
        # "Zuza" may stand in somebody's address only.
        strong = [u for u in units if name.weights[u] >= 1 or (record.kind == "person" and name.weights[u] == 0)]
        mass = self._mass(places)
        if not strong or not (
            self._enough(record, places, exact, share, mass, len(units) if exact else len(strong))
            or self._in_a_row(matched, strong, places)
        ):
            return None
        slip = any(i in self._slips for i in places)
        if slip and not exact and share < 0.5 and len(places) == 1 and record.kind not in ("team", "person"):
            if len(self.sentence[min(places)].plain) < 7:
                return None  # one short word that is only nearly one of many
        return Fit(record, places, exact, share, mass * (0.9 if slip else 1.0), slip, not places & literal)

    def _in_a_row(self, matched: dict[int, set[int]], strong: Sequence[int], places: frozenset[int]) -> bool:
        """Whether three words of the name stand there as they do in it: "month-end close", though each is everyday."""
        at = min(places)
        wanted = sorted(strong)[:3]
        if len(wanted) < 3 or wanted[2] - wanted[0] > 2:
            return False
        for unit in wanted:
            while at in places or (at < len(self.sentence) and not self.sentence[at].is_word):
                if at in matched[unit]:
                    break
                at += 1
            else:
                return False
            at += 1
        return True

    def _is_alias(self, place: int, record: Named, name: CutUp) -> bool:
        # "ma" may be the initials of a team, and is an everyday word.
        word, before = self.sentence[place], self.sentence[place - 1 : place]
        if any(t.end == word.start and t.plain.isdigit() for t in before):
            return False  # the end of "2nd"
        return record.kind == "team" and place not in self.known and word.plain in name.aliases

    def _by_key(self, record: Named, name: CutUp, free: set[int]) -> Fit | None:
        """ "Hurtu" is of the team with the key "hurt", whatever the team's name is."""
        if record.kind != "team" or len(name.key) < 4 or not name.key.isalpha():
            return None
        for i in free:
            plain = self.sentence[i].plain
            if i not in self.known and i not in self._slips and len(plain) - len(name.key) <= 3:
                if stems(plain) & name.key_forms:
                    return Fit(record, frozenset({i}), True, 1.0, 1.0)
        return None

    def _enough(
        self, record: Named, places: frozenset[int], exact: bool, share: float, mass: float, strong: int
    ) -> bool:
        content = [i for i in places if i not in self.glue]
        unknown = [i for i in content if i not in self.known]
        if content and not exact and all(self.sentence[i].plain.isdigit() for i in content):
            return False
        if record.kind == "cycle" and not exact:
            # "Tercjal 1" of "Tercjal 1 2026": the number has to be there.
            return bool(unknown) and any(self.sentence[i].plain.isdigit() or i in self._numbered for i in places)
        if not content:
            # All glue: only a whole name of several words, such as a team called "Up and On".
            return exact and strong >= 2
        if exact:
            # One ordinary word that is also a name ("Support", "Quality"): only short-named kinds win over it.
            return bool(unknown) or strong >= 2 or record.kind in ("team", "kpi")
        if record.kind == "person":
            return bool(unknown)
        if record.kind in ("team", "cycle"):
            # Part of a team's name is enough only when it is not an everyday word.
            return bool(unknown)
        if unknown and record.kind == "task" and share < 0.4 and not self._of_tasks():
            return False  # "a meeting" is not the task "Meet the Bristol bidder"
        if unknown:
            return mass >= 1.0
        return strong >= 2 and share >= 0.5

    def _of_tasks(self) -> bool:
        return any(t.plain.startswith(("task", "zadan", "todo", "action")) for t in self.sentence)

    def _cluster(self, places: set[int]) -> set[int]:
        """The heaviest run of the places in which no two are further apart than a few glue words."""
        runs: list[set[int]] = []
        for i in sorted(places):
            between = range(max(runs[-1]) + 1, i) if runs else range(0)
            near = bool(runs) and all(
                j in self.glue or not self.sentence[j].is_word or self.sentence[j].plain in WEAK for j in between
            )
            if near and len(between) <= 3:
                runs[-1].add(i)
            else:
                runs.append({i})
        return max(runs, key=self._mass)


def _tight(cluster: set[int], words: Mapping[int, str], glue: frozenset[int]) -> set[int]:
    """The places without those glue words at both ends that come again inside: "roll up to Grow up"."""
    kept = sorted(cluster)
    for end in (0, -1):
        while len(kept) > 1 and kept[end] in glue and any(words[i] == words[kept[end]] for i in kept if i != kept[end]):
            kept.pop(end)
    return set(kept)


def _trimmed(cluster: set[int], glue: frozenset[int]) -> set[int]:
    """The places without the glue at both ends."""
    kept = sorted(cluster)
    while kept and kept[0] in glue:
        kept.pop(0)
    while kept and kept[-1] in glue:
        kept.pop()
    return set(kept)
