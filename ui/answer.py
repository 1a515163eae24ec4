"""A turn of the conversation on the page: the question, the answer with its figures, what it rests on, what follows."""

from __future__ import annotations

import re
from datetime import datetime

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of
from okr.errors import OkrError
from ui.charts import drawable, finding, line_chart
from ui.figures import apart_html, records_html, shown_as_figures
from ui.harmless import answer_html, escaped, label, line, plain
from ui.proposals import draw_proposal
from ui.session import Visit
from ui.turns import Said, Turn

CHIPS = 6


def draw_question(visit: Visit, question: str) -> None:
    """The question as it was typed."""
    over = escaped(visit.words("ask.you"))
    st.html(f'<div class="okr-asked"><div><span class="okr-hidden">{over}: </span>{escaped(question)}</div></div>')


def words_html(visit: Visit, turn: Turn, *, announce: bool = False) -> str:
    """The words of an answer, cleaned as a whole; `announce` makes the page speak them to a screen reader."""
    figures = shown_as_figures(turn)
    drawn = answer_html(turn.text, known_ids(visit, turn), visit.words("evidence.open", id="{id}"), figures)
    spoken = f' data-announce="{turn.id}"' if announce and turn.id is not None else ""
    return f'<div class="okr-answer" id="okr-said-{turn.id or 0}"{spoken}>{drawn}</div>'


_BRACKETS = re.compile(r"\[([^\[\]\n]{1,120})\]")


def known_ids(visit: Visit, turn: Turn) -> frozenset[str]:
    """The ids in the answer's words that can be opened: its own, and once it is whole any the person may see."""
    if turn.state == "answering":
        return turn.known
    named = [key for key in _BRACKETS.findall(turn.text) if key not in turn.known]
    return turn.known | visit.store.cited(visit.actor, named).keys()


def steps_html(steps: list[str]) -> str:
    """What is being done, the latest last; the line below appears when it takes more than two seconds."""
    items = "".join(f"<li>{escaped(step)}</li>" for step in steps[-4:])
    return f'<ul class="okr-steps" data-live="1">{items}</ul><div class="okr-slow" role="progressbar"></div>'


def draw_turn(visit: Visit, turn: Turn, *, last: bool, announce: bool = False) -> None:
    """A whole turn. Only the last one offers choices and what to ask next."""
    name = turn.id or 0
    with st.container(key=f"okr_turn_{name}"):
        draw_question(visit, turn.question)
        if turn.text:
            st.html(words_html(visit, turn, announce=announce))
        _draw_trouble(visit, turn)
        draw_findings(visit, turn)
        if turn.id is not None:
            for proposal in turn.proposals:
                draw_proposal(visit, proposal, turn.id)
        if last and turn.options:
            _draw_options(visit, turn)
        _draw_acts(visit, turn)
        if last and turn.suggestions and not turn.options:
            _draw_next(visit, turn)


def draw_findings(visit: Visit, turn: Turn) -> None:
    """The figures of an answer and what it rests on."""
    records = records_html(visit, turn)
    title = f'<p class="okr-figure-title">{line(turn.chart_title)}</p>' if turn.chart_title else ""
    lines = [each for each in turn.lines if drawable(each)] if turn.chart == "line" else []
    if lines:
        named = len(lines) == 1 and turn.chart_title not in ("", lines[0].title)
        for number, each in enumerate(lines):
            found = turn.chart_title if named else finding(each, visit.company.tz, visit.words, visit.today)
            st.html(f'<p class="okr-figure-title">{line(found)}</p>')
            chart = line_chart(each, visit.company.tz, visit.words.language, visit.words("chart.expected"))
            key = f"okr_chart_{turn.id or 0}_{number}"
            st.altair_chart(chart, key=key, on_select=_dot(key), selection_mode="opened", alt=plain(found))
        title = records = ""
    if drawn := (title if records else "") + records + apart_html(visit, turn):
        st.markdown(f'<div class="okr-figures">{drawn}</div>', unsafe_allow_html=True)
    if unsaid := [quote for quote in turn.quotes if f"[{quote.id}]" not in turn.text]:
        st.html(_quotes(visit, unsaid))
    if chips := _chips(visit, turn):
        st.html(chips)
    if foot := _foot(visit, turn):
        st.html(foot)


def _dot(key: str) -> _Dot:
    return _Dot(key)


