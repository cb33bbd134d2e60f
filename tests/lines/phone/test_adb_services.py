from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from clawctl.errors import BadInput, NoHandset, NoSuch, TooSlow
from clawctl.lines.phone.adb_services import AdbPhone
from clawctl.lines.phone.adb_stream import CLOSE_STDIN, EXIT, FRAME, STDIN, STDOUT, SYNC
from clawctl.lines.phone.driver import UNTOLD, BadAnswer, Ran


class Scripted:
    """A phone that says one thing whatever it is asked, once it has heard so many bytes; after that
    it ends, or is silent."""

    def __init__(self, said: bytes = b"", silent: bool = False, hears: int = 0) -> None:
        self.said = said
        self.hears = hears
        self.silent = silent
        self.asked: list[str] = []
        self.heard = b""
        self.open = 0

    @asynccontextmanager
    async def stream(self, service: str) -> AsyncIterator["Scripted"]:
        self.asked.append(service)
        self.open += 1
        try:
            yield self
        finally:
            self.open -= 1

    async def send_all(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self.heard += data

    async def receive_some(self) -> bytes:
        await trio.lowlevel.checkpoint()
        while len(self.heard) < self.hears:
            await trio.lowlevel.checkpoint()
        said, self.said = self.said, b""
        if self.silent and not said:
            await trio.sleep_forever()
        return said


def phone(peer: Scripted, *features: str) -> AdbPhone:
    return AdbPhone("A1", frozenset(features), peer.stream)


def frames(out: bytes, code: int) -> bytes:
    return FRAME.pack(STDOUT, len(out)) + out + FRAME.pack(EXIT, 1) + bytes([code])


def sync(name: bytes, data: bytes = b"") -> bytes:
    return SYNC.pack(name, len(data)) + data


async def test_a_command_has_output_and_a_status_and_its_input_ends() -> None:
    peer = Scripted(frames(b"seven\n", 7), hears=12)

    ran = await phone(peer, "shell_v2").run("exit 7", stdin=b"in")

    assert (ran, ran.text) == (Ran(7, b"seven\n"), "seven")
    assert peer.asked == ["shell,v2,raw:exit 7"]
    assert peer.heard == FRAME.pack(STDIN, 2) + b"in" + FRAME.pack(CLOSE_STDIN, 0)


async def test_an_old_phone_tells_no_status() -> None:
    peer = Scripted(b"out and err")

    assert await phone(peer).run("true") == Ran(UNTOLD, b"out and err")
    assert peer.asked == ["shell:true"]


async def test_an_old_phone_cannot_feed_a_command() -> None:
    with pytest.raises(NoHandset, match="Android 7"):
        await phone(Scripted()).run("cat", stdin=b"x")


@pytest.mark.parametrize("command", ["a\nb", "a\0b", "a\ud800"])
async def test_a_command_that_is_no_line_never_reaches_the_phone(command: str) -> None:
    peer = Scripted()
    with pytest.raises(BadInput):
        await phone(peer, "shell_v2").run(command)
    with pytest.raises(BadInput):
        async with phone(peer).follow(command):
            raise AssertionError

    assert peer.asked == []


async def test_a_command_without_end_is_ended_after_its_time(autojump_clock: MockClock) -> None:
    peer = Scripted(silent=True)
    with pytest.raises(TooSlow, match="the phone A1 did not finish a command within 3 s"):
        await phone(peer, "shell_v2").run("sleep 99", timeout_s=3)

    assert (trio.current_time(), peer.open) == (3, 0)


async def test_everything_has_its_time(autojump_clock: MockClock) -> None:
    silent = phone(Scripted(silent=True), "shell_v2")
    asked = [
        silent.run("true"),
        silent.push(b"x", "/a"),
        silent.read("/a"),
        silent.reverse(1, 2),
        silent.unreverse(1),
        silent.reverses(),
    ]
    took = []
    for each in asked:
        began = trio.current_time()
        with pytest.raises(TooSlow):
            await each
        took.append(trio.current_time() - began)

    assert took == [10, 60, 60, 10, 10, 10]


async def test_a_file_is_sent_in_blocks() -> None:
    peer = Scripted(sync(b"OKAY"), hears=65_586)

    await phone(peer).push(bytes(65537), "/sdcard/a,b", 0o600)

    request = sync(b"SEND", b"/sdcard/a,b,33152")
    assert peer.heard.startswith(request + sync(b"DATA", bytes(65536)) + sync(b"DATA", b"\0"))
    assert peer.heard[-SYNC.size :].startswith(b"DONE")


async def test_a_file_is_read_whole() -> None:
    peer = Scripted(sync(b"DATA", b"one ") + sync(b"DATA", b"two") + sync(b"DONE"))

    assert await phone(peer).read("/a") == b"one two"
    assert (peer.asked, peer.heard) == (["sync:"], sync(b"RECV", b"/a"))


async def test_a_file_that_is_missing_is_named() -> None:
    peer = Scripted(sync(b"FAIL", b"open failed: No such file or directory"))

    with pytest.raises(NoSuch, match="the phone A1 has no /nosuch"):
        await phone(peer).read("/nosuch")


async def test_a_phone_that_takes_no_file_says_why() -> None:
    peer = Scripted(sync(b"FAIL", b"couldn't create file: Permission denied"))

    with pytest.raises(NoHandset, match="refused /system/a: couldn't create file: Permission den"):
        await phone(peer).push(b"x", "/system/a")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad", b"DENT\1\0\0\0x"])
async def test_an_answer_about_files_that_is_none_is_a_bad_one(answer: bytes) -> None:
    with pytest.raises(BadAnswer):
        await phone(Scripted(answer)).read("/a")
    with pytest.raises(BadAnswer):
        await phone(Scripted(answer)).push(b"", "/a")


@pytest.mark.parametrize("path", ["/a\0b", "/a\nb", "/\udcff"])
async def test_a_path_that_is_none_is_refused(path: str) -> None:
    with pytest.raises(BadInput):
        await phone(Scripted()).read(path)


async def test_a_port_is_forwarded_phone_first() -> None:
    peer = Scripted(b"OKAY")

    assert await phone(peer).reverse(8996, 4000) == 8996
    assert peer.asked == ["reverse:forward:tcp:8996;tcp:4000"]


async def test_the_phone_may_choose_the_port() -> None:
    assert await phone(Scripted(b"OKAY000540123")).reverse(0, 4000) == 40123


async def test_a_port_that_was_never_forwarded_is_named() -> None:
    peer = Scripted(b"FAIL001flistener 'tcp:8996' not found  ")

    with pytest.raises(NoSuch, match="take back its forwarded port 8996: listener"):
        await phone(peer).unreverse(8996)


async def test_a_phone_that_will_not_forward_says_why_and_what_to_do() -> None:
    peer = Scripted(b"FAIL002ecannot bind listener: Address already in use  ")

    with pytest.raises(NoHandset, match=r"already in use.*restart the phone"):
        await phone(peer).reverse(8996, 4000)


async def test_neither_yes_nor_no_is_a_bad_answer() -> None:
    with pytest.raises(BadAnswer, match="neither OKAY nor FAIL"):
        await phone(Scripted(b"WHAT")).reverse(8996, 4000)


async def test_forwarded_ports_are_read_whatever_the_phone_calls_itself() -> None:
    rows = (
        b"UsbFfs tcp:8996 tcp:4000\n"
        b"(reverse) tcp:1 tcp:2\n"
        b"host-12 localabstract:x tcp:3\n"
        b"tcp:4 tcp:5\n"
        b"\xff\n"
        b"UsbFfs tcp:" + b"9" * 5000 + b" tcp:1\n"
    )
    peer = Scripted(b"%04x" % len(rows) + rows)

    assert await phone(peer).reverses() == [(8996, 4000), (1, 2)]
    assert peer.asked == ["reverse:list-forward"]


async def test_lines_are_followed_until_the_command_ends() -> None:
    peer = Scripted(frames(b"one\ntwo\n", 0))
    async with phone(peer, "shell_v2").follow("logcat") as lines:
        assert [line async for line in lines] == [b"one", b"two"]

    assert (peer.asked, peer.open) == (["shell,v2,raw:logcat"], 0)


async def test_following_an_old_phone_is_the_same() -> None:
    async with phone(Scripted(b"one\r\ntwo")).follow("logcat") as lines:
        assert [line async for line in lines] == [b"one", b"two"]


async def test_following_may_be_left_at_any_time() -> None:
    peer = Scripted(FRAME.pack(STDOUT, 4) + b"one\n", silent=True)
    async with phone(peer, "shell_v2").follow("logcat") as lines:
        assert await anext(lines) == b"one"

    assert peer.open == 0
