"""Each way out against a far side that fails in every way it can."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.parse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from assistant.channels import Outcome, Outgoing, Recipient
from assistant.channels.addresses import checked_url, is_public, public_addresses
from assistant.channels.apprised import Apprised
from assistant.channels.mail import Mail
from assistant.channels.outcomes import Channel, ChannelError
from assistant.channels.posting import Answer
from assistant.channels.slack import Slack
from assistant.channels.webhook import Webhook
from assistant.settings import Secret
from tests.assistant.channels.far_side import Answers, FarSide, Reply, mail_server, program

SECONDS = 30.0
# For a far side that never answers.
SHORT = 2.0
OUTGOING = Outgoing(
    id="RULE-1:1:1764259200000000:7",
    to=Recipient("ana@acme.example", "Ana Nowak", "en"),
    title="Reminder: check in",
    text="Please check in.\n.\nA line that begins with a dot is above.\n",
    html="<p>Please check in.</p>",
    pointer="Ana Nowak, a message is waiting for you.",
    at=datetime(2026, 11, 27, 15, tzinfo=UTC),
    link="https://okr.acme.example/my-week?kr=KR-1",
    document={"id": "RULE-1:1:1764259200000000:7", "messages": []},
)


def webhook(side: FarSide, seconds: float = SECONDS) -> Channel:
    return Webhook("hook", Secret(f"{side.url}/in?x=1"), Secret("key"), seconds, loopback=True)


def slack_bot(side: FarSide, seconds: float = SECONDS) -> Channel:
    return Slack("slack", Secret("xoxb-1"), False, seconds, api=side.url, hooks=side.url, loopback=True)


def slack_room(side: FarSide, seconds: float = SECONDS) -> Channel:
    return Slack("slack", Secret("T1/B1/abc"), True, seconds, api=side.url, hooks=side.url, loopback=True)


def apprised(side: FarSide, seconds: float = SECONDS) -> Channel:
    return Apprised("chat", Secret(f"ntfy://127.0.0.1:{side.port}/for-{{local}}"), seconds, loopback=True)


FOUND = Reply(body=b'{"ok": true, "user": {"id": "U1"}}')
WAYS = [webhook, slack_room, apprised]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(200), "delivered"),
        (Reply(500), "retry"),
        (Reply(503), "retry"),
        (Reply(429, (("Retry-After", "7"),)), "retry"),
        (Reply(400), "dead"),
        (Reply(404), "dead"),
        (Reply(410), "dead"),
        (Reply(302, (("Location", "http://127.0.0.1:9/elsewhere"),)), "dead"),
        (Reply(fault="cut"), "unknown"),
        (Reply(fault="hang"), "unknown"),
    ],
    ids=lambda part: part.fault or str(part.status) if isinstance(part, Reply) else part,
)
def test_what_becomes_of_a_sending_follows_from_the_answer(
    way: Callable[[FarSide, float], Channel], reply: Reply, state: str
) -> None:
    with program(reply) as side:
        assert way(side, SHORT if reply.fault == "hang" else SECONDS).send(OUTGOING).state == state
        assert len(side.asked) == 1


@pytest.mark.parametrize("way", WAYS)
def test_where_nothing_listens_it_is_tried_again(way: Callable[[FarSide, float], Channel]) -> None:
    with program(Reply()) as side:
        pass
    assert way(side, SECONDS).send(OUTGOING).state == "retry"


@pytest.mark.parametrize("way", [webhook, slack_room])
def test_the_wait_that_the_far_side_asks_for_is_kept(way: Callable[[FarSide, float], Channel]) -> None:
    with program(Reply(429, (("Retry-After", "7"),))) as side:
        assert way(side, SECONDS).send(OUTGOING) == Outcome.retry("it answered 429", 7.0, all_wait=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "99999999999"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
        ({"retry-after": "9999999"}, 86400.0),
        ({"retry-after": "Fri, 27 Nov 2026 15:01:00 GMT", "date": "Fri, 27 Nov 2026 15:00:00 GMT"}, 60.0),
        ({"retry-after": "Fri, 27 Nov 2026 14:00:00 GMT", "date": "Fri, 27 Nov 2026 15:00:00 GMT"}, 0.0),
        ({"retry-after": "Fri, 27 Nov 2026 15:01:00 GMT"}, None),
    ],
)
def test_a_wait_is_read_in_both_forms_and_bounded(headers: dict[str, str], seconds: float | None) -> None:
    assert Answer(429, headers, b"").retry_after() == seconds


@pytest.mark.parametrize(("fault", "state"), [("drip", "unknown"), ("endless", "delivered")])
def test_a_far_side_that_never_ends_holds_nobody(fault: str, state: str) -> None:
    with program(Reply(fault=fault)) as side:
        assert webhook(side, SHORT).send(OUTGOING).state == state


# ── webhooks ───────────────────────────────────────────────────────────────────────────────────


def test_a_webhook_is_signed_and_carries_the_same_id_on_every_repeat() -> None:
    with program(Reply(500), Reply(200, (("X-Request-Id", "r-9"),))) as side:
        assert webhook(side).send(OUTGOING).state == "retry"
        assert webhook(side).send(OUTGOING) == Outcome.delivered("r-9")
    first, second = side.asked
    assert first.body == second.body
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == OUTGOING.id
    assert first.headers["okr-signature"] == "sha256=" + hmac.new(b"key", first.body, hashlib.sha256).hexdigest()
    assert first.path == "/in?x=1"
    assert json.loads(first.body) == OUTGOING.document


def test_a_webhook_that_answered_nothing_may_be_repeated_because_it_knows_the_id() -> None:
    with program(Reply(fault="cut")) as side:
        assert webhook(side).send(OUTGOING).safe
        assert not slack_room(side).send(OUTGOING).safe


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x", "ftp://example.com/x", "https://", "https://user:pw@example.com/", "https://a b/",
        "https://example.com:0/", "https://example.com:99999/", "https://[::1", "//example.com", "https://exa\tmple.com",
    ],
)  # fmt: skip
def test_only_https_addresses_without_a_name_in_them_are_taken(url: str) -> None:
    with pytest.raises(ChannelError):
        checked_url("hook", url, loopback=False)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "224.0.0.1",
        "2130706433", "0x7f000001", "127.1", "255.255.255.255",
    ],
)  # fmt: skip
def test_no_address_inside_is_spoken_to_however_it_is_written(host: str) -> None:
    with pytest.raises(ChannelError):
        public_addresses(host, 443, loopback=False)
    bracketed = f"[{host}]" if ":" in host else host
    hook = Webhook("hook", Secret(f"https://{bracketed}/in"), Secret("key"), SECONDS)
    assert hook.send(OUTGOING).state in ("dead", "retry")


def test_loopback_is_for_development_and_nothing_else_private_is() -> None:
    assert public_addresses("127.0.0.1", 80, loopback=True) == ["127.0.0.1"]
    with pytest.raises(ChannelError):
        public_addresses("10.0.0.1", 80, loopback=True)
    assert is_public("93.184.216.34")
    with program(Reply()) as side:
        assert replace(webhook(side), loopback=False).send(OUTGOING).state == "dead"  # type: ignore[type-var]
        assert side.asked == []


# ── Slack ──────────────────────────────────────────────────────────────────────────────────────


def slack(**by_method: Reply) -> dict[str, Reply]:
    usual = {"users.lookupByEmail": FOUND, "chat.postMessage": Reply(body=b'{"ok": true, "ts": "17.5"}')}
    named = {name.replace("_", "."): reply for name, reply in by_method.items()}
    return {f"/{name}": reply for name, reply in {**usual, **named}.items()}


def test_slack_finds_the_person_and_writes_to_them_alone() -> None:
    with program(Reply(), by_path=slack()) as side:
        assert slack_bot(side).send(OUTGOING) == Outcome.delivered("17.5")
    look, say = (dict(urllib.parse.parse_qsl(one.body.decode())) for one in side.asked)
    assert look == {"email": "ana@acme.example"}
    assert say["channel"] == "U1"
    assert say["mrkdwn"] == say["unfurl_links"] == say["link_names"] == "false"
    assert say["text"].endswith(str(OUTGOING.link))
    assert {one.headers["authorization"] for one in side.asked} == {"Bearer xoxb-1"}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(429, (("Retry-After", "30"),)), Outcome.retry("it answered 429", 30.0, all_wait=True)),
        (Reply(200, (("Retry-After", "9"),), b'{"ok":false,"error":"ratelimited"}'),
         Outcome.retry("ratelimited", 9.0, all_wait=True)),
        (Reply(body=b'{"ok":false,"error":"internal_error"}'), Outcome.retry("internal_error")),
        (Reply(body=b'{"ok":false,"error":"channel_not_found"}'), Outcome.dead("channel_not_found")),
        (Reply(body=b'{"ok":false,"error":"<b>"}'), Outcome.dead("unknown_error")),
        (Reply(body=b"<html>"), Outcome.unknown("it answered nothing that can be read")),
        (Reply(body=b"[]"), Outcome.unknown("it answered nothing that can be read")),
        (Reply(fault="cut"), Outcome.unknown("the connection failed")),
        (Reply(500), Outcome.retry("it answered 500")),
    ],
)  # fmt: skip
def test_slack_is_obeyed(reply: Reply, expected: Outcome) -> None:
    with program(Reply(), by_path=slack(chat_postMessage=reply)) as side:
        assert slack_bot(side).send(OUTGOING) == expected


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(body=b'{"ok":false,"error":"users_not_found"}'), "dead"),
        (Reply(body=b'{"ok":false,"error":"invalid_auth"}'), "dead"),
        (Reply(body=b'{"ok":true}'), "dead"),
        (Reply(fault="cut"), "retry"),
        (Reply(body=b"nothing"), "retry"),
    ],
)
def test_nothing_is_written_to_whom_slack_does_not_find(reply: Reply, state: str) -> None:
    with program(Reply(), by_path=slack(users_lookupByEmail=reply)) as side:
        assert slack_bot(side).send(OUTGOING).state == state
        assert [one.path for one in side.asked] == ["/users.lookupByEmail"]


def test_a_long_text_is_cut_where_slack_would_refuse_it_and_names_nobody() -> None:
    text = "<!channel> <@U9> & " * 1000
    with program(Reply(), by_path=slack()) as side:
        assert slack_bot(side).send(replace(OUTGOING, text=text)).state == "delivered"
    said = dict(urllib.parse.parse_qsl(side.asked[1].body.decode()))["text"]
    assert len(said) <= 4000
    assert "<" not in said
    assert "&lt;!channel&gt;" in said
    assert said.endswith(f"…\n{OUTGOING.link}")


def test_in_a_room_nothing_of_what_the_message_says_is_told() -> None:
    with program(Reply()) as side:
        slack_room(side).send(OUTGOING)
        Apprised("teams", Secret(f"ntfy://127.0.0.1:{side.port}/okrs"), SECONDS, loopback=True).send(OUTGOING)
    for one in side.asked:
        assert b"a message is waiting" in one.body
        assert b"check in" not in one.body


# ── Apprise ────────────────────────────────────────────────────────────────────────────────────


def test_apprise_reaches_one_person_with_plain_text_and_no_picture_from_elsewhere() -> None:
    with program(Reply()) as side:
        assert apprised(side).send(replace(OUTGOING, text="see ![x](http://a.test/) {x}")).state == "delivered"
    (one,) = side.asked
    said = json.loads(one.body)
    assert (said["topic"], said["title"]) == ("for-ana", "Reminder: check in")
    assert "see ![x]" in said["message"]
    assert "x-icon" not in one.headers


@pytest.mark.parametrize(
    "url", ["ntfy://10.0.0.1/x", "ntfys://127.0.0.1/x", "workflows://127.0.0.1:8443/wf/sig", "mmosts://localhost/token"]
)
def test_apprise_speaks_to_no_address_inside(url: str) -> None:
    assert Apprised("chat", Secret(url), SECONDS).send(OUTGOING).state == "dead"


def test_a_recipient_that_a_service_cannot_have_is_refused_for_good() -> None:
    with program(Reply()) as side:
        outgoing = replace(OUTGOING, to=Recipient("ana.nowak@acme.example", "Ana Nowak", "en"))
        assert apprised(side).send(outgoing).state == "dead"
        assert side.asked == []


# ── mail ───────────────────────────────────────────────────────────────────────────────────────


def mail(port: int, user: str = "", seconds: float = SECONDS) -> Mail:
    return Mail.read("email", f"smtp://{user}127.0.0.1:{port}", "OKR assistant <okr@acme.example>", seconds)


def scripted(**verbs: str) -> Answers:
    return lambda verb, number: verbs.get(verb)


def test_a_mail_goes_to_one_person_as_text_and_html_with_its_id() -> None:
    with mail_server() as post:
        outcome = mail(post.port).send(OUTGOING)
    assert (outcome.state, outcome.provider_id) == ("delivered", "taken as Q1")
    assert [line for line in post.told if line.upper().startswith("RCPT")] == ["rcpt TO:<ana@acme.example>"]
    read = message_from_bytes(post.mails[0], policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert read["Message-ID"] == "<RULE-1.1.1764259200000000.7@acme.example>"
    assert (read["To"], read["From"]) == ("Ana Nowak <ana@acme.example>", "OKR assistant <okr@acme.example>")
    assert read["Auto-Submitted"] == "auto-generated"
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == OUTGOING.text
    assert OUTGOING.html in html.get_content()


def test_polish_letters_and_line_breaks_in_a_title_make_no_header() -> None:
    outgoing = replace(
        OUTGOING, title="Przypomnienie: zażółć gęślą jaźń", to=Recipient("a@b.example", 'Łucja "X"', "pl")
    )
    with mail_server() as post:
        assert mail(post.port).send(outgoing).state == "delivered"
    read = message_from_bytes(post.mails[0], policy=policy.default)
    assert read["Subject"] == outgoing.title
    assert read["To"].addresses[0].display_name == 'Łucja "X"'


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        ({"greeting": "554 go away"}, "dead"),
        ({"greeting": "421 busy"}, "retry"),
        ({"greeting": "hang"}, "retry"),
        ({"greeting": "cut"}, "retry"),
        ({"greeting": "what is this"}, "retry"),
        ({"MAIL": "550 no"}, "dead"),
        ({"MAIL": "451 later"}, "retry"),
        ({"RCPT": "550 no such mailbox"}, "dead"),
        ({"RCPT": "450 greylisted"}, "retry"),
        ({"RCPT": "cut"}, "retry"),
        ({"RCPT": "hang"}, "retry"),
        ({"DATA": "554 no"}, "dead"),
        ({"DATA": "cut"}, "retry"),
        ({"body": "552 too big"}, "dead"),
        ({"body": "452 full"}, "retry"),
        ({"body": "cut"}, "unknown"),
        ({"body": "hang"}, "unknown"),
        ({"body": "nonsense"}, "unknown"),
        ({"QUIT": "cut"}, "delivered"),
    ],
    ids=str,
)
def test_what_a_mail_server_says_decides(verbs: dict[str, str], state: str) -> None:
    with mail_server(scripted(**verbs)) as post:
        seconds = SHORT if "hang" in verbs.values() else SECONDS
        assert mail(post.port, seconds=seconds).send(OUTGOING).state == state


def test_a_server_that_refuses_our_password_keeps_all_mail_waiting() -> None:
    with mail_server(lambda verb, n: {"EHLO": "250-far\r\n250 AUTH PLAIN", "AUTH": "535 no"}.get(verb)) as post:
        outcome = mail(post.port, "okr:pw@").send(OUTGOING)
        assert (outcome.state, outcome.all_wait) == ("retry", True)
        with pytest.raises(ChannelError, match="refuses our name or password"):
            mail(post.port, "okr:pw@").check()
    assert post.mails == []


def test_where_no_mail_server_listens_it_is_tried_again_and_the_doctor_is_told() -> None:
    with mail_server() as post:
        pass
    assert mail(post.port).send(OUTGOING).state == "retry"
    with pytest.raises(ChannelError, match="nothing listens there"):
        mail(post.port).check()


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("mail.example", "a@b.example"),
        ("http://mail.example", "a@b.example"),
        ("smtp://", "a@b.example"),
        ("smtp://u:p@mail.example", "a@b.example"),
        ("smtps://mail.example:x", "a@b.example"),
        ("smtps://mail.example", None),
        ("smtps://mail.example", "nobody"),
        ("smtps://mail.example", "a@b.example\nBcc: c@d.example, x"),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_refused_when_it_is_set(url: str, sender: str | None) -> None:
    with pytest.raises(ChannelError) as refused:
        Mail.read("email", url, sender, SECONDS)
    assert "u:p" not in str(refused.value)
