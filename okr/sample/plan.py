"""What Lumen set out to do in the cycle in force: objectives and key results, as first agreed.

The key results of the first seven objectives' teams follow a published SaaS guide: some of them
were agreed as "10 % better than last quarter" with nobody writing the old figure down, so they
have no baseline, and a few have no target either.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["measure", "boundary", "milestones", "binary"]
Limit = Literal["at_least", "at_most"]
Cadence = Literal["weekly", "biweekly", "monthly"]


@dataclass(frozen=True)
class Aim:
    """An objective. `when` counts cycles back from the one in force; `who` is 'first.last'."""

    key: str
    title: str
    team: str
    who: str
    parent: str | None = None
    visibility: Literal["company", "team"] = "company"
    kind: Literal["aspirational", "committed"] = "committed"
    when: int = 0


@dataclass(frozen=True)
class Shape:
    """How a key result is measured, in the file's own words."""

    kind: Kind = "measure"
    unit: str | None = None
    baseline: float | None = None
    target: float | None = None
    limit: Limit | None = None


@dataclass(frozen=True)
class Step:
    """A milestone; `week` is the week of the cycle in which it was done, None for not yet."""

    title: str
    weight: float
    week: int | None


@dataclass(frozen=True)
class Result:
    """A key result as planned."""

    key: str
    aim: str
    title: str
    who: str
    shape: Shape
    weight: float = 1
    cadence: Cadence = "weekly"
    kpi: str | None = None
    state: Literal["active", "postponed", "closed"] = "active"
    score: float | None = None
    steps: tuple[Step, ...] = field(default=())


def change(unit: str, baseline: float, target: float) -> Shape:
    """From one figure to another, in either direction."""
    return Shape(unit=unit, baseline=baseline, target=target)


def reach(unit: str, target: float) -> Shape:
    """A figure to reach that nobody gave a starting point for."""
    return Shape(unit=unit, target=target)


RELATIVE = Shape(unit="%")
"""Better than last quarter by some percent, with neither end written down."""

DONE_OR_NOT = Shape(kind="binary", unit=None, baseline=0, target=1)


def at_most(unit: str, limit: float) -> Shape:
    """A figure that must not rise above a limit."""
    return Shape(kind="boundary", unit=unit, target=limit, limit="at_most")


def at_least(unit: str, limit: float) -> Shape:
    """A figure that must not fall below a limit."""
    return Shape(kind="boundary", unit=unit, target=limit, limit="at_least")


# fmt: off
# A table reads better with one record to a line or two than with one value to a line.
AIMS: tuple[Aim, ...] = (
    Aim("O-RETENTION", "Raise user retention", "company", "irena.maj"),
    Aim("O-EXPANSION", "Grow expansion revenue", "company", "daniel.okafor", kind="aspirational"),
    Aim("O-FIRST-MONTH", "Keep new users past their first month", "product", "lena.fischer", "O-RETENTION"),
    Aim("O-PLEASURE", "Make the product a pleasure to use", "product", "noor.haddad", "O-RETENTION",
        kind="aspirational"),
    Aim("O-LAUNCH", "Launch the new product well", "product", "priya.raman", "O-EXPANSION"),
    Aim("O-TRUST", "Ship releases people trust", "engineering", "grzegorz.pawlak", "O-RETENTION"),
    Aim("O-SPEED", "Speed up delivery", "engineering", "arjun.mehta", "O-EXPANSION"),
    Aim("O-LEADS", "Hand sales leads worth calling", "marketing", "sofia.almeida", "O-EXPANSION"),
    Aim("O-SEEN", "Be seen and grow revenue", "marketing", "emma.lindqvist", "O-EXPANSION",
        kind="aspirational"),
    Aim("O-DEALS", "Win more of the right deals", "sales", "ana.nowak", "O-EXPANSION"),
    Aim("O-OUTBOUND", "Build a repeatable outbound engine", "sales", "marcus.bell", "O-EXPANSION"),
    Aim("O-LOYALTY", "Earn customers' loyalty", "customer-success", "ruth.adeyemi", "O-RETENTION"),
    Aim("O-KEEP", "Keep the customers we have", "customer-success", "adam.stepien", "O-RETENTION"),
    Aim("O-QUIET-NIGHTS", "Utrzymać platformę bez nocnych alarmów", "platform", "hanna.brandt", "O-TRUST"),
    Aim("O-OFFLINE", "Make the technicians' app work without a signal", "mobile", "kenji.arai",
        "O-FIRST-MONTH"),
    Aim("O-TEAM", "Zbudować zespół, który zostaje", "company", "julia.sowa"),
    Aim("O-FUNDING", "Be ready for the next funding round", "company", "beata.krawczyk",
        visibility="team"),
    Aim("O-COMMISSION", "Wprowadzić nowy plan prowizji bez utraty ludzi", "sales", "ana.nowak", "O-DEALS",
        visibility="team"),
)

