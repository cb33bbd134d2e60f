"""What a model writes, on its way to whoever listens."""

import pytest

from clawctl.engines.api import Answered
from clawctl.engines.attempt import Attempt
from clawctl.engines.passage import Passage
from clawctl.errors import EngineFailed


class Listener:
    def __init__(self) -> None:
        self.text = ""

    async def say(self, piece: str) -> None:
        self.text += piece


async def test_thoughts_are_kept_back_and_what_is_held_comes_at_the_end() -> None:
    attempt, listener = Attempt[Answered](1.0), Listener()
    passage = Passage(attempt, listener.say, 100)

    await passage.take("<think>Hm.</think>")
    assert (attempt.passed_on, passage.words.any) == (False, False)
    await passage.take("2 <")
    assert listener.text == "2 "
    await passage.finish()
    assert (listener.text, attempt.passed_on, passage.words.any) == ("2 <", True, True)


async def test_no_more_is_taken_than_was_asked_for() -> None:
    listener = Listener()
    passage = Passage(Attempt(1.0), listener.say, 4)

    await passage.take("Yes.")
    with pytest.raises(EngineFailed, match="writes on and on"):
        await passage.take("!")
    assert listener.text == "Yes."
