"""The client library beside a real gateway: what a program of others may count on."""

from contextlib import asynccontextmanager
from functools import wraps

import pytest
import trio

from clawctl.client.agent import connect
from clawctl.errors import BadInput, Conflict, NoSuch, NotAuthorised, Unreachable
from clawctl.testing.gateway import open_faked_gateway
from clawctl.testing.relay import open_relay
from clawctl.wire import agent as wire
from clawctl.wire.events import TurnReply


def bounded(test):
    """Nothing here waits longer than this."""

    @wraps(test)
    async def within(**fixtures):
        with trio.fail_after(20):
            await test(**fixtures)

    return within


class Told(list):
    """What the client says of its connection."""

    def __call__(self, what):
        self.append(what)

    async def says(self, what):
        while what not in self:
            await trio.sleep(0.01)


@asynccontextmanager
async def held(faked, told):
    """A call in our hands, over a network that can be cut."""
    async with (
        open_relay(faked.url) as relay,
        connect(relay.url, told=told) as client,
        client.takeover("call") as call,
    ):
        yield relay, call


@bounded
async def test_a_call_is_taken_over_answered_and_handed_back(faked):
    await faked.turn("call", 1)
    answers = []

    async def phone(task_status):
        task_status.started()
        answers.append((await faked.turn("call", 2))["reply"])

    async with connect(faked.url, name="desk") as client, trio.open_nursery() as nursery:
        async with client.takeover("_active") as call:
            assert (call.session_id, client.name) == ("call", "desk")
            await nursery.start(phone)
            async for turn in call:
                assert turn.transcript == faked.stt.text
                assert 0 < turn.left_s() <= turn.answer_within_s
                reply = await turn.reply("From the desk.")
                assert (reply.ok, reply.late) == (True, False)
                await turn.over.wait()
                break
        assert call.ended == "released"
        state = await client.call_state("call")
    assert answers == ["From the desk."]
    assert not state["agent_takeover"]


@bounded
async def test_what_went_before_the_end_of_an_answer_is_spoken_with_it(faked):
    await faked.turn("call", 1)
    answered = []

    async def phone():
        answered.append((await faked.turn("call", 2))["reply"])

    async with (
        connect(faked.url) as client,
        client.takeover("call") as call,
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(phone)
        turn = await anext(call)
        assert (await turn.say("One moment. ")).ok
        assert (await turn.reply("Here it is.")).ok
    assert answered == ["One moment. Here it is."]


@bounded
async def test_a_draft_travels_with_the_turn_and_the_mode_can_change(faked):
    await faked.turn("call", 1)
    async with connect(faked.url) as client, client.takeover("call", "draft") as call:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(faked.turn, "call", 2)
            turn = await anext(call)
            assert turn.draft
            await turn.reply(turn.draft)
        await call.hold("approve", approve_after_s=0.0)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(faked.turn, "call", 3)
            async for turn in call:
                await turn.over.wait()
                break
        state = await client.call_state("call")
    assert state["takeover"]["mode"] == "approve"


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        (wire.Takeover(session_id="nobody"), NoSuch),
        (wire.Release(session_id="nobody"), NoSuch),
        (wire.SetInstructions(instructions="x", scope="turn"), BadInput),
        (wire.Inject(session_id="nobody", text="x"), NoSuch),
    ],
)
@bounded
async def test_a_refusal_is_raised_as_what_it_is(faked, command, kind):
    async with connect(faked.url) as client:
        with pytest.raises(kind):
            await client.command(command)


@bounded
async def test_whoever_takes_a_call_ends_the_takeover_before(faked):
    await faked.turn("call", 1)
    async with (
        connect(faked.url, name="one") as first,
        connect(faked.url, name="two") as second,
        first.takeover("call") as lost,
    ):
        async with second.takeover("call") as held:
            assert [turn async for turn in lost] == []
            assert lost.ended == "revoked"
            with pytest.raises(Conflict):
                await lost.release()
        assert held.ended == "released"


