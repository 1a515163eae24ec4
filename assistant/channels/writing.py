"""How a message, or a day's messages together, look outside the app: as plain text, as a mail's HTML, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from assistant.channels.listed import Channels
from assistant.channels.outcomes import Outgoing, Recipient
from assistant.delivery import line_of, spoken_by
from assistant.telling.formats import counted, percent
from assistant.telling.phrases import say
from okr.store.dispatches import Bundle, Sent
from okr.store.messages import Detail

INBOX_PATH = "/inbox"
BLOCKS = 20
"""So many signs is the pace bar long in plain text."""
# The hues of the page's light theme, with 4.5:1 on white where they are text.
TONES = {"on_track": "#1f7a4d", "at_risk": "#b45309", "off_track": "#b42318", "completed": "#1f7a4d"}
SHAPES = {"on_track": "●", "at_risk": "▲", "off_track": "■", "completed": "✓"}
QUIET, INK, LINE = "#5b6470", "#1a1f26", "#e3e6ea"


def written(bundle: Bundle, channels: Channels) -> Outgoing:
    """What is sent for the bundle; a link only where it is said where the app stands."""
    person = bundle.person
    language = spoken_by(person)
    messages = bundle.messages
    alone = messages[0] if len(messages) == 1 else None
    if alone is not None:
        title, link = alone.title, channels.link(path_of(alone))
    else:
        title = say(language, "outside.digest", messages=counted(len(messages), "message", language))
        link = channels.link(INBOX_PATH)
    return Outgoing(
        id=alone.idempotency_key if alone is not None else bundle.id,
        to=Recipient(person.email, person.name, language),
        title=title,
        text="\n".join(_text(messages, channels, language)).strip() + "\n",
        html=_html(title, messages, channels, language),
        pointer=say(language, "outside.pointer", name=person.name),
        at=messages[-1].at,
        link=link,
        document=_document(bundle, title, channels),
    )


def path_of(message: Sent) -> str:
    """The place in the app that a message opens: the check-in for the first record that is the reader's own."""
    own = (path for one in message.records if (path := check_in_path(one)))
    return next(own, INBOX_PATH)


def check_in_path(detail: Detail) -> str | None:
    """The place in the app where the reader checks in on a record of a message; None where it is not theirs to do."""
    kind, _, key = str(detail["name"]).partition(":")
    return f"/my-week?kr={quote(key, safe='')}" if kind == "key_result" and detail.get("yours") else None


def _lines(message: Sent) -> list[str]:
    """The message's lines without those that its title, which stands right above them, says already."""
    title = message.title.casefold()
    return [line for line in message.body.splitlines() if not line or line.rstrip(".").casefold() not in title]


# -- plain text ------------------------------------------------------------------------------------


def _text(messages: Sequence[Sent], channels: Channels, language: str) -> Iterator[str]:
    for place, message in enumerate(messages):
        if len(messages) > 1:
            yield from ([""] if place else [])
            yield f"{message.title}"
            yield "-" * min(len(message.title), 60)
        bars = {line_of(one, language): one for one in message.records}
        for line in _lines(message):
            yield line
            detail = bars.get(line.removeprefix("- "))
            if detail is None:
                continue
            if bar := text_bar(detail, language):
                yield f"  {bar}"
            if (path := check_in_path(detail)) and (link := channels.link(path)):
                yield f"  {say(language, 'outside.open')}: {link}"
        if path_of(message) == INBOX_PATH and (link := channels.link(INBOX_PATH)):
            yield ""
            yield f"{say(language, 'outside.open_app')}: {link}"
    yield ""
    yield say(language, "outside.sent_by")
    if link := channels.link(INBOX_PATH):
        yield say(language, "outside.manage", link=link)


def text_bar(detail: Detail, language: str) -> str:
    """Progress as a bar of signs with a stroke where it should be by now; empty where there is no pace.

    >>> text_bar({"progress": 0.1, "expected": 0.5}, "en")
    '██░░░░░░░░│░░░░░░░░░ 10%, expected by now 50%'
    """
    done, expected = detail.get("progress"), detail.get("expected")
    if not isinstance(done, float | int) or not isinstance(expected, float | int):
        return ""
    filled = round(min(max(done, 0.0), 1.0) * BLOCKS)
    tick = min(round(min(max(expected, 0.0), 1.0) * BLOCKS), BLOCKS - 1)
    signs = ["█" if place < filled else "░" for place in range(BLOCKS)]
    signs[tick] = "│"
    return say(
        language,
        "outside.bar",
        bar="".join(signs),
        share=percent(min(max(done, 0.0), 1.0), language),
        expected=percent(expected, language),
    )


# -- HTML ------------------------------------------------------------------------------------------


