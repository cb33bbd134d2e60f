from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import trio
from cryptography.hazmat.primitives.asymmetric import rsa
from trio.testing import MockClock, memory_stream_pair, wait_all_tasks_blocked

from clawctl.errors import NoHandset
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_link import Allowed, Link, LinkStream
from clawctl.lines.phone.adb_wire import CLSE, OKAY, OPEN, WRTE, LinkLost, Packet

BANNER = b"device::ro.product.model=Pixel 7a;features=shell_v2,cmd"
HELLO = Packet(wire.CNXN, wire.VERSION, wire.MAX_DATA, BANNER)
TOKEN = Packet(wire.AUTH, wire.TOKEN, 0, bytes(range(20)))


@pytest.fixture(scope="module")
def keys() -> list[rsa.RSAPrivateKey]:
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


class Phone:
    """The other side, packet by packet."""

    def __init__(self, stream: trio.abc.HalfCloseableStream) -> None:
        self._stream = stream
        self.sums = True

    async def hears(self) -> Packet:
        with trio.fail_after(1):
            return await wire.read_packet(self._stream, checksum=self.sums)

    async def says(self, *packets: Packet) -> None:
        for packet in packets:
            await self._stream.send_all(wire.pack(packet, checksum=self.sums))

    async def hears_nothing(self) -> bool:
        await wait_all_tasks_blocked()
        with trio.move_on_after(0) as scope:
            await self._stream.receive_some(1)
        return scope.cancelled_caught

    async def answers(self, *packets: Packet) -> None:
        """As soon as it is asked for a service."""
        assert (await self.hears()).command == OPEN
        await self.says(*packets)

    async def unplugs(self) -> None:
        await self._stream.send_eof()


def meeting() -> tuple[Link, Phone]:
    ours, theirs = memory_stream_pair()
    return Link(ours, "0123"), Phone(theirs)


@asynccontextmanager
async def met(hello: Packet = HELLO) -> AsyncIterator[tuple[Link, Phone]]:
    """Greeted and running."""
    link, phone = meeting()
    await phone.says(hello)
    assert await link.greet([])
    assert (await phone.hears()).command == wire.CNXN
    phone.sums = hello.arg0 < wire.VERSION
    async with link.running():
        yield link, phone


@asynccontextmanager
async def opened(link: Link, phone: Phone, *then: Packet) -> AsyncIterator[LinkStream]:
    """A stream, 1 to us and 70 to the phone, on which it says more at once."""
    async with AsyncExitStack() as stack:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(phone.answers, Packet(OKAY, 70, 1), *then)
            stream = await stack.enter_async_context(link.stream("shell:logcat"))
        yield stream


