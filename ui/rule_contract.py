"""The clauses of a rule's card: your words, what was filled in, when, to whom, the past four weeks, the rights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.automating import ClockTurn, Proof
from assistant.telling import formats
from okr.schedule import RECIPIENT
from okr.store.acting import Planned
from okr.store.automations import Automation
from okr.store.rehearsing import Heard
from ui.harmless import line
from ui.rule_words import change_html, city, moment, names_html, why_html
from ui.session import Visit

COMING = 5
MOST_CHANGES = 200


def is_checked(kept: Automation) -> bool:
    """Whether the rule has no times of its own and is looked at every hour."""
    return kept.rule.schedule is None and kept.rule.at is None


def contract_html(visit: Visit, kept: Automation, proof: Proof) -> str:
    """The clauses of the card, each with its name."""
    words = visit.words
    clauses = [
        ("card.words", quoted(visit, kept.words)),
        ("card.assumed", _assumed(visit, kept)),
        ("card.when", when_html(visit, kept, proof)),
        ("card.who", _who(visit, kept, proof)),
        *([("card.does", changes_html(visit, proof.changes))] if kept.rule.acts_on_records() else []),
        ("card.past", _past(visit, kept, proof)),
        ("card.rights", line(_rights(visit, proof))),
    ]
    drawn = "".join(f"<div><dt>{line(words(name))}</dt><dd>{said}</dd></div>" for name, said in clauses)
    return f'<dl class="okr-clauses">{drawn}</dl>'


def _assumed(visit: Visit, kept: Automation) -> str:
    words, rule = visit.words, kept.rule
    said = [_filled(visit, kept, name) for name in rule.assumed]
    if rule.extra.get("read_by") == "model":
        said.insert(0, words("assumed.by_model"))
    if not said:
        return line(words("card.assumed.nothing"))
    return "<br>".join(line(each) for each in said)


def _filled(visit: Visit, kept: Automation, name: str) -> str:
    words, rule = visit.words, kept.rule
    if name == "timezone":
        return (
            words("assumed.timezone.recipient")
            if rule.zone == RECIPIENT
            else words("assumed.timezone", value=rule.zone)
        )
    if name == "time":
        coming = rule.coming(visit.now, 1)
        if not coming:
            return words("assumed.time.bare")
        return words("assumed.time", value=f"{coming[0]:%H:%M}")
    if name == "audience":
        audience = rule.audience
        if audience is None or audience.kind == "me":
            return words("assumed.audience", value=words("assumed.me"))
        own = audience.kind == "team" and audience.team is not None
        return words("assumed.audience", value=visit.team_name(audience.team) if own else words("assumed.read"))
    return words(f"assumed.{name}") if words.has(f"assumed.{name}") else name


# -- when -------------------------------------------------------------------------------------------


def when_html(visit: Visit, kept: Automation, proof: Proof) -> str:
    """The next five instants: as the reader's clock shows them, and for people elsewhere as theirs do."""
    words, rule = visit.words, kept.rule
    own = proof.coming.get(visit.actor.zone) or rule.coming(visit.now)
    if not own:
        return line(words("card.when.never"))
    if is_checked(kept):
        times = ", ".join(f"{at.astimezone(visit.actor.tz):%H:%M}" for at in own[:COMING])
        return line(words("card.when.check", times=times))
    items = "".join(f"<li>{line(moment(visit, at))}</li>" for at in own[:COMING])
    zone = words("card.when.own" if rule.zone == RECIPIENT else "card.when.zone", zone=city(visit.actor.zone))
    turned = _turned(visit, proof.turns.get(visit.actor.zone))
    foot = f'<p class="okr-foot">{line(zone)}{turned}</p>'
    return f'<ol class="okr-instants">{items}</ol>{foot}{_elsewhere(visit, proof)}'


def _turned(visit: Visit, turn: ClockTurn | None) -> str:
    """What the next clock change does to the times: the last before it and the first after it."""
    if turn is None:
        return ""
    said = visit.words("card.turn", before=moment(visit, turn.before), after=moment(visit, turn.after))
    return f" · {line(said)}"


def _elsewhere(visit: Visit, proof: Proof) -> str:
    groups = list(zone_groups(visit, proof))
    if not groups:
        return ""
    rows = "".join(
        f"<tr><th scope='row'>{line(', '.join(map(city, zones)))}<small>{line(people)}</small></th>"
        f"<td>{''.join(f'<span>{line(at)}</span> ' for at in instants)}</td></tr>"
        for zones, people, instants in groups
    )
    summary = line(visit.words("card.elsewhere"))
    return (
        f'<details class="okr-fold"><summary>{summary}</summary>'
        f'<div class="okr-scroll"><table class="okr-table okr-zones">{rows}</table></div></details>'
    )