def _html(title: str, messages: Sequence[Sent], channels: Channels, language: str) -> str:
    parts = "".join(_part(message, channels, language, headed=len(messages) > 1) for message in messages)
    foot = escape(say(language, "outside.sent_by"))
    if link := channels.link(INBOX_PATH):
        foot += f' <a href="{escape(link)}" style="color:{QUIET}">{escape(say(language, "outside.manage_words"))}</a>.'
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="margin:0;padding:24px 12px;background:#f6f7f9;color:{INK};'
        "font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif\">"
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;margin:0 auto;'
        f'background:#ffffff;border:1px solid {LINE};border-radius:8px"><tr><td style="padding:28px">'
        f'<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px;color:{INK}">{escape(title)}</h1>'
        f"{parts}"
        f'<p style="margin:28px 0 0;padding-top:16px;border-top:1px solid {LINE};font-size:13px;color:{QUIET}">'
        f"{foot}</p>"
        "</td></tr></table></body></html>"
    )


def _part(message: Sent, channels: Channels, language: str, *, headed: bool) -> str:
    found = [f'<h2 style="font-size:16px;margin:24px 0 8px">{escape(message.title)}</h2>'] if headed else []
    records = {line_of(one, language): one for one in message.records}
    for line in _lines(message):
        detail = records.get(line.removeprefix("- "))
        if detail is not None:
            found.append(_card(detail, channels, language))
        elif line:
            found.append(f'<p style="margin:0 0 12px">{escape(line)}</p>')
    if path_of(message) == INBOX_PATH and (link := channels.link(INBOX_PATH)):
        found.append(_button(link, say(language, "outside.open_app")))
    return "".join(found)


def _card(detail: Detail, channels: Channels, language: str) -> str:
    status = str(detail.get("status", ""))
    tone = TONES.get(status, QUIET)
    shape = f'<span style="color:{tone}" aria-hidden="true">{SHAPES.get(status, "○")}</span> '
    said = escape(str(detail.get("said", "")))
    opens = ""
    if (path := check_in_path(detail)) and (link := channels.link(path)):
        words = escape(say(language, "outside.open"))
        opens = f' <a href="{escape(link)}" style="color:#1d4ed8;white-space:nowrap">{words}</a>'
    return (
        f'<div style="margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid {tone}">'
        f'<div style="font-weight:600">{escape(str(detail["title"]))} '
        f'<span style="font-weight:400;color:{QUIET}">{escape(str(detail["key"]))}</span></div>'
        f"{_bar(detail, tone)}"
        f'<div style="font-size:14px;color:{QUIET}">{shape if status else ""}{said}{opens}</div></div>'
    )


def _bar(detail: Detail, tone: str) -> str:
    """The pace bar as a table, because mail shows no drawings: what is done, and a tick where it should be."""
    done, expected = detail.get("progress"), detail.get("expected")
    if not isinstance(done, float | int) or not isinstance(expected, float | int):
        return ""
    share, wanted = (round(min(max(float(value), 0.0), 1.0) * 100) for value in (done, expected))
    first, last = min(share, wanted), max(share, wanted)
    # The tick is the left edge of the part that begins where it should be by now.
    cells = [(first, tone), (last - first, tone if share > wanted else LINE), (100 - last, LINE)]
    ticked = 1 if share > wanted else 2
    drawn = "".join(
        f'<td width="{width}%" height="8" style="background:{colour};font-size:0'
        f'{f";border-left:2px solid {INK}" if place == ticked else ""}">&nbsp;</td>'
        for place, (width, colour) in enumerate(cells)
        if width or place == ticked
    )
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:360px;margin:6px 0">'
        f"<tr>{drawn}</tr></table>"
    )


def _button(link: str, words: str) -> str:
    return (
        f'<p style="margin:16px 0 0"><a href="{escape(link)}" style="display:inline-block;padding:10px 18px;'
        f'background:#1d4ed8;color:#ffffff;text-decoration:none;border-radius:6px">{escape(words)}</a></p>'
    )


# -- JSON ------------------------------------------------------------------------------------------


def _document(bundle: Bundle, title: str, channels: Channels) -> dict[str, Any]:
    return {
        "id": bundle.messages[0].idempotency_key if len(bundle.messages) == 1 else bundle.id,
        "title": title,
        "to": {"email": bundle.person.email, "name": bundle.person.name},
        "language": spoken_by(bundle.person),
        "messages": [
            {
                "id": one.key,
                "rule": one.rule,
                "kind": one.kind,
                "at": one.at.isoformat(),
                "title": one.title,
                "body": one.body,
                "record": one.record,
                "link": channels.link(path_of(one)),
                "records": list(one.records),
            }
            for one in bundle.messages
        ],
    }
