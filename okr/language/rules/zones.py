"""Whose clock a rule follows: a named zone, a city's time, or each person's own."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from okr.language.rules.clock import clock_at
from okr.language.rules.dates import Dates
from okr.language.rules.pieces import Zone
from okr.language.rules.recurring import Recurring
from okr.language.rules.tokens import Sentence
from okr.language.words import fold
from okr.schedule import RECIPIENT

_ABBREVIATED = {
    "cet": "Europe/Warsaw", "cest": "Europe/Warsaw", "utc": "UTC", "gmt": "UTC", "zulu": "UTC",
    "et": "America/New_York", "est": "America/New_York", "edt": "America/New_York", "eastern": "America/New_York",
    "pt": "America/Los_Angeles", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "pacific": "America/Los_Angeles", "ct": "America/Chicago", "cst": "America/Chicago", "cdt": "America/Chicago",
    "central": "America/Chicago", "mst": "America/Denver", "mdt": "America/Denver", "bst": "Europe/London",
    "ist": "Asia/Kolkata", "jst": "Asia/Tokyo", "msk": "Europe/Moscow", "eet": "Europe/Helsinki",
    "wet": "Europe/Lisbon",
    "aest": "Australia/Sydney", "sgt": "Asia/Singapore",
}  # fmt: skip
_CITIES = {
    "san francisco": "America/Los_Angeles", "boston": "America/New_York", "washington": "America/New_York",
    "krakow": "Europe/Warsaw", "polish": "Europe/Warsaw", "poland": "Europe/Warsaw", "mumbai": "Asia/Kolkata",
    "british": "Europe/London", "uk": "Europe/London", "germany": "Europe/Berlin", "german": "Europe/Berlin",
    "warszawskiego": "Europe/Warsaw", "warszawie": "Europe/Warsaw", "warszawski": "Europe/Warsaw",
    "warszawy": "Europe/Warsaw", "polskiego": "Europe/Warsaw", "polsce": "Europe/Warsaw", "polski": "Europe/Warsaw",
    "nowojorskiego": "America/New_York", "nowym jorku": "America/New_York", "nowego jorku": "America/New_York",
    "londynskiego": "Europe/London", "londynie": "Europe/London", "londynu": "Europe/London",
    "berlinskiego": "Europe/Berlin", "berlinie": "Europe/Berlin", "berlina": "Europe/Berlin",
    "tokijskiego": "Asia/Tokyo", "tokio": "Asia/Tokyo", "paryskiego": "Europe/Paris", "paryzu": "Europe/Paris",
    "paryza": "Europe/Paris", "srodkowoeuropejskiego": "Europe/Warsaw", "central european": "Europe/Warsaw",
    "kijowskiego": "Europe/Kyiv", "kijowie": "Europe/Kyiv", "madrycie": "Europe/Madrid", "rzymie": "Europe/Rome",
    "pradze": "Europe/Prague", "wiedniu": "Europe/Vienna", "singapurze": "Asia/Singapore",
    "kalifornijskiego": "America/Los_Angeles", "california": "America/Los_Angeles", "dublinie": "Europe/Dublin",
    "uniwersalnego": "UTC", "greenwich": "UTC", "chicago": "America/Chicago",
}  # fmt: skip


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.lower(): name for name in available_timezones()}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    found = {
        fold(name.rsplit("/", 1)[1].replace("_", " ")): name
        for name in sorted(available_timezones())
        if name.startswith(("Africa/", "America/", "Asia/", "Australia/", "Europe/", "Pacific/"))
    }
    return found | _CITIES


@lru_cache(maxsize=1)
def _city_words() -> frozenset[str]:
    return frozenset(name.split()[0] for name in _cities())


class Zones:
    """Finds zones in one sentence."""

    def __init__(self, s: Sentence, dates: Dates, recurring: Recurring) -> None:
        self.s = s
        self.dates = dates
        self.recurring = recurring

    def may_be_zone(self, i: int) -> bool:
        """Whether a zone can begin with the word at i, by that word alone."""
        word = self.s.plain[i]
        named = self.s.plain[i + 1] in ("timezone", "tz") or (self.s.plain[i + 1] == "time" and self.s.words[i].capital)
        return word in _ABBREVIATED or word in _city_words() or named

    def zone(self, i: int) -> tuple[Zone, int] | None:
        """A named zone, or each person's own time."""
        s = self.s
        own = self._own_time(i)
        if own:
            return own
        at = i
        if s.is_a(at, "IN", "ON") or s.plain[i] in ("wedlug", "wg", "czasu", "strefa", "in", "by"):
            at = s.skip(i, "IN", "ON", "TIME_WORD", "THE")
            at = at + 1 if at < len(s) and s.plain[at] in ("wedlug", "wg", "czasowej", "czasowa", ":") else at
            at = s.skip(at, "IN", "ON", "TIME_WORD")
            at = at + 1 if at < len(s) and s.plain[at] in ("czasowej", "czasowa", ":") else at
        if at >= len(s):
            return None
        word = s.plain[at]
        if "/" in word and not word[0].isdigit():
            known = _zones().get(word)
            if known:
                return Zone(known, s.said(i, at + 1)), self._after_zone(at + 1)
            area = word.split("/")[0]
            named_as_zone = s.is_a(at + 1, "TIME_WORD") or (
                i > 0 and (s.plain[i - 1].isdecimal() or clock_at(s, i - 1, introduced=False))
            )
            areas = ("europe", "america", "asia", "africa", "australia", "pacific", "atlantic", "etc", "indian")
            if area in areas or named_as_zone:
                return Zone(None, s.said(i, at + 1)), self._after_zone(at + 1)
            return None
        if word in ("utc", "gmt") and at + 2 < len(s) and s.plain[at + 1] in "+-" and s.plain[at + 2].isdecimal():
            shift = int(s.plain[at + 2])
            sign = "-" if s.plain[at + 1] == "+" else "+"
            name = f"Etc/GMT{sign}{shift}" if shift else "UTC"
            return Zone(name if name in available_timezones() else None, s.said(i, at + 3)), at + 3
        if word in _ABBREVIATED and (len(word) > 2 or s.words[at].text.isupper()):
            after_clock = s.words[at].capital and (
                s.plain[at - 1] in ("am", "pm", "m") or s.plain[at - 1][:1].isdigit()
            )
            if word in ("eastern", "pacific", "central", "est", "ist", "pt", "et", "ct") and not (
                s.is_a(at + 1, "TIME_WORD") or s.words[at].text.isupper() or (at and after_clock)
            ):
                return None
            return Zone(_ABBREVIATED[word], s.said(i, at + 1)), self._after_zone(at + 1)
        for length in (3, 2, 1):
            if at + length > len(s):
                continue
            name = " ".join(s.plain[at : at + length])
            city = _cities().get(name)
            end = at + length
            timed = s.is_a(end, "TIME_WORD") or (
                s.language == "pl" and at > 0 and s.plain[at - 1] in ("czasu", "czas", "strefa", "wedlug")
            )
            if city and timed and name != "time":
                return Zone(city, s.said(i, end)), self._after_zone(end)
            local = s.language == "pl" and name in _CITIES and at > i and s.plain[at - 1] in ("w", "we")
            if local and s.is_a(end, "TIME_WORD"):
                return Zone(_CITIES[name], s.said(i, end)), self._after_zone(end)
        if s.is_a(at + 1, "TIME_WORD") and s.plain[at + 1] in ("timezone", "tz") and s.words[at].capital:
            return Zone(None, s.said(i, at + 2)), at + 2
        return self._unknown(i, at)

    def _unknown(self, i: int, at: int) -> tuple[Zone, int] | None:
        """ "9:00 Mars time", "o 9:00 czasu Marsa": named as a zone right behind a time, and none that exists."""
        s = self.s
        if not i or not (s.plain[i - 1][-1:].isdigit() or s.plain[i - 1] in ("am", "pm") or self._hour_ends(i)):
            return None
        if s.language == "pl":
            named = s.plain[i] == "czasu" and at > i
            if named and (s.words[at].capital or s.plain[at].endswith(("skiego", "ckiego"))):
                return Zone(None, s.said(i, at + 1)), at + 1
        elif at == i and s.words[i].capital and not s.known(i) and s.plain[i + 1 : i + 2] == ["time"]:
            return Zone(None, s.said(i, i + 2)), i + 2
        return None

    def _hour_ends(self, i: int) -> bool:
        """Whether an hour in words ends before i: nine o'clock, o dziewiątej, at half past nine, w południe."""
        s = self.s
        spoken = (clock_at(s, j, introduced=True) for j in range(max(0, i - 4), i))
        return any(clock and clock[1] == i for clock in spoken) or s.plain[i - 1] in ("noon", "midnight", "poludnie")

    def _after_zone(self, i: int) -> int:
        return self.s.skip(i, "TIME_WORD") if self.s.language == "en" else i

    def _own_time(self, i: int) -> tuple[Zone, int] | None:
        s = self.s
        at = s.skip(i, "IN", "AT", "ON", "THE") if not s.is_a(i, "EACH_PERSON", "OWN_TIME") else i
        if at < len(s) and s.plain[at] in ("wedlug", "wg", "according", "to", "by"):
            at = s.skip(at + 1, "THE", "IN")
        if s.plain[at : at + 2] == ["to", "their"]:
            at += 1
        person = s.is_a(at, "EACH_PERSON")
        own = s.is_a(at + person, "OWN_TIME")
        if person and own:
            end = at + person + own
            return Zone(RECIPIENT, s.said(i, end)), end
        if person and s.language == "en" and s.is_a(at + person, "TIME_WORD"):
            end = at + person + s.is_a(at + person, "TIME_WORD")
            return Zone(RECIPIENT, s.said(i, end)), end
        if own and s.language == "pl" and (own > 1 or at > i or s.plain[at] != "czasu"):
            end = at + own
            who = s.is_a(end, "EACH_PERSON")
            if (
                who
                or "lokal" in s.said(at, end).lower()
                or "wlasn" in " ".join(s.plain[at:end])
                or ("swo" in " ".join(s.plain[at:end]))
            ):
                return Zone(RECIPIENT, s.said(i, end + who)), end + who
        if own and s.language == "en" and s.plain[at] in ("local", "own"):
            end = at + own
            if s.plain[end : end + 1] == ["of"]:
                after = s.skip(end + 1, "THE", "EVERY")
                if after < len(s) and s.plain[after] in (
                    "recipient",
                    "recipients",
                    "person",
                    "owner",
                    "people",
                    "owners",
                ):
                    end = after + 1
            return Zone(RECIPIENT, s.said(i, end)), end
        return None
