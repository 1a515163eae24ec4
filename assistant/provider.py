"""The language model that is set, whoever provides it, and what to tell people when it fails."""

from __future__ import annotations

import logging
import os
from typing import Any

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from assistant.budget import MOST_ANSWER, BudgetSpentError
from assistant.engine import ModelFailedError
from assistant.settings import Settings
from assistant.telling.phrases import say
from okr.errors import OkrError

RETRIES = 1
# A server of one's own that speaks OpenAI's language often wants no key; the client insists on one.
NO_KEY = "none"


def chat_model(settings: Settings, language: str) -> BaseChatModel:
    """The configured model with time limits; `ModelFailedError` where it cannot be made."""
    name = settings.model or ""
    provider = name.partition(":")[0]
    # A client library that logs its requests would put people's questions into the log.
    for noisy in ("openai", "httpx", "httpcore", "langchain", "langsmith"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    options: dict[str, Any] = {"timeout": float(settings.model_seconds), "max_retries": RETRIES, "temperature": 0}
    if provider == "openai":
        options |= {"max_completion_tokens": MOST_ANSWER, "stream_usage": True, "use_responses_api": False}
        if settings.openai_api_key is not None:
            options["api_key"] = settings.openai_api_key.get_secret_value()
        elif settings.openai_base_url is not None and not os.environ.get("OPENAI_API_KEY"):
            options["api_key"] = NO_KEY
        if settings.openai_base_url is not None:
            options["base_url"] = settings.openai_base_url
        if _thinks_first(name.partition(":")[2]):
            # These refuse any temperature but their own, and spend tokens on thinking.
            del options["temperature"]
            options["max_completion_tokens"] = MOST_ANSWER * 4
    try:
        return _made(name, options)
    except ImportError as reason:
        raise ModelFailedError(say(language, "model.not_installed", provider=provider[:40])) from reason
    except (ValueError, TypeError) as reason:
        # No key, an unknown provider, or options that it does not take.
        raise ModelFailedError(say(language, "model.unknown_model")) from reason


def _thinks_first(name: str) -> bool:
    return name.startswith(("o1", "o3", "o4", "gpt-5")) and "chat" not in name


def _made(name: str, options: dict[str, Any]) -> BaseChatModel:
    try:
        made: Any = init_chat_model(name, **options)
    except TypeError:
        # Some providers' clients know no time limit; the turn has one of its own.
        made = init_chat_model(name)
    if not isinstance(made, BaseChatModel):
        raise TypeError(f"{name} is no chat model")
    return made


def sentence(problem: BaseException, language: str) -> str:
    """What went wrong with the model, in one plain sentence that holds nothing of the provider's own text."""
    if isinstance(problem, BudgetSpentError | ModelFailedError):
        return problem.sentence
    if isinstance(problem, OkrError):
        return str(problem)
    status = getattr(problem, "status_code", None)
    name = type(problem).__name__
    if status in (401, 403) or "Authentication" in name or "PermissionDenied" in name:
        return say(language, "model.refused_key")
    if status == 429 or "RateLimit" in name:
        return say(language, "model.busy")
    if status == 404 or "NotFound" in name:
        return say(language, "model.unknown_model")
    if "Timeout" in name or status in (408, 504):
        return say(language, "model.slow")
    if "GraphRecursion" in name:
        return say(language, "model.broken")
    if "Protocol" in name or "Incomplete" in name:
        return say(language, "model.cut")
    if "Connect" in name or "Connection" in name:
        return say(language, "model.unreachable")
    return say(language, "model.broken")