def zone_groups(visit: Visit, proof: Proof) -> Iterator[tuple[list[str], str, list[str]]]:
    """The zones of the recipients in which clocks show other times than the reader's: zones, how many people, times."""
    tz = visit.actor.tz
    mine = [at.astimezone(tz).replace(tzinfo=None) for at in proof.coming.get(visit.actor.zone, [])]
    there: dict[tuple[datetime, ...], list[str]] = {}
    for zone, instants in proof.coming.items():
        local = tuple(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for at in instants[:COMING])
        if list(local) != mine[:COMING]:
            there.setdefault(local, []).append(zone)
    counted: dict[str, int] = {}
    for reach in proof.reaches:
        counted[reach.zone] = counted.get(reach.zone, 0) + 1
    for zones in there.values():
        people = sum(counted.get(zone, 0) for zone in zones)
        shown = [moment(visit, at, zones[0]) for at in proof.coming[zones[0]][:COMING]]
        yield zones, visit.words("card.zone.people", count=people), shown


# -- to whom, and what it would have sent ---------------------------------------------------------------


def _who(visit: Visit, kept: Automation, proof: Proof) -> str:
    words, count = visit.words, len(proof.reaches)
    if not kept.rule.messages():
        return line(words("card.who.records"))
    names = names_html(visit, [one.name for one in proof.reaches])
    if kept.rule.condition is not None:
        if not count:
            return line(words("card.who.unmet"))
        return f"{line(words('card.who.met', count=count))}<br><small>{names}</small>"
    return who_html(visit, [one.name for one in proof.reaches]) + passed_html(visit, proof.passed_over)


def who_html(visit: Visit, names: Sequence[str]) -> str:
    """Who gets it today, by name."""
    if not names:
        return line(visit.words("card.who.nobody"))
    shown = names_html(visit, names)
    return (
        shown
        if len(names) == 1
        else f"<strong>{line(visit.words('card.who.today', count=len(names)))}</strong><br>{shown}"
    )


def passed_html(visit: Visit, passed: Sequence[Heard]) -> str:
    """Whom it passes over, each with the reason; nothing where it passes over nobody."""
    if not passed:
        return ""
    lead = line(visit.words("card.passed", count=len(passed)))
    rows = "".join(f"<li>{line(one.name)} <small>{why_html(visit, one.reason)}</small></li>" for one in passed[:50])
    return f'<details class="okr-fold"><summary>{lead}</summary><ul class="okr-plain">{rows}</ul></details>'


def changes_html(visit: Visit, changes: Sequence[Planned]) -> str:
    """What it would do now to tasks and threads."""
    words = visit.words
    if not changes:
        return line(words("card.does.nothing"))
    rows = "".join(
        f"<li>{change_html(visit, each.record, each.before, each.after)}"
        + (f" <small>{why_html(visit, each.reason)}</small>" if each.reason else "")
        + "</li>"
        for each in changes[:MOST_CHANGES]
    )
    if len(changes) > MOST_CHANGES:
        rows += f"<li>{line(words('card.who.more', count=len(changes) - MOST_CHANGES))}</li>"
    lead = line(words("card.does.today", count=len(changes)))
    if len(changes) <= COMING:
        return f'{lead}<ul class="okr-plain">{rows}</ul>'
    return f'<details class="okr-fold"><summary>{lead}</summary><ul class="okr-plain">{rows}</ul></details>'


def _past(visit: Visit, kept: Automation, proof: Proof) -> str:
    words = visit.words
    if not proof.past:
        return line(words("card.past.nothing"))
    kind = "card.past.records" if kept.rule.condition is not None else "card.past.people"
    items = []
    for run in proof.past:
        parts = [words(kind, count=run.people) if run.people else words("card.past.nobody")]
        if not kept.rule.messages():
            parts = []
        if run.changes:
            parts.append(words("run.changed", count=run.changes))
        if run.passed_over:
            parts.append(words("run.skipped", count=len(run.passed_over)))
        day = formats.day(run.instant.astimezone(visit.actor.tz).date(), words.language, visit.today)
        when = day if is_checked(kept) else moment(visit, run.instant)
        items.append(f"<li>{line(when)}: {line(', '.join(parts))}{_skipped_then(visit, run.passed_over)}</li>")
    lead = line(words("card.past.runs", count=len(proof.past)))
    shown, rest = items[:COMING], items[COMING:]
    drawn = f'{lead}<ul class="okr-plain">{"".join(shown)}</ul>'
    if rest:
        more = line(words("card.who.more", count=len(rest)))
        drawn += (
            f'<details class="okr-fold"><summary>{more}</summary><ul class="okr-plain">{"".join(rest)}</ul></details>'
        )
    return drawn


def _skipped_then(visit: Visit, passed: Sequence[Heard]) -> str:
    if not passed:
        return ""
    named = "; ".join(f"{line(one.name)}: {why_html(visit, one.reason)}" for one in passed[:5])
    return f" <small>({named}{'…' if len(passed) > 5 else ''})</small>"


def _rights(visit: Visit, proof: Proof) -> str:
    if not proof.needs:
        return visit.words("card.rights.own")
    acts = formats.joined([visit.words(f"card.needs.{need}") for need in proof.needs], visit.words.language)
    return visit.words(f"card.rights.{proof.right}", acts=acts)


def quoted(visit: Visit, text: str) -> str:
    """What somebody wrote, in the quotation marks of the reader's language."""
    return f"“{line(text)}”" if visit.words.language == "en" else f"„{line(text)}”"
