"""What a caller hears, turn by turn."""

import pytest
import trio

from clawctl.engines.api import Message, TakenMessage
from clawctl.engines.apology import last_resort
from clawctl.engines.sentences import MAX_CHARS
from clawctl.errors import BadInput
from clawctl.testing.calls import Heard
from clawctl.testing.engines import HANG
from clawctl.wire.events import CallMessage, TurnComplete, TurnError


class Stuck(Heard):
    """A phone that takes no sound."""

    async def sound(self, sound, *, whole):
        await trio.sleep_forever()


class Deaf(Stuck):
    """A phone that takes no text either."""

    async def reply(self, text, *, final):
        await trio.sleep_forever()


async def test_a_turn_is_heard_answered_spoken_and_recorded(room, autojump_clock):
    result = await room.say("what time is it")

    assert result.ok
    assert result.record.transcript == "what time is it"
    assert result.record.reply == "You said: what time is it."
    assert result.record.model == "echo"
    assert result.record.degraded == ""
    assert [call.state.turn_count for call in await room.store.live_calls()] == [1]


async def test_events_of_a_turn_come_in_the_manuals_order(room, autojump_clock):
    await room.say()

    assert room.types() == [
        "session.started",
        "turn.started",
        "turn.transcript",
        "turn.reply",
        "turn.complete",
    ]


async def test_every_event_of_a_turn_is_stored(room, autojump_clock):
    await room.say()

    stored = await room.store.events_after(0)
    assert [one.event for one in stored] == room.events()


async def test_the_second_turn_knows_the_first(room, autojump_clock):
    first = await room.say("my name is Anna")
    await room.say("what is my name", first.session_id)

    assert room.llm.calls[1].history == (
        Message("user", "my name is Anna"),
        Message("assistant", "You said: my name is Anna."),
    )


async def test_the_prompt_carries_all_layers(room, autojump_clock):
    first = await room.say()
    session = room.registry.find(first.session_id)
    session.state.instructions = "Speak like a pirate."
    session.state.turn_instructions = "Mention the weather."
    session.state.knowledge = "It rains."
    await room.say("hi", first.session_id)
    await room.say("hi again", first.session_id)

    assert room.llm.calls[1].system == "Speak like a pirate.\n\nMention the weather."
    assert room.llm.calls[1].knowledge == "It rains."
    assert room.llm.calls[2].system == "Speak like a pirate."


async def test_sentences_are_spoken_while_the_model_still_writes(room, autojump_clock):
    room.llm.answer = lambda _: ("One is done. ", "Two is done. ", "Three.")
    room.llm.piece_s = 2.0
    times = []
    out = Heard()

    async def sound(sound, *, whole):
        times.append((trio.current_time(), whole))

    out.sound = sound
    await room.turns.run(room.utterance(), out)

    assert times == [(2.0, False), (4.0, False), (4.0, False)]
    assert out.replies == [
        ("One is done.", False),
        ("One is done. Two is done.", False),
        ("One is done. Two is done. Three.", False),
        ("One is done. Two is done. Three.", True),
    ]


async def test_a_reply_of_ten_thousand_words_is_said_to_its_end(room, autojump_clock):
    room.set(llm_max_tokens=10_000)
    room.llm.answer = lambda _: ("so ", "on ") * 5000
    result = await room.say()

    assert result.record.degraded == ""
    assert result.record.reply.split() == ["so", "on"] * 5000
    assert " ".join(text for text, _ in room.tts.calls) == result.record.reply
    assert max(len(text) for text, _ in room.tts.calls) <= MAX_CHARS


async def test_a_model_that_was_not_asked_for_so_many_is_cut_short(room, autojump_clock):
    room.set(llm_max_tokens=100)
    room.llm.answer = lambda _: ("so ", "on ") * 5000
    result = await room.say()

    assert result.record.degraded == "llm"
    assert result.record.reply.split() == ["so", "on"] * 266 + ["so"]
    assert len(room.second_llm.calls) == 0


async def test_code_in_a_reply_is_not_read_out(room, autojump_clock):
    room.llm.answer = lambda _: ("Try this:\n```sh\nrm -r x", "\n```\n", "Then call again.")
    result = await room.say()

    assert result.record.reply == "Try this: Then call again."
    assert [text for text, _ in room.tts.calls] == ["Try this", "Then call again."]


async def test_a_reply_of_one_sentence_is_one_whole_sound(room, autojump_clock):
    out = Heard()
    await room.turns.run(room.utterance(), out)

    assert out.whole == [True]


