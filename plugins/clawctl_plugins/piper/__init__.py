"""Piper: quick German voices on this machine, with feelings if wanted.

Where Piper's HTTP server answers at `piper_base` that one speaks: whoever started it wants it used.
Else Piper's library does, in a process of its own: it is GPL-3, and the gateway never loads it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from clawctl.engines.api import Host, Offer, Tts
from clawctl.plugins import Plugin
from clawctl_plugins.piper.ability import has_library, lack
from clawctl_plugins.piper.voices import chosen, voices


@asynccontextmanager
async def _open(host: Host) -> AsyncIterator[Tts]:
    # The HTTP client costs 100 ms to import.
    from clawctl_plugins.piper.speaking import open_piper  # noqa: PLC0415

    async with open_piper(host) as piper:
        yield piper


def _unset(host: Host) -> str:
    own = host.common().piper
    return lack(own.piper_voice, own.piper_base)


def _models(host: Host) -> tuple[str, ...]:
    who = chosen(host.common().piper.piper_voice, 0)
    return (who.name,) if who and has_library() else ()


plugin = Plugin(
    "piper",
    tts={
        "piper": Offer(
            open=_open,
            rank=50,
            about="piper: quick German, by its server or on this machine",
            langs=frozenset({"de"}),
            voices=lambda lang, _host: voices(lang),
            unset=_unset,
            models=_models,
            imports=("clawctl_plugins.piper.speaking",),
        )
    },
)
