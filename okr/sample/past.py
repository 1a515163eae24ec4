"""What Lumen had set out to do in the two cycles before: objectives, key results with scores, and lessons.

A key that ends in -LAST or -BEFORE gets the name of its cycle instead, such as KR-CHURN-26Q3.
"""

from dataclasses import dataclass
from typing import Literal

from okr.sample.plan import DONE_OR_NOT, Aim, Cadence, Result, Shape, change


@dataclass(frozen=True)
class Lesson:
    """What somebody wrote down `after` days past the end of the cycle."""

    aim: str | None
    when: int
    kind: Literal["helped", "hindered", "root_cause", "lesson"]
    who: str
    after: int
    text: str


# fmt: off
# A table reads better with one record to a line or two than with one value to a line.
PAST_AIMS: tuple[Aim, ...] = (
    Aim("O-HOLD-LAST", "Slow down the loss of customers", "company", "irena.maj", when=1),
    Aim("O-SERVICE-LAST", "Answer before customers ask twice", "customer-success", "ruth.adeyemi",
        "O-HOLD-LAST", when=1),
    Aim("O-SELF-START-LAST", "Let new customers start without us", "product", "lena.fischer", "O-HOLD-LAST",
        when=1),
    Aim("O-CALM-LAST", "Mniej pilnych poprawek", "engineering", "grzegorz.pawlak", "O-HOLD-LAST", when=1),
    Aim("O-PIPELINE-LAST", "Fill the pipeline without giving discounts", "sales", "ana.nowak", when=1),
    Aim("O-STORY-LAST", "Tell a story that customers repeat", "marketing", "sofia.almeida",
        kind="aspirational", when=1),
    Aim("O-REASONS-BEFORE", "Find out why customers leave", "company", "irena.maj", when=2),
    Aim("O-MAP-BEFORE", "Make the app's map fast", "mobile", "kenji.arai", when=2),
    Aim("O-REPS-BEFORE", "Zbudować zespół sprzedaży, który dowozi plan", "sales", "ana.nowak", when=2),
    Aim("O-CHANNELS-BEFORE", "Learn which channels pay for themselves", "marketing", "sofia.almeida", when=2),
    Aim("O-SIMPLE-BEFORE", "Take things away from the product", "product", "lena.fischer",
        kind="aspirational", when=2),
)


def _closed(
    key: str, aim: str, title: str, who: str, shape: Shape, score: float | None,
    cadence: Cadence = "weekly", weight: float = 1, kpi: str | None = None,
) -> Result:
    return Result(key, aim, title, who, shape, weight, cadence, kpi, "closed", score)


PAST_RESULTS: tuple[Result, ...] = (
    _closed("KR-CHURN-LAST", "O-HOLD-LAST", "Monthly churn", "beata.krawczyk", change("%", 5.8, 4.8), 0.6,
            "biweekly", 2),
    _closed("KR-NPS-LAST", "O-SERVICE-LAST", "NPS above fifty", "ruth.adeyemi", change("points", 44, 50), None,
            "biweekly", kpi="KPI-NPS"),
    _closed("KR-CSAT-LAST", "O-SERVICE-LAST", "Satisfaction after a closed ticket", "monika.kalinowska",
            change("%", 84, 88), None, "biweekly", kpi="KPI-CSAT"),
    _closed("KR-FIRST-REPLY-LAST", "O-SERVICE-LAST", "First reply to customers", "sara.conti",
            change("hours", 8, 5), None, weight=2),
    _closed("KR-SELF-LAST", "O-SELF-START-LAST", "Accounts set up without a call", "tomasz.wilk",
            change("%", 22, 40), 1.0, weight=2),
    _closed("KR-TEMPLATES-LAST", "O-SELF-START-LAST", "Job templates published", "kacper.dudek",
            change("templates", 0, 12), 1.0, "biweekly"),
    _closed("KR-HOTFIX-LAST", "O-CALM-LAST", "Pilne poprawki w miesiącu", "ewa.sikora",
            change("poprawki", 9, 3), 0.8),
    _closed("KR-DEPLOY-LAST", "O-CALM-LAST", "Deployments a week", "michal.nowak", change("deployments", 3, 8),
            None),
    _closed("KR-PIPELINE-LAST", "O-PIPELINE-LAST", "Qualified pipeline", "marcus.bell",
            change("thousand €", 310, 450), 0.7, weight=2),
    _closed("KR-DISCOUNT-LAST", "O-PIPELINE-LAST", "Average discount", "jakub.cieslak", change("%", 14, 9), 1.0,
            "biweekly"),
    _closed("KR-WEBINARS-LAST", "O-STORY-LAST", "Webinars with a customer", "filip.zaremba",
            change("webinars", 0, 4), 1.0, "biweekly"),
    _closed("KR-SITE-LAST", "O-STORY-LAST", "New website live", "magda.rybak", DONE_OR_NOT, 0.0, "biweekly"),
    _closed("KR-EXIT-BEFORE", "O-REASONS-BEFORE", "Exit interviews held", "hugo.lambert",
            change("interviews", 0, 20), 0.9, "monthly"),
    _closed("KR-LEAVING-BEFORE", "O-REASONS-BEFORE", "Customers leaving each month", "beata.krawczyk",
            change("%", 6.4, 5.5), None, "monthly"),
    _closed("KR-MAP-BEFORE", "O-MAP-BEFORE", "Map load time", "dominik.sroka", change("seconds", 6, 2), 1.0,
            "monthly"),
    _closed("KR-REPS-BEFORE", "O-REPS-BEFORE", "Handlowcy z wyrobionym planem", "ana.nowak",
            change("osoby", 1, 5), 0.7, "monthly"),
    _closed("KR-CHANNELS-BEFORE", "O-CHANNELS-BEFORE", "Channels with a known cost per lead", "emma.lindqvist",
            change("channels", 1, 6), 1.0, "monthly"),
    _closed("KR-SCREENS-BEFORE", "O-SIMPLE-BEFORE", "Screens removed", "oliwia.lis", change("screens", 0, 10),
            0.3, "monthly"),
)

