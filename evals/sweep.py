"""The same plain questions about every record of a company file, with their truths: any company will do."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.cases import LANGUAGES, SWEEP, Asked
from evals.company import Company
from evals.gold import truth

TEMPLATES = Path(__file__).with_name("sweep.toml")


def sweep(name: str, company: Company, asker: str, at: str) -> list[Asked]:
    """Every template for every record that the asker may see and whose name nothing else bears."""
    templates = tomllib.loads(TEMPLATES.read_text(encoding="utf-8"))["template"]
    found = []
    for template in templates:
        for key, called in _records(company, template["about"], asker, at):
            gold = {part: value.replace("{}", key) for part, value in template["gold"].items()}
            if not _has_answer(company, gold, template, asker, at):
                continue
            wanted = {"kind": ["answer"], "gold": gold} | {n: template[n] for n in ("rows", "values") if n in template}
            for language in LANGUAGES:
                for number, pattern in enumerate(template[language], 1):
                    ident = f"sweep-{name}-{template['id']}-{key}.{language}{number}"
                    question = pattern.replace("{}", written(called, template.get("written")))
                    found.append(
                        Asked(ident, name, f"sweep: {template['id']}", language, asker, at, question, wanted, SWEEP)
                    )
    return found


def written(called: str, how: str | None) -> str:
    """A name as it stands in the file, in plain small letters, or with two letters of its longest word swapped.

    >>> written("Udział pustych przebiegów", "plain")
    'udzial pustych przebiegow'
    >>> written("Theatre utilisation", "slip")
    'Theatre utiliastion'
    """
    if how == "plain":
        apart = unicodedata.normalize("NFD", called.casefold().replace("ł", "l"))
        return re.sub(r"[,.](?!\d)|['’]", "", "".join(one for one in apart if not unicodedata.combining(one)))
    if how == "slip":
        longest = max((word for word in called.split() if word.isalpha()), key=len)
        middle = len(longest) // 2
        slipped = longest[:middle] + longest[middle + 1] + longest[middle] + longest[middle + 2 :]
        return called.replace(longest, slipped, 1)
    return called


def _records(company: Company, about: str, asker: str, at: str) -> Iterator[tuple[str, str]]:
    """Keys and names of the active records of the cycle in force; names that several bear are left out."""
    moment = company.moment(at)
    cycle = company.cycle(moment)
    every: list[tuple[str, str]] = []
    if about == "people":
        every = [(email, person["name"]) for email, person in company.people.items() if person["active"]]
    elif about == "key_results":
        every = [(row["key"], row["title"]) for row in company.key_results(asker, moment)]
    elif about == "objectives":
        every = [
            (row["key"], row["title"])
            for row in company.file["objectives"]
            if cycle is not None and row["cycle"] == cycle["key"] and company.sees(asker, row["key"])
        ]
    else:
        every = [(row["key"], row["name"]) for row in company.file[about]]
    borne = Counter(called.casefold() for called in _all_names(company))
    yield from ((key, called) for key, called in every if borne[called.casefold()] == 1)


def _all_names(company: Company) -> Iterator[str]:
    for rows in company.file.values():
        if isinstance(rows, list):
            for row in rows:
                called = row.get("title", row.get("name"))
                if called is not None:
                    yield called


def _has_answer(company: Company, gold: dict[str, str], template: dict[str, Any], asker: str, at: str) -> bool:
    arguments = {name: value for name, value in gold.items() if name != "q"}
    found = truth(company, gold["q"], asker, company.moment(at), **arguments)
    if any(ident is None for ident in found.rows):
        return False
    return bool(found.rows) and all(found.values.get(name) is not None for name in template.get("values", []))
