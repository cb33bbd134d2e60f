"""Whether the phone may take a call: as long as nobody could hear or speak, it rather rings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import trio

from clawctl.call.warming import Warm

# The app waits five seconds for its call policy, and takes none for an order to let it ring.
WARM_UP_S = 4.0


class Stage(Protocol):
    """The engines of a stage."""

    @property
    def is_warm(self) -> bool: ...


@dataclass(frozen=True)
class ColdGate:
    """`speech` are those without whom the caller would meet silence; `warm` opens them."""

    speech: Sequence[Stage]
    warm: Warm

    @property
    def cold(self) -> bool:
        return not all(stage.is_warm for stage in self.speech)

    async def may_answer(self) -> bool:
        """Asked when a call comes: who is not warm is warmed now, and waited for a little.

        What was begun goes on afterwards, for the next call.
        """
        if self.cold:
            with trio.move_on_after(WARM_UP_S) as patience:

                def told(*_: object) -> None:
                    if not self.cold:
                        patience.cancel()

                await self.warm(told)
        return not self.cold
