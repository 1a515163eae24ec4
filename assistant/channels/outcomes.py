"""What is sent, to whom, and what can become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from okr.errors import OkrError


class ChannelError(OkrError):
    """A channel cannot be used as it is set up."""

    code = "channel"


@dataclass(frozen=True, slots=True)
class Recipient:
    """The one person whom a sending is for."""

    email: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One sending: `id` is the same on every repeat, `text` and `html` say the same, `link` opens it in the app.

    `pointer` is what may be said where others read along: that something waits, and nothing of what it says.
    `at` is when it was said, `document` what a program gets.
    """

    id: str
    to: Recipient
    title: str
    text: str
    html: str
    pointer: str
    at: datetime
    link: str | None = None
    document: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a sending.

    `delivered`; `retry`, not before `after` seconds where the far side said so (`all_wait`: nothing else over this
    channel before then either); `dead`, which no repeat will mend; `unknown`, it may have arrived. `safe` says that
    a repeat cannot show twice, because the far side knows the id.
    """

    state: str
    reason: str | None = None
    after: float | None = None
    all_wait: bool = False
    provider_id: str | None = None
    safe: bool = False

    @classmethod
    def delivered(cls, provider_id: str | None = None) -> Outcome:
        """The far side took it."""
        return cls("delivered", provider_id=provider_id)

    @classmethod
    def retry(cls, reason: str, after: float | None = None, *, all_wait: bool = False) -> Outcome:
        """It did not arrive and may be tried again."""
        return cls("retry", reason, after, all_wait)

    @classmethod
    def dead(cls, reason: str) -> Outcome:
        """It did not arrive, and trying again is of no use."""
        return cls("dead", reason)

    @classmethod
    def unknown(cls, reason: str, *, safe: bool = False) -> Outcome:
        """It may have arrived: the answer did not come."""
        return cls("unknown", reason, safe=safe)


class Channel(Protocol):
    """A way out, which people choose by its name."""

    @property
    def name(self) -> str:
        """How it is chosen."""
        ...

    @property
    def shared(self) -> bool:
        """Whether others read along, so that nothing of what a message says may be shown."""
        ...

    def send(self, outgoing: Outgoing) -> Outcome:
        """Send to the one recipient; no fault of the far side is raised."""
        ...

    def check(self) -> str:
        """What it is, in words, once it has answered; `ChannelError` when it cannot be used."""
        ...
