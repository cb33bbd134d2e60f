"""Any server that speaks as OpenAI's does: for replies, recognition and speech.

Ollama, vLLM, llama.cpp, mlx-audio and speaches are such servers. `llm_base_url` chooses the one for
replies; `auto` prefers it as soon as it is set. The one for sound, `mlx_audio_base`, has to be
named (`stt_engine: openai`), because its address says nothing of whether it is there.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from clawctl.engines.api import NAMED_ONLY, Host, Llm, Offer, Stt, Tts
from clawctl.plugins import Plugin
from clawctl_plugins.kokoro.voices import voices as kokoro_voices

if TYPE_CHECKING:
    from clawctl_plugins.openai.server import Server

ALL_LANGUAGES = frozenset({"en", "de"})


@asynccontextmanager
async def _server(host: Host) -> AsyncIterator["Server"]:
    # The HTTP client costs 100 ms to import.
    from clawctl_plugins.openai.server import open_server  # noqa: PLC0415

    async with open_server(host) as server:
        yield server


@asynccontextmanager
async def _open_stt(host: Host) -> AsyncIterator[Stt]:
    from clawctl_plugins.openai.hearing import Ear  # noqa: PLC0415

    async with _server(host) as server:
        yield Ear(server)


@asynccontextmanager
async def _open_llm(host: Host) -> AsyncIterator[Llm]:
    from clawctl_plugins.openai.replying import Mind  # noqa: PLC0415

    async with _server(host) as server:
        yield Mind(server)


@asynccontextmanager
async def _open_tts(host: Host) -> AsyncIterator[Tts]:
    from clawctl_plugins.openai.speaking import Mouth  # noqa: PLC0415

    async with _server(host) as server:
        yield Mouth(server)


def _no_server_for_replies(host: Host) -> str:
    if host.common().llm.llm_base_url:
        return ""
    return "no server is set; try: clawctl config set llm_base_url http://127.0.0.1:11434/v1"


def _no_server_for_sound(host: Host) -> str:
    if host.common().stt.mlx_audio_base:
        return ""
    return "no server is set; try: clawctl config set mlx_audio_base http://127.0.0.1:8765"


def _voices(lang: str, host: Host) -> Mapping[str, tuple[str, ...]]:
    """Of servers' models only Kokoro's voices are known."""
    return kokoro_voices(lang) if "kokoro" in host.common().tts.tts_model.lower() else {}


plugin = Plugin(
    "openai",
    stt={
        "openai": Offer(
            open=_open_stt,
            rank=NAMED_ONLY,
            about="the server at mlx_audio_base, such as mlx-audio with Parakeet, or speaches",
            langs=ALL_LANGUAGES,
            unset=_no_server_for_sound,
            imports=("clawctl_plugins.openai.hearing",),
        )
    },
    llm={
        "openai": Offer(
            open=_open_llm,
            rank=100,
            about="the server at llm_base_url, such as Ollama, vLLM or llama.cpp",
            langs=ALL_LANGUAGES,
            unset=_no_server_for_replies,
            imports=("clawctl_plugins.openai.replying",),
        )
    },
    tts={
        "openai": Offer(
            open=_open_tts,
            rank=NAMED_ONLY,
            about="the server at mlx_audio_base, such as mlx-audio with Kokoro, or speaches",
            langs=ALL_LANGUAGES,
            voices=_voices,
            unset=_no_server_for_sound,
            imports=("clawctl_plugins.openai.speaking",),
        )
    },
)
