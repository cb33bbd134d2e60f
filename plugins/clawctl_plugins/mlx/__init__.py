"""MLX: Whisper hears and a language model of your choice answers, on this machine's own GPU.

Made for Apple silicon; on Linux the same models run on the processor. Each model lives in a process
of its own, and a change of the settings is taken up with the next turn.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import msgspec
from msgspec import Meta

from clawctl.engines.api import Host, Llm, Offer, Stt
from clawctl.plugins import Plugin
from clawctl_plugins.mlx.library import no_lm, no_whisper
from clawctl_plugins.mlx.models import why_no_lm, why_no_whisper, window

LANGUAGES = frozenset({"en", "de"})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Recognition and replies by MLX"""

    whisper_model: Annotated[
        str,
        Meta(
            max_length=200,
            description="Model of the engine mlx-whisper: its name at the hub, or a folder.",
            extra={"live": True},
        ),
    ] = "mlx-community/whisper-large-v3-turbo"
    calls_remembered: Annotated[
        int,
        Meta(
            ge=0,
            le=64,
            description="Calls whose prompt mlx-lm keeps in memory, so that a turn costs its new"
            " words only.",
            extra={"live": True},
        ),
    ] = 8


@asynccontextmanager
async def _open_stt(host: Host) -> AsyncIterator[Stt]:
    from clawctl_plugins.mlx.hearing import open_ear  # noqa: PLC0415

    async with open_ear(host) as ear:
        yield ear


@asynccontextmanager
async def _open_llm(host: Host) -> AsyncIterator[Llm]:
    from clawctl_plugins.mlx.replying import open_mind  # noqa: PLC0415

    async with open_mind(host) as mind:
        yield mind


plugin = Plugin(
    "mlx",
    stt={
        "mlx-whisper": Offer(
            open=_open_stt,
            rank=60,
            about="Whisper on this machine, by MLX",
            langs=LANGUAGES,
            missing=no_whisper,
            unset=lambda host: why_no_whisper(host.settings().whisper_model),
            models=lambda host: (host.settings().whisper_model,),
        )
    },
    llm={
        "mlx-lm": Offer(
            open=_open_llm,
            rank=60,
            about="a language model on this machine, by MLX",
            langs=LANGUAGES,
            missing=no_lm,
            unset=lambda host: why_no_lm(host.common().llm.llm_model),
            models=lambda host: (host.common().llm.llm_model,),
            window=lambda host: window(host.common().llm.llm_model),
        )
    },
    settings=Settings,
)
