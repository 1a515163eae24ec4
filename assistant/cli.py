"""The command `okr`. Errors are one sentence on standard error; exit status 0 done, 1 not met, 2 wrong usage."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from okr.errors import OkrError

if TYPE_CHECKING:
    from assistant.commands.running import Run

DONE, NOT_MET, WRONG_USAGE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """An argument parser that complains in one sentence."""

    def error(self, message: str) -> NoReturn:
        print(f"okr: {message}. See `{self.prog} --help`.", file=sys.stderr)
        raise SystemExit(WRONG_USAGE)


def _folder(text: str) -> Path:
    if not text.strip():
        # An unset variable of a script; the folder the script happens to be in is not what it means.
        raise argparse.ArgumentTypeError("it names no folder")
    return Path(text)


def _everywhere(*, nested: bool) -> _Parser:
    """The options that stand before or after a command's name; after it wins."""
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS if nested else None)
    missing = argparse.SUPPRESS if nested else None
    shared.add_argument("--home", type=_folder, metavar="DIR", default=missing, help="the folder of the store")
    shared.add_argument("--at", metavar="ISO-DATETIME", default=missing, help="the clock for this one command")
    shared.add_argument("--as", dest="asker", metavar="EMAIL", default=missing, help="who is asking")
    shared.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS if nested else False,
        help="print one JSON document and nothing else",
    )
    shared.add_argument(
        "--engine", choices=("auto", "direct", "model"), default=missing, help="what answers: auto, direct or model"
    )
    return shared


def parser() -> argparse.ArgumentParser:
    """The whole grammar of the command line."""
    whole = _Parser(
        prog="okr",
        description="An assistant that knows a company's objectives and key results.",
        parents=[_everywhere(nested=False)],
    )
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    after = [_everywhere(nested=True)]

    demo = commands.add_parser("demo", help="put the sample company into an empty store", parents=after)
    demo.add_argument("--if-empty", action="store_true", help="do nothing when there is a company already")

    bring = commands.add_parser("import", help="read a company file or a spreadsheet", parents=after)
    bring.add_argument("files", nargs="+", type=Path, metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help="say what would change, and store nothing")
    bring.add_argument(
        "--ignore-unknown", action="store_true", help="leave out the columns of a spreadsheet that are not recognised"
    )

    export = commands.add_parser("export", help="write the company file", parents=after)
    export.add_argument("file", type=Path, metavar="FILE")

    ask = commands.add_parser("ask", help="answer a question", parents=after)
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument("--batch", metavar="IN.jsonl", help="answer the questions of a file, - for standard input")

    draft = commands.add_parser("draft", help="write a status update from the records", parents=after)
    draft.add_argument("scope", metavar="SCOPE", help="company, team:KEY, objective:KEY or person:EMAIL")
    draft.add_argument("--audience", default="leadership", metavar="WHO", help="leadership, all-hands or team")
    draft.add_argument("--period", default="this-week", metavar="WHEN", help="this-week, last-week, YYYY-Www or cycle")
    draft.add_argument("--language", metavar="LANGUAGE", help="en or pl; yours without it")
    draft.add_argument("--format", metavar="FORM", help="md, html, docx, pdf, pptx, slack or json")
    draft.add_argument("--out", type=Path, metavar="FILE", help="put it into a file; its ending says the form")

    rule = commands.add_parser("rule", help="reminders and other rules: read, set, list, pause, remove", parents=after)
    acts = rule.add_subparsers(dest="act", metavar="ACT", parser_class=_Parser, required=True)
    read = acts.add_parser("read", help="what a sentence would automate; stores nothing", parents=after)
    read.add_argument("sentence", nargs="?", metavar="SENTENCE")
    read.add_argument("--batch", metavar="IN.jsonl", help="read the sentences of a file, - for standard input")
    add = acts.add_parser("add", help="set a rule: a proposal, or with --confirm an active one", parents=after)
    add.add_argument("sentence", metavar="SENTENCE")
    add.add_argument("--confirm", action="store_true", help="make it active at once")
    add.add_argument(
        "--catch-up", choices=("latest", "all", "none"), default="latest", help="what to send after a late start"
    )
    listing = acts.add_parser("list", help="your rules; an admin's list holds everybody's", parents=after)
    listing.add_argument("--removed", action="store_true", help="removed ones too")
    listing.add_argument("--state", choices=("proposed", "active", "paused", "ended", "removed"), help="only these")
    listing.add_argument("--owner", metavar="EMAIL", help="only those of this person")
    listing.add_argument("--kind", choices=("recurring", "once", "condition"), help="only these")
    listing.add_argument("--matching", metavar="WORDS", help="only those in which these words stand")
    edit = acts.add_parser("edit", help="let a rule do something else, with --confirm", parents=after)
    edit.add_argument("id", metavar="ID")
    edit.add_argument("sentence", metavar="SENTENCE")
    edit.add_argument("--confirm", action="store_true", help="change it at once")
    edit.add_argument("--catch-up", choices=("latest", "all", "none"), help="what to send after a late start")
    for name, does in (
        ("confirm", "make a proposal active"),
        ("pause", "stop a rule until it is resumed"),
        ("resume", "let a paused rule run again"),
        ("remove", "take a rule out; its runs stay readable"),
        ("runs", "what became of each instant, and who got what"),
        ("versions", "what a rule said before it was edited"),
        ("dry-run", "what a rule would do now; sends nothing"),
    ):
        acts.add_parser(name, help=does, parents=after).add_argument("id", metavar="ID")

    ics = acts.add_parser("ics", help="what will be sent, as a calendar that other programs read", parents=after)
    ics.add_argument("--address", action="store_true", help="the secret address to subscribe to")
    ics.add_argument("--renew", action="store_true", help="a new address; the old one shows nothing any more")
    must = acts.add_parser("must", help="as an admin, let no recipient turn a rule off", parents=after)
    must.add_argument("id", metavar="ID")
    must.add_argument("--lift", action="store_true", help="let them again")

    keeping_parsers(commands, after, _Parser)

    review = commands.add_parser("review", help="what a coach would say of OKRs", parents=after)
    review.add_argument("scope", metavar="SCOPE", help="company, team:KEY, objective:KEY or person:EMAIL")
    review.add_argument("--cycle", metavar="KEY", help="the cycle, if not the one in force")

    _closing(commands, after)

    worker = commands.add_parser("worker", help="run the rules that are due", parents=after)
    worker.add_argument("--once", action="store_true", help="run what is due up to now, then end")
    # For the program that starts it: end when standard input is closed.
    worker.add_argument("--while-open", action="store_true", help=argparse.SUPPRESS)

    _messages(commands, after)

    serve = commands.add_parser("serve", help="open the web app", parents=after)
    serve.add_argument("--port", type=int, default=8501)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--no-worker", action="store_true", help="do not run the rules; `okr worker` does")

    doctor = commands.add_parser("doctor", help="say what is configured and what is missing", parents=after)
    doctor.add_argument("--rebuild-notes", action="store_true", help="make the index of notes anew first")
    return whole


