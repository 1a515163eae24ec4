"""The time of day in words: 16:00, half past nine, wpół do trzeciej, between 9 and 17."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from okr.language.numbers import cardinal, ordinal
from okr.language.rules.tokens import Sentence

DEFAULT_HOUR = 9
DAYPART_HOUR = {"morning": 9, "noon": 12, "afternoon": 14, "evening": 19, "night": 22, "midnight": 0}


@dataclass(frozen=True)
class Clock:
    """A time of day; `sure` is False where it was chosen between morning and afternoon."""

    hour: int
    minute: int = 0
    sure: bool = True

    @property
    def exists(self) -> bool:
        return 0 <= self.hour <= 23 and 0 <= self.minute <= 59

    @property
    def minutes(self) -> int:
        return self.hour * 60 + self.minute


@dataclass(frozen=True)
class Times:
    """Times of one or more runs a day, or a part of the day."""

    clocks: tuple[Clock, ...] = ()
    daypart: str | None = None
    every: bool = False


@dataclass(frozen=True)
class Window:
    """From one time of day to another."""

    first: Clock
    last: Clock


_COLON = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")
_DOTTED = re.compile(r"(\d{1,2})[.](\d{2})")
_COMPACT = re.compile(r"(\d{1,2})(\d{2})")
_EJ = re.compile(r"(\d{1,2})-(?:ej|tej|stej|mej)")


def _meridiem(s: Sentence, i: int) -> tuple[str, int] | None:
    """am or pm at i, with its dots, and where it ends."""
    if s.language != "en" or i >= len(s):
        return None
    word = s.plain[i]
    if word in ("am", "pm"):
        return word, i + 1
    if word in ("a", "p") and i + 2 < len(s) and s.plain[i + 1] == "." and s.plain[i + 2] == "m":
        end = i + 3
        if end < len(s) and s.plain[end] == ".":
            end += 1
        return word + "m", end
    return None


def with_daypart(clock: Clock, daypart: str) -> Clock:
    """The clock in that part of the day: eight in the evening is 20:00."""
    # An unsure hour was moved to the afternoon; the part of the day decides from the hour as said.
    hour = clock.hour if clock.sure else clock.hour - 12
    if hour > 12:
        return replace(clock, sure=True)
    if daypart == "morning":
        hour = 0 if hour == 12 else hour
    elif daypart in ("afternoon", "evening", "noon"):
        hour = hour + 12 if hour < 12 else 12
    elif daypart == "night":
        hour = 0 if hour == 12 else hour + 12 if hour >= 6 else hour
    return Clock(hour, clock.minute)


def _settled(hour: int, minute: int, language: str, written: str) -> Clock:
    """A time without am or pm: Polish, 24-hour and leading-zero times are as said, 7 to 12 too."""
    as_said = language == "pl" or hour == 0 or hour >= 7 or written.startswith("0")
    return Clock(hour, minute) if as_said else Clock(hour + 12, minute, sure=False)


def _polish_words(s: Sentence, i: int) -> tuple[Clock, int] | None:
    """wpół do trzeciej, kwadrans po ósmej, za pięć dziewiąta, ósma trzydzieści."""
    plain = s.plain
    if plain[i] in ("wpol", "pol") and i + 1 < len(s) and plain[i + 1] == "do":
        hour = _polish_hour(s, i + 2)
        if hour:
            return Clock((hour[0] - 1) % 24, 30), hour[1]
    if plain[i] == "kwadrans" and plain[i + 1] in ("po", "przed"):
        hour = _polish_hour(s, i + 2)
        if hour:
            return (Clock(hour[0], 15) if plain[i + 1] == "po" else Clock((hour[0] - 1) % 24, 45)), hour[1]
    if plain[i] == "za":
        if i + 1 < len(s) and plain[i + 1] == "kwadrans":
            minutes, at = 15, i + 2
        else:
            number = cardinal(plain[i + 1 : i + 4], "pl")
            if number is None:
                return None
            minutes, at = number.value, i + 1 + number.words
        hour = _polish_hour(s, at)
        if hour and 0 < minutes < 60 and not (at < len(s) and plain[at].isdecimal() and s.is_a(at + 1, "units")):
            return Clock((hour[0] - 1) % 24, 60 - minutes), hour[1]
        return None
    number = cardinal(plain[i : i + 2], "pl")
    if number and 0 < number.value < 60:
        side = i + number.words
        minutes_said = plain[side] in ("minut", "minuty", "min")
        side += minutes_said
        hour = _polish_hour(s, side + 1) if plain[side] in ("po", "przed") else None
        if hour and (minutes_said or not plain[i].isdecimal()) and not s.is_a(hour[1], "units", "weekday", "month"):
            ahead = plain[side] == "po"
            return (Clock(hour[0], number.value) if ahead else Clock((hour[0] - 1) % 24, 60 - number.value)), hour[1]
    return None


def _polish_hour(s: Sentence, i: int) -> tuple[int, int] | None:
    if i >= len(s):
        return None
    word = s.plain[i]
    digits = _EJ.fullmatch(word)
    if digits:
        return int(digits[1]), i + 1
    if word.isdecimal() and int(word) <= 24:
        return int(word), i + 1
    which = ordinal(s.plain[i : i + 2], "pl")
    if which and which.value <= 24 and word.endswith(("ej", "a")):
        return which.value, i + which.words
    return None


def _english_words(s: Sentence, i: int) -> tuple[Clock, int] | None:
    """half past nine, quarter to five, ten past eight, nine thirty."""
    plain = s.plain
    minutes: int | None = None
    at = i
    if plain[i] == "a" and i + 1 < len(s) and plain[i + 1] == "quarter":
        at = i + 1
    if plain[at] == "half":
        minutes, at = 30, at + 1
    elif plain[at] == "quarter":
        minutes, at = 15, at + 1
    else:
        number = cardinal(plain[at : at + 2], "en")
        if number and 1 <= number.value <= 59:
            at += number.words
            if at < len(s) and plain[at] in ("minutes", "minute"):
                at += 1
            minutes = number.value
    if minutes is None or at + 1 >= len(s) or plain[at] not in ("past", "after", "to", "till", "before"):
        return None
    back = plain[at] in ("to", "till", "before")
    hour = cardinal(plain[at + 1 : at + 2], "en")
    if plain[at + 1] in ("noon", "midnight"):
        value, end = (12 if plain[at + 1] == "noon" else 24), at + 2
    elif hour and 1 <= hour.value <= 12:
        value, end = hour.value, at + 2
        if s.is_a(end, "units"):
            return None
    else:
        return None
    sure = _settled(value, 0, "en", "")
    total = sure.hour * 60 + (-minutes if back else minutes)
    clock = Clock((total // 60) % 24, total % 60, sure.sure)
    return _with_suffix(s, Clock(clock.hour, clock.minute, clock.sure), end, value, back, minutes)


def _with_suffix(s: Sentence, clock: Clock, end: int, spoken: int, back: bool, minutes: int) -> tuple[Clock, int]:
    half = _meridiem(s, end)
    if half:
        hour = spoken % 12 + (12 if half[0] == "pm" else 0)
        total = hour * 60 + (-minutes if back else minutes)
        return Clock((total // 60) % 24, total % 60), half[1]
    return clock, end


def clock_at(s: Sentence, i: int, *, introduced: bool) -> tuple[Clock, int] | None:
    """A time of day at i. `introduced` says that "at", "o" or a range stands before it, so that
    a bare number is an hour."""
    if i >= len(s):
        return None
    word = s.plain[i]
    found: tuple[Clock, int] | None = None
    colon = _COLON.fullmatch(word)
    dotted = _DOTTED.fullmatch(word)
    if colon:
        hour, minute, end = int(colon[1]), int(colon[2]), i + 1
    elif dotted and (introduced or int(dotted[2]) > 12 or dotted[2] == "00" or _meridiem(s, i + 1)):
        hour, minute, end = int(dotted[1]), int(dotted[2]), i + 1
    elif word.isdecimal() and (past := _minutes_from(s, i, introduced)):
        return past
    elif word.isdecimal() and (spoken := _digits(s, i, introduced)):
        hour, minute, end = spoken
    else:
        words = _polish_words(s, i) if s.language == "pl" else _english_words(s, i)
        if words:
            return words
        if s.language == "pl":
            found = _polish_spoken(s, i, introduced)
        else:
            found = _english_spoken(s, i, introduced)
        return found
    half = _meridiem(s, end)
    if half:
        end = half[1]
        if hour <= 12:
            hour = hour % 12 + (12 if half[0] == "pm" else 0)
        return Clock(hour, minute), end
    if end < len(s) and s.plain[end] in ("o'clock", "h", "hrs", "hours", "uhr") and (introduced or colon):
        end += 1
    elif end + 1 < len(s) and s.plain[end] == "o" and s.plain[end + 1] == "clock":
        end += 2
    return _settled(hour, minute, s.language, s.plain[i]), end


def _minutes_from(s: Sentence, i: int, introduced: bool) -> tuple[Clock, int] | None:
    """10 past 9, at 5 to 9: minutes in digits and an hour. "9 to 5" without "at" is a stretch."""
    if s.language != "en" or int(s.plain[i]) >= 60:
        return None
    side = s.plain[i + 2] if s.plain[i + 1] in ("minutes", "minute", "min") else s.plain[i + 1]
    if side == "past" or (side in ("to", "till") and introduced and int(s.plain[i]) % 5 == 0 and int(s.plain[i]) < 30):
        return _english_words(s, i)
    return None


def _digits(s: Sentence, i: int, introduced: bool) -> tuple[int, int, int] | None:
    word = s.plain[i]
    following = s.plain[i + 1] if i + 1 < len(s) else ""
    clocked = bool(_meridiem(s, i + 1)) or following == "o'clock" or (following == "h" and s.language == "pl")
    clocked = clocked or (s.language == "pl" and bool(s.value(i + 1, "daypart")) and 1 <= int(word) <= 12)
    if len(word) <= 2 and (introduced or clocked):
        if not clocked and (s.is_a(i + 1, "PERCENT", "TIMES") or (s.is_a(i + 1, "units") and following != "h")):
            return None
        # "o 17 30" and "at 9 30" are said with a space.
        if introduced and following.isdecimal() and len(following) == 2 and int(following) in range(0, 60, 5):
            after = s.plain[i + 2] if i + 2 < len(s) else ""
            if not s.is_a(i + 2, "units", "month") and after != "%":
                return int(word), int(following), i + 2
        return int(word), 0, i + 1
    if len(word) in (3, 4) and (introduced or clocked) and not (1990 <= int(word) <= 2100 and not clocked):
        compact = _COMPACT.fullmatch(word)
        if compact and (int(compact[2]) <= 59 or introduced):
            return int(compact[1]), int(compact[2]), i + 1
    return None


def _polish_spoken(s: Sentence, i: int, introduced: bool) -> tuple[Clock, int] | None:
    if not introduced:
        return None
    hour = _polish_hour(s, i)
    if hour is None:
        return None
    value, end = hour
    minutes = cardinal(s.plain[end : end + 2], "pl") if end < len(s) else None
    if minutes and 5 <= minutes.value < 60 and not s.is_a(end + minutes.words, "units", "month"):
        return Clock(value, minutes.value), end + minutes.words
    return Clock(value), end


def _english_spoken(s: Sentence, i: int, introduced: bool) -> tuple[Clock, int] | None:
    number = cardinal(s.plain[i : i + 2], "en")
    if number is None or not 1 <= number.value <= 24 or s.plain[i].isdecimal():
        return None
    end = i + number.words
    following = s.plain[end] if end < len(s) else ""
    half = _meridiem(s, end)
    spelled = following in ("o'clock", "oclock")
    minute = 0
    minutes = cardinal(s.plain[end : end + 2], "en") if end < len(s) and not half else None
    if not (introduced or half or spelled):
        return None
    if s.is_a(end, "units", "TIMES") and not spelled and not half:
        return None
    if minutes and 5 <= minutes.value < 60 and introduced and not s.plain[end].isdecimal():
        minute, end = minutes.value, end + minutes.words
        half = _meridiem(s, end)
    if spelled:
        end += 1
        half = _meridiem(s, end)
    if half:
        return Clock(number.value % 12 + (12 if half[0] == "pm" else 0), minute), half[1]
    return _settled(number.value, minute, "en", ""), end


def daypart_at(s: Sentence, i: int) -> tuple[str, int] | None:
    """A part of the day at i, with the preposition that goes with it."""
    at = i
    if s.language == "pl" and s.is_a(i, "ON") and s.value(i + s.is_a(i, "ON"), "daypart"):
        at = i + s.is_a(i, "ON")
    elif s.language == "pl" and s.is_a(i, "AT") and s.value(i + s.is_a(i, "AT"), "daypart"):
        at = i + s.is_a(i, "AT")
    elif s.language == "en" and s.is_a(i, "IN", "AT", "ON"):
        at = s.skip(i + s.is_a(i, "IN", "AT", "ON"), "THE")
    found = s.value(at, "daypart")
    if found is None or (s.language == "en" and s.plain[at] in ("am", "pm") and at != i):
        return None
    return found[0], at + found[1]


def times_at(s: Sentence, i: int) -> tuple[Times | Window, int] | None:
    """One or more times at i, a window between two, or a part of the day."""
    window = _window(s, i)
    if window:
        return window
    introduced = s.is_a(i, "AT")
    at = i + introduced
    if introduced and s.language == "en":
        at = s.skip(at, "THE") if s.value(s.skip(at, "THE"), "daypart") else at
    before = daypart_at(s, i)
    if before and (before[1] >= len(s) or not clock_at(s, before[1], introduced=False)):
        then = before[1]
        if s.is_a(then, "AT"):
            spoken = clock_at(s, then + s.is_a(then, "AT"), introduced=True)
            if spoken and before[0] not in ("noon", "midnight"):
                return _list(s, with_daypart(spoken[0], before[0]), spoken[1], _each(s, before[1] - 1))
        if before[0] in ("noon", "midnight"):
            return _list(s, Clock(DAYPART_HOUR[before[0]]), before[1])
        return Times((), before[0], _each(s, before[1] - 1)), before[1]
    first = clock_at(s, at, introduced=bool(introduced))
    if first is None:
        return None
    clock, end = first
    return _list(s, clock, end)


def _each(s: Sentence, i: int) -> bool:
    """Whether the part of the day at i means each of them: evenings, wieczorami, nightly."""
    return s.plain[i].endswith(("ngs", "ons", "hts", "ami", "nightly"))


def _list(s: Sentence, clock: Clock, end: int, every: bool = False) -> tuple[Times, int]:
    clocks = [clock]
    begun = end
    after = daypart_at(s, end)
    if after and after[0] not in ("noon", "midnight"):
        clocks[-1] = with_daypart(clock, after[0])
        end = after[1]
        every = every or _each(s, end - 1)
    while True:
        joined = s.skip(end, "AND", "OR")
        if joined == end:
            break
        at = joined + s.is_a(joined, "AT")
        noon = s.value(at, "daypart") or (daypart_at(s, at) and s.value(daypart_at(s, at)[1] - 1, "daypart"))  # type: ignore[index]
        following = clock_at(s, at, introduced=True)
        if following is None:
            part = daypart_at(s, at)
            if part and noon and part[0] in ("noon", "midnight"):
                clocks.append(Clock(DAYPART_HOUR[part[0]]))
                end = part[1]
                continue
            break
        if (
            s.is_a(following[1], "units", "month", "weekday", "TIMES", "PERCENT")
            and s.plain[at].isdecimal()
            and at == joined
        ):
            break
        clock, end = following
        after = daypart_at(s, end)
        if after and after[0] not in ("noon", "midnight"):
            clock = with_daypart(clock, after[0])
            end = after[1]
        clocks.append(clock)
    # Times of the 24-hour clock beside it say that "6:30" is the morning.
    of_day = any(re.match(r"(?:1[3-9]|2[0-3])(?:[:.]|$)", word) for word in s.plain[begun - 1 : end])
    return Times(tuple(_agreeing(clocks, of_day)), every=every), end


def _agreeing(clocks: list[Clock], of_day: bool) -> list[Clock]:
    """ "9 and 5pm" or "at 1, 2 and 3 pm": an unsure hour takes the half of the one that says it."""
    if of_day:
        return [c if c.sure else Clock(c.hour - 12, c.minute) for c in clocks]
    if len(clocks) > 1 and all(c.hour >= 12 for c in clocks if c.sure) and any(c.sure for c in clocks):
        return [replace(c, sure=True) for c in clocks]
    return clocks


def _window(s: Sentence, i: int) -> tuple[Window, int] | None:
    opened = s.is_a(i, "BETWEEN")
    at = i + opened if opened else i
    at += s.is_a(at, "AT") if opened else 0
    first = clock_at(s, at, introduced=bool(opened))
    if first is None and opened:
        part = s.value(at, "daypart")
        if part and part[0] in ("noon", "midnight"):
            first = Clock(DAYPART_HOUR[part[0]]), at + part[1]
    # "9-17" without a preposition
    joined = s.plain[at + 1] == "-" and s.touching(at + 1) and s.touching(at + 2)
    if first is None and not opened and joined and s.plain[at].isdecimal() and len(s.plain[at]) <= 2:
        first = clock_at(s, at, introduced=True)
    if first is None:
        return None
    after = daypart_at(s, first[1]) if opened else None
    if after and after[0] not in ("noon", "midnight"):
        first = with_daypart(first[0], after[0]), after[1]
    joint = s.is_a(first[1], "RANGE")
    if not joint or (not opened and s.plain[first[1]] not in ("-", "to", "do")):
        return None
    at = first[1] + joint
    at += s.is_a(at, "AT")
    last = clock_at(s, at, introduced=True)
    if last is None:
        part = daypart_at(s, at)
        if part is None or part[0] not in ("noon", "midnight"):
            return None
        last = Clock(24 if part[0] == "midnight" else 12, 0), part[1]
        if part[0] == "midnight":
            last = Clock(23, 59), part[1]
    if s.is_a(last[1], "units", "month") and s.plain[at].isdecimal():
        return None
    after = daypart_at(s, last[1])
    end = last[1]
    closing = last[0]
    if after and after[0] not in ("noon", "midnight"):
        closing, end = with_daypart(closing, after[0]), after[1]
    opening = first[0]
    if opening.minutes > closing.minutes and not opening.sure:
        opening = Clock(opening.hour - 12, opening.minute)
    if opening.hour >= 12 and not opening.sure and closing.sure and opening.minutes - 720 < closing.minutes:
        opening = replace(opening, sure=True) if opening.minutes < closing.minutes else opening
    if opening.sure and not closing.sure and opening.hour < closing.hour:
        closing = replace(closing, sure=True)
    return Window(opening, closing), end
