"""The retrospective of a cycle on the page: to read with its evidence, and to take along as a document."""

from __future__ import annotations

import streamlit as st

from assistant import retrospective
from okr.store.closing import Closing
from okr.store.scope import Scope
from ui.session import Visit
from ui.update_acts import draw_taking
from ui.update_sheet import draw_reading


def draw_looking_back(visit: Visit, closing: Closing, scope: Scope, named: str, scope_name: str) -> None:
    """The document as it stands now; each sentence opens the records that it rests on."""
    turn = retrospective.turn_of(visit.store, visit.actor, visit.company, visit.now, visit.words.language)
    lessons = retrospective.lessons_of(closing, turn, scope)
    made = retrospective.draft(closing, lessons, turn, named, scope_name)
    with st.container(key="okr_retro_acts", horizontal=True):
        draw_taking(visit, made)
    draw_reading(visit, made)
