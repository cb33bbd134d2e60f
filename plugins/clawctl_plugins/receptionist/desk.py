"""The receptionist as a reply model: what the dialogue decided, said in one piece."""

from functools import lru_cache

from clawctl.engines.api import Answered, Prompt, Say
from clawctl_plugins.receptionist.hearing import understand
from clawctl_plugins.receptionist.reply import answer, summary

MODEL = "receptionist"
# The turns of some dozens of calls; one takes a millisecond or two to understand.
UTTERANCES_KEPT = 2000


class Receptionist:
    """Every reply is worked out from the prompt alone, from the beginning of the call.

    So a restart, a human who took over for a while, or another model that failed lose nothing. What
    it keeps is only what it need not work out twice.
    """

    def __init__(self) -> None:
        self._understand = lru_cache(UTTERANCES_KEPT)(understand)

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        if prompt.purpose == "summary":
            await say(summary(prompt))
            return Answered(model=MODEL)
        text, message = answer(prompt, self._understand)
        await say(text)
        return Answered(model=MODEL, message=message)
