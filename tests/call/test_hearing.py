"""What was said: words count only if somebody spoke."""

import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.call.hearing import look_by_look
from clawctl.testing.engines import HANG

SOUND = Sound(b"\x01\x00", 16_000)


async def test_an_empty_recording_is_nothing_said(room, autojump_clock):
    heard = await room.turns.hearing.hear(Sound(b"", 16_000), "d")

    assert (heard.text, room.stt.calls) == ("", [])


async def test_a_recogniser_that_fails_on_silence_fails_nobody(room, autojump_clock):
    room.speaking[0] = False
    room.stt.trouble = RuntimeError("confused by silence")
    result = await room.say()

    assert result.record.degraded == ""
    assert result.record.model == "reprompt"


async def test_words_wait_for_the_verdict_that_somebody_spoke(room, autojump_clock):
    verdict = trio.Event()

    async def speech(_):
        await verdict.wait()
        return False

    object.__setattr__(room.turns.hearing, "speech", speech)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(room.say, "Thank you for watching")
        await trio.sleep(1)
        before = room.types()
        verdict.set()

    assert "turn.transcript" not in before
    assert [e.transcript for e in room.events() if e.type == "turn.transcript"] == [""]


async def test_a_broken_detector_mutes_nobody(room, autojump_clock):
    async def speech(_):
        raise RuntimeError("broken")

    object.__setattr__(room.turns.hearing, "speech", speech)

    assert (await room.say("still heard")).record.transcript == "still heard"


async def test_words_that_cannot_be_written_down_are_left_out(room, autojump_clock):
    result = await room.say("caf\udce9 \x00now")

    assert result.record.transcript == "caf now"


async def test_the_language_is_that_of_the_callers(room, autojump_clock):
    await room.say()
    room.set(stt_language="de")
    await room.say()

    assert [lang for _, lang in room.stt.calls] == ["en", "de"]


async def test_german_is_spoken_in_german(room, autojump_clock):
    room.set(tts_lang="de")
    room.llm.trouble = room.second_llm.trouble = HANG
    result = await room.say()

    assert result.record.reply.startswith("Es tut mir leid")
    assert room.tts.calls[-1][1].lang == "de"


class Silence:
    """A detector that finds nothing, however long it looks."""

    def __init__(self):
        self.seen = 0

    def looks(self, sound):
        while True:
            self.seen += 1
            yield False


async def test_everybody_else_goes_on_between_two_looks_for_speech():
    detector = Silence()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(look_by_look(detector), SOUND)
        for _ in range(20):
            await trio.lowlevel.checkpoint()
        nursery.cancel_scope.cancel()

    assert detector.seen in range(15, 25)


async def no_words(room, **said):
    result = await room.say(**said)
    (event,) = [e for e in room.events() if e.type == "turn.transcript"]
    assert event.no_words == result.record.no_words
    assert result.record.transcript == ""
    return result.record.no_words


async def test_noise_is_told_from_words(room, autojump_clock):
    room.speaking[0] = False
    assert await no_words(room) == "noise"


@pytest.mark.parametrize("text", ["", "...", " . ", "♪ ♪", "😀"])
async def test_a_recogniser_that_finds_no_word_is_believed(room, text, autojump_clock):
    assert await no_words(room, text=text) == "no_speech"


async def test_credits_of_a_film_are_a_hallucination(room, autojump_clock):
    assert await no_words(room, text="Subtitles by the Amara.org community") == "hallucination"


async def test_a_click_is_too_short_for_a_word_and_asks_no_recogniser(room, autojump_clock):
    heard = await room.turns.hearing.hear(Sound(b"\x00\x40" * 800, 16_000), "d")

    assert (heard.reason, heard.text, room.stt.calls) == ("too_short", "", [])


async def test_what_was_understood_has_no_reason_to_be_none(room, autojump_clock):
    result = await room.say("hello")

    assert result.record.no_words == ""
