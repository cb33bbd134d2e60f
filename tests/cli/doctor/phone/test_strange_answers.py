"""A phone that answers one thing never, wrongly, or at length: a sentence, and the other checks."""

from collections.abc import Callable
from itertools import cycle

import pytest

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.driver import UNTOLD, Ran
from clawctl.testing.device.at_hand import AtHand

LONGEST = 1_000
ANSWERS = {
    "nothing": Ran(0),
    "a failure without a word": Ran(1),
    "a status nobody tells": Ran(UNTOLD, b"1\n"),
    "bytes": Ran(0, b"\xff\xfe\x00\x1b[2J\r\n" * 200, b"\x1b]0;title\x07"),
    "digits": Ran(0, b"9" * 10_000),
    "foreign digits": Ran(0, "٣٣٣".encode()),
    "lines": Ran(0, b"level: 7\nUser 0: installed=true\n" * 5_000),
    "a time that is none": Ran(0, b"1800000000 2027-99-99 99:99:99"),
    "the first of all days": Ran(0, b"0 0001-01-01 00:00:00"),
    "a line of the last": Ran(0, b"99999999999999999999.0 1 1 E X: runtime profile missing"),
    "an end": Ran(0, b"timestamp=2026-99-01 00:00:00 reason=6 (ANR)\n__PB_EXIT__:0"),
}


class Answering:
    """What the phone says to commands in place of its own answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self.instead: Callable[[str], Ran | Exception | None] = lambda _: None
        real = AtHand.run

        async def run(driver: AtHand, command: str, **more: object) -> Ran:
            self.seen.append(command)
            answer = self.instead(command)
            if isinstance(answer, Exception):
                raise answer
            return answer or await real(driver, command, **more)

        monkeypatch.setattr(AtHand, "run", run)


@pytest.fixture
def answering(monkeypatch):
    return Answering(monkeypatch)


def sentences(results):
    return {name: one.why for name, one in results.items()}


def whole(results):
    """No check stumbled, and what it says can be read."""
    whys = sentences(results)
    assert {name: why for name, why in whys.items() if "doctor's own mistake" in why} == {}
    assert {name: why for name, why in whys.items() if len(why) > LONGEST} == {}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_the_same_to_everything(ward, answering, answer):
    answering.instead = lambda command: None if command == "exit 7" else answer

    whole(await ward.doctor(fix=True))


async def test_something_strange_to_one_thing_and_never_an_answer_to_it(ward, answering):
    await ward.doctor()
    commands, strange = list(dict.fromkeys(answering.seen)), cycle(ANSWERS.values())
    assert len(commands) > 30

    for asked in commands:
        for answer in (next(strange), TooSlow("too slow"), NoHandset("gone")):
            answering.instead = lambda command: answer if command == asked else None  # noqa: B023
            results = await ward.doctor()
            whole(results)
            # One answer that is missing is no reason to know nothing else.
            if asked not in {"exit 7", "getprop sys.boot_completed"}:
                assert results["idle"].state == "ok" or "registry" in asked


async def test_one_that_answers_nothing_any_more_costs_less_and_less(ward, answering):
    answering.instead = lambda command: None if command == "exit 7" else TooSlow("too slow")

    whole(await ward.doctor())
    patient = ward.patient()
    async with patient.attended():
        await patient.handset.connect(patient.attending)
        for _ in range(5):
            with pytest.raises(TooSlow):
                await patient.handset.run("true")

    assert patient.handset.patience_s == 1.0
