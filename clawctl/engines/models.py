"""Where models lie on this machine, and whether all of one is there; asks no network.

A model is named by

    a folder           /models/qwen, ~/qwen, ./qwen or any path to a folder
    its name at a hub  mlx-community/Qwen2.5-1.5B-Instruct-4bit
    a Piper voice      de_DE-thorsten-high, short thorsten-high: two files of PIPER_VOICES

and is looked for in `caches()`, in the layout that every library of the hub shares: what one of
them has fetched is there for all, and 'clawctl models pull' fetches into the first. Piper voices
are also looked for as loose files in `voices/` of the working place.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

PIPER_VOICES = "rhasspy/piper-voices"
# What 'clawctl models pull' wanted of a model, beside its files: so that one half fetched is known.
WANTED = "clawctl.json"

WEIGHTS = (".safetensors", ".npz", ".gguf", ".pth", ".bin", ".onnx")
# A hub's own rule, less what could lead out of the cache.
HUB_NAME = re.compile(r"(?!.*(?:--|\.\.))[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
VOICE_NAME = re.compile(
    r"(?:(?P<lang>[a-z]{2,3}_[A-Z]{2})-)?(?P<name>\w{1,60})-(?P<quality>x_low|low|medium|high)",
    re.ASCII,
)
SHARD = re.compile(r"(?P<stem>.+)-\d{5}-of-(?P<count>\d{5})(?P<kind>\.\w+)")

# What the models cost that our settings and manuals name, in megabytes.
SIZES_MB: Mapping[str, int] = {
    "mlx-community/parakeet-tdt-0.6b-v2": 2300,
    "mlx-community/Kokoro-82M-bf16": 375,
    "mlx-community/Qwen2.5-1.5B-Instruct-4bit": 880,
    "mlx-community/whisper-large-v3-turbo": 1610,
    "hexgrad/Kokoro-82M": 360,
    "de_DE-thorsten-high": 110,
    "de_DE-thorsten-medium": 63,
    "de_DE-thorsten-low": 63,
    "de_DE-thorsten_emotional-medium": 77,
}


class Wanted(msgspec.Struct, frozen=True):
    """The files a commit of a model must have, and their sizes in bytes."""

    commit: str
    files: dict[str, int]


def where(model: str) -> Path | None:
    """The folder of a model that is completely there; of a Piper voice its .onnx file."""
    if (folder := folder_of(model)) is not None:
        return folder if not lacking(folder) else None
    if voice := voice_of(model):
        return next((place for place in _voice_places(voice) if not _missing_of(place)), None)
    return next((place for place in _snapshots(model) if not lacking(place)), None)


def why_not(model: str) -> str:
    """Why `where` finds nothing and the next thing to try, or ""."""
    if where(model):
        return ""
    if not model.strip():
        return "no model is named"
    if (folder := folder_of(model)) is not None:
        return f"the folder {model} holds no whole model: it has no {lacking(folder)}"
    if looks_like_path(model):
        return f"there is no folder {model}"
    if not (voice := voice_of(model)) and not HUB_NAME.fullmatch(model):
        return f"{model!r} is neither a folder nor a name like mlx-community/whisper-tiny"
    return _to_be_pulled(voice or model)


def _to_be_pulled(model: str) -> str:
    began = next(iter(_voice_places(model) if voice_of(model) else _snapshots(model)), None)
    state = "is not here" if began is None else f"is here in part; no {_missing_of(began)} yet"
    size = f" ({SIZES_MB[model]} MB)" if model in SIZES_MB else ""
    return f"the model {model}{size} {state}; try: clawctl models pull {model}"


def caches() -> list[Path]:
    """The hub caches that are looked at, in order; the first is the one that is filled.

    HF_HUB_CACHE or HF_HOME if one is set; else `.models` of the working place, if it is there, and
    what programs of the hub use by themselves.
    """
    told = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if told:
        return [_expanded(told)]
    if home := os.environ.get("HF_HOME"):
        return [_expanded(home) / "hub"]
    own = Path(".models").absolute()
    usual = _expanded(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"
    return [place / "hub" for place in (own, usual) if place is usual or place.is_dir()]


def storage(cache: Path, model: str) -> Path:
    """Where a cache keeps a model with its commits."""
    return cache / f"models--{model.replace('/', '--')}"


def looks_like_path(model: str) -> bool:
    return model.startswith(("/", "~", "./", "../")) or model in {".", ".."}


def folder_of(model: str) -> Path | None:
    """The folder that is meant, if there is one; a path is taken before a name at the hub."""
    if not model.strip():
        return None
    place = _expanded(model)
    # Not the path's own is_dir: a name that is too long is none, and no error.
    return place if os.path.isdir(place) else None  # noqa: PTH112


def voice_of(model: str) -> str:
    """The full name of a Piper voice, German unless it says otherwise, or ""."""
    found = VOICE_NAME.fullmatch(model)
    return f"{found['lang'] or 'de_DE'}-{found['name']}-{found['quality']}" if found else ""


def voice_file(voice: str) -> str:
    """Where PIPER_VOICES keeps a voice; its settings are beside it, as .onnx.json."""
    lang, name, quality = voice.split("-")
    return f"{lang.split('_')[0]}/{lang}/{name}/{quality}/{voice}.onnx"


def lacking(folder: Path) -> str:
    """What a model's folder has not got, or ""."""
    if (wanted := _wanted(folder)) is not None:
        return next(
            (name for name, size in wanted.files.items() if _size(folder / name) != size), ""
        )
    try:
        names = {entry.name for entry in folder.iterdir() if entry.is_file()}
    except OSError as error:
        return f"readable content ({error.strerror})"
    if "config.json" not in names:
        return "config.json"
    weights = {name for name in names if name.endswith(WEIGHTS)}
    return _lacking_shard(weights) if weights else "weights (*.safetensors and the like)"


