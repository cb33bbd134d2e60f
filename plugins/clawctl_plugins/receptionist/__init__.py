"""A receptionist: a reply model without a model, of real use and always there."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from clawctl.engines.api import Host, Llm, Offer
from clawctl.plugins import Plugin

# Compiling all phrases takes 200 ms.
TABLES = (
    "clawctl_plugins.receptionist.desk",
    "clawctl_plugins.receptionist.english.language",
    "clawctl_plugins.receptionist.german.language",
)


@asynccontextmanager
async def _open(_host: Host) -> AsyncGenerator[Llm, None]:
    from clawctl_plugins.receptionist.desk import Receptionist  # noqa: PLC0415

    yield Receptionist()


plugin = Plugin(
    "receptionist",
    llm={
        "receptionist": Offer(
            open=_open,
            rank=1,
            about="takes messages by rules, without a model",
            langs=frozenset({"en", "de"}),
            imports=TABLES,
        )
    },
)
