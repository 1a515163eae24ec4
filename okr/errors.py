"""Failures that a person can act on: a stable code, one safe sentence, and what to do about it."""


class OkrError(Exception):
    """The base of every failure we explain to people; anything else is a defect and is logged under a reference."""

    code = "error"
    place = 0
    """Of several records that were to be made at once, the one that it is about."""

    def __init__(self, sentence: str, remedy: str = "") -> None:
        self.sentence = sentence
        self.remedy = remedy
        super().__init__(f"{sentence} {remedy}".strip())


MOST_QUOTED = 200
"""So many characters of what somebody typed are said back to them."""


class NotFoundError(OkrError):
    """Nothing the person may see has that name or id; a hidden record gets the same words as a missing one."""

    code = "not-found"

    def __init__(self, kind: str, wanted: str, close: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.wanted = wanted
        self.close = close
        hint = f"Did you mean {' or '.join(close)}?" if close else ""
        super().__init__(f"No {kind} called {wanted[:MOST_QUOTED]!r}.", hint)


class NotAllowedError(OkrError):
    """The person sees the record but may not do this to it."""

    code = "not-allowed"

    def __init__(self, act: str) -> None:
        super().__init__(f"You may not {act}.", "Its owner, the lead of its team or an admin can.")


class UnknownPersonError(OkrError):
    """The asker is not in the directory, or no longer active."""

    code = "unknown-person"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"Nobody active in this company has the address {email[:MOST_QUOTED]!r}.",
            "Check the address, or ask an admin.",
        )


class StaleVersionError(OkrError):
    """Somebody changed the record after the person last saw it."""

    code = "stale-version"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} was changed by somebody else meanwhile.", "Look at it again and decide.")


class StoreError(OkrError):
    """The database cannot be used as it is."""

    code = "store"


class StoreBusyError(StoreError):
    """Another program holds the database longer than we wait."""

    code = "store-busy"

    def __init__(self) -> None:
        super().__init__("The database is busy.", "Nothing was changed; try again in a moment.")


class StoreReadOnlyError(StoreError):
    """The database may be read but not written."""

    code = "store-read-only"

    def __init__(self) -> None:
        super().__init__(
            "The database cannot be written.", "Nothing was changed; check the rights of its folder and try again."
        )


class StoreFullError(StoreError):
    """There is no room left."""

    code = "store-full"

    def __init__(self) -> None:
        super().__init__("The disk of the database is full.", "Nothing was changed; make room and try again.")


class StoreNewerError(StoreError):
    """The database was written by a newer version of this program."""

    code = "store-newer"

    def __init__(self) -> None:
        super().__init__(
            "This database was made by a newer version of the program.", "Update the program; nothing was changed."
        )


class StoreDamagedError(StoreError):
    """The file is there but it is not a database of ours."""

    code = "store-damaged"

    def __init__(self) -> None:
        super().__init__(
            "The database file cannot be read: it is damaged or not a database.", "Restore it from a copy."
        )


class StoreEmptyError(StoreError):
    """There is no company in the store yet."""

    code = "store-empty"

    def __init__(self) -> None:
        super().__init__(
            "There is no company here yet.", "Run `okr demo` for a sample one, or `okr import FILE` for your own."
        )


class SettingsError(OkrError):
    """A setting has a value that cannot be used."""

    code = "settings"
