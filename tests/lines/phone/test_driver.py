import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import BadInput, NoHandset
from clawctl.lines.phone.driver import (
    READY,
    WAYS_OUT,
    Device,
    Driver,
    EitherPhones,
    NoPhones,
    chosen,
    phones_of,
    quoted,
    words,
)


@pytest.mark.parametrize(
    "word",
    ["", "two words", "$(reboot)", "`id`", "a'b", 'a"b', ";reboot", "*", "~", "#", "\u00fc\r"],
)
def test_whatever_a_word_contains_it_stays_one_word(word: str) -> None:
    assert shlex.split(quoted("echo", word)) == ["echo", word]


@pytest.mark.parametrize("word", ["a\nb", "a\0b", "\ud83d"])
def test_a_word_that_cannot_be_sent_as_it_is_is_refused(word: str) -> None:
    with pytest.raises(BadInput, match="NUL, a newline or half a character"):
        quoted("echo", word)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"no such\tport\r\n", "no such port"),
        (b"\x1b]0;owned\x07\x1b[2Jgone\xff", "]0;owned [2Jgone\ufffd"),
        ("\u202eright to left".encode(), "right to left"),
        (b"x" * 5_000_000, "x" * 200),
    ],
)
def test_what_a_phone_says_is_one_short_line_that_steers_nothing(raw: bytes, said: str) -> None:
    assert words(raw) == said


ONE, TWO = Device("A1", READY), Device("B2", READY)


def test_the_only_phone_that_is_ready_is_meant() -> None:
    assert chosen([Device("C3", "offline"), ONE], "") is ONE


def test_a_phone_is_chosen_by_its_serial() -> None:
    assert chosen([ONE, TWO], "B2") is TWO


def test_two_phones_and_none_chosen_is_said_with_the_command_that_chooses() -> None:
    with pytest.raises(NoHandset) as raised:
        chosen([ONE, TWO], "")

    assert str(raised.value) == (
        "2 phones are ready (A1, B2); choose one: clawctl config set adb_serial A1"
    )


def test_a_serial_that_a_phone_made_up_is_one_word_of_the_command() -> None:
    with pytest.raises(NoHandset, match=r"adb_serial 'A1;reboot'$"):
        chosen([Device("A1;reboot", READY), TWO], "")


@pytest.mark.parametrize("serial", ["", "A1"])
def test_no_phone_is_said_with_what_to_do(serial: str) -> None:
    with pytest.raises(NoHandset, match="is not there: plug it in, and switch USB debugging on"):
        chosen([], serial)


def test_a_phone_in_the_network_is_not_asked_to_be_plugged_in() -> None:
    with pytest.raises(NoHandset, match="in this network, and told to listen there"):
        chosen([], "10.0.0.7:5555")


@pytest.mark.parametrize("state", WAYS_OUT)
@pytest.mark.parametrize("serial", ["", "A1"])
def test_every_state_has_its_way_out(state: str, serial: str) -> None:
    with pytest.raises(NoHandset) as raised:
        chosen([Device("A1", state)], serial)

    assert str(raised.value) == (
        f"the phone A1 cannot be used, its state is {state!r}: {WAYS_OUT[state]}"
    )


def test_a_state_nobody_knows_has_a_way_out_too() -> None:
    with pytest.raises(NoHandset, match="'melting': unplug the cable"):
        chosen([Device("A1", "melting")], "")


async def test_a_gateway_without_a_phone_finds_none_and_says_so() -> None:
    phones = phones_of(PhoneSettings(adb_driver="off"))

    assert isinstance(phones, NoPhones)
    assert await phones.devices() == []
    with pytest.raises(NoHandset, match="switched off here: clawctl config set adb_driver auto"):
        async with phones.open("A1"):
            raise AssertionError


async def test_where_there_is_no_phone_nothing_ever_changes() -> None:
    async with NoPhones().watch() as lists:
        assert await anext(lists) == []
        with trio.move_on_after(0.01) as waited:
            await anext(lists)

    assert waited.cancelled_caught


class Some(NoPhones):
    def __init__(self, *devices: Device) -> None:
        self.found = list(devices)

    async def devices(self) -> list[Device]:
        await trio.lowlevel.checkpoint()
        return self.found

    @asynccontextmanager
    async def open(self, serial: str = "") -> AsyncIterator[Driver]:
        raise NoHandset(self.found[0].serial + serial)
        yield


async def test_which_driver_it_is_is_asked_at_each_use() -> None:
    possible = True

    async def answer() -> bool:
        await trio.lowlevel.checkpoint()
        return possible

    either = EitherPhones(answer, Some(ONE), Some(TWO))
    found = [await either.devices()]
    possible = False
    found.append(await either.devices())

    assert found == [[ONE], [TWO]]
    with pytest.raises(NoHandset, match="B2x"):
        async with either.open("x"):
            raise AssertionError
    async with either.watch() as lists:
        assert await anext(lists) == []
