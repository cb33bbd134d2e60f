"""Piper's voices through its library; lives in a worker process, where its licence (GPL-3) stays.

The library is imported with the first sentence: where a server speaks, nobody needs it.
"""

import importlib
from pathlib import Path
from typing import Any

from clawctl.errors import EngineFailed
from clawctl_plugins.piper.voices import speaker_number

# Models kept loaded, some 60 MB each: whoever listens to a voice does not push out the one in use.
KEPT = 3


class Speaker:
    def __init__(self) -> None:
        self._voices: dict[str, Any] = {}

    def speak(
        self, file: str, text: str, speaker: int | str, scales: dict[str, float], pause_s: float
    ) -> tuple[bytes, int]:
        """Samples, none if nothing can be spoken, and their rate.

        `pause_s` of silence follow each sentence. `scales` are length_scale, noise_scale and
        noise_w_scale of the library.
        """
        voice, piper = self._voice(file), importlib.import_module("piper")
        count, names = voice.config.num_speakers, voice.config.speaker_id_map
        number = speaker_number(Path(file).stem, speaker, count, names)
        how = piper.SynthesisConfig(speaker_id=number, **scales)
        rate: int = voice.config.sample_rate
        try:
            said = [chunk.audio_int16_bytes for chunk in voice.synthesize(text, how)]
        except _damage() as error:
            raise _broken(
                file, f"fails in the middle of its work ({type(error).__name__})"
            ) from None
        if said and not any(pcm.strip(b"\0") for pcm in said):
            raise _broken(file, "makes no sound")
        pause = bytes(2 * round(rate * pause_s))
        return b"".join(pcm + pause for pcm in said), rate

    def _voice(self, file: str) -> Any:
        if file not in self._voices:
            piper = importlib.import_module("piper")
            try:
                voice = piper.PiperVoice.load(file)
            except _damage() as error:
                raise _broken(file, f"cannot be loaded ({type(error).__name__})") from None
            while len(self._voices) >= KEPT:
                del self._voices[next(iter(self._voices))]
            self._voices[file] = voice
        # The last one used stays longest.
        self._voices[file] = self._voices.pop(file)
        return self._voices[file]


def _damage() -> tuple[type[Exception], ...]:
    """What damaged files raise on their way through json, the library and onnxruntime."""
    state = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    usual = (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, IndexError)
    raised = (getattr(state, name) for name in dir(state))
    theirs = (one for one in raised if isinstance(one, type) and issubclass(one, Exception))
    return (*usual, *theirs)


def _broken(file: str, what: str) -> EngineFailed:
    name = Path(file).stem
    return EngineFailed(f"the voice {name} {what}; try: clawctl models pull {name}")