async def test_a_forced_reply_needs_neither_recogniser_nor_model(room, autojump_clock):
    result = await room.say("ignored", forced_reply="Hello, this is the office.")

    assert result.record.reply == "Hello, this is the office."
    assert result.record.model == "forced"
    assert room.stt.calls == []
    assert room.llm.calls == []


async def test_a_goodbye_overtakes_the_turn_in_flight(room, autojump_clock):
    first = await room.say()
    room.llm.delay_s = 9.0
    done = []

    async def say(name, **said):
        await room.say(name, first.session_id, **said)
        done.append((name, trio.current_time()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(say, "question")
        await trio.sleep(1)
        await say("goodbye", forced_reply="Goodbye.")

    assert done == [("goodbye", 1.0), ("question", 9.0)]
    numbers = [turn.number for turn in room.registry.find(first.session_id).turns]
    assert sorted(numbers) == [1, 2, 3]


async def test_turns_of_one_call_keep_their_order(room, autojump_clock):
    first = await room.say()
    room.llm.delay_s = 1.0
    async with trio.open_nursery() as nursery:
        for name in ("a", "b", "c"):
            nursery.start_soon(room.say, name, first.session_id)
            await trio.sleep(0.1)

    history = room.registry.find(first.session_id).turns
    assert [turn.number for turn in history] == [1, 2, 3, 4]
    assert [len(prompt.history) for prompt in room.llm.calls] == [0, 2, 4, 6]


async def test_calls_do_not_wait_for_each_other(room, autojump_clock):
    room.llm.delay_s = 1.0
    async with trio.open_nursery() as nursery:
        for name in ("a", "b", "c"):
            nursery.start_soon(room.say, name)

    assert trio.current_time() == 1.0


async def test_a_queued_inject_is_said_in_place_of_an_answer(room, autojump_clock):
    first = await room.say()
    session = room.registry.find(first.session_id)
    session.state.injects = ["One.", "Two."]

    said = [(await room.say("hm", first.session_id)).record for _ in range(2)]

    assert [(record.reply, record.model) for record in said] == [
        ("One.", "inject"),
        ("Two.", "inject"),
    ]
    assert session.state.injects == []
    assert len(room.llm.calls) == 1


async def test_what_was_said_during_an_inject_joins_the_history_afterwards(room, autojump_clock):
    first = await room.say()
    room.registry.find(first.session_id).state.injects = ["Please hold."]
    await room.say("I am in a hurry", first.session_id)
    await trio.testing.wait_all_tasks_blocked()
    await room.say("hello?", first.session_id)

    assert room.llm.calls[-1].history[2:] == (
        Message("user", "I am in a hurry"),
        Message("assistant", "Please hold."),
    )
    stored = await room.store.call(first.session_id)
    assert stored.turns[1].transcript == "I am in a hurry"


async def test_the_phones_hint_counts_during_an_inject_too(room, autojump_clock):
    await room.say(session_id="s")
    room.registry.find("s").state.injects = ["Please hold."]
    await room.say("x", "s", transcript_hint="from the phone", skip_asr=True)
    await trio.testing.wait_all_tasks_blocked()

    assert room.registry.find("s").turns[1].transcript == "from the phone"
    assert len(room.stt.calls) == 1


async def test_a_recogniser_that_fails_during_an_inject_is_announced_and_stored(
    room, autojump_clock
):
    await room.say(session_id="s")
    room.registry.find("s").state.injects = ["Please hold."]
    room.stt.trouble = RuntimeError("broken")
    await room.say("hm", "s")
    await trio.testing.wait_all_tasks_blocked()

    assert isinstance(room.events()[-1], TurnError)
    assert isinstance((await room.store.events_after(0))[-1].event, TurnError)


async def test_an_inject_that_no_voice_could_say_stays_queued(room, autojump_clock):
    first = await room.say()
    session = room.registry.find(first.session_id)
    session.state.injects = ["Important."]
    room.tts.trouble = RuntimeError("no voice")

    result = await room.say("hm", first.session_id)

    assert result.record.reply == last_resort("en")[0]
    assert session.state.injects == ["Important."]


async def test_silence_is_asked_about_and_no_model_sees_it(room, autojump_clock):
    room.speaking[0] = False
    result = await room.say("Thank you for watching")

    assert result.record.transcript == ""
    assert result.record.reply == "Sorry, I missed that. What did you say?"
    assert room.llm.calls == []


async def test_recognition_of_silence_is_not_waited_for(room, autojump_clock):
    room.speaking[0] = False
    room.stt.delay_s = 8.0
    await room.say()

    assert trio.current_time() == 0.0


async def test_the_phones_hint_stands_in_for_an_empty_result(room, autojump_clock):
    result = await room.say("", transcript_hint="from the phone")

    assert result.record.transcript == "from the phone"


async def test_skip_asr_takes_the_hint_at_once(room, autojump_clock):
    result = await room.say("x", transcript_hint="from the phone", skip_asr=True)

    assert result.record.transcript == "from the phone"
    assert room.stt.calls == []


async def test_skip_asr_without_a_hint_still_listens(room, autojump_clock):
    result = await room.say("heard", skip_asr=True)

    assert result.record.transcript == "heard"


async def test_an_utterance_is_recognised_once_for_asr_and_turn(room, autojump_clock):
    said = room.utterance("once", digest="same")
    await room.turns.hearing.hear(said.sound, "same")
    await room.turns.run(said, Heard())

    assert len(room.stt.calls) == 1


class TestFailures:
    async def test_a_recogniser_that_fails_is_apologised_for(self, room, autojump_clock):
        room.stt.trouble = RuntimeError("broken")
        result = await room.say()

        assert result.ok
        assert result.record.degraded == "stt"
        assert result.record.reply.startswith("I am sorry, I have trouble understanding")
        assert [e.stage for e in room.events() if isinstance(e, TurnError)] == ["stt"]

    async def test_a_recogniser_that_hangs_costs_its_patience(self, room, autojump_clock):
        room.stt.trouble = HANG
        result = await room.say()

        assert result.record.degraded == "stt"
        assert trio.current_time() == 10.0

    async def test_the_second_model_answers_for_the_first(self, room, autojump_clock):
        room.llm.trouble = RuntimeError("broken")
        result = await room.say("hi")

        assert result.record.reply == "You said: hi."
        assert (result.record.model, result.record.degraded) == ("second", "llm")

    async def test_no_model_at_all_is_apologised_for(self, room, autojump_clock):
        room.llm.trouble = room.second_llm.trouble = RuntimeError("broken")
        result = await room.say()

        assert result.record.degraded == "llm"
        assert result.record.reply == (
            "I am sorry, something went wrong on my side. Could you say that once more?"
        )

    @pytest.mark.parametrize(
        "written",
        [
            ("<think>hm</think>", " 🙂 "),
            ("😀🎉👨‍👩‍👧❤️" * 1000,),
            ("\x00\x07\x1b", "\x7f\u200b\u202e\ufeff"),
            ("*** ", "---", " ###\n", "…"),
            ("",),
        ],
    )
    async def test_where_a_model_says_nothing_the_next_one_answers(
        self, room, written, autojump_clock
    ):
        room.llm.answer = lambda _: written
        result = await room.say("tea")

        assert result.record.degraded == "llm"
        assert (result.record.model, result.record.reply) == ("second", "You said: tea.")

    @pytest.mark.parametrize("written", [("😀🎉" * 1000,), ("```py\nprint(1)\n", "```")])
    async def test_a_model_that_says_nothing_is_apologised_for(self, room, written, autojump_clock):
        room.llm.answer = room.second_llm.answer = lambda _: written
        out = Heard()
        result = await room.turns.run(room.utterance(), out)

        assert result.record.degraded == "llm"
        assert result.record.model == "apology"
        assert len(out.sounds) == 1

    async def test_a_model_that_breaks_off_leaves_what_it_said(self, room, autojump_clock):
        room.llm.answer = lambda _: ("The first sentence. ", "Second one. ", "Third.")
        room.llm.pieces_before_trouble = 2
        room.llm.trouble = RuntimeError("broken")
        result = await room.say()

        assert result.record.reply == "The first sentence. Second one."
        assert result.record.degraded == "llm"

    async def test_without_any_voice_a_recorded_sentence_is_played(self, room, autojump_clock):
        room.tts.trouble = RuntimeError("broken")
        out = Heard()
        result = await room.turns.run(room.utterance(), out)

        assert result.ok
        assert result.record.degraded == "tts"
        assert (result.record.reply, out.sounds) == (last_resort("en")[0], [last_resort("en")[1]])

    async def test_a_voice_that_hangs_costs_its_patience_once(self, room, autojump_clock):
        room.tts.trouble = HANG
        await room.say()

        assert trio.current_time() == 10.0

    async def test_a_turn_that_takes_too_long_ends_before_the_phone_gives_up(
        self, room, autojump_clock
    ):
        room.set(engine_timeout_sec=100)
        room.llm.delay_s = 60.0
        result = await room.say()

        assert result.record.degraded == "deadline"
        assert result.record.model == "apology"
        assert trio.current_time() == 36.0

    async def test_the_deadline_holds_when_everything_hangs(self, room, autojump_clock):
        room.set(engine_timeout_sec=100, keep_history=True)
        room.llm.trouble = room.tts.trouble = HANG
        room.store.stall = room.store.stall_reads = trio.Event()
        result = await room.say(session_id="s", caller_number="+1")

        assert result.record.reply == last_resort("en")[0]
        assert trio.current_time() == 40.0

    async def test_a_greeting_without_a_voice_keeps_the_deadline_too(self, room, autojump_clock):
        room.set(engine_timeout_sec=100)
        room.tts.trouble = HANG
        result = await room.say(forced_reply="Hello.")

        assert (result.ok, result.record.reply) == (True, last_resort("en")[0])
        assert trio.current_time() == 38.0

    async def test_a_phone_that_takes_nothing_does_not_keep_the_floor(self, room, autojump_clock):
        said = room.utterance(session_id="s", streamed=True)
        result = await room.turns.run(said, Deaf())

        assert result.record.status == "interrupted"
        assert trio.current_time() == 40.0

    async def test_a_turn_behind_a_slow_one_is_answered_in_time_as_well(self, room, autojump_clock):
        first = await room.say()
        room.set(engine_timeout_sec=100)
        room.llm.delay_s = 60.0
        results = []

        async def say(name):
            results.append((await room.say(name, first.session_id), trio.current_time()))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(say, "slow")
            nursery.start_soon(say, "behind")

        assert [(r.record.degraded, t) for r, t in results] == [("deadline", 36.0)] * 2


class TestRecording:
    async def test_the_answer_waits_for_the_store(self, room, autojump_clock):
        room.store.stall = trio.Event()
        answered_at = []

        async def say():
            await room.say()
            answered_at.append(trio.current_time())

        async with trio.open_nursery() as nursery:
            nursery.start_soon(say)
            await trio.sleep(1.9)
            room.store.stall.set()

        assert answered_at == [1.9]

    async def test_a_store_that_is_stuck_costs_two_seconds(self, room, autojump_clock):
        room.store.stall = trio.Event()
        result = await room.say()

        assert result.ok
        assert result.record.degraded == "record"
        assert trio.current_time() == 2.0

    async def test_that_it_is_not_stored_is_said_whatever_else_failed(self, room, autojump_clock):
        room.llm.trouble = RuntimeError("broken")
        room.store.fail = True

        assert (await room.say()).record.degraded == "record"

    async def test_a_failing_store_costs_no_answer_and_is_made_up_for(self, room, autojump_clock):
        room.store.fail = True
        result = await room.say()
        room.store.fail = False
        await room.say("again", result.session_id)

        assert result.record.degraded == "record"
        stored = await room.store.call(result.session_id)
        assert [turn.number for turn in stored.turns] == [1, 2]

    async def test_nobody_hears_of_a_complete_turn_before_it_is_stored(self, room, autojump_clock):
        room.store.stall = trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(room.say)
            await trio.sleep(1)
            before = room.types()
            room.store.stall.set()

        assert "turn.complete" not in before
        assert room.types() == ["turn.complete"]

    async def test_a_caller_who_goes_away_leaves_no_turn(self, room, autojump_clock):
        first = await room.say()
        room.llm.delay_s = 5.0
        with trio.move_on_after(1):
            await room.say("never answered", first.session_id)

        assert room.registry.find(first.session_id).state.turn_count == 1
        assert room.types()[-1] == "turn.error"

    async def test_a_stream_that_is_left_is_stored_as_far_as_it_was_heard(
        self, room, autojump_clock
    ):
        room.llm.answer = lambda _: ("First sentence. ", "Second sentence. ", "Third.")
        room.llm.piece_s = 2.0
        with trio.move_on_after(3):
            await room.turns.run(room.utterance("hi", session_id="s", streamed=True), Heard())

        (turn,) = (await room.store.call("s")).turns
        assert (turn.status, turn.transcript, turn.reply) == (
            "interrupted",
            "hi",
            "First sentence.",
        )

    async def test_a_stream_that_is_left_is_announced_as_broken_off(self, room, autojump_clock):
        with trio.move_on_after(1):
            await room.turns.run(room.utterance(session_id="s", streamed=True), Stuck())

        assert room.types()[-1] == "turn.error"
        stored = await room.store.events_after(0)
        assert stored[-1].event == TurnError(
            session_id="s", stage="line", detail="the phone went away while the answer was sent"
        )

    async def test_a_rejection_that_is_not_listened_to_ends_its_call_all_the_same(
        self, room, autojump_clock
    ):
        room.set(caller_blocklist=["+1"])
        with trio.move_on_after(1):
            said = room.utterance(session_id="s", caller_number="+1", streamed=True)
            await room.turns.run(said, Stuck())

        assert room.types()[-1] == "session.ended"
        assert (await room.store.call("s")).state.end_reason == "rejected"


class TestPostedAgain:
    """The app posts the audio of a failed stream to /api/turn."""

    async def test_a_complete_answer_is_said_again_and_counted_once(self, room, autojump_clock):
        await room.turns.run(
            room.utterance("hi", digest="d", session_id="s", streamed=True), Heard()
        )
        result = await room.turns.run(room.utterance("hi", digest="d", session_id="s"), Heard())

        assert result.record.reply == "You said: hi."
        assert room.registry.find("s").state.turn_count == 1
        assert len(room.llm.calls) == 1

    async def test_an_interrupted_answer_is_made_anew_in_its_place(self, room, autojump_clock):
        room.llm.answer = lambda _: ("First sentence. ", "Second sentence. ", "Third.")
        room.llm.piece_s = 2.0
        with trio.move_on_after(3):
            await room.turns.run(
                room.utterance("hi", digest="d", session_id="s", streamed=True), Heard()
            )
        result = await room.turns.run(room.utterance("hi", digest="d", session_id="s"), Heard())

        assert result.record.reply == "First sentence. Second sentence. Third."
        assert room.llm.calls[-1].history == ()
        assert [turn.number for turn in (await room.store.call("s")).turns] == [1]

    async def test_an_inject_is_spent_once(self, room, autojump_clock):
        await room.say(session_id="s")
        room.registry.find("s").state.injects = ["One.", "Two."]
        await room.turns.run(
            room.utterance("hi", digest="d", session_id="s", streamed=True), Heard()
        )
        result = await room.turns.run(room.utterance("hi", digest="d", session_id="s"), Heard())

        assert result.record.reply == "One."
        assert room.registry.find("s").state.injects == ["Two."]

    async def test_a_wrong_passphrase_is_counted_once(self, room, autojump_clock):
        room.set(auth_passphrase="blue harvest")
        await room.turns.run(
            room.utterance("red", digest="d", session_id="s", streamed=True), Heard()
        )
        await room.turns.run(room.utterance("red", digest="d", session_id="s"), Heard())

        assert room.registry.find("s").state.auth_attempts == 1

    async def test_a_goodbye_that_overtakes_it_stays_a_turn_of_its_own(self, room, autojump_clock):
        room.llm.answer = lambda _: ("First sentence. ", "Second sentence. ", "Third.")
        room.llm.piece_s = 2.0
        with trio.move_on_after(3):
            await room.turns.run(
                room.utterance("hi", digest="d", session_id="s", streamed=True), Heard()
            )
        async with trio.open_nursery() as nursery:
            again = room.utterance("hi", digest="d", session_id="s")
            nursery.start_soon(room.turns.run, again, Heard())
            await trio.sleep(1)
            await room.say(session_id="s", forced_reply="Goodbye.")

        assert [(turn.number, turn.reply) for turn in (await room.store.call("s")).turns] == [
            (1, "First sentence. Second sentence. Third."),
            (2, "Goodbye."),
        ]

    async def test_a_greeting_is_counted_once_and_no_goodbye_is_taken_for_it(
        self, room, autojump_clock
    ):
        for streamed, text in [(True, "Hello."), (False, "Hello."), (False, "Goodbye.")]:
            said = room.utterance(
                digest="silence", session_id="s", streamed=streamed, forced_reply=text
            )
            await room.turns.run(said, Heard())

        turns = (await room.store.call("s")).turns
        assert [(turn.number, turn.reply) for turn in turns] == [(1, "Hello."), (2, "Goodbye.")]

    async def test_an_answer_made_anew_has_the_one_shot_instruction_too(self, room, autojump_clock):
        await room.say(session_id="s")
        room.registry.find("s").state.turn_instructions = "Mention the weather."
        room.llm.answer = lambda _: ("First sentence. ", "Second sentence. ", "Third.")
        room.llm.piece_s = 2.0
        with trio.move_on_after(3):
            await room.turns.run(
                room.utterance("hi", digest="d", session_id="s", streamed=True), Heard()
            )
        await room.turns.run(room.utterance("hi", digest="d", session_id="s"), Heard())

        assert room.llm.calls[-1].system.endswith("Mention the weather.")
        assert room.registry.find("s").state.turn_instructions == ""

    async def test_the_same_words_in_a_new_turn_are_a_new_turn(self, room, autojump_clock):
        for _ in range(2):
            await room.turns.run(room.utterance("hi", digest="d", session_id="s"), Heard())

        assert room.registry.find("s").state.turn_count == 2


class TestPolicy:
    @pytest.mark.parametrize(
        ("settings", "number", "reason"),
        [
            ({"caller_blocklist": ["+49 30 1234"]}, "0049-30-1234", "blocked"),
            ({"caller_allowlist": ["+4930999"]}, "+49301234", "not_allowed"),
            ({"unknown_callers_allowed": False}, "", "unknown_caller"),
            ({"caller_allowlist": ["+1"], "caller_blocklist": ["+1"]}, "+1", "blocked"),
        ],
    )
    async def test_unwelcome_callers_are_told_and_hung_up_on(
        self, room, settings, number, reason, autojump_clock
    ):
        room.set(**settings)
        result = await room.say(caller_number=number)

        assert (result.ok, result.rejected, result.reason) == (False, True, reason)
        assert result.record.reply == "I'm sorry, I can't help you right now. Goodbye."
        assert room.types()[-1] == "session.ended"

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"caller_allowlist": ["004930999"]}, {"caller_number": "+49 (30) 999"}),
            ({"unknown_callers_allowed": True}, {"caller_number": ""}),
            ({"caller_blocklist": ["+1"]}, {"caller_number": "+1", "direction": "outgoing"}),
        ],
    )
    async def test_others_are_welcome(self, room, settings, said, autojump_clock):
        room.set(**settings)

        assert (await room.say(**said)).ok

    async def test_a_rejected_call_stays_rejected(self, room, autojump_clock):
        room.set(caller_blocklist=["+1"])
        first = await room.say(caller_number="+1")
        again = await room.say("hello?", first.session_id, caller_number="")

        assert (again.ok, again.ended, again.hangup) == (False, True, True)


