"""Which calls there are, and when they end."""

import trio

from clawctl.call.ports import CallerHistory
from clawctl.engines.api import Message
from clawctl.testing.calls import open_call_room
from clawctl.wire.events import SessionEnded


async def test_a_call_without_an_id_gets_32_hex_digits(room, autojump_clock):
    result = await room.say()

    assert len(result.session_id) == 32
    assert int(result.session_id, 16) >= 0


async def test_an_id_the_phone_brings_is_kept(room, autojump_clock):
    assert (await room.say(session_id="from-the-phone.1")).session_id == "from-the-phone.1"


async def test_a_silent_call_ends_after_its_ttl(room, autojump_clock):
    await room.say(session_id="s")
    room.events()
    await trio.sleep(301)

    assert room.events() == [SessionEnded(session_id="s", reason="ttl")]
    assert list(room.registry.sessions) == []


async def test_a_turn_revives_what_only_silence_ended(room, autojump_clock):
    await room.say("remember me", session_id="s")
    await trio.sleep(400)
    room.events()
    await room.say("hello again", session_id="s")

    assert room.types()[0] == "session.resumed"
    assert room.llm.calls[-1].history[0] == Message("user", "remember me")
    assert (await room.store.call("s")).state.end_reason == ""


async def test_a_turn_in_flight_is_no_silence(room, autojump_clock):
    room.set(session_ttl=5)
    await room.say(session_id="s")
    room.llm.delay_s = 9.0
    result = await room.say("slow", session_id="s")

    assert result.ok
    assert "s" in room.registry.sessions


async def test_after_end_session_a_turn_gets_a_fresh_call(room, autojump_clock):
    await room.say(session_id="s")
    room.registry.end(room.registry.find("s"), "ended")
    result = await room.say("still here", session_id="s")

    assert result.ok
    assert result.session_id != "s"
    assert room.llm.calls[-1].history == ()


async def test_after_a_hang_up_a_turn_is_told_to_hang_up(room, autojump_clock):
    await room.say(session_id="s")
    room.registry.end(room.registry.find("s"), "hangup")
    result = await room.say("still here", session_id="s")

    assert (result.ok, result.ended, result.hangup) == (False, True, True)


async def test_a_restarted_gateway_goes_on_with_its_calls(autojump_clock):
    async with open_call_room({"auth_passphrase": "blue harvest"}) as before:
        await before.say("blue harvest", session_id="s")
        await before.say("my name is Anna", session_id="s")
        session = before.registry.find("s")
        session.state.knowledge, session.state.instructions = "k", "i"
        session.state.injects = ["later"]
        await before.store.record(session.entry(now=0.0))
    async with open_call_room({"auth_passphrase": "blue harvest"}, before.store) as after:
        injected = await after.say("hm", session_id="s")
        await after.say("who am I", session_id="s")

        (prompt,) = after.llm.calls
        assert injected.record.reply == "later"
        assert prompt.history[:2] == (
            Message("user", "my name is Anna"),
            Message("assistant", "You said: my name is Anna."),
        )
        assert (prompt.knowledge, prompt.system) == ("k", "i")
        assert after.bus.last_seq > before.bus.last_seq


async def test_a_store_that_cannot_be_read_costs_no_call(room, autojump_clock):
    room.store.fail_reads = True

    assert (await room.say(session_id="s", caller_number="+1")).ok


async def test_a_store_that_hangs_costs_two_seconds(room, autojump_clock):
    room.store.stall_reads = trio.Event()
    result = await room.say(session_id="s")

    assert result.ok
    assert trio.current_time() == 2.0


class TestCallerHistory:
    async def test_a_caller_who_comes_back_is_remembered(self, room, autojump_clock):
        room.set(keep_history=True)
        first = await room.say("my name is Anna", caller_number="+49 30 1")
        room.registry.end(room.registry.find(first.session_id), "hangup")
        await room.say("who am I", caller_number="004930-1")

        assert room.llm.calls[-1].history[0] == Message("user", "my name is Anna")
        assert (await room.store.caller("+49301")).total_calls == 2

    async def test_switched_off_it_is_deleted_at_the_next_call(self, room, autojump_clock):
        room.set(keep_history=True)
        await room.say(caller_number="+1")
        room.set(keep_history=False)
        await room.say(caller_number="+1")

        assert await room.store.caller("+1") is None
        assert room.llm.calls[-1].history == ()

    async def test_a_former_call_that_falls_silent_later_does_not_bring_it_back(
        self, room, autojump_clock
    ):
        room.set(keep_history=True)
        await room.say(caller_number="+1")
        room.set(keep_history=False)
        await room.say(caller_number="+1")
        await trio.sleep(400)

        assert await room.store.caller("+1") is None

    async def test_a_former_call_that_falls_silent_later_does_not_replace_it(
        self, room, autojump_clock
    ):
        room.set(keep_history=True)
        await room.say("one", caller_number="+1")
        await trio.sleep(200)
        await room.say("two", caller_number="+1")
        await trio.sleep(150)

        kept = await room.store.caller("+1")
        assert (kept.total_calls, kept.messages[2]) == (2, Message("user", "two"))

    async def test_hidden_callers_start_afresh(self, room, autojump_clock):
        room.set(keep_history=True)
        await room.say("secret", caller_number="")
        await room.say("hello", caller_number="")

        assert room.llm.calls[-1].history == ()

    async def test_it_is_kept_over_a_restart_of_the_gateway(self, room, autojump_clock):
        room.set(keep_history=True)
        await room.say("one", caller_number="+1")

        assert await room.store.caller("+1") == CallerHistory(
            number="+1",
            total_calls=1,
            last_call_at=room.turns.clock(),
            messages=[Message("user", "one"), Message("assistant", "You said: one.")],
        )


async def test_a_call_made_without_a_number_learns_it_with_its_first_turn(room, autojump_clock):
    room.set(keep_history=True)
    await room.say("my name is Anna", caller_number="+1")
    made = await room.registry.open()
    await room.say("who am I", made.id, caller_number="+1", direction="incoming")

    assert made.state.caller_number == "+1"
    assert room.llm.calls[-1].history[0] == Message("user", "my name is Anna")


async def test_a_call_that_was_turned_away_is_no_memory(room, autojump_clock):
    room.set(keep_history=True, caller_blocklist=["+1"])
    await room.say(caller_number="+1")

    assert (await room.store.caller("+1")).messages == []
