"""What the tests of the pages share: the app over a home folder, run without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

MAIN = Path(__file__).parents[2] / "ui" / "main.py"
Visit = Callable[..., AppTest]


def said(app: AppTest) -> str:
    """All the words and markup of the page."""
    return " ".join([*(each.proto.body for each in app.get("html")), *(each.value for each in app.markdown)])


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open the app over a home folder: `visit(home, address="127.0.0.1", c="…")` runs it once."""

    def opened(home: Path, address: str = "127.0.0.1", user: dict[str, object] | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("OKR_HOME", str(home))
        config.set_option("server.address", address)
        app = AppTest.from_file(str(MAIN), default_timeout=30)
        for name, value in query.items():
            app.query_params["as" if name == "as_" else name] = value
        if user is not None:
            app.user = user
        return app.run()

    return opened
