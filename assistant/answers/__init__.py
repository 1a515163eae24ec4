"""From a question that is understood to its answer, one module for each family of questions."""