class TestPassphrase:
    @pytest.fixture
    def gate(self, room):
        room.set(auth_passphrase="Blue Harvest")
        return room

    async def test_the_greeting_passes(self, gate, autojump_clock):
        assert (await gate.say(forced_reply="Hello.")).record.reply == "Hello."

    async def test_it_opens_to_the_phrase_within_a_sentence(self, gate, autojump_clock):
        first = await gate.say("well, it is blue harvest!")
        second = await gate.say("what time is it", first.session_id)

        assert first.record.reply == "Authentication successful. How can I help you?"
        assert second.record.reply == "You said: what time is it."
        assert "turn.authenticated" in gate.types()

    async def test_the_third_wrong_word_ends_the_call(self, gate, autojump_clock):
        sid = (await gate.say("red")).session_id
        await gate.say("green", sid)
        last = await gate.say("yellow", sid)

        assert last.hangup
        assert last.record.reply == "I'm sorry, I can't help you right now. Goodbye."
        assert (await gate.say("blue harvest", sid)).ended

    async def test_with_no_limit_one_may_go_on_trying(self, gate, autojump_clock):
        gate.set(auth_max_attempts=0)
        sid = (await gate.say("red")).session_id
        for _ in range(5):
            wrong = await gate.say("red", sid)

        assert not wrong.hangup
        assert wrong.record.reply == "That's not correct. Please try again."

    async def test_silence_is_no_attempt(self, gate, autojump_clock):
        gate.speaking[0] = False
        result = await gate.say()

        assert result.record.reply == "Please say the passphrase."
        assert gate.registry.find(result.session_id).state.auth_attempts == 0

    async def test_nothing_said_at_the_gate_is_stored_or_announced(self, gate, autojump_clock):
        sid = (await gate.say("blue garbage")).session_id
        await gate.say("blue harvest", sid)
        await gate.say("I said blue, harvest!", sid)

        told = repr(gate.events()) + repr(await gate.store.call(sid))
        assert "garbage" not in told
        assert "harvest" not in told.lower()
        assert [turn.transcript for turn in gate.registry.find(sid).turns] == [
            "[passphrase]",
            "[passphrase]",
            "I said [passphrase]!",
        ]

    async def test_a_reply_that_holds_it_is_spoken_and_not_announced(self, gate, autojump_clock):
        sid = (await gate.say("blue harvest")).session_id
        gate.llm.answer = lambda prompt: ("It is blue har", "vest. ", "What else?")
        heard = Heard()

        await gate.turns.run(gate.utterance("which one was it", session_id=sid), heard)

        assert heard.replies[-1] == ("It is [passphrase]. What else?", True)
        assert "harvest" not in repr(heard.replies) + repr(gate.events())
        assert "It is blue harvest." in [text for text, _ in gate.tts.calls]


