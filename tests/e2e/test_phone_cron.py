"""A call that cron places: no terminal, next to no environment, one object to read."""

import json
import os

import pytest
import trio

from clawctl.testing.rig import CLAWCTL, PATIENCE_S, open_phone_program, open_rig

pytestmark = pytest.mark.journey

NUMBER = "+4930123456"
SAY = "Good day, this is about your cellar."
# No adb program, and no server where tests have none.
ALONE = {"PATH": "/nowhere", "ANDROID_ADB_SERVER_PORT": os.environ["ANDROID_ADB_SERVER_PORT"]}
CRON = ("--yes", "--wait", "--say", SAY, "--hangup-after", "20", "--json")


async def as_cron(home):
    """Exit code, stdout and stderr of a dial whose command line holds all it is given."""
    bare = ["/usr/bin/env", "-i", f"HOME={home}", "PATH=/usr/bin:/bin"]
    with trio.fail_after(PATIENCE_S):
        done = await trio.run_process(
            [*bare, CLAWCTL, "dial", NUMBER, *CRON], cwd=home, preexec_fn=lambda: os.close(0),
            capture_stdout=True, capture_stderr=True, check=False,
        )  # fmt: skip
    return done.returncode, done.stdout, done.stderr.decode()


async def test_cron_is_told_in_one_object_what_became_of_its_call(tmp_path):
    """All of the twenty seconds pass, and the phone bears the silence for so long."""
    far_end = {"lingers_s": 600.0, "patience_s": 10.0}
    async with (
        open_phone_program(time_scale=0.3, far_end=far_end) as phone,
        open_rig(tmp_path, {**ALONE, "GATEWAY_ADB_ADDRESS": phone.address}) as rig,
    ):
        await rig.until("phone", "status")
        answered = await as_cron(rig.home)
        await phone.becomes(picks_up=False)
        not_answered = await as_cron(rig.home)
        await phone.happens("unplug")
        line_down = await as_cron(rig.home)

    codes = {"answered": 0, "not_answered": 10, "line_down": 14}
    for (outcome, code), ended in zip(
        codes.items(), (answered, not_answered, line_down), strict=True
    ):
        told = json.loads(ended[1])
        assert (ended[1].count(b"\n"), ended[1][-1:]) == (1, b"\n")
        assert (ended[0], told["outcome"], told["ok"]) == (code, outcome, code == 0)
        assert ended[2] == ("" if told["ok"] else f"clawctl: {told['detail']}\n")
    assert 20 <= json.loads(answered[1])["connected_s"] < 25
