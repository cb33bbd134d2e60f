import struct

import pytest

from clawctl.testing.handset_form import SILENCE, canonical_wav
from clawctl.testing.handset_sound import Unplayable, clip_of, live_format


def wav(
    code: int = 1,
    channels: int = 1,
    rate: int = 16_000,
    bits: int = 16,
    data: bytes = b"\x01\x02\x03\x04" * 24,
    more: bytes = b"",
) -> bytes:
    """A WAV of any format, with exact sizes; `more` are chunks after the data."""
    frame = channels * bits // 8
    fmt = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits)
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", len(data))
    body = b"WAVE" + chunks + data + b"\0" * (len(data) % 2) + more
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("code", "channels", "rate", "bits"),
    [
        (1, 1, 16_000, 16),
        (1, 2, 48_000, 16),
        (1, 1, 8_000, 8),
        (1, 1, 24_000, 24),
        (1, 6, 44_100, 32),
        (3, 1, 48_000, 32),
    ],
)
def test_these_are_played(code: int, channels: int, rate: int, bits: int) -> None:
    clip = clip_of(wav(code, channels, rate, bits))

    assert clip.seconds == 96 / (rate * channels * bits // 8)


def test_chunks_before_and_after_the_data_are_skipped() -> None:
    fine = wav(more=b"LIST\x04\0\0\0INFO")

    assert clip_of(fine).seconds == 0.003
    assert clip_of(wav(bits=8, data=b"abc" * 11, more=b"note\0\0\0\0")).seconds == 33 / 16_000


def test_silence_is_told_from_sound() -> None:
    assert clip_of(SILENCE).silent
    assert not clip_of(canonical_wav(b"\0\0\1\0", 8_000)).silent


BROKEN = [
    ("bad_wav", b""),
    ("bad_wav", b"RIFF" + bytes(39)),
    ("bad_wav", b"OggS" + bytes(60)),
    ("bad_wav", b"RIFF" + struct.pack("<I", 56) + b"WAVE" + bytes(52)),
    ("bad_wav", wav(code=3, bits=64)),
    ("bad_wav", wav(code=6, bits=8)),
    ("bad_wav", wav(bits=12)),
    ("bad_wav", wav(channels=0)),
    ("bad_wav", wav(rate=0)),
    ("bad_wav", wav(data=b"")),
    ("bad_wav", canonical_wav(b"ab", 8_000).replace(b"fmt ", b"xmt ")),
    ("wav_sizes", wav()[:-2]),
    ("wav_sizes", wav() + b"ab"),
    ("wav_sizes", wav(data=b"abc" * 20 + b"d")),
    ("wav_sizes", b"RIFF" + bytes(4) + wav()[8:]),
    ("wav_sizes", wav()[:16] + b"\xff\xff\0\0" + wav()[20:]),
    ("wav_sizes", wav(more=b"LIST\xff\0\0\0INFO")),
    ("wav_streaming_header", wav()[:40] + b"\0\0\0\0" + wav()[44:]),
    ("wav_streaming_header", wav()[:40] + b"\xff\xff\xff\xff" + wav()[44:]),
    ("wav_streaming_header", wav()[:40] + b"\x00\xff\xff\x7f" + wav()[44:]),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN)
def test_these_are_refused(rule: str, broken: bytes) -> None:
    with pytest.raises(Unplayable) as refused:
        clip_of(broken)

    assert refused.value.violation.rule == rule


def test_a_live_stream_may_leave_its_size_open() -> None:
    header = canonical_wav(b"", 24_000)[:40] + b"\x00\xff\xff\x7f"

    fmt, samples = live_format(header + b"ab")

    assert (fmt.rate, fmt.bytes_per_s, samples) == (24_000, 48_000, b"ab")


@pytest.mark.parametrize(
    "chunk",
    [
        b"no header",
        wav(code=3, bits=32),
        canonical_wav(b"", 8_000)[:40] + b"\xff\xff\xff\xff",
        canonical_wav(b"", 8_000)[:30],
    ],
)
def test_a_live_stream_needs_a_header_it_can_play(chunk: bytes) -> None:
    with pytest.raises(Unplayable) as refused:
        live_format(chunk)

    assert refused.value.violation.rule == "stream_header"