class TestMessages:
    async def test_a_confirmed_message_is_stored_and_announced_with_its_turn(
        self, room, autojump_clock
    ):
        room.llm.message = TakenMessage(name="Anna", number="555", text="Call me.", confirmed=True)
        result = await room.say(caller_number="+1")

        (left,) = await room.store.messages()
        assert (left.id, left.message.name, left.caller_number) == (
            f"{result.session_id}-0",
            "Anna",
            "+1",
        )
        assert [e.text for e in room.events() if isinstance(e, CallMessage)] == ["Call me."]

    async def test_one_still_being_taken_is_announced_when_the_call_ends(
        self, room, autojump_clock
    ):
        room.llm.message = TakenMessage(name="Anna", text="Call me.")
        result = await room.say()
        assert not [e for e in room.events() if isinstance(e, CallMessage)]

        room.registry.end(room.registry.find(result.session_id), "ttl")

        told = [e for e in room.events() if isinstance(e, CallMessage)]
        assert [(e.text, e.confirmed) for e in told] == [("Call me.", False)]
        assert [m.message.text for m in await room.store.messages()] == ["Call me."]


class TestStale:
    async def test_a_reset_makes_the_turn_in_flight_stale(self, room, autojump_clock):
        first = await room.say()
        room.llm.delay_s = 5.0
        results = []

        async def say():
            results.append(await room.say("old", first.session_id))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(say)
            await trio.sleep(1)
            room.registry.reset(room.registry.find(first.session_id))

        assert (results[0].ok, results[0].stale, results[0].hangup) == (False, True, False)
        assert trio.current_time() == 1.0
        assert room.types()[-1] == "turn.stale"

    async def test_what_a_stale_stream_had_said_does_not_join_the_new_conversation(
        self, room, autojump_clock
    ):
        room.set(auth_passphrase="blue harvest")
        async with trio.open_nursery() as nursery:
            said = room.utterance("blue harvest", session_id="s", streamed=True)
            nursery.start_soon(room.turns.run, said, Stuck())
            await trio.sleep(1)
            room.registry.reset(room.registry.find("s"))

        session = room.registry.find("s")
        assert (session.turns, session.state.authenticated) == ([], False)
        assert [one.event for one in await room.store.events_after(0)] == room.events()

    async def test_a_hang_up_ends_the_turn_in_flight(self, room, autojump_clock):
        first = await room.say()
        room.llm.delay_s = 5.0
        results = []

        async def say():
            results.append(await room.say("old", first.session_id))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(say)
            await trio.sleep(1)
            room.registry.end(room.registry.find(first.session_id), "hangup")

        assert (results[0].ended, results[0].hangup) == (True, True)

    async def test_a_turn_that_resets_makes_the_very_first_one_stale(self, room, autojump_clock):
        room.llm.delay_s = 5.0
        results = []

        async def say(name, **said):
            results.append((name, await room.say(name, "s", **said)))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(say, "old")
            await trio.sleep(1)
            await say("new", reset=True)

        assert [(name, r.ok, r.stale) for name, r in results] == [
            ("old", False, True),
            ("new", True, False),
        ]

    async def test_a_reset_forgets_the_conversation_but_not_the_record(self, room, autojump_clock):
        first = await room.say("old")
        again = await room.say("new", first.session_id, reset=True)

        assert room.llm.calls[1].history == ()
        assert again.record.number == 2


