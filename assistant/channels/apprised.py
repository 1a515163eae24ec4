"""Teams and the other chat services that Apprise knows, fenced: a short list, no redirects, one person a call."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from assistant.channels.addresses import UnresolvedError, is_this_machine, public_addresses
from assistant.channels.outcomes import ChannelError, Outcome, Outgoing
from assistant.settings import Secret

SCHEMES = (
    "workflow", "workflows", "discord", "gchat", "gotifys", "matrixs", "mmosts", "ntfys", "pover", "rockets", "tgram",
    "webex", "zulip",
)  # fmt: skip
# Without encryption: only on this machine, for development.
PLAIN = ("gotify", "matrix", "mmost", "ntfy", "rocket")
# Services whose address names a server of the company's own choice.
OWN_SERVER = ("workflow", "workflows", "gotifys", "matrixs", "mmosts", "rockets", *PLAIN)
_STATUS = re.compile(r"error=(\d{3})\b")
# The words of the HTTP library for a connection that was never made.
_NEVER_SENT = re.compile(r"NewConnectionError|NameResolutionError|ConnectTimeoutError|SSLError|ProxyError")


@dataclass(frozen=True, slots=True)
class Apprised:
    """A chat service by its Apprise address, in which `{email}` or `{local}` stands for the recipient.

    An address without either is a room, where others read along.
    """

    name: str
    url: Secret
    seconds: float
    loopback: bool = False

    @property
    def shared(self) -> bool:
        """Whether others read along."""
        return not re.search(r"\{(email|local)\}", self.url.get_secret_value())

    def send(self, outgoing: Outgoing) -> Outcome:
        """One message to the person, or a pointer to it where others read along."""
        try:
            plugin = self._plugin(outgoing.to.email)
        except UnresolvedError as reason:
            return Outcome.retry(reason.sentence)
        except ChannelError as refused:
            return Outcome.dead(refused.sentence)
        text = outgoing.pointer if self.shared else outgoing.text
        if outgoing.link and outgoing.link not in text:
            text = f"{text}\n{outgoing.link}"
        sender = _library().Apprise(asset=plugin.asset)
        sender.add(plugin)
        result = sender.notify(
            body=text,
            title="" if self.shared else outgoing.title,
            body_format="text",
            timeout=self.seconds,
            log_level=logging.DEBUG,
        )
        if result:
            return Outcome.delivered()
        return outcome_of([entry.message for entry in result.logs()], late=result.status.name == "TIMEOUT")

    def check(self) -> str:
        """What it is, once the name of its server has been looked up; nothing is sent."""
        plugin = self._plugin("somebody@example.com")
        room = "a room" if self.shared else "personal messages"
        return f"{room} in {plugin.service_name}"

    def _plugin(self, email: str) -> Any:
        library = _library()
        local = email.partition("@")[0]
        filled = self.url.get_secret_value().replace("{email}", quote(email)).replace("{local}", quote(local))
        scheme = filled.partition("://")[0].lower()
        asset = library.AppriseAsset(
            http_redirects=False,
            storage_mode=library.common.PersistentStoreMode.MEMORY,
            app_id="okr-assistant",
            image_url_mask="",
            image_url_logo="",
        )
        plugin = library.Apprise.instantiate(filled, asset=asset)
        if plugin is None:
            raise ChannelError(f"The address of {self.name} is none of {scheme}'s.", "Look up its form at Apprise.")
        plugin.socket_connect_timeout = plugin.socket_read_timeout = self.seconds / 2
        host = str(getattr(plugin, "host", "") or "")
        own_server = host and any("{host}" in template for template in plugin.templates)
        if scheme in PLAIN and not (self.loopback and is_this_machine(host)):
            raise ChannelError(f"The address of {self.name} is not encrypted.", f"Write {scheme}s:// instead.")
        if own_server:
            public_addresses(host, int(getattr(plugin, "port", None) or 443), loopback=self.loopback)
        return plugin


def is_known(scheme: str) -> bool:
    """Whether an address of that scheme is one of the services that may be used."""
    return scheme in SCHEMES or scheme in PLAIN


def outcome_of(said: list[str], *, late: bool = False) -> Outcome:
    """What became of a sending that did not succeed, from what Apprise noted about it."""
    for line in said:
        if found := _STATUS.search(line):
            status = int(found[1])
            if status in (408, 425, 429) or status >= 500:
                return Outcome.retry(f"it answered {status}", all_wait=status == 429)
            return Outcome.dead(f"it answered {status}")
    failed = [line for line in said if line.startswith("Socket Exception")]
    if any(_NEVER_SENT.search(line) for line in failed):
        return Outcome.retry("the connection failed")
    if late or failed:
        return Outcome.unknown("no answer came")
    # It never came to a request: the service does not take such a recipient or text.
    return Outcome.dead("the service takes no such recipient")


@cache
def _library() -> Any:
    # Half a second of imports, for those who send over it.
    import apprise
    from apprise.manager_plugins import NotificationManager

    logger = logging.getLogger("apprise")
    # Its notes hold addresses and texts: they are read here and go nowhere else.
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.DEBUG)
    manager: Any = NotificationManager
    manager().enable_only(*SCHEMES, *PLAIN)
    return apprise
