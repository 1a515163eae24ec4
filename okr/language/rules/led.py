"""The little word with which a sentence leads to what its message says."""

from __future__ import annotations

import re

_OPENERS = {"o": "o", "żeby": "żeby", "zeby": "żeby", "aby": "aby", "że": "że", "ze": "że"}


def led_by(text: str, message: str) -> str | None:
    """The Polish word before the message in the sentence: "o" in "przypomnij o raporcie"; None for any other."""
    found = re.search(r"\b(o|żeby|zeby|aby|że|ze)\s+[„“”\"«]?" + re.escape(message), text, re.IGNORECASE)
    return _OPENERS[found[1].lower()] if found else None