async def test_an_id_that_is_none_of_ours_is_refused(room, autojump_clock):
    with pytest.raises(BadInput):
        await room.say(session_id="../../etc/passwd")


async def test_metrics_tell_where_the_time_went(room, autojump_clock):
    room.stt.delay_s, room.llm.delay_s, room.tts.delay_s = 0.5, 0.25, 0.125
    await room.say()

    (done,) = [e for e in room.events() if isinstance(e, TurnComplete)]
    assert done.metrics == {
        "asr_ms": 500.0,
        "llm_ms": 250.0,
        "tts_ms": 125.0,
        "total_ms": 875.0,
        "llm_model": "echo",
    }


async def test_the_apps_own_first_turn_is_no_guess_at_the_passphrase(room, autojump_clock):
    room.set(auth_passphrase="blue harvest")
    result = await room.say("", reset=True, transcript_hint="Say exactly: Hello.")

    assert result.record.reply == "Please say the passphrase."
    assert room.registry.find(result.session_id).state.auth_attempts == 0


async def test_a_text_that_cannot_be_spoken_costs_no_engine_its_good_name(room, autojump_clock):
    result = await room.say(forced_reply="🙂")
    again = await room.say()

    assert result.record.reply == last_resort("en")[0]
    assert again.record.degraded == ""


