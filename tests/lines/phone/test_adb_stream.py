import pytest
import trio

from clawctl.errors import NoHandset, TooSlow
from clawctl.lines.phone.adb_stream import (
    EXIT,
    FRAME,
    LINE_BYTES,
    MOST_BYTES,
    STDERR,
    STDOUT,
    Lines,
    Peer,
    Reader,
    beside,
    number,
    within,
)
from clawctl.lines.phone.driver import BadAnswer, Ran

PHONE = Peer("the phone A1", "look at the cable")


class Said:
    """A stream on which everything has been said already."""

    def __init__(self, *pieces: bytes, then: str = "end") -> None:
        self.pieces = list(pieces)
        self.then = then
        self.sent = b""

    async def send_all(self, data: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self.sent += data

    async def receive_some(self) -> bytes:
        await trio.lowlevel.checkpoint()
        if not self.pieces and self.then == "silence":
            await trio.sleep_forever()
        return self.pieces.pop(0) if self.pieces else b""


def frame(kind: int, data: bytes) -> bytes:
    return FRAME.pack(kind, len(data)) + data


def reader(*pieces: bytes, then: str = "end") -> Reader:
    return Reader(Said(*pieces, then=then), PHONE)


async def test_pieces_of_any_size_make_the_same_answer() -> None:
    said = frame(STDOUT, b"out") + frame(STDERR, b"err") + frame(EXIT, b"\x07")

    assert await reader(said).ran() == Ran(7, b"out", b"err")
    assert await reader(*(bytes([each]) for each in said)).ran() == Ran(7, b"out", b"err")


async def test_a_block_is_four_hex_digits_and_as_many_bytes() -> None:
    both = reader(b"000", b"5hello0000")

    assert [await both.block(), await both.block()] == [b"hello", b""]


@pytest.mark.parametrize("length", [b"0x1f", b"-001", b" 1f ", b"1_0f", b"zzzz", b"OKAY"])
async def test_a_length_that_is_none_is_a_bad_answer(length: bytes) -> None:
    with pytest.raises(BadAnswer, match="the phone A1 gave no number"):
        await reader(length, b"and more").block()


async def test_an_answer_that_breaks_off_says_so() -> None:
    for half in (b"", b"\x01", frame(STDOUT, b"out"), frame(STDOUT, b"out")[:-1]):
        with pytest.raises(NoHandset, match="A1 went away before it had answered; look at the ca"):
            await reader(half).ran()


async def test_a_reader_that_was_cancelled_has_lost_nothing() -> None:
    stream = Said(b"00", then="silence")
    half = Reader(stream, PHONE)
    with trio.move_on_after(0.01):
        await half.block()
    stream.pieces = [b"02ok"]

    assert await half.block() == b"ok"


async def test_a_frame_that_announces_more_than_fits_is_refused_at_once() -> None:
    with pytest.raises(BadAnswer, match="more than 64 MB"):
        await reader(FRAME.pack(STDOUT, MOST_BYTES + 100)).ran()


async def test_output_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clawctl.lines.phone.adb_stream.MOST_BYTES", 100)
    with pytest.raises(BadAnswer):
        await reader(*[frame(STDOUT, bytes(60))] * 2).ran()
    with pytest.raises(BadAnswer):
        await reader(bytes(60), bytes(60)).rest()


def test_digits_only_are_a_number() -> None:
    assert (number(b"0029", PHONE, base=16), number(b"8996", PHONE)) == (41, 8996)
    for text in (b"", b"+1", b"1 ", b"1_0", b"\xd9\xa1"):
        with pytest.raises(BadAnswer):
            number(text, PHONE)


async def lines(*pieces: bytes) -> list[bytes]:
    return [line async for line in Lines(Said(*pieces).receive_some)]


async def test_lines_come_without_their_ends() -> None:
    assert await lines(b"one\ntw", b"o\r\n\nlast") == [b"one", b"two", b"", b"last"]
    assert await lines() == []
    assert await lines(b"\n") == [b""]


async def test_a_line_without_end_comes_in_pieces() -> None:
    long = bytes(LINE_BYTES) + b"x"

    assert await lines(long + b"\nshort\n") == [bytes(LINE_BYTES), b"x", b"short"]


async def test_what_has_no_time_left_is_too_slow(autojump_clock: trio.testing.MockClock) -> None:
    too_slow = pytest.raises(TooSlow, match="A1 did not finish within 10 s; look at the cable")
    with too_slow, within(10, PHONE, "finish"):
        await trio.sleep_forever()

    assert trio.current_time() == 10


async def test_within_an_outer_time_the_outer_time_counts() -> None:
    with trio.move_on_after(0) as outer:
        with within(10, PHONE, "finish"):
            await trio.sleep_forever()

    assert outer.cancelled_caught


async def test_an_error_beside_other_work_comes_as_it_is() -> None:
    with pytest.raises(NoHandset, match="gone"):
        async with beside(trio.sleep_forever):
            raise NoHandset("gone")


async def test_who_needs_no_more_may_leave_unread_what_is_sent() -> None:
    class Closed(Said):
        async def send_all(self, data: bytes) -> None:
            raise NoHandset("closed")

    answer = Reader(Closed(frame(EXIT, b"\0")), PHONE)
    async with answer.fed([b"a", b"b"]):
        assert await answer.ran() == Ran(0)
