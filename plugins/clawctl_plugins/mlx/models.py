"""What the folder of a model says before it is loaded: whether it is of the kind, its window."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from clawctl.engines import models
from clawctl.errors import EngineFailed


class Config(msgspec.Struct, frozen=True):
    """A language model that also sees has a part of its own for text."""

    model_type: str = ""
    max_position_embeddings: Annotated[int, Meta(ge=0)] = 0
    n_mels: int = 0
    text_config: "Config | None" = None

    @property
    def window(self) -> int:
        """Tokens it can have before it at a time; 0 if it does not say."""
        text = self.text_config.window if self.text_config else 0
        return text or self.max_position_embeddings


def config(place: Path) -> Config:
    """Raises EngineFailed for a folder that holds something else."""
    try:
        return msgspec.json.decode((place / "config.json").read_bytes(), type=Config)
    except (OSError, msgspec.MsgspecError):
        raise EngineFailed(f"{place.name} has no config.json of a model") from None


def window(model: str) -> int:
    """Tokens a model can have before it at a time; 0 if it does not say."""
    place = models.where(model)
    return config(place).window if place else 0


def why_no_lm(model: str) -> str:
    """Why it cannot be loaded and what to try, or ""."""
    return _why_not(
        model,
        lambda it: bool(it.model_type) and it.model_type != "whisper",
        "is no language model: look at llm_model",
    )


def why_no_whisper(model: str) -> str:
    return _why_not(
        model,
        lambda it: it.n_mels > 0,
        "is no Whisper model in the form of MLX, such as mlx-community/whisper-large-v3-turbo:"
        " look at mlx_whisper_model",
    )


def folder(model: str, why_not: Callable[[str], str]) -> Path:
    """Raises EngineFailed when there is none: nothing is ever fetched in the middle of a call."""
    if why := why_not(model):
        raise EngineFailed(why)
    place = models.where(model)
    if place is None:
        raise EngineFailed(f"the model {model} was just taken away")
    return place.absolute()


def _why_not(model: str, fits: Callable[[Config], bool], otherwise: str) -> str:
    place = models.where(model)
    if place is None:
        return models.why_not(model)
    try:
        fit = fits(config(place))
    except EngineFailed as error:
        return str(error)
    return "" if fit else f"{model} {otherwise}"
