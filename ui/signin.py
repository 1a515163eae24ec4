"""The way in: choosing a person of the sample company on this machine, or signing in; nothing else opens a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from assistant import defects
from assistant.settings import read_settings
from okr.errors import OkrError, StoreEmptyError, UnknownPersonError
from okr.store.directory import Company
from ui.harmless import escaped
from ui.session import House, Visit, here_only, open_house, sample_asker, visit_of
from ui.wording import LANGUAGES, Wording

# Streamlit's cookie lives for a month; a working day is enough.
SESSION = timedelta(hours=12)
SECRETS = """[auth]
redirect_uri = "https://okr.example.com/oauth2callback"
cookie_secret = "a long random text"
client_id = "…"
client_secret = "…"
server_metadata_url = "https://…/.well-known/openid-configuration"
"""


def say_defect(defect: Exception) -> bool:
    """Log what went wrong under a reference and say so on the page; True, so that Streamlit adds nothing."""
    words = _stranger_words()
    if isinstance(defect, OkrError):
        sheet(words("store.title"), [defect.sentence, defect.remedy])
        return True
    reference = defects.record(read_settings().home, defect, datetime.now(UTC))
    sheet(words("failed.page"), [words("failed.page.next", reference=reference)])
    return True


def arrive() -> Visit | None:
    """Who is visiting; None when the page has said what is missing and there is nothing more to show."""
    words = _stranger_words()
    try:
        house = open_house()
        company = house.store.company()
    except StoreEmptyError:
        _empty(words)
        return None
    except OkrError as reason:
        sheet(words("store.title"), [reason.sentence, reason.remedy])
        return None
    if company.sample and here_only():
        return visit_of(house, company, sample_asker(house.store), chosen=True)
    if not _can_sign_in():
        _not_set_up(words, company)
        return None
    return _signed_in(words, house, company)


def sheet(title: str, paragraphs: list[str]) -> None:
    """A page that has one thing to say."""
    said = "".join(f"<p>{escaped(paragraph)}</p>" for paragraph in paragraphs if paragraph)
    st.html(f'<div class="okr-sheet" role="main"><h1>{escaped(title)}</h1>{said}</div>')


def _stranger_words() -> Wording:
    asked = st.query_params.get("lang", "")
    if asked in LANGUAGES:
        return Wording(asked)
    return Wording((st.context.locale or "en")[:2])


def _can_sign_in() -> bool:
    try:
        return "auth" in st.secrets
    except StreamlitSecretNotFoundError:
        return False


def _signed_in(words: Wording, house: House, company: Company) -> Visit | None:
    if not st.user.get("is_logged_in", False):
        sheet(words("sign_in.title"), [words("sign_in.text", company=company.name)])
        st.button(words("sign_in"), type="primary", on_click=st.login)
        return None
    if _ended(st.user.get("iat")):
        sheet(words("sign_in.ended"), [words("sign_in.text", company=company.name)])
        st.button(words("sign_in"), type="primary", on_click=st.login)
        return None
    email = str(st.user.get("email") or "")
    # Only an explicit no counts: many providers of a single company leave the claim out.
    if st.user.get("email_verified") is False:
        sheet(words("sign_in.title"), [words("sign_in.unverified")])
        st.button(words("sign_out"), on_click=st.logout)
        return None
    try:
        # Asked anew on every run, so that somebody who has left is out at once.
        actor = house.store.actor(email)
    except UnknownPersonError:
        known = words("sign_in.unknown", email=email, company=company.name)
        sheet(words("sign_in.title"), [known, words("sign_in.unknown.next")])
        st.button(words("sign_out"), on_click=st.logout)
        return None
    return visit_of(house, company, actor, chosen=False)


def _ended(signed_in_at: object) -> bool:
    """Whether the sign-in is too long ago; one that does not say when it was lives as long as its cookie."""
    if not isinstance(signed_in_at, int | float):
        return False
    return datetime.now(UTC).timestamp() - signed_in_at > SESSION.total_seconds()


def _not_set_up(words: Wording, company: Company) -> None:
    if company.sample:
        sheet(words("sign_in.missing.title"), [words("sign_in.outside")])
        return
    sheet(words("sign_in.missing.title"), [words("sign_in.missing.text", company=company.name)])
    steps = "".join(f"<li>{escaped(step)}</li>" for step in words.many("sign_in.missing.steps"))
    st.html(f'<div class="okr-answer"><ol>{steps}</ol></div>')
    st.code(SECRETS, language="toml")
    st.html(f'<p class="okr-foot">{escaped(words("sign_in.missing.meanwhile"))}</p>')


def _empty(words: Wording) -> None:
    sheet(words("empty.title"), [words("empty.text")])
    st.html(f'<p class="okr-over">{escaped(words("empty.sample"))}</p>')
    st.code("okr demo", language="bash")
    st.html(f'<p class="okr-over">{escaped(words("empty.own"))}</p>')
    st.code("okr import company.json", language="bash")
    st.html(f'<p class="okr-foot">{escaped(words("empty.then"))}</p>')
