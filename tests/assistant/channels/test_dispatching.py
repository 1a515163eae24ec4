"""From a rule to somebody's mailbox or program: sent once, tried again, held back, given up, and always said."""

from __future__ import annotations

import json
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from zoneinfo import ZoneInfo

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from assistant.channels import Channels, Dispatched, Dispatcher, channels_of
from assistant.channels.apprised import SCHEMES
from assistant.channels.dispatching import PAUSES
from assistant.channels.writing import text_bar
from assistant.cli import main
from assistant.settings import NAMES, Settings, read_settings
from assistant.worker import Worker
from okr.automations import Action, Audience, Condition, Rule
from okr.errors import SettingsError
from okr.schedule import Schedule
from okr.store import Store
from okr.store.dispatches import Dispatch
from okr.store.preferences import Preferences
from tests.assistant.channels.far_side import FarSide, Reply, mail_server, program

ADMIN, LEAD = "irena.maj@lumen.example", "ana.nowak@lumen.example"
WARSAW = "Europe/Warsaw"
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo(WARSAW))
FRIDAY = NOW + timedelta(days=4, hours=7)
AT = FRIDAY + timedelta(minutes=1)


def owners(message: str | None = "update progress and confidence", kind: str = "remind") -> Rule:
    schedule = Schedule("FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0", datetime(2026, 11, 27, 16), WARSAW)
    return Rule(
        "…", "en", "recurring", WARSAW, WARSAW, NOW, schedule, audience=Audience("person", people=(LEAD,)),
        actions=(Action(kind, message),),
    )  # fmt: skip


def fired(store: Store, home: Path, wanted: Rule, channel: str = "hook", *, digest: str = "none") -> None:
    """The rule has run, and the lead wants its messages on the channel."""
    admin, lead = store.actor(ADMIN), store.actor(LEAD)
    store.confirm_automation(admin, store.propose_automation(admin, wanted, NOW).key, NOW)
    store.set_preferences(lead, Preferences(channel, digest=digest), NOW, channels=[channel])
    Worker(store, home).once(AT)


def settings(home: Path, **given: str) -> Settings:
    environment = {f"OKR_{name}": value for name, value in given.items()}
    return read_settings(home, {"OKR_ALLOW_LOOPBACK": "1", "OKR_SEND_SECONDS": "30", **environment})


def hooked(store: Store, home: Path, side: FarSide) -> Dispatcher:
    given = settings(home, CHANNEL_HOOK=side.url, WEBHOOK_SECRET="key", PUBLIC_URL="https://okr.lumen.example/")
    return Dispatcher(store, given)


