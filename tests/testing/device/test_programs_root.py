"""su, rootd and what rootd admits."""

import base64

import pytest
from trio.testing import wait_all_tasks_blocked

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.console import Console

SU = "/data/local/tmp/su"
START = f'{SU} -c "nohup /system/bin/sh /data/adb/service.d/phonebridge-rootd.sh >/dev/null 2>&1 &"'
TINYMIX = "/data/adb/service.d/phonebridge-tinymix -D 0 controls"


async def asked(console: Console, command: str) -> list[str]:
    """What rootd answers, line by line."""
    encoded = base64.b64encode(command.encode()).decode()
    ran = await console.run("nc -w 3 127.0.0.1 48733", stdin=f"CMD_B64:{encoded}\n".encode())
    assert (ran.code, ran.err) == (0, b"")
    return ran.text.splitlines()


async def test_root_is_where_the_phone_keeps_it(console: Console, condition: Condition) -> None:
    there = await console.run(f"{SU} -c id")
    elsewhere = await console.run("/data/adb/ap/bin/su -c id")
    condition.su = "missing"
    gone = await console.run(f"{SU} -c id")

    assert there.text.startswith("uid=0(root)")
    assert (elsewhere.code, gone.code) == (127, 127)
    assert gone.err.decode() == f"/system/bin/sh: {SU}: inaccessible or not found\n"


async def test_root_may_be_denied(console: Console, condition: Condition) -> None:
    condition.su = "denied"

    ran = await console.run("su -c id")

    assert (ran.code, ran.out, ran.err) == (1, b"", b"Permission denied\n")


async def test_rootd_runs_what_it_is_sent_as_root(console: Console) -> None:
    answer = await asked(console, "id")

    assert answer[0].startswith("uid=0(root)")
    assert answer[1:] == ["__PB_EXIT__:0"]
    assert await asked(console, "cat /nowhere") == [
        "cat: /nowhere: No such file or directory",
        "__PB_EXIT__:1",
    ]


async def test_rootd_looks_at_the_beginning_only(console: Console) -> None:
    assert await asked(console, "nc 127.0.0.1 1") == ["blocked_command", "__PB_EXIT__:126"]
    assert await asked(console, "echo x; exit 9") == ["x", "__PB_EXIT__:9"]


@pytest.mark.parametrize(
    ("rootd", "answer"),
    [
        ("blocked", ["blocked_command", "__PB_EXIT__:126"]),
        ("broken", ["/system/bin/sh: base64: not found", "__PB_EXIT__:3"]),
    ],
)
async def test_a_handler_may_be_wrong(
    console: Console, condition: Condition, rootd: str, answer: list[str]
) -> None:
    setattr(condition, "rootd", rootd)  # noqa: B010 - any text, for the type of the field

    assert await asked(console, "id") == answer


async def test_rootd_is_down_until_it_is_started(console: Console, condition: Condition) -> None:
    condition.rootd = "down"
    refused = await console.run("nc -w 3 127.0.0.1 48733", stdin=b"CMD_B64:aWQ=\n")
    assert (refused.code, refused.err) == (1, b"nc: connect: Connection refused\n")

    started = await console.run(START)
    await wait_all_tasks_blocked()

    assert (started.code, started.out) == (0, b"")
    assert (await asked(console, "id"))[-1] == "__PB_EXIT__:0"


@pytest.mark.parametrize("change", [{"rootd_fails": True}, {"root_files": ()}], ids=str)
async def test_rootd_may_not_start(
    console: Console, condition: Condition, change: dict[str, object]
) -> None:
    condition.rootd = "down"
    for name, value in change.items():
        setattr(condition, name, value)

    await console.run(START)
    await wait_all_tasks_blocked()

    assert condition.rootd == "down"


async def test_a_blocked_handler_is_still_that_after_a_start(
    console: Console, condition: Condition
) -> None:
    condition.rootd = "blocked"
    console.system.reboot()
    await console.run(START)
    await wait_all_tasks_blocked()

    assert condition.rootd == "blocked"


@pytest.mark.parametrize(
    ("mixer", "first", "code"),
    [
        ("works", "Number of controls: 40", 0),
        ("blocked", "blocked_command", 126),
        ("absent", "Failed to open mixer", 1),
    ],
)
async def test_the_mixer_is_asked_through_rootd(
    console: Console, condition: Condition, mixer: str, first: str, code: int
) -> None:
    setattr(condition, "mixer", mixer)  # noqa: B010 - any text, for the type of the field

    answer = await asked(console, TINYMIX)

    assert (answer[0], answer[-1]) == (first, f"__PB_EXIT__:{code}")


async def test_files_of_root_may_be_missing(console: Console, condition: Condition) -> None:
    condition.root_files = ("phonebridge-rootd.sh",)

    listed = await console.run("su -c 'ls /data/adb/service.d'")

    assert listed.text == "phonebridge-rootd.sh"
    assert (await asked(console, TINYMIX))[-1] == "__PB_EXIT__:127"
