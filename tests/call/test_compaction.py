"""Long calls: older turns are condensed behind the caller's back."""

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from clawctl.engines.api import Message


def answer(prompt):
    return ("A summary.",) if prompt.purpose == "summary" else ("Yes.",)


async def talk(room, turns):
    room.llm.answer = answer
    for number in range(1, turns + 1):
        await room.say(f"fact {number}", session_id="s")
        await wait_all_tasks_blocked()


async def test_nothing_is_condensed_while_the_history_is_short(room, autojump_clock):
    await talk(room, 8)

    assert [prompt.purpose for prompt in room.llm.calls] == ["reply"] * 8


async def test_older_turns_become_a_summary(room, autojump_clock):
    await talk(room, 10)

    state = room.registry.find("s").state
    assert (state.summary, state.summary_upto) == ("A summary.", 5)
    prompt = room.llm.calls[-1]
    assert prompt.summary == "A summary."
    assert prompt.history[0] == Message("user", "fact 6")


async def test_a_summary_is_carried_into_the_next_one(room, autojump_clock):
    await talk(room, 20)

    summaries = [prompt for prompt in room.llm.calls if prompt.purpose == "summary"]
    assert [prompt.summary for prompt in summaries][:2] == ["", "A summary."]


async def test_what_many_short_calls_left_is_condensed_as_well(room, autojump_clock):
    room.set(keep_history=True)
    room.llm.answer = answer
    for number in range(10):
        for _ in range(2):
            await room.say("a fact", session_id=f"call-{number}", caller_number="+1")
            await wait_all_tasks_blocked()

    kept = await room.store.caller("+1")
    assert max(len(prompt.history) for prompt in room.llm.calls) <= 2 * 9
    assert (kept.total_calls, kept.summary) == (10, "A summary.")


async def test_it_is_stored(room, autojump_clock):
    await talk(room, 9)

    stored = await room.store.call("s")
    assert stored.state.summary == "A summary."
    assert [turn.number for turn in stored.turns] == [6, 7, 8, 9]


async def test_a_turn_does_not_wait_for_it(room, autojump_clock):
    await talk(room, 8)
    room.llm.delay_s = 5.0
    await room.say("ninth", session_id="s")
    at = trio.current_time()
    room.llm.delay_s = 0.0
    await room.say("tenth", session_id="s")

    assert trio.current_time() == at


async def test_a_model_that_cannot_summarise_costs_nothing(room, autojump_clock):
    await talk(room, 8)
    speechless = lambda prompt: () if prompt.purpose == "summary" else ("Yes.",)  # noqa: E731
    room.llm.answer = room.second_llm.answer = speechless
    await room.say("ninth", session_id="s")
    await wait_all_tasks_blocked()

    assert room.registry.find("s").state.summary == ""


async def test_half_a_summary_takes_the_place_of_nothing(room, autojump_clock):
    await talk(room, 8)
    room.llm.answer = lambda prompt: (
        ("A sum", "mary.") if prompt.purpose == "summary" else ("Yes.",)
    )
    room.llm.pieces_before_trouble = 1
    room.llm.trouble = RuntimeError("broken")
    await room.say("ninth", session_id="s")
    await wait_all_tasks_blocked()

    state = room.registry.find("s").state
    assert (state.summary, state.summary_upto) == ("", 0)


async def test_what_a_model_thinks_aloud_is_no_part_of_a_summary(room, autojump_clock):
    await talk(room, 8)
    room.llm.answer = lambda _: ("<think>Hm.", "</think>", "A caller.")
    await room.say("ninth", session_id="s")
    await wait_all_tasks_blocked()

    assert room.registry.find("s").state.summary == "A caller."


@pytest.mark.parametrize(("ours", "the_models"), [(500, 0), (0, 500), (500, 32_768), (4096, 500)])
async def test_the_token_budget_holds_before_any_summary(room, ours, the_models, autojump_clock):
    room.set(llm_context_tokens=ours, llm_max_tokens=100, llm_system_prompt="x" * 350)
    room.llm.window = the_models
    room.llm.answer = lambda _: ("Yes " * 60 + ".",)
    for number in range(6):
        await room.say(f"question {number}", session_id="s")

    sizes = [sum(len(m.content) for m in prompt.history) for prompt in room.llm.calls]
    assert max(sizes) <= 300 * 3.5
    assert room.llm.calls[-1].transcript == "question 5"


async def test_what_the_model_has_no_room_for_is_condensed(room, autojump_clock):
    room.set(llm_max_tokens=100, llm_system_prompt="x" * 3500)
    room.llm.window = 1200
    await talk(room, 3)
    assert room.registry.find("s").state.summary == ""

    await room.say("a fact " * 50, session_id="s")
    await wait_all_tasks_blocked()

    assert room.registry.find("s").state.summary == "A summary."


async def test_a_local_model_condenses_nothing_while_any_call_needs_it(room, autojump_clock):
    await talk(room, 8)
    room.llm.delay_s = 5.0
    await room.say("ninth", session_id="s")
    await wait_all_tasks_blocked()
    assert room.registry.find("s").compacting
    await room.say("another call")

    assert room.registry.find("s").state.summary == ""


async def test_a_remote_model_goes_on_condensing_meanwhile(room, autojump_clock):
    room.set(llm_base_url="http://127.0.0.1:1/v1")
    await talk(room, 8)
    room.llm.delay_s = 5.0
    await room.say("ninth", session_id="s")
    await wait_all_tasks_blocked()
    await room.say("another call")
    await trio.sleep(1)

    assert room.registry.find("s").state.summary == "A summary."


async def test_a_summary_holds_no_passphrase(room, autojump_clock):
    room.set(auth_passphrase="Blue Harvest", max_history_turns=1)
    room.llm.answer = lambda prompt: ("It is blue, harvest.",)
    for words in ("blue harvest", "which one was it", "again"):
        await room.say(words, session_id="s")
        await wait_all_tasks_blocked()

    assert room.registry.find("s").state.summary == "It is [passphrase]."
