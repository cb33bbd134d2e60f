"""An agent answers a call: asked, too slow, gone, overridden, late."""

from dataclasses import dataclass, field

import pytest
import trio

from clawctl.call.latency import pieces
from clawctl.call.prompt import HANDED_BACK
from clawctl.call.takeover import Heeded, Holding
from clawctl.errors import Conflict, NoSuch
from clawctl.testing.calls import Heard
from clawctl.wire.agent import TurnRequest


@dataclass
class FakeAgent:
    """Answers as `replies` say, after `delay_s`; a reply may be a list of pieces."""

    takeovers: object
    nursery: object = None
    replies: list = field(default_factory=list)
    delay_s: float = 0.0
    id: str = "a1"
    name: str = "ann"
    asked: list[TurnRequest] = field(default_factory=list)
    heeded: list[Heeded] = field(default_factory=list)

    def tell(self, request):
        self.asked.append(request)
        if self.replies:
            self.nursery.start_soon(self._answer, request, self.replies.pop(0))

    async def _answer(self, request, reply):
        await trio.sleep(self.delay_s)
        pieces = reply if isinstance(reply, list) else [reply]
        for number, piece in enumerate(pieces, 1):
            self.say(request, piece, partial=number < len(pieces))
            await trio.sleep(1)

    def say(self, request, text, *, partial=False):
        self.heeded.append(self.takeovers.reply(self, request.request_id, text, partial=partial))


@pytest.fixture
async def takeovers(room):
    return room.turns.answering.delegating.takeovers


@pytest.fixture
async def agent(takeovers, nursery):
    return FakeAgent(takeovers, nursery)


async def held(room, takeovers, agent, **holding):
    """A call in the agent's hands."""
    session = await room.registry.open()
    takeovers.take(session.id, Holding(agent, **holding))
    return session.id


async def test_an_agent_answers_in_place_of_the_model(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent)
    agent.replies = ["I am Ann. How are you?"]

    result = await room.say("who is there", session_id)

    assert (result.record.model, result.record.reply) == ("agent", "I am Ann. How are you?")
    assert [one.transcript for one in agent.asked] == ["who is there"]
    assert agent.heeded[0].ok
    assert room.llm.calls == []


async def test_the_time_an_agent_takes_is_the_agents(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent)
    agent.replies = ["I am Ann."]

    record = (await room.say("who is there", session_id)).record

    assert record.engines["llm"] == "agent"
    spans = {piece.name: piece.engine for piece in pieces(record)}
    assert (spans["think"], spans["speak"]) == ("agent", "first")


async def test_pieces_are_spoken_as_sentences(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent)
    agent.replies = [["One. Tw", "o. ", ""]]
    heard = Heard()

    await room.turns.run(room.utterance("hm", session_id=session_id, streamed=True), heard)

    assert [text for text, _ in heard.replies] == ["One.", "One. Two.", "One. Two."]
    assert len(heard.sounds) == 2


