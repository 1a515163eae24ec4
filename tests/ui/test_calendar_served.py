"""The calendar at its secret address, over the web server that people subscribe to."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from assistant.cli import main
from tests.conftest import Serve

LEAD = "ana.nowak@lumen.example"


def test_the_calendar_is_served_at_its_address_and_at_no_other(
    sample_home: Path, serve: Serve, capfd: pytest.CaptureFixture[str]
) -> None:
    def okr(*arguments: str) -> str:
        assert main(["--home", str(sample_home), "rule", *arguments, "--as", LEAD]) == 0
        return capfd.readouterr().out

    okr("add", "every Friday at 16:00 remind me to plan the week", "--confirm")
    path = json.loads(okr("ics", "--address", "--json"))["path"]
    with serve(sample_home) as served:
        with urllib.request.urlopen(served.url + path, timeout=30) as answer:
            assert answer.headers["Content-Type"].startswith("text/calendar")
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert b"SUMMARY:Reminder: plan the week" in answer.read()
        renewed = json.loads(okr("ics", "--renew", "--json"))["path"]
        assert renewed != path
        for gone in (path, "/okr/calendar/x.ics", "/okr/calendar/okr.db.ics"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(served.url + gone, timeout=30)
            assert refused.value.code == 404
            assert b"VCALENDAR" not in refused.value.read()
