"""The examples, run as they are, beside a gateway and a simulated phone."""

import os
import re
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import trio

pytestmark = pytest.mark.journey

TOP = Path(__file__).parents[2]
README = TOP / "README.md"
PATIENCE_S = 30


@asynccontextmanager
async def example(faked, *command):
    """Running, from its first connection to the end of the block."""
    environment = os.environ | {
        "CLAWCTL_URL": faked.url,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with trio.fail_after(PATIENCE_S):
        process = await trio.lowlevel.open_process(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            await process.wait()
            await process.stderr.aclose()


async def until(there):
    """Returns when `there` does not deny it any more."""
    while not await there():
        await trio.sleep(0.02)


def connected(faked, agents):
    async def there():
        return len(await listed(faked)) == agents

    return there


def holding(faked, calls):
    async def there():
        return sum(len(one["sessions"]) for one in await listed(faked)) == calls

    return there


async def listed(faked):
    """Who is connected, and what they hold."""
    async with httpx2.AsyncClient(base_url=faked.url, trust_env=False, verify=False) as http:
        return (await http.get("/api/status")).json()["agents"]


async def test_an_agent_in_a_few_lines_answers_every_call_that_begins(faked):
    async with example(faked, sys.executable, str(TOP / "examples/agent.py")):
        await until(connected(faked, agents=1))
        for session_id in ("one", "two"):
            await faked.turn(session_id, 1)
        await until(holding(faked, calls=2))

        faked.stt.text = "I like tea."
        assert (await faked.turn("one", 2))["reply"] == "You said: I like tea."
        assert (await faked.turn("two", 3))["reply"] == "You said: I like tea."
        faked.stt.text = "Goodbye!"
        assert (await faked.turn("one", 4))["reply"] == "Goodbye, it was nice to talk to you."
        await until(holding(faked, calls=1))
        assert (await faked.turn("one", 5))["model"] == "echo"
    source = (TOP / "examples/agent.py").read_text().splitlines()
    assert len([line for line in source if line.strip()]) <= 25


async def test_a_shell_script_answers_what_it_knows_and_leaves_the_rest_to_the_model(faked):
    async with example(faked, str(TOP / "examples/answer.sh"), "+491701234567") as process:
        while b"Waiting" not in await process.stderr.receive_some():
            pass
        await faked.turn("call", 1, caller_number="+491701234567")
        await until(holding(faked, calls=1))

        faked.stt.text = "When are you open?"
        assert (await faked.turn("call", 2))["reply"].startswith("We are open from nine")
        faked.stt.text = "What are your prices?"
        reply = (await faked.turn("call", 3))["reply"]
        assert reply == "I will send a list to +491701234567."
        faked.stt.text = "Tell me a story."
        assert (await faked.turn("call", 4))["model"] == "echo"


def test_the_agent_of_the_readme_is_the_one_that_was_run():
    (shown,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
    assert shown in (TOP / "examples/agent.py").read_text()
