"""Replies by a language model in a process of its own, a token at a time.

The process is asked for each token, so the calls that are answered at the same time take turns, and
a reply that nobody asks on for stands still at once. The way to the process and back takes 0.3 ms
(the median of 3,000 empty calls), the work for a token of a small model 5 ms and more.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

import msgspec
import structlog

from clawctl.engines.api import Answered, Host, Llm, Prompt, Say, Worker
from clawctl.errors import Declined
from clawctl_plugins.mlx.asked import Asked, Begun, Step, ask
from clawctl_plugins.mlx.models import folder, why_no_lm
from clawctl_plugins.mlx.swap import Swap, open_swap

WRITER = "clawctl_plugins.mlx.writing:Writer"
# A step takes a tenth of a second at the most, but the first ones of a GPU are slow; and loading
# the model anew takes seconds.
GRACE_S = 5.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Mind:
    host: Host
    swap: Swap
    _numbers: "count[int]" = field(default_factory=count)
    # Replies somebody waits for.
    _awaited: set[int] = field(default_factory=set)

    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        """By the model that is set when it begins."""
        settings, number = self.host.common().llm, next(self._numbers)
        asked = ask(prompt, settings, self.host.settings().calls_remembered)
        self._awaited.add(number)
        try:
            async with self.swap.using(settings.llm_model) as worker:
                await self._begin(worker, number, asked)
                await _write(worker, number, say)
        finally:
            self._awaited.discard(number)
        return Answered(model=f"local/{settings.llm_model}")

    async def _begin(self, worker: Worker, number: int, asked: Asked) -> None:
        given = msgspec.to_builtins(asked)
        answer = await worker.call("begin", number, given, sorted(self._awaited))
        begun = msgspec.convert(answer, Begun)
        if begun.refusal:
            raise Declined(begun.refusal)
        log.info("mlx.read", tokens=begun.tokens, new=begun.tokens - begun.known)


async def _write(worker: Worker, number: int, say: Say) -> None:
    step = Step()
    while not step.last:
        step = msgspec.convert(await worker.call("step", number), Step)
        if step.text:
            await say(step.text)


@asynccontextmanager
async def open_mind(host: Host) -> AsyncIterator[Llm]:
    def open_model(model: str) -> AbstractAsyncContextManager[Worker]:
        place = folder(model, why_no_lm)
        return host.worker(WRITER, {"path": str(place)}, grace_s=GRACE_S)

    async with open_swap(open_model, host.common().llm.llm_model) as swap:
        yield Mind(host, swap)
