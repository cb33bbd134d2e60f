"""clawctl dial: have the phone call somebody."""

import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import numbers
from clawctl.cli.handset import obeyed, tell
from clawctl.cli.when import SECONDS

if TYPE_CHECKING:
    from clawctl.errors import ClawError

# Longer than it rings before most networks end it, or send it to a mailbox.
PATIENCE_S = 60.0
# From the answer to the app's first turn: it sets up its sound first, by commands as slow as 8 s.
GREETING_S = 30.0
# That a call is over is heard within this time of hanging up.
GOODBYE_S = 5.0
# By the code of an error; every other one is no outcome of a call.
OUTCOMES = {"not_answered": "not_answered", "no_handset": "line_down"}
# Though they were refused, the phone may be calling.
UNCERTAIN = frozenset({"timeout", "unreachable", "unconfirmed"})
DIAL = "/api/call/dial"
POLICY = ("dial_allow_mmi", "dial_blocklist", "dial_allowlist")


@dataclass(frozen=True, kw_only=True)
class How:
    """The options that say how far a call is followed."""

    wait: bool
    timeout: float | None
    takeover: bool
    hangup_after: float | None

    @property
    def waits(self) -> bool:
        return self.wait or self.takeover or self.hangup_after is not None

    @property
    def patience_s(self) -> float:
        return PATIENCE_S if self.timeout is None else self.timeout

    def check(self, ask: Asking) -> None:
        """Raises UsageError for options that contradict each other."""
        if self.timeout is not None and not self.waits:
            raise click.UsageError("--timeout is for --wait.")
        if self.takeover and self.hangup_after is not None:
            raise click.UsageError("With --takeover you hang up by /hangup, or the caller does.")
        if self.takeover and (ask.output.as_json or not sys.stdin.isatty()):
            raise click.UsageError(
                "There is no terminal to type answers at; dial with --wait, and have the call it"
                " tells of answered by 'clawctl takeover CALL --exec CMD'."
            )


