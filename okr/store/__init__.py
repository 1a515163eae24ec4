"""The one door to the database: every question and command takes the person who asks."""

from __future__ import annotations

from pathlib import Path

from okr.store.acting import ActingPart
from okr.store.alignment import AlignmentPart
from okr.store.at_hand import AtHandPart
from okr.store.audit import AuditPart
from okr.store.board_slices import SlicesPart
from okr.store.change_log import ChangeLogPart
from okr.store.check_in_writing import CheckInPart
from okr.store.choosing import ChoicePart
from okr.store.chronicle import ChroniclePart
from okr.store.closing import ClosingPart
from okr.store.coaching import CoachPart
from okr.store.comments import CommentsPart
from okr.store.conversations import ConversationPart
from okr.store.directory import DirectoryPart
from okr.store.dispatches import DispatchesPart
from okr.store.editing import EditingPart
from okr.store.engine import Database, open_database
from okr.store.firing import FiringPart
from okr.store.form_drafts import FormDraftPart
from okr.store.journal import JournalPart
from okr.store.keeping import KeepingPart
from okr.store.kpi_writing import KpiPart
from okr.store.leaving import LeavingPart
from okr.store.lessons import LessonsPart
from okr.store.look_ahead import LookAheadPart
from okr.store.messages import InboxPart
from okr.store.moves import MovesPart
from okr.store.named_boards import NamedBoardsPart
from okr.store.naming import NamingPart
from okr.store.notes import NotesPart
from okr.store.objectives import ObjectivesPart
from okr.store.opening import OpeningPart
from okr.store.overviews import OverviewsPart
from okr.store.own_week import OwnWeekPart
from okr.store.places import PlacesPart
from okr.store.preferences import PreferencesPart
from okr.store.proposals import ProposalPart
from okr.store.ranking import RankingPart
from okr.store.receiving import ReceivingPart
from okr.store.rehearsing import RehearsingPart
from okr.store.remembering import Remembered
from okr.store.roster import RosterPart
from okr.store.rule_history import RuleHistoryPart
from okr.store.run_log import RunLogPart
from okr.store.spending import SpendingPart
from okr.store.standing import StandingPart
from okr.store.stepping import SteppingPart
from okr.store.tasks import TasksPart
from okr.store.tree import TreePart
from okr.store.updates import UpdatesPart
from okr.store.workers import WorkersPart

# Boards that are kept worked out; those of a company of thousands are a few score kilobytes each.
REMEMBERED = 200


class Store(
    LookAheadPart,
    SlicesPart,
    NamedBoardsPart,
    TreePart,
    OwnWeekPart,
    ClosingPart,
    DirectoryPart,
    StandingPart,
    RankingPart,
    OverviewsPart,
    ObjectivesPart,
    TasksPart,
    LessonsPart,
    MovesPart,
    JournalPart,
    AtHandPart,
    NamingPart,
    NotesPart,
    OpeningPart,
    PlacesPart,
    RosterPart,
    AlignmentPart,
    ConversationPart,
    SpendingPart,
    EditingPart,
    RunLogPart,
    RuleHistoryPart,
    FiringPart,
    ActingPart,
    RehearsingPart,
    WorkersPart,
    CommentsPart,
    InboxPart,
    ReceivingPart,
    PreferencesPart,
    DispatchesPart,
    KeepingPart,
    CheckInPart,
    KpiPart,
    ProposalPart,
    UpdatesPart,
    ChoicePart,
    FormDraftPart,
    SteppingPart,
    LeavingPart,
    ChangeLogPart,
    ChroniclePart,
    CoachPart,
    AuditPart,
):
    """Everything that can be asked of, or done to, a company's records.

    It is safe to share between threads: each call takes a connection of its own.
    """

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.home = home
        self.remembered = Remembered(REMEMBERED)

    def close(self) -> None:
        """Give back every connection; the store cannot be used afterwards."""
        self.database.close()


def open_store(home: Path, url: str | None = None) -> Store:
    """The store in a home folder, or the one at a PostgreSQL address, made and migrated as needed.

    Raises the `StoreError` that says why it cannot be used.
    """
    return Store(open_database(home, url), home)


__all__ = ["Store", "open_store"]
