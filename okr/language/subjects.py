"""Which records a question is about: its mentions settled to one record each, or the question back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from okr.language.atoms import Pieces
from okr.language.frames import Ref
from okr.language.naming import Mention
from okr.store.naming import Named

# A word for a kind, near a name, says which kind of record is meant.
_HINTED = {
    "key_result": ("key_result",),
    "objective": ("objective",),
    "okr": ("objective", "key_result"),
    "metric": ("key_result", "kpi"),
    "team": ("team",),
    "person": ("person",),
    "kpi": ("kpi",),
    "task": ("task",),
    "cycle": ("cycle",),
}
NEAR = 3


@dataclass(slots=True)
class Subjects:
    """The records by their part in the question; `doubt` is a mention that several records fit equally."""

    named: list[Ref] = field(default_factory=list)  # key results, objectives, KPIs, tasks
    teams: list[Ref] = field(default_factory=list)
    people: list[Ref] = field(default_factory=list)
    cycles: list[Ref] = field(default_factory=list)
    doubt: Mention | None = None
    options: tuple[Ref, ...] = ()
    order: list[Ref] = field(default_factory=list)  # all of them, as the question names them

    def __bool__(self) -> bool:
        return bool(self.order)


def ref(record: Named) -> Ref:
    """The record as a question refers to it."""
    return Ref(record.kind, record.id, record.key, record.name)


def settle_subjects(pieces: Pieces, *, prefer_kpi: bool, prefer: str = "", figure: bool = False) -> Subjects:
    """The record that each mention stands for.

    `prefer_kpi` decides between a KPI and the key result it feeds; so does `figure`, a question for a value
    alone, when the KPI's name fits better. `prefer` is a kind that the question asks for by its nature
    (alignment asks about objectives).
    """
    found = Subjects()
    for mention in pieces.mentions:
        records = _fitting(mention, _hint(pieces, mention), prefer_kpi, prefer, figure)
        if not records:
            continue
        if len(records) > 1:
            found.doubt = found.doubt or mention
            found.options = found.options or tuple(ref(r) for r in records)
            continue
        one = ref(records[0])
        if any(o.kind == one.kind and o.id == one.id for o in found.order):
            continue
        found.order.append(one)
        place = {"team": found.teams, "person": found.people, "cycle": found.cycles}.get(one.kind, found.named)
        place.append(one)
    return found


def _hint(pieces: Pieces, mention: Mention) -> tuple[str, ...]:
    best: tuple[int, tuple[str, ...]] | None = None
    first, last = min(mention.places), max(mention.places)
    for group in pieces.having("type"):
        if mention.places.intersection(range(group.start, group.end)):
            continue
        away = first - group.end if group.end <= first else group.start - last - 1
        between = range(group.end, first) if group.end <= first else range(last + 1, group.start)
        if away > NEAR or any(not _linking(pieces, i) for i in between):
            continue
        for value in group.all("type"):
            kinds = _HINTED.get(value)
            if value == "task" and _for_something(pieces, mention, range(group.end, first)):
                continue  # "tasks for the conveyor" are those of its key result, not one with it in its title
            if kinds and set(kinds) & set(mention.kinds) and (best is None or away < best[0]):
                best = (away, kinds)
    return best[1] if best else ()


_FOR = frozenset("for on of to towards behind under about dla do przy pod w z ze od ktore blokujace".split())


def _for_something(pieces: Pieces, mention: Mention, between: range) -> bool:
    """Whether the task is for what is named, and is not named itself."""
    if any(f.exact for f in mention.fits if f.record.kind == "task"):
        return False
    return bool(mention.of(("key_result", "objective"))) and any(pieces.words[i] in _FOR for i in between)


def _linking(pieces: Pieces, place: int) -> bool:
    # Between a kind and a name there stand only words such as "of", "the", "called" or quotes.
    if not pieces.sentence[place].is_word:
        return True
    return any(g.start <= place < g.end and g.is_glue for g in pieces.groups)


def _better_as_scope(mention: Mention, hint: Sequence[str]) -> bool:
    # "the KR of Sales" is a key result of that team, not one with sales in its title.
    if set(hint) & {"team", "person"}:
        return False
    whole = {f.record.kind for f in mention.fits if f.exact}
    if not whole and len(mention.of(hint)) > 1 and len(mention.of(("team",))) == 1:
        return True  # several would fit a part of their names; the one team is where they are
    return bool(whole & {"team", "person", "objective"}) and not whole & set(hint)


def _fitting(mention: Mention, hint: Sequence[str], prefer_kpi: bool, prefer: str, figure: bool) -> list[Named]:
    if hint and not _better_as_scope(mention, hint):
        return list(mention.of(hint))
    if (
        prefer
        and mention.of((prefer,))
        and not any(f.exact and f.record.kind in ("team", "person") for f in mention.fits)
    ):
        return list(mention.of((prefer,)))
    fits = [f for f in mention.fits if f.exact] or list(mention.fits)
    for kind in ("team", "person"):
        some = [f.record for f in fits if f.record.kind == kind]
        if some:
            here = [r for r in some if r.active] or some
            return here
    records = [f.record for f in fits if f.record.kind in ("key_result", "objective", "kpi")]
    if not records:
        return [f.record for f in fits]
    kpis = [r for r in records if r.kind == "kpi"]
    fed = [r for r in records if r.kind == "key_result" and r.kpi_id in {k.id for k in kpis}]
    if len(kpis) == 1 and len(fed) == 1:
        # One matter under two names: the KPI and the key result that it feeds.
        shares = {f.record.id: f.share for f in fits if f.record.kind == "key_result"}
        fuller = any(f.record is kpis[0] and f.share > shares[fed[0].id] + 0.05 for f in fits)
        by_meaning = {f.record.id for f in fits if f.record.kind == "key_result" and f.idea}
        # "NPS" is the KPI of that name before it is the key result "Net promoter score".
        fuller = fuller or (fed[0].id in by_meaning and any(f.record is kpis[0] and not f.idea for f in fits))
        drop = fed[0] if prefer_kpi or (figure and fuller) else kpis[0]
        records = [r for r in records if r is not drop]
    elif prefer_kpi and len(kpis) == 1 and len(records) == 1 + sum(r.kind == "objective" for r in records):
        records = kpis
    krs = [r for r in records if r.kind == "key_result"]
    if len(krs) == 1 and not any(r.kind == "kpi" for r in records) and fits[0].exact:
        # A key result by its whole name goes before an objective that shares it.
        records = krs
    return records


def whose_team(pieces: Pieces, subjects: Subjects) -> Ref | None:
    """The person whose team is meant: "Priya's team", "the team of Priya", "zespół Anny"; None when nobody's is."""
    if len(subjects.people) != 1 or subjects.teams:
        return None
    mention = next((m for m in pieces.mentions if m.kinds[:1] == ("person",)), None)
    if mention is None:
        return None
    first, last = min(mention.places), max(mention.places)
    for group in pieces.having("type", "team"):
        between = pieces.words[last + 1 : group.start] if group.start > last else pieces.words[group.end : first]
        if group.start > last and between == ["'s"]:
            return subjects.people[0]
        if group.end <= first and between in _TEAM_OF[pieces.language]:
            return subjects.people[0]
    return None