LESSONS: tuple[Lesson, ...] = (
    Lesson("O-SERVICE-LAST", 1, "helped", "ruth.adeyemi", 2,
           "Covering the mornings from seven did more for first replies than all macros together."),
    Lesson("O-SERVICE-LAST", 1, "hindered", "sara.conti", 3,
           "We have no cover when two people are ill, and it happened in the fourth week."),
    Lesson("O-SERVICE-LAST", 1, "lesson", "ruth.adeyemi", 3,
           "Set the target from the median, not the average: three old tickets moved our number for a week."),
    Lesson("O-SELF-START-LAST", 1, "helped", "tomasz.wilk", 1,
           "Renaming one word in the setup was worth more than the new tour."),
    Lesson("O-SELF-START-LAST", 1, "root_cause", "lena.fischer", 4,
           "Large accounts still need a person because the import cannot handle their customer lists."),
    Lesson("O-CALM-LAST", 1, "root_cause", "ewa.sikora", 2,
           "Większość pilnych poprawek brała się z wydań w piątek po południu, a nie z jakości kodu."),
    Lesson("O-CALM-LAST", 1, "lesson", "grzegorz.pawlak", 4,
           "Wydajemy tylko wtedy, gdy autor zmiany jest następnego dnia w pracy."),
    Lesson("O-PIPELINE-LAST", 1, "hindered", "marcus.bell", 2,
           "Demos and prospecting compete for the same hours, and demos always win."),
    Lesson("O-PIPELINE-LAST", 1, "helped", "jakub.cieslak", 3,
           "Jedno zdanie uzasadnienia przy rabacie wystarczyło, żeby połowa rabatów zniknęła."),
    Lesson("O-STORY-LAST", 1, "root_cause", "magda.rybak", 4,
           "Strona nie powstała, bo teksty zaczęliśmy pisać dopiero po makietach."),
    Lesson("O-STORY-LAST", 1, "lesson", "sofia.almeida", 5,
           "A customer on stage beats any slide. Book the customer first, then pick the topic."),
    Lesson("O-HOLD-LAST", 1, "lesson", "irena.maj", 5,
           "Churn moves two months after its cause. Judge the work by replies and renewals calls until then."),
    Lesson("O-REASONS-BEFORE", 2, "helped", "hugo.lambert", 3,
           "Leaving customers told us more when a product manager was on the call."),
    Lesson("O-REASONS-BEFORE", 2, "root_cause", "irena.maj", 4,
           "Customers leave because they wait for answers; price is what they say when they are polite."),
    Lesson("O-MAP-BEFORE", 2, "helped", "kenji.arai", 2, "Testing on the oldest phone in the drawer every Friday."),
    Lesson("O-REPS-BEFORE", 2, "hindered", "ana.nowak", 3,
           "Rekrutacja trwała dwa miesiące dłużej, niż założyliśmy w planie."),
    Lesson("O-SIMPLE-BEFORE", 2, "root_cause", "oliwia.lis", 4,
           "Nikt nie miał prawa powiedzieć klientowi „nie”, więc każdy ekran zostawał."),
    Lesson(None, 2, "lesson", "julia.sowa", 6,
           "Eleven objectives were too many for forty people. Next time each team gets at most two."),
)
# fmt: on
