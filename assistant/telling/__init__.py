"""How facts are put into words: numbers, dates, plurals and sentence patterns in English and Polish."""
