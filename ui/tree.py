"""The tree: from the company down to tasks, unfolded as its address says, so that it can be shared."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.telling import formats
from okr.calendar import day_of, end_of_day
from okr.store.directory import Cycle, Team
from okr.store.tree_paths import Grown, Tree
from ui.beginning import begin
from ui.edit_links import draw_new_objective
from ui.harmless import escaped, plain
from ui.narrowing import Narrowed, draw_cycle, draw_team, into_address, narrowed
from ui.session import Visit
from ui.tree_rows import node_of, tree_html

LONGEST = 120
WAYS = {"teams": "tree.by.teams", "aligned": "tree.by.aligned"}
MOST_OPEN = 300


def page(visit: Visit) -> None:
    """The whole page."""
    words = visit.words
    begin(visit, "tree")
    with st.container(key="okr_tree"):
        view = narrowed(visit)
        wanted, cycles = _wanted(view.team), view.cycles
        _heading(visit, wanted, cycles)
        _filters(visit, wanted, view)
        if not cycles or cycles[-1].state != "closed":
            draw_new_objective(visit, view.team.key if view.team else None, st.query_params.get("cycle"))
        if not cycles:
            st.html(f'<p class="okr-note">{escaped(words("tree.no_cycle"))}</p>')
            return
        last = max(cycle.end for cycle in cycles)
        as_of = visit.now if last >= visit.today else end_of_day(last, visit.company.tz)
        tree = visit.store.tree(visit.actor, wanted, cycles, as_of, now=visit.now)
        _found(visit, wanted, tree)
        if not tree.root.children:
            st.html(f'<p class="okr-note">{escaped(words(_nothing(wanted)))}</p>')
            return
        st.markdown(tree_html(visit, tree, wanted), unsafe_allow_html=True)


def _wanted(team: Team | None) -> Grown:
    """What the address says; what it names wrongly is left out."""
    query = st.query_params
    opened = None
    if "open" in query:
        opened = frozenset(node for said in query.get_all("open")[:MOST_OPEN] if (node := node_of(said)))
    whole = frozenset(node for said in query.get_all("all")[:MOST_OPEN] if (node := node_of(said)))
    return Grown(
        team,
        opened,
        whole,
        query.get("q", "")[:LONGEST],
        query.get("by") == "aligned",
    )


def _heading(visit: Visit, wanted: Grown, cycles: Sequence[Cycle]) -> None:
    words = visit.words
    title = wanted.team.name if wanted.team else visit.company.name
    named = ", ".join(cycle.name for cycle in cycles)
    about = words("tree.about.aligned" if wanted.aligned else "tree.about")
    if cycles:
        last = max(cycle.end for cycle in cycles)
        over = last < visit.today
        on = last if over else day_of(visit.now, visit.company.tz)
        day = formats.day(on, words.language, visit.today)
        about = words("tree.as_of", cycle=plain(named), day=day, about=about)
    st.html(f'<div class="okr-heading"><h1>{escaped(title)}</h1><p>{escaped(about)}</p></div>')


# -- filters ------------------------------------------------------------------------------------------


def _filters(visit: Visit, wanted: Grown, view: Narrowed) -> None:
    words = visit.words
    with st.container(key="okr_tree_filters", horizontal=True, vertical_alignment="bottom"):
        _follow_address("q", wanted.typed)
        st.text_input(
            words("tree.search"), key="okr_tree_q", max_chars=LONGEST, on_change=_keep_typed,
            placeholder=words("tree.search.example"), icon=":material/search:",
        )  # fmt: skip
        draw_team(visit, "tree", view.team, _keep)
        draw_cycle(visit, "tree", view.cycle, _keep)
        _follow_address("by", "aligned" if wanted.aligned else "teams")
        st.segmented_control(
            words("tree.by"), list(WAYS),
            format_func=lambda way: words(WAYS[way]), key="okr_tree_by", on_change=_keep_way,
        )  # fmt: skip


def _follow_address(name: str, said: str) -> None:
    """Let a filter show what the address says, which may have changed by going back or by a link."""
    st.session_state[f"okr_tree_{name}"] = said


def _keep(name: str, chosen: str) -> None:
    """Put what was chosen into the address; what is unfolded is about another tree then."""
    into_address(name, chosen)
    _begin_anew()


def _keep_typed() -> None:
    _keep("q", str(st.session_state["okr_tree_q"] or "").strip())


def _keep_way() -> None:
    if st.session_state["okr_tree_by"] == "aligned":
        st.query_params["by"] = "aligned"
    else:
        st.query_params.pop("by", None)
    _begin_anew()


def _begin_anew() -> None:
    for name in ("open", "all"):
        st.query_params.pop(name, None)


def _found(visit: Visit, wanted: Grown, tree: Tree) -> None:
    if not wanted.typed.strip():
        return
    words = visit.words
    said = words("tree.found.many" if tree.cut else "tree.found", count=tree.found)
    st.html(f'<p class="okr-foot" role="status">{escaped(said)}</p>')


def _nothing(wanted: Grown) -> str:
    return "tree.found.none" if wanted.typed.strip() else "tree.empty"
