"""The demo call: a caller who leaves a message, from utterances that come with the package."""

import re
from importlib.resources import files

import msgspec

from clawctl.audio import wav
from clawctl.testing.caller import Caller, captured

PLACE = files("clawctl.testing") / "data" / "demo"


class Line(msgspec.Struct, frozen=True):
    """What is said, the file that holds it, and what the reply must contain."""

    file: str
    say: str
    expect: str = ""


class Table(msgspec.Struct, frozen=True):
    """The whole call, `call.json`; `voice` is one of flite's."""

    about: str
    voice: str
    number: str
    utterances: list[Line]


def table() -> Table:
    return msgspec.json.decode((PLACE / "call.json").read_bytes(), type=Table)


def demo_caller() -> Caller:
    """Its last reply must read the name, the number and the corrected message back."""
    call = table()
    utterances = [
        captured(
            wav.read((PLACE / line.file).read_bytes()),
            text=line.say,
            expect=re.compile(line.expect) if line.expect else None,
        )
        for line in call.utterances
    ]
    return Caller(utterances=tuple(utterances), number=call.number)
