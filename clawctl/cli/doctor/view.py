"""How the rounds are told: a line a check, under its group, and what they come to."""

from collections import Counter
from collections.abc import Sequence

from clawctl.cli.doctor.check import Result, State
from clawctl.cli.output import Output
from clawctl.cli.terminal import harmless

STYLES: dict[State, str] = {"ok": "good", "warning": "loud", "failed": "bad", "skipped": "dim"}
NAME_WIDTH = 14


class View:
    """Tells people each result as it comes; programs get one object at the end."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._group = ""

    def begin(self, name: str) -> None:
        self._output.progress(f"  {name} ...")

    def tell(self, result: Result) -> None:
        self._output.progress("")
        if result.group != self._group:
            self._group = result.group
            self._output.line(result.group, "loud")
        state = self._output.styled(f"{result.state:7}", STYLES[result.state])
        self._output.line(f"  {state}  {result.name:{NAME_WIDTH}} {_said(result)}")

    def conclude(self, results: Sequence[Result], *, good: bool) -> None:
        self._output.progress("")
        if self._output.as_json:
            self._output.data({"ok": good, "checks": results})
            return
        count = Counter(result.state for result in results)
        said = ", ".join(_counted(count[state], state) for state in STYLES if count[state])
        self._output.line()
        self._output.line(f"{said or 'Nothing was checked'}.", "good" if good else "bad")


def _counted(number: int, state: State) -> str:
    return f"{number} {state}{'s' if state == 'warning' and number > 1 else ''}"


def _said(result: Result) -> str:
    parts = [f"({result.fixed})" if result.fixed else "", result.why]
    parts += [f"-> {result.mend}"] if result.mend else []
    return harmless(" ".join(part for part in parts if part))
