"""espeak-ng through ctypes; lives in worker processes, where its licence (GPL-3) stays too.

The calls and numbers are those of espeak-ng's public header, `speak_lib.h` (version 1.52).
"""

import ctypes
import re
from collections.abc import Sequence
from ctypes import POINTER, c_char_p, c_int, c_short, c_size_t, c_uint, c_void_p

import espeakng_loader

from clawctl_plugins.espeak.voices import as_espeak_finds_it

# espeak_AUDIO_OUTPUT: give the samples to the callback, and return when there are no more.
SYNCHRONOUS = 2
# espeak_Initialize: report an error instead of ending the process.
DONT_EXIT = 0x8000
# espeak_Synth: the text is UTF-8.
UTF8 = 1
# espeak_PARAMETER, each with the limits the header gives.
RATE, SLOWEST, FASTEST = 1, 80, 450
PITCH = 3

# "de", "en-us+klatt4"; espeak makes a file name of it.
VOICE_NAME = re.compile(r"[A-Za-z0-9-]{1,20}(\+[A-Za-z0-9]{1,20})?")

# int callback(short *samples, int count, espeak_EVENT *events); 0 means: go on.
SynthCallback = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, c_void_p)


class EspeakError(Exception):
    """A call of espeak-ng returned an error."""


class Synthesiser:
    """One espeak-ng, which is one voice at a time: the library keeps its state to itself."""

    def __init__(self) -> None:
        self._samples = bytearray()
        self._lib = _load()
        data = espeakng_loader.get_data_path().encode()
        self._rate: int = self._lib.espeak_Initialize(SYNCHRONOUS, 0, data, DONT_EXIT)
        if self._rate <= 0:
            raise EspeakError("espeak-ng found no voices")
        self._callback = SynthCallback(self._take)  # the library does not keep it alive
        self._lib.espeak_SetSynthCallback(self._callback)

    def speak(
        self, text: str, voices: Sequence[str], words_per_minute: int, pitch: int
    ) -> tuple[bytes, int]:
        """Samples and their rate, by the first of `voices` that espeak knows."""
        if not any(self._choose(voice) for voice in voices):
            raise EspeakError("espeak-ng knows none of the voices")
        pace = min(max(words_per_minute, SLOWEST), FASTEST)
        self._check(self._lib.espeak_SetParameter(RATE, pace, 0))
        self._check(self._lib.espeak_SetParameter(PITCH, pitch, 0))
        self._samples.clear()
        words = text.replace("\0", " ").encode()
        self._check(self._lib.espeak_Synth(words, len(words) + 1, 0, 0, 0, UTF8, None, None))
        return bytes(self._samples), self._rate

    def _choose(self, name: str) -> bool:
        known = VOICE_NAME.fullmatch(name) is not None
        file = as_espeak_finds_it(name).encode()
        return known and self._lib.espeak_SetVoiceByName(file) == 0

    def _take(self, samples: "ctypes._Pointer[c_short]", count: int, events: int | None) -> int:  # noqa: ARG002
        if count > 0:
            self._samples += ctypes.string_at(samples, 2 * count)
        return 0

    def _check(self, error: int) -> None:
        if error:
            raise EspeakError(f"espeak-ng reports error {error}")


def _load() -> ctypes.CDLL:
    lib = ctypes.CDLL(espeakng_loader.get_library_path())
    lib.espeak_Initialize.argtypes = (c_int, c_int, c_char_p, c_int)
    lib.espeak_SetSynthCallback.argtypes = (SynthCallback,)
    lib.espeak_SetSynthCallback.restype = None
    lib.espeak_SetParameter.argtypes = (c_int, c_int, c_int)
    lib.espeak_SetVoiceByName.argtypes = (c_char_p,)
    lib.espeak_Synth.argtypes = (
        *(c_char_p, c_size_t, c_uint, c_int, c_uint, c_uint),
        *(POINTER(c_uint), c_void_p),
    )
    return lib
