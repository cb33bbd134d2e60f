"""Recognition over `audio/transcriptions`."""

from dataclasses import dataclass

import msgspec

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.engines.api import DETECTED, bare
from clawctl_plugins.openai.server import Place, Server, body_of

# An hour of fast talk, with all that servers say beside the text.
MOST_BYTES = 4 * 1024 * 1024


class Heard(msgspec.Struct):
    """`accumulated` is everything so far, where a server sends its text in several lines."""

    text: str | None = None
    accumulated: str | None = None


_decode = msgspec.json.Decoder(Heard).decode


@dataclass(frozen=True, slots=True)
class Ear:
    server: Server

    async def hear(self, sound: Sound, lang: str) -> str:
        """A few ms of sound are no word, and some servers fail over them."""
        if not sound.pcm:
            return ""
        place = self.server.for_sound("stt_model")
        fields = {
            "model": self.server.settings.stt.stt_model,
            "response_format": "json",
            **({} if lang in DETECTED else {"language": bare(lang)}),
        }
        file = {"file": ("turn.wav", wav.write(sound), "audio/wav")}
        async with self.server.ask(
            place, "audio/transcriptions", data=fields, files=file
        ) as response:
            return _text(await body_of(response, MOST_BYTES, place), place)


def _text(answer: bytes, place: Place) -> str:
    """Of one JSON object, or of several, a line each, as mlx-audio sends them."""
    lines = [line for line in answer.splitlines() if line.strip()]
    try:
        heard = [_decode(answer)] if len(lines) < 2 else [_decode(line) for line in lines]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        try:
            heard = [_decode(answer)]
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise place.failure(
                "answers no transcript: is it an OpenAI-compatible one? look at mlx_audio_base"
            ) from None
    if all(each.text is None and each.accumulated is None for each in heard):
        raise place.failure("answers without a text")
    whole = heard[-1].accumulated
    return " ".join((whole or " ".join(each.text or "" for each in heard)).split())
