"""clawctl takeover: answer a call in place of the reply model."""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.complete import live_ids

if TYPE_CHECKING:
    from clawctl.cli.unattended import Unattended
    from clawctl.wire.agent import Mode

MODES = ("drive", "draft", "approve", "watch")


@dataclass(frozen=True, kw_only=True)
class How:
    """The options that say how the call is answered."""

    mode: "Mode"
    approve_after_s: float
    name: str
    quick: TextIO | None
    command_line: str | None
    replies: TextIO | None
    piped: bool
    turns: int | None
    say_first: str | None

    @property
    def by_hand(self) -> bool:
        return self.command_line is None and self.replies is None and not self.piped

    def check(self) -> None:
        """Raises UsageError for options that contradict each other."""
        ways = [self.command_line is not None, self.replies is not None, self.piped]
        if sum(ways) > 1:
            raise click.UsageError("--exec, --replies and --pipe each say who answers; give one.")
        if not self.by_hand and self.mode == "watch":
            raise click.UsageError("--mode watch answers nothing; 'clawctl tail -f' tells as much.")
        if self.by_hand and self.turns:
            raise click.UsageError("--turns is for --exec, --replies and --pipe.")
        if self.by_hand and not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise click.UsageError(
                "There is no terminal to type answers at; say who answers: --exec CMD,"
                " --replies FILE or --pipe."
            )


@click.command("takeover")
@click.argument("sid", metavar="[CALL]", required=False, shell_complete=live_ids)
@click.option("--next", "wait", is_flag=True, help="Wait for the next call to begin.")
@click.option("--number", metavar="NUMBER", help="The call of this number; waits for it.")
@click.option(
    "--mode", type=click.Choice(MODES), default="drive", show_default=True,
    help="Answer by yourself; with a proposal of the model; have it said unless stopped; or watch.",
)  # fmt: skip
@click.option(
    "--approve-after", "approve_after_s", type=click.FloatRange(0, 60), default=5.0,
    show_default=True, metavar="SECONDS", help="With --mode approve: when a proposal is said.",
)  # fmt: skip
@click.option("--name", default="", help="Who you are, as others see it.")
@click.option("--quick", type=click.File(), metavar="FILE", help="Replies for /quick, one a line.")
@click.option("--exec", "command_line", metavar="CMD", help="Run CMD for each turn's answer.")
@click.option(
    "--replies", type=click.File(), metavar="FILE", help="Answer with its lines, then hand back."
)
@click.option("--pipe", "piped", is_flag=True, help="The protocol, as JSON lines on stdin and out.")
@click.option(
    "--turns", type=click.IntRange(1), metavar="N", help="Hand back after N answered turns."
)
@click.option("--say-first", metavar="TEXT", help="Say this at the next turn, before all else.")
@asks
def command(ask: Asking, sid: str | None, wait: bool, number: str | None, **options: Any) -> None:
    """Answer a live call in place of the reply model, and hand it back.

    On a terminal you see what the caller says and type the answers; /help there explains. Without
    CALL the live calls are shown to choose from.

    --exec runs CMD for each turn: the caller's words are on its standard input, CLAWCTL_TRANSCRIPT,
    CLAWCTL_CALLER_NUMBER, CLAWCTL_SESSION_ID, CLAWCTL_TURN, CLAWCTL_DRAFT, CLAWCTL_ANSWER_WITHIN_S
    and CLAWCTL_URL tell the rest, and what it writes first is the answer. When it writes nothing or
    fails, the reply model answers that turn.

    --pipe writes what happens in the call as JSON lines and reads commands as JSON lines, in the
    words of clawctl-agent(7): {"reply": "Yes."} answers the turn that waits.
    """
    how = How(**options)
    how.check()
    from clawctl.cli.desk.choose import chosen

    session_id = chosen(ask, sid or "", number=number or "", wait=wait, may_ask=how.by_hand)
    if how.say_first is not None:
        ask.gateway.post("/api/agent/inject", {"session_id": session_id, "text": how.say_first})
    (_by_hand if how.by_hand else _unattended)(ask, session_id, how)


def _by_hand(ask: Asking, session_id: str, how: How) -> None:
    import trio

    from clawctl.cli.desk.repl import Wanted, run

    quick = tuple(line.strip() for line in how.quick or () if line.strip())
    wanted = Wanted(
        session_id=session_id, mode=how.mode, approve_after_s=how.approve_after_s,
        name=how.name or "operator", quick=quick,
    )  # fmt: skip
    trio.run(run, ask.url, ask.token, wanted, ask.output)


def _unattended(ask: Asking, session_id: str, how: How) -> None:
    import trio

    from clawctl.cli.interrupts import until_interrupted
    from clawctl.cli.unattended import Unattended, Wanted

    wanted = Wanted(
        session_id=session_id, mode=how.mode, approve_after_s=how.approve_after_s, name=how.name,
        turns=how.turns or 0,
    )  # fmt: skip
    takeover = Unattended(ask.url, ask.token, wanted, ask.output)
    trio.run(until_interrupted, _answering(takeover, how))


def _answering(takeover: "Unattended", how: How) -> Callable[[], Awaitable[None]]:
    from clawctl.cli.unattended import Lines

    if how.piped:
        return takeover.pipe
    if how.replies:
        lines = [line.strip() for line in how.replies if line.strip()]
        return partial(takeover.run, Lines(lines))
    return partial(_by_command, takeover, how.command_line or "")


async def _by_command(takeover: "Unattended", command_line: str) -> None:
    import trio

    from clawctl.cli.answer_command import ByCommand

    async with trio.open_nursery() as nursery:
        await takeover.run(ByCommand(command_line, takeover.url, takeover.output, nursery))
        nursery.cancel_scope.cancel()
