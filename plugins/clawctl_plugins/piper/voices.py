"""The names of Piper's voices: the German ones of the gateway manual, and those that are here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clawctl.engines.models import PIPER_VOICES, VOICE_NAME, caches, storage, voice_of
from clawctl.errors import EngineFailed

GERMAN: Mapping[str, tuple[str, ...]] = {
    "Male": (
        "thorsten-high",
        "thorsten-medium",
        "thorsten-low",
        "karlsson-low",
        "pavoque-low",
    ),
    "Female": ("eva_k-x_low", "kerstin-low", "ramona-low"),
    "Emotional": ("thorsten_emotional-medium",),
}
# The voice whose speakers are emotions of one man.
EMOTIONAL = "thorsten_emotional-medium"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A voice by its full name, as of its files, and a speaker of it, by number or by name."""

    name: str
    speaker: int | str


def chosen(name: str, speaker: int) -> Chosen | None:
    """`name` may end in a speaker's name after a colon; None if no voice can have it."""
    voice, _, inner = name.partition(":")
    full = voice_of(voice)
    return Chosen(full, inner or speaker) if full else None


def speaker_number(voice: str, speaker: int | str, count: int, names: Mapping[str, int]) -> int:
    """The number by which `voice`, which has `count` speakers, knows one; raises EngineFailed.

    A voice of one speaker has no other, whoever is asked for.
    """
    if count <= 1:
        return 0
    number = names.get(speaker, -1) if isinstance(speaker, str) else speaker
    if 0 <= number < count:
        return number
    told = ", ".join(f"{name} {at}" for name, at in names.items()) or f"0 to {count - 1}"
    raise EngineFailed(
        f"the voice {voice} has no speaker {speaker}; set piper_speaker to one of: {told[:300]}"
    )


def voices(lang: str) -> dict[str, tuple[str, ...]]:
    """Those of the manual, whether here or not; emotions by name; and what else is here."""
    # Takes half as long to import as everything else here.
    from clawctl.config.views import EMOTIONS  # noqa: PLC0415

    named = dict(GERMAN) if lang == "de" else {}
    if named:
        named["Emotions"] = tuple(f"{EMOTIONAL}:{emotion}" for emotion in EMOTIONS)
    known = {voice_of(name) for names in named.values() for name in names}
    more = tuple(sorted(set(_here(lang)) - known))
    return {**named, **({"Here": more} if more else {})}


def _here(lang: str) -> Iterator[str]:
    """Voices of a language whose files are on this machine."""
    yield from _names(Path("voices"), f"{lang}_*.onnx")
    for cache in caches():
        snapshots = storage(cache, PIPER_VOICES) / "snapshots"
        yield from _names(snapshots, f"*/{lang}/*/*/*/{lang}_*.onnx")


def _names(place: Path, pattern: str) -> Iterator[str]:
    return (file.stem for file in place.glob(pattern) if VOICE_NAME.fullmatch(file.stem))