class _Dot:
    """A click on a dot of the chart opens the record that the dot stands for."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __call__(self) -> None:
        selected = st.session_state.get(self.key) or {}
        chosen = (selected.get("selection") or {}).get("opened") or []
        if chosen and isinstance(chosen[0], dict) and chosen[0].get("key"):
            st.session_state["okr_open"] = str(chosen[0]["key"])


def _quotes(visit: Visit, quotes: list[Said]) -> str:
    about = "".join(_quote(visit, quote) for quote in quotes if not quote.near_only)
    near = "".join(_quote(visit, quote) for quote in quotes if quote.near_only)
    drawn = f'<p class="okr-over">{line(visit.words("quotes"))}</p>{about}' if about else ""
    if near:
        drawn += f'<p class="okr-over okr-apart-over">{line(visit.words("near"))}</p>{near}'
    return drawn


def _quote(visit: Visit, quote: Said) -> str:
    day = formats.day(quote.on, visit.words.language, visit.today) if quote.on else ""
    part = visit.words(f"name.{quote.part}") if visit.words.has(f"name.{quote.part}") else ""
    source = f'<button type="button" class="okr-cite" data-open="{line(quote.id)}">{line(quote.id)}</button>'
    said = " · ".join(line(each) for each in (quote.author, day, part) if each)
    near = " okr-near" if quote.near_only else ""
    return (
        f'<blockquote class="okr-quote{near}"><p>{escaped(quote.text)}</p><footer>{said} {source}</footer></blockquote>'
    )


def _chips(visit: Visit, turn: Turn) -> str:
    """The records an answer rests on, each with its date; one opens at a press."""
    if not turn.sources:
        return ""
    cited = visit.store.cited(visit.actor, turn.sources)
    language, chips = visit.words.language, []
    for source in turn.sources:
        found = cited.get(source)
        if found is None:
            continue
        when = ""
        if found.on is not None:
            on = day_of(found.on, visit.company.tz) if isinstance(found.on, datetime) else found.on
            when = f" <small>{line(formats.day(on, language, visit.today))}</small>"
        name = visit.person_name(source) if found.kind == "person" else source
        chips.append(f'<button type="button" class="okr-chip" data-open="{line(source)}">{line(name)}{when}</button>')
    if not chips:
        return ""
    drawn = f"<span>{line(visit.words('evidence'))}</span>" + "".join(chips[:CHIPS])
    if rest := chips[CHIPS:]:
        more = line(visit.words("evidence.more", count=len(rest)))
        drawn += f"<details><summary>{more}</summary>{''.join(rest)}</details>"
    return f'<div class="okr-chips">{drawn}</div>'


def _foot(visit: Visit, turn: Turn) -> str:
    """Which rule and moment an answer goes by, and who phrased it."""
    document, words, parts = turn.document, visit.words, []
    if turn.state != "done" or document.get("kind") not in ("answer", "abstain"):
        return ""
    if document.get("rule"):
        parts.append(words("foot.rule", rule=str(document["rule"])))
    if moment := _as_of(visit, str(document.get("as_of") or "")):
        parts.append(words("foot.as_of", moment=moment))
    by = str(document.get("answered_by", ""))
    if by.startswith("model:"):
        parts.append(words("foot.model", model=by.partition(":")[2]))
    elif by:
        parts.append(words("foot.direct"))
    drawn = "".join(f"<span>{line(part)}</span>" for part in parts)
    return f'<div class="okr-foot"><div>{drawn}</div></div>' if parts else ""


def _as_of(visit: Visit, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    there = moment.astimezone(visit.company.tz)
    return f"{formats.day(there.date(), visit.words.language, visit.today)}, {there:%H:%M}"


def _draw_trouble(visit: Visit, turn: Turn) -> None:
    words = visit.words
    notes: list[tuple[str, str]] = []
    if turn.failed and turn.failed != turn.text:
        notes.append(("okr-failed", turn.failed))
    if turn.state == "failed":
        told = not turn.reference or turn.reference in turn.text
        reference = "" if told else words("failed.reference", reference=turn.reference) + ". "
        notes.append(("okr-failed", reference + words("failed.retry")))
    elif turn.state == "stopped":
        notes.append(("", words("stopped")))
    elif turn.state == "answering":
        notes.append(("", words("interrupted")))
    for name, note in notes:
        st.html(f'<p class="okr-note {name}">{escaped(note)}</p>')


def _draw_options(visit: Visit, turn: Turn) -> None:
    st.html(f'<p class="okr-over">{escaped(visit.words("choose"))}</p>')
    with st.container(key=f"okr_options_{turn.id or 0}", horizontal=True):
        for number, (name, question) in enumerate(turn.options):
            st.button(label(name), key=f"okr_option_{turn.id or 0}_{number}", on_click=ask_next, args=(question,))


def _draw_next(visit: Visit, turn: Turn) -> None:
    with st.container(key=f"okr_next_{turn.id or 0}", horizontal=True):
        for number, question in enumerate(turn.suggestions[:4]):
            st.button(label(question), key=f"okr_next_{turn.id or 0}_{number}", on_click=ask_next, args=(question,))


def ask_next(question: str) -> None:
    """The page asks this question on its next run."""
    st.session_state["okr_asking"] = question


def _draw_acts(visit: Visit, turn: Turn) -> None:
    words, name = visit.words, turn.id or 0
    with st.container(key=f"okr_acts_{name}", horizontal=True):
        if turn.text:
            source, copy = escaped(turn.text), escaped(words("copy"))
            button = f'<button type="button" class="okr-copy" data-copy="{source}">{copy}</button>'
            st.html(button, width="content")
        st.button(words("retry"), key=f"okr_retry_{name}", type="tertiary", on_click=ask_next, args=(turn.question,))
        if turn.id is not None and turn.state == "done":
            st.feedback("thumbs", key=f"okr_thumb_{name}", default=turn.thumb, on_change=_rate, args=(visit, turn.id))


def _rate(visit: Visit, turn_id: int) -> None:
    value = st.session_state.get(f"okr_thumb_{turn_id}")
    try:
        visit.store.rate_turn(visit.actor, turn_id, value)
    except OkrError as reason:
        st.toast(label(str(reason)))
        return
    if value is not None:
        st.toast(visit.words("thumb.thanks"))
