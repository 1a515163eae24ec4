"""Sentences that no question frame holds: something to be recorded, a review of OKRs, a forecast, a cycle's end."""

from __future__ import annotations

from dataclasses import replace

from assistant import recording
from assistant.answers import endings, outlook, reviews
from assistant.answers.told import Told
from okr.language.ending import ending_asked
from okr.language.reviewing import confidence_worth_asked, forecast_asked, review_asked
from okr.language.signs_of_language import language_of
from tools.context import TurnContext


def answer(text: str, turn: TurnContext, *, keep: bool) -> tuple[Told, str] | None:
    """The answer and its language; None for every other sentence.

    With `keep` a proposal is kept as a row that can be confirmed.
    """
    found = recording.offered(text, turn, keep=keep)
    if found is not None:
        return found
    turn = replace(turn, language=language_of(text, turn.language))
    told: Told | None = None
    review = review_asked(text)
    forecast = forecast_asked(text)
    if review is not None:
        told = reviews.answer(review, turn)
    elif forecast is not None:
        words, soft = forecast
        told = outlook.answer(words, turn, only_if_known=soft)
    elif confidence_worth_asked(text):
        told = outlook.confidence(turn)
    # "Will we make it" asks for no record, although it is put like a question for one.
    if told is None and review is None and (ending := ending_asked(text)) is not None:
        turn = replace(turn, language=ending.language)
        told = endings.answer(ending, turn)
    return None if told is None else (told, turn.language)