async def answered_here(faked, call):
    """The call's next turn is ours to answer."""
    async with faked.turning("call", 2) as answers:
        turn = await anext(call)
        assert (await turn.reply("From here.")).ok
    assert answers[0]["reply"] == "From here."


@bounded
async def test_a_takeover_outlives_what_is_told_late_of_the_one_before(faked):
    await faked.turn("call", 1)
    bus = faked.gateway.bus
    async with connect(faked.url) as client:
        # As while another call's turn is being stored.
        held = bus.hold(TurnReply(session_id="other"))
        async with client.takeover("call") as former:
            pass
        async with client.takeover("call") as call:
            bus.tell(held)
            await client.command(wire.Ping())
            assert (former.ended, call.ended) == ("released", "")
            await answered_here(faked, call)


@bounded
async def test_whoever_takes_a_call_from_one_of_the_same_name_keeps_it(faked):
    await faked.turn("call", 1)
    bus = faked.gateway.bus
    async with (
        connect(faked.url, name="Ann") as first,
        connect(faked.url, name="Ann") as second,
        first.takeover("call") as lost,
    ):
        held = bus.hold(TurnReply(session_id="other"))
        async with second.takeover("call") as call:
            bus.tell(held)
            assert [turn async for turn in lost] == []
            assert (lost.ended, lost.by, call.ended) == ("revoked", "Ann", "")
            await answered_here(faked, call)


@bounded
async def test_of_two_takeovers_in_one_program_the_last_one_has_the_call(faked):
    await faked.turn("call", 1)
    async with connect(faked.url) as client:
        first, last = client.takeover("call"), client.takeover("call")
        lost = await first.__aenter__()
        async with last as call:
            await first.__aexit__(None, None, None)
            assert (lost.ended, call.ended) == ("revoked", "")
            await answered_here(faked, call)


@bounded
async def test_a_turn_for_which_nobody_is_there_is_the_models_at_once(faked):
    await faked.turn("call", 1)
    async with connect(faked.url) as client:
        await client.command(wire.Takeover(session_id="call"))
        assert (await faked.turn("call", 2))["model"] == "echo"


@bounded
async def test_whoever_gives_up_while_the_gateway_is_asked_holds_nothing(faked):
    await faked.turn("call", 1)
    agents = faked.gateway.status.agents

    async def take(client, scope):
        with scope:
            async with client.takeover("call"):
                raise AssertionError

    async with connect(faked.url) as client:
        async with trio.open_nursery() as nursery:
            scope = trio.CancelScope()
            nursery.start_soon(take, client, scope)
            while not agents()[0]["sessions"]:
                await trio.lowlevel.checkpoint()
            scope.cancel()
        assert agents()[0]["sessions"] == []


@bounded
async def test_a_greeting_said_beside_it_does_not_end_the_turn_that_waits(faked):
    await faked.turn("call", 1)
    async with (
        connect(faked.url) as client,
        client.takeover("call") as call,
        faked.turning("call", 2) as answers,
    ):
        turn = await anext(call)
        await faked.turn("call", 3, forced_reply="Are you still there?")
        await client.command(wire.Ping())
        assert not turn.over.is_set()
        await turn.reply("I am.")
    assert answers[0]["reply"] == "I am."


@bounded
async def test_a_name_that_is_refused_is_told_as_bad_input(faked):
    with pytest.raises(BadInput, match="name"):
        async with connect(faked.url, name="x" * 101):
            raise AssertionError


@bounded
async def test_the_end_of_a_call_ends_its_takeover(faked):
    await faked.turn("call", 1)
    async with connect(faked.url) as client, client.takeover("call") as call:
        await client.hang_up("call")
        assert [turn async for turn in call] == []
    assert call.ended == "ended"


@bounded
async def test_what_a_block_raises_comes_out_as_it_is(faked):
    with pytest.raises(ZeroDivisionError):
        async with connect(faked.url):
            raise ZeroDivisionError


