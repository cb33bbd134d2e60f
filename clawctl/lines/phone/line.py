"""The phone line: what the app posts becomes turns, each of them once."""

from dataclasses import dataclass

import structlog
import trio

from clawctl.call import gate
from clawctl.call.hearing import Heard, Hearing
from clawctl.call.shared import Job, Shared, Work
from clawctl.call.turn import Turns
from clawctl.config.live import Live
from clawctl.errors import StageFailed
from clawctl.lines.phone.answers import Body, Lines
from clawctl.lines.phone.form import Form, utterance

log = structlog.get_logger()

# The platform repeats a POST within seconds; after this a repeat is a new turn (gateway page, 3.1).
REPEAT_S = 60.0
# Answers kept for that; a phone makes some twenty turns a minute at the most.
REPEATS = 256


@dataclass(frozen=True)
class PhoneLine:
    """`answers` remembers what was answered, by the digest of the whole body."""

    turns: Turns
    hearing: Hearing
    live: Live
    answers: Shared[bytes]

    async def hear(self, form: Form) -> Heard:
        """`/api/asr`: nothing heard if no recogniser works, or none is quick enough."""
        said = utterance(form, self.live.now.call, streamed=False)
        with trio.move_on_after(self.live.now.session.turn_deadline_sec):
            try:
                return await self.hearing.hear(said.sound, said.audio_digest)
            except StageFailed as error:
                log.warning("asr.failed", why=str(error))
        return Heard(degraded=True)

    def transcript(self, heard: Heard) -> str:
        """What the app is told; a recording that holds the passphrase has no words for it."""
        secret = self.live.now.call.auth_passphrase
        return "" if secret and gate.opens(secret, heard.text) else heard.text

    async def answer(self, form: Form) -> bytes:
        """`/api/turn`: the whole answer as JSON; a repeat of the same body shares it."""
        said = utterance(form, self.live.now.call, streamed=False)

        async def work(job: Job[bytes]) -> bytes:
            body = Body()
            job.put(body.finish(await self.turns.run(said, body)))
            return job.parts[0]

        return await self.answers.get(f"turn {form.digest}", work)

    def streaming(self, form: Form) -> tuple[str, Work[bytes]]:
        """`/api/turn/stream`: the work that puts out the lines, and the key it is shared by."""
        said = utterance(form, self.live.now.call, streamed=True)

        async def work(job: Job[bytes]) -> bytes:
            lines = Lines(job)
            lines.finish(await self.turns.run(said, lines))
            return b""

        return f"stream {form.digest}", work
