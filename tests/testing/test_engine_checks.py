import pytest

from clawctl.audio.wav import Sound
from clawctl.engines.api import Voice
from clawctl.testing import engine_checks
from clawctl.testing.engine_checks import LLM_CHECKS, LlmCheck, Unfit
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts


@pytest.mark.parametrize("check", LLM_CHECKS)
async def test_an_echo_is_a_fit_model(check: LlmCheck) -> None:
    await check(EchoLlm())


async def test_who_hears_words_in_silence_is_unfit() -> None:
    with pytest.raises(Unfit, match="silence became 'hello'"):
        await engine_checks.hears_nothing_in_silence(FixedStt())


async def test_who_hears_nothing_in_words_is_unfit() -> None:
    with pytest.raises(Unfit, match="speech became ''"):
        await engine_checks.hears_words(FixedStt(text=""))


async def test_a_model_without_a_word_is_unfit() -> None:
    with pytest.raises(Unfit, match="the reply is empty"):
        await engine_checks.replies_in_pieces(EchoLlm(answer=lambda prompt: ()))


async def test_a_voice_that_makes_silence_is_unfit() -> None:
    class Silent(ToneTts):
        async def speak(self, text: str, voice: Voice) -> Sound:
            sound = await super().speak(text, voice)
            return Sound(bytes(len(sound.pcm)), sound.rate)

    with pytest.raises(Unfit, match="the sound is silence"):
        await engine_checks.speaks(Silent())


async def test_a_voice_with_one_pace_is_unfit() -> None:
    with pytest.raises(Unfit, match="speed makes no difference"):
        await engine_checks.speaks_faster_and_slower(ToneTts())
