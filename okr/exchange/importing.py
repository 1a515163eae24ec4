"""Importing files of any kind, told apart by what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import Connection

from okr.access import Actor
from okr.errors import NotAllowedError
from okr.exchange.directory import StoreDirectory
from okr.exchange.portable import read_company
from okr.exchange.records import CompanyFile
from okr.exchange.spreadsheet import read_spreadsheet
from okr.exchange.writing import ImportReport, StoreKnown, import_all
from okr.store import Store

SHEETS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls"}


def import_as(
    store: Store,
    actor: Actor,
    paths: Sequence[Path],
    *,
    now: datetime,
    dry_run: bool = False,
    ignore_unknown: bool = False,
) -> list[ImportReport]:
    """`import_files` in a person's name; `NotAllowedError` for whoever is no admin."""
    if not actor.is_admin:
        raise NotAllowedError("import files")
    return import_files(store, paths, now=now, dry_run=dry_run, ignore_unknown=ignore_unknown, actor=actor)


def import_files(
    store: Store,
    paths: Sequence[Path],
    *,
    now: datetime,
    dry_run: bool = False,
    ignore_unknown: bool = False,
    actor: Actor | None = None,
) -> list[ImportReport]:
    """Import company files and spreadsheets in one go, in their order; one refused, none is stored.

    A later file may refer to what an earlier one brings. Raises `ImportRefused` or a `StoreError`.
    `actor` is named as who did it; rights are for `import_as` to ask.
    """

    def read(connection: Connection) -> Iterator[CompanyFile]:
        for path in paths:
            if is_sheet(path):
                directory = StoreDirectory(connection)
                yield read_spreadsheet(path, directory, now=now, ignore_unknown=ignore_unknown)
            else:
                yield read_company(path, StoreKnown(connection))

    return import_all(store, read, now=now, dry_run=dry_run, actor=actor)


def is_sheet(path: Path) -> bool:
    """Whether a file is to be read as a spreadsheet: by its name, else by its first bytes."""
    if path.suffix.lower() == ".json":
        return False
    if path.suffix.lower() in SHEETS:
        return True
    try:
        with path.open("rb") as file:
            head = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError:
        return False
    return bool(head) and not head.startswith((b"{", b"["))
