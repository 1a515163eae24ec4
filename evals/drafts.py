"""Whether an update says what is so: each figure, name, date and word of it against the company file.

Nothing here imports from `okr` or from what writes the updates: figures are worked out by `evals.company`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from evals.company import WORST_FIRST, Company, Figure, behind_first, clamped, exact

Document = dict[str, Any]
Row = dict[str, Any]

# The most words that an update for each audience may have.
LIMITS = {"leadership": 600, "all-hands": 360, "team": 1000}
SHARES = ("progress", "expected", "gap", "change", "previous")
ORDER = (*WORST_FIRST[:3], "unknown", "pending", "completed")
MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split(),
}
STATUS_WORDS = {
    "on_track": r"on track|zgodnie z planem|zgodne z planem",
    "at_risk": r"at risk|zagrożon\w+",
    "off_track": r"off track|poza planem",
    "completed": r"completed|ukończon\w+",
    "stale": r"stale|nieaktualn\w+",
}
_QUOTED = re.compile(r"[“„]([^“”„]*)”")
_MARKUP = re.compile(r"https?:|www\.|<[a-z/!]|\]\(|!\[|```|\*\*|javascript:|mailto:|^\s*[=#]", re.IGNORECASE)
_DATE = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS['en'] + MONTHS['pl'])})\b(?: (\d{{4}}))?")
_NUMBER = re.compile("[−+±]?\\d{1,3}(?:[,\u00a0]\\d{3})+(?:[.,]\\d+)?|[−+±]?\\d+(?:[.,]\\d+)?")


class Judge:
    """One company, one asker, one update."""

    def __init__(self, company: Company, asker: str, document: Document) -> None:
        self.company = company
        self.asker = asker
        self.document = document
        self.at = datetime.fromisoformat(document["as_of"])
        before = document.get("compared_with")
        self.before = None if before is None else datetime.fromisoformat(before)
        self.facts: dict[str, Row] = {fact["id"]: fact for fact in document["facts"]}
        self.results = company.by_key["key_results"]
        self.check_ins = {row["key"]: row for row in company.file["check_ins"]}

    def faults(self) -> Iterator[str]:
        """Everything that is wrong with it, in words; nothing for a sound one."""
        for fact in self.document["facts"]:
            yield from self._fact(fact)
        for section in self.document["sections"]:
            for sentence in section["sentences"]:
                yield from self._sentence(sentence)
        yield from self._hidden()
        yield from self._missing()
        yield from self._must_say()
        yield from self._length()

    # ── figures ────────────────────────────────────────────────────────────────────────────────

    def _fact(self, fact: Row) -> Iterator[str]:
        for source in fact["sources"]:
            if not self._exists(source):
                yield f"{fact['id']}: no record {source}"
        for name, value in fact["values"].items():
            truth = self._truth(fact, name)
            if isinstance(truth, Fraction) and isinstance(value, int | float):
                if abs(float(truth) - value) > 1e-9:
                    yield f"{fact['id']} {fact['kind']}: {name} is {float(truth)}, not {value}"
            elif truth != value:
                yield f"{fact['id']} {fact['kind']}: {name} is {truth}, not {value}"

    def _exists(self, source: str) -> bool:
        return source == "company" or self.company.kind_of(source) is not None

    def _truth(self, fact: Row, name: str) -> Figure:
        first = fact["sources"][0]
        if first in self.results:
            if name == "count":
                return Fraction(len(fact["sources"]))
            return self._of_key_result(first, name)
        if first in self.check_ins:
            return exact(self.check_ins[first][name])
        if first in self.company.by_key["tasks"]:
            return Fraction(len(fact["sources"])) if name == "count" else None
        return self._of_scope(fact, name)

    def _of_key_result(self, key: str, name: str) -> Figure:
        row = self.results[key]
        if name in ("baseline", "target"):
            return exact(row[name])
        if name in ("previous", "change"):
            assert self.before is not None
            was, now = self.company.progress(row, self.before), self.company.progress(row, self.at)
            if name == "previous":
                return was
            return None if was is None or now is None else now - was
        return self.company.standing(row, self.at).figures()[name]

    def _of_scope(self, fact: Row, name: str) -> Figure:
        rows = self.in_scope(fact["sources"])
        kind = fact["kind"]
        if name == "freshness":
            return "stale" if kind == "stale_count" else "never"
        if name == "count" and kind in ("stale_count", "never_count"):
            wanted = kind.removesuffix("_count")
            return Fraction(sum(self.company.standing(row, self.at).freshness == wanted for row in rows))
        if name == "count" and kind == "left_out":
            return Fraction(sum(self.company.progress(row, self.at) is None for row in rows))
        if name == "count" and kind == "late_count":
            return self._late()
        statuses = [self.company.status(row, self.at) for row in rows]
        if name == "count":
            return Fraction(len(rows))
        if name == "status":
            return next((status for status in ORDER if status in statuses), None)
        if name in ORDER:
            return Fraction(statuses.count(name))
        now = self._mean(rows, self.at)
        expected = self.company.expected(rows[0], self.at)
        then = None if self.before is None else self._mean(rows, self.before)
        match name:
            case "progress":
                return now
            case "expected":
                return expected
            case "gap":
                return None if now is None else expected - now
            case "previous":
                return then
            case "change":
                return None if now is None or then is None else now - then
        raise AssertionError(name)

    def _late(self) -> Figure:
        on = self.company.day(self.at).isoformat()
        hidden = {row["key"] for row in self.company.hidden_from(self.asker)["tasks"]}
        late = [
            task
            for task in self.company.file["tasks"]
            if task["key"] not in hidden
            and task["due"] is not None
            and task["due"] < on
            and (task["done_on"] is None or task["done_on"] > on)
        ]
        return Fraction(len(late))

    def _mean(self, rows: list[Row], at: datetime) -> Fraction | None:
        shares = [(Fraction(str(row["weight"])), self.company.progress(row, at)) for row in rows]
        known = [(weight, clamped(share)) for weight, share in shares if share is not None]
        whole = sum((weight for weight, _ in known), Fraction(0))
        return sum((weight * share for weight, share in known), Fraction(0)) / whole if whole else None

    def in_scope(self, sources: list[str]) -> list[Row]:
        """The visible active key results that the sources of a fact about a scope stand for."""
        first = sources[0]
        if first == "company":
            return self.company.key_results(self.asker, self.at)
        match self.company.kind_of(first):
            case "teams":
                return self.company.key_results(self.asker, self.at, team=first)
            case "people":
                return self.company.key_results(self.asker, self.at, owner=first)
            case "objectives":
                cycle = self.company.by_key["objectives"][first]["cycle"]
                return self.company.key_results(self.asker, self.at, objective=first, cycle=cycle)
        raise AssertionError(first)

    def scope(self) -> list[Row]:
        """The key results that the update is about."""
        kind, _, key = self.document["scope"].partition(":")
        if self.company.cycle(self.at) is None:
            return []
        return self.in_scope([key or kind])

    # ── words ──────────────────────────────────────────────────────────────────────────────────

    def _sentence(self, sentence: Row) -> Iterator[str]:
        facts = [self.facts[ident] for ident in sentence["facts"]]
        text = sentence["text"]
        if not facts and self.document["facts"]:
            yield f"no fact behind {text!r}"
        if _MARKUP.search(text):
            yield f"markup in {text!r}"
        for quote in _QUOTED.findall(text):
            yield from self._quote(quote, facts)
        bare = _QUOTED.sub(" ", text)
        for fact in sorted(facts, key=lambda one: -len(one.get("title", ""))):
            if fact.get("title"):
                bare = bare.replace(fact["title"], " ")
        yield from self._names(bare, facts, text)
        yield from self._statuses(bare, facts, text)
        yield from self._dates(bare, facts, text)
        yield from self._numbers(_DATE.sub(" ", bare), facts, text)

    def _quote(self, quote: str, facts: list[Row]) -> Iterator[str]:
        held = [fact["quote"] for fact in facts if "quote" in fact and fact["quote"]["text"] == quote]
        if not held:
            yield f"nobody said {quote!r}"
            return
        entry = self.check_ins.get(held[0]["id"])
        if entry is None:
            yield f"no check-in {held[0]['id']}"
            return
        written = " ".join(str(entry[part]) for part in ("blockers", "note", "wins"))
        plain = _words(written)
        if not _within(_words(quote.removesuffix("…")), plain):
            yield f"{held[0]['id']} does not say {quote!r}"
        if self.company.people[entry["author"]]["name"] != held[0]["author"]:
            yield f"{held[0]['id']} is not by {held[0]['author']}"
        if self.company.day(self.company.recorded(entry["date"])).isoformat() != held[0]["date"]:
            yield f"{held[0]['id']} is not of {held[0]['date']}"

    def _names(self, bare: str, facts: list[Row], text: str) -> Iterator[str]:
        allowed = set()
        for fact in facts:
            for source in fact["sources"]:
                if source in self.results:
                    allowed.add(self.company.people[self.results[source]["owner"]]["name"])
                if source in self.check_ins:
                    allowed.add(self.company.people[self.check_ins[source]["author"]]["name"])
                task = self.company.by_key["tasks"].get(source)
                if task is not None and task["assignee"] is not None:
                    allowed.add(self.company.people[task["assignee"]]["name"])
        for person in self.company.people.values():
            name = person["name"]
            if re.search(rf"\b{re.escape(name)}\b", bare) and name not in allowed:
                yield f"{name} has nothing to do with {text!r}"
        if self.document["audience"] == "all-hands":
            behind = [f for f in facts if f["values"].get("status") in ("off_track", "at_risk")]
            named = [p["name"] for p in self.company.people.values() if p["name"] in text]
            if behind and named:
                yield f"for everybody, {named} is named beside what is behind: {text!r}"

    def _statuses(self, bare: str, facts: list[Row], text: str) -> Iterator[str]:
        held: set[object] = set()
        for fact in facts:
            values = fact["values"]
            held |= {values.get("status"), values.get("reported"), values.get("freshness")}
            held |= {status for status in ORDER if values.get(status)}
            held |= set(fact.get("then", {}).values())
        for status, words in STATUS_WORDS.items():
            if re.search(rf"\b(?:{words})", bare, re.IGNORECASE) and status not in held:
                if not (status in ("off_track", "at_risk") and re.search("Nothing is|Nic nie jest", bare)):
                    yield f"{status} is in no fact of {text!r}"

    def _dates(self, bare: str, facts: list[Row], text: str) -> Iterator[str]:
        known = {self.document["period"]["from"], self.document["period"]["to"], self.document["as_of"][:10]}
        for fact in facts:
            known |= set(fact.get("dates", {}).values())
            if "quote" in fact:
                known.add(fact["quote"]["date"])
        days = {date.fromisoformat(day) for day in known}
        months = MONTHS[self.document["language"]]
        for day, month, year in _DATE.findall(bare):
            if month not in months:
                yield f"a month of the other language in {text!r}"
            elif not any(
                d.day == int(day) and d.month == months.index(month) + 1 and year in ("", str(d.year)) for d in days
            ):
                yield f"{day} {month} is no day of a fact of {text!r}"
        for fact in facts:
            for name, day in fact.get("dates", {}).items():
                if day not in self._days_of(fact["sources"]):
                    yield f"{fact['id']}: {name} {day} is in none of its records"

    def _days_of(self, sources: list[str]) -> set[str]:
        found = set()
        for source in sources:
            if source in self.check_ins:
                found.add(self.company.day(self.company.recorded(self.check_ins[source]["date"])).isoformat())
            task = self.company.by_key["tasks"].get(source)
            if task is not None:
                found |= {task["due"], task["done_on"]}
        return found

    def _numbers(self, bare: str, facts: list[Row], text: str) -> Iterator[str]:
        shares: list[float] = []
        plain: list[float] = []
        for fact in facts:
            for name, value in fact["values"].items():
                if isinstance(value, int | float):
                    (shares if name in SHARES else plain).append(float(value))
        for found in _NUMBER.finditer(bare):
            written = found.group().strip("−+±").replace("\u00a0", "")
            if self.document["language"] == "pl":
                written = written.replace(",", ".")
            else:
                written = written.replace(",", "")
            places = len(written.partition(".")[2])
            slack = 0.5 * 10**-places + 1e-9
            number, after = float(written), bare[found.end() : found.end() + 8]
            unit = after.replace("\u00a0", " ").lstrip()
            if re.match(r"%|point|punkt", unit):
                held = [abs(share) * 100 for share in shares] + [abs(value) for value in plain]
            elif number == 5 and re.search(r"(?:of|na) $", bare[: found.start()]):
                continue
            else:
                held = [abs(value) for value in plain]
            if not any(abs(one - number) <= slack for one in held):
                yield f"{found.group()} is in no fact of {text!r}"

    # ── the whole ──────────────────────────────────────────────────────────────────────────────

    def _hidden(self) -> Iterator[str]:
        said = repr(self.document)
        for rows in self.company.hidden_from(self.asker).values():
            for row in rows:
                if re.search(rf"'{re.escape(row['key'])}'", said):
                    yield f"the hidden {row['key']} is in it"
                title = row.get("title")
                if title and title in said:
                    yield f"the hidden {title!r} is in it"

    def _missing(self) -> Iterator[str]:
        wanted = {}
        for row in self.scope():
            stands = self.company.standing(row, self.at)
            if stands.freshness == "never":
                wanted[row["key"]] = "no_check_in"
            elif row["kind"] in ("measure", "milestones") and stands.progress is None:
                wanted[row["key"]] = self._why(row, stands.value)
        told = {one["id"]: one["why"] for one in self.document["missing"]}
        if told != wanted:
            yield f"missing is {wanted}, not {told}"

    def _why(self, row: Row, value: Fraction | None) -> str:
        if row["kind"] == "milestones":
            return "no_milestones"
        if value is None:
            return "no_value"
        if row["baseline"] is None:
            return "no_baseline"
        return "no_target" if row["target"] is None else "baseline_equals_target"

    def _must_say(self) -> Iterator[str]:
        rows = self.scope()
        said = {record: part["key"] for part in self.document["sections"] for record in self._told(part)}
        if not rows:
            return
        if not any(fact["kind"] == "headline" for fact in self.document["facts"]):
            yield "how it all stands is not said"
        behind = [
            row for row in behind_first(self.company, rows, self.at) if self.company.status(row, self.at) == "off_track"
        ]
        if self.document["audience"] == "all-hands":
            # What not everybody may see is not named before everybody.
            for key in said:
                if key in self.results and not self._open(self.results[key]):
                    yield f"{key} is not for everybody"
            behind = [row for row in behind if self._open(row)]
        for row in behind[:2]:
            if row["key"] not in said:
                yield f"{row['key']}, which is off track, is not told"
        if self.document["audience"] == "all-hands":
            return
        stands = {row["key"]: self.company.standing(row, self.at) for row in rows}
        melons = [
            row["key"] for row in behind if (stands[row["key"]].status, stands[row["key"]].reported)
            == ("off_track", "on_track")
        ]  # fmt: skip
        for key in melons[:2]:
            if said.get(key) != "watermelons":
                yield f"{key} is told as on track by its owner, which is not said"
        for freshness, kind in (("stale", "stale_count"), ("never", "never_count")):
            count = sum(one.freshness == freshness for one in stands.values())
            told = [fact["values"]["count"] for fact in self.document["facts"] if fact["kind"] == kind]
            if told != ([count] if count else []):
                yield f"{count} are {freshness}, told are {told}"
        for row in rows:
            if self._fell_two_weeks(row["key"]) and row["key"] in said:
                kinds = {fact["kind"] for fact in self._facts_of(row["key"])}
                if "confidence_said" not in kinds and said[row["key"]] in ("off_track", "watermelons", "confidence"):
                    yield f"the falling confidence of {row['key']} is not told"

    def _open(self, row: Row) -> bool:
        return bool(self.company.by_key["objectives"][row["objective"]]["visibility"] == "company")

    def _told(self, part: Row) -> list[str]:
        return [
            self.facts[ident]["record"] for one in part["sentences"] for ident in one["facts"]
            if self.facts[ident].get("title") and part["key"] != "evidence"
        ]  # fmt: skip

    def _facts_of(self, key: str) -> list[Row]:
        found = []
        for part in self.document["sections"]:
            for one in part["sentences"]:
                facts = [self.facts[ident] for ident in one["facts"]]
                if any(fact.get("record") == key for fact in facts):
                    found += facts
        return found

    def _fell_two_weeks(self, key: str) -> bool:
        weeks: dict[date, int] = {}
        for entry in self.company.check_ins(key, self.at):
            if entry["confidence"] is not None:
                on = self.company.day(self.company.recorded(entry["date"]))
                weeks[on - timedelta(days=on.weekday())] = entry["confidence"]
        today = self.company.day(self.at)
        monday = today - timedelta(days=today.weekday())
        last = monday if monday in weeks else monday - timedelta(days=7)
        run = [weeks.get(last - timedelta(days=7 * back)) for back in (2, 1, 0)]
        known = [one for one in run if one is not None]
        return len(known) == 3 and known[0] > known[1] > known[2]

    def _length(self) -> Iterator[str]:
        said = " ".join(one["text"] for part in self.document["sections"] for one in part["sentences"])
        if len(said.split()) > LIMITS[self.document["audience"]]:
            yield f"{len(said.split())} words are too many for {self.document['audience']}"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _within(short: list[str], long: list[str]) -> bool:
    """Whether the words come in this order; what stood between them may have been taken out."""
    rest = iter(long)
    return all(any(word == other for other in rest) for word in short)
