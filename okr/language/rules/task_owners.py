"""Whose tasks a rule changes or comments on, and words that choose among them in a way no rule can."""

from __future__ import annotations

from okr.automations import Audience
from okr.language.rules.heads import Head, Heads
from okr.language.rules.people import Somebody

# Where the words of a comment begin: what follows says nothing about whose tasks are meant.
_SAYING = frozenset(["asking", "saying", "about", "that", "with", "ze", "o", "zeby", "aby", "proszac", "pytajac", "z"])
# Words beside "tasks" that leave all of them meant.
_ALL = frozenset(
    """all any every each open active current linked related connected associated relevant respective corresponding
    affected their its it them this that these those such okr okrs work company company-wide everything whose thread
    threads comment comments below under there
    wszystkie wszystkich wszystkim wszystko kazde kazdego kazdy otwarte otwartych aktywne aktywnych biezace biezacych
    powiazane powiazanych podpiete podpietych zwiazane zwiazanych polaczone odpowiednie dotyczace dotyczacych ich jego
    jej je ten to tego te tych jemu watek watku watki watkach komentarz komentarze nim nimi nich pod przy
    automatically automatycznie od razu right away immediately then wtedy also dodatkowo nastepnie""".split()
)


class TaskOwners(Heads):
    """Says for whom the tasks of a clause are, from its own words."""

    def whose(self, head: Head, end: int) -> Audience | Somebody | None:
        """The team or the owners whose tasks are meant; None for all; Somebody where it has to be asked."""
        s = self.s
        last = end if head.kind == "set_task_status" else self._saying(head, end)
        j = head.start
        named: Audience | Somebody | None = None
        while j < last:
            found = None if self.taken[j] or j == head.start else self._of(j)
            if found is not None:
                if named is not None and named != found[0]:
                    return Somebody("audience", s.said(head.start, last))
                named = found[0]
                if j >= head.end:
                    # A team in quotation marks is not what the comment says.
                    self.taken[j : found[1]] = [True] * (found[1] - j)
                j = max(found[1], j + 1)
                continue
            j += 1
        if self.concerned and isinstance(named, Audience):
            # What met the condition says which tasks; a second choice among them cannot be kept.
            return Somebody("audience", s.said(head.start, last))
        return named or self._choosing(head, last)

    def _saying(self, head: Head, end: int) -> int:
        s = self.s
        found = (j for j in range(head.end, end) if s.plain[j] in _SAYING)
        return next(found, end)

    def _of(self, j: int) -> tuple[Audience | Somebody, int] | None:
        """The team, owners or person at j."""
        s = self.s
        if s.plain[j] in ("my", "mine", "moje", "moich", "moim", "mojego"):
            return Somebody("audience", s.said(j, j + 1)), j + 1
        if s.is_a(j, "TASK", "STATUS_WORD", "IN_REVIEW", "IN_PROGRESS", "BLOCKED", "TO_DO", "DONE_STATUS"):
            return None
        found = self.people.tasks_of(j)
        if found is None:
            return None
        who, end = found
        if isinstance(who, Audience) and who.kind not in ("team", "okr_owners", "kr_owners", "owners_without_check_in"):
            return Somebody("audience", s.said(j, end)), end
        return who, end

    def _choosing(self, head: Head, last: int) -> Somebody | None:
        """Words that choose some of the tasks: overdue, of one key result. A rule on all of them would be wrong."""
        s = self.s
        if self.concerned:
            return None
        for j in range(head.start + 1, head.end if head.kind == "set_task_status" else last):
            plain = s.plain[j]
            record = self.people.directory.record(s.words[j].text)
            strange = head.kind == "set_task_status" and plain.isalpha() and not self.taken[j] and not self._plain(j)
            if record is not None or strange or self._from_status(head, j):
                return Somebody("audience", s.said(j, last))
        return None

    def _from_status(self, head: Head, j: int) -> bool:
        """Whether another status than the new one stands at j, which says what the tasks were before."""
        if head.kind != "set_task_status" or self.taken[j] or self.s.is_a(j, "TASK"):
            return False
        found = self._status(j)
        return found is not None and found[0] != head.status

    def _plain(self, j: int) -> bool:
        s = self.s
        inside = any(
            s.is_a(k, "TASK", "STATUS_WORD", "OKR", "KR", "COMMENT", "IN_REVIEW", "IN_PROGRESS", "BLOCKED", "TO_DO",
                   "DONE_STATUS", "OPEN_MESSAGE", "FILLER", "THE", "AND", "ALL_OF_THEM", "REQUEST", "EVERY",
                   "BECOMES", "UNTIL") > j - k
            for k in range(max(0, j - 3), j + 1)
        )  # fmt: skip
        return inside or s.plain[j] in _ALL or s.plain[j] in ("from", "into", "z", "ze", "under", "within", "for")
