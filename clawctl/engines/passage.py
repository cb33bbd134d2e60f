"""From a reply model to its listener: without its thoughts, and no longer than was asked for."""

from clawctl.engines.api import Answered, Say
from clawctl.engines.attempt import Attempt
from clawctl.engines.sentences import Words
from clawctl.errors import EngineFailed


class Passage:
    """One reply, of which `left` characters are taken at most; `words` tells if there were any."""

    def __init__(self, attempt: Attempt[Answered], say: Say, left: int) -> None:
        self.words = Words()
        self._attempt = attempt
        self._say = say
        self._left = left

    async def take(self, piece: str) -> None:
        """What the model is given as its `Say`."""
        self._left -= len(piece)
        if self._left < 0:
            raise EngineFailed("writes on and on: its model does not heed llm_max_tokens")
        await self._pass_on(self.words.feed(piece))

    async def finish(self) -> None:
        if rest := self.words.rest():
            await self._pass_on(rest)

    async def _pass_on(self, text: str) -> None:
        with self._attempt.passing_on(text):
            await self._say(text)
