"""The tasks people at Lumen work on; days count from the day the company is made for."""

from dataclasses import dataclass
from typing import Literal

Progress = Literal["to_do", "in_progress", "in_review", "blocked", "done"]


@dataclass(frozen=True)
class Task:
    """A task: `due` and `done` in days from today, negative for the past; `needs` are tasks it waits for."""

    key: str
    title: str
    results: tuple[str, ...]
    who: str | None
    due: int | None
    status: Progress
    done: int | None = None
    needs: tuple[str, ...] = ()
    parent: str | None = None


# fmt: off
# A table reads better with one record to a line or two than with one value to a line.
TASKS: tuple[Task, ...] = (
    Task("T-1", "Repair the routing of portal tickets", ("KR-SUPPORT-TIME", "KR-ANSWER-TIME", "KR-NPS"),
         "grzegorz.pawlak", -10, "done", -13),
    Task("T-2", "Write the routing hotfix", ("KR-BUGS",), "michal.nowak", -18, "done", -17, parent="T-1"),
    Task("T-3", "Send a test ticket from the portal after every deployment", ("KR-BUGS",), "ewa.sikora", -7,
         "done", -6, ("T-2",), "T-1"),
    Task("T-4", "Answer the old portal tickets", ("KR-NPS", "KR-CSAT", "KR-COMPLAINTS"), "gosia.mazur", 9,
         "in_progress", needs=("T-1",)),
    Task("T-5", "Call everybody who scored below six since the release", ("KR-NPS",), "sara.conti", -3,
         "in_progress", needs=("T-1",)),
    Task("T-6", "Compare pop-up and e-mail answers of the same customers", ("KR-NPS",), "ruth.adeyemi", 4, "to_do"),
    Task("T-7", "Decide whether the survey goes back to e-mail", ("KR-NPS", "KR-SATISFACTION"), "noor.haddad", 11,
         "blocked", needs=("T-6",)),
    Task("T-8", "Agree on a rule for credits after slow support", ("KR-HIGH-VALUE",), "adam.stepien", -6, "to_do"),
    Task("T-9", "Explain the new price list in one page", ("KR-COMPLAINTS", "KR-LOST"), "sofia.almeida", 2,
         "in_review"),
    Task("T-10", "Przeprosić klientów z listy Vento", ("KR-COMPLAINTS",), "paulina.wilk", -1, "in_progress"),
    Task("T-11", "One-pager against TourPilot", ("KR-WIN-RATE",), "filip.zaremba", -4, "in_review"),
    Task("T-12", "Train the sales team on the one-pager", ("KR-WIN-RATE",), "liam.byrne", 6, "blocked",
         needs=("T-11",)),
    Task("T-13", "Answer library for security questionnaires", ("KR-DEAL-CYCLE", "KR-BETA-PAID"), None, 14,
         "to_do"),
    Task("T-14", "Single sign-on for large accounts", ("KR-BETA-PAID",), "luca.ferri", 18, "in_progress"),
    Task("T-15", "SAML with the first customer", ("KR-BETA-PAID",), "luca.ferri", 5, "in_review", parent="T-14"),
    Task("T-16", "Admin screen for single sign-on", ("KR-BETA-PAID",), "pawel.adamski", 12, "to_do", None,
         ("T-15",), "T-14"),
    Task("T-17", "Fix the accounting export for usage lines", ("KR-PRICING-LIVE",), "luca.ferri", -9, "blocked"),
    Task("T-18", "Get the legal text for usage-based pricing", ("KR-PRICING-LIVE", "KR-PRICING-SIGNUPS"),
         "daniel.okafor", -2, "in_progress"),
    Task("T-19", "Get Microsoft to say why the second mail domain was blocked", ("KR-OUTBOUND-MQL", "KR-REPLY-RATE"),
         "yusuf.demir", -12, "blocked"),
    Task("T-20", "Rewrite the outbound sequence for Germany", ("KR-REPLY-RATE",), "natalia.gajda", 8, "blocked",
         needs=("T-19",)),
    Task("T-21", "Lista firm sprzątających do kampanii", ("KR-SEGMENTS",), "natalia.gajda", 3, "in_progress"),
    Task("T-22", "Uzupełnić analizy transakcji z końca miesiąca", ("KR-WIN-LOSS",), "krzysztof.wrona", -5, "to_do"),
    Task("T-23", "Put the Ostoja Dom story into the sales deck", ("KR-CASE-STUDIES",), "emma.lindqvist", -8,
         "in_review"),
    Task("T-24", "Get Brenner Lifts to allow their name in the story", ("KR-CASE-STUDIES",), "sofia.almeida", -15,
         "blocked"),
    Task("T-25", "Zgoda na wzbogacanie danych firm", ("KR-MQL-SQL",), "magda.rybak", 16, "blocked"),
    Task("T-26", "Renew the writer's contract", ("KR-ORGANIC",), "emma.lindqvist", -1, "to_do"),
    Task("T-27", "Niemiecka wersja zgody na nagrywanie sesji", ("KR-VIDEOS",), "oliwia.lis", -11, "blocked"),
    Task("T-28", "Book six more session recordings", ("KR-VIDEOS",), "oliwia.lis", 10, "to_do", needs=("T-27",)),
    Task("T-29", "Poprawić kodowanie w imporcie z Excela", ("KR-FIRST-VALUE",), "kacper.dudek", -20, "done", -22),
    Task("T-30", "Speed up the weekly cohort query", ("KR-RETENTION-30",), "rafal.kubiak", 7, "to_do"),
    Task("T-31", "Search in shared notes", ("KR-FEATURES",), "tomasz.wilk", 13, "in_progress"),
    Task("T-32", "Permissions for the search in shared notes", ("KR-FEATURES",), "zofia.krol", 6, "in_review",
         parent="T-31"),
    Task("T-33", "Book machines for the load test of Routes", ("KR-LAUNCH-STEPS",), "priya.raman", -16, "done", -19),
    Task("T-34", "Load test of Routes with a thousand technicians", ("KR-LAUNCH-STEPS",), "hanna.brandt", 9,
         "in_progress", needs=("T-33",)),
    Task("T-35", "Publish the prices of Routes", ("KR-LAUNCH-STEPS",), None, 20, "to_do", needs=("T-34",)),
    Task("T-36", "Buy a second old tablet for offline tests", ("KR-OFFLINE",), "agata.wrona", -14, "to_do"),
    Task("T-37", "Point the last two sprints after the fact", ("KR-VELOCITY",), "arjun.mehta", None, "to_do"),
    Task("T-38", "Termin ważności kopii raportów", ("KR-ALERTS",), "rafal.kubiak", -21, "done", -21),
    Task("T-39", "Zamówić szybsze łącze do drugiego centrum danych", ("KR-RESTORE",), "zofia.krol", 15, "to_do"),
    Task("T-40", "Write down last quarter's figures for all relative key results",
         ("KR-WAU", "KR-CHURN-QUARTER", "KR-SUPPORT-TIME", "KR-REVIEW"), None, -2, "to_do"),
    Task("T-41", "Scan the four photographed contracts", ("KR-DATA-ROOM",), "sven.halvorsen", -3, "in_progress"),
    Task("T-42", "Przelicznik prowizji na cały rok", ("KR-COMMISSION-TALKS",), "ana.nowak", 5, "in_progress"),
    Task("T-43", "Ogłoszenie o pracę we wsparciu", ("KR-HIRING",), "julia.sowa", -4, "done", -5),
    Task("T-44", "Clean the coffee machine rota", (), "marcus.bell", 1, "to_do"),
)
# fmt: on
