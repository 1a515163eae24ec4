"""The outlook: forecasts with their range, what only looks well, falling confidence, and what changed in a week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import streamlit as st

from assistant.telling import formats
from okr.forecast import FEWEST_VALUES
from okr.store.boards import Look
from okr.store.directory import Cycle
from okr.store.insight import FEWEST_SCORED, Outlook
from okr.store.look_ahead import SIDES, LookAhead, side
from okr.store.scope import Scope
from ui.beginning import begin
from ui.drawings import columns_chart
from ui.figures import heading, paced_list, status_html
from ui.forecasting import ends_words, range_bar, side_html, tested_words
from ui.harmless import escaped, line, plain
from ui.narrowing import draw_team, narrowed
from ui.page import kept_address
from ui.session import Visit
from ui.standings import listed

SHOWN = 6
MOST = 60


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit, "outlook")
    with st.container(key="okr_outlook"):
        view = narrowed(visit)
        team, named, cycles = view.team, view.cycle, view.cycles
        name = team.name if team is not None else visit.company.name
        about = ", ".join(cycle.name for cycle in cycles)
        st.html(
            f'<div class="okr-heading"><h1>{escaped(words("outlook.title", name=plain(name)))}</h1>'
            f"<p>{escaped(about)}</p></div>"
        )
        with st.container(key="okr_outlook_filters", horizontal=True):
            draw_team(visit, "outlook", team)
        if not cycles:
            st.html(f'<p class="okr-note">{escaped(words("outlook.no_cycle"))}</p>')
        elif named is not None and _is_over(visit, named):
            st.html(f'<p class="okr-note">{escaped(words("outlook.over", cycle=plain(named.name)))}</p>')
            st.page_link(
                "places/cycle.py", label=words("outlook.to_cycle", cycle=plain(named.name)),
                query_params=kept_address() | {"key": named.key},
            )  # fmt: skip
        else:
            since = visit.today - timedelta(days=7)
            look = Look(Scope(teams=(team.id,) if team else ()), cycles, visit.now, since)
            _blocks(visit, visit.store.look_ahead(visit.actor, look, visit.now))


def _is_over(visit: Visit, cycle: Cycle) -> bool:
    return cycle.state == "closed" or cycle.end < visit.today


def _blocks(visit: Visit, seen: LookAhead) -> None:
    _forecasts(visit, seen)
    _watermelons(visit, seen)
    _falling(visit, seen)
    _changed(visit, seen)
    _worth(visit, seen)


def _block(visit: Visit, name: str, title: str, body: str, *rules: str) -> None:
    """One block: its finding, what shows it, and below the rule in words and what it is computed from."""
    small = "".join(f'<p class="okr-foot">{line(rule)}</p>' for rule in rules)
    with st.container(key=f"okr_block_{name}"):
        st.markdown(f'<div class="okr-figures okr-block">{heading(title)}{body}{small}</div>', unsafe_allow_html=True)


def _nothing(said: str) -> str:
    return f"<p>{line(said)}</p>"


def _opens(visit: Visit, key: str, title: str) -> str:
    spoken = line(visit.words("evidence.open", id=title))
    return (
        f'<button type="button" class="okr-titled" data-open="{line(key)}" aria-label="{spoken}">{line(title)}</button>'
    )


def _cites(visit: Visit, keys: Iterable[str]) -> str:
    return " ".join(
        f'<button type="button" class="okr-cite" data-open="{line(key)}" '
        f'aria-label="{line(visit.words("evidence.open", id=key))}">{line(key)}</button>'
        for key in keys
    )


def _folded(visit: Visit, items: list[str], name: str) -> str:
    """The first few items, and the rest folded away."""
    drawn = f'<ul class="{name}">{"".join(items[:SHOWN])}</ul>'
    if rest := items[SHOWN:]:
        count = line(visit.words("more", count=len(rest)))
        folded = f'<ul class="{name}">{"".join(rest)}</ul>'
        drawn += f'<details class="okr-fold"><summary>{count}</summary>{folded}</details>'
    return drawn


# -- the blocks ---------------------------------------------------------------------------------------


def _forecasts(visit: Visit, seen: LookAhead) -> None:
    words = visit.words
    by_side: dict[str, list[Outlook]] = {name: [] for name in SIDES}
    for one in seen.forecasts:
        by_side[side(one)].append(one)
    without = [words(f"outlook.without.{reason}", count=count) for reason, count in sorted(seen.without.items())]
    left = words("outlook.without", why="; ".join(without)) if without else ""
    if not seen.forecasts:
        said = words("outlook.none", fewest=FEWEST_VALUES)
        _block(visit, "forecasts", words("outlook.forecasts"), _nothing(said), *([left] if left else []))
        return
    title = words("outlook.finding", misses=len(by_side["misses"]), count=len(seen.forecasts))
    body = ""
    for name, some in by_side.items():
        if some:
            over = words(f"outlook.over.{name}", count=len(some))
            items = [_forecast(visit, one) for one in some[:MOST]]
            body += f'<p class="okr-over okr-apart-over">{line(over)}</p>{_folded(visit, items, "okr-ranges")}'
    rule = words("outlook.rule.all", fewest=FEWEST_VALUES)
    _block(visit, "forecasts", title, body, *([left] if left else []), rule, tested_words(visit, seen.back_test))


def _forecast(visit: Visit, one: Outlook) -> str:
    ends = ends_words(visit, one)
    return (
        f"<li>{_opens(visit, one.key, one.title)}<span>{side_html(visit, one)}</span>"
        f'<div class="okr-drawn">{range_bar(one, ends)}<small>{line(ends)}</small></div></li>'
    )


def _watermelons(visit: Visit, seen: LookAhead) -> None:
    words = visit.words
    if not seen.watermelons:
        body = _nothing(words("outlook.watermelons.none"))
        title = words("outlook.watermelons")
    else:
        body = paced_list(
            visit,
            [listed(visit, one) for one in seen.watermelons],
            max(0, seen.watermelon_count - len(seen.watermelons)),
        )
        title = words("outlook.watermelons.finding", count=seen.watermelon_count)
    _block(visit, "watermelons", title, body, words("outlook.watermelons.rule", rule=seen.rule))


def _falling(visit: Visit, seen: LookAhead) -> None:
    words = visit.words
    if not seen.falling:
        _block(
            visit, "falling", words("outlook.falling"), _nothing(words("outlook.falling.none")),
            words("outlook.falling.rule"),
        )  # fmt: skip
        return
    items = [
        f"<li>{_opens(visit, one.told.standing.key, one.told.standing.title)}<small>"
        f"{line(words('outlook.falling.line', was=one.was, now=one.now, name=plain(one.told.owner_name)))} "
        f"{_cites(visit, one.check_ins)}</small></li>"
        for one in seen.falling
    ]
    title = words("outlook.falling.finding", count=seen.falling_count)
    _block(visit, "falling", title, _folded(visit, items, "okr-lines"), words("outlook.falling.rule"))


def _changed(visit: Visit, seen: LookAhead) -> None:
    words, language = visit.words, visit.words.language
    day = formats.day(seen.look.since, language, visit.today)
    body = ""
    if seen.shifted:
        items = [
            f"<li>{_opens(visit, one.told.standing.key, one.told.standing.title)}"
            f"<small>{status_html(visit, one.was)} → {status_html(visit, one.now)}</small></li>"
            for one in seen.shifted
        ]
        over = line(words("outlook.changed.status"))
        body += f'<p class="okr-over okr-apart-over">{over}</p>{_folded(visit, items, "okr-lines")}'
    if seen.moved:
        items = [
            f"<li>{_opens(visit, one.told.standing.key, one.told.standing.title)}<small>"
            f"{line(_moved(visit, one.was, one.now))} {_cites(visit, filter(None, [one.told.value_check_in]))}"
            "</small></li>"
            for one in seen.moved
        ]
        over = line(words("outlook.changed.progress"))
        body += f'<p class="okr-over okr-apart-over">{over}</p>{_folded(visit, items, "okr-lines")}'
    if not body:
        body = _nothing(words("outlook.changed.none"))
    title = words("outlook.changed", day=day)
    _block(visit, "changed", title, body, words("outlook.changed.rule", day=day, rule=seen.rule))


def _moved(visit: Visit, was: float, now: float) -> str:
    language = visit.words.language
    points = formats.signed_points(now - was, language)
    return visit.words(
        "outlook.moved", points=points, was=formats.percent(was, language), now=formats.percent(now, language)
    )


def _worth(visit: Visit, seen: LookAhead) -> None:
    words, language, worth = visit.words, visit.words.language, seen.worth
    if worth is None:
        said = words("outlook.worth.none", fewest=FEWEST_SCORED)
        _block(visit, "worth", words("outlook.worth"), _nothing(said), words("outlook.worth.rule"))
        return
    bars: list[tuple[str, float | None, str]] = [
        (words("outlook.worth.level", level=level, count=count), mean, formats.number(mean, language, 2))
        for level, count, mean in worth.levels
    ]
    title = words("outlook.worth")
    if worth.high is not None and worth.low is not None:
        title = words(
            "outlook.worth.finding",
            high=formats.number(worth.high, language, 2),
            low=formats.number(worth.low, language, 2),
        )
    drawn = columns_chart(bars, most=1.0, label=title)
    based = words("outlook.worth.based", count=worth.counted)
    _block(visit, "worth", title, drawn, f"{based} {words('outlook.worth.rule')}")
