"""Teams and people by how sure they are, and what hangs on nothing, in the sample company on both databases."""

from __future__ import annotations

from datetime import datetime

from okr.store import Store
from tools.context import TurnContext
from tools.key_results import list_key_results
from tools.people import people_by_key_results
from tools.scopes import list_objectives, objectives_holding
from tools.selection import Where
from tools.tasks import list_tasks
from tools.teams import rank_teams


def _turn(store: Store, now: datetime) -> TurnContext:
    return TurnContext(store, store.actor("irena.maj@lumen.example"), store.company(), now, "en")


def _said(turn: TurnContext) -> dict[str, tuple[str, int]]:
    rows = list_key_results(turn).rows
    found = {row.id: (str(row.values["team"]), row.values["confidence"]) for row in rows}
    return {key: (team, said) for key, (team, said) in found.items() if isinstance(said, int)}


def test_a_team_is_as_sure_as_its_key_results_and_those_below(
    sample_store_on_both: Store, sample_now: datetime
) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    below = {"engineering": {"engineering", "platform", "mobile"}}
    said = _said(turn)
    found = rank_teams(turn, by="confidence")
    for row in found.rows:
        own = [level for team, level in said.values() if team in below.get(row.id, {row.id})]
        assert (row.values["average"], row.values["confident"]) == (sum(own) / len(own), len(own))
    averages = [float(str(row.values["average"])) for row in found.rows]
    assert averages == sorted(averages, reverse=True)
    assert rank_teams(turn, by="confidence", reverse=True).rows[0].values["average"] == averages[-1]


def test_a_person_is_as_sure_as_their_key_results(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    owners = {row.id: row.values["owner"] for row in list_key_results(turn).rows}
    said = _said(turn)
    found = people_by_key_results(turn, where=Where(), by="confidence")
    assert found.rows
    for row in found.rows:
        own = [level for key, (_, level) in said.items() if owners[key] == row.id]
        assert row.values["average"] == sum(own) / len(own)


def test_what_hangs_on_nothing_is_found(sample_store_on_both: Store, sample_now: datetime) -> None:
    turn = _turn(sample_store_on_both, sample_now)
    worked_on = {key for row in list_tasks(turn).rows for key in row.values["key_results"]}
    every = {row.id for row in list_key_results(turn).rows}
    without = {row.id for row in list_key_results(turn, where=Where(filters=("missing=task",))).rows}
    assert without == every - worked_on
    assert without
    roots = {row.id for row in list_objectives(turn, where=Where(filters=("missing=parent",))).rows}
    assert {"O-RETENTION", "O-EXPANSION", "O-TEAM", "O-FUNDING"} == roots
    idle = objectives_holding(turn, where=Where(filters=("missing=task",)))
    assert {key for row in idle.rows for key in row.values["key_results"]} == without