class TestACallThatWePlaced:
    """What whoever placed it wants said first comes in place of the phone's greeting."""

    GREETING = "Hello, this is the office."
    OURS = "Ann, your train is late."

    async def greet(self, room, **said):
        asked = {"direction": "outgoing", "caller_number": "+49 30 1", "reset": True}
        return await room.say("", **asked | {"forced_reply": self.GREETING} | said)

    async def test_its_greeting_is_ours_once(self, room, autojump_clock):
        room.turns.greetings.expect("+49301", self.OURS)
        first, second = await self.greet(room), await self.greet(room)

        assert (first.record.reply, first.record.model) == (self.OURS, "forced")
        assert second.record.reply == self.GREETING

    async def test_a_phone_without_a_greeting_says_ours_too(self, room, autojump_clock):
        room.turns.greetings.expect("+49301", self.OURS)

        result = await self.greet(room, forced_reply="", transcript_hint="Say exactly: Hello.")

        assert result.record.reply == self.OURS

    async def test_other_calls_are_greeted_as_ever(self, room, autojump_clock):
        room.turns.greetings.expect("+49301", self.OURS)

        assert (await self.greet(room, direction="incoming")).record.reply == self.GREETING
        assert (await self.greet(room, caller_number="+49302")).record.reply == self.GREETING
        assert (await self.greet(room)).record.reply == self.OURS

    async def test_a_goodbye_is_no_greeting(self, room, autojump_clock):
        session_id = (await self.greet(room)).session_id
        room.turns.greetings.expect("+49301", self.OURS)
        asked = {"session_id": session_id, "reset": False, "forced_reply": "Goodbye."}

        assert (await self.greet(room, **asked)).record.reply == "Goodbye."

    async def test_one_that_did_not_reach_the_callee_is_said_in_the_next_turn(
        self, room, autojump_clock
    ):
        room.turns.greetings.expect("+49301", self.OURS)
        room.tts.delay_s = 5
        with trio.move_on_after(1):
            await self.greet(room)
        room.tts.delay_s = 0

        result = await self.greet(room, forced_reply="", reset=False)

        assert result.record.reply == self.OURS


