"""What a voice says, heard by a recogniser: how many of the words come back."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

import trio

from clawctl.audio.wav import Sound
from clawctl.engines.api import Voice, bare
from clawctl.engines.chain import SttChain, TtsChain
from clawctl.errors import EngineFailed

# The embedded recogniser gets 93 words of 100 right in a clear voice, chance none.
ENOUGH = 0.6
# Of 32767; the softest voice has thousands.
AUDIBLE = 100

# Everyday words, spelt by every recogniser in the same way.
SPOKEN = {
    "en": "The weather is nice today and the sun is shining.",
    "de": "Das Wetter ist heute schön und die Sonne scheint.",
}


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """A voice in a recogniser's ear: the share of its words that came back, and what both took.

    `words_back` is None if there was nothing to compare; `failure` says why.
    """

    voice: str
    recogniser: str
    ms: float
    words_back: float | None
    failure: str = ""

    @property
    def unclear(self) -> bool:
        """Callers may be misunderstood, or may not understand: one of the two is weak."""
        return self.words_back is not None and self.words_back < ENOUGH

    def __str__(self) -> str:
        if self.words_back is None:
            return self.failure
        return f"{self.recogniser} understands {self.words_back:.0%} of what {self.voice} says"


async def round_trips(stt: SttChain, tts: TtsChain, voice: Voice, lang: str) -> list[RoundTrip]:
    """Every chosen voice and every chosen recogniser at least once, the first ones together.

    `lang` is what callers speak. Engines that are not open are left out. Never empty.
    """
    spoken = bare(voice.lang)
    voices, ears = tts.at_hand(spoken), stt.at_hand(spoken)
    if spoken != bare(lang) or spoken not in SPOKEN or not voices or not ears:
        why = f"no voice here speaks the language {lang!r} with a recogniser that knows it"
        return [RoundTrip("", "", 0.0, None, why)]
    return [await _trip(stt, tts, voice, *pair) for pair in _pairs(voices, ears)]


def _pairs(voices: list[str], ears: list[str]) -> Iterator[tuple[str, str]]:
    yield from ((voices[0], ear) for ear in ears)
    yield from ((other, ears[0]) for other in voices[1:])


async def _trip(stt: SttChain, tts: TtsChain, voice: Voice, mouth: str, ear: str) -> RoundTrip:
    began = trio.current_time()
    text = SPOKEN[bare(voice.lang)]
    try:
        sound = await tts.speak_by(mouth, text, voice)
        heard = await stt.hear_by(ear, sound, voice.lang)
    except EngineFailed as error:
        return RoundTrip(mouth, ear, 0.0, None, f"{mouth} was not heard by {ear}: {error}")
    ms = round((trio.current_time() - began) * 1000, 1)
    return RoundTrip(mouth, ear, ms, round(came_back(text, heard), 2))


def came_back(known: str, heard: str) -> float:
    """The share of the known words that were heard, in their order."""
    ours, theirs = _words(known), _words(heard)
    blocks = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(ours)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def audible(sound: Sound) -> bool:
    samples = array("h", sound.pcm)
    return max(map(abs, samples), default=0) > AUDIBLE
