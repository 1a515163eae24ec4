"""Import: a company file or spreadsheet is looked over first, and brought in when somebody confirms."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from okr import refusals
from okr.errors import OkrError
from okr.exchange.importing import import_as
from okr.exchange.polish import in_polish
from okr.exchange.problems import ImportRefused, Problem
from okr.exchange.writing import MOST_NAMED, ImportReport, Written
from ui.beginning import begin
from ui.figures import word
from ui.harmless import escaped, line, plain
from ui.session import Visit, renewed

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

KINDS = ("json", "csv", "tsv", "xlsx", "xlsm")
MOST_PROBLEMS = 60
EXAMPLE = ("Objective", "Key result", "Owner", "Team", "Baseline", "Target", "Current", "Confidence")


@dataclass(frozen=True)
class Looked:
    """What looking over some files, or bringing them in, came to: reports, or what is wrong with them."""

    files: tuple[str, ...]
    ignore: bool
    reports: tuple[ImportReport, ...] = ()
    problems: tuple[Problem, ...] = ()
    count: int = 0
    refused: str = ""


def page(visit: Visit) -> None:
    """The whole page; whoever is no admin finds nothing here."""
    words = visit.words
    begin(visit)
    about = f"<p>{escaped(words('import.about'))}</p>" if visit.actor.is_admin else ""
    st.html(f'<div class="okr-heading"><h1>{escaped(words("place.import"))}</h1>{about}</div>')
    if not visit.actor.is_admin:
        st.html(f'<p class="okr-note">{escaped(words("import.not_yours"))}</p>')
        return
    done = st.session_state.get("okr_imported")
    if isinstance(done, Looked):
        _draw_done(visit, done)
    number = int(st.session_state.get("okr_import_number", 0))
    files = st.file_uploader(
        words("import.files"),
        type=KINDS,
        accept_multiple_files=True,
        key=f"okr_import_{number}",
        on_change=_forget,
    )
    if not files:
        _draw_teaching(visit)
        return
    ignore = st.checkbox(words("import.ignore"), key="okr_import_ignore", help=words("import.ignore.help"))
    looked = st.session_state.get("okr_looked")
    names = tuple(file.file_id for file in files)
    if not isinstance(looked, Looked) or (looked.files, looked.ignore) != (names, ignore):
        with st.spinner(words("import.looking")):
            looked = look_over(visit, files, names, ignore=ignore, dry_run=True)
        st.session_state["okr_looked"] = looked
    _draw_looked(visit, looked, files)


def look_over(
    visit: Visit, files: Sequence[UploadedFile], names: tuple[str, ...], *, ignore: bool, dry_run: bool
) -> Looked:
    """What an import of the files would do, or without `dry_run` does."""
    try:
        with _on_disk(files) as paths:
            reports = import_as(visit.store, visit.actor, paths, now=visit.now, dry_run=dry_run, ignore_unknown=ignore)
    except ImportRefused as refused:
        return Looked(names, ignore, problems=tuple(refused.problems), count=refused.count)
    except OkrError as reason:
        return Looked(names, ignore, refused=refusals.said(reason, visit.words.language))
    return Looked(names, ignore, reports=tuple(reports))


@contextmanager
def _on_disk(files: Sequence[UploadedFile]) -> Iterator[list[Path]]:
    with TemporaryDirectory(prefix="okr-import-") as folder:
        paths = []
        for number, file in enumerate(files):
            # A folder for each: two files may have one name, and a name is only a name.
            place = Path(folder) / str(number)
            place.mkdir()
            path = place / (Path(plain(file.name).replace("\\", "/")).name[-120:] or "file")
            path.write_bytes(file.getbuffer())
            paths.append(path)
        yield paths


def _forget() -> None:
    for name in ("okr_looked", "okr_imported"):
        st.session_state.pop(name, None)


def _confirm(visit: Visit, files: Sequence[UploadedFile], looked: Looked) -> None:
    done = look_over(renewed(visit), files, looked.files, ignore=looked.ignore, dry_run=False)
    if not done.reports:
        # Something changed since it was looked over; what is wrong is shown in its place.
        st.session_state["okr_looked"] = done
        return
    _forget()
    st.session_state["okr_imported"] = done
    # An empty place for the next files.
    st.session_state["okr_import_number"] = int(st.session_state.get("okr_import_number", 0)) + 1


# ── what is drawn ──────────────────────────────────────────────────────────────────────────────────


def _draw_teaching(visit: Visit) -> None:
    words = visit.words
    said = "".join(f"<li>{escaped(one)}</li>" for one in words.many("import.kinds"))
    mine = visit.people.get(visit.actor.email)
    team = mine.team if mine is not None and mine.team is not None else next(iter(visit.teams), "")
    row = example(words.many("import.example.row"), visit.actor.email, visit.team_name(team))
    st.html(f'<div class="okr-answer okr-import-kinds"><ul>{said}</ul></div>')
    st.download_button(
        words("import.example"),
        row,
        file_name="okr.csv",
        mime="text/csv",
        key="okr_import_example",
        icon=":material/download:",
    )


def example(titles: Sequence[str], owner: str, team: str) -> bytes:
    """A spreadsheet of one row that can be imported as it is: an objective and a key result of those titles."""
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(EXAMPLE)
    lines.writerow([*titles, owner, team, 20, 60, 25, 3])
    return written.getvalue().encode("utf-8-sig")


def _draw_looked(visit: Visit, looked: Looked, files: Sequence[UploadedFile]) -> None:
    words = visit.words
    if looked.refused:
        st.html(f'<p class="okr-note okr-failed">{escaped(looked.refused)}</p>')
        return
    if looked.problems:
        _draw_problems(visit, looked)
        return
    total = [report.total() for report in looked.reports]
    new, changed = sum(one.added for one in total), sum(one.changed for one in total)
    same = sum(one.unchanged for one in total)
    if not new and not changed:
        st.html(f'<p class="okr-note" role="status">{escaped(words("import.nothing_new", count=same))}</p>')
        _draw_reports(visit, looked.reports)
        return
    parts = [words("import.would.add", count=new)] if new else []
    parts += [words("import.would.change", count=changed)] if changed else []
    parts += [words("import.would.leave", count=same)] if same else []
    st.html(
        f'<h2 class="okr-part">{escaped(words("import.would"))}</h2>'
        f'<p class="okr-import-sum" role="status">{escaped(" · ".join(parts))}</p>'
    )
    _draw_reports(visit, looked.reports)
    with st.container(key="okr_acts_import", horizontal=True):
        st.button(
            words("import.confirm"),
            key="okr_import_confirm",
            type="primary",
            on_click=_confirm,
            args=(visit, files, looked),
        )
        st.html(f'<p class="okr-foot">{escaped(words("import.not_yet"))}</p>', width="content")


def _draw_problems(visit: Visit, looked: Looked) -> None:
    words = visit.words
    said = in_polish if words.language == "pl" else _as_it_is
    shown = looked.problems[:MOST_PROBLEMS]
    rows = "".join(
        f"<li><code>{line(said(one.place) or '—')}</code><span>{line(said(one.message))}</span></li>" for one in shown
    )
    more = looked.count - len(shown)
    rest = f'<p class="okr-foot">{escaped(words("import.problems.more", count=more))}</p>' if more > 0 else ""
    st.html(
        f'<h2 class="okr-part">{escaped(words("import.problems", count=looked.count))}</h2>'
        f'<p class="okr-note" role="status">{escaped(words("import.problems.next"))}</p>'
        f'<ul class="okr-problems">{rows}</ul>{rest}'
    )


def _as_it_is(text: str) -> str:
    return text


def _draw_reports(visit: Visit, reports: Sequence[ImportReport]) -> None:
    said: Callable[[str], str] = in_polish if visit.words.language == "pl" else _as_it_is
    parts = []
    for report in reports:
        if len(reports) > 1:
            parts.append(f'<p class="okr-over okr-apart-over">{line(report.name)}</p>')
        parts += [_section(visit, report, section) for section in report.counts]
        parts += [f'<p class="okr-foot">{line(said(notice))}</p>' for notice in report.notices[:MOST_PROBLEMS]]
    st.html(f'<div class="okr-import">{"".join(parts)}</div>')


def _section(visit: Visit, report: ImportReport, section: str) -> str:
    words, count = visit.words, report.counts[section]
    if not (count.added or count.changed or count.unchanged):
        return ""
    sums = [words("import.added", count=count.added)] if count.added else []
    sums += [words("import.changed", count=count.changed)] if count.changed else []
    sums += [words("import.unchanged", count=count.unchanged)] if count.unchanged else []
    head = f"<strong>{line(words(f'import.list.{section}'))}</strong> <span>{line(', '.join(sums))}</span>"
    rows = [_written(visit, one, new=True) for one in report.added.get(section, ())]
    rows += [_written(visit, one, new=False) for one in report.changed.get(section, ())]
    if not rows:
        return f"<p>{head}</p>"
    left = max(0, count.added - MOST_NAMED) + max(0, count.changed - MOST_NAMED)
    rest = f"<li><span>{line(words('more.unlisted', count=left))}</span></li>" if left else ""
    return f"<details><summary>{head}</summary><ul>{''.join(rows)}{rest}</ul></details>"


def _written(visit: Visit, one: Written, *, new: bool) -> str:
    words = visit.words
    title = f" {line(one.title)}" if one.title and one.title != one.key else ""
    if new:
        return f'<li><b aria-hidden="true">+</b> <code>{line(one.key)}</code>{title}</li>'
    fields = ", ".join(_field(visit, name) for name in one.fields)
    told = f" <span>{line(words('import.fields', fields=fields))}</span>" if fields else ""
    return f'<li><b aria-hidden="true">±</b> <code>{line(one.key)}</code>{title}{told}</li>'


def _field(visit: Visit, name: str) -> str:
    key = f"name.{name}"
    return visit.words(key).lower() if visit.words.has(key) else word(visit, name.replace("_", " "))


def _draw_done(visit: Visit, done: Looked) -> None:
    total = [report.total() for report in done.reports]
    new, changed = sum(one.added for one in total), sum(one.changed for one in total)
    said = visit.words("import.done", added=new, changed=changed)
    st.html(f'<div class="okr-settled" role="status">{escaped(said)}</div>')
