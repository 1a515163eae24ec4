"""Jak części reguły brzmią po polsku."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from okr.automations import Action, Audience, Condition
from okr.language.rules.phrases import Addressed
from okr.recurrence import Recurrence
from okr.schedule import RECIPIENT

ACCUSATIVE = ("poniedziałek", "wtorek", "środę", "czwartek", "piątek", "sobotę", "niedzielę")
_GENDERS = "mmfmmff"
MONTHS_OF = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września", "października",
    "listopada", "grudnia",
)  # fmt: skip
_MONTHS_IN = (
    "styczniu", "lutym", "marcu", "kwietniu", "maju", "czerwcu", "lipcu", "sierpniu", "wrześniu", "październiku",
    "listopadzie", "grudniu",
)  # fmt: skip
AND = " i "
UNTIL = "do"
EXCEPT = "z wyjątkiem"
WHEN = "gdy"
QUOTES = ("„", "”")
HOLIDAYS = "dni ustawowo wolnych"
EVERY_WORKDAY = "w każdy dzień roboczy"
EVERY_WEEKDAY = "w dni powszednie"
SHIFTED = {
    "next_business_day": "jeśli wypada w dzień ustawowo wolny, to w następny dzień roboczy",
    "previous_business_day": "jeśli wypada w dzień ustawowo wolny, to w poprzedni dzień roboczy",
}
ASSUMED_LABEL = "Przyjęto"
ASSUMED = {
    "time": "godzinę", "timezone": "strefę czasową", "day": "dzień", "start": "początek", "audience": "odbiorcę",
    "action": "czynność", "message": "treść",
}  # fmt: skip
_UNITS = {
    "day": ("dzień", "dni", "dni"), "week": ("tydzień", "tygodnie", "tygodni"),
    "month": ("miesiąc", "miesiące", "miesięcy"),
    "quarter": ("kwartał", "kwartały", "kwartałów"), "year": ("rok", "lata", "lat"),
    "hour": ("godzinę", "godziny", "godzin"),
    "minute": ("minutę", "minuty", "minut"), "second": ("sekundę", "sekundy", "sekund"),
}  # fmt: skip
_OF_EVERY = {"month": "każdego miesiąca", "quarter": "każdego kwartału", "year": "każdego roku"}
_ORDINALS = {
    1: ("pierwszy", "pierwszą"), 2: ("drugi", "drugą"), 3: ("trzeci", "trzecią"), 4: ("czwarty", "czwartą"),
    5: ("piąty", "piątą"), -1: ("ostatni", "ostatnią"), -2: ("przedostatni", "przedostatnią"),
    -3: ("trzeci od końca", "trzecią od końca"),
}  # fmt: skip
_STATUSES = {
    "at_risk": "zagrożony",
    "off_track": "poza torem",
    "on_track": "na dobrej drodze",
    "completed": "ukończony",
}
_TASK_STATUSES = {
    "blocked": "zablokowane", "in_review": "w przeglądzie", "in_progress": "w toku", "to_do": "do zrobienia",
    "done": "zrobione",
}  # fmt: skip
_OPERATORS = {"<": "poniżej", "<=": "co najwyżej", ">": "powyżej", ">=": "co najmniej"}


def listed(words: Sequence[str]) -> str:
    """Jeden, dwa i trzy."""
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " i " + words[-1]


def counted(number: int, unit: str) -> str:
    """5 dni, 2 tygodnie."""
    one, few, many = _UNITS[unit]
    if number == 1:
        return one
    return f"{number} {few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many}"


def every(unit: str, number: int) -> str:
    """co 3 dni."""
    return "codziennie" if unit == "day" and number == 1 else f"co {counted(number, unit)}"


def weekly(days: Sequence[int], interval: int) -> str:
    """w każdy poniedziałek i piątek; co 2 tygodnie w poniedziałek."""
    if interval == 1:
        return listed([f"co {ACCUSATIVE[d]}" for d in days[:1]] + [ACCUSATIVE[d] for d in days[1:]])
    return f"co {counted(interval, 'week')} w {listed([ACCUSATIVE[d] for d in days])}"


def in_months(months: Sequence[int]) -> str:
    """w marcu i czerwcu."""
    return "w " + listed([_MONTHS_IN[m - 1] for m in months])


def month_named(month: int) -> str:
    """lutego."""
    return MONTHS_OF[month - 1]


def period(unit: str, number: int) -> str:
    """każdego miesiąca; co 2 miesiące."""
    return _OF_EVERY[unit] if number == 1 else every(unit, number)


def nth(places: Sequence[int], kind: str, days: Sequence[int], within: str) -> str:
    """w pierwszy i ostatni poniedziałek każdego miesiąca."""
    ordered = [p for p in places if p > 0] + [p for p in places if p < 0]
    if kind == "day":
        if all(p > 0 for p in ordered):
            return f"{listed([f'{p}.' for p in ordered])} dnia {within}"
        said = [f"{p}." if p > 0 else _genitive(p) for p in ordered]
        return f"{listed(said)} dnia {within}"
    if kind == "weekday_name":
        feminine = _GENDERS[days[0]] == "f"
        name = listed([ACCUSATIVE[d] for d in days])
    else:
        feminine = False
        name = {"business": "dzień roboczy", "weekday": "dzień powszedni", "weekend": "dzień weekendu"}[kind]
    return f"w {listed([_ordinal(p, feminine) for p in ordered])} {name} {within}"


def nth_beyond(place: int, kind: str, days: Sequence[int], day: int, within: str) -> str:
    """w pierwszy dzień roboczy po 15. dniu każdego miesiąca."""
    feminine = kind == "weekday_name" and _GENDERS[days[0]] == "f"
    name = {"business": "dzień roboczy", "weekday": "dzień powszedni"}.get(kind) or ACCUSATIVE[days[0]]
    edge = f"po {day}. dniu" if day > 0 else f"przed {-day}. dniem"
    return f"w {_ordinal(place, feminine)} {name} {edge} {within}"


def _genitive(place: int) -> str:
    return {-1: "ostatniego", -2: "przedostatniego", -3: "trzeciego od końca"}.get(place, f"{-place}. od końca")


def _ordinal(place: int, feminine: bool) -> str:
    if place in _ORDINALS:
        return _ORDINALS[place][1 if feminine else 0]
    return f"{place}." if place > 0 else f"{-place}. od końca"


def day_or_last(day: int, within: str) -> str:
    """30. lub ostatniego dnia każdego miesiąca."""
    return f"{day}. lub ostatniego dnia {within}"


def before_end(days: int, within: str) -> str:
    """3 dni przed końcem każdego kwartału."""
    return f"{counted(days, 'day')} przed końcem {within}"


def workdays_before_end(days: int, business: bool, within: str) -> str:
    """3 dni robocze przed końcem każdego miesiąca."""
    many = days % 10 not in (2, 3, 4) or days % 100 in (12, 13, 14)
    name = (
        ("dni roboczych" if many else "dni robocze") if business else ("dni powszednich" if many else "dni powszednie")
    )
    return f"{days} {name} przed końcem {within}"


def date(month: int, day: int) -> str:
    """24 września."""
    return f"{day} {MONTHS_OF[month - 1]}"


def at(times: Sequence[tuple[int, int]]) -> str:
    """o 09:00 i 14:30."""
    return "o " + listed([f"{h:02}:{m:02}" for h, m in times])


def elapsed(line: Recurrence) -> str:
    """co 45 minut."""
    unit = {"HOURLY": "hour", "MINUTELY": "minute", "SECONDLY": "second"}[line.freq]
    said = every(unit, line.interval)
    if line.minutes:
        said += " " + listed([f"{counted(m, 'minute')} po pełnej godzinie" for m in line.minutes])
    return said


def times(number: int) -> str:
    """7 razy."""
    return "1 raz" if number == 1 else f"{number} razy"


def starting(start: datetime, with_time: bool) -> str:
    """począwszy od 2026-11-27."""
    return f"począwszy od {start:%Y-%m-%dT%H:%M}" if with_time else f"począwszy od {start:%Y-%m-%d}"


def span(first: str, last: str) -> str:
    """od 2026-12-24 do 2027-01-02."""
    return f"od {first} do {last}"


def once(moment: datetime) -> str:
    """27 listopada 2026 o 09:00."""
    return f"{moment.day} {MONTHS_OF[moment.month - 1]} {moment.year} o {moment:%H:%M}"


def zone(name: str) -> str:
    """(Europe/Warsaw), albo czyj zegar się liczy."""
    return "według czasu lokalnego każdej osoby" if name == RECIPIENT else f"({name})"


def scope(value: str | None) -> str:
    """Czego dotyczy warunek, w dopełniaczu."""
    if value is None:
        return "kluczowego wyniku"
    kind, _, key = value.partition(":")
    if kind == "team":
        return f"kluczowego wyniku zespołu „{key}”"
    return {"objective": "celu", "key_result": "kluczowego wyniku", "kpi": "wskaźnika"}[kind] + f" „{key}”"


def condition(found: Condition, about: str) -> str:
    """Jeden warunek, bez „gdy”."""
    number = f"{found.value:g}" if isinstance(found.value, int | float) else str(found.value)
    operator = _OPERATORS.get(found.operator, "")
    tasks = "zadanie" if found.scope is None else f"zadanie {about}"
    if found.field == "status":
        return f"status {about} zmieni się na {_STATUSES.get(str(found.value), number)}"
    if found.field == "progress":
        return f"postęp {about} będzie {operator} {_percent(found)}%"
    if found.field == "gap":
        return f"luka {about} będzie {operator} {_percent(found)} punktów"
    if found.field == "confidence":
        if found.operator == "falls":
            return f"pewność {about} spada {number} tygodnie z rzędu"
        if found.operator == "falls_by":
            return f"pewność {about} spadnie o {number} punkty"
        return f"pewność {about} będzie {operator} {number}"
    if found.field == "last_check_in":
        return f"nie ma check-inu {about} od {number} dni"
    if found.field == "task_due":
        return f"{tasks} jest zaległe"
    if found.field == "task_status":
        return f"{tasks} ma status {_TASK_STATUSES.get(str(found.value), number)}"
    return f"wartość {about} będzie {operator} {number}"


def _percent(found: Condition) -> str:
    value = float(found.value or 0)
    return f"{value * 100:.6g}" if found.unit in (None, "fraction") else f"{value:.6g}"


_AUDIENCES = {
    "me": ("mi", "mnie", "mnie"),
    "okr_owners": ("wszystkim właścicielom OKR", "wszystkich właścicieli OKR", "wszystkich właścicieli OKR"),
    "kr_owners": (
        "wszystkim właścicielom kluczowych wyników", "wszystkich właścicieli kluczowych wyników",
        "wszystkich właścicieli kluczowych wyników",
    ),
    "leads": ("wszystkim liderom zespołów", "wszystkich liderów zespołów", "wszystkich liderów zespołów"),
    "leadership": ("zarządowi", "zarząd", "zarządu"),
    "everyone": ("wszystkim", "wszystkich", "wszystkich"),
}  # fmt: skip


def audience(who: Audience, concerned: bool) -> Addressed:
    """Kto to dostaje: forma po „przypomnij” i po „powiadom”."""
    team = f" z zespołu „{who.team}”" if who.team else ""
    if who.kind == "person":
        said = " i ".join(who.people)
        return Addressed(said, said)
    if who.kind == "team":
        named = f" „{who.team}”" if who.team else ""
        return Addressed(f"zespołowi{named}", f"zespół{named}", f" zespołu{named}")
    if who.kind == "owners_without_check_in":
        return Addressed(
            f"właścicielom{team}, którzy nie zrobili check-inu w tym tygodniu",
            f"właścicieli{team}, którzy nie zrobili check-inu w tym tygodniu",
            f" właścicieli{team}, którzy nie zrobili check-inu w tym tygodniu,",
        )
    if concerned and who.kind == "kr_owners" and not team:
        return Addressed("jego właścicielowi", "jego właściciela")
    if concerned and who.kind == "leads":
        return Addressed("liderowi zespołu", "lidera zespołu")
    dative, accusative, genitive = _AUDIENCES[who.kind]
    of = f" {genitive}{team}" if who.kind in ("okr_owners", "kr_owners") else ""
    return Addressed(dative + team, accusative + team, of)


def deed(action: Action, to: Addressed) -> str:
    """Co się dzieje i komu."""
    if action.kind == "remind":
        return f"przypomnij {to.direct}"
    if action.kind == "ask_check_in":
        return f"poproś {to.after_to} o check-in"
    if action.kind == "notify":
        return f"powiadom {to.after_to}"
    if action.kind == "post_comment":
        return f"dodaj komentarz w wątkach zadań{to.of}" if to.of else "dodaj komentarz w wątku zadania"
    if action.kind == "set_task_status":
        return f"ustaw status zadań{to.of} na „{_TASK_STATUSES.get(str(action.status), str(action.status))}”"
    if action.scope:
        kind, _, key = action.scope.partition(":")
        return f"wyślij {to.direct} podsumowanie {'zespołu' if kind == 'team' else 'celu'} „{key}”"
    return f"wyślij {to.direct} podsumowanie"


def saying(kind: str, led: str | None) -> str:
    """Co prowadzi do treści: „o” przed tym, o czym mowa, „żeby” przed tym, co zrobić."""
    if kind == "post_comment":
        return " o treści"
    if kind in ("remind", "notify") and led is not None:
        return " o" if led == "o" else f", {led}"
    return " z dopiskiem"
