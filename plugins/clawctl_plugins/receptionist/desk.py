"""The receptionist as a reply model: what the dialogue decided, said in one piece."""

from clawctl.engines.api import Answered, Prompt, Say
from clawctl_plugins.receptionist.reply import answer, summary

MODEL = "receptionist"


class Receptionist:
    """Keeps nothing between turns: every reply is worked out from the prompt alone.

    So a restart, a human who took over for a while, or another model that failed lose nothing.
    """

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        if prompt.purpose == "summary":
            await say(summary(prompt))
            return Answered(model=MODEL)
        text, message = answer(prompt)
        await say(text)
        return Answered(model=MODEL, message=message)
