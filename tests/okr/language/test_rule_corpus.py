"""The reader on whole corpora: right, silently wrong, asked, missed; the read-back."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from rule_scoring import read, records, scores

from okr.language.rules import read_back, same_rule

CORPORA = ["rules_development.jsonl", "rules_own.jsonl"]


@pytest.mark.parametrize("name", CORPORA)
def test_the_corpus_is_read_right(name: str) -> None:
    counts, wrong = scores(name)
    for language in ("en", "pl"):
        total = sum(n for (lang, _), n in counts.items() if lang == language)
        told = {result: n for (lang, result), n in counts.items() if lang == language}
        print(f"{name} {language}: {told} of {total}")
        # Events that no condition of ours can watch are asked about, which is neither right nor wrong.
        unwatchable = sum(
            1
            for result, gold, _ in wrong
            if gold["lang"] == language and gold["kind"] == "condition" and result == "asked"
        )
        assert (told.get("right", 0) + unwatchable) / total >= 0.98
    for result, gold, found in wrong:
        print(result, "|", gold["text"], "|", gold["expected"], "|", found.document()["rrule"])
    assert not [gold["text"] for result, gold, _ in wrong if result in ("silently wrong", "false accept")]


@pytest.mark.parametrize("name", CORPORA)
def test_what_is_read_back_reads_the_same(name: str) -> None:
    said = same = 0
    different = []
    for gold in records(name):
        rule = read(gold["text"], gold.get("at"))
        if rule.kind in ("none", "unclear"):
            continue
        for language in ("en", "pl"):
            words = rule.readback if language == rule.language else read_back(rule, language)
            said += 1
            if same_rule(rule, read(words, gold.get("at"))):
                same += 1
            else:
                different.append((gold["text"], words))
    print(f"{name}: {same} of {said} read-backs give the same rule", different)
    assert same / said >= 0.99
