"""The admin's list of channels, from the settings.

`OKR_SMTP_URL` with `OKR_SMTP_FROM` is the channel `email`; each `OKR_CHANNEL_NAME` is a channel of that name: an
https address is a webhook, `slack://` is Slack, any other one of Apprise's services.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant.channels import apprised
from assistant.channels.addresses import checked_url, is_this_machine, is_written_private
from assistant.channels.apprised import Apprised
from assistant.channels.mail import Mail
from assistant.channels.outcomes import Channel, ChannelError
from assistant.channels.slack import Slack
from assistant.channels.webhook import Webhook
from assistant.settings import CHANNEL_PREFIX, Secret, Settings
from okr.errors import SettingsError
from okr.store.preferences import INBOX

EMAIL = "email"
SECONDS = 20.0
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,30}")


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways out by name, the usual one of whoever has chosen none, and where the app stands for its readers."""

    by_name: Mapping[str, Channel] = field(default_factory=dict)
    usual: str = INBOX
    public_url: str | None = None

    def link(self, path: str) -> str | None:
        """The address of a place in the app; None where nobody has said where the app stands."""
        return None if self.public_url is None else f"{self.public_url}{path}"


def channels_of(settings: Settings) -> Channels:
    """The list as it is set; `SettingsError` says which setting cannot be used."""
    given = settings.others
    seconds = _seconds(given.get("OKR_SEND_SECONDS"))
    loopback = given.get("OKR_ALLOW_LOOPBACK") == "1"
    found: dict[str, Channel] = {}
    try:
        if given.get("OKR_SMTP_URL"):
            found[EMAIL] = Mail.read(
                EMAIL, given["OKR_SMTP_URL"], given.get("OKR_SMTP_FROM"), seconds, given.get("OKR_SMTP_CA")
            )
        for setting in sorted(name for name in given if name.startswith(CHANNEL_PREFIX)):
            name = _name(setting)
            found[name] = _channel(name, given[setting], given, seconds, loopback)
    except ChannelError as problem:
        raise SettingsError(problem.sentence, problem.remedy) from None
    usual = (given.get("OKR_DEFAULT_CHANNEL") or INBOX).lower()
    if usual not in (INBOX, *found):
        raise SettingsError(
            f"OKR_DEFAULT_CHANNEL={usual[:40]!r} is no channel.", f"There is: {', '.join([INBOX, *found])}."
        )
    return Channels(found, usual, public_url(settings))


def public_url(settings: Settings) -> str | None:
    """Where the app stands for its readers, without a slash at its end; `SettingsError` for no web address."""
    text = settings.others.get("OKR_PUBLIC_URL")
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https") or parts.username or parts.query or parts.fragment:
        raise SettingsError(
            "OKR_PUBLIC_URL is not the address of the app.", "It looks like https://okr.company.example."
        )
    return text.rstrip("/")


def _name(setting: str) -> str:
    name = setting.removeprefix(CHANNEL_PREFIX)
    if not _NAME.fullmatch(name) or name.lower() in (INBOX, EMAIL):
        raise ChannelError(f"{setting[:60]} is no name for a channel.", "Write OKR_CHANNEL_TEAMS, with capitals.")
    return name.lower()


def _channel(name: str, url: str, given: Mapping[str, str], seconds: float, loopback: bool) -> Channel:
    scheme = url.partition("://")[0].lower()
    if scheme == "slack":
        return Slack.read(name, url, seconds)
    if scheme in ("http", "https"):
        _outside(name, checked_url(name, url, loopback=loopback).hostname or "", loopback)
        key = given.get("OKR_WEBHOOK_SECRET")
        if not key:
            raise ChannelError(
                f"{name} is a webhook, and nothing is set to sign with.",
                "Set OKR_WEBHOOK_SECRET to a long random text.",
            )
        return Webhook(name, Secret(url), Secret(key), seconds, loopback)
    if not apprised.is_known(scheme):
        raise ChannelError(
            f"{scheme[:20]}:// of {name} is no service that is sent to.",
            f"There is: https, slack, {', '.join(apprised.SCHEMES)}.",
        )
    if scheme in apprised.OWN_SERVER:
        try:
            _outside(name, urlsplit(url).hostname or "", loopback)
        except ValueError:
            raise ChannelError(f"The address of {name} is none.", "Look up its form at Apprise.") from None
    return Apprised(name, Secret(url), seconds, loopback)


def _outside(name: str, host: str, loopback: bool) -> None:
    if is_written_private(host) and not (loopback and is_this_machine(host)):
        raise ChannelError(f"The address of {name} is not public.", "Only public addresses are spoken to.")


def _seconds(text: str | None) -> float:
    if not text:
        return SECONDS
    if not re.fullmatch(r"\d{1,3}(\.\d+)?", text) or not 0 < float(text) <= 120:
        raise SettingsError("OKR_SEND_SECONDS is not a number of seconds up to 120.", "Write digits alone, like 20.")
    return float(text)
