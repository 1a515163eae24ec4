"""Judged behaviour: cases as data, run against the direct reader or a model."""
