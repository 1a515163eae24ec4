"""The commands of `okr`, one module for each family."""
