"""Ask, the home page: a question, its answer while it is being said, and the conversation so far."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from typing import cast

import streamlit as st

from assistant.events import Event, Evidence, Step, Words
from okr.errors import NotFoundError, OkrError
from ui.answer import ask_next, draw_question, draw_turn, steps_html, words_html
from ui.bridge import told_by_browser
from ui.finding import show_finder
from ui.harmless import escaped, label
from ui.page import draw_bar, draw_talks
from ui.record import show_record
from ui.rule_card import say_what_was_done
from ui.session import Visit
from ui.turns import Turn, said_before


def page(visit: Visit) -> None:
    """The whole page."""
    current = st.query_params.get("c")
    draw_bar(visit)
    say_what_was_done()
    if elsewhere := st.session_state.pop("okr_go", None):
        st.switch_page(elsewhere)
    typed = st.chat_input(visit.words("ask.placeholder"), key="okr_question", submit_mode="stop")
    asked = typed or st.session_state.pop("okr_asking", None)
    lost = False
    turns: list[Turn] = []
    if current is not None:
        try:
            turns = kept_turns(visit, current)
        except NotFoundError:
            lost, current = True, None
            st.query_params.pop("c", None)
    # Before the answer, which takes its time: what is drawn after it looks faded until it is there.
    draw_talks(visit, current)
    listen(visit)
    turns += st.session_state.get("okr_unkept", [])
    if lost:
        st.html(f'<p class="okr-note">{escaped(visit.words("talk.lost"))}</p>')
    # A place of its own: emptied at once when a question comes, and not only when the answer is there.
    beginning = st.empty()
    if not turns and not asked:
        with beginning.container():
            draw_beginning(visit)
    spoken = st.session_state.get("okr_spoken")
    for number, turn in enumerate(turns, 1):
        is_last = number == len(turns) and not asked
        draw_turn(visit, turn, last=is_last, announce=turn.id is not None and turn.id == spoken)
    if asked:
        answer(visit, current, str(asked))


def kept_turns(visit: Visit, conversation_id: str) -> list[Turn]:
    """The turns of a conversation; `NotFoundError` for one that is not the person's."""
    return [
        said_before(turn.question, turn.said, turn.state, turn.answer, turn.id, turn.thumb)
        for turn in visit.store.turns(visit.actor, conversation_id)
    ]


def draw_beginning(visit: Visit) -> None:
    """An empty conversation: whom it greets, and questions from the person's role to begin with."""
    words = visit.words
    first_name = visit.actor.name.split(" ")[0]
    if visit.cycle_name:
        about = words("greeting.about", company=visit.company.name, cycle=visit.cycle_name)
    else:
        about = words("greeting.no_cycle", company=visit.company.name)
    st.html(
        f'<div class="okr-greeting"><h1>{escaped(words("greeting", name=first_name))}</h1>'
        f'<p>{escaped(about)}</p></div><p class="okr-over">{escaped(words("try"))}</p>'
    )
    with st.container(key="okr_begin"):
        for number, question in enumerate(visit.conversation(None).openers()):
            st.button(label(question), key=f"okr_begin_{number}", width="stretch", on_click=ask_next, args=(question,))


def answer(visit: Visit, current: str | None, question: str) -> None:
    """Answer a question before the reader's eyes; stopped half way, what was said stays in the store."""
    turn = Turn(question, state="answering")
    with st.container(key="okr_turn_now"):
        draw_question(visit, question)
        waiting, saying = st.empty(), st.empty()
        waiting.html(steps_html([visit.words("ask.reading")]))
        conversation = visit.conversation(current)
        # The stop button ends the run inside; closing then lets the conversation keep what was said.
        with closing(cast("Generator[Event]", conversation.ask(question))) as events:
            for event in events:
                turn.take(event)
                if current is None and conversation.id is not None:
                    # Early, so that a refresh in the middle of an answer comes back to it.
                    current = conversation.id
                    st.query_params["c"] = current
                if isinstance(event, Step):
                    waiting.html(steps_html(turn.steps))
                elif isinstance(event, Words | Evidence) and turn.text:
                    saying.html(words_html(visit, turn))
    if turn.id is None:
        st.session_state.setdefault("okr_unkept", []).append(turn)
    st.session_state["okr_spoken"] = turn.id
    # Drawn anew from the store: what is seen now is what a refresh brings back.
    st.rerun()


@st.fragment
def listen(visit: Visit, look_behind: Callable[[str], None] | None = None) -> None:
    """Open a record when a button that names one was pressed; only this part of the page runs for it.

    `look_behind` opens what a figure of the page is made of.
    """
    words, theme = visit.words, str(st.context.theme.type or "")
    told = told_by_browser(
        {"language": words.language, "copied": words("copied"), "skip": words("skip"), "theme": theme}
    )
    if told.stopped:
        st.rerun()
    if told.search:
        show_finder(visit)
        return
    wanted = told.wanted or st.session_state.pop("okr_open", None)
    if told.behind and look_behind is not None:
        look_behind(told.behind)
    elif wanted:
        try:
            show_record(visit, wanted)
        except OkrError as reason:
            st.toast(label(str(reason)))
