"""The tree: the figures of board and answers at each level, unfolded by level, found by words, never a hidden one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import orjson
import pytest
import sqlalchemy as sa

from assistant.conversation import Conversation
from assistant.settings import Settings
from okr.calendar import cycles_in_force, day_of
from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.models import objectives
from okr.store import Store
from okr.store.boards import Look
from okr.store.scope import Scope
from okr.store.tree import LISTED
from okr.store.tree_paths import Branch, Grown, Node, Tree

ADMIN = "irena.maj@lumen.example"
ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"
HIDDEN = ("O-COMMISSION", "KR-COMMISSION-TALKS", "O-FUNDING")


def grown(store: Store, who: str, now: datetime, wanted: Grown | None = None, *, cycle: str = "") -> Tree:
    on = day_of(now, store.company().tz)
    cycles = [one for one in store.cycles() if one.key == cycle] or list(cycles_in_force(store.cycles(), on))
    return store.tree(store.actor(who), wanted or Grown(), cycles, now, now=now)


def every(branch: Branch) -> Iterator[Branch]:
    yield branch
    for child in branch.children:
        yield from every(child)


def named(tree: Tree) -> dict[Node, Branch]:
    return {branch.node: branch for branch in every(tree.root)}


def unfolded(*nodes: Node) -> Grown:
    return Grown(opened=frozenset(nodes))


@pytest.mark.parametrize("who", [ADMIN, KACPER])
def test_the_figures_of_each_level_are_those_of_the_board(
    sample_store_on_both: Store, sample_now: datetime, who: str
) -> None:
    store, actor = sample_store_on_both, sample_store_on_both.actor(who)
    tree = grown(store, who, sample_now)
    on = day_of(sample_now, store.company().tz)
    cycles = tuple(cycles_in_force(store.cycles(), on))
    whole = store.board(actor, Look(Scope(), cycles, sample_now, on - timedelta(days=7), ()), now=sample_now)
    assert tree.root.tally == whole.overview.tally
    assert tree.expected == whole.expected
    teams = {one.team.key: one.tally for one in whole.teams}
    found = named(tree)
    assert teams
    for key, tally in teams.items():
        assert found["team", key].tally == tally
        assert sum(tally.statuses.values()) == tally.total


def test_progress_is_what_the_answer_says(sample_store: Store, sample_now: datetime) -> None:
    found = named(grown(sample_store, ANA, sample_now))
    talk = Conversation(
        sample_store, sample_store.actor(ANA), Settings(home=sample_store.home, engine="direct"),
        clock=lambda: sample_now, kept=False,
    )  # fmt: skip
    asked: list[tuple[Node, str]] = [
        (("team", "sales"), "What is the average progress of the Sales team?"),
        (("team", "engineering"), "What is the average progress of the Engineering team?"),
        (("team", "marketing"), "What is the average progress of the Marketing team?"),
        (("objective", "O-DEALS"), "How is O-DEALS doing?"),
        (("objective", "O-EXPANSION"), "How is O-EXPANSION doing?"),
    ]
    for node, question in asked:
        figures = talk.answer(question)["values"]
        tally = found[node].tally
        assert tally is not None
        assert figures["progress"] == pytest.approx(tally.mean, abs=1e-9), question
        assert (figures["count"], figures["left_out"]) == (tally.total, tally.left_out)
        assert figures["status"] == tally.worst
        assert {name: figures[name] for name in tally.statuses} == tally.statuses


def test_only_what_is_unfolded_is_read(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    folded = grown(store, ANA, sample_now, Grown(opened=frozenset()))
    assert {branch.kind for branch in folded.root.children} == {"objective", "team"}
    assert all(not branch.children for branch in folded.root.children)
    nodes: list[Node] = [("team", "sales"), ("objective", "O-DEALS"), ("key_result", "KR-WIN-RATE")]
    tree = grown(store, ANA, sample_now, unfolded(*nodes))
    found = named(tree)
    assert {("objective", "O-OUTBOUND"), ("key_result", "KR-DEAL-CYCLE"), ("task", "T-11")} <= set(found)
    assert ("key_result", "KR-OUTBOUND-MQL") not in found
    deals = found["objective", "O-DEALS"]
    assert deals.inside == len(deals.children) == 3
    assert deals.supports == ("objective", "O-EXPANSION")
    assert found["objective", "O-EXPANSION"].supported_by == 6


def test_a_small_company_begins_with_its_teams_unfolded(sample_store: Store, sample_now: datetime) -> None:
    tree = grown(sample_store, ANA, sample_now)
    assert tree.opened == {("team", team.key) for team in sample_store.teams()}
    assert ("objective", "O-QUIET-NIGHTS") in named(tree)
    below = sample_store.teams()
    engineering = next(team for team in below if team.key == "engineering")
    of_team = grown(sample_store, ANA, sample_now, Grown(team=engineering))
    assert of_team.root.key == "engineering"
    assert {branch.key for branch in of_team.root.children if branch.kind == "team"} == {"platform", "mobile"}


def test_by_alignment_an_objective_stands_below_the_one_it_supports(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    tree = grown(sample_store_on_both, ADMIN, sample_now, Grown(aligned=True))
    found = named(tree)
    expansion = found["objective", "O-EXPANSION"]
    assert expansion in tree.root.children
    assert {"O-DEALS", "O-OUTBOUND"} <= {branch.key for branch in expansion.children}
    assert "O-COMMISSION" in {branch.key for branch in found["objective", "O-DEALS"].children}
    assert expansion.inside == len(expansion.children)


def test_what_somebody_looks_for_comes_with_the_way_to_it(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    tree = grown(store, ANA, sample_now, Grown(typed="deal cyc"))
    assert tree.found == 1
    assert [branch.node for branch in every(tree.root)] == [
        ("company", ""),
        ("team", "sales"),
        ("objective", "O-DEALS"),
        ("key_result", "KR-DEAL-CYCLE"),
    ]
    found = named(tree)
    assert [node for node, branch in found.items() if branch.is_hit] == [("key_result", "KR-DEAL-CYCLE")]
    assert found["objective", "O-DEALS"].on_path
    assert not found["key_result", "KR-DEAL-CYCLE"].is_open
    wider = grown(store, ANA, sample_now, Grown(typed="deal cyc", opened=frozenset({("objective", "O-DEALS")})))
    assert len(named(wider)["objective", "O-DEALS"].children) == 3
    by_task = named(grown(store, ANA, sample_now, Grown(typed="T-11")))
    assert by_task["task", "T-11"].is_hit
    aligned = grown(store, ANA, sample_now, Grown(typed="deal cyc", aligned=True))
    assert [branch.key for branch in every(aligned.root)] == ["", "O-EXPANSION", "O-DEALS", "KR-DEAL-CYCLE"]
    for nothing in ("zzzzqq", "%", "'; --", "\x00", "…"):
        assert not grown(store, ANA, sample_now, Grown(typed=nothing)).root.children
    assert not grown(store, ANA, sample_now, Grown(typed="deal cyc"), cycle="2026-Q3").root.children


def test_what_is_hidden_is_nowhere_in_the_tree(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    everything = frozenset(named(grown(store, ADMIN, sample_now, Grown(opened=frozenset()))))
    opened = everything | {("objective", "O-COMMISSION"), ("objective", "O-FUNDING"), ("team", "sales")}
    for wanted in (Grown(opened=opened), Grown(opened=opened, aligned=True), Grown(typed="komisji prowizji funding")):
        tree = grown(store, KACPER, sample_now, wanted)
        assert not {branch.key for branch in every(tree.root)} & set(HIDDEN)
    deals = named(grown(store, KACPER, sample_now))["objective", "O-DEALS"]
    assert deals.supported_by == 0
    assert named(grown(store, ADMIN, sample_now))["objective", "O-DEALS"].supported_by == 1
    assert grown(store, KACPER, sample_now, Grown(typed="O-COMMISSION")).found == 0


def test_a_ring_of_objectives_ends(sample_store_on_both: Store, sample_now: datetime) -> None:
    store = sample_store_on_both
    with store.database.write() as connection:
        ids = dict(connection.execute(sa.select(objectives.c.key, objectives.c.id)).all())
        for key, above in (("O-EXPANSION", "O-COMMISSION"), ("O-DEALS", "O-EXPANSION")):
            ring = sa.update(objectives).where(objectives.c.id == ids[key])
            connection.execute(ring.values(parent_id=ids[above]))
    opened: frozenset[Node] = frozenset(("objective", key) for key in ids)
    for wanted in (Grown(opened=opened), Grown(opened=opened, aligned=True), Grown(typed="deals", aligned=True)):
        nodes = [branch.node for branch in every(grown(store, ADMIN, sample_now, wanted).root)]
        assert len([node for node in nodes if node[0] == "objective"]) == len({n for n in nodes if n[0] == "objective"})


def company_of(objectives_in_team: int) -> bytes:
    """A company with one team and so many objectives, each with a key result."""
    many = range(objectives_in_team)
    return orjson.dumps(
        {
            "format": "okr-company",
            "version": 1,
            "company": {"name": "Many", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
            "teams": [
                {"key": "top", "name": "Top", "parent": None, "lead": None},
                {"key": "side", "name": "Side", "parent": None, "lead": None},
            ],
            "people": [{"email": "a@many.test", "name": "A", "team": "top", "role": "admin"}],
            "cycles": [
                {"key": "C", "name": "C", "start": "2026-10-01", "end": "2026-12-31", "state": "active"},
            ],
            "objectives": [
                {"key": f"O-{n}", "title": f"Aim {n}", "cycle": "C", "team": "top", "owner": "a@many.test"}
                for n in many
            ],
            "key_results": [
                {
                    "key": f"KR-{n}", "objective": f"O-{n}", "title": f"Step {n}", "owner": "a@many.test",
                    "kind": "measure", "baseline": 0, "target": 10,
                }
                for n in many
            ],
        }
    )  # fmt: skip


def test_a_long_list_is_shown_by_parts(sqlite_store: Store, sample_now: datetime) -> None:
    import_into(sqlite_store, read_company(company_of(90)), now=sample_now)
    folded = grown(sqlite_store, "a@many.test", sample_now)
    assert folded.opened == frozenset()
    assert [branch.key for branch in folded.root.children] == ["top", "side"]
    assert (folded.root.children[0].inside, folded.root.children[1].inside) == (90, 0)
    part = named(grown(sqlite_store, "a@many.test", sample_now, unfolded(("team", "top"))))["team", "top"]
    assert (len(part.children), part.unlisted) == (LISTED, 90 - LISTED)
    wanted = Grown(opened=frozenset({("team", "top")}), whole=frozenset({("team", "top")}))
    whole = named(grown(sqlite_store, "a@many.test", sample_now, wanted))["team", "top"]
    assert (len(whole.children), whole.unlisted) == (90, 0)
