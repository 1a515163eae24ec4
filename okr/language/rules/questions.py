"""What is asked back when a sentence is not clear, in the language of the sentence."""

_QUESTIONS = {
    "en": {
        "time": "At what time exactly?",
        "day": "On which day?",
        "past": "That moment is over. Which one in the future do you mean?",
        "limit": "That is more often than every 15 minutes. How often is enough?",
        "threshold": "Which status or number should count?",
        "audience": "Who exactly should get it?",
        "action": "What should happen then?",
        "message": "What should the message say?",
        "address": "Nobody in this company has that address. Who should get it?",
        "timezone": "Which time zone do you mean?",
        "schedule": "When exactly, in one rule?",
        "once_or_yearly": "Every year, or only once? For one day, give its date.",
    },
    "pl": {
        "time": "O której dokładnie godzinie?",
        "day": "W który dzień?",
        "past": "Ten moment już minął. Który przyszły termin masz na myśli?",
        "limit": "To częściej niż co 15 minut. Jak często wystarczy?",
        "threshold": "Jaki status lub jaka liczba ma się liczyć?",
        "audience": "Kto dokładnie ma to dostać?",
        "action": "Co ma się wtedy stać?",
        "message": "Co ma być w wiadomości?",
        "address": "Nikt w firmie nie ma takiego adresu. Kto ma to dostać?",
        "timezone": "O którą strefę czasową chodzi?",
        "schedule": "Kiedy dokładnie, w jednej regule?",
        "once_or_yearly": "Co roku czy tylko raz? Jeśli raz, podaj datę.",
    },
}


def question(about: str, words: str, language: str) -> str:
    """The question to ask about the words; the words themselves are shown beside it."""
    asked = _QUESTIONS[language][about]
    return f"“{words}”: {asked}" if words else asked
