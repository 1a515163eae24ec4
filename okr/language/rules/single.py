"""One single moment from the pieces of a sentence, and the time of day that goes with any of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from okr.language.rules.clock import DAYPART_HOUR, DEFAULT_HOUR, Clock, with_daypart
from okr.language.rules.patterns import WEEKEND, WORKDAYS
from okr.language.rules.pieces import clocks_in_order
from okr.language.rules.timing import Said, Timing, UnclearError


class Single:
    """Settles the time of day, and the day where the sentence means just one."""

    said: Said
    now: datetime
    zone: str
    assumed: list[str]

    def _clocks(self) -> tuple[Clock, ...]:
        said = self.said
        clocks = list(said.clocks)
        parts = [p for p in dict.fromkeys(said.dayparts) if p not in ("noon", "midnight")]
        fixed = [Clock(DAYPART_HOUR[p]) for p in said.dayparts if p in ("noon", "midnight")]
        if clocks:
            if len(parts) == 1:
                clocks = [with_daypart(c, parts[0]) if not c.sure or c.hour < 12 else c for c in clocks]
            if not all(c.sure for c in clocks):
                self._assume("time")
            return clocks_in_order(tuple(clocks + fixed))
        if fixed:
            return clocks_in_order(tuple(fixed + [Clock(DAYPART_HOUR[p]) for p in parts]))
        if parts:
            self._assume("time")
            return clocks_in_order(tuple(Clock(DAYPART_HOUR[p]) for p in parts))
        if said.start and said.start.clock:
            return (Clock(*said.start.clock),)
        return ()

    def _assume(self, what: str) -> None:
        if what not in self.assumed:
            self.assumed.append(what)

    def _once(self) -> Timing:
        said = self.said
        if said.excepted or said.policies or said.until or said.span or said.windows:
            raise UnclearError("schedule")
        days = self._single_days()
        moments = [d.moment for d in said.days if d.moment is not None]
        if moments:
            if len(said.days) > 1 or said.clocks:
                raise UnclearError("schedule")
            at = moments[0]
            if at.second or at.microsecond:
                at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
            if at < self.now.replace(second=0, microsecond=0):
                raise UnclearError("past")
            return self._result_once(at)
        clocks = self._clocks()
        if len(clocks) > 1 or len(days) > 1:
            raise UnclearError("schedule")
        if not days:
            if not clocks:
                return self._result_once(self._soon())
            at = datetime.combine(self.now.date(), time(clocks[0].hour, clocks[0].minute))
            if at < self.now:
                at += timedelta(days=1)
                self._assume("day")
            return self._result_once(at)
        day, movable = days[0]
        if not clocks:
            self._assume("time")
            at = datetime.combine(day, time(DEFAULT_HOUR))
            if at < self.now:
                at = datetime.combine(day + timedelta(days=7), time(DEFAULT_HOUR)) if movable else self._soon()
                if at.date() != day and not movable:
                    raise UnclearError("time")
            elif at == self.now and movable:
                at += timedelta(days=7)
            return self._result_once(at)
        at = datetime.combine(day, time(clocks[0].hour, clocks[0].minute))
        if at < self.now:
            if not movable:
                if "time" in self.assumed and clocks[0].hour < 12 and at + timedelta(hours=12) > self.now:
                    at += timedelta(hours=12)
                    return self._result_once(at)
                raise UnclearError("past")
            at += timedelta(days=7)
        return self._result_once(at)

    def _single_days(self) -> list[tuple[date, bool]]:
        """The day of a one-off, and whether it may move on by a week."""
        said = self.said
        found: list[tuple[date, bool]] = []
        today = self.now.date()
        for named in said.days:
            if named.day is not None:
                found.append((named.day, named.weekday))
                if named.loose:
                    self._assume("day")
        for piece in said.weekdays:
            for weekday in piece.days:
                found.append((today + timedelta(days=(weekday - today.weekday()) % 7), True))
        for month_day in said.month_days:
            for number in month_day.days:
                found.append((self._numbered(number, said.months[0].months if said.months else ()), False))
        if said.classes:
            day = today + timedelta(days=1)
            wanted = WEEKEND if said.classes[0].kind == "weekend" else WORKDAYS
            while (0, day.weekday()) not in wanted:
                day += timedelta(days=1)
            self._assume("day")
            found.append((day, False))
        return list(dict.fromkeys(found))

    def _numbered(self, number: int, months: tuple[int, ...]) -> date:
        day = self.now.date()
        for _ in range(800):
            if day.day == number and (not months or day.month in months):
                return day
            day += timedelta(days=1)
        raise UnclearError("day")

    def _soon(self) -> datetime:
        """The full hour at least an hour from now, for "today" without a time."""
        self._assume("time")
        return (self.now + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)

    def _result_once(self, at: datetime) -> Timing:
        if not self.said.zones:
            self._assume("timezone")
        return Timing(at=at, zone=self.zone, zone_said=bool(self.said.zones), assumed=self.assumed)
