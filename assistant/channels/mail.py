"""Mail by SMTP: one recipient a mail, plain text beside HTML, the id of the message as its Message-ID."""

from __future__ import annotations

import re
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import unquote, urlsplit

from assistant.channels.addresses import is_this_machine
from assistant.channels.outcomes import ChannelError, Outcome, Outgoing
from assistant.channels.posting import cut_at, said, trusting
from assistant.settings import Secret

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server and the address that mails come from. `security` is smtp, smtp+starttls or smtps."""

    name: str
    host: str
    port: int
    security: str
    sender: Address
    user: str | None
    password: Secret | None
    seconds: float
    authority: str | None = None  # a file with the certificates of a company's own authority
    shared: bool = False

    @classmethod
    def read(cls, name: str, url: str, sender: str | None, seconds: float, authority: str | None = None) -> Mail:
        """The server at an address like `smtp+starttls://user:password@host:587`; `ChannelError` for none."""
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
        except ValueError:
            port, host, parts = None, None, urlsplit("")
        if parts.scheme not in PORTS or not host:
            raise ChannelError(
                "OKR_SMTP_URL is not the address of a mail server.",
                "It looks like smtp+starttls://user:password@host:587 or smtps://host.",
            )
        if parts.scheme == "smtp" and parts.password and not is_this_machine(host):
            raise ChannelError(
                "OKR_SMTP_URL would send its password in the open.", "Write smtp+starttls:// or smtps:// instead."
            )
        named, address = parseaddr(sender or "") if (sender or "").isprintable() else ("", "")
        try:
            from_whom = Address(named, addr_spec=address)
        except (ValueError, IndexError):
            from_whom = Address()
        if not from_whom.username or "." not in from_whom.domain + "." or not from_whom.domain:
            raise ChannelError(
                "OKR_SMTP_FROM is not the address of a sender.", 'It looks like "OKR assistant <okr@company.example>".'
            )
        user = unquote(parts.username) if parts.username else None
        password = Secret(unquote(parts.password)) if parts.password else None
        return cls(name, host, port or PORTS[parts.scheme], parts.scheme, from_whom, user, password, seconds, authority)

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one mail to the server."""
        until = time.monotonic() + self.seconds
        mail = self.written(outgoing).as_bytes(policy=SMTP)
        try:
            with self._connected(until) as server:
                if refused := _asked(server, server.mail(self.sender.addr_spec)):
                    return refused
                if refused := _asked(server, server.rcpt(outgoing.to.email)):
                    return refused
                if refused := _asked(server, server.docmd("DATA"), wanted=354):
                    return refused
                return _handed_over(server, mail, until)
        except smtplib.SMTPAuthenticationError:
            return Outcome.retry("the mail server refuses our name or password", 1800, all_wait=True)
        except smtplib.SMTPResponseException as refused:
            return _means(refused.smtp_code)
        except (OSError, smtplib.SMTPException, ValueError) as reason:
            return Outcome.retry(said(reason, until))

    def check(self) -> str:
        """Where mails go, once the server has greeted us and let us in; nothing is sent."""
        until = time.monotonic() + self.seconds
        try:
            with self._connected(until):
                return f"mail by {self.host}:{self.port} from {self.sender.addr_spec}"
        except smtplib.SMTPAuthenticationError:
            raise ChannelError(
                f"The mail server {self.host} refuses our name or password.", "Check OKR_SMTP_URL."
            ) from None
        except (OSError, smtplib.SMTPException, ValueError) as reason:
            raise ChannelError(
                f"The mail server {self.host}:{self.port} cannot be used: {said(reason, until)}.", "Check OKR_SMTP_URL."
            ) from None

    def written(self, outgoing: Outgoing) -> EmailMessage:
        """The mail itself."""
        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = _addressed(outgoing)
        mail["Subject"] = outgoing.title
        mail["Date"] = format_datetime(outgoing.at)
        mail["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9.-]+', '.', outgoing.id)}@{self.sender.domain}>"
        # So that nobody's out-of-office answers a reminder.
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(outgoing.text)
        mail.add_alternative(outgoing.html, subtype="html")
        return mail

    @contextmanager
    def _connected(self, until: float) -> Iterator[smtplib.SMTP]:
        left = max(until - time.monotonic(), 0.1)
        if self.security == "smtps":
            context = trusting(self.authority)
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=left, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=left)
        try:
            with cut_at(_socket_of(server), until):
                server.ehlo_or_helo_if_needed()
                if self.security == "smtp+starttls":
                    server.starttls(context=trusting(self.authority))
                    server.ehlo()
                if self.user is not None and self.password is not None:
                    server.login(self.user, self.password.get_secret_value())
                yield server
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.close()


def _socket_of(server: smtplib.SMTP) -> socket.socket:
    if server.sock is None:
        raise smtplib.SMTPServerDisconnected("no connection")
    return server.sock


def _addressed(outgoing: Outgoing) -> Address | str:
    try:
        return Address(outgoing.to.name, addr_spec=outgoing.to.email)
    except (ValueError, IndexError):
        return outgoing.to.email


def _asked(server: smtplib.SMTP, answer: tuple[int, bytes], wanted: int | None = None) -> Outcome | None:
    """None where the server agrees, else what its refusal means; the transaction is given up then."""
    code = answer[0]
    if code == wanted or (wanted is None and 200 <= code < 300):
        return None
    with suppress(OSError, smtplib.SMTPException):
        server.rset()
    return _means(code)


def _handed_over(server: smtplib.SMTP, mail: bytes, until: float) -> Outcome:
    """Send the mail's body; from its last line on, silence means that it may have arrived."""
    lines = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", mail))
    server.send(lines if lines.endswith(b"\r\n") else lines + b"\r\n")
    try:
        server.send(b".\r\n")
        code, answer = server.getreply()
    except (OSError, smtplib.SMTPException) as reason:
        return Outcome.unknown(said(reason, until), safe=True)
    if 200 <= code < 300:
        with suppress(OSError, smtplib.SMTPException):
            server.docmd("QUIT")
        return Outcome.delivered(answer.decode("ascii", "replace").splitlines()[0][:200] if answer else None)
    if not 400 <= code < 600:
        return Outcome.unknown("it answered nothing that can be read", safe=True)
    return _means(code)


def _means(code: int) -> Outcome:
    if 400 <= code < 500:
        return Outcome.retry(f"the mail server answered {code}", all_wait=code == 421)
    if code == -1:
        return Outcome.retry("the connection failed")
    return Outcome.dead(f"the mail server answered {code}")
