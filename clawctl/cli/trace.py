"""clawctl trace: where the time of a turn went."""

from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.calls import one_call
from clawctl.cli.complete import call_ids
from clawctl.errors import BadInput, NoSuch

WIDTH = 40
FULL, EMPTY = "█", "·"


@click.command("trace")
@click.argument("what", metavar="CALL[:TURN]", shell_complete=call_ids)
@asks
def command(ask: Asking, what: str) -> None:
    """Draw where the time of a CALL's turns went, or of one TURN, by its number.

    CALL is an id, the beginning of one, 'last' for the newest, or '_active' for the live call in
    which something happened last.
    """
    sid, _, number = what.partition(":")
    if ":" in what and not number.isdecimal():
        raise BadInput(f"a turn is named by its number, such as {sid or 'last'}:3")
    turns = [
        turn
        for turn in ask.gateway.get(one_call(ask, sid))["turns"]
        if not number or turn["turn"] == int(number)
    ]
    if not turns:
        raise NoSuch(f"this call has no turn {number}" if number else "this call has no turn yet")
    for turn in turns:
        if ask.output.as_json:
            ask.output.data(turn)
        else:
            _draw(ask, turn)


def _draw(ask: Asking, turn: dict[str, Any]) -> None:
    ask.output.line(f"turn {turn['turn']}  {_said(turn)}", "loud")
    ask.output.rows(drawn(turn["spans"]))
    at = turn["waterfall"]
    if "first_sound" in at:
        whole = f"{at.get('recorded', at['first_sound']):,.0f} ms in all"
        ask.output.line(f"  {at['first_sound']:,.0f} ms of silence, {whole}", "dim")
    if not turn["spans"]:
        ask.output.line("  (it was not measured)", "dim")


def drawn(spans: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """A row a span: its name, a bar from its begin to its end, how long it took, whose work."""
    whole_ms = max((one["end_ms"] for one in spans), default=0.0) or 1.0
    return [
        (
            f"  {one['span']}",
            _bar(one["begin_ms"] / whole_ms, one["end_ms"] / whole_ms),
            f"{one['end_ms'] - one['begin_ms']:,.0f} ms",
            one["engine"],
        )
        for one in spans
    ]


def _said(turn: dict[str, Any]) -> str:
    said = turn["transcript"] or f"({turn['no_words'] or turn['model'] or 'no words'})"
    return said if len(said) <= WIDTH * 2 else said[: WIDTH * 2 - 1] + "…"


def _bar(begin: float, end: float) -> str:
    first, last = round(begin * WIDTH), round(end * WIDTH)
    shown = FULL * max(last - first, 1)
    first = min(first, WIDTH - len(shown))
    return EMPTY * first + shown + EMPTY * (WIDTH - first - len(shown))
