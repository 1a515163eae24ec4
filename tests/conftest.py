"""What the tests share: both databases, a browser, a running web app, and an environment with no settings."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import hypothesis
import orjson
import pytest
import sqlalchemy as sa

from okr.store import Store, open_store
from tests import servers
from tests.servers import Served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # A page that asks anything of another machine gets nothing, here as at a customer without a network.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]

hypothesis.settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the settings of whoever runs the tests, and give the run a folder for PostgreSQL."""
    for name in [n for n in os.environ if n.startswith(("OKR_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_"))]:
        if name not in ("OKR_CHROMIUM", servers.POSTGRES_FOLDER):
            del os.environ[name]
    os.environ.update(ANONYMIZED_TELEMETRY="False", LANGGRAPH_STRICT_MSGPACK="true")
    if not hasattr(config, "workerinput"):
        servers.prepare_postgres()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the PostgreSQL of this run once every worker is done with it."""
    if not hasattr(config, "workerinput"):
        servers.end_postgres()


@pytest.fixture
def free_port() -> int:
    """A port on loopback that nothing listens on."""
    return servers.free_port()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[sa.Engine]:
    """A connection to the run's PostgreSQL that may make and drop databases."""
    engine = sa.create_engine(servers.postgres_address(), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def _made(server: sa.Engine, template: str) -> Iterator[str]:
    name = f"t_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture
def postgres_url(postgres_server: sa.Engine) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    yield from _made(postgres_server, "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """None for the database embedded in the home folder, then the address of an empty PostgreSQL."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder whose database has its tables and nothing in them, for copying."""
    folder = tmp_path_factory.mktemp("migrated") / "home"
    open_store(folder).close()
    return folder


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database that has its tables and nothing in them, for copying."""
    for url in _made(postgres_server, "template0"):
        open_store(tmp_path_factory.mktemp("migrated"), url).close()
        yield sa.make_url(url).database or ""


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    """An empty store, on SQLite and then on PostgreSQL."""
    if request.param == "sqlite":
        yield from _embedded(request, home)
        return
    server: sa.Engine = request.getfixturevalue("postgres_server")
    for url in _made(server, request.getfixturevalue("migrated_postgres")):
        opened = open_store(home, url)
        yield opened
        opened.close()


@pytest.fixture
def sqlite_store(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    """An empty store on SQLite alone, for what does not differ between the databases."""
    yield from _embedded(request, home)


def _embedded(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    migrated: Path = request.getfixturevalue("migrated_sqlite")
    shutil.copytree(migrated, home)
    opened = open_store(home)
    yield opened
    opened.close()


SAMPLE_NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))


def _fill(opened: Store) -> None:
    # Loaded here, because most test files need no company and should not wait for it.
    from okr.exchange.portable import read_company
    from okr.exchange.writing import import_into
    from okr.sample import sample_company

    company = read_company(orjson.dumps(sample_company(SAMPLE_NOW.date())))
    import_into(opened, company, now=SAMPLE_NOW, sample=True)
    opened.close()


@pytest.fixture(scope="session")
def sample_now() -> datetime:
    """The moment at which the sample company of the fixtures is asked."""
    return SAMPLE_NOW


@pytest.fixture(scope="session")
def sampled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder that holds the sample company, for copying."""
    folder = tmp_path_factory.mktemp("sampled") / "home"
    _fill(open_store(folder))
    return folder


@pytest.fixture(scope="session")
def sampled_postgres(postgres_server: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database that holds the sample company, for copying."""
    for url in _made(postgres_server, "template0"):
        _fill(open_store(tmp_path_factory.mktemp("sampled"), url))
        yield sa.make_url(url).database or ""


@pytest.fixture
def sample_home(sampled_sqlite: Path, home: Path) -> Path:
    """A home folder of the test's own with the sample company in it, for the command line and the page."""
    shutil.copytree(sampled_sqlite, home)
    return home


@pytest.fixture
def sample_store(sample_home: Path) -> Iterator[Store]:
    """The sample company on SQLite, the test's own to change."""
    opened = open_store(sample_home)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def sample_store_on_both(request: pytest.FixtureRequest, home: Path) -> Iterator[Store]:
    """The sample company on SQLite and then on PostgreSQL, the test's own to change."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sample_store")
        return
    server: sa.Engine = request.getfixturevalue("postgres_server")
    for url in _made(server, request.getfixturevalue("sampled_postgres")):
        opened = open_store(home, url)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that browser tests drive."""
    named = os.environ.get("OKR_CHROMIUM")
    for name in [named] if named else ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]:
        if path := shutil.which(name):
            return path
    raise pytest.fail.Exception("No Chromium here: run `make test`, which installs one, or set OKR_CHROMIUM.")


# Not for the whole session: while Playwright's synchronous face is open, its event loop runs in this
# thread, and another module's asyncio.run would refuse to start.
@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    """A headless Chromium that reaches this machine only."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=BROWSER_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page at desk size; `page.set_viewport_size` makes it a telephone's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    yield opened
    context.close()


Serve = Callable[..., AbstractContextManager[Served]]


@pytest.fixture
def serve() -> Serve:
    """Run the web app over a home folder: `with serve(home, environment={...}) as served: served.url`."""

    def run(
        home: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> AbstractContextManager[Served]:
        return servers.serving(home, *arguments, environment=environment)

    return run
