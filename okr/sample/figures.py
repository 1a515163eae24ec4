"""The KPIs of Lumen, one point a week on Mondays, the last one in the week the company is made for.

The story in them: release 6.2 goes out in the middle of the sixth week back and breaks the routing of
portal tickets. From the Monday after, first replies take more than twice as long, tickets pile up, CSAT and NPS
fall, and churn turns some weeks later. In the same weeks activation and revenue rise, and availability
has one bad week, so that not everything that moved is a reason.
"""

from dataclasses import dataclass
from typing import Literal

NPS_TURN = 5
"""Weeks before the week of the company's day in which the NPS falls for the first time."""


@dataclass(frozen=True)
class Kpi:
    """A KPI with its weekly values, oldest first; money in thousands of euros."""

    key: str
    name: str
    unit: str
    better: Literal["up", "down"]
    who: str
    team: str
    values: tuple[float, ...]


# fmt: off
# A table reads better with one record to a line or two than with one value to a line.
KPIS: tuple[Kpi, ...] = (
    Kpi("KPI-NPS", "NPS", "points", "up", "ruth.adeyemi", "customer-success",
        (46, 46, 47, 46, 47, 48, 48, 47, 49, 49, 49, 50, 50, 51, 51, 51, 52, 53, 53, 53, 51, 48, 45, 43, 41, 40)),
    Kpi("KPI-CSAT", "CSAT", "%", "up", "monika.kalinowska", "customer-success",
        (84, 84, 85, 84, 85, 85, 86, 85, 86, 86, 86, 87, 86, 86, 87, 87, 87, 87, 88, 88, 85, 81, 78, 80, 82, 83)),
    Kpi("KPI-FIRST-REPLY", "First reply time", "hours", "down", "sara.conti", "customer-success",
        (6.2, 6.1, 6.1, 6.0, 5.9, 5.9, 5.8, 5.8, 5.7, 5.7, 5.6, 5.6, 5.5, 5.4, 5.4, 5.4, 5.3, 5.3, 5.3, 5.2,
         8.5, 12.6, 13.9, 13.3, 12.6, 11.9)),
    Kpi("KPI-TICKETS", "Open support tickets", "tickets", "down", "gosia.mazur", "customer-success",
        (188, 192, 185, 181, 179, 184, 176, 171, 174, 169, 166, 170, 163, 161, 165, 158, 155, 157, 152, 154,
         231, 318, 402, 371, 344, 296)),
    Kpi("KPI-CHURN", "Monthly churn", "%", "down", "beata.krawczyk", "company",
        (5.4, 5.4, 5.3, 5.3, 5.3, 5.2, 5.2, 5.1, 5.1, 5.0, 5.0, 4.9, 4.9, 4.8, 4.7, 4.6, 4.5, 4.4, 4.3, 4.2,
         4.2, 4.3, 4.3, 4.4, 4.6, 4.6)),
    Kpi("KPI-MRR", "MRR", "thousand €", "up", "beata.krawczyk", "company",
        (412, 414, 417, 419, 421, 426, 428, 431, 433, 437, 440, 442, 447, 449, 452, 455, 459, 461, 466, 469,
         473, 476, 480, 481, 484, 486)),
    Kpi("KPI-ACTIVATION", "Activation rate", "%", "up", "tomasz.wilk", "product",
        (31.0, 31.2, 30.8, 31.1, 31.4, 31.3, 31.6, 31.5, 31.9, 32.0, 31.8, 32.1, 32.3, 32.2, 32.4, 32.6, 32.5,
         32.8, 33.0, 33.1, 34.9, 35.8, 36.2, 36.9, 37.1, 37.4)),
    Kpi("KPI-AVAILABILITY", "Availability", "%", "up", "rafal.kubiak", "platform",
        (99.95, 99.97, 99.93, 99.96, 99.98, 99.95, 99.94, 99.97, 99.96, 99.91, 99.97, 99.98, 99.96, 99.95, 99.97,
         99.96, 99.98, 99.95, 99.97, 99.96, 99.94, 99.97, 99.71, 99.95, 99.97, 99.98)),
)
# fmt: on
