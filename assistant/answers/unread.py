"""What is said to a question that was not understood, names nothing we know, or is not ours to answer."""

from __future__ import annotations

from assistant.answers.told import Told
from assistant.suggestions import openers
from assistant.telling.formats import joined
from assistant.telling.phrases import say
from assistant.telling.safe import cite, plain
from okr.language.frames import Clarify, Frame, Missing, Ref, Refused, Unread
from okr.language.words import fold
from tools.context import TurnContext
from tools.result import Found

MOST_OPTIONS = 8
MOST_WORDS_SHOWN = 80


def answer(reading: Clarify | Missing | Refused | Unread, question: str, turn: TurnContext) -> Told:
    """The words for a reading that no records answer."""
    match reading:
        case Clarify():
            return _clarify(reading, question, turn)
        case Missing():
            return _missing(reading, turn)
        case Refused():
            return _refused(reading, turn)
        case Unread():
            return _unread(reading, turn)


def _clarify(reading: Clarify, question: str, turn: TurnContext) -> Told:
    about = plain(reading.about, MOST_WORDS_SHOWN)
    language = reading.language
    text = say(language, "unread.clarify", about=about) if about else say(language, "unread.clarify_bare")
    options = [
        (label, _asked_of(option, reading.about, question))
        for option, label in zip(reading.options, labels(reading.options, turn), strict=True)
    ]
    if not options:
        options = [(_described(frame), _described(frame)) for frame in reading.readings]
    options = options[:MOST_OPTIONS]
    lines = [text, "", *(f"{number}. {label}" for number, (label, _) in enumerate(options, 1))]
    return Told(text="\n".join(lines).rstrip(), kind="clarify", options=options)


def labels(refs: tuple[Ref, ...], turn: TurnContext) -> list[str]:
    """How each of several records of like names is told from the others: title, what it belongs to, id."""
    places = turn.store.places(turn.actor, refs)
    found = []
    for ref in refs:
        where = ", ".join(plain(place, 60) for place in places.get((ref.kind, ref.id), ()))
        found.append(f"{plain(ref.title, 120)}{f' ({where})' if where else ''} {cite(ref.key)}")
    return found


def _asked_of(option: Ref, about: str, question: str) -> str:
    """The question with the doubtful words replaced by the option's id; the id alone where they are not found."""
    words, folded = fold(about), fold(question)
    place = folded.find(words) if words and len(folded) == len(question) else -1
    if place < 0:
        return option.key
    return question[:place] + option.key + question[place + len(words) :]


def _described(frame: Frame) -> str:
    named = [ref.title for ref in (*frame.named, *frame.teams, *frame.people, *frame.objectives)]
    if frame.cycle is not None:
        named.append(frame.cycle.title)
    return plain(", ".join(named) or frame.field or frame.by or frame.of.replace("_", " "), 120)


def _missing(reading: Missing, turn: TurnContext) -> Told:
    language = reading.language
    wanted = plain(reading.wanted, MOST_WORDS_SHOWN)
    if reading.reason == "date":
        parts = [say(language, "unread.missing_date", wanted=wanted), say(language, "unread.missing_date_hint")]
    elif reading.reason == "future":
        parts = [say(language, "unread.missing_future", wanted=wanted)]
    elif reading.reason == "before_first":
        parts = [say(language, "unread.missing_before", wanted=wanted)]
    elif reading.reason == "cycle":
        parts = [say(language, "unread.missing_cycle", wanted=wanted)]
        known = [f"{plain(cycle.name, 60)} {cite(cycle.key)}" for cycle in turn.cycles[-MOST_OPTIONS:]]
        if known:
            parts.append(say(language, "unread.missing_cycle_known", cycles=joined(known, language)))
    elif reading.reason == "field":
        parts = [say(language, "unread.missing_field", wanted=wanted), say(language, "unread.missing_field_hint")]
    else:
        parts = [say(language, "unread.missing")]
        if reading.close:
            close = [f"{plain(ref.title, 120)} {cite(ref.key)}" for ref in reading.close[:MOST_OPTIONS]]
            parts.append(say(language, "unread.missing_close", close=_either(close, language)))
        else:
            parts.append(say(language, "unread.missing_hint"))
    found = Found(tool="", args={}, kind="abstain", missing=reading.reason or "record")
    options = [(f"{plain(ref.title, 120)} {cite(ref.key)}", ref.key) for ref in reading.close[:MOST_OPTIONS]]
    return Told(text=" ".join(parts), found=found, kind="abstain", options=options)


def _either(words: list[str], language: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {'or' if language == 'en' else 'albo'} {words[-1]}"


_REFUSALS = {
    "write": "refused_write",
    "private": "refused_private",
    "empty": "refused_empty",
    "too_long": "refused_long",
    "language": "refused_language",
}


def _refused(reading: Refused, turn: TurnContext) -> Told:
    language = reading.language
    text = say(language, f"unread.{_REFUSALS.get(reading.reason, 'refused')}")
    questions = openers(turn.actor, language)
    can = say(language, "unread.can", company=plain(turn.company.name, 80), example=questions[0])
    return Told(text=f"{text} {can}", kind="refuse", suggestions=questions)


def _unread(reading: Unread, turn: TurnContext) -> Told:
    language = reading.language
    # A word that may be an id is not said back: what is hidden has to look as if it did not exist.
    said = [plain(word, 40) for word in reading.words[:5] if word.isalpha()]
    words = [f"“{word}”" if language == "en" else f"„{word}”" for word in said]
    if words:
        first = say(language, "unread.unread", words=joined(words, language))
    else:
        first = say(language, "unread.unread_bare")
    questions = openers(turn.actor, language)
    lines = [f"{first} {say(language, 'unread.unread_try')}", "", *(f"- {question}" for question in questions)]
    found = Found(tool="", args={}, kind="abstain", missing="words")
    return Told(text="\n".join(lines), found=found, kind="abstain", suggestions=questions)
