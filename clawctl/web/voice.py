"""Voices to choose from and to listen to, and engines to be warmed."""

from collections.abc import Awaitable, Callable

from quart import Blueprint

from clawctl.config.live import Live
from clawctl.engines.chain import TtsChain, Warmed


def routes(
    live: Live, tts: TtsChain, warm: Callable[[Callable[[str, Warmed], None]], Awaitable[None]]
) -> Blueprint:
    return Blueprint("voice", __name__)