LAUNCH_STEPS: tuple[Step, ...] = (
    Step("Name and price list agreed", 1, 1),
    Step("Closed beta with five customers", 2, 3),
    Step("Help pages in English and Polish", 1, 6),
    Step("Security review passed", 2, 10),
    Step("Public launch", 3, None),
)

RESULTS: tuple[Result, ...] = (
    Result("KR-RETENTION-30", "O-FIRST-MONTH", "30-day retention", "tomasz.wilk", change("%", 45, 60), 2),
    Result("KR-FIRST-VALUE", "O-FIRST-MONTH", "Time to first value", "kacper.dudek", change("days", 7, 3)),
    Result("KR-ONBOARDING", "O-FIRST-MONTH", "Onboarding completion", "oliwia.lis", reach("%", 80)),
    Result("KR-PRICING-LIVE", "O-EXPANSION", "Usage-based pricing live in beta", "daniel.okafor", DONE_OR_NOT,
           2, "biweekly"),
    Result("KR-PRICING-SIGNUPS", "O-EXPANSION", "Sign-ups to the pricing pilot", "sven.halvorsen",
           change("sign-ups", 0, 500)),
    Result("KR-BETA-PAID", "O-EXPANSION", "Beta users moved to a paid plan", "daniel.okafor",
           change("users", 0, 50), 3),
    Result("KR-SATISFACTION", "O-PLEASURE", "Average satisfaction in surveys", "noor.haddad",
           reach("points", 9), cadence="monthly"),
    Result("KR-SUPPORT-TIME", "O-PLEASURE", "Support response time", "noor.haddad", RELATIVE),
    Result("KR-UPDATE-RETENTION", "O-PLEASURE", "Retention from product updates", "tomasz.wilk", RELATIVE,
           cadence="biweekly"),
    Result("KR-INTERVIEWS", "O-LAUNCH", "Customer interviews", "priya.raman", change("interviews", 0, 30)),
    Result("KR-VIDEOS", "O-LAUNCH", "User session videos watched", "oliwia.lis", change("videos", 0, 10)),
    Result("KR-TRAINING", "O-LAUNCH", "Training sessions for marketing and sales", "priya.raman",
           change("sessions", 0, 2), cadence="biweekly"),
    Result("KR-REQUIREMENTS", "O-LAUNCH", "Requirement documents reviewed", "kacper.dudek",
           change("documents", 0, 15)),
    Result("KR-LAUNCH-STEPS", "O-LAUNCH", "Steps to the launch of Lumen Routes", "priya.raman",
           Shape(kind="milestones"), 2, "biweekly", steps=LAUNCH_STEPS),
    Result("KR-BUGS", "O-TRUST", "New bug reports a month", "ewa.sikora", change("bugs", 72, 60)),
    Result("KR-CRASH-FREE", "O-TRUST", "Crash-free rate", "grzegorz.pawlak", change("%", 96, 99), 2),
    Result("KR-COVERAGE", "O-TRUST", "Test coverage", "michal.nowak", change("%", 35, 50)),
    Result("KR-VELOCITY", "O-SPEED", "Sprint velocity", "arjun.mehta", change("points", 42, 60), 2, "biweekly"),
    Result("KR-REVIEW", "O-SPEED", "Code review time", "michal.nowak", RELATIVE),
    Result("KR-DESIGN-BLOCK", "O-SPEED", "Planned features blocked by missing designs", "arjun.mehta",
           at_most("%", 2)),
    Result("KR-UNQUALIFIED", "O-LEADS", "Unqualified leads passed to sales", "filip.zaremba",
           change("%", 40, 25)),
    Result("KR-MQL-SQL", "O-LEADS", "MQL to SQL conversion", "magda.rybak", change("%", 12, 20), 2),
    Result("KR-CAMPAIGN", "O-LEADS", "Bottom-of-funnel campaign live", "karolina.bak", DONE_OR_NOT,
           cadence="biweekly"),
    Result("KR-ORGANIC", "O-SEEN", "Organic traffic", "emma.lindqvist", RELATIVE),
    Result("KR-CASE-STUDIES", "O-SEEN", "Case studies published", "sofia.almeida", change("studies", 0, 3)),
    Result("KR-OPEN-RATE", "O-SEEN", "E-mail open rate", "karolina.bak", change("%", 25, 35)),
    Result("KR-WIN-RATE", "O-DEALS", "Win rate", "ana.nowak", change("%", 18, 25), 3),
    Result("KR-DEAL-CYCLE", "O-DEALS", "Average deal cycle", "isabel.ortega", change("days", 42, 30), 2),
    Result("KR-WIN-LOSS", "O-DEALS", "Closed deals with a win-loss review", "krzysztof.wrona",
           reach("%", 100)),
    Result("KR-SEGMENTS", "O-OUTBOUND", "Segments reached by the outbound sequence", "natalia.gajda",
           change("segments", 0, 3), cadence="biweekly"),
    Result("KR-OUTBOUND-MQL", "O-OUTBOUND", "New MQLs from outbound", "marcus.bell", change("leads", 0, 50), 2),
    Result("KR-REPLY-RATE", "O-OUTBOUND", "Outbound reply rate", "liam.byrne", reach("%", 10)),
    Result("KR-CSAT", "O-LOYALTY", "CSAT", "monika.kalinowska", reach("%", 90), kpi="KPI-CSAT"),
    Result("KR-COMPLAINTS", "O-LOYALTY", "Customer complaints", "paulina.wilk", RELATIVE),
    Result("KR-NPS", "O-LOYALTY", "NPS", "ruth.adeyemi", reach("points", 65), 2, kpi="KPI-NPS"),
    Result("KR-ANSWER-TIME", "O-LOYALTY", "Time to answer customers", "sara.conti", RELATIVE),
    Result("KR-HIGH-VALUE", "O-KEEP", "High-value customer retention", "adam.stepien", RELATIVE, 2, "monthly"),
    Result("KR-LOST", "O-KEEP", "Customers lost", "hugo.lambert", RELATIVE, cadence="biweekly"),
    Result("KR-REVIEWS", "O-KEEP", "Business reviews with top customers", "adam.stepien", reach("%", 80)),
    Result("KR-REFERRALS", "O-KEEP", "New customers from referrals", "gosia.mazur", reach("%", 30),
           cadence="biweekly"),
    Result("KR-CHURN", "O-RETENTION", "Churn rate", "irena.maj", change("%", 5, 3), 3, "biweekly", "KPI-CHURN"),
    Result("KR-WAU", "O-RETENTION", "Weekly active users", "lena.fischer", RELATIVE),
    Result("KR-FEATURES", "O-RETENTION", "Customer-requested features shipped", "lena.fischer",
           change("features", 0, 3), cadence="biweekly"),
    Result("KR-CHURN-QUARTER", "O-RETENTION", "Churn against last quarter", "irena.maj", RELATIVE,
           cadence="monthly"),
    Result("KR-ALERTS", "O-QUIET-NIGHTS", "Nocne alarmy na tydzień", "rafal.kubiak", change("alarmy", 14, 4), 2),
    Result("KR-RESTORE", "O-QUIET-NIGHTS", "Czas odtworzenia kopii zapasowej", "zofia.krol",
           change("min", 95, 30), cadence="biweekly"),
    Result("KR-OFFLINE", "O-OFFLINE", "Jobs finished without a signal", "chloe.martin", change("%", 20, 70), 2),
    Result("KR-APP-RATING", "O-OFFLINE", "App store rating", "bartosz.lipski", change("stars", 3.9, 4.4),
           state="postponed"),
    Result("KR-HIRING", "O-TEAM", "Obsadzone stanowiska", "julia.sowa", change("osoby", 0, 5)),
    Result("KR-ENPS", "O-TEAM", "eNPS zespołu", "julia.sowa", at_least("punkty", 30), cadence="monthly"),
    Result("KR-DATA-ROOM", "O-FUNDING", "Data room complete", "sven.halvorsen", change("%", 10, 100), 2),
    Result("KR-RUNWAY", "O-FUNDING", "Months of runway", "beata.krawczyk", at_least("months", 15),
           cadence="biweekly"),
    Result("KR-COMMISSION-TALKS", "O-COMMISSION", "Rozmowy o nowym planie prowizji", "ana.nowak",
           change("rozmowy", 0, 7)),
)
# fmt: on
