"""Defects of our own: logged in the home folder under a reference, and never shown to people as they are."""

from __future__ import annotations

import re
import secrets
import traceback
from datetime import datetime
from pathlib import Path

FILE_NAME = "okr.log"
MOST_BYTES = 2_000_000
SHORTEST_SECRET = 4
# Keys as providers write them into their own messages, which need not be the whole key that we know.
_KEYS = re.compile(r"\bsk-[\w*-]+|(?i:\bbearer\s+)\S+|://[^/\s:@]+:[^/\s@]+@")


def record(home: Path, defect: BaseException, now: datetime, hidden: tuple[str, ...] = ()) -> str:
    """Write what happened to the log; returns the reference under which it stands there.

    The texts in `hidden` (keys and passwords) are left out. A log that cannot be written is no reason
    to fail a second time: the reference then leads nowhere.
    """
    reference = secrets.token_hex(4)
    text = _KEYS.sub("***", "".join(traceback.format_exception(defect)))
    for secret in hidden:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "…")
    try:
        log = home / FILE_NAME
        if log.exists() and log.stat().st_size > MOST_BYTES:
            log.replace(home / f"{FILE_NAME}.1")
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"{now.isoformat()} {reference}\n{text}\n")
    except OSError:
        return reference
    return reference
