"""The process of a server for the engine `openai`: as slow as it is told, and told anew at will."""

import json
import sys

import trio

from benchmarks.child import obey, say
from clawctl.testing.openai_server import OpenAiServer, open_openai_server


class Forgetful(list[object]):
    """What was asked, not kept."""

    def append(self, asked: object, /) -> None:
        pass


def slow(server: OpenAiServer, **delays: float) -> None:
    for name, ms in delays.items():
        setattr(server, name, ms)


async def main(settings: str) -> None:
    async with open_openai_server(**json.loads(settings)) as server:
        server.asked = Forgetful()  # type: ignore[assignment]
        say({"url": server.url})
        await obey({"slow": lambda **delays: slow(server, **delays)})


if __name__ == "__main__":
    trio.run(main, sys.argv[1])