def _closing(commands: argparse._SubParsersAction[_Parser], after: list[_Parser]) -> None:
    score = commands.add_parser("score", help="give a key result its score at the end of a cycle", parents=after)
    score.add_argument("record", metavar="KEY-RESULT")
    score.add_argument("score", metavar="0.0-1.0")

    decide = commands.add_parser("decide", help="carry a key result over, change it, or drop it", parents=after)
    decide.add_argument("record", metavar="KEY-RESULT")
    decide.add_argument("decision", choices=("carry_over", "change", "drop"))
    decide.add_argument("--into", metavar="CYCLE", help="the cycle in which it goes on")
    decide.add_argument("--title", help="its title there")
    decide.add_argument("--target", help="its target there")
    decide.add_argument("--reason", default="", help="why")

    close = commands.add_parser("close", help="close a cycle that is over", parents=after)
    close.add_argument("cycle", metavar="CYCLE")
    close.add_argument("--with-suggested", action="store_true", help="give the suggested scores where none was given")

    retro = commands.add_parser("retro", help="the retrospective of a cycle, as a document", parents=after)
    retro.add_argument("cycle", metavar="CYCLE")
    retro.add_argument("--scope", default="company", metavar="SCOPE", help="company, team:KEY or person:EMAIL")
    retro.add_argument("--language", choices=("en", "pl"), help="the language, if not your own")
    retro.add_argument("--format", metavar="FORM", help="md, html, docx, pdf, pptx, slack, text or json")
    retro.add_argument("--out", type=Path, metavar="FILE", help="put it into a file; its ending says the form")


def keeping_parsers(commands: Any, after: list[_Parser], parser_class: type[_Parser]) -> None:
    """The grammar of the commands that keep records."""
    check_in = commands.add_parser("check-in", help="record how a key result is doing", parents=after)
    check_in.add_argument("record", metavar="KEY-RESULT", help="its id; with --correct or --withdraw a check-in's")
    for name, does in (
        ("value", "the value, with its unit if you like"),
        ("confidence", "1 to 5, or red, yellow, green"),
        ("status", "on_track, at_risk or off_track, as you see it"),
        ("wins", "what went well"),
        ("blockers", "what is in the way"),
        ("note", "anything else"),
        ("on", "the day it is from, if not today"),
    ):
        check_in.add_argument(f"--{name}", help=does)
    check_in.add_argument("--done", action="append", metavar="MILESTONE", help="a milestone reached: title or number")
    check_in.add_argument("--sure", action="store_true", help="record a value that looks like a slip")
    check_in.add_argument("--correct", action="store_true", help="put right the check-in of that id")
    check_in.add_argument("--withdraw", action="store_true", help="take back the check-in of that id")

    task = commands.add_parser("task", help="tasks: list, add, change, remove", parents=after)
    acts = task.add_subparsers(dest="act", metavar="ACT", parser_class=parser_class, required=True)
    listing = acts.add_parser("list", help="the tasks somebody has, your own if nobody is named", parents=after)
    listing.add_argument("--assignee", metavar="EMAIL")
    add = acts.add_parser("add", help="make a task, your own if nobody is named", parents=after)
    add.add_argument("title", metavar="TITLE")
    change = acts.add_parser("set", help="change a task", parents=after)
    change.add_argument("id", metavar="ID")
    change.add_argument("--title")
    change.add_argument("--version", type=int, help="the version you saw: a newer one is told instead of changed")
    for act in (add, change):
        act.add_argument("--status", help="to_do, in_progress, in_review, blocked or done")
        act.add_argument("--assignee", metavar="EMAIL")
        act.add_argument("--due", metavar="DATE")
        act.add_argument("--parent", metavar="ID", help="the task that it is a part of")
        act.add_argument("--key-result", dest="key_results", action="append", metavar="ID", help="what it is for")
        act.add_argument("--depends-on", action="append", metavar="ID", help="a task that it waits for")
    acts.add_parser("remove", help="take a task out", parents=after).add_argument("id", metavar="ID")


