"""The direct reader's run over every case stays at or above what it once reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases import HELD_OUT
from evals.floor import under
from evals.judging import WRONG
from evals.report import failure
from evals.run import every_case, run


@pytest.mark.slow
def test_the_direct_reader_holds_its_floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OKR_HOME", "OKR_DATABASE_URL", "OKR_MODEL", "OKR_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    judged = run(every_case(), tmp_path)
    short = under(judged)
    worst = [failure(one) for one in judged if one.outcome == WRONG and one.asked.part != HELD_OUT][:10]
    assert not short, "\n".join([*short, "Wrong now, among others:", *worst])
    assert all(one.document["tokens"]["calls"] == 0 for one in judged if "tokens" in one.document)
