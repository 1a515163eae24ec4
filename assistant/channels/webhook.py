"""A program of the company's own that gets each message as signed JSON."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from assistant.channels.addresses import UnresolvedError, checked_url, public_addresses
from assistant.channels.outcomes import ChannelError, Outcome, Outgoing
from assistant.channels.posting import Answer, NotSentError, UnsureError, post
from assistant.settings import Secret

# What a far side says when trying again later may help.
PASSING = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST to one https address, with the id of the message as its idempotency key."""

    name: str
    url: Secret
    key: Secret
    seconds: float
    loopback: bool = False
    shared: bool = False

    def send(self, outgoing: Outgoing) -> Outcome:
        """Post the document; a repeat carries the same key, so that the far side can tell."""
        body = orjson.dumps(outgoing.document)
        signature = hmac.new(self.key.get_secret_value().encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": outgoing.id,
            "OKR-Signature": f"sha256={signature}",
            "User-Agent": "okr-assistant",
        }
        try:
            url = checked_url(self.name, self.url.get_secret_value(), loopback=self.loopback)
            answer = post(url, body, headers, seconds=self.seconds, loopback=self.loopback)
        except (NotSentError, UnresolvedError) as reason:
            return Outcome.retry(str(reason))
        except UnsureError as reason:
            return Outcome.unknown(str(reason), safe=True)
        except ChannelError as refused:
            return Outcome.dead(refused.sentence)
        return outcome_of(answer)

    def check(self) -> str:
        """Where it goes, once the name has been looked up; nothing is posted."""
        url = checked_url(self.name, self.url.get_secret_value(), loopback=self.loopback)
        public_addresses(url.hostname or "", url.port or 443, loopback=self.loopback)
        return f"a webhook at {urlsplit(self.url.get_secret_value()).hostname}"


def outcome_of(answer: Answer) -> Outcome:
    """What an answer over HTTP means for a sending."""
    status = answer.status
    if 200 <= status < 300:
        given = answer.headers.get("x-request-id", "")
        return Outcome.delivered(given if given.isprintable() and given else None)
    if status in PASSING or status >= 500:
        after = answer.retry_after()
        return Outcome.retry(f"it answered {status}", after, all_wait=status == 429 or after is not None)
    if 300 <= status < 400:
        return Outcome.dead(f"it answered {status}, and redirects are not followed")
    return Outcome.dead(f"it answered {status}")
