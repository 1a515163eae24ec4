"""Bringing a company in and taking it out: the portable company file and spreadsheets."""