_TEAM_OF = {
    "en": (["of"], ["under"], ["led", "by"], ["run", "by"], ["headed", "by"], ["managed", "by"]),
    "pl": ([], ["pod"], ["prowadzony", "przez"], ["kierowany", "przez"]),
}


_JOINS = frozenset("and or vs versus than with against to & + / , plus i oraz lub albo czy a z ze niz od do".split())
_RECORDS = ("key_result", "objective", "kpi", "task")


def told_apart(mentions: list[Mention], words: Sequence[str]) -> list[Mention]:
    """The mentions without single words that only brush a name beside one that is told: "winning on cart abandonment".

    Records that are joined ("churn and win rate") stay, however little of their names is there.
    """
    some = [m for m in mentions if m.kinds[0] in _RECORDS]
    if len(some) < 2:
        return mentions
    told = [m for m in some if m.fits[0].exact or len(m.places) > 1]

    def brushed(mention: Mention) -> bool:
        best = mention.fits[0]
        same = {f.record for m in some if m is not mention for f in m.fits}
        if mention in told or best.share > 0.5 or any(f.record in same for f in mention.fits):
            return False
        for other in some:
            if other is mention:
                continue
            first, last = sorted((mention, other), key=lambda m: m.start)
            if _JOINS & set(words[first.start : max(last.places) + 1]):
                return False
        return bool(told)

    return [m for m in mentions if m not in some or not brushed(m)]
