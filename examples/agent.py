"""An agent: takes over every call that begins and answers until the caller says goodbye."""

import os

import trio

from clawctl.client.agent import Client, connect

URL = os.environ.get("CLAWCTL_URL", "http://127.0.0.1:8996")


async def attend(client: Client, session_id: str) -> None:
    async with client.takeover(session_id) as call:
        async for turn in call:
            if "goodbye" in turn.transcript.lower():
                await turn.reply("Goodbye, it was nice to talk to you.")
                return
            await turn.reply(f"You said: {turn.transcript}")


async def main() -> None:
    token = os.environ.get("CLAWCTL_TOKEN", "")
    async with (
        connect(URL, token, name="parrot", told=print) as client,
        trio.open_nursery() as calls,
    ):
        async for event in client.events():
            if event["type"] == "session.started":
                calls.start_soon(attend, client, event["session_id"])


trio.run(main)