def _messages(commands: argparse._SubParsersAction[_Parser], after: list[_Parser]) -> None:
    inbox = commands.add_parser("inbox", help="messages delivered in the app", parents=after)
    act = inbox.add_mutually_exclusive_group()
    act.add_argument("--unread", action="store_true", help="only those that wait to be read")
    act.add_argument("--read", metavar="ID", help="note that you have read it; all for all")
    act.add_argument("--acknowledge", metavar="ID", help="note that you take care of it")
    act.add_argument("--snooze", metavar="ID", help="put it off, with --until")
    act.add_argument("--why", metavar="ID", help="why you got it")
    act.add_argument("--turn-off", metavar="ID", help="get no more of its rule, named by a message or the rule")
    act.add_argument("--turn-on", metavar="ID", help="get the messages of a rule again")
    inbox.add_argument("--until", metavar="ISO-DATETIME", help="when a message that is put off comes back")

    prefs = commands.add_parser("prefs", help="how you are reached outside the app", parents=after)
    prefs.add_argument("--channel", metavar="NAME", help="inbox, email or another channel of the admin's list; usual")
    prefs.add_argument("--quiet", metavar="18:00-08:00", help="hours in which nothing is sent, on your clock; none")
    prefs.add_argument("--digest", choices=("none", "daily"), help="all of a day together, or each by itself")
    prefs.add_argument("--digest-at", metavar="9:00", help="when the day's messages come, on your clock")


# Each in a module of its own, imported when it is called: a question has no need of the importer.
COMMANDS = {
    "demo": "assistant.commands.bringing:demo",
    "import": "assistant.commands.bringing:bring",
    "export": "assistant.commands.bringing:export",
    "ask": "assistant.commands.asking:ask",
    "draft": "assistant.commands.drafting:write",
    "rule": "assistant.commands.rules:rule",
    "check-in": "assistant.commands.keeping:check_in",
    "task": "assistant.commands.keeping:task",
    "score": "assistant.commands.closing:score",
    "decide": "assistant.commands.closing:decide",
    "close": "assistant.commands.closing:close",
    "retro": "assistant.commands.closing:retro",
    "review": "assistant.commands.keeping:review",
    "worker": "assistant.commands.rules:worker",
    "inbox": "assistant.commands.inbox:inbox",
    "prefs": "assistant.commands.inbox:prefs",
    "serve": "assistant.commands.serving:serve",
    "doctor": "assistant.commands.doctor:doctor",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    whole = parser()
    try:
        given = whole.parse_args(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else WRONG_USAGE
    if given.command is None:
        whole.print_help(sys.stderr)
        return WRONG_USAGE
    run: Run | None = None
    # One question is over before its rubbish matters, and collecting costs a seventh of its start.
    if given.command == "ask" and given.batch is None:
        gc.disable()
    try:
        from assistant.commands.running import Run

        run = Run(given)
        return _command(COMMANDS[given.command])(run)
    except OkrError as problem:
        print(f"okr: {problem}", file=sys.stderr)
        return WRONG_USAGE if problem.code == "usage" else NOT_MET
    except KeyboardInterrupt:
        print("okr: stopped.", file=sys.stderr)
        return NOT_MET
    except BrokenPipeError:
        # Whoever read our output has enough of it; the rest must not fail again at exit.
        sys.stdout = None
        return NOT_MET
    except Exception as defect:  # noqa: BLE001 - a defect is logged under a reference and never shown as it is
        print(f"okr: {_defect(run, given.home, defect)}", file=sys.stderr)
        return NOT_MET


def _command(place: str) -> Callable[[Run], int]:
    from importlib import import_module

    module, name = place.split(":")
    found: Callable[[Run], int] = getattr(import_module(module), name)
    return found


def _defect(run: Run | None, named: Path | None, defect: Exception) -> str:
    from assistant import defects
    from assistant.settings import DEFAULT_HOME

    home = run.settings.home if run is not None else named or Path(os.environ.get("OKR_HOME") or DEFAULT_HOME)
    reference = defects.record(home, defect, datetime.now(UTC))
    return f"Something went wrong on our side; {defects.FILE_NAME} in the home folder says more under {reference}."


if __name__ == "__main__":
    sys.exit(main())
