"""The phone's log, and which of its lines `logcat` shows in which form."""

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.testing.device.console import Console
from clawctl.testing.device.log import BEGINNING
from clawctl.testing.device.process import Nothing, Process
from clawctl.testing.device.shell import run
from clawctl.testing.device.system import System


@pytest.fixture
async def logged(console: Console, autojump_clock: MockClock) -> Console:
    """Three lines, a second apart, from 1 800 000 000 on."""
    log = console.system.log
    start = console.system.now()
    for second, (tag, text, level) in enumerate(
        [("One", "first", "I"), ("Two", "second", "E"), ("One", "third", "D")]
    ):
        log.add(tag, text, level=level, pid=77, ago_s=start - 1_800_000_000.0 - second)
    return console


async def test_a_line_in_epoch_form_has_nineteen_places_for_the_second(logged: Console) -> None:
    ran = await logged.run("logcat -d -v epoch")

    assert ran.text.splitlines() == [
        "--------- beginning of main",
        "         1800000000.000    77    77 I One     : first",
        "         1800000001.000    77    77 E Two     : second",
        "         1800000002.000    77    77 D One     : third",
    ]


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ("", ["first", "second", "third"]),
        ("-T 1800000001.000", ["second", "third"]),
        ("-T 1800000001.001", ["third"]),
        ("-T '01-15 08:00:02.000'", ["third"]),
        ("-T 1", ["third"]),
        ("-T 0", []),
        ("-s One", ["first", "third"]),
        ("-s One:I Two:E", ["first", "second"]),
        ("-s One:W", []),
        ("One:I *:S", ["first"]),
        ("*:E", ["second"]),
        ("-b main -s Two", ["second"]),
        ("-T 1 -s Two", []),
    ],
)
async def test_a_log_is_read_from_a_time_by_tag_and_level(
    logged: Console, options: str, texts: list[str]
) -> None:
    ran = await logged.run(f"logcat -d -v raw {options}")

    assert ran.out.decode() == "".join([BEGINNING * bool(texts), *(f"{text}\n" for text in texts)])


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("-T", "logcat: option requires an argument -- 'T'"),
        ("-T yesterday", 'logcat: -T "yesterday" not in time format'),
        ("--nonsense", "logcat: unknown option -- 'nonsense'"),
        ("-v pretty", 'logcat: Invalid parameter "pretty" to -v'),
        ("One:Q", "logcat: Invalid filter expression 'One:Q'"),
    ],
)
async def test_a_wrong_option_is_named(logged: Console, options: str, why: str) -> None:
    ran = await logged.run(f"logcat -d {options}")

    assert (ran.code, ran.err.decode()) == (1, f"{why}\n")


async def test_a_cleared_log_is_empty(logged: Console) -> None:
    assert (await logged.run("logcat -c; logcat -d")).out == b""


async def test_a_follower_gets_what_was_and_what_comes(
    phone: System, nursery: trio.Nursery
) -> None:
    heard: list[str] = []
    phone.log.add("Call", "before")

    async def hear(data: bytes) -> None:
        heard.append(data.decode())
        await trio.lowlevel.checkpoint()

    follower = Process(phone, [], "shell", "/", Nothing(), hear, hear)
    nursery.start_soon(run, follower, "logcat -v raw -T 1 -s Call")
    await wait_all_tasks_blocked()
    assert heard == [BEGINNING + "before\n"]

    phone.log.add("Call", "one\ntwo")
    phone.log.add("Other", "not for it")
    await wait_all_tasks_blocked()
    assert heard[1:] == ["one\n", "two\n"]


async def test_what_troubled_the_phone_is_in_its_log_from_a_minute_ago(
    autojump_clock: MockClock,
) -> None:
    from clawctl.testing.device.condition import Condition

    condition = Condition(trouble=("root shell unavailable",))
    async with trio.open_nursery() as nursery:
        system = System(condition, {}.get, nursery, lambda: 1_800_000_060.0)
        ran = await Console(system).run("logcat -d -v epoch -s GatewayCallAssistant")

    assert ran.text.splitlines()[1] == (
        "         1800000000.000  9001  9001 E GatewayCallAssistant: root shell unavailable"
    )
