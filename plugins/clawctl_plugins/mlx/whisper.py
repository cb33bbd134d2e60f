"""A Whisper model of mlx-whisper, loaded."""

from pathlib import Path
from typing import Any

import msgspec
from mlx_whisper.tokenizer import LANGUAGES
from mlx_whisper.transcribe import ModelHolder, transcribe

import mlx.core as mx
from clawctl_plugins.mlx.listening import (
    GUESS,
    NO_SPEECH,
    REPETITION,
    TEMPERATURES,
    Segment,
)


class Whisper:
    def __init__(self, path: Path) -> None:
        self._path = str(path)
        # Halves are quick on a GPU and slow elsewhere.
        self._half = mx.default_device() == mx.gpu
        model = ModelHolder.get_model(self._path, mx.float16 if self._half else mx.float32)
        self.langs = frozenset(LANGUAGES) if model.is_multilingual else frozenset({"en"})

    def segments(self, samples: Any, lang: str | None, *, whole: bool) -> list[Segment]:
        """What was said in 16,000 samples a second; `whole` if that is one window of the model."""
        heard = transcribe(
            samples,
            path_or_hf_repo=self._path,
            language=lang,
            temperature=TEMPERATURES,
            compression_ratio_threshold=REPETITION,
            logprob_threshold=GUESS,
            no_speech_threshold=NO_SPEECH,
            # One window's mistake would be taken over by all that follow.
            condition_on_previous_text=False,
            without_timestamps=whole,
            fp16=self._half,
        )
        return msgspec.convert(heard["segments"], list[Segment])
