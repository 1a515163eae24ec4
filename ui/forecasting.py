"""A forecast on the page: where a key result would end, in which range, and how such sayings did before."""

from __future__ import annotations

import streamlit as st

from assistant.telling import formats
from okr.errors import NotFoundError
from okr.forecast import BackTest, Forecast, TooLittle
from okr.store.insight import Outlook
from okr.store.look_ahead import side
from ui.drawings import COLOURS, INK, TRACK, status_mark
from ui.harmless import line
from ui.session import Visit

TONES = {"misses": "off_track", "perhaps": "at_risk", "reaches": "on_track"}
BAR, HEIGHT = 168, 18
# A little room on both sides of the way from baseline to target.
BEFORE, BEYOND = 0.1, 0.2


def side_html(visit: Visit, outlook: Outlook) -> str:
    """On which side of the target the forecast lies: a shape and a word."""
    name = side(outlook)
    tone = TONES[name]
    return f'<span class="okr-status okr-{tone}">{status_mark(tone)}{line(visit.words(f"outlook.side.{name}"))}</span>'


def range_bar(outlook: Outlook, spoken: str) -> str:
    """The range on the way from baseline to target, whose end is a tick; nothing without a baseline."""
    found, baseline, target = outlook.found, outlook.baseline, outlook.target
    if not isinstance(found, Forecast) or baseline is None or target is None or baseline == target:
        return ""

    def at(value: float) -> float:
        share = (value - baseline) / (target - baseline)
        return BAR * (min(max(share, -BEFORE), 1 + BEYOND) + BEFORE) / (1 + BEFORE + BEYOND)

    tone = TONES[side(outlook)]
    colour = COLOURS[tone]
    ends = sorted((at(found.low), at(found.high)))
    wide = max(ends[1] - ends[0], 4.0)
    zero, goal = at(baseline), at(target)
    return (
        f'<svg class="okr-pace" viewBox="0 0 {BAR} {HEIGHT}" width="{BAR}" height="{HEIGHT}" role="img" '
        f'aria-label="{line(spoken)}">'
        f'<rect class="okr-track" x="{zero:.1f}" y="7" width="{goal - zero:.1f}" height="4" rx="2" fill="{TRACK}"/>'
        f'<rect class="okr-{tone}" x="{ends[0]:.1f}" y="4" width="{wide:.1f}" height="10" rx="5" fill="{colour}" '
        f'fill-opacity=".35"/>'
        f'<rect class="okr-{tone}" x="{at(found.value) - 2:.1f}" y="3" width="4" height="12" rx="2" fill="{colour}"/>'
        f'<line class="okr-tick" x1="{goal:.1f}" x2="{goal:.1f}" y1="1" y2="{HEIGHT - 1}" stroke="{INK}" '
        'stroke-width="2" stroke-linecap="round"/></svg>'
    )


def ends_words(visit: Visit, outlook: Outlook) -> str:
    """Where it would end, in which range, and what was wanted."""
    found = outlook.found
    assert isinstance(found, Forecast)

    def amount(value: float) -> str:
        return formats.amount(round(value, 1), outlook.unit, visit.words.language)

    target = "" if outlook.target is None else amount(outlook.target)
    if amount(found.low) == amount(found.high):
        return visit.words("outlook.stays", value=amount(found.value), target=target)
    return visit.words(
        "outlook.ends", value=amount(found.value), low=amount(found.low), high=amount(found.high), target=target
    )


def tested_words(visit: Visit, tested: BackTest | None) -> str:
    """How often such a range has held, as measured; the share of the rule itself is never claimed."""
    if tested is None:
        return visit.words("outlook.untested")
    return visit.words(
        "outlook.tested",
        within=tested.within,
        tried=tested.tried,
        right=tested.direction,
        error=formats.percent(tested.error, visit.words.language),
    )


def draw_forecast(visit: Visit, key: str) -> None:
    """The forecast of one key result below what is recorded of it; why there is none where that could change."""
    try:
        outlook = visit.store.forecast(visit.actor, key, visit.now)
    except NotFoundError:
        return
    words, found = visit.words, outlook.found
    if isinstance(found, TooLittle):
        if found.reason in ("few_values", "short_time"):
            said = words(f"outlook.why.{found.reason}", count=found.values)
            st.html(f'<div class="okr-forecast"><p class="okr-foot">{line(said)}</p></div>')
        return
    ends = ends_words(visit, outlook)
    end = formats.day(outlook.end, words.language, visit.today)
    small = f"{words('outlook.rule', count=found.values)} {tested_words(visit, visit.store.back_test(visit.actor))}"
    st.markdown(
        f'<div class="okr-figures okr-forecast"><p class="okr-over">{line(words("outlook.forecast", day=end))}</p>'
        f'<div class="okr-drawn">{range_bar(outlook, ends)}{side_html(visit, outlook)}</div>'
        f'<p>{line(ends)}</p><p class="okr-foot">{line(small)}</p></div>',
        unsafe_allow_html=True,
    )
