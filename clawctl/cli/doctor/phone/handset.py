"""The phone in question: found once, connected to once, asked once for what several checks read."""

import shlex
from contextlib import suppress

import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import ClawError, Conflict, NoHandset, TooSlow
from clawctl.lines.phone import telephony
from clawctl.lines.phone.adb_server import ServerPhones
from clawctl.lines.phone.driver import COMMAND_S, Driver, Phones, Ran, quoted
from clawctl.lines.phone.profile_install import SU, SU_S, Found, found

# A phone that was slow once is waited for half as long, but not less than this.
LEAST_PATIENCE_S = 1.0

CALL_STATE = "dumpsys telephony.registry"


class Handset:
    """Nothing here changes the phone but `do`."""

    def __init__(self, settings: PhoneSettings, phones: Phones) -> None:
        self.settings = settings
        self.phones = phones
        self.server = ServerPhones.of(settings)
        # Whether an adb server stands between us, which keeps what is forwarded when we leave.
        self.by_server = False
        # The `su` that gives root, and what the last one that does not said.
        self.su = self.su_says = ""
        self._untried: tuple[str, ...] = SU
        self._driver: Driver | None = None
        self._said: dict[str, Ran] = {}
        self._profile: Found | None = None
        self.patience_s = COMMAND_S

    @property
    def driver(self) -> Driver:
        if self._driver is None:
            raise NoHandset("no phone is connected; 'clawctl doctor --only phone' says why")
        return self._driver

    async def connect(self, attending: trio.Nursery) -> Driver:
        """It stays open as long as somebody attends. Raises NoHandset with the way out."""
        self._driver = await attending.start(self._keep_open)
        return self.driver

    async def _keep_open(self, task_status: trio.TaskStatus[Driver]) -> None:
        try:
            async with self.phones.open() as driver:
                task_status.started(driver)
                await trio.sleep_forever()
        except* ClawError:
            # Once it is open, whoever asks it is told.
            if self._driver is None:
                raise

    # Asking

    async def run(self, command: str, within_s: float = COMMAND_S) -> Ran:
        try:
            return await self.driver.run(command, timeout_s=min(within_s, self.patience_s))
        except TooSlow:
            self.patience_s = max(self.patience_s / 2, LEAST_PATIENCE_S)
            raise

    async def said(self, command: str) -> Ran:
        """What it said to this the last time, until something was changed."""
        if command not in self._said:
            self._said[command] = await self.run(command)
        return self._said[command]

    async def word(self, command: str) -> str:
        """What it said, where that is a word or two: no more of it than can be shown."""
        return shown((await self.said(command)).text)

    async def find_su(self) -> str:
        """A root manager that asks on the phone's screen first counts as one that refuses."""
        untried, self._untried = self._untried, ()
        for program in untried:
            with suppress(TooSlow):
                ran = await self.driver.run(quoted(program, "-c", "id"), timeout_s=SU_S)
                if "uid=0(" in ran.text:
                    self.su = program
                    break
                self.su_says += words(ran)
        return self.su

    async def as_root(self, *words: str) -> Ran:
        return await self.run(self.root(*words), SU_S)

    def root(self, *words: str) -> str:
        return quoted(self.su, "-c", quoted(*words))

    async def profile(self) -> Found:
        if self._profile is None:
            self._profile = await found(self.driver)
        return self._profile

    async def calls(self) -> int:
        """The busiest of its SIMs: telephony.IDLE, RINGING or OFF_HOOK."""
        state = telephony.seen((await self.said(CALL_STATE)).text).calls
        if state is None:
            raise NoHandset("the phone does not tell whether it has a call")
        return state

    # Changing

    async def do(self, command: str, within_s: float = COMMAND_S) -> Ran:
        """Raises NoHandset with what the phone says about a failure."""
        self.forget()
        ran = await self.run(command, within_s)
        if ran.code:
            raise NoHandset(words(ran) or f"the phone says nothing but status {ran.code}")
        return ran

    def forget(self) -> None:
        self._said.clear()
        self._profile = None

    async def require_idle(self) -> None:
        """Before what a live call would suffer from; raises Conflict."""
        self._said.pop(CALL_STATE, None)
        if await self.calls() != telephony.IDLE:
            raise Conflict("a call is up, and this waits for its end")

    # Commands for people

    def shell(self, *words: str) -> str:
        return self.adb("shell", quoted(*words))

    def adb(self, *words: str) -> str:
        program = self.settings.adb_path or "adb"
        return shlex.join([program, "-s", self.driver.serial, *words])


def words(ran: Ran) -> str:
    """What the phone said about a failure, in one line."""
    return shown((ran.err or ran.out).decode(errors="replace"), 200)


def shown(text: str, most: int = 60) -> str:
    return " ".join(text[: 2 * most].split())[:most]
