"""Slack: a direct message to one person, found by address, or a line in a room.

Spoken to directly and not through Apprise, which hides the status and the `Retry-After` that Slack's limits ask
us to obey.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from assistant.channels.addresses import UnresolvedError
from assistant.channels.outcomes import ChannelError, Outcome, Outgoing
from assistant.channels.posting import Answer, NotSentError, UnsureError, post
from assistant.channels.webhook import outcome_of
from assistant.settings import Secret

API = "https://slack.com/api"
HOOKS = "https://hooks.slack.com/services"
# Slack cuts longer texts and refuses much longer ones.
MOST_TEXT = 3_900
_BOT = re.compile(r"slack://(xox[bp]-[A-Za-z0-9-]+)/?")
_HOOK = re.compile(r"slack://(T[A-Za-z0-9]+/B[A-Za-z0-9]+/[A-Za-z0-9]+)/?")
# Errors in an answer of status 200 that pass by themselves.
_PASSING = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_CODE = re.compile(r"[a-z_]{1,60}")


@dataclass(frozen=True, slots=True)
class Slack:
    """A workspace, by a bot's token, or, by an incoming webhook, one room, where others read along."""

    name: str
    token: Secret
    shared: bool
    seconds: float
    api: str = API
    hooks: str = HOOKS
    loopback: bool = False

    @classmethod
    def read(cls, name: str, text: str, seconds: float) -> Slack:
        """The channel at a `slack://` address; `ChannelError` for one that is none."""
        if found := _BOT.fullmatch(text):
            return cls(name, Secret(found[1]), False, seconds)
        if found := _HOOK.fullmatch(text):
            return cls(name, Secret(found[1]), True, seconds)
        raise ChannelError(
            f"The address of {name} is none of Slack's.", "It looks like slack://xoxb-TOKEN or slack://T…/B…/TOKEN."
        )

    def send(self, outgoing: Outgoing) -> Outcome:
        """One message to the person, or a pointer to it where others read along."""
        try:
            if self.shared:
                return self._to_room(outgoing)
            found = self._call("users.lookupByEmail", {"email": outgoing.to.email})
            if isinstance(found, Outcome):
                return found
            return self._to_person(str(found.get("user", {}).get("id", "")), outgoing)
        except (NotSentError, UnresolvedError) as reason:
            return Outcome.retry(str(reason))
        except ChannelError as refused:
            return Outcome.dead(refused.sentence)

    def check(self) -> str:
        """What it is, once Slack has taken the token; a room is not written to."""
        if self.shared:
            return "a room in Slack"
        try:
            found = self._call("auth.test", {})
        except NotSentError as reason:
            raise ChannelError(f"Slack does not answer: {reason}.", "Check the network.") from reason
        if isinstance(found, Outcome):
            raise ChannelError(f"Slack refuses the token: {found.reason}.", "Make a new token for the app in Slack.")
        return "direct messages in Slack"

    def _to_person(self, user: str, outgoing: Outgoing) -> Outcome:
        if not user:
            return Outcome.dead("Slack does not say who that is")
        said = {**_message(outgoing.title, outgoing.text, outgoing.link), "channel": user}
        try:
            found = self._call("chat.postMessage", said, unsure=True)
        except UnsureError as reason:
            return Outcome.unknown(str(reason))
        return found if isinstance(found, Outcome) else Outcome.delivered(str(found.get("ts", "")) or None)

    def _to_room(self, outgoing: Outgoing) -> Outcome:
        body = orjson.dumps(_message("", outgoing.pointer, outgoing.link))
        try:
            answer = self._post(f"{self.hooks}/{self.token.get_secret_value()}", body, "application/json", {})
        except UnsureError as reason:
            return Outcome.unknown(str(reason))
        return outcome_of(answer)

    def _call(self, method: str, values: dict[str, Any], *, unsure: bool = False) -> dict[str, Any] | Outcome:
        """What a method of the API found, or what became of the sending when it refused."""
        form = {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        try:
            answer = self._post(
                f"{self.api}/{method}", urlencode(form).encode(), "application/x-www-form-urlencoded", headers
            )
        except UnsureError as reason:
            if unsure:
                raise
            # Asking changes nothing, so that it may be asked again.
            raise NotSentError(str(reason)) from reason
        if answer.status != 200:
            return outcome_of(answer)
        try:
            found = orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict):
            return Outcome.unknown("it answered nothing that can be read") if unsure else Outcome.retry("no answer")
        if found.get("ok") is True:
            return found
        code = str(found.get("error", ""))
        code = code if _CODE.fullmatch(code) else "unknown_error"
        if code in _PASSING:
            return Outcome.retry(code, answer.retry_after(), all_wait="rate" in code)
        return Outcome.dead(code)

    def _post(self, url: str, body: bytes, kind: str, headers: dict[str, str]) -> Answer:
        return post(
            urlsplit(url),
            body,
            {"Content-Type": f"{kind}; charset=utf-8", "User-Agent": "okr-assistant", **headers},
            seconds=self.seconds,
            loopback=self.loopback,
        )


def _message(title: str, text: str, link: str | None) -> dict[str, Any]:
    # With `mrkdwn` off, signs in people's words make nothing bold, struck out or code.
    whole = _escaped(f"{title}\n{text}" if title else text)
    tail = f"\n{link}" if link and link not in text else ""
    if len(whole) + len(tail) > MOST_TEXT:
        whole = re.sub(r"&[a-z]{0,3}$", "", whole[: MOST_TEXT - len(tail) - 1]).rstrip() + "…"
    return {"text": whole + tail, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "link_names": False}


def _escaped(text: str) -> str:
    # What Slack reads as a mention, a link or a command stands between these signs.
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, written)
    return text
