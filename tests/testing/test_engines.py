import pytest
import trio
from trio.testing import MockClock

from clawctl.audio.wav import Sound
from clawctl.engines.api import Prompt, Voice
from clawctl.testing.engines import HANG, EchoLlm, FixedStt, NoHost, ToneTts, fake_plugin

SILENCE = Sound(b"\0\0" * 1600, 16_000)


async def test_a_fixed_stt_understands_its_text_and_remembers_what_it_was_asked() -> None:
    stt = FixedStt(text="good morning")

    assert await stt.hear(SILENCE, "en") == "good morning"
    assert stt.calls == [(SILENCE, "en")]


async def test_an_echo_says_back_the_transcript_piece_by_piece() -> None:
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    answered = await EchoLlm().reply(Prompt(system="", transcript="tea"), say)

    assert said == ["You said: ", "tea", "."]
    assert answered.model == "echo"


async def test_a_tone_is_loud_and_as_long_as_its_text() -> None:
    sound = await ToneTts(character_s=0.1).speak("0123456789", Voice())

    assert sound.seconds == 1.0
    assert max(sound.pcm[1::2]) > 0


async def test_a_delay_takes_virtual_time(autojump_clock: MockClock) -> None:
    await FixedStt(delay_s=7.0).hear(SILENCE, "en")

    assert trio.current_time() == 7.0


async def test_a_hang_never_comes_back_and_can_be_cancelled(autojump_clock: MockClock) -> None:
    with trio.move_on_after(60) as scope:
        await ToneTts(trouble=HANG).speak("hello", Voice())

    assert scope.cancelled_caught


async def test_a_reply_can_break_off_in_the_middle() -> None:
    said: list[str] = []

    async def say(piece: str) -> None:
        said.append(piece)

    llm = EchoLlm(trouble=OSError("gone"), pieces_before_trouble=2)
    with pytest.raises(OSError, match="gone"):
        await llm.reply(Prompt(system="", transcript="tea"), say)

    assert said == ["You said: ", "tea"]


async def test_a_fake_plugin_offers_what_it_was_given_under_one_name() -> None:
    stt = FixedStt()
    plugin = fake_plugin("acme", stt=stt, missing="no microphone")

    assert (list(plugin.stt), list(plugin.llm), list(plugin.tts)) == (["acme"], [], [])
    assert plugin.stt["acme"].missing() == "no microphone"
    async with plugin.stt["acme"].open(NoHost()) as engine:
        assert engine is stt
        assert (stt.opened, stt.closed) == (1, 0)
    assert (stt.opened, stt.closed) == (1, 1)
