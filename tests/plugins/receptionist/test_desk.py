"""The plugin as the gateway meets it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from clawctl.engines.api import Answered, Message, Prompt, TakenMessage, Worker
from clawctl_plugins.receptionist import plugin


class NoHost:
    """The receptionist needs nothing of it."""

    cache_dir = Path("/nowhere")

    def settings(self) -> None:
        return None

    def worker(
        self, spec: str, options: Mapping[str, Any], *, size: int = 1, grace_s: float = 0.3
    ) -> AbstractAsyncContextManager[Worker]:
        raise AssertionError


@pytest.fixture
def said() -> list[str]:
    return []


async def ask(prompt: Prompt, said: list[str]) -> Answered:
    async def say(piece: str) -> None:
        said.append(piece)

    async with plugin.llm["receptionist"].open(NoHost()) as receptionist:
        return await receptionist.reply(prompt, say)


async def test_it_is_offered_last_and_never_missing() -> None:
    offer = plugin.llm["receptionist"]

    assert offer.rank == 1
    assert offer.langs == {"en", "de"}
    assert offer.missing() == ""


async def test_a_reply_comes_with_the_message_that_was_taken(said: list[str]) -> None:
    prompt = Prompt(
        system="",
        owner="Markus",
        history=(Message("assistant", "Hello, I am Markus's assistant..."),),
        transcript="tell him i called",
    )

    answered = await ask(prompt, said)

    assert said == ["I have noted that. May I have your name, please?"]
    assert answered == Answered(model="receptionist", message=TakenMessage(text="I called"))


async def test_a_summary_is_what_was_noted(said: list[str]) -> None:
    history = (
        Message("assistant", "May I have your name, please?"),
        Message("user", "anna smith"),
    )

    answered = await ask(Prompt(system="", history=history, purpose="summary"), said)

    assert said == ["Caller: Anna Smith. Number: not given. Message: not given. Confirmed: no."]
    assert answered == Answered(model="receptionist")
