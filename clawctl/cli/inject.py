"""clawctl inject: have a sentence said to a caller."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.steering import active_option, aimed, call_argument, one_meant, text_argument
from clawctl.cli.when import SECONDS

if TYPE_CHECKING:
    from clawctl.client.events import Event
    from clawctl.errors import ClawError

# As long as a call may be silent, unless `session_ttl` is another.
PATIENCE_S = 300.0


@click.command("inject")
@call_argument
@text_argument
@active_option
@click.option("--wait", is_flag=True, help="Return when it was said.")
@click.option(
    "--timeout", type=SECONDS, metavar="SECONDS",
    help=f"How long to wait for that; else {PATIENCE_S:g}.",
)  # fmt: skip
@click.option("--clear", is_flag=True, help="Forget what waits to be said, in place of a TEXT.")
@asks
def command(
    ask: Asking,
    sid: str | None,
    text: str | None,
    active: bool,
    wait: bool,
    timeout: float | None,
    clear: bool,
) -> None:
    """Have TEXT said to the caller at the next turn, in place of an answer; each turn says one.

    CALL is an id, the beginning of one, or '_active', which is --active. TEXT - is standard input.
    A TEXT that begins with a dash stands behind '--'.

    With --wait: exit 5 if the call ends before it was said, 6 if somebody cleared what was queued,
    7 if it takes too long (it stays queued then), 1 if the phone went away in the middle of it.
    """
    if timeout is not None and not wait:
        raise click.UsageError("--timeout is for --wait.")
    if clear:
        _clear(ask, sid, text, active, wait)
        return
    session_id, said = aimed(ask, sid, text, active)
    queued = ask.gateway.post("/api/agent/inject", {"session_id": session_id, "text": said})
    session_id, position = queued["session_id"], queued["position"]
    when = ", to be said at the next turn" if position == 1 else f" as number {position}"
    ask.output.event("queued", f"Queued{when}.", session_id=session_id, position=position)
    if wait:
        _wait(ask, queued, PATIENCE_S if timeout is None else timeout)
        ask.output.event("spoken", "It was said.", session_id=session_id)


def _clear(ask: Asking, sid: str | None, text: str | None, active: bool, wait: bool) -> None:
    from clawctl.client.rest import path

    if text is not None or wait:
        raise click.UsageError("--clear takes a CALL and nothing else.")
    session_id = one_meant(ask, sid, active)
    cleared = ask.gateway.delete(path("api", "agent", "inject", session_id))
    count = cleared["cleared"]
    told = (
        f"Forgot {count} sentence{'s' * (count != 1)}." if count else "Nothing waited to be said."
    )
    ask.output.event("cleared", told, session_id=cleared["session_id"], cleared=count)


def _wait(ask: Asking, queued: dict[str, Any], patience_s: float) -> None:
    """Until it was said; raises what became of it instead."""
    import trio

    from clawctl.cli.interrupts import until_interrupted
    from clawctl.client.events import Follower
    from clawctl.errors import TooSlow

    follower = Follower(
        ask.url, ask.token, ask.output.note,
        after=queued["seq"], types=list(HEARD), session_id=queued["session_id"],
    )  # fmt: skip

    scope = trio.CancelScope()
    fate = Fate(queued["position"], scope.cancel)

    async def until_known() -> None:
        with scope, trio.move_on_after(patience_s):
            await follower.follow(fate.hear)

    ask.output.progress("Waiting for the caller to speak …")
    try:
        trio.run(until_interrupted, until_known)
    finally:
        ask.output.progress("")
    if not fate.known:
        raise TooSlow(f"it was not said within {patience_s:g} s; it stays queued")
    if fate.error:
        raise fate.error


class Fate:
    """What becomes of a queued sentence, by the events after it; `over` is called once, then.

    `ahead` is its place in the queue: so many sentences are said until it was said.
    """

    def __init__(self, ahead: int, over: Callable[[], None]) -> None:
        self.known = False
        self.error: ClawError | None = None
        self._ahead = ahead
        self._over = over

    def hear(self, event: "Event") -> None:
        if become := HEARD.get(event["type"]):
            become(self, event)

    def spoken(self, event: "Event") -> None:
        from clawctl.errors import ClawError

        self._ahead -= 1
        if self._ahead == 0:
            cut = event.get("cut_short")
            self._end(ClawError("the phone went away while it was said") if cut else None)

    def cleared(self, _: "Event") -> None:
        from clawctl.errors import Conflict

        self._end(Conflict("what was queued was cleared before it was said"))

    def ended(self, _: "Event") -> None:
        from clawctl.errors import NoSuch

        self._end(NoSuch("the call ended before it was said"))

    def _end(self, error: "ClawError | None") -> None:
        """What comes after the first word on it is about others."""
        if not self.known:
            self.known, self.error = True, error
            self._over()


HEARD = {
    "agent.inject_spoken": Fate.spoken,
    "agent.injects_cleared": Fate.cleared,
    "session.ended": Fate.ended,
}
