"""Whether the phone may take a call: as long as nobody could hear or speak, it rather rings.

Engines prove themselves by a round trip, a voice in a recogniser's ear. How well that went is told
to the owner and keeps nobody out: a caller who is misunderstood can say it again, or leave word;
one whom nobody answers can do nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
import trio

from clawctl.call.warming import Warm

log = structlog.get_logger()

# The app waits five seconds for its call policy, and takes none for an order to let it ring.
WARM_UP_S = 4.0


class Stage(Protocol):
    """The engines of a stage."""

    @property
    def is_warm(self) -> bool: ...


@dataclass(frozen=True)
class ColdGate:
    """`speech` are those without whom the caller would meet silence; `warm` opens them, and after
    that `proven` is true."""

    speech: Sequence[Stage]
    warm: Warm
    proven: Callable[[], bool]

    @property
    def cold(self) -> bool:
        return not (self.proven() and all(stage.is_warm for stage in self.speech))

    async def may_answer(self) -> bool:
        """Asked when a call comes: who is not warm is warmed now, and waited for a little."""
        with trio.move_on_after(WARM_UP_S):
            return await self.opened()
        return not self.cold

    async def opened(self) -> bool:
        """Waits until nobody is cold any more, or warming them came to its end in vain: whether
        they are warm. Cancelled, what was begun goes on, for the next call."""
        with trio.CancelScope() as warming:

            def told(*_: object) -> None:
                if not self.cold:
                    warming.cancel()

            try:
                if self.cold:
                    await self.warm(told)
            except Exception as error:
                log.exception("warming.failed", why=type(error).__name__)
        return not self.cold
