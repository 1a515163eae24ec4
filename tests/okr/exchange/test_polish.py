"""What is wrong with a file is said in Polish too."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from okr.exchange import polish
from okr.exchange.polish import in_polish

FOLDER = Path(polish.__file__).parent


@pytest.mark.parametrize(
    ("english", "polish"),
    [
        ("row 4", "wiersz 4"),
        ("row 4, due date", "wiersz 4, termin"),
        ("line 12, column 3", "linia 12, kolumna 3"),
        ("check_ins[204].value", "check_ins[204].value"),
        ("there is no team 'Salse'; did you mean 'Sales'?", "nie ma zespołu 'Salse'; czy chodziło o: 'Sales'?"),
        ("there is no key result 'KR-9'", "nie ma czegoś takiego: kluczowy wynik 'KR-9'"),
        ("the owner and the team is missing", "brakuje: właściciel i zespół"),
        ("is missing", "tego brakuje"),
        ("row 3: measured by progress, from 0 to 100 %", "wiersz 3: mierzony postępem, od 0 do 100 %"),
        ("row 5 repeats row 3", "wiersz 5 powtarza wiersz 3"),
        ("a comma or } is expected here", "tu powinien być przecinek albo }"),
        ("has to be a number, not text; leave the quotes out", "to musi być liczba, a jest: tekst; usuń cudzysłów"),
        ("something nobody foresaw", "something nobody foresaw"),
    ],
)
def test_a_problem_is_said_in_polish(english: str, polish: str) -> None:
    assert in_polish(english) == polish


def messages() -> set[str]:
    """What the readers say of files, from their own source, each slot as one sign."""
    found: set[str] = set()
    for file in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rsplit(".", 1)[-1]
            said = {
                "add": node.args[1:2],
                "BrokenFile": node.args[1:2],
                "_Wrong": node.args[:1],
                "Problem": node.args[1:],
            }
            for argument in said.get(name, ()):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
                elif isinstance(argument, ast.JoinedStr):
                    parts = (p.value if isinstance(p, ast.Constant) else "\0" for p in argument.values)
                    found.add("".join(str(part) for part in parts))
    return {text for text in found if " " in text}


def test_every_sentence_of_the_readers_has_its_polish() -> None:
    said = messages()
    assert len(said) > 40

    # What slots may hold; a hint at the end may be missing.
    held = ("team", "'A' and 'B'")

    def known(text: str) -> bool:
        tried = [
            shape.replace("\0", one, 1).replace("\0", "team") for one in held for shape in (text, text.rstrip("\0"))
        ]
        return any(in_polish(each) != each for each in tried)

    assert {text for text in said if not known(text)} == set()
