"""What an operator may type after a slash: a row each; help and completion are drawn from it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial

from clawctl.cli.desk import view
from clawctl.cli.desk.sitting import Sitting
from clawctl.cli.desk.steps import Ask, HandBack, Leave, Look, Say, Step, Take
from clawctl.wire import agent as wire


def _take(mode: wire.Mode, _: Sitting, __: str) -> list[Step]:
    return [Take(mode)]


def _watch(sitting: Sitting, _: str) -> list[Step]:
    return [HandBack()] if sitting.holding else [Say("", view.MODES["watch"])]


def _release(sitting: Sitting, _: str) -> list[Step]:
    if sitting.holding:
        return [HandBack()]
    return [Say("", "You hold nothing: the reply model answers.")]


def _whisper(sitting: Sitting, text: str) -> list[Step]:
    want = wire.SetInstructions(session_id=sitting.session_id, scope="turn", instructions=text)
    return [Ask(want)]


def _inject(sitting: Sitting, text: str) -> list[Step]:
    said = text or sitting.to_inject()
    if not said:
        return [Say("", "There is nothing to be said; /inject TEXT says it.", "bad")]
    return [Ask(wire.Inject(session_id=sitting.session_id, text=said))]


def _context(sitting: Sitting, text: str) -> list[Step]:
    if not text:
        return [Look("context")]
    return [Ask(wire.InjectContext(session_id=sitting.session_id, context=text))]


def _history(_: Sitting, __: str) -> list[Step]:
    return [Look("history")]


def _state(_: Sitting, __: str) -> list[Step]:
    return [Look("state")]


def _quick(sitting: Sitting, number: str) -> list[Step]:
    if not sitting.quick:
        return [Say("", view.NO_QUICK, "bad")]
    if not number:
        return [Say(str(n), text) for n, text in enumerate(sitting.quick, 1)]
    if number.isdecimal() and 0 < int(number) <= len(sitting.quick):
        return sitting.typed(sitting.quick[int(number) - 1])
    return [Say("", f"/quick takes a number from 1 to {len(sitting.quick)}.", "bad")]


def _hangup(sitting: Sitting, _: str) -> list[Step]:
    return [Ask(wire.Hangup(session_id=sitting.session_id))]


def _quit(_: Sitting, __: str) -> list[Step]:
    return [Leave()]


def _help(_: Sitting, __: str) -> list[Step]:
    return [Say("", line) for line in help_lines()]


@dataclass(frozen=True, slots=True)
class Row:
    """`argument` is "" for none, in brackets when it may be left out."""

    name: str
    argument: str
    about: str
    obey: Callable[[Sitting, str], list[Step]]

    @property
    def usage(self) -> str:
        return f"/{self.name} {self.argument}".rstrip()

    def refusal(self, argument: str) -> str:
        """Why this argument will not do; "" when it will."""
        if argument and not self.argument:
            return f"/{self.name} takes nothing behind it."
        if not argument and self.argument.isalpha():
            return f"/{self.name} needs something behind it: {self.usage}"
        return ""


COMMANDS = (
    Row("drive", "", "answer yourself", partial(_take, "drive")),
    Row("draft", "", "answer with the model's proposals", partial(_take, "draft")),
    Row(
        "approve", "", "proposals are said by themselves unless stopped", partial(_take, "approve")
    ),
    Row("watch", "", "hand back and look on", _watch),
    Row("release", "", "hand the call back to the reply model", _release),
    Row("whisper", "TEXT", "tell the model how to answer the next turn", _whisper),
    Row("inject", "[TEXT]", "say it at the next turn; without TEXT what came too late", _inject),
    Row("context", "[TEXT]", "show or replace what the model knows for this call", _context),
    Row("quick", "[N]", "say the quick reply of that number, or list them", _quick),
    Row("history", "", "the conversation so far", _history),
    Row("state", "", "who holds the call, instructions, what is queued", _state),
    Row("hangup", "", "end the call", _hangup),
    Row("quit", "", "hand back and leave; so do Ctrl-D and Ctrl-C twice", _quit),
    Row("help", "", "this page", _help),
)
BY_NAME = {row.name: row for row in COMMANDS}


def obey(sitting: Sitting, line: str) -> list[Step]:
    """A line as it was typed: a command, or words for the caller."""
    if not line.lstrip().startswith("/"):
        return sitting.typed(line)
    name, _, argument = line.strip()[1:].partition(" ")
    row, argument = BY_NAME.get(name.lower()), argument.strip()
    if row is None:
        return [Say("", _unknown(name), "bad")]
    if why := row.refusal(argument):
        return [Say("", why, "bad")]
    return row.obey(sitting, argument)


def complete(line: str, quick: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """What a line may become, each with what it means."""
    for row in COMMANDS:
        if line.startswith("/") and f"/{row.name}".startswith(line):
            yield f"/{row.name}" + (" " if row.argument else ""), row.about
    for number, text in enumerate(quick, 1):
        if line.startswith("/quick ") and f"/quick {number}".startswith(line):
            yield f"/quick {number}", text


def help_lines() -> list[str]:
    """One screen."""
    widest = max(len(row.usage) for row in COMMANDS)
    return [*view.HELP, *(f"{row.usage:{widest}}  {row.about}" for row in COMMANDS)]


def _unknown(name: str) -> str:
    close = get_close_matches(name.lower(), BY_NAME, n=1)
    return f"There is no /{name}. " + (
        f"Did you mean /{close[0]}?" if close else "/help lists all."
    )
