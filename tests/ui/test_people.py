"""People and teams: found by a few letters, shown as far as they are seen, handing over what they have on leaving."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from okr.store import open_store
from tests.ui.conftest import Visit, said

ANA = "ana.nowak@lumen.example"  # leads Sales
IRENA = "irena.maj@lumen.example"  # an admin
LIAM = "liam.byrne@lumen.example"
BEATA = "beata.krawczyk@lumen.example"  # owns an objective that few see


def opened(visit: Visit, home: Path, **query: str) -> AppTest:
    app = visit(home, **query).switch_page("places/people.py")
    for name, value in query.items():
        app.query_params["as" if name == "as_" else name] = value
    app = app.run()
    assert not app.exception
    return app


def links(app: AppTest) -> set[str]:
    return {link.proto.label for link in app.get("page_link")}


def test_everybody_stands_in_their_team_with_lead_role_and_what_they_have(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=LIAM, lang="en")
    text = said(app)
    assert "44 people in 8 teams" in text
    assert "led by Ana Nowak" in text
    assert "leads the team" in text
    assert "Dominik Sroka" not in text
    assert "New person" not in links(app)
    assert "okr-deep-2" in text


def test_a_few_letters_a_team_and_those_who_left_narrow_the_list(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=LIAM, lang="pl")
    app.text_input(key="okr_people_q").set_value("stepien").run()
    assert "Adam Stępień" in said(app)
    assert "Ana Nowak</a>" not in said(app)
    app.text_input(key="okr_people_q").set_value("nie ma takiego").run()
    assert "Nikogo takiego tu nie ma" in said(app)
    app.text_input(key="okr_people_q").set_value("")
    which = next(one for one in app.segmented_control if one.key == "okr_people_which")
    which.set_value("left").run()
    assert "Dominik Sroka" in said(app)
    assert "już tu nie pracuje" in said(app)
    which.set_value("here")
    app.selectbox(key="okr_people_team").set_value("engineering").run()
    assert "Kenji Arai" in said(app)  # a team below
    assert "Liam Byrne</a>" not in said(app)


def test_what_one_may_not_see_is_not_counted_among_what_somebody_has(sample_home: Path, visit: Visit) -> None:
    mine = said(opened(visit, sample_home, as_=LIAM, lang="en", person=BEATA))
    theirs = said(opened(visit, sample_home, as_=IRENA, lang="en", person=BEATA))
    assert "Be ready for the next funding round" not in mine
    assert "Be ready for the next funding round" in theirs


def test_an_admin_makes_somebody_inactive_and_what_they_have_goes_to_others(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=IRENA, lang="en", person=ANA)
    app.button(key="okr_leave_ask").click().run()
    app.button(key="okr_leave_do").click().run()
    assert "still owns" in said(app)
    app.selectbox(key="okr_leave_to").set_value(LIAM)
    app.selectbox(key="okr_leave_to_objective_O-DEALS").set_value("marcus.bell@lumen.example").run()
    app.button(key="okr_leave_do").click().run()
    assert any("handed over" in toast.value for toast in app.toast)
    store = open_store(sample_home)
    admin = store.actor(IRENA)
    owned = {one.key for one in store.owned_by(admin, LIAM)}
    assert store.record_fields(admin, "objective", "O-DEALS").fields["owner"] == "marcus.bell@lumen.example"
    store.close()
    assert {"sales", "KR-WIN-RATE"} <= owned
    app.button(key="okr_return").click().run()
    assert any("active again" in toast.value for toast in app.toast)


def test_the_only_admin_cannot_be_made_inactive(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=IRENA, lang="pl", person=IRENA)
    app.button(key="okr_leave_ask").click().run()
    app.selectbox(key="okr_leave_to").set_value(LIAM).run()
    app.button(key="okr_leave_do").click().run()
    assert "jedyny administrator" in said(app)


def test_others_see_who_somebody_is_and_change_only_themselves(sample_home: Path, visit: Visit) -> None:
    app = opened(visit, sample_home, as_=LIAM, lang="en", person=ANA)
    assert "leads Sales" in said(app)
    assert not [button for button in app.button if button.key == "okr_leave_ask"]
    assert "Edit" not in links(app)
    own = opened(visit, sample_home, as_=LIAM, lang="en", person=LIAM)
    assert "Time zone and language" in links(own)
    assert "Nobody here has that address" in said(opened(visit, sample_home, as_=LIAM, lang="en", person="x@y.example"))
