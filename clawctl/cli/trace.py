"""clawctl trace: where the time of a turn went."""

from typing import Any

import click

from clawctl.cli.asking import Asking, asks
from clawctl.cli.calls import one_call
from clawctl.cli.complete import call_ids
from clawctl.errors import BadInput, NoSuch

# Of a bar; it gives way to what stands beside it, which takes some 36 columns.
WIDTH, NARROWEST, BESIDE = 40, 8, 36
LONGEST = 100
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
    if ":" in what and not (number.isascii() and number.isdecimal()):
        raise BadInput(f"a turn is named by its number, such as {sid or 'last'}:3")
    turns = [
        turn
        for turn in ask.gateway.get(one_call(ask, sid))["turns"]
        if not number or str(turn["turn"]) == number.lstrip("0")
    ]
    if not turns:
        raise NoSuch(f"this call has no turn {number}" if number else "this call has no turn yet")
    for turn in turns:
        if ask.output.as_json:
            ask.output.data(turn)
        else:
            _draw(ask, turn)


def _draw(ask: Asking, turn: dict[str, Any]) -> None:
    import shutil

    from clawctl.cli.terminal import clip, harmless

    across = shutil.get_terminal_size().columns
    said = turn["transcript"] or f"({turn['no_words'] or turn['model'] or 'no words'})"
    title = harmless(f"turn {turn['turn']}  {said}")
    ask.output.line(clip(title, min(across, LONGEST)), "loud")
    ask.output.rows(drawn(turn["spans"], max(NARROWEST, min(WIDTH, across - BESIDE))))
    at = turn["waterfall"]
    if "first_sound" in at:
        whole = f"{at.get('recorded', at['first_sound']):,.0f} ms in all"
        ask.output.line(f"  {at['first_sound']:,.0f} ms of silence, {whole}", "dim")
    if not turn["spans"]:
        ask.output.line("  (it was not measured)", "dim")


def drawn(spans: list[dict[str, Any]], columns: int = WIDTH) -> list[tuple[str, str, str, str]]:
    """A row a span: its name, a bar from its begin to its end, how long it took, whose work."""
    whole_ms = max((one["end_ms"] for one in spans), default=0.0) or 1.0
    return [
        (
            f"  {one['span']}",
            _bar(one["begin_ms"] / whole_ms, one["end_ms"] / whole_ms, columns),
            f"{one['end_ms'] - one['begin_ms']:,.0f} ms",
            one["engine"],
        )
        for one in spans
    ]


def _bar(begin: float, end: float, columns: int) -> str:
    first, last = round(begin * columns), round(end * columns)
    shown = FULL * max(last - first, 1)
    first = min(first, columns - len(shown))
    return EMPTY * first + shown + EMPTY * (columns - first - len(shown))
