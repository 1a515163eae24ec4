"""Which addresses outside may be spoken to: public ones, over https."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from assistant.channels.outcomes import ChannelError


class UnresolvedError(ChannelError):
    """The name of the far side cannot be looked up now."""

    code = "unresolved"


def checked_url(name: str, text: str, *, loopback: bool) -> SplitResult:
    """The parts of an https address without a user in it; `ChannelError` for any other.

    With `loopback` an http address of this very machine is good, too: for development.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ChannelError(f"The address of {name} is none.", "It looks like https://host/path.") from None
    host = parts.hostname
    if not host or port == 0 or any(c.isspace() or not c.isprintable() for c in text):
        raise ChannelError(f"The address of {name} is none.", "It looks like https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise ChannelError(f"The address of {name} has a name or password in it.", "Leave them out.")
    if parts.scheme != "https" and not (loopback and parts.scheme == "http" and is_this_machine(host)):
        raise ChannelError(f"The address of {name} is not https.", "Only https leaves this machine.")
    return parts


def public_addresses(host: str, port: int, *, loopback: bool) -> list[str]:
    """Every address the name stands for, all of them public; `ChannelError` when one is not.

    With `loopback` those of this machine are good, too.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError) as reason:
        raise UnresolvedError(f"{host[:80]} cannot be found.", "Check the name and the network.") from reason
    addresses = list(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))
    for address in addresses:
        if not is_public(address) and not (loopback and ipaddress.ip_address(address).is_loopback):
            raise ChannelError(f"{host[:80]} is not a public address.", "Only public addresses are spoken to.")
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also inside the forms that wrap another address.

    >>> [is_public(a) for a in ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::")]
    [True, False, False, False, False]
    """
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if wrapped is None and found in _NAT64:
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_this_machine(host: str) -> bool:
    """Whether the name or address is the loopback of this machine, in whatever form it is written."""
    if _is_local_name(host):
        return True
    return any(ipaddress.ip_address(address).is_loopback for address in _written_addresses(host))


def is_written_private(host: str) -> bool:
    """Whether a host is written as an address that is not public; a name is looked up when it is used.

    >>> [is_written_private(h) for h in ("0x7f000001", "127.1", "localhost.", "8.8.8.8", "hooks.example")]
    [True, True, True, False, False]
    """
    return _is_local_name(host) or any(not is_public(address) for address in _written_addresses(host))


def _is_local_name(host: str) -> bool:
    name = host.lower().rstrip(".")
    return name == "localhost" or name.endswith(".localhost")


def _written_addresses(host: str) -> list[str]:
    """The addresses that a host is when it is a number in any of the forms that systems take; no name is looked up."""
    try:
        found = socket.getaddrinfo(host.rstrip("."), None, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]).partition("%")[0] for entry in found]
