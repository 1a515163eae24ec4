"""Objectives with key results that a team may begin from, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import orjson


@dataclass(frozen=True, slots=True)
class KeyResultTemplate:
    """A key result to begin from; figures are examples, and a `relative_change` needs the team's own baseline."""

    title: str
    kind: str
    unit: str | None
    baseline: float | None
    target: float | None
    limit: str | None
    relative_change: float | None

    def target_from(self, baseline: float) -> float | None:
        """The target for a team that stands at that baseline; the example's own where it is no relative change.

        >>> KeyResultTemplate("Retention", "measure", "%", None, None, None, 0.2).target_from(50)
        60.0
        """
        if self.relative_change is None:
            return self.target
        return round(baseline * (1 + self.relative_change), 10)


@dataclass(frozen=True, slots=True)
class ObjectiveTemplate:
    """An objective to begin from; `team` is the kind of team it suits (company, product, sales, …)."""

    team: str
    title: str
    key_results: tuple[KeyResultTemplate, ...]


@lru_cache(maxsize=2)
def templates(language: str) -> tuple[ObjectiveTemplate, ...]:
    """All templates in the language, English where it is neither English nor Polish."""
    spoken = language if language in ("en", "pl") else "en"
    held = orjson.loads(resources.files("okr").joinpath("templates.json").read_bytes())
    return tuple(
        ObjectiveTemplate(
            each["team"],
            each["title"][spoken],
            tuple(
                KeyResultTemplate(
                    kr["title"][spoken],
                    kr["kind"],
                    kr["unit"],
                    kr["baseline"],
                    kr["target"],
                    kr.get("limit"),
                    kr.get("relative_change"),
                )
                for kr in each["key_results"]
            ),
        )
        for each in held["objectives"]
    )
