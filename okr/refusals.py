"""Why something that a person wants to record cannot be recorded, in their own language."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from okr.errors import MOST_QUOTED, NotAllowedError, NotFoundError, OkrError, StaleVersionError, UnknownPersonError

Fact = str | int | float


@lru_cache(maxsize=1)
def _sentences() -> dict[str, dict[str, str]]:
    text = resources.files("okr").joinpath("refusals.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = tomllib.loads(text)
    return found


def field_word(name: str, language: str) -> str:
    """What a field of a record is called in the language; its own name where nobody gave it another."""
    return _sentences()["fields_" + _known(language)].get(name, name.replace("_", " "))


def kind_word(kind: str, language: str) -> str:
    """What a kind of record is called in the language."""
    return _sentences()["kinds_" + _known(language)].get(kind, kind.replace("_", " "))


def _known(language: str) -> str:
    return language if language in ("en", "pl") else "en"


def _shown(fact: Fact) -> str:
    if isinstance(fact, float):
        return f"{fact:.15g}"
    return str(fact)[:MOST_QUOTED]


class RefusedError(OkrError):
    """Something that cannot be recorded as it is: `reason` is a stable word, `facts` fill its sentence."""

    code = "refused"

    def __init__(self, reason: str, **facts: Fact) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(*self._said("en"))

    def _said(self, language: str) -> tuple[str, str]:
        entry = _sentences()[self.reason]
        filled = {
            name: (
                field_word(str(fact), language)
                if name == "field"
                else kind_word(str(fact), language)
                if name == "kind"
                else _shown(fact)
            )
            for name, fact in self.facts.items()
        }
        language = _known(language)
        return entry[language].format(**filled), entry.get(f"{language}_remedy", "").format(**filled)

    def said(self, language: str) -> str:
        """The sentence and what to do about it, in the language."""
        return " ".join(part for part in self._said(language) if part)


class OutdatedError(StaleVersionError):
    """The record was changed since the person saw it; `changes` says by whom and what, the newest last.

    Each is (field, old, new, who), the values as text.
    """

    def __init__(self, what: str, changes: Sequence[tuple[str, str, str, str]] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.changes = tuple(changes)
        self.sentence = self._told("en")
        self.args = (f"{self.sentence} {self.remedy}",)

    def _told(self, language: str) -> str:
        first = _sentences()["outdated"][_known(language)].format(what=self.what)
        told = [
            _sentences()["outdated_change"][_known(language)].format(
                field=field_word(field, language), old=old, new=new, who=who
            )
            for field, old, new, who in self.changes
        ]
        return f"{first} {' '.join(told)}".strip()

    def said(self, language: str) -> str:
        """What changed and by whom, and what to do about it."""
        return f"{self._told(language)} {_sentences()['outdated'][_known(language) + '_remedy']}"


def said(problem: OkrError, language: str) -> str:
    """A failure in the language, with its remedy; in English where it has no other words."""
    if isinstance(problem, RefusedError | OutdatedError):
        return problem.said(language)
    if language == "pl":
        sentences = _sentences()
        match problem:
            case NotFoundError():
                kind = kind_word(problem.kind.replace(" ", "_").lower(), language)
                return sentences["not_found"]["pl"].format(kind=kind, wanted=problem.wanted[:MOST_QUOTED])
            case NotAllowedError():
                return sentences["not_allowed"]["pl"]
            case UnknownPersonError():
                return sentences["unknown_person"]["pl"]
    return str(problem)
