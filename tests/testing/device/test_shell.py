"""What the phone's shell does with a line."""

import pytest
import trio
from trio.testing import MockClock

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.console import Console


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("echo a   b", "a b\n"),
        ("echo 'a   b' \"c  d\" e\\ f", "a   b c  d e f\n"),
        ("echo one; echo two", "one\ntwo\n"),
        ("false && echo no; true && echo yes", "yes\n"),
        ("false || echo otherwise", "otherwise\n"),
        ("echo hello | base64", "aGVsbG8K\n"),
        ("echo aGVsbG8K | base64 -d", "hello\n"),
        ("printf 'a\\nb\\n' | wc -l", "2\n"),
        ("echo $(echo inner) `echo other`", "inner other\n"),
        ('X=5; echo "$X" ${X}', "5 5\n"),
        ("X=$(echo a b); echo $X", "a b\n"),
        ("(X=1; echo in); echo out$X", "in\nout\n"),
        ("false; echo $?", "1\n"),
        ("echo a # and no more", "a\n"),
        ("echo '$(id)' '`id`'", "$(id) `id`\n"),
        ("echo kept > /data/local/tmp/x; cat /data/local/tmp/x", "kept\n"),
        (
            "echo a > /data/local/tmp/x; echo b >> /data/local/tmp/x; cat /data/local/tmp/x",
            "a\nb\n",
        ),
        ("cat < /proc/sys/kernel/random/boot_id | wc -c", "37\n"),
        ("ls nowhere 2>&1", "ls: nowhere: No such file or directory\n"),
        ("ls nowhere 2>/dev/null; echo $?", "1\n"),
        ("sh -c 'echo \"open' 2>/dev/null; echo on", "on\n"),
        ("sh -c 'echo inner; exit 3' || echo $?", "inner\n3\n"),
        ("nohup sh -c 'echo unseen' >/dev/null 2>&1 & echo after", "after\n"),
    ],
)
async def test_a_line_means_what_it_means_to_a_shell(
    console: Console, line: str, said: str
) -> None:
    assert (await console.run(line)).out.decode() == said


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("true", 0),
        ("false", 1),
        ("exit 7", 7),
        ("(exit 4)", 4),
        ("exit 3 | true", 0),
        ("true | exit 3", 3),
        ("echo x; exit", 0),
        ("exit 256", 0),
        ("exit x", 2),
        ("nope", 127),
        ("", 0),
        ("echo 'open", 1),
        ("cat /nowhere", 1),
    ],
)
async def test_a_line_ends_with_the_status_of_its_last_command(
    console: Console, line: str, code: int
) -> None:
    assert (await console.run(line)).code == code


async def test_what_is_no_program_is_not_found(console: Console) -> None:
    plain, path = await console.run("reboot-me"), await console.run("/data/nope -x")

    assert plain.err == b"/system/bin/sh: reboot-me: not found\n"
    assert path.err == b"/system/bin/sh: /data/nope: inaccessible or not found\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("chmod", "chmod: bad arguments"),
        ("chown", "chown: bad arguments"),
        ("sleep long", "sleep: bad arguments"),
        ("head -n x", "head: bad arguments"),
        ("am broadcast -f x", "am: bad arguments"),
        ("nohup", "nohup: needs a command"),
        ("sh -c", "sh: -c requires an argument"),
    ],
)
async def test_words_that_a_program_cannot_take_are_no_end_of_the_phone(
    console: Console, line: str, why: str
) -> None:
    ran = await console.run(line)

    assert (ran.code, ran.out, ran.err.decode()) == (2, b"", f"{why}\n")


async def test_output_and_errors_are_apart(console: Console) -> None:
    ran = await console.run("echo out; ls /nowhere; echo again")

    assert ran.out == b"out\nagain\n"
    assert ran.err == b"ls: /nowhere: No such file or directory\n"


async def test_a_command_reads_what_is_typed(console: Console) -> None:
    ran = await console.run("cat; echo end", stdin=b"three\x00bytes")

    assert ran.out == b"three\x00bytesend\n"


async def test_a_shell_without_words_runs_what_is_typed(console: Console) -> None:
    assert (await console.run("sh", stdin=b"echo typed; exit 5")).code == 5


async def test_who_reads_no_further_ends_who_writes(console: Console) -> None:
    ran = await console.run("cat /data/local/tmp/big | true", stdin=b"")

    assert ran.code == 0


async def test_what_runs_in_the_background_outlives_its_shell(
    console: Console, autojump_clock: MockClock
) -> None:
    ran = await console.run("(sleep 5; echo done > /data/local/tmp/x; exit 3) & echo started")

    assert (ran.code, ran.text) == (0, "started")
    assert not console.system.files.exists("/data/local/tmp/x")
    await trio.sleep(6)
    assert (await console.run("cat /data/local/tmp/x")).text == "done"


async def test_every_command_is_noted(console: Console) -> None:
    await console.run("true; echo a | wc -l")

    assert console.system.ran[0] == "true"
    assert sorted(console.system.ran[1:]) == ["echo a", "wc -l"]


# Faults


async def test_a_command_may_never_end(
    console: Console, condition: Condition, autojump_clock: MockClock
) -> None:
    condition.hangs = ("dumpsys",)

    with trio.move_on_after(3600) as waited:
        await console.run("dumpsys battery")

    assert waited.cancelled_caught
    assert (await console.run("true")).code == 0


async def test_a_command_may_say_ten_megabytes(console: Console, condition: Condition) -> None:
    condition.floods = ("getprop",)

    assert len((await console.run("getprop ro.build.id")).out) > 10_000_000


async def test_a_status_may_come_without_output(console: Console, condition: Condition) -> None:
    condition.mute = ("getprop", "ls")

    assert await console.run("getprop ro.build.id") == await console.run("true")
    assert (await console.run("ls /nowhere")).code == 1