@bounded
async def test_a_gateway_that_is_not_there_at_first_is_told_at_once():
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    port = listener.socket.getsockname()[1]
    await listener.aclose()
    with pytest.raises(Unreachable, match="clawctl serve"):
        async with connect(f"http://127.0.0.1:{port}"):
            raise AssertionError


@bounded
async def test_a_wrong_token_is_refused_and_not_tried_again(tmp_path):
    async with open_faked_gateway(tmp_path, agent_token="sesame") as faked:
        with pytest.raises(NotAuthorised):
            async with connect(faked.url, "wrong"):
                raise AssertionError
        async with connect(faked.url, "sesame") as client:
            assert client.agent_id


@bounded
async def test_over_a_lost_connection_events_go_on_and_the_call_is_taken_again(faked):
    await faked.turn("call", 1)
    told = Told()
    async with open_relay(faked.url) as relay, connect(relay.url, told=told) as client:
        events = client.events()
        async with client.takeover("call") as call:
            relay.cut()
            await told.says("connection lost, trying again")
            faked.gateway.bus.publish(TurnReply(session_id="call", reply="Said meanwhile."))
            relay.mend()
            await told.says("the call is taken over again")
            async with trio.open_nursery() as nursery:
                nursery.start_soon(faked.turn, "call", 2)
                async for turn in call:
                    assert (await turn.reply("Here again.")).ok
                    break
    heard = [event async for event in events]
    assert [e["seq"] for e in heard] == sorted({e["seq"] for e in heard})
    replies = [e["reply"] for e in heard if e["type"] == "turn.reply"]
    assert replies == ["Said meanwhile.", "Here again."]


@bounded
async def test_a_turn_that_waited_when_the_connection_was_lost_is_over(faked):
    await faked.turn("call", 1)
    told, answered = Told(), []

    async def phone():
        answered.append(await faked.turn("call", 2))

    async with (
        held(faked, told) as (relay, call),
        trio.open_nursery() as nursery,
    ):
        nursery.start_soon(phone)
        turn = await anext(call)
        relay.cut()
        await turn.over.wait()
        with trio.fail_after(1):
            assert not (await turn.reply("Nobody is there.")).ok
        relay.mend()
        await told.says("the call is taken over again")
        reply = await turn.reply("Too late.")
        with pytest.raises(NoSuch):
            await turn.hold()
    assert not reply.ok
    assert answered[0]["reply"] != "Too late."


@bounded
async def test_a_call_that_another_took_meanwhile_is_left_to_them(faked):
    await faked.turn("call", 1)
    told = Told()
    async with held(faked, told) as (relay, call):
        relay.cut()
        await told.says("connection lost, trying again")
        async with connect(faked.url, name="second") as second, second.takeover("call"):
            relay.mend()
            await told.says("second has taken the call over meanwhile")
            assert call.ended == "revoked"
            assert (await second.call_state("call"))["takeover"]["name"] == "second"


@bounded
async def test_a_call_that_ended_meanwhile_ends_its_takeover(faked):
    await faked.turn("call", 1)
    told = Told()
    async with held(faked, told) as (relay, call):
        relay.cut()
        await told.says("connection lost, trying again")
        async with connect(faked.url) as second:
            await second.hang_up("call")
        relay.mend()
        assert [turn async for turn in call] == []
    assert call.ended == "ended"


@bounded
async def test_a_reader_that_is_too_slow_is_told_what_it_lost(faked, monkeypatch):
    monkeypatch.setattr("clawctl.client.listening.MOST_UNREAD", 2)
    async with connect(faked.url) as client:
        events, nobody = client.events(), client.events()
        nobody.close()
        for text in ("one", "two", "three"):
            faked.gateway.bus.publish(TurnReply(reply=text))
        await client.command(wire.Subscribe())
        assert (await anext(events))["reply"] == "one"
        assert (await anext(events))["reply"] == "two"
        faked.gateway.bus.publish(TurnReply(reply="four"))
        await client.command(wire.Subscribe())
        lost, four = await anext(events), await anext(events)
    assert (lost["type"], lost["count"]) == ("events.dropped", 1)
    assert four["reply"] == "four"
