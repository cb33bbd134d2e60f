"""WAV, the only sound format on the phone's wire (RIFF/WAVE; formats 1 and 3, extensible too)."""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clawctl.errors import BadAudio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
WIDTHS = {PCM: (8, 16, 24, 32), FLOAT: (32, 64)}
# Below no speech survives, above nobody records: a rate outside is a damaged header.
RATES = range(4_000, 192_001)
# Said while the end is not known; positive for the phone, which reads sizes as signed.
UNKNOWN_SIZE = 0x7FFFFF00
# Every writer to a pipe has a number of its own up here, and no file of ours is near it.
STREAMING_FROM = 0x7FFF0000
# Real files have a handful; without a limit 10 MB of zeros would be a million of them.
MAX_CHUNKS = 64
# Conversion goes through 8 bytes a sample; in pieces a hostile 10 MB stay 10 MB.
PIECE_BYTES = 1 << 18

# The last 14 bytes of a sub-format whose first two are a plain format number.
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_CHUNK = struct.Struct("<4sI")
_FMT = struct.Struct("<HHIIHH")


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono 16-bit little-endian samples at `rate` Hz."""

    pcm: bytes
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / self.rate


@dataclass(frozen=True, slots=True)
class _Format:
    code: int
    channels: int
    rate: int
    bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.bits // 8


def read(data: bytes, *, endless: bool = False) -> Sound:
    """Any uncompressed WAV as mono 16 bit; channels are averaged, the rate stays.

    Raises BadAudio with the reason. A file without samples is fine. Sizes are taken at their word,
    as the phone does: a `data` chunk that is longer than the file is a cut-off upload, and half an
    utterance must not be answered. The RIFF size is not looked at, nobody else does. `endless`
    takes the header of a stream too, whose sound goes on to the end of `data`.

    What the phone sends (16 bit mono) costs one copy, 25 µs for 8 s; other shapes import numpy and
    take up to 20 ms for 8 s at 48 kHz.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadAudio("the audio is not a WAV: it does not begin with RIFF and WAVE")
    layout: _Format | None = None
    position = 12
    for _ in range(MAX_CHUNKS):
        if position + 8 > len(data):
            raise BadAudio("the WAV has no data chunk")
        name, size = _CHUNK.unpack_from(data, position)
        position += 8
        if endless and name == b"data" and _is_streaming(data, size, position):
            size = len(data) - position
            size -= size % (layout.frame_bytes if layout else 1)
        _check_size(data, name, size, position)
        if name == b"data":
            if layout is None:
                raise BadAudio("the WAV has no fmt chunk before its data")
            return Sound(_mono16(data[position : position + size], layout), layout.rate)
        if name == b"fmt ":
            layout = _format(data[position : position + size])
        position += size + size % 2
    raise BadAudio(f"the WAV has more than {MAX_CHUNKS} chunks before its data")


def _check_size(data: bytes, name: bytes, size: int, start: int) -> None:
    there = len(data) - start
    if name == b"data" and _is_streaming(data, size, start):
        raise BadAudio(
            f"the WAV has the header of a stream (data size 0x{size:X}); it must say how many bytes"
        )
    if size > there:
        raise BadAudio(
            f"the WAV is truncated: its {name.decode('latin-1')!a} chunk says {size} bytes"
            f" but only {there} are there"
        )


def _is_streaming(data: bytes, size: int, start: int) -> bool:
    """A size that stands for "to the end"; 0 does if what follows lies outside the RIFF chunk."""
    if size:
        return size >= STREAMING_FROM
    riff_size: int = _CHUNK.unpack_from(data)[1]
    return 8 + riff_size <= start < len(data)


def _format(chunk: bytes) -> _Format:
    if len(chunk) < 16:
        raise BadAudio(f"the WAV has a fmt chunk of {len(chunk)} bytes; 16 is the least")
    code, channels, rate, _, block, bits = _FMT.unpack_from(chunk)
    if code == EXTENSIBLE and len(chunk) >= 40 and chunk[26:40] == _GUID_TAIL:
        code = int.from_bytes(chunk[24:26], "little")
    if code not in WIDTHS:
        raise BadAudio(f"the WAV is in format 0x{code:04X}, compressed or unknown; PCM is needed")
    if bits not in WIDTHS[code]:
        kind = "PCM" if code == PCM else "float"
        raise BadAudio(f"the WAV has {bits} bits a sample, which {kind} cannot have")
    if channels == 0:
        raise BadAudio("the WAV has no channels")
    if rate not in RATES:
        raise BadAudio(f"the WAV has {rate} samples a second; {RATES[0]} to {RATES[-1]} will do")
    layout = _Format(code, channels, rate, bits)
    if block != layout.frame_bytes:
        raise BadAudio(
            f"the WAV says {block} bytes a frame, but {channels} times {bits} bits"
            f" are {layout.frame_bytes}"
        )
    return layout


def _mono16(samples: bytes, layout: _Format) -> bytes:
    if len(samples) % layout.frame_bytes:
        raise BadAudio(
            f"the WAV ends within a frame: {len(samples)} bytes of data,"
            f" {layout.frame_bytes} a frame"
        )
    if (layout.code, layout.channels, layout.bits) == (PCM, 1, 16):
        return samples
    step = layout.frame_bytes * max(1, PIECE_BYTES // layout.frame_bytes)
    pieces = (samples[at : at + step] for at in range(0, len(samples), step))
    return b"".join(_converted(piece, layout) for piece in pieces)


def _converted(samples: bytes, layout: _Format) -> bytes:
    # Only here: numpy takes longer to import than everything else in this room.
    import numpy as np  # noqa: PLC0415

    frames = _full_scale_one(samples, layout).reshape(-1, layout.channels)
    # A third of the time of mean(axis=1), which is slow over few columns.
    mono = np.einsum("ij->i", frames) / layout.channels
    return bytes(np.clip(np.rint(mono * 32768), -32768, 32767).astype("<i2").tobytes())


def _full_scale_one(samples: bytes, layout: _Format) -> "NDArray[np.float64]":
    """Every sample of every channel from -1 to 1; what is not a number is silence."""
    import numpy as np  # noqa: PLC0415

    values: NDArray[np.float64]
    match layout.code, layout.bits:
        case 3, bits:
            with np.errstate(invalid="ignore"):
                values = np.frombuffer(samples, f"<f{bits // 8}").astype("f8")
                values = np.clip(np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1)
        case _, 8:
            values = (np.frombuffer(samples, "u1").astype("f8") - 128) / 2**7
        case _, 24:
            padded = np.zeros((len(samples) // 3, 4), "u1")
            padded[:, 1:] = np.frombuffer(samples, "u1").reshape(-1, 3)
            values = padded.view("<i4").ravel().astype("f8") / 2**31
        case _, bits:
            values = np.frombuffer(samples, f"<i{bits // 8}").astype("f8") / 2 ** (bits - 1)
    return values


def write(sound: Sound) -> bytes:
    """A canonical file with exact sizes, as the phone demands."""
    return header(sound.rate, len(sound.pcm)) + sound.pcm


def header(rate: int, data_bytes: int | None) -> bytes:
    """The 44 bytes before the samples; None: the end is not known yet (0x7FFFFF00)."""
    size = UNKNOWN_SIZE if data_bytes is None else data_bytes
    return _HEADER.pack(
        b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, PCM, 1, rate, 2 * rate, 2, 16, b"data", size
    )


def silence(ms: float, rate: int) -> Sound:
    return Sound(bytes(2 * round(rate * ms / 1000)), rate)
