"""Runs `okr` and kills the process at a named point: `python killed.py POINT PASSAGE ARGUMENTS…`.

A kill cannot be asked of a process from outside at the right statement, so the process does it to itself, with the
signal that nothing can catch.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from assistant import cli
from okr.store import Store, acting, firing

# Where the work passes, and whether the kill comes before or after it.
POINTS: dict[str, tuple[Any, str, bool]] = {
    "before a rule is settled": (Store, "settle_automation", False),
    "while a run is opened": (firing, "_open_run", True),
    "after a rule is settled": (Store, "settle_automation", True),
    "before a message": (Store, "deliver", False),
    "while a message is stored": (firing, "put_message", True),
    "while a run is closed": (firing, "finish_run", True),
    "after a message": (Store, "deliver", True),
    "while a task is changed": (acting, "change_within", True),
    "while a comment is posted": (acting, "put_comment", True),
    "after a change": (Store, "apply_change", True),
}


def deadly(there: Callable[..., Any], passage: int, after: bool) -> Callable[..., Any]:
    """The function as it is, until that passage."""
    passed = 0

    def passing(*args: Any, **named: Any) -> Any:
        nonlocal passed
        passed += 1
        found = there(*args, **named) if after or passed < passage else None
        if passed == passage:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return passing


if __name__ == "__main__":
    place, name, after = POINTS[sys.argv[1]]
    setattr(place, name, deadly(getattr(place, name), int(sys.argv[2]), after))
    sys.exit(cli.main(sys.argv[3:]))
