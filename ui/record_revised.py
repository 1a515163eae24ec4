"""What changed targets did to progress, in words and as the expected line of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from assistant.telling import formats
from okr import measure as measures
from okr.calendar import day_of, start_of_day
from okr.measure import Measure
from okr.revisions import Revision, Terms
from okr.store.directory import Cycle
from ui.figures import word
from ui.harmless import line, plain
from ui.record_history import field_name, value_html
from ui.record_parts import figures, part
from ui.session import Visit


def expected_line(
    zone: ZoneInfo, measure: Measure, cycle: Cycle, revised: Sequence[Revision]
) -> list[tuple[datetime, float]]:
    """Where the value was expected to be, with a step where the terms were changed; empty where there is no telling."""
    if measure.kind == "boundary" and measure.target is not None:
        days = (start_of_day(cycle.start, zone), start_of_day(cycle.end, zone))
        return [(each, float(measure.target)) for each in days]
    now = Terms(
        measure.kind, _number(measure.baseline), _number(measure.target), measure.limit, (), cycle.start, cycle.end
    )
    stretches = [(each.old, each.change.at) for each in revised]
    stretches.append((now, start_of_day(cycle.end, zone)))
    found: list[tuple[datetime, float]] = []
    begins = start_of_day(stretches[0][0].start, zone)
    for terms, ends in stretches:
        if terms.kind == "measure" and terms.baseline is not None and terms.target is not None and ends > begins:
            # The end of one stretch and the beginning of the next are one moment; their order must hold.
            just_after = timedelta(milliseconds=1 if found else 0)
            for moment, shown in ((begins, begins + just_after), (ends, ends)):
                share = float(measures.expected(terms.start, terms.end, day_of(moment, zone)))
                found.append((shown, terms.baseline + share * (terms.target - terms.baseline)))
        begins = max(begins, ends)
    return found


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def mark_words(visit: Visit, revision: Revision, unit: str) -> str:
    """The words beside the line in a chart that marks a change: the field that tells most, and its new value."""
    name, _, new = _first(revision)
    said = field_name(visit, _kind_of(name), name)
    return f"{said}: {_plain_value(visit, name, new, unit)}"


def _first(revision: Revision) -> tuple[str, object, object]:
    """The field that tells most of what was changed."""
    order = ("target", "baseline", "end", "start", "limit", "kind", "milestones")
    return min(revision.change.fields, key=lambda each: order.index(each[0]) if each[0] in order else len(order))


def _kind_of(name: str) -> str:
    return "cycle" if name in ("start", "end") else "key_result"


def _plain_value(visit: Visit, name: str, value: object, unit: str) -> str:
    if name == "milestones":
        return str(len(value)) if isinstance(value, list) else "–"
    if isinstance(value, int | float):
        return formats.amount(float(value), plain(unit) or None, visit.words.language)
    if name in ("start", "end") and value:
        on = date.fromisoformat(str(value)[:10])
        # Without its year, which the sentence below tells: there is little room in a chart.
        return formats.day(on, visit.words.language, on)
    return word(visit, value) if value else "–"


def draw_revised(visit: Visit, revised: Sequence[Revision], unit: str) -> None:
    """A part that says of each change what it did; nothing where there was none."""
    if not revised:
        return
    part(visit, "page.revised")
    items = "".join(f"<li>{revision_html(visit, each, unit)}</li>" for each in reversed(revised))
    figures(f'<ul class="okr-revised">{items}</ul>')


def revision_html(visit: Visit, revision: Revision, unit: str) -> str:
    """What was changed, and what that did to progress on that day."""
    words, language = visit.words, visit.words.language
    change = revision.change
    day = formats.day(day_of(change.at, visit.company.tz), language, visit.today)
    told = []
    for name, old, new in change.fields:
        kind = _kind_of(name)
        pair = [value_html(visit, kind, name, value, unit) for value in (old, new)]
        told.append(
            f'{line(field_name(visit, kind, name))}: <s class="okr-was">{pair[0]}</s> '
            f'<span aria-hidden="true">→</span> <strong>{pair[1]}</strong>'
        )
    who = change.by or words("page.history.import")
    head = f'<p class="okr-past-who"><span>{line(day)}</span><span>{line(who)}</span></p>'
    did = _did(visit, revision)
    return f'{head}<p>{"; ".join(told)}</p><p class="okr-revised-did">{line(did)}</p>'


def _did(visit: Visit, revision: Revision) -> str:
    words, language = visit.words, visit.words.language
    said: list[str] = []
    if revision.expected_before != revision.expected_after:
        was, now = (
            formats.percent(float(each), language) for each in (revision.expected_before, revision.expected_after)
        )
        said.append(words("page.revised.expected", before=was, after=now))
    before, after = revision.before, revision.after
    if before != after:
        if before is None and after is not None:
            said.append(words("page.revised.gained", after=formats.percent(float(after), language)))
        elif after is None and before is not None:
            said.append(words("page.revised.lost", before=formats.percent(float(before), language)))
        elif before is not None and after is not None:
            was, now = (formats.percent(float(each), language) for each in (before, after))
            alone = [name for name, _, _ in revision.change.fields] == ["target"]
            key = "page.revised.target" if alone else "page.revised.progress"
            said.append(words(key, before=was, after=now))
    elif before is not None:
        said.append(words("page.revised.same", share=formats.percent(float(before), language)))
    if revision.turned:
        said.append(words("page.revised.falls" if revision.new.falls else "page.revised.rises"))
    return " ".join(said) or words("page.revised.undefined")
