"""To whom an update goes by hand, and the message that carries it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from assistant.telling.safe import unlinked
from assistant.updates.draft import Draft, Sentence
from assistant.updates.drafting import drafted_for
from assistant.updates.rendering import cited, subtitle
from assistant.updates.wanted import Wanted
from okr.access import Actor
from okr.errors import NotFoundError
from okr.models import Role
from okr.store import Store
from okr.store.messages import Letter

WHOM = ("me", "leadership", "team", "everyone")


def recipients(store: Store, sender: str, whom: str, scope: str) -> list[str]:
    """The addresses behind a word: the sender, the leads of teams and the admins, the team of the scope, everybody.

    The team of anything but a team's update is the sender's own. KeyError for a word that is not in `WHOM`.
    """
    if whom not in WHOM:
        raise KeyError(whom)
    if whom == "me":
        return [sender]
    people = store.people()
    if whom == "everyone":
        return [person.email for person in people]
    teams = store.teams()
    if whom == "leadership":
        leads = {team.lead for team in teams}
        return [person.email for person in people if person.role == Role.ADMIN or person.email in leads]
    of_scope = scope.partition(":")[2] if scope.startswith("team:") else None
    own = of_scope or next((person.team for person in people if person.email == sender), None)
    found = next((team for team in teams if team.key == own), None)
    if found is None:
        return [sender]
    below = set(store.teams_below(found.id))
    keys = {team.key for team in teams if team.id in below} | {found.key}
    return [person.email for person in people if person.team in keys or person.email == found.lead]


def letter(draft: Draft) -> Letter:
    """The update as a message, in plain text."""
    parts = [subtitle(draft)]
    for section in draft.sections:
        said = [_said(draft, one) for one in section.sentences]
        parts.append("\n".join([section.title, *said]))
    return Letter("update", unlinked(draft.title), unlinked("\n\n".join(parts)))


def _said(draft: Draft, sentence: Sentence) -> str:
    if not sentence.bullet:
        return sentence.text
    records = cited(draft, sentence)
    return f"- {sentence.text} [{', '.join(records)}]" if records else f"- {sentence.text}"


def letter_for(store: Store, draft: Draft, now: datetime) -> Callable[[Actor], Letter | None] | None:
    """How the same update is written for somebody who may see less of it; None once somebody has edited it by hand.

    Of what a person may see nothing of, nothing is written.
    """
    if any(one.edited for section in draft.sections for one in section.sentences):
        return None
    label = draft.period["label"]
    year, week, _ = date.fromisoformat(draft.period["from"]).isocalendar()
    wanted = Wanted(
        tuple(draft.scope.split("+")),
        draft.audience,
        label if label == "cycle" else f"{year:04}-W{week:02}",
        draft.language,
        draft.length,
    )

    def own(reader: Actor) -> Letter | None:
        try:
            return letter(drafted_for(store, reader, now, wanted))
        except NotFoundError:
            return None

    return own
