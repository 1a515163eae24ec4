"""Lumen, the made-up company that demo, tests and evals share."""

from okr.sample.company import sample_company

__all__ = ["sample_company"]
