import pytest

from clawctl.audio.wav import Sound
from clawctl.errors import Declined
from clawctl_plugins.mlx.hearing import open_ear

SOUND = Sound(b"\0\1" * 800, 8_000)


@pytest.mark.parametrize(
    ("lang", "given"), [("en", "en"), ("de-AT", "de"), ("EN", "en"), ("", ""), ("auto", "")]
)
async def test_sound_and_language_go_to_the_process(host, lang, given):
    host.worker_there.answers = {"hear": ["hello"]}

    async with open_ear(host) as ear:
        assert await ear.hear(SOUND, lang) == "hello"

    assert host.opened == [("clawctl_plugins.mlx.listening:Listener", {"path": host.whisper})]
    assert host.worker_there.calls == [("hear", SOUND.pcm, 8_000, given)]


async def test_a_language_that_the_model_does_not_know_is_declined(host):
    host.worker_there.answers = {"hear": [None]}

    async with open_ear(host) as ear:
        with pytest.raises(Declined, match="does not know the language 'tlh'"):
            await ear.hear(SOUND, "tlh")
