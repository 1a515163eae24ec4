"""From the pieces of a question to what it asks.

`compose` decides by the pieces that are there what is asked, of which kind of record, and under which
filters. It marks each piece that the reading rests on; the reader refuses a reading that leaves a piece
with a meaning of its own unused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from okr.language.atoms import Pieces
from okr.language.frames import Ask, Filters, Frame, Ref, When
from okr.language.narrowing import filters, limit, negation_before
from okr.language.subjects import Subjects

_KR_FIELDS = ("current", "target", "baseline", "progress", "expected", "gap", "confidence", "reported", "status",
              "weight", "unit", "cadence", "score", "milestones")  # fmt: skip
_WHEN_FIELDS = ("last_check_in", "next_check_in", "due", "start", "end", "created")
_NOTE_FIELDS = ("blockers", "wins", "note")
_PLURAL_TYPES = ("key_result", "okr", "metric", "objective", "kpi")


@dataclass(slots=True)
class Composed:
    """A frame, and how sure the words make it: `asked` when they say what is wanted, `about` when of what."""

    frame: Frame
    asked: bool
    about: bool


@dataclass
class Composer:
    """Everything the decision looks at; one is made for each question."""

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

    def compose(self) -> Composed | None:
        """What is asked; None when the pieces do not say."""
        for decide in (
            self._define, self._my_week, self._lessons, self._explain, self._compare, self._who, self._when_asked,
            self._alignment, self._tasks, self._notes, self._rank, self._history, self._change, self._count,
            self._listed, self._value, self._roll_up, self._status, self._bare, self._courtesy,
        ):  # fmt: skip
            found = decide()
            if found is not None:
                about = bool(self.subjects) or bool(self.types) or bool(self.mine) or found.filters != Filters()
                asked = decide not in (self._bare,)
                return Composed(found, asked, about)
        return None

    # ── the parts that every frame has ─────────────────────────────────────────────────────────

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
        for kind in ("lesson", "check_in"):
            if kind in self.types:
                return kind
        for kind in ("key_result", "objective", "kpi"):
            if kind in self.types:
                return kind
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

    def mine_words(self) -> str:
        """me, team or our, from the possessives in the question."""
        values = self.pieces.values("mine")
        for value in ("team", "me", "our"):
            if value in values:
                return value
        return ""

    def _mine(self) -> str:
        word = self.mine_words()
        if word == "me":
            # "tell me" and "pokaż mi" are no possessives.
            strong = [
                g for g in self.pieces.having("mine", "me")
                if " ".join(self.pieces.words[g.start : g.end]) not in ("me", "mi", "mnie", "i", "mam", "jestem", "i am")
                or g.end - g.start > 1
            ]  # fmt: skip
            said = {" ".join(self.pieces.words[g.start : g.end]) for g in self.pieces.having("mine", "me")}
            if not strong and not (said & {"am i", "do i have", "mam"}):
                return ""
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

    def _filters(self, of: str) -> Filters:
        return filters(self.pieces, of, self.when, self.due)

    def _singular(self) -> bool:
        words = self.pieces.words
        plural = {"krs", "results", "objectives", "goals", "teams", "people", "kpis", "tasks", "okrs", "are", "ones",
                  "wyniki", "rezultaty", "cele", "zespoly", "osoby", "zadania", "ktore", "jakie", "sa", "wynikow",
                  "krow", "kry"}  # fmt: skip
        return not any(w in plural for w in words)

    # ── what is asked ──────────────────────────────────────────────────────────────────────────

    def _define(self) -> Frame | None:
        p = self.pieces
        if "define" not in self.asks or self.subjects.named:
            return None
        idea = self._idea()
        if idea is None:
            return None
        p.take("ask")
        for slot in ("status", "field", "by", "flag", "fresh", "most", "kind", "neg", "has", "held", "moved"):
            p.take(slot)
        return self.make(Ask.DEFINE, field=idea)

    def _idea(self) -> str | None:
        p = self.pieces
        for slot in ("flag", "status", "fresh", "kind"):
            for value in p.values(slot):
                return {"behind": "most_behind", "falling_confidence": "confidence"}.get(value, value)
        if p.has("most") and p.has("by", "gap"):
            return "most_behind"
        for value in self.fields:
            if value not in ("owner", "note", "wins", "blockers"):
                return {"current": "progress", "last_check_in": "freshness"}.get(value, value)
        if p.has("by", "gap"):
            return "most_behind"
        return self.types[0] if self.types else None

    def _courtesy(self) -> Frame | None:
        for ask in (Ask.HELP, Ask.THANK, Ask.GREET):
            if ask.value in self.asks:
                self.pieces.take("ask")
                return self.make(ask)
        return None

    def _my_week(self) -> Frame | None:
        if "my_week" not in self.asks or self.subjects.named or "task" in self.types:
            return None
        p = self.pieces
        p.take("ask")
        for slot in ("flag", "fresh", "field", "task_status"):
            p.take(slot)
        return self.make(Ask.MY_WEEK, mine="me", people=(self.me,))

    def _lessons(self) -> Frame | None:
        if "lessons" not in self.asks and "lesson" not in self.types:
            return None
        p = self.pieces
        p.take("ask", "lessons", "explain", "notes")
        p.take("field", "wins", "blockers")
        narrowed = filters(p, "lesson", None, False)
        if "count" in self.asks:
            p.take("ask", "count")
            return self.make(Ask.COUNT, of="lesson", filters=narrowed)
        return self.make(Ask.LESSONS, of="lesson", filters=narrowed, limit=limit(p))

    def _explain(self) -> Frame | None:
        p = self.pieces
        if "explain" not in self.asks:
            return None
        p.take("ask", "explain", "notes", "status")
        direction = "down" if p.has("by") and "down" in p.values("dir") else "up" if "up" in p.values("dir") else ""
        for slot in ("by", "moved", "status", "fresh", "most", "field", "flag"):
            p.take(slot)
        return self.make(Ask.EXPLAIN, filters=Filters(moved=direction))

    def _compare(self) -> Frame | None:
        p, s = self.pieces, self.subjects
        sides = max(len(s.teams), len(s.people), len(s.named))
        mixed = len(s.order) >= 2
        if "compare" not in self.asks or not (sides >= 2 or mixed or self.versus is not None or self.when is not None):
            return None
        p.take("ask", "compare", "status", "change", "history", "roll_up")
        p.take("by")
        p.take("most")
        chosen = [f for f in self.fields if f in _KR_FIELDS]
        for slot in ("field", "neg"):
            p.take(slot)
        if sides < 2 and self.when is not None and self.versus is None:
            now = When(self.today, self.today, moment=True, word="today")
            return self.make(Ask.COMPARE, when=now, versus=self.when, field=chosen[0] if chosen else "", of=self._sided())
        return self.make(Ask.COMPARE, field=chosen[0] if chosen else "", of=self._sided())

    def _sided(self) -> str:
        s = self.subjects
        if len(s.teams) >= 2:
            return "team"
        if len(s.people) >= 2:
            return "person"
        return s.named[0].kind if s.named else self.of

    def _who(self) -> Frame | None:
        p, s = self.pieces, self.subjects
        who = "who" in self.asks
        roles = [f for f in self.fields if f in ("owner", "lead", "members", "manager", "assignee", "author")]
        if not who and not (roles and (s or self.mine)):
            return None
        if not who and (p.has("most") or p.has("status") or "count" in self.asks or p.has("by") or p.has("fresh")):
            return None
        if not who and roles == ["owner"] and s.people:
            return None  # "what does Ana own"
        if p.has("checked_in", "no") or p.has("fresh", "stale", "never", "due"):
            p.take("ask")
            p.take("field")
            narrowed = self._filters("key_result")
            if not narrowed.freshness and narrowed.older_than_days is None and narrowed.checked_in is None:
                narrowed = replace(narrowed, checked_in=False)
            p.take("neg")
            return self.make(Ask.LIST, of="person", filters=narrowed)
        if who and (p.has("most") or p.has("by")) and not s.named:
            return self._who_most()
        if who and (p.has("status") or p.has("flag")) and not s.named:
            p.take("ask")
            p.take("field")
            return self.make(Ask.LIST, of="person", filters=self._filters("task" if "task" in self.types else "key_result"))
        if roles:
            role = next((r for r in ("author", "members", "lead", "manager", "assignee") if r in roles), "owner")
            if role == "members" and s.named:
                role = "owner"
            if role == "lead" and s.named and not s.teams:
                role = "owner"
            p.take("ask")
            p.take("field")
            if role in ("owner", "lead") and s.teams and not s.named:
                role = "lead" if "owner" in roles and not {"key_result", "objective", "okr"} & set(self.types) else role
            if self.of == "task" and role == "owner":
                role = "assignee"
            if not s and not self.mine:
                # "who is responsible for Phoenix": nothing of that name; the reader says so.
                return self.make(Ask.WHO, field=role) if p.has("pointer") or not p.unknown else None
            return self.make(Ask.WHO, field=role)
        if s.people and len(s.order) == len(s.people):
            p.take("ask")
            return self.make(Ask.STATUS, of="person")
        if s.teams and not s.named:
            p.take("ask")
            return self.make(Ask.WHO, field="members")
        if s.named:
            p.take("ask")
            return self.make(Ask.WHO, field="owner")
        if p.has("pointer"):
            p.take("ask")
            return self.make(Ask.WHO, field="owner")
        return None

    def _who_most(self) -> Frame:
        p = self.pieces
        by, reverse = self._order()
        if p.take("flag", "overdue") or "task" in self.types:
            by = "count"
            p.take("most")
            narrowed = filters(p, "task", self.when, self.due)
            p.take("ask")
            p.take("field")
            return self.make(Ask.RANK, of="person", by=by, reverse=reverse, filters=replace(narrowed, overdue=True))
        p.take("ask")
        p.take("field")
        p.take("by")
        p.take("most")
        return self.make(Ask.RANK, of="person", by=by or "gap", reverse=reverse, limit=limit(p), singular=True)

    def _when_asked(self) -> Frame | None:
        p = self.pieces
        chosen = [f for f in self.fields if f in _WHEN_FIELDS]
        if "when" not in self.asks and not (chosen and "value" in self.asks and (self.subjects or p.has("pointer"))):
            if not (chosen and chosen[0] in ("last_check_in", "end", "next_check_in") and not p.has("most")
                    and not p.has("status") and not p.has("fresh") and "count" not in self.asks
                    and "task" not in self.types and "history" not in self.asks
                    and (self.subjects.named or ("cycle" in self.types and "list" not in self.asks))):  # fmt: skip
                return None
        if not chosen and not (p.has("checked_in") or "task" in self.types or p.has("state", "closed")):
            return None
        name = chosen[0] if chosen else ("due" if "task" in self.types else "last_check_in")
        if "last_check_in" in chosen:
            name = "last_check_in"
        if name in ("start", "end") and self.subjects.named and self.of == "task":
            name = "due"
        p.take("ask")
        p.take("field")
        p.take("checked_in")
        p.take("flag", "due", "overdue")
        p.take("fresh")
        p.take("most")
        p.take("by", "age")
        of = "cycle" if name in ("start", "end") and not self.subjects.named else self.of
        return self.make(Ask.WHEN, field=name, of=of)

    def _alignment(self) -> Frame | None:
        p = self.pieces
        if "alignment" not in self.asks or not (self.subjects.named or p.has("pointer") or self.subjects.teams):
            return None
        ways = [g.get("field") for g in p.having("ask", "alignment")]
        field = "parents" if "parents" in ways else "children"
        only = [r for r in self.subjects.named]
        if field == "children" and only and all(r.kind != "objective" for r in only) and "owner" not in self.fields:
            field = "parents"
        p.take("ask")
        p.take("field", "children", "parents", "owner", "target")
        return self.make(Ask.ALIGNMENT, field=field, of="objective")

    def _tasks(self) -> Frame | None:
        p = self.pieces
        stuck = (
            p.has("task_status", "blocked") and p.has("moved") and bool(self.subjects.named)
            and "status" not in self.asks and ("list" in self.asks or "value" in self.asks)
        )  # fmt: skip
        if self.of != "task" and not (p.has("flag", "overdue") and not self._result_words()) and not stuck:
            return None
        if self.subjects.named and any(r.kind == "task" for r in self.subjects.named) and not p.has("depends"):
            return None if self.fields or self.asks else self.make(Ask.STATUS, of="task")
        depends = p.take("depends") if any(r.kind == "task" for r in self.subjects.named) else False
        p.take("subtasks")
        p.take("ask", "list", "value", "status", "notes", "compare", "history", "alignment")
        narrowed = filters(p, "task", self.when, self.due)
        p.take("moved")
        p.take("field", "blockers", "due", "owner", "assignee", "current", "wins", "start", "end")
        p.take("by", "gap")
        p.take("status")
        p.take("state")
        if "count" in self.asks:
            p.take("ask", "count")
            return self.make(Ask.COUNT, of="task", filters=narrowed)
        if depends:
            return self.make(Ask.ALIGNMENT, of="task", field="parents")
        if p.has("most"):
            by, reverse = self._order()
            p.take("most")
            p.take("by")
            return self.make(Ask.RANK, of="task", by=by if by in ("due", "age") else "due", reverse=reverse,
                             filters=narrowed, limit=limit(p))  # fmt: skip
        return self.make(Ask.LIST, of="task", filters=narrowed, limit=limit(p))

    def _result_words(self) -> bool:
        return bool({"key_result", "okr", "objective", "metric", "check_in", "kpi"} & set(self.types)) or bool(self.subjects.named)

    def _notes(self) -> Frame | None:
        p = self.pieces
        chosen = [f for f in self.fields if f in _NOTE_FIELDS]
        if not chosen:
            return None
        others = [f for f in self.fields if f in _KR_FIELDS and f not in ("status", "reported")]
        if others and "note" not in chosen:
            return None
        if "blockers" in chosen and self.types and "person" not in self.types and p.has("task_status") and self.of == "task":
            return None
        if p.has("by", "gap") and p.has("most"):
            return None
        field = next((f for f in ("blockers", "wins", "note") if f in chosen), "note")
        p.take("ask", "notes", "list", "value", "status", "who", "count", "history", "explain", "change")
        for name in (*_NOTE_FIELDS, "author", "current", "status", "reported", "last_check_in"):
            p.take("field", name)
        for slot in ("task_status", "moved", "status", "by", "most", "says", "flag", "lesson_kind", "held", "checked_in", "fresh", "state"):
            p.take(slot)
        if "count" in self.asks:
            return self.make(Ask.COUNT, of="check_in", named=True, filters=Filters(has=(field,)))
        words = " ".join(p.sentence[i].text for i in p.unknown) if field == "note" and p.unknown else ""
        if words:
            p.unknown.clear()
        return self.make(Ask.NOTES, of="check_in", field=field, words=words, limit=limit(p))

    def _order(self) -> tuple[str, bool]:
        """What to rank by, and whether the order is turned round."""
        p = self.pieces
        bys, mosts = p.values("by"), p.values("most")
        fields = [f for f in self.fields if f in ("progress", "confidence", "gap", "weight", "score", "expected", "current", "last_check_in")]
        ahead = "ahead" in p.values("dir") or ("best" in mosts and "worst" not in mosts)
        if "confidence" in bys or "confidence" in fields:
            return "confidence", not ("most" in mosts or "best" in mosts) or "least" in mosts
        if "change" in bys and "gap" not in bys:
            return "change", "up" in p.values("dir")
        if "age" in bys:
            return "age", "new" in p.values("dir")
        if "last_check_in" in fields:
            return "age", "most" in mosts and "least" not in mosts
        if "progress" in fields:
            return "progress", "least" in mosts or "worst" in mosts
        if "weight" in fields or p.has("priority"):
            return "weight", "least" in mosts
        if "score" in fields:
            return "score", "least" in mosts or "worst" in mosts
        if "current" in fields and "gap" not in bys and ("most" in mosts or "least" in mosts):
            return "value", "least" in mosts
        if "gap" in bys or "gap" in fields or "worst" in mosts or "best" in mosts:
            least = "least" in mosts and "worst" not in mosts
            return "gap", ahead != least
        return "", False

    def _rank(self) -> Frame | None:
        p = self.pieces
        top = p.has("most") and (p.has("by") or bool(self.fields) or p.has("priority"))
        if not top and p.has("by", "change") and not self.subjects.named and (p.has("dir") or p.has("most")):
            top = "count" not in self.asks and not p.has("flag")
        if not top and p.has("by", "gap") and "ahead" not in p.values("dir") and any(True for _ in p.numbers) and not p.has("op"):
            top = True
        if not top or "count" in self.asks:
            return None
        if self.subjects.named and all(r.kind in ("key_result", "kpi", "task") for r in self.subjects.named):
            return None
        by, reverse = self._order()
        if not by:
            return None
        p.take("most")
        p.take("by")
        p.take("priority")
        for name in ("progress", "confidence", "gap", "weight", "score", "current", "last_check_in", "expected"):
            p.take("field", name)
        of = self.of if self.of in ("key_result", "objective", "team", "person", "kpi") else "key_result"
        narrowed = self._filters(of)
        some = limit(p)
        p.take("ask", "list", "value", "status", "change", "history", "roll_up", "who", "notes", "my_week")
        p.take("field")
        return self.make(Ask.RANK, of=of, named=False, by=by, reverse=reverse, limit=some, filters=narrowed,
                         singular=some is None and self._singular())  # fmt: skip

    def _history(self) -> Frame | None:
        p, s = self.pieces, self.subjects
        check_ins = "check_in" in self.types and (s.named or p.has("pointer") or s.teams or s.people or self.mine)
        if "history" not in self.asks and not check_ins:
            return None
        if p.has("checked_in") or p.has("fresh"):
            return None
        if "count" in self.asks:
            p.take("ask")
            p.take("field", "last_check_in")
            return self.make(Ask.COUNT, of="check_in")
        if not (s.named or p.has("pointer")) and "check_in" in self.types:
            p.take("ask")
            p.take("field", "last_check_in", "note", "current")
            p.take("by")
            p.take("most")
            p.take("fresh")
            return self.make(Ask.LIST, of="check_in", limit=limit(p))
        p.take("ask", "history", "list", "value", "status", "change", "notes")
        p.take("field", "last_check_in", "current", "progress", "confidence", "note", "start", "status")
        p.take("by")
        p.take("most")
        p.take("moved")
        chosen = "confidence" if "confidence" in self.fields else "progress" if "progress" in self.fields else ""
        return self.make(Ask.HISTORY, limit=limit(p), field=chosen)

    def _change(self) -> Frame | None:
        p = self.pieces
        moving = p.has("by", "change") or p.has("moved")
        if "change" not in self.asks and not (moving and not p.has("flag", "falling_confidence")):
            return None
        if "count" in self.asks and not (self.subjects.named or "change" in self.asks):
            return None
        p.take("ask", "change", "history", "status", "list", "value", "count", "compare")
        p.take("field", "progress", "current", "status", "gap", "confidence", "score")
        direction = ""
        if p.has("moved"):
            direction = "flat"
        elif p.has("by", "change") and p.values("dir") and not self.subjects.named:
            direction = "up" if "up" in p.values("dir") else "down"
        p.take("by")
        p.take("moved")
        p.take("most")
        p.take("neg")
        if direction and not self.subjects.named:
            return self.make(Ask.LIST, filters=replace(self._filters(self.of), moved=direction), limit=limit(p), named=False)
        narrowed = self._filters(self.of)
        chosen = "confidence" if "confidence" in self.fields else ""
        return self.make(Ask.CHANGE, filters=narrowed, limit=limit(p), field=chosen)

    def _count(self) -> Frame | None:
        p = self.pieces
        if "count" not in self.asks:
            return None
        one = [r for r in self.subjects.named if r.kind in ("key_result", "kpi")]
        plural = set(self.types) & {"key_result", "okr", "objective", "team", "person", "kpi", "task", "check_in", "cycle"}
        if one and not plural - ({"kpi"} if one[0].kind == "kpi" else set()):
            return None  # "ile wynosi NPS": a value
        if not plural and not (p.has("status") or p.has("flag") or p.has("fresh") or p.has("missing") or p.has("kind")):
            return None
        of = self.of
        p.take("ask", "count", "list", "value", "status", "roll_up", "change")
        direction = ""
        if p.has("by", "change"):
            direction = "up" if "up" in p.values("dir") else "down"
            p.take("by", "change")
        narrowed = self._filters(of)
        if direction:
            narrowed = replace(narrowed, moved=direction)
        if p.take("by", "gap") and not narrowed.statuses:
            ahead = "ahead" in p.values("dir")
            narrowed = replace(narrowed, gap=("<", 0.0)) if ahead else replace(narrowed, statuses=("at_risk", "off_track"))
        p.take("field", "owner", "members", "status", "note", "target")
        return self.make(Ask.COUNT, of=of, named=False, filters=narrowed)

    def _listed(self) -> Frame | None:
        """Records that meet filters, or all of a kind."""
        p = self.pieces
        one = [r for r in self.subjects.named if r.kind in ("key_result", "kpi", "task")]
        quality = any(p.has(slot) for slot in ("status", "fresh", "checked_in", "flag", "missing", "kind", "moved", "cadence", "restricted", "op"))
        if p.has("by", "gap") and not one:
            quality = True
        if not quality and p.has("state") and not one:
            quality = bool(p.values("state") != ["active"])
        if one and quality and p.has("kind", "boundary"):
            p.take("kind")
            p.take("held")
            p.take("status")
            p.take("ask")
            p.take("field")
            return self.make(Ask.STATUS)
        if one and not (quality and p.has("flag")):
            return None
        wanted = set(self.types) & {"key_result", "okr", "objective", "team", "person", "kpi", "check_in", "cycle", "metric"}
        owned = "owner" in self.fields and bool(self.subjects.people or self.mine == "me")
        listing = bool(wanted) and ("list" in self.asks or "value" in self.asks or owned or self.mine or self.subjects.teams or self.subjects.people
                                    or "status" not in self.asks)  # fmt: skip
        if not quality and not listing and not owned:
            return None
        if not quality and set(self.fields) & set(_KR_FIELDS) and ("value" in self.asks or "roll_up" in self.asks):
            return None
        if not quality and "roll_up" in self.asks:
            return None
        if not quality and "status" in self.asks and "list" not in self.asks and not owned and self.of in ("team", "key_result"):
            return None
        of = self.of
        narrowed = self._filters("key_result" if of in ("team", "person") and quality else of)
        by, reverse = "", False
        if p.has("by", "gap"):
            p.take("by", "gap")
            if "ahead" in p.values("dir"):
                narrowed = replace(narrowed, gap=("<", 0.0))
                by, reverse = "gap", True
            elif not narrowed.statuses and narrowed.gap is None:
                narrowed = replace(narrowed, statuses=("at_risk", "off_track"))
                by = "gap"
        p.take("ask", "list", "value", "status", "my_week", "notes", "history", "change", "who")
        p.take("field", "owner", "status", "reported", "members", "current", "progress", "target", "last_check_in", "wins", "confidence")
        p.take("state", "active")
        p.take("priority")
        for group in p.having("most"):
            if group.get("by") is None and "most" in group.all("most"):
                group.used = True
        return self.make(Ask.LIST, of=of, named=False, filters=narrowed, limit=limit(p), by=by, reverse=reverse)

    def _value(self) -> Frame | None:
        p = self.pieces
        chosen = [f for f in self.fields if f in _KR_FIELDS]
        one = bool(self.subjects.named) or p.has("pointer")
        if not one:
            return None
        if not chosen and not ({"value", "count"} & set(self.asks)):
            return None
        if not chosen and "value" in self.asks and "status" in self.asks:
            return None
        if chosen == ["status"] or chosen == ["reported"] or (chosen and set(chosen) <= {"status", "reported"}):
            if "reported" in chosen and "status" not in chosen:
                p.take("field")
                p.take("ask")
                p.take("says")
                return self.make(Ask.VALUE, field="reported")
            return None
        order = ("expected", "gap", "baseline", "target", "confidence", "score", "weight", "unit", "cadence", "milestones", "progress", "current")
        name = next((f for f in order if f in chosen), "current")
        p.take("field")
        p.take("ask", "value", "count", "list", "status", "roll_up", "when")
        p.take("by", "gap", "confidence")
        p.take("unit")
        return self.make(Ask.VALUE, field=name)

    def _roll_up(self) -> Frame | None:
        p, s = self.pieces, self.subjects
        chosen = [f for f in self.fields if f in ("progress", "confidence", "score", "expected", "gap")]
        if s.named and not all(r.kind == "objective" for r in s.named):
            return None
        scoped = bool(s.teams or s.people or s.named or self.mine or "company" in self.types or self.of in ("team", "objective", "okr"))
        if not ("roll_up" in self.asks or (chosen and (scoped or self.when is not None or "okr" in self.types or "key_result" in self.types or "value" in self.asks))):
            return None
        if not chosen and "roll_up" in self.asks and p.has("ask", "status") and not scoped:
            pass
        p.take("field")
        p.take("ask", "roll_up", "value", "status", "list", "compare")
        p.take("priority")
        return self.make(Ask.ROLL_UP, field=chosen[0] if chosen and chosen[0] != "progress" else "progress")

    def _status(self) -> Frame | None:
        p, s = self.pieces, self.subjects
        said = "status" in self.asks or "status" in self.fields or "reported" in self.fields
        if not said:
            return None
        p.take("ask", "status", "list", "value")
        p.take("field", "status", "reported", "progress", "current", "note")
        p.take("status", "on_track")
        p.take("by", "gap")
        if s.named:
            kind = s.named[0].kind
            stretch = self.when is not None and not self.when.moment and "week" not in self.when.word
            return self.make(Ask.HISTORY if kind == "kpi" and stretch else Ask.STATUS, of=kind)
        if s.people:
            return self.make(Ask.STATUS, of="person")
        if s.teams or self.mine == "team":
            return self.make(Ask.STATUS, of="team")
        if self.mine == "me":
            return self.make(Ask.STATUS, of="person")
        if "company" in self.types or self.mine == "our" or {"okr", "objective", "key_result", "cycle"} & set(self.types):
            return self.make(Ask.STATUS, of="company", company=True)
        if p.has("pointer"):
            return self.make(Ask.STATUS)
        if not p.unknown and self.mine_words() == "our":
            return self.make(Ask.STATUS, of="company", company=True)
        return None

    def _bare(self) -> Frame | None:
        """Only a name, a time or a filter: what is wanted follows from it, or from the question before."""
        p, s = self.pieces, self.subjects
        if "value" in self.asks or "list" in self.asks:
            p.take("ask", "value", "list")
        if s.named:
            kind = s.named[0].kind
            if self.when is not None and not self.when.moment and kind in ("kpi", "key_result"):
                return self.make(Ask.HISTORY, of=kind)
            return self.make(Ask.STATUS, of=kind)
        if s.teams:
            return self.make(Ask.STATUS, of="team")
        if s.people:
            return self.make(Ask.STATUS, of="person")
        if s.cycles:
            return self.make(Ask.STATUS, of="company", company=True)
        if "company" in self.types:
            return self.make(Ask.STATUS, of="company", company=True)
        return None


__all__ = ["Composed", "Composer", "negation_before"]
