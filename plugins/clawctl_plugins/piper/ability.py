"""Whether Piper can speak here: its server is there, or the library and a voice for it.

Asked in the middle of other work, so it costs next to nothing.
"""

import socket
import time
from functools import cache, lru_cache
from importlib.util import find_spec
from urllib.parse import urlsplit

from clawctl.engines.models import where, why_not
from clawctl.pip import pip_install
from clawctl_plugins.piper.voices import chosen

LOCAL = ("localhost", "127.0.0.1", "::1")
# The kernel answers for a server that is too busy to.
PATIENCE_S = 0.1
# How long an answer is good for.
FRESH_S = 3.0


def lack(voice: str, base: str) -> str:
    """Why nobody can speak with it and what to try, or ""; `base` is the server's address."""
    return "" if base and somebody_at(base) else without_server(voice, base, has_library())


def without_server(voice: str, base: str, library: bool) -> str:
    nobody = f"no server answers at {base}" if base else "piper_base names no server"
    if not library:
        return f"piper is not installed, and {nobody}; try: {pip_install('clawctl[piper]')}"
    who = chosen(voice, 0)
    if who and where(who.name):
        return ""
    return f"{nobody}, and {why_not(who.name if who else voice)}"


@cache
def has_library() -> bool:
    return find_spec("piper") is not None


def somebody_at(base: str) -> bool:
    """Whether anybody listens at an address of this machine; of another one it is believed."""
    parts = urlsplit(base)
    if parts.hostname not in LOCAL:
        return bool(parts.hostname)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    return _listens(parts.hostname, port, int(time.monotonic() / FRESH_S))


@lru_cache(maxsize=8)
def _listens(host: str, port: int, _moment: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=PATIENCE_S):
            return True
    except OSError:
        return False
