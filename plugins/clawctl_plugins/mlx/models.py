"""The folders of models, and the little of their content that is asked before one is loaded."""

import os
from pathlib import Path

import msgspec

from clawctl.errors import EngineFailed


class Config(msgspec.Struct, frozen=True):
    """What a model says of itself; a language model of several parts has a part for text."""

    max_position_embeddings: int = 0
    n_vocab: int = 0
    text_config: "Config | None" = None

    @property
    def window(self) -> int:
        """Tokens it can have before it at a time; 0 if it does not say."""
        text = self.text_config.window if self.text_config else 0
        return text or self.max_position_embeddings


def where(model: str) -> Path | None:
    """The folder of a model that is complete."""
    for place in _places(model):
        if (place / "config.json").is_file():
            return place
    return None


def why_not(model: str) -> str:
    """Why a model cannot be loaded and what to try, or ""."""
    if where(model):
        return ""
    return f"the model {model} is not there; try: clawctl models pull {model}"


def folder(model: str) -> Path:
    """Raises EngineFailed when there is none: nothing is ever fetched in the middle of a call."""
    if (place := where(model)) is None:
        raise EngineFailed(why_not(model))
    return place


def config(place: Path) -> Config:
    """Raises EngineFailed for a folder that holds something else."""
    try:
        return msgspec.json.decode((place / "config.json").read_bytes(), type=Config)
    except (OSError, msgspec.MsgspecError) as error:
        raise EngineFailed(f"{place.name} has no usable config.json: {error}") from None


def _places(model: str) -> list[Path]:
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    kept = home / "hub" / f"models--{model.replace('/', '--')}" / "snapshots"
    return [Path(model).expanduser(), *sorted(kept.glob("*"))]
