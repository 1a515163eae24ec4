"""What is drafted for some and sent to whoever speaks: "draft the leadership update and send it to me"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENT_TO_ME = re.compile(
    r"\b(?:send|mail|email|e-mail|forward|give|show|deliver) (?:it|that|this|the draft|the report) to me\b(?! and\b)"
    r"|\b(?:send|mail|email|e-mail|forward|give|show) me (?:it|that|this|the draft)\b(?! and\b)"
    r"|\b(?:wyslij|przeslij|podeslij|przekaz|daj|pokaz)(?: mi)? (?:go|ja|to|je)(?: do)? mnie\b"
    r"|\b(?:wyslij|przeslij|podeslij|przekaz|daj|pokaz) (?:(?:go|ja|to|je) mi|mi (?:go|ja|to|je)|mi do|do mnie)\b"
)


def sent_to_me(words: Sequence[str]) -> bool:
    """Whether the folded words send what was just spoken of to whoever speaks, and to nobody else.

    >>> sent_to_me("draft the leadership update and send it to me for approval".split())
    True
    >>> sent_to_me("send the sales report to leadership".split())
    False
    """
    return _SENT_TO_ME.search(" ".join(words)) is not None
