"""The process of a server for the engine `openai`: as slow as it is told, and told anew at will."""

import json
import sys
from collections import deque

import trio

from benchmarks.child import obey, say
from clawctl.testing.openai_server import OpenAiServer, open_openai_server


def slow(server: OpenAiServer, **delays: float) -> None:
    for name, ms in delays.items():
        setattr(server, name, ms)


async def main(settings: str) -> None:
    async with open_openai_server(**json.loads(settings)) as server:
        server.asked = deque(maxlen=0)
        say({"url": server.url})
        await obey({"slow": lambda **delays: slow(server, **delays)})


if __name__ == "__main__":
    trio.run(main, sys.argv[1])
