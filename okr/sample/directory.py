"""Who works at Lumen, the made-up company: its teams as a tree and its people."""

from typing import Any

DOMAIN = "lumen.example"

COMPANY: dict[str, Any] = {
    "name": "Lumen",
    "timezone": "Europe/Warsaw",
    "language": "en",
    "country": "PL",
}

# key, name, the team above, lead
_TEAMS: tuple[tuple[str, str, str | None, str], ...] = (
    ("company", "Company leadership", None, "irena.maj"),
    ("product", "Product", "company", "lena.fischer"),
    ("engineering", "Engineering", "company", "grzegorz.pawlak"),
    ("platform", "Platform", "engineering", "hanna.brandt"),
    ("mobile", "Mobile apps", "engineering", "kenji.arai"),
    ("marketing", "Marketing", "company", "sofia.almeida"),
    ("sales", "Sales", "company", "ana.nowak"),
    ("customer-success", "Customer Success", "company", "ruth.adeyemi"),
)

# name, team, role, manager, own zone, own language
_PEOPLE: tuple[tuple[str, str, str, str | None, str | None, str | None], ...] = (
    ("Irena Maj", "company", "admin", None, None, None),
    ("Daniel Okafor", "company", "employee", "irena.maj", "Europe/London", None),
    ("Beata Krawczyk", "company", "employee", "irena.maj", None, "pl"),
    ("Julia Sowa", "company", "employee", "irena.maj", None, "pl"),
    ("Sven Halvorsen", "company", "employee", "beata.krawczyk", "Europe/Oslo", None),
    ("Lena Fischer", "product", "lead", "irena.maj", "Europe/Berlin", None),
    ("Tomasz Wilk", "product", "employee", "lena.fischer", None, None),
    ("Priya Raman", "product", "employee", "lena.fischer", "Asia/Kolkata", None),
    ("Kacper Dudek", "product", "employee", "lena.fischer", None, "pl"),
    ("Noor Haddad", "product", "employee", "lena.fischer", None, None),
    ("Oliwia Lis", "product", "employee", "lena.fischer", None, "pl"),
    ("Grzegorz Pawlak", "engineering", "lead", "irena.maj", None, "pl"),
    ("Ewa Sikora", "engineering", "employee", "grzegorz.pawlak", None, "pl"),
    ("Arjun Mehta", "engineering", "employee", "grzegorz.pawlak", None, None),
    ("Michał Nowak", "engineering", "employee", "grzegorz.pawlak", None, None),
    ("Hanna Brandt", "platform", "lead", "grzegorz.pawlak", "Europe/Berlin", None),
    ("Rafał Kubiak", "platform", "employee", "hanna.brandt", None, "pl"),
    ("Yusuf Demir", "platform", "employee", "hanna.brandt", "Europe/Istanbul", None),
    ("Zofia Król", "platform", "employee", "hanna.brandt", None, "pl"),
    ("Luca Ferri", "platform", "employee", "hanna.brandt", None, None),
    ("Paweł Adamski", "platform", "employee", "hanna.brandt", None, None),
    ("Kenji Arai", "mobile", "lead", "grzegorz.pawlak", "Asia/Tokyo", None),
    ("Agata Wrona", "mobile", "employee", "kenji.arai", None, "pl"),
    ("Bartosz Lipski", "mobile", "employee", "kenji.arai", None, None),
    ("Chloé Martin", "mobile", "employee", "kenji.arai", "Europe/Paris", None),
    ("Dominik Sroka", "mobile", "employee", "kenji.arai", None, "pl"),
    ("Sofia Almeida", "marketing", "lead", "irena.maj", "Europe/Lisbon", None),
    ("Magda Rybak", "marketing", "employee", "sofia.almeida", None, "pl"),
    ("Filip Zaremba", "marketing", "employee", "sofia.almeida", None, None),
    ("Emma Lindqvist", "marketing", "employee", "sofia.almeida", "Europe/Stockholm", None),
    ("Karolina Bąk", "marketing", "employee", "sofia.almeida", None, "pl"),
    ("Ana Nowak", "sales", "lead", "irena.maj", None, None),
    ("Marcus Bell", "sales", "employee", "ana.nowak", "America/New_York", None),
    ("Krzysztof Wrona", "sales", "employee", "ana.nowak", None, "pl"),
    ("Isabel Ortega", "sales", "employee", "ana.nowak", "Europe/Madrid", None),
    ("Jakub Cieślak", "sales", "employee", "ana.nowak", None, "pl"),
    ("Natalia Gajda", "sales", "employee", "ana.nowak", None, None),
    ("Liam Byrne", "sales", "employee", "ana.nowak", "Europe/Dublin", None),
    ("Ruth Adeyemi", "customer-success", "lead", "irena.maj", "Europe/London", None),
    ("Monika Kalinowska", "customer-success", "employee", "ruth.adeyemi", None, "pl"),
    ("Sara Conti", "customer-success", "employee", "ruth.adeyemi", "Europe/Rome", None),
    ("Paulina Wilk", "customer-success", "employee", "ruth.adeyemi", None, "pl"),
    ("Adam Stępień", "customer-success", "employee", "ruth.adeyemi", None, None),
    ("Hugo Lambert", "customer-success", "employee", "ruth.adeyemi", "Europe/Brussels", None),
    ("Gosia Mazur", "customer-success", "employee", "ruth.adeyemi", None, "pl"),
)

# Left the company: his account stays for the sake of what he wrote and owned.
_LEFT = frozenset({"Dominik Sroka"})

_PLAIN = str.maketrans("ąćęłńóśźżéĄĆĘŁŃÓŚŹŻ", "acelnoszzeACELNOSZZ")


def email(who: str) -> str:
    """The address of a person given as 'first.last'."""
    return f"{who}@{DOMAIN}"


FIRST_ASKER = email("ana.nowak")
"""Who is asking when the sample company is opened: a lead with key results, a team and something restricted."""


def _local_part(name: str) -> str:
    return name.translate(_PLAIN).lower().replace(" ", ".")


def teams() -> list[dict[str, Any]]:
    """The teams as the portable file holds them, a parent before its children."""
    return [{"key": key, "name": name, "parent": parent, "lead": email(lead)} for key, name, parent, lead in _TEAMS]


def people() -> list[dict[str, Any]]:
    """The people as the portable file holds them, a manager before those they manage."""
    return [
        {
            "email": email(_local_part(name)),
            "name": name,
            "team": team,
            "role": role,
            "manager": email(manager) if manager else None,
            "timezone": zone,
            "language": language,
            "active": name not in _LEFT,
        }
        for name, team, role, manager, zone, language in _PEOPLE
    ]
