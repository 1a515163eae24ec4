"""Why somebody got a message, in their language."""

from __future__ import annotations

from assistant.delivery import harmless, spoken_by
from assistant.telling.formats import day
from assistant.telling.phrases import say
from okr.access import Actor
from okr.language.rules import read_back
from okr.store.receiving import Why


def why_words(why: Why, actor: Actor) -> list[str]:
    """The sentences that answer "why did I get this?", the most telling first."""
    language = spoken_by(actor)
    if why.key is None:
        return [say(language, "because.notice")]
    if why.own:
        lines = [say(language, "because.own_rule", rule=why.key)]
    else:
        lines = [say(language, "because.rule_of", rule=why.key, owner=harmless(why.owner_name))]
    if why.rule is not None:
        lines.append(say(language, "because.readback", readback=harmless(read_back(why.rule, language))))
    else:
        lines.append(say(language, "because.unreadable"))
    if why.message.kind == "notice":
        return [*lines, say(language, "because.notice")]
    if why.audience is not None:
        lines.append(say(language, f"because.{why.audience.kind}"))
    if why.records:
        lines.append(say(language, "because.records", keys=", ".join(why.records)))
    if why.message.instant is not None:
        at = why.message.instant.astimezone(actor.tz)
        said_on = day(at.date(), language, why.message.delivered_at.astimezone(actor.tz).date())
        lines.append(say(language, "because.instant", date=said_on, time=f"{at:%H:%M}"))
    state = "must" if why.must else "is_off" if why.is_off else "may_turn_off"
    return [*lines, say(language, f"because.{state}")]
