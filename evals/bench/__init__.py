"""How fast the assistant is on a large company, beside the SQL that each answer needs."""
