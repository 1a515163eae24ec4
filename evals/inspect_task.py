"""The cases as an inspect-ai task, for runs on models: repeats, its logs and its viewer.

    pip install ".[evals]"
    inspect eval evals/inspect_task.py --model none/none -T okr_model=openai:NAME --epochs 3
    inspect view

The model is the assistant's own (`okr_model`, or what OKR_MODEL says); inspect-ai only asks, judges and keeps.
A sample is one conversation. Its score is the share of its turns that were right, wrong and declined.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import subprocess

from evals.cases import COMPANIES, Asked, read_cases
from evals.company import Company
from evals.judging import DECLINED, RIGHT, WRONG, judge
from evals.report import tally
from evals.run import imported

ROOT = Path(__file__).parent.parent


@task  # type: ignore[untyped-decorator, unused-ignore]
def conversations(engine: str = "auto", okr_model: str | None = None, only: str = "", part: str = "") -> Task:
    """Every conversation whose id contains `only`, of one part (`seen`, `held_out`) or of both."""
    cases = [asked for asked in read_cases() if only in asked.id and part in ("", asked.part)]
    homes = Path(tempfile.mkdtemp(prefix="okr-evals-"))
    for company in {asked.company for asked in cases}:
        imported(homes / company, COMPANIES / f"{company}.json")
    together: dict[str, list[Asked]] = defaultdict(list)
    for asked in cases:
        together[asked.thread or asked.id].append(asked)
    samples = [
        Sample(
            id=name,
            input="\n".join(asked.question for asked in turns),
            target=json.dumps([asked.wanted for asked in turns], ensure_ascii=False),
            metadata={"turns": [asked.id for asked in turns], "category": turns[0].category},
        )
        for name, turns in together.items()
    ]
    by_id = {asked.id: asked for asked in cases}
    return Task(
        dataset=MemoryDataset(samples),
        solver=ask_okr(by_id, homes, engine, okr_model),
        scorer=as_the_contract_says(by_id),
    )


@solver  # type: ignore[untyped-decorator, unused-ignore]
def ask_okr(cases: dict[str, Asked], homes: Path, engine: str, okr_model: str | None) -> Solver:
    """Put the turns of a conversation to the command, and keep its documents."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        turns = [cases[ident] for ident in state.metadata["turns"]]
        lines = "".join(json.dumps(asked.line(), ensure_ascii=False) + "\n" for asked in turns)
        home = homes / turns[0].company
        environment = {"PYTHONPATH": str(ROOT)} | ({} if okr_model is None else {"OKR_MODEL": okr_model})
        command = [sys.executable, "-m", "assistant.cli", "--home", str(home), "ask"]
        batch = ["--batch", "-", "--json", "--engine", engine]
        ran = await subprocess(command + batch, input=lines, env=os.environ | environment)
        state.metadata["documents"] = [json.loads(line) for line in ran.stdout.splitlines()]
        state.metadata["complained"] = ran.stderr
        state.output.completion = "\n\n".join(str(told.get("answer")) for told in state.metadata["documents"])
        return state

    return solve


SHARES: dict[str, Any] = {name: [mean()] for name in (RIGHT, WRONG, DECLINED, "calls", "prompt_tokens")}


@scorer(metrics=SHARES)  # type: ignore[untyped-decorator, unused-ignore]
def as_the_contract_says(cases: dict[str, Asked]) -> Scorer:
    """Judge each turn as the runner does."""
    companies = {path.stem: Company(path) for path in COMPANIES.glob("*.json")}

    async def score(state: TaskState, target: Target) -> Score:
        turns = [cases[ident] for ident in state.metadata["turns"]]
        documents = state.metadata["documents"]
        if len(documents) != len(turns):
            raise RuntimeError(f"{len(documents)} answers to {len(turns)} turns: {state.metadata['complained']}")
        judged = [judge(a, told, companies[a.company]) for a, told in zip(turns, documents, strict=True)]
        found = tally(judged)
        tokens = [told.get("tokens") or {} for told in documents]
        return Score(
            value={
                RIGHT: found.right / found.asked,
                WRONG: found.wrong / found.asked,
                DECLINED: found.declined / found.asked,
                "calls": sum(one.get("calls", 0) for one in tokens) / found.asked,
                "prompt_tokens": sum(one.get("prompt", 0) for one in tokens) / found.asked,
            },
            answer=state.output.completion,
            explanation="\n".join(f"{one.asked.id} {one.outcome}: {'; '.join(one.reasons)}" for one in judged),
        )

    return score