def became(store: Store) -> list[Dispatch]:
    return list(reversed(store.dispatches(store.actor(LEAD))))


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def test_a_message_is_sent_once_however_often_one_looks(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    fired(store, tmp_path, owners())
    with program(Reply()) as side:
        sending = hooked(store, tmp_path, side)
        assert sending.once(at(AT)) == Dispatched(delivered=1)
        assert sending.once(at(AT)) == sending.once(at(AT + timedelta(days=9))) == Dispatched()
    (asked,) = side.asked
    (message,) = store.inbox(store.actor(LEAD))
    document = json.loads(asked.body)
    assert document["id"] == asked.headers["idempotency-key"]
    assert document["to"] == {"email": LEAD, "name": "Ana Nowak"}
    assert [one["id"] for one in document["messages"]] == [message.key]
    assert [(d.state, d.attempts, d.settled_at) for d in became(store)] == [("delivered", 1, AT)]


def test_two_workers_send_it_once(sample_store_on_both: Store, tmp_path: Path) -> None:
    store = sample_store_on_both
    fired(store, tmp_path, owners())
    with program(Reply()) as side:
        workers = [Thread(target=hooked(store, tmp_path, side).once, args=(at(AT),)) for _ in range(3)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
        assert len(side.asked) == 1


def test_what_fails_is_tried_again_with_growing_pauses_and_given_up(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners())
    with program(Reply(500)) as side:
        sending = hooked(sample_store, tmp_path, side)
        moment = AT
        for attempt, pause in enumerate(PAUSES, 1):
            assert sending.once(at(moment)) == Dispatched(waiting=1)
            (one,) = became(sample_store)
            assert (one.state, one.attempts, one.reason) == ("waiting", attempt, "it answered 500")
            assert one.next_at == moment + timedelta(seconds=pause)
            assert sending.once(at(one.next_at - timedelta(seconds=1))) == Dispatched()
            moment = one.next_at
        assert sending.once(at(moment)) == Dispatched(failed=1)
    assert len(side.asked) == len(PAUSES) + 1
    assert len({one.headers["idempotency-key"] for one in side.asked}) == 1
    assert [(d.state, d.reason) for d in became(sample_store)] == [("failed", "it answered 500")]


def test_a_far_side_that_asks_for_a_wait_gets_it_for_everything(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners(kind="notify"))
    fired(sample_store, tmp_path, owners("plan the week", "notify"))
    with program(Reply(429, (("Retry-After", "300"),)), Reply()) as side:
        sending = hooked(sample_store, tmp_path, side)
        assert sending.once(at(AT)) == Dispatched(waiting=1)
        assert len(side.asked) == 1
        assert {d.next_at for d in became(sample_store)} == {AT + timedelta(seconds=300)}
        assert sending.once(at(AT + timedelta(seconds=300))) == Dispatched(delivered=2)


def test_the_runs_and_the_inbox_say_what_became_of_it_outside(
    sample_store: Store, sample_home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fired(sample_store, sample_home, owners())
    with program(Reply(404)) as side:
        hooked(sample_store, sample_home, side).once(at(AT))
    main(["--home", str(sample_home), "rule", "runs", "RULE-1", "--as", ADMIN, "--json"])
    (run,) = json.loads(capfd.readouterr().out)["runs"]
    main(["--home", str(sample_home), "inbox", "--as", LEAD, "--json"])
    (message,) = json.loads(capfd.readouterr().out)["messages"]
    expected = {"channel": "hook", "state": "failed", "attempts": 1, "reason": "it answered 404"}
    assert run["recipients"][0]["outside"] == message["outside"] == expected
    main(["--home", str(sample_home), "rule", "runs", "RULE-1", "--as", ADMIN])
    assert "delivered MSG-1, hook: failed (it answered 404)" in capfd.readouterr().out


def test_a_refusal_for_good_is_not_tried_again(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners())
    with program(Reply(302, (("Location", "http://127.0.0.1/"),))) as side:
        assert hooked(sample_store, tmp_path, side).once(at(AT)) == Dispatched(failed=1)
        assert hooked(sample_store, tmp_path, side).once(at(AT + timedelta(days=2))) == Dispatched()
    assert len(side.asked) == 1
    assert became(sample_store)[0].reason == "it answered 302, and redirects are not followed"


def test_what_may_have_arrived_is_repeated_under_its_id_and_said_to_be_unknown(
    sample_store: Store, tmp_path: Path
) -> None:
    fired(sample_store, tmp_path, owners())
    with program(Reply(fault="cut"), Reply()) as side:
        sending = hooked(sample_store, tmp_path, side)
        assert sending.once(at(AT)) == Dispatched(waiting=1)
        assert became(sample_store)[0].reason == "unknown: the connection failed"
        assert sending.once(at(AT + timedelta(minutes=1))) == Dispatched(delivered=1)
    assert len({one.headers["idempotency-key"] for one in side.asked}) == 1


def test_where_a_repeat_could_show_twice_it_stays_unknown(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners(), "chat")
    with program(Reply(fault="cut")) as side:
        given = settings(tmp_path, CHANNEL_CHAT=f"ntfy://127.0.0.1:{side.port}/okrs")
        assert Dispatcher(sample_store, given).once(at(AT)) == Dispatched(unknown=1)
        assert Dispatcher(sample_store, given).once(at(AT + timedelta(days=1))) == Dispatched()
    assert [d.state for d in became(sample_store)] == ["unknown"]
    assert len(side.asked) == 1


def test_a_worker_killed_while_sending_leaves_it_to_the_next(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners())
    with program(Reply()) as side:
        sending = hooked(sample_store, tmp_path, side)
        sample_store.route_messages(["hook"], "inbox", AT)
        (bundle,) = sample_store.due_bundles(AT)
        assert sample_store.claim_bundle(bundle, AT, timedelta(minutes=10)) is not None
        assert sending.once(at(AT + timedelta(minutes=9))) == Dispatched()
        assert sending.once(at(AT + timedelta(minutes=10))) == Dispatched(delivered=1)


def test_a_channel_that_went_away_meanwhile_is_said(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners())
    sample_store.route_messages(["hook"], "inbox", AT)
    assert Dispatcher(sample_store, settings(tmp_path), Channels()).once(at(AT)) == Dispatched(failed=1)
    assert [(d.state, d.reason) for d in became(sample_store)] == [("failed", "no_such_channel")]


def test_the_loop_ends_when_it_is_told_to(sample_store: Store, tmp_path: Path) -> None:
    stopped = Event()
    stopped.set()
    Dispatcher(sample_store, settings(tmp_path)).forever(at(AT), stopped)


# ── what is sent ───────────────────────────────────────────────────────────────────────────────


def mailed(store: Store, home: Path, *, digest: str = "none", moment: datetime = AT) -> EmailMessage:
    with mail_server() as post:
        given = settings(
            home, SMTP_URL=f"smtp://127.0.0.1:{post.port}", SMTP_FROM="OKR <okr@lumen.example>",
            PUBLIC_URL="https://okr.lumen.example",
        )  # fmt: skip
        Dispatcher(store, given).once(at(AT))
        Dispatcher(store, given).once(at(moment))
    (raw,) = post.mails
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def parts(read: EmailMessage) -> tuple[str, str]:
    plain, html = read.get_body(("plain",)), read.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def all_owners() -> Rule:
    return replace(owners(), audience=Audience("okr_owners"))


def test_a_mail_says_how_the_record_stands_and_opens_its_check_in(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, all_owners(), "email")
    plain, html = parts(mailed(sample_store, tmp_path))
    for said in ("Win rate (KR-WIN-RATE)", "expected by now", "by the pace-gap rule", "│", "Irena Maj"):
        assert said in plain
    assert "https://okr.lumen.example/my-week?kr=KR-WIN-RATE" in plain
    assert 'href="https://okr.lumen.example/my-week?kr=KR-WIN-RATE"' in html
    assert "Win rate" in html
    assert "<img" not in html


def test_a_digest_is_one_mail_with_a_days_messages(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners("plan the week", "notify"), "email")
    fired(sample_store, tmp_path, owners("close the month", "notify"), "email", digest="daily")
    read = mailed(sample_store, tmp_path, digest="daily", moment=FRIDAY + timedelta(hours=17))
    assert read["Subject"] == "Your OKRs in brief: 2 messages"
    plain, html = parts(read)
    for said in ("lan the week", "lose the month"):
        assert said in plain
        assert said in html


ATTACK = (
    "<img src=x onerror=alert(1)> ![p](https://evil.example/p.png) [go](javascript:alert(1)) www.evil.example\u202e"
)


def test_what_people_typed_is_harmless_in_mail(sample_store: Store, tmp_path: Path) -> None:
    fired(sample_store, tmp_path, owners(ATTACK), "email")
    plain, html = parts(mailed(sample_store, tmp_path))
    assert "<img" not in html
    assert "&lt;img" in html
    for live in ("https://evil", "javascript:alert", "www.evil", "\u202e"):
        assert live not in plain
        assert live not in html


@pytest.mark.parametrize(
    ("done", "expected", "bar"),
    [
        (0.1, 0.5, "██░░░░░░░░│░░░░░░░░░ 10%, expected by now 50%"),
        (1.7, 1.0, "███████████████████│ 100%, expected by now 100%"),
        (-0.4, 0.0, "│░░░░░░░░░░░░░░░░░░░ 0%, expected by now 0%"),
        (None, 0.5, ""),
        (0.5, None, ""),
    ],
)
def test_the_pace_bar_in_plain_text(done: float | None, expected: float | None, bar: str) -> None:
    assert text_bar({"progress": done, "expected": expected}, "en") == bar


def test_a_polish_reader_gets_polish(sample_store: Store, tmp_path: Path) -> None:
    import sqlalchemy as sa

    from okr import models

    with sample_store.database.write() as connection:
        connection.execute(sa.update(models.people).where(models.people.c.email == LEAD).values(language="pl"))
    condition = Condition("progress", "<", 2.0, "fraction", "key_result:KR-WIN-RATE")
    noted = Rule(
        "…", "en", "condition", WARSAW, WARSAW, NOW, condition=condition,
        audience=Audience("person", people=(LEAD,)), actions=(Action("ask_check_in"),),
    )  # fmt: skip
    admin = sample_store.actor(ADMIN)
    sample_store.confirm_automation(admin, sample_store.propose_automation(admin, noted, NOW).key, NOW)
    with sample_store.database.write() as connection:
        connection.execute(sa.text("DELETE FROM automation_met"))
    sample_store.set_preferences(sample_store.actor(LEAD), Preferences("email"), NOW, channels=["email"])
    Worker(sample_store, tmp_path).once(AT)
    read = mailed(sample_store, tmp_path)
    assert read["Subject"] == "Przypomnienie: prosimy o wpis z postępem i pewnością"
    plain, html = parts(read)
    for said in ("Postęp poniżej 200\u00a0%.", "Czego to dotyczy:", "według reguły pace-gap", "na dziś oczekiwane"):
        assert said in plain
    assert "Dodaj wpis" in html
    assert 'lang="pl"' in html


# ── mail over TLS ──────────────────────────────────────────────────────────────────────────────


class _Taken:
    """Keeps whom the mails were for that a real mail server was handed."""

    def __init__(self) -> None:
        self.mails: list[list[str]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope.rcpt_tos)
        return "250 taken"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody else trusts, and its key."""
    made, key = folder / "cert.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
def test_mail_goes_encrypted_to_a_server_whose_certificate_is_good_and_to_no_other(
    sample_store: Store, tmp_path: Path, free_port: int, scheme: str
) -> None:
    made, key = certificate(tmp_path)
    port = free_port
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    taken = _Taken()
    secured = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    server = Controller(taken, hostname="127.0.0.1", port=port, **secured)  # type: ignore[arg-type]
    server.start()
    try:
        fired(sample_store, tmp_path, owners(), "email")
        given = {"SMTP_URL": f"{scheme}://localhost:{port}", "SMTP_FROM": "okr@lumen.example"}
        assert Dispatcher(sample_store, settings(tmp_path, **given)).once(at(AT)) == Dispatched(waiting=1)
        assert became(sample_store)[0].reason == "its certificate is not valid"
        trusting = settings(tmp_path, **given, SMTP_CA=str(made))
        assert Dispatcher(sample_store, trusting).once(at(AT + timedelta(minutes=1))) == Dispatched(delivered=1)
    finally:
        server.stop()
    assert taken.mails == [[LEAD]]


# ── the admin's list ───────────────────────────────────────────────────────────────────────────


INSIDE = ("0x0a000001", "169.254.169.254", "100.64.0.1", "10.1", "192.168.0.1.")


def test_with_nothing_set_messages_stay_in_the_app(tmp_path: Path) -> None:
    assert channels_of(settings(tmp_path)) == Channels({}, "inbox", None)


def test_each_setting_is_a_channel_of_its_name(tmp_path: Path) -> None:
    found = channels_of(
        settings(
            tmp_path, SMTP_URL="smtps://u:p@mail.example", SMTP_FROM="okr@acme.example", WEBHOOK_SECRET="hush-hush",
            CHANNEL_TEAMS="workflows://prod.example/wf/hidden", CHANNEL_SLACK="slack://xoxb-1-2-abc",
            CHANNEL_PROGRAM="https://hooks.example/in", DEFAULT_CHANNEL="EMAIL",
        )
    )  # fmt: skip
    assert list(found.by_name) == ["email", "program", "slack", "teams"]
    assert {name: one.shared for name, one in found.by_name.items()} == {
        "email": False, "program": False, "slack": False, "teams": True
    }  # fmt: skip
    assert found.usual == "email"
    assert not [secret for secret in ("u:p", "xoxb-1-2", "hidden", "hush-hush") if secret in repr(found)]


@pytest.mark.parametrize(
    "given",
    [
        {"CHANNEL_HOOK": "https://hooks.example/in"},
        {"CHANNEL_HOOK": "http://hooks.example/in", "WEBHOOK_SECRET": "k"},
        {"CHANNEL_HOOK": "https://10.0.0.1/in", "WEBHOOK_SECRET": "k"},
        {"CHANNEL_HOOK": "https://[fc00::1]/in", "WEBHOOK_SECRET": "k"},
        {"CHANNEL_HOOK": "file:///etc/passwd", "WEBHOOK_SECRET": "k"},
        *({"CHANNEL_HOOK": f"https://{host}/in", "WEBHOOK_SECRET": "k"} for host in INSIDE),
        *({"CHANNEL_X": f"{scheme}://{host}/token"} for host in INSIDE for scheme in ("mmosts", "workflows")),
        {"CHANNEL_X": "json://example.com"},
        {"CHANNEL_X": "dbus://"},
        {"CHANNEL_X": "windows://"},
        {"CHANNEL_X": "ssh://host"},
        {"CHANNEL_X": "json://hooks.example/?:attach=/etc/passwd"},
        {"CHANNEL_X": "syslog://"},
        {"CHANNEL_X": "slack://nothing"},
        {"CHANNEL_EMAIL": "slack://xoxb-1"},
        {"CHANNEL_a-b": "slack://xoxb-1"},
        {"SMTP_URL": "smtps://mail.example"},
        {"DEFAULT_CHANNEL": "email"},
        {"PUBLIC_URL": "okr.acme.example"},
        {"PUBLIC_URL": "https://u:p@okr.acme.example"},
        {"SEND_SECONDS": "fast"},
        {"SEND_SECONDS": "0"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_used_is_said_and_shows_no_secret(tmp_path: Path, given: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        channels_of(settings(tmp_path, **given))
    assert refused.value.remedy
    assert "xoxb-1" not in str(refused.value)


@pytest.mark.parametrize("host", ["localhost", "localhost.", "x.localhost", "0x7f000001", "127.1", "2130706433"])
def test_this_machine_is_refused_unless_it_is_for_development(tmp_path: Path, host: str) -> None:
    given = {"OKR_CHANNEL_HOOK": f"https://{host}/in", "OKR_WEBHOOK_SECRET": "k"}
    with pytest.raises(SettingsError):
        channels_of(read_settings(tmp_path, given))
    assert channels_of(read_settings(tmp_path, {**given, "OKR_ALLOW_LOOPBACK": "1"})).by_name.keys() == {"hook"}


def test_the_doctor_says_which_channels_answer(
    capfd: pytest.CaptureFixture[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def checks() -> dict[str, tuple[str, str]]:
        main(["--home", str(sample_home), "doctor", "--json"])
        document = json.loads(capfd.readouterr().out)
        return {one["name"]: (one["state"], one["says"]) for one in document["checks"]}

    assert checks()["messages"] == ("ok", "in the app alone.")
    with mail_server() as post:
        monkeypatch.setenv("OKR_SMTP_URL", f"smtp://127.0.0.1:{post.port}")
        monkeypatch.setenv("OKR_SMTP_FROM", "okr@lumen.example")
        found = checks()
        assert found["channel email"] == ("ok", f"mail by 127.0.0.1:{post.port} from okr@lumen.example.")
        assert found["links"][0] == "missing"
    assert checks()["channel email"][0] == "failing"
    monkeypatch.setenv("OKR_SMTP_FROM", "nobody")
    assert checks()["messages"][0] == "failing"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_nothing_starts_with_a_channel_that_cannot_be_used(
    capfd: pytest.CaptureFixture[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("OKR_CHANNEL_HOOK", "http://hooks.example/in")
    assert main(["--home", str(sample_home), command]) == 1
    assert capfd.readouterr().err == "okr: The address of hook is not https. Only https leaves this machine.\n"


def test_every_setting_of_sending_is_documented() -> None:
    written = (Path(__file__).parents[3] / "docs" / "messages.md").read_text(encoding="utf-8")
    ours = ("PUBLIC_URL", "SMTP_URL", "SMTP_FROM", "SMTP_CA", "DEFAULT_CHANNEL", "WEBHOOK_SECRET", "SEND_SECONDS",
            "ALLOW_LOOPBACK")  # fmt: skip
    assert [name for name in ours if f"OKR_{name}" not in NAMES] == []
    assert [name for name in ours if f"`OKR_{name}`" not in written] == []
    assert [scheme for scheme in SCHEMES if f"{scheme}://" not in written and f"{scheme}s://" not in written] == []
