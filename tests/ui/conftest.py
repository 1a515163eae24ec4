"""What the tests of the pages share: the app over a home folder, run without a browser, and served for one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from streamlit import config
from streamlit.testing.v1 import AppTest

from tests.servers import Served, serving

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


@pytest.fixture
def sample_moment(sample_now: datetime) -> Iterator[None]:
    """The clock of the page stands at the moment of the sample company."""
    with time_machine.travel(sample_now, tick=True):
        yield


@pytest.fixture(scope="module")
def app(sampled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    """The web app over the sample company, as a browser finds it, and its home folder."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(sampled_sqlite, home)
    with serving(home) as served:
        yield served, home


@pytest.fixture(scope="module")
def served(app: tuple[Served, Path]) -> Served:
    """The same without the folder."""
    return app[0]
