"""The ground the other tests stand on: both databases open and are a test's own, a browser draws a page."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from okr.store import Store, open_store

if TYPE_CHECKING:
    from playwright.sync_api import Page


class Hello(http.server.BaseHTTPRequestHandler):
    """Answers every request with one heading."""

    def do_GET(self) -> None:
        body = "<h1>Zażółć gęślą jaźń</h1>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the test's own output is enough."""


@pytest.fixture
def hello() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_store_opens_with_its_tables(store: Store) -> None:
    with store.database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM person")).scalar() == 0


def test_a_store_that_is_opened_anew_finds_its_tables(home: Path, database_url: str | None) -> None:
    open_store(home, database_url).close()
    again = open_store(home, database_url)
    with again.database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM key_result")).scalar() == 0
    again.close()


def test_the_sample_company_is_at_hand_on_both_databases(sample_store_on_both: Store) -> None:
    with sample_store_on_both.database.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM key_result")).scalar_one() >= 43


def test_two_tests_do_not_share_a_database(postgres_url: str, postgres_server: sa.Engine) -> None:
    own = sa.create_engine(postgres_url)
    with own.begin() as connection:
        assert connection.execute(sa.text("SELECT version()")).scalar_one().startswith("PostgreSQL")
        connection.execute(sa.text("CREATE TABLE mine (n int)"))
    own.dispose()
    with postgres_server.connect() as connection:
        assert connection.execute(sa.text("SELECT to_regclass('mine')")).scalar() is None


@pytest.mark.browser
def test_a_browser_draws_a_page_of_this_machine(page: Page, hello: str) -> None:
    page.goto(hello)
    assert page.inner_text("h1") == "Zażółć gęślą jaźń"
