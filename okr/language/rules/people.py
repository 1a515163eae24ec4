"""Who is meant: owners, leads, a team, a person by name, as the directory knows them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from okr.automations import Audience
from okr.language.rules.directory import Directory, same_name
from okr.language.rules.tokens import Sentence
from okr.language.rules.waiting import Waiting
from okr.language.words import fold


@lru_cache(maxsize=4096)
def _team_words(name: str, key: str) -> tuple[tuple[str, ...], ...]:
    forms = {fold(name), fold(key.replace("-", " "))}
    return tuple(tuple(form.replace("&", " & ").replace("-", " ").split()) for form in sorted(forms))


class Somebody:
    """An audience that was named but is not clear: `about` is audience or address."""

    def __init__(self, about: str, words: str) -> None:
        self.about = about
        self.words = words


Found = tuple[Audience | Somebody, int]


class People(Waiting):
    """Finds audiences in one sentence."""

    def __init__(self, s: Sentence, directory: Directory, asker: str, quotes: dict[str, str]) -> None:
        self.s = s
        self.quotes = quotes
        self.directory = directory
        self.asker = asker

    def at(self, i: int, *, concerned: bool = False) -> Found | None:
        """The audience at i; `concerned` reads "the owner" as the owner of what met a condition."""
        s = self.s
        if i >= len(s):
            return None
        at = s.skip(i, "TO") if False else i
        found = self._one(at, concerned)
        if found is None:
            return None
        people = found[0]
        end = found[1]
        if isinstance(people, Audience) and people.kind not in ("person", "me") and self._narrowed(end):
            # "Owners who ...": those that no rule can tell apart.
            return Somebody("audience", s.said(i, end + 3)), end
        if isinstance(people, Audience) and people.kind in ("person", "me"):
            end, people = self._more(end, people)
        elif isinstance(people, Audience):
            joined = s.skip(end, "AND")
            other = (
                self._one(joined, concerned)
                if end < joined < len(s) and not s.is_a(joined, "VERB", "SEND", "SET")
                else None
            )
            both = ("okr_owners", "kr_owners")
            if other and isinstance(other[0], Audience) and people.kind in both and other[0].kind in both:
                # Owners of objectives and owners of key results are the OKR owners.
                kind = "okr_owners" if people.kind != other[0].kind else people.kind
                if people.team == other[0].team:
                    return Audience(kind, people.team), other[1]
            if other and other[0] != people and (isinstance(other[0], Audience) or s.words[joined].capital):
                return Somebody("audience", s.said(i, other[1])), other[1]
        return people, end

    def _narrowed(self, end: int) -> bool:
        """Whether words that say which of the group are meant stand behind it and were not understood."""
        s = self.s
        at = end + 1 if end < len(s) and s.plain[end] == "," else end
        return at < len(s) and s.plain[at] in ("who", "whose", "ktorzy", "ktore", "ktorych", "ktorym", "ktory")

    def _more(self, end: int, first: Audience) -> tuple[int, Audience | Somebody]:
        """Ana and Jan: further people after the first."""
        s = self.s
        emails = list(first.people) if first.kind == "person" else [self.asker]
        kind = first.kind
        while True:
            joined = s.skip(end, "AND")
            if joined == end or joined >= len(s):
                break
            following = self._one(joined, False)
            if following is None or s.is_a(joined, "VERB", "SEND", "SET", "COMMENT_VERB"):
                break
            more, after = following
            if isinstance(more, Somebody):
                return after, more
            if more.kind not in ("person", "me"):
                return after, Somebody("audience", s.said(joined, after))
            emails += [e for e in (more.people or (self.asker,)) if e not in emails]
            kind = "person"
            end = after
        return end, (Audience("person", None, tuple(emails)) if kind == "person" else first)

    def _one(self, i: int, concerned: bool) -> Found | None:
        s = self.s
        if "@" in s.plain[i] and len(s.plain[i]) > 3:
            person = self.directory.person(s.plain[i])
            if person is None:
                return Somebody("address", s.words[i].text), i + 1
            return Audience("person", None, (person.email,)), i + 1
        if s.is_a(i, "ME"):
            return Audience("me"), i + s.is_a(i, "ME")
        if concerned and s.is_a(i, "THE_ONE") and any(s.is_a(j, "SOMEBODY") for j in range(i)):
            # "If somebody has not checked in, remind them": whoever was spoken of.
            return Audience("kr_owners"), i + s.is_a(i, "THE_ONE")
        waiting = self._waiting(i) if concerned else None
        if waiting and {"week", "tygodniu", "tygodnia", "tydzien"} & set(s.plain[i : waiting[1]]):
            # Of those concerned it is said "this week"; "no check-in for two weeks" is the condition itself.
            return waiting
        if concerned:
            best = max(("SELF_OWNER", "SELF_LEAD"), key=lambda tag: s.is_a(s.skip(i, "THE"), tag) or s.is_a(i, tag))
            at = i if s.is_a(i, best) else s.skip(i, "THE")
            length = s.is_a(at, best)
            if length:
                plain_end = at + length
                beyond = self._owners(i)
                if best == "SELF_OWNER" and beyond and beyond[1] > plain_end:
                    return beyond
                if best == "SELF_LEAD":
                    beyond = self._leads(i)
                    if beyond and beyond[1] > plain_end:
                        return beyond
                if best == "SELF_OWNER" or not s.is_a(at, "LEADERSHIP") > length:
                    return Audience("kr_owners" if best == "SELF_OWNER" else "leads"), plain_end
        for read in (self._waiting, self._owners, self._leadership, self._leads, self._team, self._everyone, self._us):
            found = read(i)
            if found:
                return found
        return self._person(i)

    def tasks_of(self, i: int) -> Found | None:
        """Whose tasks are meant at i: owners, a team, or a person who is named."""
        for read in (self._waiting, self._owners, self._team):
            found = read(i)
            if found:
                return found
        named = self.s.words[i].capital and not self.s.known(i)
        return self._person(i) if named else None

    # -- groups -------------------------------------------------------------------------------

    def _owners(self, i: int) -> Found | None:
        s = self.s
        at = i
        while s.is_a(at, "THE", "EVERY", "ALL_OF_THEM"):
            at += 1
        team = self._team_name(at)
        if team and team[0] is not None:
            at = team[1]
            at = at + 1 if at < len(s) and s.plain[at] == "team" else at
        kind = None
        if s.is_a(at, "KR") and s.is_a(at + s.is_a(at, "KR"), "OWNERS"):
            kind, at = "kr_owners", at + s.is_a(at, "KR")
        elif s.is_a(at, "OKR") and s.is_a(at + s.is_a(at, "OKR"), "OWNERS"):
            kind, at = "okr_owners", at + s.is_a(at, "OKR")
        if not s.is_a(at, "OWNERS"):
            return None
        end = at + s.is_a(at, "OWNERS")
        if kind is None:
            kind, end = self._owned(end)
        found_team = team[0] if team else None
        if found_team is None:
            named, end = self._of_team(end)
            if isinstance(named, Somebody):
                return named, end
            found_team = named
        return Audience(kind, found_team), end

    def _owned(self, end: int) -> tuple[str, int]:
        """What the owners own: OKRs and objectives by default, or key results."""
        s = self.s
        at = end
        while at < len(s) and s.plain[at] in (
            "of",
            "the",
            "all",
            "wszystkich",
            "our",
            "active",
            "naszych",
            "aktywnych",
            "their",
            "for",
            "any",
        ):
            at += 1
        krs = objectives = False
        last = end
        while at < len(s) and s.is_a(at, "OKR", "KR"):
            objective = s.is_a(at, "OKR") >= s.is_a(at, "KR") and s.is_a(at, "OKR") > 0
            objectives = objectives or objective
            krs = krs or not objective
            last = at + s.is_a(at, "OKR", "KR")
            joined = s.skip(last, "AND", "OR")
            if joined == last or not s.is_a(joined, "OKR", "KR"):
                break
            at = joined
        return ("kr_owners" if krs and not objectives else "okr_owners"), last

    def _of_team(self, i: int) -> tuple[str | Somebody | None, int]:
        """in the Sales team, z zespołu Sales."""
        s = self.s
        if i >= len(s) or (
            s.plain[i] not in ("in", "of", "from", "on", "w", "z", "within", "at") and not s.is_a(i, "TEAM")
        ):
            return None, i
        at = i + 1 if not s.is_a(i, "TEAM") else i
        at = s.skip(at, "THE")
        found = self._team(at)
        if found and isinstance(found[0], Audience) and found[0].kind == "team" and found[0].team:
            return found[0].team, found[1]
        if found and isinstance(found[0], Somebody):
            return found[0], found[1]
        return None, i

    def _leadership(self, i: int) -> Found | None:
        s = self.s
        at = s.skip(i, "THE", "TO")
        length = s.is_a(at, "LEADERSHIP") or s.is_a(i, "LEADERSHIP")
        if not length:
            return None
        at = at if s.is_a(at, "LEADERSHIP") else i
        if s.is_a(at, "LEADS") > length:
            return None
        return Audience("leadership"), at + length

    def _leads(self, i: int) -> Found | None:
        s = self.s
        at = i
        while at < len(s) and (
            s.is_a(at, "THE", "EVERY") or s.plain[at] in ("all", "wszystkim", "wszystkich", "of", "our", "wszyscy")
        ):
            at += 1
        if at < len(s) and s.is_a(i, "LEADS") > s.is_a(at, "LEADS"):
            at = i
        team = self._team_name(at)
        if team and team[0]:
            after = team[1] + (1 if team[1] < len(s) and s.plain[team[1]] == "team" else 0)
            if s.is_a(after, "LEADS"):
                entry = next((t for t in self.directory.teams() if t.key == team[0]), None)
                end = after + s.is_a(after, "LEADS")
                if entry and entry.lead:
                    return Audience("person", None, (entry.lead,)), end
        length = s.is_a(at, "LEADS")
        if not length:
            return None
        end = at + length
        after = s.skip(end, "THE") if end < len(s) and s.plain[end] != "of" else s.skip(end + 1, "THE")
        owned = s.language == "pl" and self._team_name(end) is not None
        named = (
            self._team(after)
            if after < len(s) and (s.is_a(after, "TEAM") or s.plain[end : end + 1] == ["of"] or owned)
            else None
        )
        if named and isinstance(named[0], Audience) and named[0].team:
            entry = next((t for t in self.directory.teams() if t.key == named[0].team), None)
            if entry and entry.lead:
                return Audience("person", None, (entry.lead,)), named[1]
        return Audience("leads"), end

    def _everyone(self, i: int) -> Found | None:
        s = self.s
        length = s.is_a(i, "EVERYONE")
        if not length or s.is_a(i + length, "TASK", "OKR", "KR"):
            return None
        return Audience("everyone"), i + length

    def _us(self, i: int) -> Found | None:
        length = self.s.is_a(i, "US")
        if not length:
            return None
        return self.mine() or Somebody("audience", self.s.said(i, i + length)), i + length

    def mine(self) -> Audience | None:
        """The team of whoever speaks."""
        person = self.directory.person(self.asker)
        return Audience("team", person.team) if person and person.team else None

    def _team(self, i: int) -> Found | None:
        """the Sales team, team Sales, zespół marketingu, or the bare name of a team."""
        s = self.s
        at = i
        while s.is_a(at, "THE", "WHOLE"):
            at += 1
        if at >= len(s):
            return None
        led = at
        if s.is_a(at, "TEAM") and s.plain[at] not in ("people", "ludzi", "folks", "guys"):
            named = self._team_name(at + 1)
            if named and named[0]:
                return Audience("team", named[0]), named[1]
            unknown = self._unknown_name(at + 1)
            department = s.value(at + 1, "departments")
            if department:
                unknown = at + 1 + department[1]
            elif s.language == "pl" and not unknown and s.plain[at + 1].endswith(("owemu", "owego", "owy", "nemu")):
                unknown = at + 2 if not s.known(at + 1) else None
            if unknown:
                return Somebody("audience", s.said(at, unknown)), unknown
            return Audience("team"), at + s.is_a(at, "TEAM")
        named = self._team_name(led)
        if named and named[0]:
            end = named[1]
            end += s.is_a(end, "TEAM") if end < len(s) and s.is_a(end, "TEAM") else 0
            return Audience("team", named[0]), end
        # A capital word before "team" that is no team of the company.
        unknown = self._unknown_name(at)
        if unknown and s.is_a(unknown, "TEAM") and s.language == "en":
            return Somebody("audience", s.said(at, unknown + 1)), unknown + s.is_a(unknown, "TEAM")
        if (
            s.language == "en"
            and at + 1 < len(s)
            and s.plain[at].isalpha()
            and s.plain[at + 1] == "team"
            and not s.is_a(
                at,
                "LEADERSHIP",
                "OKR",
                "KR",
                "VERB",
                "SEND",
                "REPORT",
                "OPEN_MESSAGE",
                "AND",
                "ME",
                "EVERYONE",
                "weekday",
                "often",
            )
            and (at > i or s.words[at].capital)
        ):
            return Somebody("audience", s.said(at, at + 2)), at + 2
        return None

    def _unknown_name(self, i: int) -> int | None:
        s = self.s
        at = i
        while (
            at < len(s)
            and s.words[at].capital
            and s.plain[at].isalpha()
            and not s.value(at, "weekday")
            and not s.value(at, "month")
            and not (s.is_a(at, "OKR", "KR", "CHECK_IN", "KPI_WORD"))
        ):
            at += 1
        return at if at > i else None

    def _team_name(self, i: int) -> tuple[str | None, int] | None:
        """A team of the company at i: (key, end)."""
        s = self.s
        if i < len(s) and s.plain[i] in self.quotes:
            named = fold(self.quotes[s.plain[i]])
            keys = [t.key for t in self.directory.teams() if named in (fold(t.key), fold(t.name))]
            return (keys[0], i + 1) if keys else None
        if i >= len(s) or not (s.plain[i][0].isalpha()):
            return None
        best: tuple[str | None, int] | None = None
        for team in self.directory.teams():
            for words in _team_words(team.name, team.key):
                end = self._matches(i, words)
                if end and (best is None or end > best[1]):
                    best = team.key, end
        if best:
            return best
        department = s.value(i, "departments")
        if department:
            for team in self.directory.teams():
                if department[0] in (fold(team.name), fold(team.key).replace("-", " ")):
                    return team.key, i + department[1]
        return None

    def _matches(self, i: int, words: Sequence[str]) -> int | None:
        s = self.s
        at = i
        for word in words:
            if at < len(s) and s.plain[at] == "-":
                at += 1
            if at >= len(s):
                return None
            said = s.plain[at]
            if (
                said != word
                and not (s.language == "pl" and len(word) > 3 and same_name(said, word))
                and said != word + "'s"
            ):
                return None
            at += 1
        return at

    # -- people ---------------------------------------------------------------------------------

    def _person(self, i: int) -> Found | None:
        s = self.s
        word = s.plain[i]
        if (not word.isalpha() and "'" not in word) or len(word) < 2:
            return None
        prefix = word[:2]
        known = s.known(i) and not s.words[i].capital
        candidates = [
            p
            for p in self.directory.people_like(prefix)
            if any(same_name(word, part) for name in (p.name, *p.aliases) for part in fold(name).split())
        ]
        if word.endswith("'s") and s.is_a(i + 1, "TEAM"):
            # "Nowak's team" is not Nowak.
            return Somebody("audience", s.said(i, i + 2)), i + 2
        exact = [p for p in candidates if any(word in fold(name).split() for name in (p.name, *p.aliases))]
        if exact and len(exact) < len(candidates) and word.endswith(("ska", "cka", "dzka")):
            # "Kowalska" is a name of its own, not a case of Kowalski.
            candidates = exact
        if not candidates:
            if s.words[i].capital and not s.known(i) and i > 0:
                end = i + 1
                while end < len(s) and s.words[end].capital and not s.known(end):
                    end += 1
                return Somebody("audience", s.said(i, end)), end
            return None
        end = i + 1
        while end < len(s) and end < i + 4 and s.plain[end].isalpha():
            closer = [
                p
                for p in candidates
                if any(same_name(s.plain[end], part) for name in (p.name, *p.aliases) for part in fold(name).split())
            ]
            if not closer:
                break
            candidates = closer
            end += 1
        if end == i + 1 and end < len(s) and s.words[end].capital and not s.known(end) and s.plain[end].isalpha():
            return Somebody("audience", s.said(i, end + 1)), end + 1
        if known and end == i + 1 and len(word) < 4:
            return None
        if len(candidates) > 1:
            whole = [p for p in candidates if len(fold(p.name).split()) == end - i]
            if len(whole) == 1 and end - i > 1:
                candidates = whole
            else:
                return Somebody("audience", s.said(i, end)), end
        return Audience("person", None, (candidates[0].email,)), end
