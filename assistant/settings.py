"""What can be set from outside: the environment, and a `.env` file beside the home folder.

Read by hand rather than by a library, because a question on the command line has a second and a
half from start to end and the library alone takes a third of one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from okr.calendar import zone_named
from okr.errors import SettingsError

ENGINES = ("auto", "direct", "model")
DEFAULT_HOME = ".okr"
# What a `.env` may set for us; anything else in it belongs to other programs.
NAMES = (
    "OKR_HOME",
    "OKR_DATABASE_URL",
    "OKR_MODEL",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OKR_ENGINE",
    "OKR_EMBEDDINGS",
    "OKR_CHROMA_URL",
    "OKR_TIMEZONE",
    "OKR_TOKENS_PER_TURN",
    "OKR_TOKENS_PER_PERSON",
    "OKR_TOKENS_PER_DAY",
    "OKR_MODEL_SECONDS",
    "OKR_PUBLIC_URL",
    "OKR_SMTP_URL",
    "OKR_SMTP_FROM",
    "OKR_SMTP_CA",
    "OKR_DEFAULT_CHANNEL",
    "OKR_WEBHOOK_SECRET",
    "OKR_SEND_SECONDS",
    "OKR_ALLOW_LOOPBACK",
)
# Each setting that begins so adds a channel of that name.
CHANNEL_PREFIX = "OKR_CHANNEL_"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_MODEL = re.compile(r"[A-Za-z0-9_-]+:\S+")


class Secret:
    """A text that shows itself only when asked to."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def get_secret_value(self) -> str:
        """The text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret('**********')"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set, checked. With nothing set, all runs on this machine and no request leaves it."""

    home: Path = Path(DEFAULT_HOME)
    database_url: Secret | None = None
    model: str | None = None  # provider:name
    openai_api_key: Secret | None = None
    openai_base_url: str | None = None
    engine: str = "auto"
    embeddings: str | None = None
    timezone: str | None = None  # where there is no company yet to say it
    tokens_per_turn: int = 40_000
    tokens_per_person: int = 400_000  # a day
    tokens_per_day: int = 4_000_000  # of everybody together
    model_seconds: int = 20  # how long one call to the model may take
    # All of OKR_*, for the parts that have their own; passwords are among them.
    others: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def model_name(self) -> str | None:
        """The model without its provider, as `answered_by` names it."""
        return self.model.partition(":")[2] if self.model else None


def read_settings(home: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this run: the argument, then the environment, then the `.env` beside the home folder.

    An empty value counts as not set. Raises `SettingsError` with the name and what it should look like.
    """
    given = dict(os.environ if environment is None else environment)
    named = _folder(home or (Path(given["OKR_HOME"]) if given.get("OKR_HOME") else Path(DEFAULT_HOME)))
    beside = _env_file(named.absolute().parent / ".env")
    if home is None and not given.get("OKR_HOME") and beside.get("OKR_HOME"):
        named = _folder(Path(beside["OKR_HOME"]))
    values = {**beside, **{name: value for name, value in given.items() if value}}
    return Settings(
        home=named,
        database_url=_secret(_database_url(values.get("OKR_DATABASE_URL"))),
        model=_model(values.get("OKR_MODEL")),
        openai_api_key=_secret(_key(values.get("OPENAI_API_KEY"))),
        openai_base_url=_address("OPENAI_BASE_URL", values.get("OPENAI_BASE_URL")),
        engine=_engine(values.get("OKR_ENGINE"), bool(values.get("OKR_MODEL"))),
        embeddings=values.get("OKR_EMBEDDINGS") or None,
        timezone=_timezone(values.get("OKR_TIMEZONE")),
        **_amounts(values),
        others={name: value for name, value in values.items() if name.startswith("OKR_")},
    )


def _folder(home: Path) -> Path:
    remedy = "Name a folder with --home or OKR_HOME."
    try:
        named = home.expanduser()
        is_file = named.exists() and not named.is_dir()
    except (OSError, RuntimeError, ValueError) as reason:
        # A name that is too long, somebody's home whom this machine does not know, or a NUL.
        raise SettingsError(f"The home {str(home)[:80]!r} cannot be a folder.", remedy) from reason
    if is_file:
        raise SettingsError(f"The home {named} is a file.", remedy)
    return named


_AMOUNTS = {
    "OKR_TOKENS_PER_TURN": "tokens_per_turn",
    "OKR_TOKENS_PER_PERSON": "tokens_per_person",
    "OKR_TOKENS_PER_DAY": "tokens_per_day",
    "OKR_MODEL_SECONDS": "model_seconds",
}


def _amounts(values: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, field_name in _AMOUNTS.items():
        if text := values.get(name):
            if not re.fullmatch(r"\d{1,10}", text):
                raise SettingsError(f"{name}={text[:40]!r} is not a whole number.", "Write digits alone, like 20000.")
            found[field_name] = int(text)
    return found


def _env_file(path: Path) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}
    except PermissionError:
        return {}
    except UnicodeDecodeError as reason:
        raise SettingsError(f"{path.name} beside the home folder is not UTF-8 text.", "Save it as UTF-8.") from reason
    except OSError as reason:
        raise SettingsError(f"{path.name} beside the home folder cannot be read.", "Check the file.") from reason
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise SettingsError(
                f"Line {number} of {path.name} beside the home folder is not a setting.", "Write NAME=value."
            )
        name, value = match[1], match[2].strip()
        if name.startswith("OKR_") or name in NAMES:
            found[name] = _unquoted(value)
    return found


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        closing = value.find(value[0], 1)
        if closing > 0:
            return value[1:closing]
    return value.split(" #", 1)[0].strip()


def _secret(text: str | None) -> Secret | None:
    return Secret(text) if text else None


def _database_url(text: str | None) -> str | None:
    if text and not re.match(r"postgresql(\+psycopg)?://", text):
        raise SettingsError(
            "OKR_DATABASE_URL is not the address of a PostgreSQL database.",
            "It looks like postgresql://user:password@host/name; leave it out for the database in the home folder.",
        )
    return text or None


def _model(text: str | None) -> str | None:
    if text and not _MODEL.fullmatch(text):
        raise SettingsError(f"OKR_MODEL={text[:80]!r} names no provider.", "Write provider:name, like openai:NAME.")
    return text or None


def _key(text: str | None) -> str | None:
    if text and (not text.isprintable() or not text.isascii() or " " in text):
        raise SettingsError("OPENAI_API_KEY has characters that no key has.", "Copy it again, without spaces.")
    return text or None


def _address(name: str, text: str | None) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits:
        raise SettingsError(f"{name}={text[:80]!r} is not a web address.", "It looks like https://host/v1.")
    return text


def _engine(text: str | None, has_model: bool) -> str:
    chosen = (text or "auto").lower()
    if chosen not in ENGINES:
        raise SettingsError(f"OKR_ENGINE={text!r} is not an engine.", f"Choose {', '.join(ENGINES)}.")
    if chosen == "model" and not has_model:
        raise SettingsError("OKR_ENGINE is model, and no model is set.", "Set OKR_MODEL, or choose auto or direct.")
    return chosen


def _timezone(text: str | None) -> str | None:
    if text:
        try:
            zone_named(text)
        except ValueError as reason:
            raise SettingsError(f"OKR_TIMEZONE: {reason}") from reason
    return text or None
