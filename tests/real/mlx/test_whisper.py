"""Recognition by mlx-whisper's own code and a model with random weights."""

import pytest
import trio
from conftest import Set, Within, engine

from clawctl.audio.convert import join
from clawctl.audio.wav import Sound
from clawctl.engines.apology import last_resort
from clawctl.errors import Declined, EngineFailed
from clawctl.testing.engine_checks import STT_CHECKS

_, SPEECH = last_resort("en")


@pytest.fixture
async def process_ear(models, tmp_path):
    async with engine("stt", "mlx-whisper", Set(tmp_path, whisper=models.whisper())) as opened:
        yield opened


async def test_it_is_a_fit_recogniser(process_ear):
    for check in STT_CHECKS:
        await check(process_ear)


async def test_a_language_is_given_or_found_out(ear):
    for lang in ("", "auto", "en-GB", "de", "fr"):
        assert await ear.hear(SPEECH, lang)
    with pytest.raises(Declined, match="does not know the language 'klingon'"):
        await ear.hear(SPEECH, "klingon")


async def test_an_english_model_declines_german(models, tmp_path):
    host = Within(tmp_path, whisper=models.whisper("english", vocab=51864))

    async with engine("stt", "mlx-whisper", host) as ear:
        with pytest.raises(Declined):
            await ear.hear(SPEECH, "de")
        await ear.hear(SPEECH, "en")


async def test_an_utterance_longer_than_a_window_is_heard_to_its_end(ear):
    alone = await ear.hear(SPEECH, "en")
    long = join([SPEECH] * (1 + int(65 / SPEECH.seconds)))

    assert len(await ear.hear(long, "en")) > len(alone)


async def test_a_short_word_is_padded_and_a_click_is_no_word(ear):
    assert await ear.hear(Sound(SPEECH.pcm[: SPEECH.rate // 4 * 2], SPEECH.rate), "en")
    assert await ear.hear(Sound(SPEECH.pcm[: SPEECH.rate // 20 * 2], SPEECH.rate), "en") == ""


async def test_a_guess_by_a_model_that_heard_nobody_is_not_believed(whisper_host, models, ear):
    whisper_host.hear_with(models.whisper("doubts", heard_nobody=True))

    assert await ear.hear(SPEECH, "en") == ""


async def test_a_model_that_goes_round_in_circles_is_not_believed(whisper_host, models, ear):
    whisper_host.hear_with(models.whisper("loops", seed=3))

    assert await ear.hear(SPEECH, "en") == ""


async def test_a_caller_who_goes_away_holds_nobody(process_ear):
    await process_ear.hear(SPEECH, "en")

    with trio.move_on_after(0.05):
        await process_ear.hear(SPEECH, "en")
    with trio.fail_after(10):
        await process_ear.hear(SPEECH, "en")


async def test_a_model_that_is_not_there_is_never_fetched(whisper_host, ear):
    whisper_host.hear_with("mlx-community/whisper-tiny")

    with trio.fail_after(1), pytest.raises(EngineFailed, match="clawctl models pull mlx-community"):
        await ear.hear(SPEECH, "en")
