"""An update as the text of a Slack message, within Slack's limits."""

from __future__ import annotations

from assistant.telling.phrases import say
from assistant.telling.safe import unlinked, visible
from assistant.updates.draft import Draft, Sentence
from assistant.updates.rendering import cited, subtitle

# Slack cuts a message at 40,000 characters and advises 4,000; what is longer is told to be elsewhere.
MOST = 4_000
_FORMATS = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})


def as_slack(draft: Draft) -> str:
    """The draft in Slack's own markup, in which nobody's text formats, links or calls anybody.

    At most 4,000 characters: whole items are left away from the end, and how many is said.
    """
    parts = [f"*{_escaped(draft.title)}*", _escaped(subtitle(draft))]
    items = [
        (f"\n*{_escaped(section.title)}*" if place == 0 else "", _said(draft, one))
        for section in draft.sections
        for place, one in enumerate(section.sentences)
    ]
    used, left = sum(len(part) + 1 for part in parts), 0
    tail = 80
    for place, (heading, said) in enumerate(items):
        lines = [line for line in (heading, said) if line]
        size = sum(len(line) + 1 for line in lines)
        if used + size > MOST - tail:
            left = len(items) - place
            break
        parts += lines
        used += size
    if left:
        parts.append(f"\n{say(draft.language, 'paper.more', count=str(left))}")
    return "\n".join(parts) + "\n"


def _escaped(text: str) -> str:
    # Slack reads three signs as markup wherever they stand, and four more as formatting.
    shown = unlinked(visible(text)).translate(_FORMATS)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _said(draft: Draft, sentence: Sentence) -> str:
    said = ""
    for text, kind in sentence.pieces():
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        shown = f"{before}{_escaped(text)}{after}" if text.strip() else text
        said += f"*{shown}*" if kind == "title" else f"_{shown}_" if kind == "quote" else shown
    records = cited(draft, sentence) if sentence.bullet else []
    said = f"• {said}" if sentence.bullet else said
    return f"{said} ({', '.join(_escaped(one) for one in records)})" if records else said
