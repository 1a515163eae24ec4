"""The words that a language model is given."""
