"""A simulated call as people and programs read it."""

import re
from typing import Any

import msgspec

from clawctl.cli.output import Output
from clawctl.testing.handset_contract import RULES, Violation
from clawctl.testing.handset_report import CallReport, Heard, Moment, TurnReport
from clawctl.wire.text import safe_text

ENDINGS: dict[str, str] = {
    "caller": "the caller hung up",
    "hangup": "the gateway hung up",
    "rejected": "the gateway turned the caller away",
    "silence": "the phone hung up on a silent line",
    "max_duration": "the time was up",
    "not_answered": "nobody answered",
    "filtered": "the phone turned the number away",
    "busy": "the line was busy",
    "crashed": "the app would have crashed",
    "operator": "it was hung up from outside",
}
NOT_HEARD = {
    "empty": "said nothing",
    "suppressed": "was suppressed by the phone",
    "unplayable": "could not be played",
    "failed": "did not come",
    "echo": "was never asked for",
    "hangup": "hung up without a word",
    "played": "was not heard",
}
_INDENT = " " * 10


class View:
    """Tells a call as it happens: lines on a terminal, else a JSON object each."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def tell(self, happened: Moment | Heard | TurnReport) -> None:
        if not isinstance(happened, Moment | TurnReport):
            return
        if self._output.as_json:
            self._output.data(happened)
        elif isinstance(happened, Moment):
            self._line(happened.at, "call", _moment(happened), "dim")
        else:
            self._turn(happened)

    def summary(self, report: CallReport) -> None:
        if self._output.as_json:
            self._output.data(_without_turns(report))
            return
        self._output.line()
        for text, style in _summary(report):
            self._output.line(text, style)

    def _turn(self, turn: TurnReport) -> None:
        if turn.kind == "utterance":
            self._line(turn.said_at, "caller", turn.said or "(a recording)")
            if turn.transcript and _plain(turn.transcript) != _plain(turn.said):
                self._aside(f"understood as: {safe_text(turn.transcript)}")
        if turn.heard_s is not None:
            self._line(turn.said_at + turn.heard_s, "phone", safe_text(turn.reply), "loud")
            self._aside(_times(turn))
        else:
            why = f" ({safe_text(turn.why)})" if turn.why else ""
            self._aside(f"the reply {NOT_HEARD[turn.outcome]}{why}", "bad")
        if turn.missed:
            self._aside(f"not as expected: {turn.missed}", "bad")
        for violation in turn.violations:
            self._aside(_broken(violation), "bad")

    def _line(self, at: float, who: str, text: str, style: str = "") -> None:
        styled = self._output.styled(text, style)
        self._output.line(f"{at:6.1f} s  {who:7} {styled}")

    def _aside(self, text: str, style: str = "dim") -> None:
        self._output.line(f"{_INDENT}{'':7} {self._output.styled(text, style)}")


def _moment(moment: Moment) -> str:
    detail = ENDINGS.get(moment.detail, moment.detail)
    return safe_text(f"{moment.state}: {detail}" if detail else moment.state)


def _times(turn: TurnReport) -> str:
    """When it was heard, and what took how long."""
    parts = [f"heard after {turn.heard_s or 0.0:.2f} s", f"{turn.audio_s:.1f} s of speech"]
    parts += [f"recognition {1000 * turn.asr_s:.0f} ms"] if turn.asr_s else []
    parts += [_stage(name, ms) for name, ms in turn.stages_ms.items()]
    parts += [safe_text(turn.model)] if turn.model else []
    parts += [f"degraded: {safe_text(turn.degraded)}"] if turn.degraded else []
    return ", ".join(parts)


def _stage(name: str, ms: float) -> str:
    return safe_text(f"{name.removesuffix('_ms')} {ms:.0f} ms")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _broken(violation: Violation) -> str:
    return f"broke {violation.rule}: {safe_text(violation.detail)} ({RULES[violation.rule]})"


def _without_turns(report: CallReport) -> dict[str, Any]:
    """The turns were told one by one."""
    summary: dict[str, Any] = msgspec.to_builtins(report)
    summary["turns"] = len(report.turns)
    return {**summary, "clean": report.clean}


def _summary(report: CallReport) -> list[tuple[str, str]]:
    said = [turn for turn in report.turns if turn.kind == "utterance"]
    heard = sum(turn.spoken for turn in said)
    detail = f" ({safe_text(report.detail)})" if report.detail else ""
    over = f"Over after {report.duration_s:.1f} s: {ENDINGS[report.ended]}{detail}."
    answered = (
        f"{heard} of {len(said) + report.unsaid} utterances were answered with speech, "
        f"at the longest after {report.longest_wait_s:.2f} s; "
        f"longest silence {report.longest_silence_s:.1f} s."
    )
    stages = ", ".join(_stage(name, ms) for name, ms in report.median_ms.items())
    medians = [(f"Medians: {stages}.", "")] if stages else []
    return [(over, ""), (answered, ""), *medians, *_degraded(said), *_verdict(report)]


def _degraded(said: list[TurnReport]) -> list[tuple[str, str]]:
    stages = sorted({turn.degraded for turn in said if turn.degraded})
    turns = sum(bool(turn.degraded) for turn in said)
    return (
        [(f"{turns} turns were degraded: {safe_text(', '.join(stages))}.", "bad")] if turns else []
    )


def _verdict(report: CallReport) -> list[tuple[str, str]]:
    if report.violations:
        rules = ", ".join(sorted({violation.rule for violation in report.violations}))
        return [(f"The gateway broke the phone's rules: {rules}.", "bad")]
    if not report.clean:
        return [("No rule was broken, but the call did not go through as it should.", "bad")]
    return [("The gateway kept every rule of the phone.", "good")]
