"""The row of views: each leads to a page that exists, in the reader's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.views import KEPT, VIEWS
from ui.wording import LANGUAGES, Wording

UI = Path(__file__).parents[2] / "ui"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_is_a_page_with_a_name(language: str) -> None:
    words = Wording(language)
    assert all((UI / file).is_file() and words(title) for _, file, title in VIEWS)
    assert len({name for name, _, _ in VIEWS}) == len(VIEWS)
    assert len({words(title) for _, _, title in VIEWS}) == len(VIEWS)


def test_a_view_keeps_what_is_looked_at() -> None:
    assert KEPT == ("team", "cycle")