async def refused(link: Link, phone: Phone, service: str) -> str:
    """What is said of a service that the phone does not have."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(phone.answers, Packet(CLSE, 0, 1))
        with pytest.raises(NoHandset) as raised:
            async with link.stream(service):
                pass
    return str(raised.value)


# Greeting


async def test_a_phone_that_asks_for_nothing_is_met_at_once() -> None:
    link, phone = meeting()
    await phone.says(HELLO)

    assert await link.greet([])

    version, most, text = (await phone.hears())[1:]
    assert (version, most) == (wire.VERSION, 1024 * 1024)
    assert text == b"host::features=shell_v2,cmd"
    assert link.banner.properties == {"ro.product.model": "Pixel 7a"}
    assert link.banner.features == {"shell_v2", "cmd"}


async def test_each_key_signs_a_token_of_its_own_until_one_is_known(
    keys: list[rsa.RSAPrivateKey],
) -> None:
    link, phone = meeting()
    other = TOKEN._replace(data=bytes(20))
    await phone.says(TOKEN, other, HELLO)

    assert await link.greet(keys)

    await phone.hears()
    for key, asked in zip(keys, (TOKEN, other), strict=True):
        answer = await phone.hears()
        assert answer[:3] == (wire.AUTH, wire.SIGNATURE, 0)
        assert wire.is_signed_by(key.public_key(), asked.data, answer.data)


async def test_a_phone_that_knows_no_key_is_shown_one_and_then_waited_for(
    keys: list[rsa.RSAPrivateKey], autojump_clock: MockClock
) -> None:
    link, phone = meeting()
    await phone.says(TOKEN, TOKEN)
    assert not await link.greet(keys[:1])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(link.ask, keys[0])
        await trio.sleep(3600)
        assert not link.banner.kind
        await phone.says(HELLO)

    assert link.banner.features == {"shell_v2", "cmd"}
    *_, shown = [await phone.hears() for _ in range(3)]
    assert shown[:3] == (wire.AUTH, wire.PUBLIC_KEY, 0)
    numbers = wire.public_key_of(shown.data).public_numbers()
    assert numbers == keys[0].public_key().public_numbers()


async def test_a_phone_that_asks_again_does_not_take_our_key(
    keys: list[rsa.RSAPrivateKey],
) -> None:
    link, phone = meeting()
    await phone.says(TOKEN, TOKEN, TOKEN)
    assert not await link.greet(keys[:1])

    with pytest.raises(LinkLost, match="does not take our key"):
        await link.ask(keys[0])


async def test_what_an_earlier_hosts_streams_have_left_is_passed_over() -> None:
    link, phone = meeting()
    await phone.says(Packet(WRTE, 7, 8, b"old"), Packet(CLSE, 7, 8), Packet(OKAY, 7, 8), HELLO)

    assert await link.greet([])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (wire.pack(HELLO)[:-1] + b"?", "checksum of a packet of 55 bytes is wrong"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak ADB"),
        (wire.pack(TOKEN._replace(data=bytes(19))), "in a way that nobody knows"),
        (wire.pack(TOKEN._replace(arg0=9)), "in a way that nobody knows"),
        (wire.pack(Packet(wire.STLS, wire.VERSION, 0)), "wireless debugging paired"),
    ],
)
async def test_whatever_is_no_greeting_is_said_to_be_none(said: bytes, why: str) -> None:
    ours, theirs = memory_stream_pair()
    await theirs.send_all(said)

    with pytest.raises(NoHandset, match=why):
        await Link(ours, "0123").greet([])


# Streams


async def test_a_stream_is_opened_written_read_and_closed() -> None:
    async with met() as (link, phone), trio.open_nursery() as nursery:

        async def talk() -> None:
            async with link.stream("shell:cat") as stream:
                await stream.send_all(b"hello")
                assert await stream.receive_some() == b"world"

        nursery.start_soon(talk)
        assert await phone.hears() == Packet(OPEN, 1, 0, b"shell:cat\0")
        await phone.says(Packet(OKAY, 70, 1))
        assert await phone.hears() == Packet(WRTE, 1, 70, b"hello")
        await phone.says(Packet(OKAY, 70, 1), Packet(WRTE, 70, 1, b"world"))
        assert await phone.hears() == Packet(OKAY, 1, 70)
        assert await phone.hears() == Packet(CLSE, 1, 70)


async def test_each_piece_waits_for_the_okay_of_the_one_before() -> None:
    hello = HELLO._replace(arg1=4096)
    async with met(hello) as (link, phone), trio.open_nursery() as nursery:

        async def talk() -> None:
            async with link.stream("sync:") as stream:
                await stream.send_all(bytes(5000))
                await stream.taken()

        nursery.start_soon(talk)
        await phone.hears()
        await phone.says(Packet(OKAY, 70, 1))
        assert len((await phone.hears()).data) == 4096
        assert await phone.hears_nothing()
        await phone.says(Packet(OKAY, 70, 1))
        assert len((await phone.hears()).data) == 904
        assert await phone.hears_nothing()
        await phone.says(Packet(OKAY, 70, 1))
        assert (await phone.hears()).command == CLSE


async def test_what_nobody_takes_gets_no_okay() -> None:
    more = Packet(WRTE, 70, 1, b"more")
    async with met() as (link, phone), opened(link, phone, more) as stream:
        assert await phone.hears_nothing()

        assert await stream.receive_some() == b"more"
        assert await phone.hears() == Packet(OKAY, 1, 70)


async def test_a_stream_that_the_phone_closes_is_read_to_its_end_and_answered_once() -> None:
    async with met() as (link, phone):
        last = Packet(WRTE, 70, 1, b"last"), Packet(CLSE, 70, 1)
        async with opened(link, phone, *last) as stream:
            assert await phone.hears() == Packet(CLSE, 1, 70)
            await stream.send_all(b"nobody reads this")

            assert await stream.receive_some() == b"last"
            assert await stream.receive_some() == b""
        assert await phone.hears_nothing()


async def test_a_service_that_the_phone_refuses_is_named_without_what_was_asked_of_it() -> None:
    async with met() as (link, phone):
        said = await refused(link, phone, "shell,v2,raw:dial 0123456")

        assert said == "the phone 0123 has no 'shell', or refuses it"
        assert await phone.hears_nothing()


async def test_a_stream_given_up_before_it_was_open_is_closed_when_it_opens(
    autojump_clock: MockClock,
) -> None:
    async with met() as (link, phone):
        with trio.move_on_after(1):
            async with link.stream("shell:sleep 100"):
                pass
        assert (await phone.hears()).command == OPEN

        await phone.says(Packet(OKAY, 70, 1))
        assert await phone.hears() == Packet(CLSE, 1, 70)
        await phone.says(Packet(OKAY, 70, 1))
        assert await phone.hears_nothing()


async def test_cancelled_with_all_of_the_link_a_stream_is_still_closed(
    autojump_clock: MockClock,
) -> None:
    with trio.move_on_after(1):
        async with met() as (link, phone), opened(link, phone) as stream:
            await stream.receive_some()

    assert await phone.hears() == Packet(CLSE, 1, 70)


async def test_what_comes_for_nobody_is_passed_over() -> None:
    async with met() as (link, phone):
        await phone.says(Packet(OKAY, 70, 9), Packet(WRTE, 70, 9, b"?"), Packet(CLSE, 70, 9))
        await phone.says(Packet(b"SYNC", 1, 2))
        async with opened(link, phone, Packet(WRTE, 71, 1, b"not us")):
            assert await phone.hears_nothing()


async def test_a_command_longer_than_the_phone_takes_is_not_sent() -> None:
    async with met(HELLO._replace(arg1=100)) as (link, phone):
        with pytest.raises(NoHandset, match="takes commands of 4096 bytes, not 4097"):
            async with link.stream("shell:" + "x" * 4090):
                pass
        assert await phone.hears_nothing()


async def test_an_old_phone_gets_checksums_and_a_new_one_none() -> None:
    for version, total in ((wire.OLD_VERSION, sum(b"sync:\0")), (wire.VERSION, 0)):
        ours, theirs = memory_stream_pair()
        link, phone = Link(ours, "0123"), Phone(theirs)
        await phone.says(HELLO._replace(arg0=version))
        await link.greet([])
        await phone.hears()
        async with link.running():
            link.send(Packet(OPEN, 1, 0, b"sync:\0"))
            packed = await theirs.receive_some(30)
        assert int.from_bytes(packed[16:20], "little") == total


# The end of it


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (HELLO, "it has begun anew"),
        (TOKEN, "it has begun anew"),
        (Packet(WRTE, 70, 1, bytes(wire.MAX_DATA + 1)), "more than the 1048576 allowed"),
    ],
)
async def test_who_waits_hears_why_the_link_ended(said: Packet, why: str) -> None:
    async with met() as (link, phone), opened(link, phone, said) as stream:
        with pytest.raises(LinkLost, match=f"the phone 0123 is gone: .*{why}"):
            await stream.receive_some()
        assert link.lost.is_set()


async def test_an_unplugged_phone_ends_every_stream_and_opens_none() -> None:
    async with met() as (link, phone), trio.open_nursery() as nursery:

        async def follow() -> None:
            with pytest.raises(LinkLost, match="closed by the other side"):
                async with link.stream("shell:logcat") as stream:
                    await stream.receive_some()

        for _ in range(3):
            nursery.start_soon(follow)
        for ours in range(1, 4):
            assert (await phone.hears()).arg0 == ours
            await phone.says(Packet(OKAY, 70 + ours, ours))
        await phone.unplugs()
        await link.lost.wait()

        with pytest.raises(LinkLost, match="the phone 0123 is gone"):
            async with link.stream("shell:true"):
                pass


async def test_what_arrived_before_the_end_can_still_be_read() -> None:
    last = Packet(WRTE, 70, 1, b"last words")
    async with met() as (link, phone), opened(link, phone, last) as stream:
        await phone.unplugs()
        await link.lost.wait()

        assert await stream.receive_some() == b"last words"
        with pytest.raises(LinkLost):
            await stream.receive_some()


async def test_a_phone_that_never_waits_for_okay_is_cut_off() -> None:
    piece = Packet(WRTE, 70, 1, bytes(wire.MAX_DATA))
    async with met() as (link, phone), opened(link, phone, *[piece] * 18) as stream:
        await link.lost.wait()

        assert len(await stream.receive_some()) == wire.MAX_DATA
        with pytest.raises(LinkLost, match="writes on without waiting for OKAY"):
            link.check()


# What the phone opens


def test_only_what_was_asked_for_is_allowed_and_only_as_it_was_spelled() -> None:
    allowed = Allowed()
    allowed.asked(8996)

    assert "tcp:8996" in allowed
    for other in ("tcp:08996", "tcp:8997", "tcp:localhost:8996", " tcp:8996", "8996", "", "tcp:"):
        assert other not in allowed


def test_a_port_is_allowed_until_no_port_of_the_phone_leads_to_it() -> None:
    allowed = Allowed()
    for phone_port in (1, 2):
        allowed.asked(8996)
        allowed.granted(phone_port, 8996)
        allowed.answered(8996)

    allowed.taken_back(1)
    assert "tcp:8996" in allowed
    allowed.granted(2, 9000)
    assert "tcp:8996" not in allowed
    assert "tcp:9000" in allowed
    allowed.taken_back(2)
    allowed.taken_back(2)
    assert "tcp:9000" not in allowed


def test_what_a_phone_refused_to_forward_is_not_allowed() -> None:
    allowed = Allowed()
    allowed.asked(8996)
    allowed.answered(8996)

    assert "tcp:8996" not in allowed


@pytest.mark.parametrize(
    "asked",
    [
        Packet(OPEN, 5, 0, b"tcp:22\0"),
        Packet(OPEN, 5, 0, b"tcp:8996\0\0"),
        Packet(OPEN, 5, 0, b"tcp:127.0.0.1:8996\0"),
        Packet(OPEN, 5, 0, b"localfilesystem:/etc/passwd\0"),
        Packet(OPEN, 5, 0, b"\xff\xfe"),
        Packet(OPEN, 5, 0, b""),
        Packet(OPEN, 5, 1 << 25, b"tcp:8996\0"),
    ],
)
async def test_whatever_else_a_phone_asks_for_is_refused(asked: Packet) -> None:
    async with met() as (link, phone):
        link.allowed.asked(8996)
        await phone.says(asked)

        assert await phone.hears() == Packet(CLSE, 0, 5)
        assert not link.lost.is_set()


async def test_a_phone_that_asks_and_asks_and_takes_no_answer_is_cut_off() -> None:
    ours, theirs = memory_stream_pair()
    link, phone = Link(ours, "0123"), Phone(theirs)
    await phone.says(HELLO)
    await link.greet([])
    phone.sums = False

    async def stuck() -> None:
        await trio.sleep_forever()

    ours.send_stream.send_all_hook = stuck
    async with link.running():
        await phone.says(*[Packet(OPEN, each, 0, b"tcp:22\0") for each in range(1, 2000)])
        await link.lost.wait()

    with pytest.raises(LinkLost, match="takes no answer"):
        link.check()
