"""Speech over `audio/speech`."""

from dataclasses import dataclass

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.engines.api import Voice
from clawctl.errors import BadAudio
from clawctl_plugins.openai.server import MOST_SOUND_BYTES, Server, body_of


@dataclass(frozen=True, slots=True)
class Mouth:
    server: Server

    async def speak(self, text: str, voice: Voice) -> Sound:
        place = self.server.for_sound("tts_model")
        tts = self.server.settings.tts
        asked = {
            "model": tts.tts_model,
            "input": text,
            "voice": voice.name or tts.tts_voice,
            "speed": voice.speed,
            "response_format": "wav",
        }
        async with self.server.ask(place, "audio/speech", json=asked) as response:
            data = await body_of(response, MOST_SOUND_BYTES, place)
        try:
            return wav.read(data, endless=True)
        except BadAudio as error:
            raise place.failure(f"sends no sound that can be used: {error}") from None
