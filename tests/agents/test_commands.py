"""What the phone is asked for, and what is answered when it does not do it."""

from contextlib import asynccontextmanager

import pytest
import trio

from clawctl.agents.commands import Desk, ask_phone, dial
from clawctl.call.on_line import CallOnPhone
from clawctl.call.steering import Steering
from clawctl.call.takeover import Takeovers
from clawctl.errors import BadInput, Forbidden, NoHandset, TooSlow, Unconfirmed
from clawctl.testing.telephone import Telephone

NUMBER = "+49301"
SAY = "Ann, your train is late."


class Unwilling(Telephone):
    """A phone that does nothing it is asked, and says why."""

    def __init__(self, trouble):
        super().__init__()
        self.trouble = trouble

    def _do(self, told, seen):
        raise self.trouble


@asynccontextmanager
async def desk_of(room, phone):
    turns, instructions = room.turns, room.turns.answering.instructions
    steering = Steering(room.registry, room.store, room.bus, room.live, instructions)
    yield Desk(
        room.live, room.bus, room.store, steering, Takeovers(room.bus), turns.speaking, phone,
        turns.greetings, lambda _: {},
    )  # fmt: skip


async def called(room, number=NUMBER):
    """What the callee hears first."""
    result = await room.say(
        "", direction="outgoing", caller_number=number, reset=True, forced_reply="Hello."
    )
    return result.record.reply


async def test_a_number_is_dialled_as_it_is_compared(room, autojump_clock):
    phone = Telephone()
    async with desk_of(room, phone) as desk:
        answer = await dial(desk, "0049 (30) 1")

    assert answer == {"ok": True, "number": NUMBER, "detail": "the phone is dialling"}
    assert phone.told == [f"dial {NUMBER}"]
    assert room.types() == ["call.dial"]
    assert await called(room) == "Hello."


async def test_what_is_to_be_said_is_ready_before_the_phone_asks_for_it(room, autojump_clock):
    room.tts.delay_s = 0.5
    async with desk_of(room, Telephone()) as desk:
        began = trio.current_time()
        assert (await dial(desk, NUMBER, SAY))["ok"] is True
        assert trio.current_time() - began == 0.5

    room.tts.delay_s = 5
    began = trio.current_time()
    assert await called(room) == SAY
    assert trio.current_time() == began


async def test_what_a_phone_says_that_does_not_dial_is_the_answer(room, autojump_clock):
    phone = Unwilling(NoHandset("the phone has a call already; hang up first"))
    async with desk_of(room, phone) as desk:
        answer = await dial(desk, NUMBER, SAY)

    assert (answer["ok"], answer["number"], answer["code"]) == (False, NUMBER, "no_handset")
    assert answer["detail"] == answer["error"] == "the phone has a call already; hang up first"
    assert room.types() == []
    assert await called(room) == "Hello."


async def test_a_phone_that_was_too_slow_may_dial_all_the_same(room, autojump_clock):
    async with desk_of(room, Unwilling(TooSlow("nothing was seen of it"))) as desk:
        answer = await dial(desk, NUMBER, SAY)

    assert (answer["ok"], answer["code"]) == (False, "timeout")
    assert await called(room) == SAY


async def test_a_phone_that_went_away_meanwhile_may_dial_all_the_same(room, autojump_clock):
    async with desk_of(room, Unwilling(Unconfirmed("nobody can see whether it did"))) as desk:
        answer = await dial(desk, NUMBER, SAY)

    assert (answer["ok"], answer["code"]) == (False, "unconfirmed")
    assert await called(room) == SAY


async def test_a_second_dial_that_is_refused_leaves_the_first_one_its_greeting(
    room, autojump_clock
):
    async with desk_of(room, Telephone()) as desk:
        await dial(desk, NUMBER, SAY)
    async with desk_of(room, Unwilling(NoHandset("the phone has a call already"))) as desk:
        await dial(desk, NUMBER, "Something else.")

    assert await called(room) == SAY


async def test_a_greeting_that_nobody_heard_is_not_said_in_the_next_call(room, autojump_clock):
    async with desk_of(room, Telephone()) as desk:
        await dial(desk, NUMBER, SAY)
        await dial(desk, NUMBER)

    assert await called(room) == "Hello."


async def test_whoever_rings_hears_no_greeting_that_was_for_another(room, autojump_clock):
    async with desk_of(room, Telephone()) as desk:
        await dial(desk, NUMBER, SAY)
    room.registry.phone_told(
        CallOnPhone("active", "+49309", "incoming", began=room.registry.clock())
    )

    assert await called(room) == "Hello."


@pytest.mark.parametrize(
    ("number", "say", "why"),
    [
        ("the baker's", "", "number must be"),
        (NUMBER, "*** 🙂", "there is nothing in say that can be spoken"),
        (NUMBER, " ", "say must be a text that is not empty"),
        (NUMBER, "x" * 1001, "say has 1001 characters, 1000 are allowed"),
    ],
)
async def test_what_cannot_be_dialled_or_said_reaches_no_phone(
    room, number, say, why, autojump_clock
):
    phone = Telephone()
    async with desk_of(room, phone) as desk:
        with pytest.raises(BadInput, match=why):
            await dial(desk, number, say)

    assert phone.told == []


async def test_emergency_calls_reach_no_phone(room, autojump_clock):
    phone = Telephone()
    async with desk_of(room, phone) as desk:
        with pytest.raises(Forbidden):
            await dial(desk, "112", SAY)

    assert phone.told == []


async def test_the_passphrase_is_not_said_to_a_callee(room, autojump_clock):
    room.set(auth_passphrase="violet narwhal")
    async with desk_of(room, Telephone()) as desk:
        await dial(desk, NUMBER, "It is violet narwhal.")

    assert await called(room) == "It is [passphrase]."


async def test_who_gives_up_waiting_for_the_phone_is_heard_in_the_call_all_the_same(
    room, autojump_clock
):
    class Slow(Telephone):
        async def dial(self, number):
            await trio.sleep_forever()

    async with desk_of(room, Slow()) as desk:
        with trio.move_on_after(3):
            await dial(desk, NUMBER, SAY)

    assert await called(room) == SAY


async def test_answering_rejecting_and_muting_say_what_was_seen(room, autojump_clock):
    phone = Telephone()

    assert await ask_phone(phone.answer) == {"ok": True, "detail": "the phone answers"}
    assert await ask_phone(phone.reject) == {"ok": True, "detail": "the phone rejects the call"}
    assert await ask_phone(lambda: phone.mute(False)) == {
        "ok": True, "detail": "the phone is unmuted",
    }  # fmt: skip
    assert phone.told == ["answer", "reject", "mute False"]

    refused = await ask_phone(Unwilling(NoHandset("nothing rings")).answer)
    assert (refused["ok"], refused["detail"], refused["code"]) == (
        False, "nothing rings", "no_handset",
    )  # fmt: skip