@click.command("dial")
@click.argument("number", shell_complete=numbers)
@click.option("--say", metavar="TEXT|-", help="The greeting of this call, in place of yours.")
@click.option("--wait", is_flag=True, help="Return when somebody answered, or nobody did.")
@click.option(
    "--timeout", type=SECONDS, metavar="SECONDS",
    help=f"How long it may ring until it is given up; else {PATIENCE_S:g}.",
)  # fmt: skip
@click.option("--takeover", is_flag=True, help="Wait, then answer by hand: see clawctl takeover.")
@click.option(
    "--hangup-after", type=SECONDS, metavar="SECONDS",
    help="Wait, and hang up after so long a conversation.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
@asks
def command(ask: Asking, number: str, say: str | None, yes: bool, **options: Any) -> None:
    """Have the phone call NUMBER; whoever answers is greeted, and talks to the reply model.

    Asks before, unless --yes or the number stands in dial_allowlist; off a terminal nobody is
    called without either (exit 2). --say TEXT is what is heard first; - is standard input.

    With --wait: exit 0 when somebody answered, 10 if nobody did, 14 if the line is down. What is
    told then has the call's id. While it waits Ctrl-C hangs up.

    As JSON it is one object: ok; outcome, which is dialling, answered, not_answered, line_down or
    interrupted; number, session_id, rang_s, connected_s (0 while the call goes on) and detail.
    """
    from clawctl.cli.steering import words

    how = How(**options)
    how.check(ask)
    if not yes:
        _sure(ask, number)
    asked = {"number": number} | ({} if say is None else {"say": words(say)})
    if not how.waits:
        _only_dial(ask, asked)
        return
    session_id = Attempt(ask, asked, how).run()
    if how.takeover:
        _take_over(ask, session_id)


def _sure(ask: Asking, number: str) -> None:
    """Raises what the gateway would refuse, before anybody is asked about it."""
    import msgspec

    from clawctl.call.dialling import dialable
    from clawctl.config.schema import PhoneSettings

    settings = ask.gateway.get("/api/config")["settings"]
    policy = {key: settings[key]["value"] for key in POLICY}
    bare = dialable(number, msgspec.convert(policy, PhoneSettings))
    # Whoever is none of the allowed was refused.
    if policy["dial_allowlist"]:
        return
    if not sys.stdin.isatty():
        raise click.UsageError(
            "Nobody was called: off a terminal this needs --yes, or the number in dial_allowlist."
        )
    click.confirm(f"Call {bare}?", abort=True, err=True)


def _only_dial(ask: Asking, asked: dict[str, str]) -> None:
    from clawctl.errors import NoHandset

    try:
        told = obeyed(tell(ask, DIAL, asked))
    except NoHandset as error:
        _report(ask, OUTCOMES[error.code], asked["number"], str(error))
        raise
    _report(ask, "dialling", told["number"], f"{told['number']}: {told['detail']}")


def _report(ask: Asking, outcome: str, number: str, about: str, /, **facts: Any) -> None:
    """One object for programs, of the same fields whatever the outcome; people read of a bad one
    on standard error."""
    ok = outcome in {"dialling", "answered"}
    if ask.output.as_json:
        head = {"ok": ok, "outcome": outcome, "number": number}
        known = {"session_id": "", "rang_s": 0.0, "connected_s": 0.0, **facts}
        ask.output.data({**head, **known, "detail": about})
    elif ok:
        ask.output.line(f"{about[:1].upper()}{about[1:]}.")


def _take_over(ask: Asking, session_id: str) -> None:
    import trio

    from clawctl.cli.desk.repl import Wanted, run
    from clawctl.errors import NoSuch

    if not session_id:
        raise NoSuch("there is no call to take over: the phone asked for no greeting")
    trio.run(run, ask.url, ask.token, Wanted(session_id=session_id), ask.output)


class Attempt:
    """A call that is placed and followed as far as was asked.

    Whatever ends that early, a signal or an error, hangs up what the phone may be calling.
    """

    def __init__(self, ask: Asking, asked: dict[str, str], how: How) -> None:
        from clawctl.cli.placed import Placed

        self._ask = ask
        self._asked = asked
        self._how = how
        self._placed = Placed(asked["number"], self._tell)
        self._began = time.time()
        self._up = False
        self._about = ""
        self._error: ClawError | None = None

    def run(self) -> str:
        """The call's id, "" if it is unknown. Raises NotAnswered, NoHandset, Abort, or what the
        gateway refused."""
        import trio

        from clawctl.cli.interrupts import until_interrupted

        after = int(self._ask.gateway.get("/api/events", {"last": 1})["last_seq"])
        try:
            trio.run(until_interrupted, partial(self._follow, after))
        except click.Abort:
            self._give_up()
            self._conclude("interrupted")
            raise
        except BaseException:
            self._give_up()
            raise
        if self._error:
            self._give_up()
            if outcome := OUTCOMES.get(self._error.code):
                self._conclude(outcome)
            raise self._error
        self._conclude("answered")
        return self._placed.session_id

    async def _follow(self, after: int) -> None:
        """Listens from before the dialling on, so nothing is missed however soon it comes."""
        import trio

        from clawctl.cli.placed import FAMILIES
        from clawctl.client.events import Follower
        from clawctl.errors import ClawError

        ask, placed = self._ask, self._placed
        follower = Follower(ask.url, ask.token, ask.output.note, after=after, types=FAMILIES)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(follower.follow, placed.hear)
            nursery.start_soon(placed.mind_the_phone)
            try:
                await self._dial()
                await self._be_answered()
                await self._be_greeted()
                await self._talk()
            except ClawError as error:
                self._error = error
            nursery.cancel_scope.cancel()

    async def _dial(self) -> None:
        """Not cut short by a signal: what is being placed cannot be hung up yet."""
        import trio

        from clawctl.errors import ClawError

        self._up = True
        try:
            told = await trio.to_thread.run_sync(tell, self._ask, DIAL, self._asked)
        except ClawError as error:
            self._up = error.code in UNCERTAIN
            raise
        self._up = told["ok"] or told.get("code") in UNCERTAIN
        obeyed(told)
        self._ask.output.line(f"Calling {told['number']}; Ctrl-C hangs up.")

    async def _be_answered(self) -> None:
        import trio

        from clawctl.errors import NoHandset, NotAnswered

        placed, patience_s = self._placed, self._how.patience_s
        with trio.move_on_after(patience_s):
            await placed.until(lambda: placed.decided)
        if placed.answered:
            return
        if placed.over:
            self._up = False
            raise NotAnswered(f"not answered: the call ended after {self._rang_s():.0f} s")
        if placed.line_down:
            raise NoHandset("the phone is gone; see what it needs: clawctl phone status")
        hung_up = await trio.to_thread.run_sync(self._hang_up)
        raise NotAnswered(f"nobody answered within {patience_s:g} s; {hung_up}")

    async def _be_greeted(self) -> None:
        """The app asks for a greeting, and the gateway knows of the call by that."""
        import trio

        placed = self._placed
        with trio.move_on_after(GREETING_S):
            await placed.until(lambda: bool(placed.session_id) or placed.over)
        self._about = f"answered after {self._rang_s():.0f} s"
        if placed.session_id:
            self._about = f"call {placed.session_id}: {self._about}"
        else:
            self._ask.output.note(
                "It was answered, but the app asked for no greeting, so the gateway hears nothing"
                " of this call; see why: clawctl doctor --only phone"
            )

    async def _talk(self) -> None:
        """Until it is time to hang up, if it is ours to."""
        import trio

        placed, after_s = self._placed, self._how.hangup_after
        if after_s is None:
            return
        left_s = placed.answered_at + after_s - time.time()
        with trio.move_on_after(max(0.0, left_s)):
            await placed.until(lambda: placed.over)
        ended = "the other side hung up"
        if not placed.over:
            ended = await trio.to_thread.run_sync(self._hang_up)
            with trio.move_on_after(GOODBYE_S):
                await placed.until(lambda: placed.over)
        self._about += f"; {ended}"
        self._up = False

    def _hang_up(self) -> str:
        """What came of it, in words."""
        from clawctl.errors import ClawError

        asked, self._up = {"session_id": self._placed.session_id}, False
        try:
            told = obeyed(tell(self._ask, "/api/call/hangup", asked))
        except ClawError as error:
            return f"could not hang up: {error}"
        return f"hung up: {told['detail']}"

    def _give_up(self) -> None:
        if self._up:
            self._about = self._hang_up()
            self._ask.output.note(f"{self._about[:1].upper()}{self._about[1:]}.")

    def _conclude(self, outcome: str) -> None:
        placed = self._placed
        facts = {
            "session_id": placed.session_id,
            "rang_s": self._rang_s(),
            "connected_s": round(placed.connected_s, 1),
        }
        _report(self._ask, outcome, placed.number, str(self._error or self._about), **facts)

    def _rang_s(self) -> float:
        placed = self._placed
        until = placed.answered_at or placed.ended_at or time.time()
        return round(max(0.0, until - self._began), 1)

    def _tell(self, what: str) -> None:
        self._ask.output.line(f"{what[:1].upper()}{what[1:]}.")
