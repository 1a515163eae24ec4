"""The tree as a page: what stands in its address, what each level says, and what is said where there is nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from okr.exchange.portable import read_company
from okr.exchange.writing import import_into
from okr.store import open_store
from tests.ui.conftest import Visit, said
from ui.tree_rows import named, node_of

BARE = {
    "format": "okr-company",
    "version": 1,
    "company": {"name": "Bare", "timezone": "Europe/Warsaw", "language": "en", "country": "PL"},
    "people": [{"email": "a@bare.test", "name": "A", "team": None, "role": "admin"}],
}
ANA = "ana.nowak@lumen.example"
KACPER = "kacper.dudek@lumen.example"


def opened(visit: Visit, home: Path, *, unfolded: list[str] | None = None, **query: str) -> AppTest:
    app = visit(home, **query)
    if unfolded is not None:
        app.query_params["open"] = unfolded
    return app.switch_page("places/tree.py").run()


@pytest.mark.parametrize("language", ["en", "pl"])
def test_each_level_says_what_it_is_and_how_it_stands(sample_home: Path, visit: Visit, language: str) -> None:
    levels = ["t.sales", "o.O-DEALS", "k.KR-WIN-RATE"]
    app = opened(visit, sample_home, as_=ANA, lang=language, unfolded=levels)
    assert not app.exception
    text = said(app)
    for key in ("sales", "O-DEALS", "KR-WIN-RATE", "T-11"):
        assert f'id={key}"' in text
    assert 'data-fold="o.O-DEALS" aria-expanded="true"' in text
    assert 'data-fold="o.O-OUTBOUND" aria-expanded="false"' in text
    assert "KR-OUTBOUND-MQL" not in text
    assert ("supports" if language == "en" else "wspiera") in text
    assert "{" not in text.split("<style")[0].replace("{&quot;", "")
    assert not re.search(r"\n\s*\n", next(each.value for each in app.markdown if "okr-tree" in each.value))


def test_the_address_says_team_cycle_order_and_words(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", team="sales", q="deal cyc")
    assert "<h1>Sales</h1>" in said(app)
    assert "1 found, with the way to it" in said(app)
    assert "O-OUTBOUND" not in said(app)
    past = opened(visit, sample_home, as_=ANA, lang="en", cycle="2026-Q3")
    assert "O-HOLD-26Q3" in said(past)
    assert "O-DEALS" not in said(past)
    aligned = said(opened(visit, sample_home, as_=ANA, lang="en", by="aligned"))
    assert aligned.index("id=O-EXPANSION") < aligned.index("id=O-DEALS")
    for wrong in ({"team": "nobody", "cycle": "none", "by": "colour"}, {"q": "%_\\", "open": "x.y"}):
        assert not opened(visit, sample_home, as_=ANA, lang="en", **wrong).exception


def test_a_filter_goes_into_the_address_and_begins_the_tree_anew(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=ANA, lang="en", unfolded=["t.marketing"])
    app = app.selectbox(key="okr_tree_team").set_value("sales").run()
    assert "<h1>Sales</h1>" in said(app)
    assert "open" not in app.query_params
    app = app.text_input(key="okr_tree_q").set_value("nothing like it").run()
    assert "Nothing here has that in its title" in said(app)
    app = app.text_input(key="okr_tree_q").set_value("").run()
    assert "q" not in app.query_params
    assert "O-DEALS" in said(app)


def test_what_one_may_not_see_is_missing(sample_home: Path, visit: Visit) -> None:
    text = said(opened(visit, sample_home, as_=KACPER, lang="en", q="O-COMMISSION"))
    assert "O-COMMISSION" not in text.replace('value="O-COMMISSION"', "")
    assert "Nothing here has that in its title" in text
    assert text == said(opened(visit, sample_home, as_=KACPER, lang="en", q="O-COMMISSION"))
    assert "O-COMMISSION" in said(opened(visit, sample_home, as_=ANA, lang="en", q="O-COMMISSION"))


def test_titles_are_shown_as_they_were_typed(sample_home: Path, visit: Visit) -> None:
    store = open_store(sample_home)
    ana = store.actor(ANA)
    nasty = "</a><script>x</script> ![p](http://a.b) **b** " + "long " * 60
    store.change(ana, "objective", "O-DEALS", {"title": nasty}, datetime.now(UTC))
    store.close()
    text = said(opened(visit, sample_home, as_=ANA, lang="en", unfolded=["t.sales"]))
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt; ![p](http://a.b) **b**" in text


def test_an_empty_company_says_so(home: Path, visit: Visit) -> None:
    store = open_store(home)
    import_into(store, read_company(orjson.dumps(BARE)), now=datetime.now(UTC), sample=True)
    store.close()
    app = opened(visit, home, as_="a@bare.test", lang="en")
    assert not app.exception
    assert "No cycle is in force today" in said(app)


@pytest.mark.parametrize("node", [("team", "a.b"), ("objective", "O-1"), ("key_result", "KR 1, 2"), ("company", "")])
def test_a_branch_is_read_as_it_is_written(node: tuple[str, str]) -> None:
    assert node_of(named(node)) == node


def test_what_names_no_branch_is_none() -> None:
    assert [node_of(said) for said in ("", "x", "x.y", "sales")] == [None] * 4
