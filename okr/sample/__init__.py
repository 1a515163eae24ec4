"""Lumen, the made-up company that demo, tests and evals share."""

from okr.sample.company import sample_company
from okr.sample.directory import FIRST_ASKER
from okr.sample.guide import Guide, guide

__all__ = ["FIRST_ASKER", "Guide", "guide", "sample_company"]
