"""Which WAV the phone app plays: stricter than most players, above all about sizes.

Written apart from `clawctl.audio` on purpose: the handset judges what that room writes.
"""

import struct
from dataclasses import dataclass

from clawctl.errors import BadAudio
from clawctl.testing.handset_contract import Violation

PLAYED_AT_MOST_S = 90.0
LIVE_SIZE_LIMIT = 0x7FFFFFFF
# From here on a data size is no length but a confession that none is known.
_STREAMING_FROM = 0x7FFFFF00
_PCM, _FLOAT = 1, 3


class Unplayable(BadAudio):
    """The app would not play it; carries the rule that was broken."""

    def __init__(self, rule: str, detail: str) -> None:
        self.violation = Violation(rule, detail)
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Format:
    code: int
    channels: int
    rate: int
    bits: int

    @property
    def bytes_per_s(self) -> int:
        return self.rate * self.channels * self.bits // 8

    def check(self) -> None:
        known = (self.code == _PCM and self.bits in {8, 16, 24, 32}) or (
            self.code == _FLOAT and self.bits == 32
        )
        if not known or not self.channels or not self.rate:
            raise Unplayable(
                "bad_wav",
                f"format {self.code}, {self.bits} bits, {self.channels} channels, {self.rate} Hz",
            )


@dataclass(frozen=True, slots=True)
class Clip:
    """A WAV that the app plays in full."""

    format: Format
    seconds: float
    silent: bool


def clip_of(wav: bytes) -> Clip:
    """Raises Unplayable as the app would refuse it."""
    if len(wav) < 44:
        raise Unplayable("bad_wav", f"{len(wav)} bytes, less than a header")
    fmt, start, size = _to_data(wav)
    data = wav[start : start + size]
    _check_sizes(wav, start, size)
    _check_data(fmt, data)
    return Clip(fmt, len(data) / fmt.bytes_per_s, data.count(data[:1]) == len(data))


def live_format(chunk: bytes) -> tuple[Format, bytes]:
    """Format and first samples of a stream that is played as it comes; raises Unplayable."""
    try:
        fmt, start, size = _to_data(chunk)
    except Unplayable as error:
        raise Unplayable("stream_header", str(error)) from None
    if fmt.code != _PCM or size > LIVE_SIZE_LIMIT:
        raise Unplayable("stream_header", f"format {fmt.code}, data size {size:#x}")
    return fmt, chunk[start:]


def _to_data(wav: bytes) -> tuple[Format, int, int]:
    """The format, where the samples start, and how many bytes the header says they take."""
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise Unplayable("bad_wav", "no RIFF/WAVE header")
    fmt: Format | None = None
    at = 12
    while at + 8 <= len(wav):
        name, size = struct.unpack_from("<4sI", wav, at)
        at += 8
        if name == b"data":
            if fmt is None:
                raise Unplayable("bad_wav", "no format before the data")
            return fmt, at, size
        if at + size > len(wav):
            raise Unplayable("wav_sizes", f"chunk {name!r} of {size} bytes leaves the file")
        if name == b"fmt ":
            fmt = _format(wav[at : at + size])
        at += size + size % 2
    raise Unplayable("bad_wav", "no data chunk")


def _format(body: bytes) -> Format:
    if len(body) < 16:
        raise Unplayable("bad_wav", f"a format of {len(body)} bytes")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    fmt = Format(code, channels, rate, bits)
    fmt.check()
    return fmt


def _check_sizes(wav: bytes, start: int, size: int) -> None:
    there = len(wav) - start
    if size >= _STREAMING_FROM or (size == 0 and there):
        raise Unplayable("wav_streaming_header", f"data size {size:#x}, {there} bytes follow")
    if size > there:
        raise Unplayable("wav_sizes", f"data of {size} bytes, {there} are there")
    riff = struct.unpack_from("<I", wav, 4)[0]
    if riff != len(wav) - 8:
        raise Unplayable("wav_sizes", f"RIFF size {riff}, the file needs {len(wav) - 8}")
    _check_rest(wav, start + size + size % 2)


def _check_rest(wav: bytes, at: int) -> None:
    while at < len(wav):
        size = int.from_bytes(wav[at + 4 : at + 8], "little")
        if at + 8 + size > len(wav):
            raise Unplayable("wav_sizes", f"{len(wav) - at} bytes after the data are no chunk")
        at += 8 + size + size % 2


def _check_data(fmt: Format, data: bytes) -> None:
    if not data:
        raise Unplayable("bad_wav", "no samples")
    if len(data) % (fmt.channels * fmt.bits // 8):
        raise Unplayable("wav_sizes", f"{len(data)} bytes are no whole number of samples")