def _lacking_shard(weights: set[str]) -> str:
    for name in weights:
        if (shard := SHARD.fullmatch(name)) is None:
            continue
        for number in range(1, int(shard["count"]) + 1):
            other = f"{shard['stem']}-{number:05}-of-{shard['count']}{shard['kind']}"
            if other not in weights:
                return other
    return ""


def _wanted(folder: Path) -> Wanted | None:
    """What was to be fetched into a snapshot, if we fetched it and not another program."""
    if folder.parent.name != "snapshots":
        return None
    try:
        wanted = msgspec.json.decode((folder.parent.parent / WANTED).read_bytes(), type=Wanted)
    except (OSError, msgspec.MsgspecError):
        return None
    return wanted if wanted.commit == folder.name else None


def _snapshots(model: str) -> Iterator[Path]:
    """The commits of a model that are here, the one that is current first, then the newest."""
    if not HUB_NAME.fullmatch(model):
        return
    for cache in caches():
        kept = storage(cache, model)
        try:
            current = (kept / "refs" / "main").read_text().strip()
        except (OSError, UnicodeDecodeError):
            current = ""
        there = [place for place in kept.glob("snapshots/*") if place.is_dir()]
        yield from sorted(there, key=lambda place: (place.name != current, -place.stat().st_mtime))


def _voice_places(voice: str) -> Iterator[Path]:
    """Where a voice is, or begins to be."""
    loose = Path("voices").absolute() / f"{voice}.onnx"
    if loose.is_file():
        yield loose
    for snapshot in _snapshots(PIPER_VOICES):
        place = snapshot / voice_file(voice)
        if place.is_file() or _settings_of(place).is_file():
            yield place


def _settings_of(voice: Path) -> Path:
    return voice.with_name(voice.name + ".json")


def _missing_of(place: Path) -> str:
    if place.suffix != ".onnx":
        return lacking(place)
    needed = (place, _settings_of(place))
    return next((one.name for one in needed if _size(one) <= 0), "")


def _size(file: Path) -> int:
    """In bytes; -1 for one that is not there."""
    try:
        return file.stat().st_size
    except OSError:
        return -1


def _expanded(text: str) -> Path:
    try:
        return Path(os.path.expandvars(text)).expanduser()
    except RuntimeError:
        # A home that nobody has.
        return Path(text)
