"""One record beside the answer that cites it: what it says, who wrote it, and the series it stands in."""

from __future__ import annotations

import streamlit as st

from okr.store.opening import Opened
from ui.charts import drawable, finding, line_chart
from ui.correcting import draw_corrections
from ui.drawings import spark
from ui.edit_links import draw_edit_links
from ui.figures import status_html, word, written
from ui.finding import draw_pin, note_opened
from ui.forecasting import draw_forecast
from ui.harmless import escaped, label, line, plain
from ui.moments import said_when
from ui.page import kept_address
from ui.session import Visit
from ui.thread import KINDS, draw_thread
from ui.turns import Line


def show_record(visit: Visit, key: str) -> None:
    """Open the record in a dialog over the page; what is missing or hidden gets one and the same sentence."""
    found = visit.store.open_record(visit.actor, key)
    kind = visit.words(f"record.{found.kind}") if found else visit.words("evidence")
    title = f"{kind} {plain(key)}" if found and found.kind != "person" else kind

    @st.dialog(label(title), width="medium")
    def opened() -> None:
        if found is None:
            st.html(f'<p class="okr-note">{escaped(visit.words("evidence.none"))}</p>')
            return
        note_opened(visit, found.kind, found.key)
        draw_opened(visit, found)
        st.page_link(
            "places/record.py", label=visit.words("page.open"), icon=":material/open_in_full:",
            query_params={**kept_address(), "id": found.key},
        )  # fmt: skip

    opened()


def draw_opened(visit: Visit, found: Opened) -> None:
    """What stands in the record, its series, and its thread where it has one."""
    words, language = visit.words, visit.words.language
    above = ""
    if found.above is not None and found.above[2] != found.title:
        kind, key, title = found.above
        above = f"{words(f'record.{kind}')} {key}: {title}"
    elif found.above is not None:
        above = f"{words(f'record.{found.above[0]}')} {found.above[1]}"
    st.html(f'<div class="okr-record"><h3>{line(found.title)}</h3><p class="okr-foot">{line(above)}</p></div>')
    if facts := _facts(visit, found):
        st.markdown(facts, unsafe_allow_html=True)
    if wrote := _wrote(visit, found):
        st.html(wrote)
    if found.kind == "check_in":
        draw_corrections(visit, found.key)
    series = Line(found.title, found.unit, [(value.at, value.value, value.key) for value in found.values])
    if drawable(series):
        title = line(finding(series, visit.company.tz, words, visit.today))
        if found.kind == "check_in":
            drawn = spark([value.value for value in found.values], width=320, height=44)
            st.markdown(
                f'<div class="okr-figures"><p class="okr-over">{title}</p>{drawn}</div>', unsafe_allow_html=True
            )
        else:
            st.html(f'<p class="okr-over">{title}</p>')
            chart = line_chart(series, visit.company.tz, language, words("chart.expected"))
            st.altair_chart(chart, key=f"okr_record_{found.kind}_{found.key}", alt=plain(found.title))
    if found.kind == "key_result":
        draw_forecast(visit, found.key)
    if found.kind in KINDS:
        draw_thread(visit, found.kind, found.key)
    with st.container(key="okr_acts_record", horizontal=True):
        if found.kind in ("key_result", "objective", "kpi", "team", "check_in"):
            asked = words("record.ask.question", title=plain(found.title))
            if st.button(words("record.ask"), key="okr_record_ask", icon=":material/forum:"):
                st.session_state["okr_asking"] = asked
                # The whole page: what is pressed in a panel runs the panel alone.
                st.rerun()
        draw_edit_links(visit, found.kind, found.key)
        draw_pin(visit, found.kind, found.key)


# What goes without saying.
_ORDINARY = (("kind", "measure"), ("state", "active"))


def _facts(visit: Visit, found: Opened) -> str:
    parts: list[str] = []
    for name, value in found.facts.items():
        if value is None or value == "" or (name, value) in _ORDINARY:
            continue
        if name in ("reported", "status") and found.kind != "task":
            drawn = status_html(visit, value)
        elif name == "confidence" and isinstance(value, int):
            drawn = line(visit.words("record.confidence", n=value))
        elif name in ("owner", "team", "lead", "assignee"):
            drawn = line(str(value))
        elif name in ("kind", "state", "status", "role"):
            drawn = line(word(visit, value))
        else:
            drawn = line(written(visit, name, value, {"unit": found.unit}))
        parts.append(f"<div><dt>{line(visit.words(f'name.{name}'))}</dt><dd>{drawn}</dd></div>")
    return f'<dl class="okr-facts">{"".join(parts)}</dl>' if parts else ""


def _wrote(visit: Visit, found: Opened) -> str:
    if found.on is None or not found.author:
        return ""
    when = said_when(visit, found.on)
    over = f'<p class="okr-over">{line(visit.words("record.wrote", name=found.author, day=when))}</p>'
    if not found.wrote:
        return over + f'<p class="okr-foot">{line(visit.words("record.no_words"))}</p>'
    quotes = "".join(_part(visit, part, text, alone=len(found.wrote) == 1) for part, text in found.wrote)
    return over + quotes


def _part(visit: Visit, part: str, text: str, *, alone: bool) -> str:
    name = "" if alone and part in ("note", "text") else f'<p class="okr-by">{line(visit.words(f"name.{part}"))}</p>'
    return f'<blockquote class="okr-quote"><p>{escaped(text)}</p>{name}</blockquote>'
