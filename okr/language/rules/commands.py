"""Orders about rules that exist: stop, pause, resume or change them; and who gets one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from okr.automations import Rule
from okr.language.rules.changes import changed
from okr.language.rules.clock import clock_at
from okr.language.rules.stance import moves_report
from okr.language.rules.tokens import Sentence, language_of
from okr.language.words import stems, tokens

_ACTS = (("RESUME_RULE", "resume"), ("PAUSE_RULE", "pause"), ("REMOVE_RULE", "remove"), ("CHANGE_RULE", "change"))
_COMMON = frozenset(
    stem
    for word in "the and for with all reminder alert rule report przypomnienie regula raport powiadomienie".split()
    for stem in stems(word)
)
_KINDS = {
    "alert": "condition", "alerts": "condition", "alertu": "condition", "alerty": "condition",
    "alarm": "condition", "report": "send_update", "reports": "send_update", "raport": "send_update",
    "raportu": "send_update", "raporty": "send_update", "update": "send_update", "summary": "send_update",
    "podsumowanie": "send_update", "podsumowania": "send_update",
}  # fmt: skip

Read = Callable[[str], Rule]


@dataclass(frozen=True)
class Standing:
    """A rule that exists, under the id people know it by."""

    id: str
    rule: Rule


@dataclass(frozen=True)
class Command:
    """What to do with which rules. `act` is remove, pause, resume or change; `changed` is the new
    reading for a change, and None where what follows "to" is not understood for that rule.
    With several `targets` and not `everything`, ask which one is meant."""

    act: str
    targets: tuple[str, ...]
    everything: bool = False
    changed: Rule | None = None


def read_command(text: str, standing: Sequence[Standing], *, now: datetime, read: Read | None = None) -> Command | None:
    """The order that the sentence gives about standing rules; None if it gives none.

    The rules meant are those whose id, weekday, time, kind or words the sentence names; "it" is
    the only rule there is. No target at all comes back as an empty tuple.

    A change gives the whole new rule in `changed`, to be proposed like any other: another day or
    time ("move it to Monday", "przenieś na wtorek o 11", "an hour earlier"), another repetition
    ("make it every two weeks"), another number of a condition ("change the CSAT alert to 40 %"),
    other recipients ("send it to the team leads instead"). The last three need `read`, which reads
    a sentence as the one who asks would have it read: `lambda words: automating.read(words, actor, now)`.
    """
    s = Sentence(text, language_of(text))
    at = s.skip(0, "REQUEST", "FILLER")
    act = next((name for start in (at, 0) for tag, name in _ACTS if s.is_a(start, tag)), None)
    if act is None and s.is_a(at, "SEND", "REMIND", "NOTIFY"):
        it = any(s.is_a(i, "IT_RULE") for i in range(at, at + 3))
        instead = any(s.plain[i] in ("instead", "zamiast") for i in range(len(s)))
        # "Send it to the leads instead".
        act = "change" if it or instead else None
    if act is None:
        return None
    objects = any(
        s.is_a(i, "ORDER_OBJECT", "REMINDER") or s.plain[i].startswith("rule") or moves_report(s, i)
        for i in range(len(s))
    )
    if act == "change" and not objects:
        return None
    split = new_part_at(s) if act == "change" else len(s)
    everything = any(s.is_a(i, "ALL_RULES") for i in range(len(s)))
    targets = [r for r in standing if everything] or meant(s, split, standing)
    if act != "change":
        return Command(act, tuple(r.id for r in targets), everything)
    new = changed(s, split, targets[0].rule, now, read) if len(targets) == 1 else None
    return Command(act, tuple(r.id for r in targets), everything, new)


def asks_who(text: str, standing: Sequence[Standing]) -> tuple[str, ...] | None:
    """The rules about whose recipients the sentence asks ("who gets the Friday reminder?", "kto dostaje
    raport?"); None if it asks no such thing. Several ids: ask which one is meant; none: there is no such rule."""
    s = Sentence(text, language_of(text))
    at = s.skip(0, "AND", "FILLER")
    who = s.plain[at] in ("who", "whom", "kto", "komu", "do")
    gets = any(s.is_a(i, "GETS", "RECEIVED") for i in range(at, len(s)))
    objects = any(
        s.is_a(i, "ORDER_OBJECT", "REMINDER") or s.plain[i] in _KINDS or s.plain[i].startswith("rule")
        for i in range(at, len(s))
    )
    if not (who and gets and objects):
        return None
    return tuple(r.id for r in meant(s, len(s), standing))


def new_part_at(s: Sentence) -> int:
    """Where what shall be new begins: at the last "to", "na" or "by" that is followed by a day, a time or a
    number, else at the last one of all; past the end where there is none."""
    found = [i for i in range(1, len(s) - 1) if s.is_a(i, "NEW_TIME")]
    for i in found:
        day = s.value(i + 1, "weekday") or s.value(i + 1, "weekdays") or s.value(i + 1, "dayclasses")
        if day or clock_at(s, i + 1, introduced=True) or s.plain[i + 1][:1].isdigit():
            return i
    for i in range(1, len(s)):
        if s.is_a(i, "EVERY", "often") or s.value(i, "often"):
            return i
        length = s.is_a(i, "EARLIER_BY", "LATER_BY")
        if length:
            return i
    return found[-1] if found else len(s)


def meant(s: Sentence, end: int, standing: Sequence[Standing]) -> list[Standing]:
    """The standing rules that the words up to `end` name; all of them where they name none in particular."""
    by_id = [r for r in standing if r.id.lower() in "".join(s.plain[:end])]
    if by_id:
        longest = max(len(r.id) for r in by_id)
        return [r for r in by_id if len(r.id) == longest or f"{r.id.lower()}0" not in "".join(s.plain[:end])]
    days = {
        int(found[0])
        for i in range(end)
        for tag in ("weekday", "weekdays", "weekday_adjective")
        if (found := s.value(i, tag))
    }
    said = s.text[: s.words[end - 1].end] if end else ""
    words = {stem for t in tokens(said) if len(t.plain) > 2 for stem in stems(t.plain)} - _COMMON
    own_words = any(s.plain[i].isalpha() and len(s.plain[i]) > 2 and not s.known(i) for i in range(end))
    kinds = {_KINDS[s.plain[i]] for i in range(end) if s.plain[i] in _KINDS}
    clocks = {(c[0].hour, c[0].minute) for i in range(end) if (c := clock_at(s, i, introduced=_at(s, i)))}
    scored = []
    for r in standing:
        lines = r.rule.schedule.rules() if r.rule.schedule else ()
        if days and not days & {d for line in lines for _, d in line.weekdays}:
            continue
        if clocks and not clocks & {(h, m) for line in lines for h in line.hours for m in line.minutes or (0,)}:
            continue
        kind = {"condition"} if r.rule.condition else {a.kind for a in r.rule.actions}
        scored.append((2 * len(words & _words_of(r.rule)) + len(kinds & kind), r))
    best = max((score for score, _ in scored), default=0)
    if own_words and best < 2 and not (days or clocks):
        # Words of its own that no rule has: the one that is meant does not exist.
        return []
    return [r for score, r in scored if score == best]


def _at(s: Sentence, i: int) -> bool:
    return i > 0 and bool(s.is_a(i - 1, "AT"))


def _words_of(rule: Rule) -> set[str]:
    about = " ".join([rule.text, *(a.message or "" for a in rule.actions)])
    return {stem for t in tokens(about) if len(t.plain) > 2 for stem in stems(t.plain)} - _COMMON
