"""How many tokens a turn, a person and the whole company may still spend, counted before and after each call."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.settings import Settings
from assistant.telling.phrases import say
from okr.errors import OkrError
from tools.context import TurnContext

CHARACTERS_A_TOKEN = 3.2  # Polish takes more tokens than English; a reservation is rather too large
MOST_ANSWER = 1_000  # tokens of one completion, asked of the model as its limit too
MOST_CALLS = 8


class BudgetSpentError(OkrError):
    """There are no tokens or calls left for this; the sentence says until when."""

    code = "budget"


def estimated(characters: int) -> int:
    """About how many tokens a text of that length has, rather too many."""
    return int(characters / CHARACTERS_A_TOKEN) + 1


@dataclass(slots=True)
class Budget:
    """One turn's account. `prompt`, `completion` and `calls` are what the turn has cost so far."""

    turn: TurnContext
    settings: Settings
    prompt: int = 0
    completion: int = 0
    calls: int = 0
    _open: list[int] = field(default_factory=list)

    def reserve(self, characters: int) -> int:
        """Take tokens for a call with a prompt of that length; `BudgetSpentError` where there are not enough."""
        language = self.turn.language
        wanted = estimated(characters) + MOST_ANSWER
        if self.calls >= MOST_CALLS:
            raise BudgetSpentError(say(language, "model.calls", count=str(MOST_CALLS)))
        if self.prompt + self.completion + wanted > self.settings.tokens_per_turn:
            raise BudgetSpentError(say(language, "model.turn_spent"))
        allowed = self.turn.store.reserve_tokens(
            self.turn.actor,
            self.turn.today,
            wanted,
            most_own=self.settings.tokens_per_person,
            most_all=self.settings.tokens_per_day,
        )
        if not allowed:
            raise BudgetSpentError(say(language, "model.day_spent", zone=self.turn.company.timezone))
        self.calls += 1
        self._open.append(wanted)
        return wanted

    def settle(self, reserved: int, prompt: int, completion: int) -> None:
        """Replace what was reserved by what the call has cost."""
        self._open.remove(reserved)
        self.prompt += prompt
        self.completion += completion
        self.turn.store.settle_tokens(self.turn.actor, self.turn.today, reserved, prompt + completion)

    @property
    def tokens(self) -> dict[str, int]:
        """The cost as the answer document has it."""
        return {"prompt": self.prompt, "completion": self.completion, "calls": self.calls}