async def test_a_silent_agent_costs_the_caller_a_filler_and_answers_the_next_turn(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    agent.replies, agent.delay_s = ["Found it."], 20

    first = await room.say("where is it", session_id)
    asked_at = trio.current_time()
    await trio.sleep(10)
    second = await room.say("hello?", session_id)

    assert (first.record.model, second.record.model) == ("filler", "agent")
    assert asked_at == 15
    assert second.record.reply == "Found it."
    assert len(agent.asked) == 1
    assert [m.content for m in room.registry.find(session_id).history()] == [
        "where is it",
        "hello?",
        "Found it.",
    ]


async def test_after_its_timeout_the_agent_is_asked_anew(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent)

    await room.say("one", session_id)
    await trio.sleep(60)
    await room.say("two", session_id)

    assert [one.transcript for one in agent.asked] == ["one", "two"]


async def test_without_filler_the_model_answers_before_the_phone_gives_up(
    room, takeovers, agent, autojump_clock
):
    room.set(takeover_filler_after_sec=0)
    session_id = await held(room, takeovers, agent)

    result = await room.say("hello", session_id)

    assert result.record.model == "echo"
    assert result.record.degraded == "agent"
    assert trio.current_time() == 30
    assert takeovers.of(session_id).agent is agent


async def test_on_a_stream_the_agent_has_its_full_time_after_a_filler(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    agent.replies, agent.delay_s = ["At last."], 59
    heard = Heard()

    result = await room.turns.run(
        room.utterance("well", session_id=session_id, streamed=True), heard
    )

    assert result.record.model == "agent"
    assert heard.replies[0][0].startswith("One moment")
    assert result.record.reply.endswith("add? At last.")


async def test_an_agent_that_goes_away_frees_the_waiting_caller_at_once(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    results = []

    async def call():
        results.append(await room.say("hello", session_id))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(call)
        await trio.sleep(3)
        takeovers.drop(agent)

    assert trio.current_time() == 3
    assert results[0].record.model == "echo"
    assert "agent.release" in room.types()


async def test_the_last_one_wins_and_answers_the_turn_that_waits(
    room, takeovers, agent, nursery, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    bob = FakeAgent(takeovers, nursery, ["Bob here."], id="b", name="bob")
    results = []

    async def call():
        results.append(await room.say("hello", session_id))

    async with trio.open_nursery() as turns:
        turns.start_soon(call)
        await trio.sleep(1)
        takeovers.take(session_id, Holding(bob))
    agent.say(agent.asked[0], "Ann again.")

    assert results[0].record.reply == "Bob here."
    assert (agent.heeded[0].ok, agent.heeded[0].late) == (False, True)
    revoked = next(e for e in room.events() if e.type == "takeover.revoked")
    assert (revoked.agent, revoked.agent_id, revoked.by) == ("ann", "a1", "bob")


async def test_the_losers_leaving_leaves_the_winner_alone(
    room, takeovers, agent, nursery, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    bob = FakeAgent(takeovers, nursery, id="b", name="bob")
    takeovers.take(session_id, Holding(bob))

    takeovers.drop(agent)

    assert takeovers.of(session_id).agent is bob


async def test_only_the_holder_releases(room, takeovers, agent, nursery, autojump_clock):
    session_id = await held(room, takeovers, agent)
    bob = FakeAgent(takeovers, nursery, id="b", name="bob")

    with pytest.raises(Conflict, match="ann holds"):
        takeovers.release(session_id, bob)
    takeovers.release(session_id, agent)
    with pytest.raises(NoSuch):
        takeovers.release(session_id, agent)


async def test_a_call_that_ends_is_nobodys(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent)

    room.registry.end(room.registry.find(session_id), "ended")

    assert takeovers.of(session_id) is None


@pytest.mark.parametrize(
    ("text", "model"), [("", "echo"), ("\U0001f44d", "echo")], ids=["empty", "not speakable"]
)
async def test_an_agent_that_says_nothing_is_replaced_for_the_turn(
    room, takeovers, agent, autojump_clock, text, model
):
    session_id = await held(room, takeovers, agent)
    agent.replies = [text]

    assert (await room.say("hello", session_id)).record.model == model


async def test_a_second_answer_and_a_strangers_answer_are_refused(
    room, takeovers, agent, nursery, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    agent.replies = ["Yes."]
    await room.say("hello", session_id)
    bob = FakeAgent(takeovers, nursery, id="b", name="bob")

    agent.say(agent.asked[0], "Yes!")
    bob.say(agent.asked[0], "No.")

    assert (agent.heeded[-1].ok, agent.heeded[-1].late) == (False, False)
    assert "no such request" in str(bob.heeded[0].error)


async def test_a_draft_travels_with_the_request(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent, mode="draft")
    agent.replies = ["Mine."]

    result = await room.say("hello", session_id)

    assert agent.asked[0].draft == "You said: hello."
    assert result.record.reply == "Mine."


async def test_an_approved_draft_is_said_by_itself(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent, mode="approve", approve_after_s=5)

    result = await room.say("hello", session_id)

    assert trio.current_time() == 5
    assert (result.record.model, result.record.reply) == ("echo", "You said: hello.")
    assert not result.record.degraded


async def test_a_held_draft_waits_for_the_agent(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent, mode="approve", approve_after_s=5)
    results = []

    async def call():
        results.append(await room.say("hello", session_id))

    async with trio.open_nursery() as turns:
        turns.start_soon(call)
        await trio.sleep(4)
        takeovers.hold(agent, agent.asked[0].request_id)
        await trio.sleep(4)
        agent.say(agent.asked[0], "Rather this.")
        with pytest.raises(NoSuch):
            takeovers.hold(agent, agent.asked[0].request_id)

    assert results[0].record.reply == "Rather this."


async def test_a_reset_while_an_agent_is_asked_drops_the_turn_and_keeps_the_takeover(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    results = []

    async def call():
        results.append(await room.say("hello", session_id))

    async with trio.open_nursery() as turns:
        turns.start_soon(call)
        await trio.sleep(1)
        room.registry.reset(room.registry.find(session_id))
    agent.say(agent.asked[0], "For whom?")

    assert results[0].stale
    assert agent.heeded[0].late
    assert takeovers.of(session_id).agent is agent


async def test_an_answer_to_what_a_filler_put_off_is_said_though_the_agent_left(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    await room.say("where is it", session_id)

    agent.say(agent.asked[0], "In the hall.")
    takeovers.release(session_id, agent)

    assert (await room.say("hello?", session_id)).record.reply == "In the hall."
    assert (await room.say("thanks", session_id)).record.model == "echo"


async def test_after_a_release_the_model_knows_what_was_promised(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    agent.replies = ["I will call you at noon."]
    await room.say("when", session_id)
    takeovers.release(session_id, agent)

    await room.say("thanks", session_id)

    prompt = room.llm.calls[0]
    assert HANDED_BACK in prompt.system
    assert [m.content for m in prompt.history] == ["when", "I will call you at noon."]


async def test_what_a_filler_put_off_is_of_no_use_after_a_reset(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    await room.say("where is it", session_id)
    agent.say(agent.asked[0], "In the hall.")

    result = await room.say("hello", session_id, reset=True)

    assert result.record.model == "filler"
    assert [one.transcript for one in agent.asked] == ["where is it", "hello"]


async def test_an_agent_has_its_whole_time_though_a_filler_answered(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    agent.replies, agent.delay_s = ["Found it."], 55

    await room.say("where is it", session_id)
    await trio.sleep(30)
    result = await room.say("hello?", session_id)

    assert trio.current_time() == 55
    assert result.record.reply == "Found it."
    assert len(agent.asked) == 1


async def test_an_answer_that_was_put_off_for_too_long_is_late(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    await room.say("where is it", session_id)
    await trio.sleep(60)

    agent.say(agent.asked[0], "Found it.")
    result = await room.say("hello?", session_id)

    assert (agent.heeded[0].ok, agent.heeded[0].late) == (False, True)
    assert result.record.model == "filler"


async def test_a_turn_gives_up_in_its_own_time_though_the_answer_may_still_come(
    room, takeovers, agent, autojump_clock
):
    room.set(agent_takeover_timeout=300)
    session_id = await held(room, takeovers, agent)
    await room.say("one", session_id)
    room.set(takeover_filler_after_sec=0)

    result = await room.say("two", session_id)

    assert trio.current_time() == 15 + 30
    assert result.record.model == "echo"


async def test_agents_one_after_the_other_share_the_time_of_a_stream(
    room, takeovers, agent, nursery, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    bob = FakeAgent(takeovers, nursery, id="b", name="bob")
    results = []

    async def call():
        said = room.utterance("hello", session_id=session_id, streamed=True)
        results.append(await room.turns.run(said, Heard()))

    async with trio.open_nursery() as turns:
        turns.start_soon(call)
        await trio.sleep(50)
        takeovers.take(session_id, Holding(bob))

    assert bob.asked[0].answer_within_s == 10
    assert trio.current_time() == 60
    assert results[0].record.model == "echo"


async def test_an_answer_for_a_call_that_ended_is_not_kept(room, takeovers, agent, autojump_clock):
    session_id = await held(room, takeovers, agent)
    await room.say("where is it", session_id)
    agent.say(agent.asked[0], "In the hall.")

    room.registry.end(room.registry.find(session_id), "ended")

    assert not takeovers.puts_off(session_id)
    assert takeovers._open == {}


async def test_an_answer_in_the_moment_in_which_patience_ends_is_said(
    room, takeovers, agent, autojump_clock
):
    room.set(takeover_filler_after_sec=0)
    session_id = await held(room, takeovers, agent)
    agent.replies, agent.delay_s = ["Just so."] * 20, 30

    # Which of the two comes first is chance.
    results = [await room.say("hello", session_id) for _ in range(20)]

    assert [one.record.reply == "Just so." for one in results] == [one.ok for one in agent.heeded]
    assert [not one.record.degraded for one in results] == [one.ok for one in agent.heeded]


async def test_an_operator_ends_a_takeover_and_the_waiting_turn_goes_to_the_model(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    results = []

    async def call():
        results.append(await room.say("hello", session_id))

    async with trio.open_nursery() as turns:
        turns.start_soon(call)
        await trio.sleep(2)
        takeovers.override(session_id, "operator")

    assert trio.current_time() == 2
    assert (results[0].record.model, results[0].record.degraded) == ("echo", "")
    ends = [(e.type, getattr(e, "by", e.agent)) for e in room.events() if hasattr(e, "agent")]
    assert ends[-2:] == [("takeover.revoked", "operator"), ("agent.release", "ann")]


@pytest.mark.parametrize(("reason", "hangup"), [("ended", False), ("hangup", True)])
async def test_a_call_that_ends_while_an_agent_is_asked_asks_no_more(
    room, takeovers, agent, autojump_clock, reason, hangup
):
    session_id = await held(room, takeovers, agent)
    results = []

    async def call():
        results.append(await room.say("hello", session_id))

    async with trio.open_nursery() as turns:
        turns.start_soon(call)
        await trio.sleep(1)
        room.registry.end(room.registry.find(session_id), reason)
    agent.say(agent.asked[0], "Hello?")
    after = await room.say("anybody there", session_id)

    assert (trio.current_time(), results[0].ok, results[0].hangup) == (1, False, hangup)
    assert (agent.heeded[0].ok, agent.heeded[0].late) == (False, True)
    assert (after.hangup, len(agent.asked)) == (hangup, 1)


async def test_a_late_answer_is_not_taken_for_an_answer_to_the_next_turn(
    room, takeovers, agent, autojump_clock
):
    room.set(takeover_filler_after_sec=0)
    session_id = await held(room, takeovers, agent)
    agent.replies, agent.delay_s = ["To the first.", "To the second."], 31

    first = await room.say("first", session_id)
    await trio.sleep(0.5)
    second = await room.say("second", session_id)
    await trio.sleep(5)

    assert [one.record.model for one in (first, second)] == ["echo", "echo"]
    assert [(one.ok, one.late) for one in agent.heeded] == [(False, True), (False, True)]


async def test_pieces_are_joined_where_the_answer_leaves_at_once(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    agent.replies = [["One. Tw", "o. ", "Three"]]

    result = await room.say("hm", session_id)

    assert (result.record.reply, result.record.model) == ("One. Two. Three", "agent")


async def test_what_was_injected_is_said_before_the_agent_is_asked(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    room.registry.find(session_id).state.injects = ["Good day."]
    agent.replies = ["I am Ann."]

    said = [(await room.say("hm", session_id)).record.reply for _ in range(2)]

    assert (said, len(agent.asked)) == (["Good day.", "I am Ann."], 1)


async def test_a_sentence_of_its_own_is_spoken_though_nothing_follows_yet(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    said, heard = room.utterance("hm", session_id=session_id, streamed=True), Heard()

    async with trio.open_nursery() as turns:
        turns.start_soon(room.turns.run, said, heard)
        await trio.sleep(1)
        agent.say(agent.asked[0], "It is Dr.", partial=True)
        await trio.sleep(0.1)
        agent.say(agent.asked[0], " Smith.", partial=True)
        await trio.sleep(0.4)
        before = len(heard.sounds)
        agent.say(agent.asked[0], "Goodbye.")

    assert before == 1
    assert heard.replies[-1][0] == "It is Dr. Smith. Goodbye."
    assert trio.current_time() == 1.5


async def test_half_a_sentence_is_not_spoken_however_long_the_agent_thinks(
    room, takeovers, agent, autojump_clock
):
    session_id = await held(room, takeovers, agent)
    said, heard = room.utterance("hm", session_id=session_id, streamed=True), Heard()

    async with trio.open_nursery() as turns:
        turns.start_soon(room.turns.run, said, heard)
        await trio.sleep(1)
        agent.say(agent.asked[0], "It is", partial=True)
        await trio.sleep(5)
        before = len(heard.sounds)
        agent.say(agent.asked[0], " here.")

    assert (before, heard.replies[-1][0]) == (0, "It is here.")
