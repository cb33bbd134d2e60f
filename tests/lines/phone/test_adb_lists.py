from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

import pytest
import trio
from trio.testing import MockClock

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.adb_lists import COMMAND_S, LOOK_S, Lists
from clawctl.lines.phone.adb_request import Link
from clawctl.lines.phone.adb_stream import Peer, beside

ONE = "A1 device transport_id:1\n"
LOST = "A1 offline transport_id:1\n"


class Announcing(Link):
    """A server's end of which tests have hold: None is its end."""

    def __init__(self, *rows: str) -> None:
        self.peer = Peer("the adb server")
        self.announce, self._announced = trio.open_memory_channel[str | None](100)
        self.closed = False
        for each in rows:
            self.announce.send_nowait(each)

    async def receive_some(self, most_bytes: int = 0) -> bytes:
        rows = await self._announced.receive()
        return b"" if rows is None else b"%04x%s" % (len(rows), rows.encode())

    def close(self) -> None:
        self.closed = True


class Servers:
    """One after the other; what is no server fails to be reached."""

    def __init__(self, *links: Announcing | Exception) -> None:
        self.links = list(links)
        self.asked_at: list[float] = []
        self.answer: str | Exception = NoHandset("not now")
        self.takes_s = 0.0

    async def track(self) -> Link:
        self.asked_at.append(trio.current_time())
        await trio.lowlevel.checkpoint()
        link = self.links.pop(0)
        if isinstance(link, Exception):
            raise link
        return link

    async def look(self) -> bytes:
        answer = self.answer
        await trio.sleep(self.takes_s)
        if isinstance(answer, Exception):
            raise answer
        return answer.encode()

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[Lists]:
        lists = Lists(self.track, self.look)
        with closing(lists):
            await lists.begin()
            async with beside(lists.run):
                yield lists


async def states(lists: Lists) -> list[str]:
    return [each.state for each in await anext(lists)]


async def test_what_is_announced_is_told(autojump_clock: MockClock) -> None:
    server = Announcing(ONE, LOST, "", ONE)
    async with Servers(server).watched() as lists:
        assert [await states(lists) for _ in range(4)] == [["device"], ["offline"], [], ["device"]]

    assert server.closed
    assert trio.current_time() == 0


async def test_what_is_not_announced_is_seen_within_a_second(autojump_clock: MockClock) -> None:
    servers = Servers(Announcing(ONE))
    servers.answer = LOST
    async with servers.watched() as lists:
        assert [await states(lists) for _ in range(2)] == [["device"], ["offline"]]

    assert trio.current_time() == LOOK_S


async def test_the_same_again_is_not_told(autojump_clock: MockClock) -> None:
    server = Announcing(ONE, ONE)
    servers = Servers(server)
    servers.answer = ONE
    async with servers.watched() as lists:
        await anext(lists)
        with trio.move_on_after(60) as waited:
            await anext(lists)

    assert waited.cancelled_caught


async def test_an_answer_that_was_overtaken_is_forgotten(autojump_clock: MockClock) -> None:
    server = Announcing(ONE)
    servers = Servers(server)
    servers.answer, servers.takes_s = "", 0.5
    async with servers.watched() as lists:
        await anext(lists)
        await trio.sleep(LOOK_S + 0.2)
        server.announce.send_nowait(LOST)
        servers.answer = LOST

        assert await states(lists) == ["offline"]
        with trio.move_on_after(60) as waited:
            await anext(lists)

    assert waited.cancelled_caught


@pytest.mark.parametrize("answer", [NoHandset("no"), TooSlow("no")])
async def test_a_server_that_does_not_answer_is_asked_again(
    answer: Exception, autojump_clock: MockClock
) -> None:
    servers = Servers(Announcing(ONE))
    servers.answer = answer
    async with servers.watched() as lists:
        await anext(lists)
        await trio.sleep(5 * LOOK_S + 0.5)
        servers.answer = LOST

        assert await states(lists) == ["offline"]


async def test_a_phone_under_another_id_was_away(autojump_clock: MockClock) -> None:
    again = "A1 device transport_id:2\nB2 device transport_id:3\n"
    async with Servers(Announcing(ONE, again)).watched() as lists:
        told = [[each.serial for each in await anext(lists)] for _ in range(3)]

    assert told == [["A1"], ["B2"], ["A1", "B2"]]


async def test_a_server_that_ended_is_looked_for_ever_less_often(
    autojump_clock: MockClock,
) -> None:
    missing = [NoHandset("no server"), TooSlow("silence"), NoHandset("no"), NoHandset("no")]
    servers = Servers(Announcing(ONE, None), *missing, Announcing(ONE))
    async with servers.watched() as lists:
        assert [await states(lists) for _ in range(3)] == [["device"], [], ["device"]]

    assert servers.asked_at == [0.0, 0.5, 1.5, 3.5, 5.5, 7.5]


async def test_a_server_that_is_silent_from_the_first_is_too_slow(
    autojump_clock: MockClock,
) -> None:
    server = Announcing()
    with pytest.raises(TooSlow, match="did not list its phones"):
        async with Servers(server).watched():
            raise AssertionError

    assert (trio.current_time(), server.closed) == (COMMAND_S, True)


async def test_who_fetches_nothing_loses_the_oldest(autojump_clock: MockClock) -> None:
    server = Announcing(*[f"A{number} device\n" for number in range(40)])
    async with Servers(server).watched() as lists:
        await trio.sleep(0.1)
        told = [(await anext(lists))[0].serial for _ in range(16)]

    assert told == [f"A{number}" for number in range(24, 40)]
