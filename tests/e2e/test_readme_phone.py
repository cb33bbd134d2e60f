"""The README's way from a phone in the hand to a call that is answered, on a phone as it comes."""

import re
import shlex
from pathlib import Path

import pytest

from clawctl.testing.rig import Rig, open_phone_program

pytestmark = pytest.mark.journey

README = (Path(__file__).parents[2] / "README.md").read_text()
STOCK_DIALER = "com.google.android.dialer"


def steps():
    """The commands of the section, as words; without adb, which is not ours, and what goes on."""
    section = README.partition("## With a phone")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [words for program, *words in lines if program == ".venv/bin/clawctl"][:-1]


async def test_a_phone_as_it_comes_answers_calls_at_the_end_of_the_readmes_steps(tmp_path):
    # Who calls while the gateway is still warming up waits for it.
    far_end = {"pauses_s": [1.0], "lingers_s": 2.0, "patience_s": 300.0}
    async with open_phone_program(
        role=STOCK_DIALER, rootd="down", profile_places=[], time_scale=0.2, far_end=far_end
    ) as phone:
        environ = {
            "HOME": str(tmp_path), "PATH": "/nowhere", "LANG": "C.UTF-8", "GATEWAY_PORT": "0",
            "GATEWAY_PHONE_PORT": "0", "GATEWAY_ADB_ADDRESS": phone.address,
        }  # fmt: skip
        rig = Rig(tmp_path, environ)
        try:
            ended = [(words, await rig.run(*words)) for words in steps()]
            assert [(words, one) for words, one in ended if one.code] == []
            await rig.until("phone", "status")
            await phone.happens("ring +4930123456")
            await rig.until("calls", "show", "last")
            (call,) = (await rig.run("calls", "show", "last")).told
        finally:
            await rig.run("stop", "--now")

    assert call["caller_number"] == "+4930123456"
