"""Sentences that set a time or a condition, read without a model, in English and Polish."""

from okr.language.rules.directory import Directory, ListedDirectory, PersonEntry, RecordEntry, TeamEntry
from okr.language.rules.readback import read_back
from okr.language.rules.reading import read_rule, same_rule

__all__ = [
    "Directory",
    "ListedDirectory",
    "PersonEntry",
    "RecordEntry",
    "TeamEntry",
    "read_back",
    "read_rule",
    "same_rule",
]
