"""What is wrong with a file, each thing with its place, collected so that one reading names them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from okr.errors import OkrError

# Enough to repair a file by, and few enough to read; the rest is counted.
MOST_KEPT = 500
MOST_SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong: where in the file (`check_ins[204].value`, `line 3`), and what, in plain words."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Problems:
    """The problems found so far, the first `MOST_KEPT` of them kept and all of them counted."""

    def __init__(self) -> None:
        self.kept: list[Problem] = []
        self.count = 0

    def add(self, place: str, message: str) -> None:
        """Note a problem."""
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(Problem(place, message))

    def __bool__(self) -> bool:
        return self.count > 0

    @property
    def full(self) -> bool:
        """Whether further ones would only be counted."""
        return len(self.kept) >= MOST_KEPT

    def refuse(self, name: str) -> None:
        """Raise `ImportRefused` when there is any problem."""
        if self.count:
            raise ImportRefused(name, self.kept, self.count)


class ImportRefused(OkrError):
    """A file was not imported; nothing of it was stored. `problems` holds each reason with its place."""

    code = "import-refused"

    def __init__(self, name: str, problems: Iterable[Problem], count: int | None = None) -> None:
        self.problems = list(problems)
        self.count = max(len(self.problems), count or 0)
        how_many = "one thing is" if self.count == 1 else f"{self.count:,} things are"
        lines = [f"{name} was not imported, {how_many} wrong with it:"]
        lines += [f"  {problem}" for problem in self.problems[:MOST_SHOWN]]
        if self.count > MOST_SHOWN:
            lines.append(f"  … and {self.count - MOST_SHOWN:,} more")
        super().__init__("\n".join(lines), "Nothing was stored; correct the file and import it again.")

    def __str__(self) -> str:
        return f"{self.sentence}\n{self.remedy}"

    def document(self) -> dict[str, object]:
        """The refusal as a JSON value."""
        return {
            "imported": False,
            "problems": [{"place": p.place, "message": p.message} for p in self.problems],
            "count": self.count,
        }
