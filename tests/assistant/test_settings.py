"""Each setting is checked at once, and what is wrong is said in a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Secret, read_settings
from okr.errors import SettingsError


def test_without_any_setting_all_stays_on_this_machine(tmp_path: Path) -> None:
    found = read_settings(tmp_path / "home", {})
    assert (found.database_url, found.model, found.openai_api_key, found.embeddings) == (None, None, None, None)
    assert found.engine == "auto"


def test_the_argument_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# ours\nexport OKR_ENGINE='direct'\nOKR_MODEL=openai:file # a note\nPATH=/nowhere\n", encoding="utf-8"
    )
    found = read_settings(tmp_path / "home", {"OKR_MODEL": "openai:environment", "OKR_HOME": "/elsewhere"})
    assert (found.home, found.model, found.engine) == (tmp_path / "home", "openai:environment", "direct")
    assert found.model_name == "environment"
    assert "PATH" not in found.others


def test_an_empty_value_counts_as_not_set(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"OKR_MODEL": "", "OPENAI_API_KEY": ""}).model is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OKR_DATABASE_URL", "mysql://host/db"),
        ("OKR_MODEL", "gpt"),
        ("OPENAI_API_KEY", "sk one two"),
        ("OPENAI_BASE_URL", "host/v1"),
        ("OPENAI_BASE_URL", "http://host:notaport/"),
        ("OKR_ENGINE", "magic"),
        ("OKR_ENGINE", "model"),
        ("OKR_TIMEZONE", "Mars/Olympus"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        read_settings(tmp_path, {name: value})
    assert "\n" not in str(refused.value)


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OKR_ENGINE=auto\nnonsense\n")
    with pytest.raises(SettingsError, match="Line 2"):
        read_settings(tmp_path / "home", {})
    (tmp_path / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(tmp_path / "home", {})


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(SettingsError, match="is a file"):
        read_settings(tmp_path / "home", {})


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret("sk-very-secret")
    assert "very" not in f"{secret} {secret!r}"
    assert secret.get_secret_value() == "sk-very-secret"
