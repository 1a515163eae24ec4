"""The facts that reading a question rests on: kinds, asks, fields, times, scope and order, from its pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from okr.language.atoms import Group, Pieces
from okr.language.frames import Ask, Filters, Frame, Ref, When
from okr.language.narrowing import filters
from okr.language.subjects import Subjects

_OF_THE_TEAM = (Ask.LIST, Ask.COUNT, Ask.RANK, Ask.NOTES, Ask.ROLL_UP)
_WHICH = frozenset(["which", "what", "ktory", "ktora", "ktore", "jaki", "jaka", "jakie", "ktorzy", "ktorych", "jakich"])

_TO_BE_TOLD = frozenset("know see check understand show report present tell find list hear get".split())
_CYCLES = ("cykl", "kwarta", "tercja", "okres", "cycle", "quarter", "period")
_UNTIL = frozenset(["by", "until", "till", "before", "do", "przed"])


@dataclass
class Facts:
    """Everything a decision looks at; one is made for each question."""

    pieces: Pieces
    subjects: Subjects
    today: date
    my_team: tuple[Ref, ...]
    me: Ref
    default_cycles: frozenset[int]

    def __post_init__(self) -> None:
        p = self.pieces
        self.types = p.values("type")
        self.asks = p.values("ask")
        self.fields = p.values("field")
        self.when, self.versus, self.cycle, self.due = self._times()
        self.of = self._kind()
        self.mine = self._mine()
        if self.of == "task" and self.when is not None and self._is_term(self.when):
            self.when, self.due = When(self.today, self.when.last, word="by"), True

    @property
    def of_holding(self) -> bool:
        """Whether objectives are asked for by their key results: "which goals have red KRs"."""
        p = self.pieces
        goals = [g for g in p.having("type", "objective") if not self._says_kind_of_name(g)]
        results = list(p.having("type", "key_result"))
        if not goals or not results or set(self.types) & {"task", "kpi", "lesson"}:
            return False
        joined = set(p.words[goals[0].end : results[0].start]) & {"and", "or", "i", "oraz", "lub", "&", "/", ","}
        return goals[0].start < results[0].start and not (joined and results[0].start - goals[0].end <= 2)

    @property
    def whose_besides(self) -> bool:
        """Whether "and whose are they" only follows a question about tasks."""
        p = self.pieces
        tasks = [g.start for g in p.having("type", "task")]
        whose = [g.start for g in p.having("ask", "who")]
        if not tasks or len(whose) != 1 or tasks[0] > whose[0] or self.subjects.named:
            return False
        return bool({"and", "i", "oraz", "a"} & set(p.words[whose[0] - 1 : whose[0]]))

    @property
    def days_left(self) -> bool:
        """Whether the days to the end of the running cycle are asked for: "ile dni do końca kwartału"."""
        p = self.pieces
        if "count" not in self.asks or not p.has("unit", "day", "week") or self.subjects or self.when is None:
            return False
        said = [w for t in p.times for w in p.words[t.start : t.end]]
        return self.when.moment and self.when.last >= self.today and any(w.startswith(_CYCLES) for w in said)

    def _is_term(self, when: When) -> bool:
        """Whether a task's day ahead is the last of those meant: "do końca listopada", "by the end of the month"."""
        if not when.moment or when.last <= self.today:
            return False
        p = self.pieces
        return any(
            t.when == when and _UNTIL & {*p.words[max(t.start - 1, 0) : t.start], p.words[t.start]} for t in p.times
        )

    def _times(self) -> tuple[When | None, When | None, Ref | None, bool]:
        when: When | None = None
        versus: When | None = None
        cycle: Ref | None = None
        due = False
        for match in self.pieces.times:
            if match.when is None:
                continue
            if when is None:
                when = match.when
            elif versus is None:
                versus = match.when
            due = due or match.due
            if match.cycle is not None and match.cycle.id not in self.default_cycles:
                cycle = Ref("cycle", match.cycle.id, match.cycle.key, match.cycle.name)
        if self.subjects.cycles:
            cycle = self.subjects.cycles[0]
        return when, versus, cycle, due

    def _kind(self) -> str:
        named = {r.kind for r in self.subjects.named}
        p = self.pieces
        if "task" in self.types or "task" in named:
            return "task"
        if "lesson" in self.types:
            return "lesson"
        for kind in ("team", "person"):
            # "Which team has the most …": the word right behind "which" says what is asked for.
            if any(self.is_asked_for(group) for group in p.having("type", kind)):
                return kind
        for kind in ("key_result", "objective", "kpi"):
            if kind in self.types:
                return kind
        if "check_in" in self.types and not (p.has("fresh") or p.has("checked_in") or p.has("flag", "overdue")):
            return "check_in"
        if "okr" in self.types:
            plain = not (p.has("status") or p.has("by") or p.has("most") or p.has("fresh") or p.has("flag"))
            return "objective" if plain and not self.subjects.named else "key_result"
        if "team" in self.types and not self.subjects.teams and self.mine_words() != "team":
            return "team"
        if "person" in self.types and not self.subjects.people:
            return "person"
        if "metric" in self.types:
            return "key_result"
        return next(iter(sorted(named)), "key_result") if len(named) == 1 else "key_result"

    def is_asked_for(self, group: Group) -> bool:
        before = self.pieces.words[group.start - 1] if group.start else ""
        return before in _WHICH and not self.subjects.named

    @property
    def many_of(self) -> str:
        """The kind of the records of a list: a named objective is where they belong, not what they are."""
        if self.of == "objective" and any(r.kind == "objective" for r in self.subjects.named):
            said = [g for g in self.pieces.having("type", "objective", "okr") if not self._says_kind_of_name(g)]
            return "objective" if said else "key_result"
        return self.of

    def _says_kind_of_name(self, group: Group) -> bool:
        # "the objective Grow revenue": the word belongs to the name beside it.
        places = [i for m in self.pieces.mentions if "objective" in m.kinds for i in m.places]
        return bool(places) and (0 <= min(places) - group.end <= 1 or 0 <= group.start - max(places) - 1 <= 0)

    def _have_to(self) -> bool:
        """Whether tasks are those that the asker has to do: "tasks I have to finish", not "I need to know"."""
        words = self.pieces.words
        for place, word in enumerate(words[:-2]):
            verb, then = words[place + 1], words[place + 2 :]
            if word == "i" and verb in ("have", "need", "must", "should", "'ve", "am"):
                return not set(then[:2]) & _TO_BE_TOLD
            if verb == "i" and word in ("should", "must"):
                return not set(then[:2]) & _TO_BE_TOLD
        return False

    def mine_words(self) -> str:
        """me, team, our or we, from the possessives and persons in the question."""
        values = self.pieces.values("mine")
        for value in ("team", "me", "our", "we"):
            if value in values:
                return value
        return ""

    def _mine(self) -> str:
        word = self.mine_words()
        if word == "me":
            # "tell me" and "pokaż mi" are no possessives.
            said = {" ".join(self.pieces.words[g.start : g.end]) for g in self.pieces.having("mine", "me")}
            if not said - {"me", "mi", "mnie", "i", "jestem", "i am"}:
                return "me" if "task" in self.types and self._have_to() else ""
        if not word and "my_week" in self.asks and not (self.subjects.people or self.subjects.teams):
            return "me"  # "co mam do zrobienia"
        return word

    def make(self, ask: Ask, *, of: str = "", named: bool = True, **more: object) -> Frame:
        """A frame with the scope, the time and the language of the question."""
        s = self.subjects
        teams, people = tuple(s.teams), tuple(s.people)
        mine = ""
        if self.mine == "team" and self.my_team:
            teams, mine = teams or self.my_team, "team"
        elif self.mine == "me" and not people:
            people, mine = (self.me,), "me"
        elif self.mine == "our" and not s and ask in _OF_THE_TEAM and "company" not in self.types:
            # "our key results" are those of the asker's team; somebody without one speaks for the company.
            teams, mine = self.my_team, "team" if self.my_team else ""
        objectives = tuple(r for r in s.named if r.kind == "objective")
        rest = tuple(r for r in s.named if r.kind != "objective")
        frame = Frame(
            ask=ask,
            language=self.pieces.language,
            of=of or self.of,
            named=(tuple(s.named) if named else rest),
            teams=teams,
            people=people,
            objectives=() if named else objectives,
            cycle=self.cycle,
            company="company" in self.types and not teams,
            mine=mine,
            when=self.when,
            versus=self.versus,
        )
        return replace(frame, **more)  # type: ignore[arg-type]

    def filters(self, of: str) -> Filters:
        return filters(self.pieces, of, self.when, self.due)

    def singular(self) -> bool:
        words = self.pieces.words
        plural = {"krs", "results", "objectives", "goals", "teams", "people", "kpis", "tasks", "okrs", "are", "ones",
                  "wyniki", "rezultaty", "cele", "zespoly", "osoby", "zadania", "ktore", "jakie", "sa", "wynikow",
                  "krow", "kry"}  # fmt: skip
        return not any(w in plural for w in words)

    def order(self, *, bounded: bool = False) -> tuple[str, bool]:
        """What to rank by, and whether the order is turned round; `bounded` when confidence is a filter already."""
        p = self.pieces
        bys, mosts = p.values("by"), p.values("most")
        fields = [
            f
            for f in self.fields
            if f in ("progress", "confidence", "gap", "weight", "score", "expected", "current", "last_check_in")
        ]
        # "From the best to the worst" begins with the best.
        ends = [m for m in mosts if m in ("best", "worst")]
        ahead = "ahead" in p.values("dir") or ends[:1] == ["best"]
        amounts = [m for m in mosts if m in ("least", "most")]
        least = amounts[:1] == ["least"] and "worst" not in mosts
        if "score" in fields:
            return "score", "least" in mosts or "worst" in mosts
        if not bounded and ("confidence" in bys or "confidence" in fields):
            return "confidence", (amounts or ends)[:1] not in (["most"], ["best"])
        if "change" in bys and "gap" not in bys:
            return "change", "up" in p.values("dir")
        if "age" in bys:
            return "age", "new" in p.values("dir")
        if "last_check_in" in fields:
            return "age", "most" in mosts and "least" not in mosts
        sort_fields = [f for f in fields if f in ("progress", "confidence")]
        if "gap" in bys and not (sort_fields and p.has("ask", "rank") and not bounded):
            return "gap", ahead != least
        if "progress" in fields:
            return "progress", least or ends[:1] == ["worst"]
        if "weight" in fields or p.has("priority"):
            return "weight", "least" in mosts
        if "score" in fields:
            return "score", "least" in mosts or "worst" in mosts
        if "current" in fields and "gap" not in bys and ("most" in mosts or "least" in mosts):
            return "value", "least" in mosts
        if "gap" in bys or "gap" in fields or "worst" in mosts or "best" in mosts:
            return "gap", ahead != least
        return "", False

    def result_words(self) -> bool:
        return bool({"key_result", "okr", "objective", "metric", "check_in", "kpi"} & set(self.types)) or bool(
            self.subjects.named
        )
