"""What the type of a setting cannot say: texts that must make sense, settings that must agree."""

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from clawctl.config.schema import Settings, engine_names

# A key, and what is wrong with it; the text completes a sentence that begins with the key.
Fault = tuple[str, str]

_SEPARATORS = str.maketrans("", "", " \t-./()[]\u00a0")
_NUMBER = re.compile(r"\+?[0-9]{1,20}")
_ENGINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_LANGUAGE = re.compile(r"auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HOST_AND_PORT = re.compile(r"[^\s:/@]+:[0-9]{1,5}")
_HEADER_SAFE = re.compile(r"[!-~]*")
_LOOPBACK_ONLY = (
    "must be a loopback address such as 127.0.0.1: the gateway is never open to a network, the"
    " phone reaches it through adb reverse"
)


def faults(settings: Settings) -> Iterator[Fault]:
    """Everything that is wrong with settings whose types are right."""
    for rule in (
        _listeners,
        _tokens,
        _passphrase,
        _engines,
        _language,
        _numbers,
        _urls,
        _address,
    ):
        yield from rule(settings)


def _listeners(settings: Settings) -> Iterator[Fault]:
    gateway = settings.gateway
    if not _is_loopback(gateway.host):
        yield "host", _LOOPBACK_ONLY
    if gateway.port == gateway.phone_port != 0:
        yield "phone_port", "must differ from port: the phone has a door of its own"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _tokens(settings: Settings) -> Iterator[Fault]:
    tokens = {
        "bearer_token": settings.gateway.bearer_token,
        "agent_token": settings.gateway.agent_token,
        "llm_api_key": settings.llm.llm_api_key,
    }
    for key, token in tokens.items():
        if not _HEADER_SAFE.fullmatch(token):
            yield key, "must be printable ASCII without blanks, for it travels in a header"


def _passphrase(settings: Settings) -> Iterator[Fault]:
    passphrase = settings.call.auth_passphrase
    if passphrase and not any(c.isalnum() for c in passphrase):
        yield "auth_passphrase", "must hold a letter or a digit: punctuation cannot be heard"


def _engines(settings: Settings) -> Iterator[Fault]:
    stages = {
        "stt_engine": settings.stt.stt_engine,
        "llm_engine": settings.llm.llm_engine,
        "tts_engine": settings.tts.tts_engine,
    }
    for key, value in stages.items():
        names = engine_names(value)
        if not names or not all(_ENGINE.fullmatch(name) for name in names):
            yield key, "must be auto, the name of an engine, or a list of names"


def _language(settings: Settings) -> Iterator[Fault]:
    language = settings.stt.stt_language
    if language and not _LANGUAGE.fullmatch(language):
        yield "stt_language", "must be empty, auto, or the code of a language such as en or de-AT"


def _numbers(settings: Settings) -> Iterator[Fault]:
    lists = {
        "caller_allowlist": settings.call.caller_allowlist,
        "caller_blocklist": settings.call.caller_blocklist,
        "dial_blocklist": settings.phone.dial_blocklist,
        "dial_allowlist": settings.phone.dial_allowlist,
    }
    for key, numbers in lists.items():
        for place, number in enumerate(numbers, 1):
            if not _NUMBER.fullmatch(number.translate(_SEPARATORS)):
                yield key, f"must hold telephone numbers only; entry {place} is none"


def _urls(settings: Settings) -> Iterator[Fault]:
    urls = {
        "mlx_audio_base": settings.stt.mlx_audio_base,
        "llm_base_url": settings.llm.llm_base_url,
        "piper_base": settings.piper.piper_base,
    }
    for key, url in urls.items():
        if url and not _is_server(url):
            yield key, "must be empty or an http:// or https:// address without user and password"


def _is_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port_fits = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = not re.search(r"\s", url) and "@" not in parts.netloc
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port_fits


def _address(settings: Settings) -> Iterator[Fault]:
    address = settings.phone.adb_address
    if address and not _HOST_AND_PORT.fullmatch(address):
        yield "adb_address", "must be empty or host:port"
