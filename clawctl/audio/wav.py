"""WAV, the only sound format on the phone's wire (RIFF/WAVE; formats 1 and 3, extensible too)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono 16-bit little-endian samples at `rate` Hz."""

    pcm: bytes
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.rate
