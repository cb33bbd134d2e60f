"""What every call needs is spoken once for all; what was said into a call is not kept."""

from clawctl.call.wording import every_phrase
from clawctl.testing.gateway import open_faked_gateway

SAID = set(every_phrase("en"))


async def warmed(tmp_path, **settings):
    """What the voice was asked to say while a gateway warmed up."""
    async with open_faked_gateway(tmp_path, **settings) as faked:
        await faked.gateway.warm(lambda *_: None)
        return {text for text, _ in faked.tts.calls}


def files(tmp_path):
    return sorted(tmp_path.rglob("*.phrase"))


async def test_a_restart_finds_the_phrases_of_every_call_on_disk(tmp_path):
    assert await warmed(tmp_path) >= SAID
    found = files(tmp_path)

    assert not await warmed(tmp_path) & SAID
    assert files(tmp_path) == found


async def test_another_voice_is_another_phrase(tmp_path):
    await warmed(tmp_path)

    for change in ({"tts_voice": "am_michael"}, {"tts_model": "other"}, {"piper_speaker": 3}):
        assert await warmed(tmp_path, **change) >= SAID


async def test_a_broken_file_is_made_anew(tmp_path):
    await warmed(tmp_path)
    for file in files(tmp_path):
        file.write_bytes(b"broken")

    assert await warmed(tmp_path) >= SAID
    assert not await warmed(tmp_path) & SAID


async def test_a_sentence_said_into_a_call_is_not_kept(tmp_path):
    async with open_faked_gateway(tmp_path) as faked:
        await faked.gateway.warm(lambda *_: None)
        before = files(tmp_path)
        await faked.turn("s1", 1, forced_reply="The key lies under the mat.")
        steering = faked.gateway.steering
        steering.inject(steering.call("s1"), "The door is green.")
        await faked.turn("s1", 2)

        said = {text for text, _ in faked.tts.calls}
        assert {"The key lies under the mat.", "The door is green."} <= said
    assert files(tmp_path) == before
