"""What a question narrows its records by, in words."""

from __future__ import annotations

from assistant.telling import formats
from assistant.telling.phrases import say
from okr.language.frames import Filters

_FLAGS = ("watermelon", "confidence_falling", "unrankable", "restricted")


def filter_words(filters: Filters, language: str) -> str:
    """The filters as one clause: "at risk or off track, without a baseline"; empty for none."""
    said: list[str] = []
    for words in (filters.statuses, filters.freshness, filters.kinds, filters.cadences):
        if words and not (words is filters.kinds and filters.held is not None):
            said.append(_either([say(language, f"filter.{word}") for word in words], language))
    if filters.reported:
        words_said = _either([say(language, f"filter.{word}") for word in filters.reported], language)
        said.append(say(language, "filter.reported", words=words_said))
    if filters.older_than_days is not None:
        days = formats.counted(filters.older_than_days, "day", language)
        said.append(say(language, "filter.older", days=days))
    tops = dict(filters.upto)
    if filters.confidence is not None and "confidence" in tops:
        first, last = (formats.number(level, language) for level in (filters.confidence[1], tops["confidence"]))
        said.append(say(language, "filter.confidence_range", first=first, last=last))
    elif filters.confidence is not None:
        sign, level = filters.confidence
        said.append(
            say(language, "filter.confidence", sign=_sign(sign, language), level=formats.number(level, language))
        )
    for name, bound in (("progress", filters.progress), ("gap", filters.gap)):
        written = formats.percent if name == "progress" else formats.points
        if bound is not None and name in tops:
            ends = {"first": written(bound[1], language), "last": written(tops[name], language)}
            said.append(say(language, f"filter.{name}_range", **ends))
        elif bound is not None:
            level_said = written(bound[1], language)
            said.append(say(language, f"filter.{name}", sign=_sign(bound[0], language), level=level_said))
    said += [say(language, f"filter.{flag}") for flag in _FLAGS if getattr(filters, flag)]
    if filters.held is not None:
        said.append(say(language, "filter.held" if filters.held else "filter.breached"))
    if filters.missing:
        said.append(_either([say(language, f"filter.missing_{what}") for what in filters.missing], language))
    if filters.states:
        said.append(_either([say(language, f"filter.state_{state}") for state in filters.states], language))
    if filters.moved:
        said.append(say(language, f"filter.moved_{filters.moved}"))
    if filters.checked_in is not None:
        said.append(say(language, "filter.checked_in" if filters.checked_in else "filter.not_checked_in"))
    if filters.has:
        said.append(_either([say(language, f"filter.has_{part}") for part in filters.has], language))
    return ", ".join(said)


def _either(words: list[str], language: str) -> str:
    if len(words) == 1:
        return words[0]
    return say(language, "filter.or", first=", ".join(words[:-1]), last=words[-1])


def _sign(sign: str, language: str) -> str:
    word = {"<": "below", ">": "above", "<=": "at_most", ">=": "at_least", "=": "equal"}[sign]
    return say(language, f"filter.{word}")