async def test_a_turn_remembers_when_it_came_by_which_place(room, autojump_clock):
    room.stt.delay_s, room.llm.delay_s, room.llm.piece_s, room.tts.delay_s = 0.45, 0.12, 0.1, 0.5
    room.llm.answer = lambda _: ("One", " thing.", " Another", " one.")
    result = await room.say("hello")

    assert result.record.waterfall == {
        "speech": 0.0,
        "recognised": 450.0,
        "first_token": 570.0,
        "first_sentence": 770.0,
        "first_sound": 1270.0,
        "last_sound": 1770.0,
        "recorded": 1770.0,
    }
    assert result.record.engines == {"stt": "first", "llm": "first", "tts": "first"}


async def test_what_is_heard_after_an_inject_keeps_nobody_waiting(room, autojump_clock):
    first = await room.say()
    room.registry.find(first.session_id).state.injects = ["By the way."]
    room.stt.delay_s = 0.45
    result = await room.say("hello", first.session_id)
    await trio.sleep(1)

    assert result.record.transcript == "hello"
    assert list(result.record.waterfall) == ["first_sound", "last_sound", "recorded"]


async def test_whoever_does_the_work_is_remembered(room, autojump_clock):
    room.llm.trouble = OSError()
    result = await room.say("hello")

    assert result.record.engines["llm"] == "second"


async def test_a_greeting_comes_by_no_recogniser_and_no_model(room, autojump_clock):
    result = await room.say(forced_reply="Hello.")

    assert list(result.record.waterfall) == ["first_sound", "last_sound", "recorded"]
