"""Facts of an update as sentences: each says what its facts hold, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.telling import formats
from assistant.telling.phrases import say
from assistant.telling.standing import SAME
from assistant.updates.draft import END, NAME, QUOTE, TITLE, Fact, Sentence, marked
from okr.health import WORST_FIRST

# A movement smaller than this is not worth a word.
NOTABLE = 0.005
# Less than can be shown with one decimal.
NOTHING = 0.0005
# Gaps at which the default rule changes its mind.
EDGES = (0.1, 0.25)
_QUOTED = {"en": "“{text}”", "pl": "„{text}”"}


@dataclass(slots=True)
class Clauses:
    """What is to be said of one key result, clause by clause, with the facts that the clauses rest on."""

    said: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    def add(self, clause: str, *facts: Fact) -> None:
        """One clause more; an empty one adds nothing."""
        if clause:
            self.said.append(clause)
            self.facts += [fact.id for fact in facts if fact.id not in self.facts]


class Teller:
    """The sentences of one update in one language; `on` is the day it stands for."""

    def __init__(
        self, language: str, on: date, rule: str, *, cycle: bool, names: bool = True, paced: bool = False
    ) -> None:
        self.language = language
        self.on = on
        self.rule = rule
        self.cycle = cycle
        # For everybody, nobody is named beside what is behind.
        self.names = names
        # With one cycle the same is expected of all of them, and the headline says it.
        self.paced = paced

    def say(self, name: str, /, **values: str) -> str:
        """A pattern of the update family."""
        return say(self.language, f"update.{name}", **values)

    def day(self, iso: str) -> str:
        """A day as people say it."""
        return formats.day(date.fromisoformat(iso), self.language, self.on)

    def counted(self, count: float, noun: str) -> str:
        """A count with its noun."""
        return formats.counted(count, noun, self.language)

    def status(self, word: object) -> str:
        """A status in words."""
        return say(self.language, f"status.{word}")

    def title(self, fact: Fact) -> str:
        """The record's title, marked as one."""
        return f"{TITLE}{fact.title}{END}"

    def person(self, name: str) -> str:
        """Somebody's name, marked as one."""
        return f"{NAME}{name}{END}"

    def quote(self, fact: Fact) -> str:
        """Who wrote what on which day; empty where nothing is quoted."""
        if fact.quote is None:
            return ""
        text = f"{QUOTE}{_QUOTED[self.language].format(text=fact.quote.text)}{END}"
        return self.say("quoted", author=self.person(fact.quote.author), date=self.day(fact.quote.date), quote=text)

    # ── the scope ──────────────────────────────────────────────────────────────────────────────

    def headline(self, fact: Fact, left_out: Fact | None) -> list[Sentence]:
        """How the whole stands: progress, movement, counts, and what is outside of the percentage."""
        v, language = fact.values, self.language
        said: list[Sentence] = []
        if "progress" not in v:
            said.append(marked(self.say("undefined"), (fact.id,), bullet=False))
        else:
            progress = self.percent(float(v["progress"]))
            if "expected" in v:
                expected = self.percent(float(v["expected"]))
                lag = self.lag(float(v["gap"]))
                first = self.say("progress", progress=progress, expected=expected, gap=lag)
            else:
                first = self.say("progress_alone", progress=progress)
            said.append(marked(first, (fact.id,), bullet=False))
            if "change" in v:
                moved = float(v["change"])
                if abs(moved) < NOTHING:
                    said.append(marked(self.say("week_same"), (fact.id,), bullet=False))
                else:
                    was = self.percent(float(v["previous"]))
                    by = self.signed(moved)
                    before = self.say("week_before", previous=was, change=by)
                    said.append(marked(before, (fact.id,), bullet=False))
        said.append(
            marked(
                self.say("counts", total=self._total(fact), counts=self.counts(fact), rule=self.rule),
                (fact.id,),
                bullet=False,
            )
        )
        if left_out is not None and "progress" in v:
            count = int(left_out.values["count"])
            name = "left_out" if formats.takes_plural(count, language) else "left_one"
            text = self.say(name, count=self.counted(count, "key_result"))
            said.append(marked(text, (left_out.id,), bullet=False))
        return said

    def percent(self, size: float) -> str:
        """A share to one decimal; what is not quite all of it is not shown as all of it."""
        return f"{self._shown(size, (1.0,))}{formats.SPACE if self.language == 'pl' else ''}%"

    def points(self, size: float) -> str:
        """A difference of shares without its sign, to one decimal; what is nearly at a threshold is not shown at it."""
        written = self._shown(abs(size), EDGES)
        count = float(written.replace(formats.SPACE, "").replace(",", "."))
        space = formats.SPACE if self.language == "pl" else " "
        return f"{written}{space}{formats.noun('point', count, self.language)}"

    def _shown(self, size: float, edges: Sequence[float]) -> str:
        digits = 1
        while digits < 4 and any(round(size, digits + 2) == edge and abs(size - edge) > SAME for edge in edges):
            digits += 1
        return formats.number(size * 100, self.language, digits)

    def progress(self, size: float) -> str:
        """Progress as it is, with a word where it lies outside of baseline and target."""
        said = say(self.language, "kr.progress_alone", progress=self.percent(size))
        if size < 0:
            return self.say("below", progress=said)
        return self.say("beyond", progress=said) if size > 1 else said

    def signed(self, size: float) -> str:
        """A change in points with its sign."""
        return f"{'+' if size > 0 else '−' if size < 0 else '±'}{self.points(size)}"

    def lag(self, size: float) -> str:
        """How far behind or ahead of the pace."""
        if abs(size) < NOTHING:
            return say(self.language, "gap.even")
        return say(self.language, "gap.behind" if size > 0 else "gap.ahead", points=self.points(size))

    def _total(self, fact: Fact) -> str:
        return self.counted(int(fact.values["count"]), "key_result")

    def counts(self, fact: Fact) -> str:
        """How many stand where, the worst first."""
        said = []
        for status in WORST_FIRST:
            number = int(fact.values.get(status.value, 0))
            if number:
                pattern = f"statuses.{status.value}"
                slots = {"count": formats.number(number, self.language)}
                if status.value in ("at_risk", "completed"):
                    slots["noun"] = formats.noun(status.value, number, self.language)
                said.append(say(self.language, pattern, **slots))
        return formats.joined(said, self.language)

    def plain(self, name: str, fact: Fact, **values: str) -> Sentence:
        """A sentence of a pattern alone."""
        return marked(self.say(name, **values), (fact.id,), bullet=False)

    def many(self, name: str, fact: Fact, count: int) -> Sentence:
        """How many there are in all, before the first of them are listed."""
        text = self.say(name, count=self.counted(count, "key_result"))
        return marked(text, (fact.id,), bullet=False)

    # ── key results ────────────────────────────────────────────────────────────────────────────

    def story(self, fact: Fact, *, falling: Sequence[Fact] = (), since: str = "", melon: bool = False) -> Sentence:
        """Everything worth knowing of one key result that is behind, in one or two sentences."""
        clauses = Clauses()
        clauses.add(self.standing(fact), fact)
        clauses.add(self.moved_by(fact), fact)
        if melon:
            clauses.add(say(self.language, "kr.owner_says", reported=self.status(fact.values["reported"])), fact)
        if falling:
            clauses.add(self.fell(falling), *falling)
        if since:
            clauses.add(self.say("blocked_since", date=self.day(since)), fact)
        clauses.add(self.aged(fact), fact)
        return self.line(fact, clauses)

    def line(self, fact: Fact, clauses: Clauses) -> Sentence:
        """The key result, its clauses and what was written about it, as one item of a list."""
        facts = tuple(dict.fromkeys((fact.id, *clauses.facts)))
        quoted = self.quote(fact) if self.names else ""
        what = self.title(fact)
        owner = fact.names[0] if fact.names else ""
        by_owner = fact.quote is not None and fact.quote.author == owner
        if self.names and owner and not (quoted and by_owner):
            what = self.say("with_owner", title=what, owner=self.person(owner))
        said = "; ".join(clauses.said)
        if not said:
            return marked(self.say("line_said", what=what, quoted=quoted) if quoted else what, facts)
        if not quoted:
            return marked(self.say("line", what=what, said=said), facts)
        return marked(self.say("line_quoted", what=what, said=said, quoted=quoted), facts)

    def standing(self, fact: Fact) -> str:
        """How far along it is, held against what is expected; a limit that is breached; a yes-or-no not done."""
        v, language = fact.values, self.language
        if "gap" in v:
            told = self.progress(float(v["progress"]))
            if not self.paced:
                told = self.say("paced", progress=told, expected=self.percent(float(v["expected"])))
            return f"{told}, {self.lag(float(v['gap']))}"
        if "progress" in v:
            if float(v["progress"]) >= 1:
                return self.say("completed")
            return self.say("over_not_done") if v["status"] == "off_track" else say(language, "kr.done_not")
        if "value" in v and "target" in v and v["status"] in ("off_track", "on_track"):
            word = "kr.breached" if v["status"] == "off_track" else "kr.holding"
            breached = (float(v["value"]) > float(v["target"])) == (v["status"] == "off_track")
            limit = say(language, "kr.at_most" if breached else "kr.at_least", target=self.amount(fact, "target"))
            return say(language, word, value=self.amount(fact, "value"), limit=limit)
        return ""

    def amount(self, fact: Fact, name: str) -> str:
        """A figure of the record in its unit."""
        return formats.amount(float(fact.values[name]), fact.unit, self.language).replace("\\", "")

    def moved_by(self, fact: Fact) -> str:
        """How its progress moved, where it is worth a word."""
        moved = float(fact.values.get("change", 0.0))
        if abs(moved) < NOTABLE:
            return ""
        return self.say("in_week_up" if moved > 0 else "in_week_down", points=self.points(moved))

    def fell(self, falling: Sequence[Fact]) -> str:
        """From which confidence it fell over which to which."""
        first, second, last = (formats.number(float(fact.values["confidence"]), self.language) for fact in falling[-3:])
        return self.say("falling", first=first, second=second, last=last)

    def aged(self, fact: Fact) -> str:
        """A word on evidence that is not fresh; empty where it is."""
        if fact.values.get("freshness") == "never":
            return self.say("never")
        if fact.values.get("freshness") != "stale":
            return ""
        return self.say("age", days=self.counted(int(fact.values["age_days"]), "day"))

    def moved(self, fact: Fact) -> Sentence:
        """From where to where its progress went."""
        v = fact.values
        was = self.percent(float(v["previous"]))
        clauses = Clauses()
        if float(v["progress"]) >= 1:
            clauses.add(self.say("reached", previous=was), fact)
        else:
            by = self.signed(float(v["change"]))
            now = self.percent(float(v["progress"]))
            clauses.add(self.say("moved", previous=was, progress=now, change=by), fact)
        return self.line(fact, clauses)

    def written(self, fact: Fact) -> Sentence:
        """The key result with what somebody wrote about it, and nothing else."""
        quoted = self.quote(fact)
        return marked(self.say("line_said", what=self.title(fact), quoted=quoted), (fact.id,))

    # ── evidence and tasks ─────────────────────────────────────────────────────────────────────

    def stale(self, count: Fact, items: Sequence[Fact]) -> Sentence:
        """Whose figures may be out of date."""
        number = int(count.values["count"])
        if not items or not self.names:
            name = "stale_count_one" if number == 1 else "stale_count"
            return marked(self.say(name, count=self.counted(number, "key_result")), (count.id,))
        said = [
            self.say(
                "stale_item",
                title=self.title(fact),
                owner=self.person(fact.names[0]),
                days=self.counted(int(fact.values["age_days"]), "day"),
            )
            for fact in items
        ]
        return self._listed("stale", count, items, said)

    def never(self, count: Fact, items: Sequence[Fact]) -> Sentence:
        """Of what nothing is known."""
        number = int(count.values["count"])
        if not items or not self.names:
            name = "never_count_one" if number == 1 else "never_count"
            return marked(self.say(name, count=self.counted(number, "key_result")), (count.id,))
        said = [self.say("never_item", title=self.title(fact), owner=self.person(fact.names[0])) for fact in items]
        return self._listed("never", count, items, said)

    def _listed(self, name: str, count: Fact, items: Sequence[Fact], said: Sequence[str]) -> Sentence:
        facts = (count.id, *(fact.id for fact in items))
        listed = formats.joined(said, self.language)
        number = int(count.values["count"])
        if number == len(items):
            return marked(self.say(name if name == "stale" else "never_list", items=listed), facts)
        return marked(self.say(f"{name}_many", count=self.counted(number, "key_result"), items=listed), facts)

    def task(self, name: str, fact: Fact) -> Sentence:
        """A task, who has it and its day."""
        who = self.say("assignee", person=self.person(fact.names[0])) if fact.names else ""
        text = self.say(name, title=self.title(fact), assignee=who, date=self.day(fact.dates["due"]))
        return marked(f"{text}.", (fact.id,))

    def promise(self, fact: Fact, how: str) -> Sentence:
        """A task that was promised, and what became of it: done, late or open."""
        text = self.say(f"promise_{how}", title=self.title(fact), due=self.day(fact.dates["due"]))
        return marked(f"{text}.", (fact.id,))

    def changed(self, fact: Fact, how: str) -> Sentence:
        """A key result whose status changed since the last update, or has been the same for weeks."""
        slots = {"title": self.title(fact), "now": self.status(fact.values["status"])}
        if how == "unchanged":
            weeks = formats.out_of(int(fact.values["weeks"]), "week", self.language)
            return marked(f"{self.say('since_same', **slots, weeks=weeks)}.", (fact.id,))
        slots["was"] = self.status(fact.then["status"])
        if how == "done":
            del slots["now"]
        return marked(f"{self.say(f'since_{how}', **slots)}.", (fact.id,))

    def tasks_late(self, fact: Fact) -> Sentence:
        """How many tasks are overdue in all."""
        count = self.counted(int(fact.values["count"]), "task")
        return marked(self.say("tasks_late_many", count=count), (fact.id,), bullet=False)
