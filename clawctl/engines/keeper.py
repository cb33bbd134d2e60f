"""One engine of a chain: opened when first needed, kept open, opened anew when it keeps failing.

absent   it cannot work here; never tried
closed   nobody needed it yet, or nobody does any more
opening  being opened
ready    open
failed   it failed lately: it rests, and is used only while nothing else is left
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Generic, Literal

import msgspec
import structlog
import trio

from clawctl.config.schema import Settings
from clawctl.engines.api import E, Host, Offer, Prompt
from clawctl.engines.reason import reason
from clawctl.engines.window import LONGEST_TOKEN, fit, room
from clawctl.errors import EngineFailed

State = Literal["absent", "closed", "opening", "ready", "failed"]

# How long an engine rests after it failed; doubled with each failure in a row.
REST_S = 15.0
LONGEST_REST_S = 120.0
# One failure may be the fault of its input; an engine that fails again is opened anew.
FLAWS_TO_REOPEN = 2
# Loading a model from a slow disk takes minutes; this is for ever.
OPENING_S = 1800.0
# How long it is believed that what an engine needs is there, or is not.
LACK_KNOWN_S = 1.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Lacked:
    """What an engine said that it lacks, under which settings, and until when that is believed."""

    why: str
    common: Settings
    own: Any
    until: float


class Keeper(Generic[E]):
    """Holds one engine; `run` is its task, in which the engine is entered and left."""

    def __init__(self, name: str, offer: Offer[E], host: Host) -> None:
        self.name = name
        self.langs = offer.langs
        self.rank = offer.rank
        self._missing = _asked(offer.missing)
        # Why it failed last; "" once it worked again.
        self.failure = ""
        self.rested_at = -math.inf
        self._offer: Offer[E] = offer
        self._host = host
        self._lacked: Lacked | None = None
        self._engine: E | None = None
        self._opening = False
        # It did some work since it was opened.
        self._proven = False
        self._wanted = False
        self._worn = False
        self._users = 0
        # In a row; the second number is of those at work since it was opened last.
        self._failures = 0
        self._flaws = 0
        self._failed_at = -math.inf
        self._failed_under = self._settings()
        self._asked = trio.Event()
        self._tried = trio.Event()
        self._moved = trio.Event()

    @property
    def absent(self) -> str:
        """Why it cannot work, or ""; the settings may change it."""
        return self._missing or self._lack()

    def _lack(self) -> str:
        """Asked anew when the settings changed, and else seldom: it may look at a disk, and a turn
        wants to know it several times."""
        now, common, own = time.monotonic(), self._host.common(), self._host.settings()
        known = self._lacked
        if known and known.common is common and known.own is own and now < known.until:
            return known.why
        why = _asked(lambda: self._offer.unset(self._host))
        self._lacked = Lacked(why, common, own, now + LACK_KNOWN_S)
        return why

    @property
    def state(self) -> State:
        if self.absent:
            return "absent"
        if self.resting:
            return "failed"
        if self._engine is not None:
            return "ready"
        return "opening" if self._opening else "closed"

    @property
    def resting(self) -> bool:
        """It failed, and either its rest is not over or it could not be opened since.

        A change of the settings ends the rest: it may have mended what was wrong.
        """
        tired = trio.current_time() < self.rested_at and self._failed_under == self._settings()
        return bool(self._failures) and (self._engine is None or tired)

    @property
    def warm(self) -> bool:
        """Open, and seen to work since: what it is asked begins at once, however that ends."""
        return self._engine is not None and self._proven

    def want(self, wanted: bool) -> None:
        """Whether the engine is in the chain; one that is not is closed after its last call."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._forgive()
        self._move()

    def settings(self) -> Any:
        return self._host.settings()

    def _settings(self) -> tuple[Settings, Any]:
        return self._host.common(), self._host.settings()

    def voice_settings(self) -> Any:
        """All that may change how it speaks: its own settings and the gateway's."""
        common = self._host.common()
        return self._host.settings(), common.tts, common.piper, common.stt.mlx_audio_base

    def voices(self, lang: str) -> dict[str, tuple[str, ...]]:
        """What the engine offers for a language; none if it cannot say."""
        try:
            named = self._offer.voices(lang, self._host)
            return msgspec.convert(named, dict[str, tuple[str, ...]])
        except Exception as error:  # noqa: BLE001 - the plugin door
            log.warning("engine.voices_unknown", engine=self.name, why=reason(error))
            return {}

    @property
    def window(self) -> int:
        """What its model has before it at a time, in tokens; 0 if it cannot say."""
        try:
            return max(0, msgspec.convert(self._offer.window(self._host), int))
        except Exception as error:  # noqa: BLE001 - the plugin door
            log.warning("engine.window_unknown", engine=self.name, why=reason(error))
            return 0

    def fitted(self, prompt: Prompt) -> Prompt:
        """As long as its model and the settings allow."""
        llm = self._host.common().llm
        window = llm.window(self.window)
        return fit(prompt, room(window, llm.llm_max_tokens)) if window else prompt

    @property
    def longest_reply(self) -> int:
        """In characters; what is longer comes of a model that heeds no `llm_max_tokens`."""
        return LONGEST_TOKEN * self._host.common().llm.llm_max_tokens

    async def ready(self) -> E:
        """The open engine; raises EngineFailed when the attempt to open it fails.

        A caller that is cancelled leaves the opening alone: the next one profits from it.
        """
        if self._engine is None:
            self._asked.set()
            await self._tried.wait()
        if self._engine is None:
            raise EngineFailed(self.failure or "was closed meanwhile")
        return self._engine

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The engine is not closed in here."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._move()

    def worked(self) -> None:
        self._proven = self._engine is not None
        self._forgive()

    def _forgive(self) -> None:
        self.failure, self.rested_at = "", -math.inf
        self._failures, self._flaws, self._worn = 0, 0, False

    def failed(self, why: str, *, since: float) -> None:
        """It failed at work that began at `since`.

        What began before the last failure was known is a part of that failure, not a second one.
        """
        if since <= self._failed_at:
            return
        self._failures += 1
        self._flaws += self._engine is not None
        self._worn = self._flaws >= FLAWS_TO_REOPEN
        rest_s = min(REST_S * 2 ** min(self._failures - 1, 8), LONGEST_REST_S)
        self.failure, self._failed_at = why, trio.current_time()
        self._failed_under = self._settings()
        self.rested_at = self._failed_at + rest_s
        self._move()
        log.warning("engine.failed", engine=self.name, why=why, rest_s=rest_s)

    async def run(self) -> None:
        """Open the engine when asked, and again after a failure; ends only by being cancelled."""
        while True:
            with trio.move_on_after(self._pause_s()):
                await self._asked.wait()
            await self._hold()

    def _pause_s(self) -> float:
        if not self._failures or not self._wanted:
            return math.inf
        return 0.0 if self._worn else max(0.0, self.rested_at - trio.current_time())

    async def _hold(self) -> None:
        began = trio.current_time()
        self._opening, self._flaws, self._worn = True, 0, False
        try:
            with trio.CancelScope(deadline=began + OPENING_S) as patience:
                for module in self._offer.imports:
                    await trio.to_thread.run_sync(import_module, module, abandon_on_cancel=True)
                async with self._offer.open(self._host) as engine:
                    patience.deadline = math.inf
                    self._opened(engine, began)
                    await self._until_let_go()
                    self._engine = None  # nobody may begin to use what is being closed
            if patience.cancelled_caught:
                self._broke(f"not open after {OPENING_S:g} s")
        except Exception as error:  # noqa: BLE001 - the plugin door: a stranger's engine may raise anything
            self._broke(reason(error))
        except SystemExit:
            self._broke("it tried to end the gateway")
        finally:
            self._engine, self._opening = None, False

    def _opened(self, engine: E, began: float) -> None:
        self._engine, self._opening, self._proven = engine, False, False
        self._settle()
        log.info("engine.opened", engine=self.name, took_s=round(trio.current_time() - began, 3))

    def _broke(self, why: str) -> None:
        """It could not be opened, or fell over by itself."""
        self._engine, self._flaws = None, 0
        self.failed(why, since=trio.current_time())
        self._settle()

    def _settle(self) -> None:
        """Tell all who asked how the attempt to open ended."""
        self._asked = trio.Event()
        self._tried.set()
        self._tried = trio.Event()

    async def _until_let_go(self) -> None:
        while self._users or (self._wanted and not self._worn):
            await self._moved.wait()

    def _move(self) -> None:
        self._moved.set()
        self._moved = trio.Event()


def _asked(why: Callable[[], str]) -> str:
    try:
        return why()
    except Exception as error:  # noqa: BLE001 - the plugin door
        return reason(error)
