"""Kokoro itself; lives in a worker process.

The library's own pipeline is left out: for English it fetches a model of spaCy's from a place that
may be out of reach, and it cuts off what is too long.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import spacy
import torch
from kokoro import KModel
from misaki import en, espeak

from clawctl.engines.models import folder_of
from clawctl.errors import EngineFailed
from clawctl_plugins.kokoro.phonemes import pieces
from clawctl_plugins.kokoro.voices import british

# The model the library is made for.
KNOWN = "hexgrad/Kokoro-82M"
# With this package of spaCy's a word is spoken by its part in the sentence ("I read", "to read").
TAGGER = "en_core_web_sm"
# What damaged files raise on their way through json, torch and the model.
DAMAGE = (
    *(OSError, EOFError, ValueError, KeyError, TypeError, AttributeError),
    *(RuntimeError, AssertionError, IndexError, UnpicklingError),
)

Phonemes = Callable[[str], tuple[str, Any]]


class Speaker:
    """The model `model`, whose files are in `folder`: config.json, one .pth, voices/*.pt."""

    def __init__(self, model: str, folder: str, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        self._name = model
        self._folder = Path(folder)
        self._styles: dict[str, torch.Tensor] = {}
        self._model = self._load().to("cuda" if torch.cuda.is_available() else "cpu").eval()

    def speak(self, text: str, voice: str, speed: float) -> bytes:
        """Samples at 24 kHz; none if nothing in `text` can be spoken."""
        style = self._style(voice)
        phonemes, _ = (self._british if british(voice) else self._american)(text)
        pcm = b"".join(self._say(piece, style, speed) for piece in pieces(phonemes))
        if pcm and not pcm.strip(b"\0"):
            raise self._broken("makes no sound")
        return pcm

    @cached_property
    def _american(self) -> Phonemes:
        return _phonemes(british=False)

    @cached_property
    def _british(self) -> Phonemes:
        return _phonemes(british=True)

    def _say(self, phonemes: str, style: torch.Tensor, speed: float) -> bytes:
        audio = torch.nan_to_num(self._model(phonemes, style[len(phonemes) - 1], speed))
        samples = (audio.clamp(-1, 1) * 32767).round().to(torch.int16)
        return bytes(samples.numpy().astype("<i2").tobytes())

    def _load(self) -> KModel:
        weights = next(iter(sorted(self._folder.glob("*.pth"))), None)
        if weights is None:
            raise self._broken("has no weights of the kind the library reads (*.pth)")
        config = str(self._folder / "config.json")
        try:
            return KModel(repo_id=self._name, config=config, model=str(weights))
        except DAMAGE as error:
            raise self._broken(f"cannot be loaded ({type(error).__name__})") from None

    def _style(self, voice: str) -> torch.Tensor:
        """A voice's styles, one for each length of the phonemes."""
        if voice not in self._styles:
            file = self._folder / "voices" / f"{voice}.pt"
            if not file.is_file():
                raise self._broken(f"has no file for the voice {voice}")
            try:
                style = torch.load(file, map_location="cpu", weights_only=True)
                if style.shape[1:] != (1, 256):
                    raise ValueError(style.shape)
            except DAMAGE:
                raise self._broken(f"has a damaged file for the voice {voice}") from None
            self._styles[voice] = style
        return self._styles[voice]

    def _broken(self, what: str) -> EngineFailed:
        pull = f"clawctl models pull {self._name}"
        remedy = f"clawctl config set kokoro_model {KNOWN}" if folder_of(self._name) else pull
        return EngineFailed(f"the model {self._name} {what}; try: {remedy}")


def _phonemes(*, british: bool) -> Phonemes:
    """By the library's dictionary where spaCy has its tagger, else by espeak-ng's rules."""
    if not spacy.util.is_package(TAGGER):
        by_rule: Phonemes = espeak.EspeakG2P("en-gb" if british else "en-us")
        return by_rule
    fallback = espeak.EspeakFallback(british=british)
    by_dictionary: Phonemes = en.G2P(british=british, fallback=fallback, unk="")
    return by_dictionary
