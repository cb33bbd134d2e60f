"""WAV files as they come from phones, browsers, recorders and damaged uploads."""

import math
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.audio.wav import Sound, header, read, silence, write
from clawctl.errors import BadAudio

SAMPLES = (0, 1, -1, 258, -259, 32767, -32768)
PCM16 = struct.pack("<7h", *SAMPLES)

GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", name, len(body)) + body + bytes(len(body) % 2)


def fmt(
    code: int = 1, channels: int = 1, rate: int = 16000, bits: int = 16, block: int | None = None
) -> bytes:
    frame = channels * bits // 8 if block is None else block
    return chunk(b"fmt ", struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits))


def extensible(code: int, bits: int, tail: bytes = GUID_TAIL) -> bytes:
    head = struct.pack("<HHIIHH", 0xFFFE, 1, 16000, 2000 * bits, bits // 8, bits)
    return chunk(b"fmt ", head + struct.pack("<HHIH", 22, bits, 4, code) + tail)


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def test_what_the_phone_sends_is_read_as_it_is() -> None:
    assert read(riff(fmt(rate=24000), chunk(b"data", PCM16))) == Sound(PCM16, 24000)


def test_what_we_write_is_canonical_with_exact_sizes() -> None:
    written = write(Sound(PCM16, 22050))

    assert written == riff(fmt(rate=22050), chunk(b"data", PCM16))
    assert len(written) == 44 + len(PCM16)
    assert read(written) == Sound(PCM16, 22050)


def test_the_greeting_request_of_the_phone_has_9644_bytes() -> None:
    assert len(write(silence(300, 16000))) == 9644


def test_the_header_of_a_stream_says_a_size_the_phone_reads_as_positive() -> None:
    assert header(24000, None)[40:] == bytes.fromhex("00ffff7f")
    assert header(24000, None)[4:8] == bytes.fromhex("24ffff7f")
    assert len(header(24000, None)) == 44


def test_no_samples_are_no_error() -> None:
    assert read(riff(fmt(), chunk(b"data", b""))) == Sound(b"", 16000)
    assert read(riff(fmt(channels=2, bits=24), chunk(b"data", b""))) == Sound(b"", 16000)
    assert read(write(Sound(b"", 8000))) == Sound(b"", 8000)


def test_seconds_are_samples_over_rate() -> None:
    assert silence(300, 16000).seconds == 0.3


@pytest.mark.parametrize(
    ("code", "bits", "data"),
    [
        (1, 16, PCM16),
        (1, 24, b"".join(struct.pack("<i", s << 16)[1:] for s in SAMPLES)),
        (1, 32, struct.pack("<7i", *(s << 16 for s in SAMPLES))),
        (3, 32, struct.pack("<7f", *(s / 32768 for s in SAMPLES))),
        (3, 64, struct.pack("<7d", *(s / 32768 for s in SAMPLES))),
    ],
)
def test_every_width_holds_the_same_samples(code: int, bits: int, data: bytes) -> None:
    body = chunk(b"data", data)

    assert read(riff(fmt(code, bits=bits), body)).pcm == PCM16
    assert read(riff(extensible(code, bits), body)).pcm == PCM16


def test_eight_bits_are_unsigned() -> None:
    sound = read(riff(fmt(bits=8), chunk(b"data", bytes([128, 0, 255, 129]))))

    assert struct.unpack("<4h", sound.pcm) == (0, -32768, 32512, 256)


def test_channels_are_averaged() -> None:
    stereo = struct.pack("<6h", 100, 200, -32768, -32768, 32767, -32767)
    four = struct.pack("<4h", 8, 16, 24, 32)

    assert struct.unpack("<3h", read(riff(fmt(channels=2), chunk(b"data", stereo))).pcm) == (
        150,
        -32768,
        0,
    )
    assert struct.unpack("<h", read(riff(fmt(channels=4), chunk(b"data", four))).pcm) == (20,)


def test_a_long_stereo_file_is_converted_piece_by_piece_without_seams() -> None:
    mono = b"".join(struct.pack("<h", i % 1000) for i in range(200_000))
    stereo = b"".join(mono[i : i + 2] * 2 for i in range(0, len(mono), 2))

    assert read(riff(fmt(channels=2), chunk(b"data", stereo))).pcm == mono


@pytest.mark.parametrize(("code", "letter"), [(32, "f"), (64, "d")])
def test_floats_beyond_all_bounds_are_clipped_and_no_number_is_silence(
    code: int, letter: str
) -> None:
    values = struct.pack(f"<6{letter}", math.nan, math.inf, -math.inf, 1.5, -9e30, 1e-40)

    sound = read(riff(fmt(3, bits=code), chunk(b"data", values)))

    assert struct.unpack("<6h", sound.pcm) == (0, 32767, -32768, 32767, -32768, 0)


def test_other_chunks_stand_where_they_like() -> None:
    data = riff(
        chunk(b"LIST", b"INFOodd"),
        fmt(),
        chunk(b"fact", struct.pack("<I", 7)),
        chunk(b"data", PCM16),
        chunk(b"LIST", b"INFO"),
    )

    assert read(data).pcm == PCM16
    assert read(data + b"junk").pcm == PCM16


def test_the_size_in_the_riff_header_does_not_matter() -> None:
    good = write(Sound(PCM16, 16000))

    assert read(good[:4] + bytes(4) + good[8:]).pcm == PCM16


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the audio is not a WAV: it does not begin with RIFF and WAVE"),
        (b"ID3\x04" + bytes(60), "the audio is not a WAV: it does not begin with RIFF and WAVE"),
        (b"RIFX\0\0\0\0WAVE", "the audio is not a WAV: it does not begin with RIFF and WAVE"),
        (riff(), "the WAV has no data chunk"),
        (riff(fmt()), "the WAV has no data chunk"),
        (riff(chunk(b"data", PCM16), fmt()), "the WAV has no fmt chunk before its data"),
        (
            riff(fmt(), chunk(b"data", PCM16))[:-4],
            "the WAV is truncated: its 'data' chunk says 14 bytes but only 10 are there",
        ),
        (
            riff(fmt())[:-4],
            "the WAV is truncated: its 'fmt ' chunk says 16 bytes but only 12 are there",
        ),
        (
            riff(struct.pack("<4sI", b"\xff\x00ab", 9)),
            "the WAV is truncated: its '\\xff\\x00ab' chunk says 9 bytes but only 0 are there",
        ),
        (
            header(16000, None) + PCM16,
            "the WAV has the header of a stream (data size 0x7FFFFF00); it must say how many bytes",
        ),
        (
            header(16000, 0xFFFFFFFF - 36)[:40] + b"\xff\xff\xff\xff" + PCM16,
            "the WAV has the header of a stream (data size 0xFFFFFFFF); it must say how many bytes",
        ),
        (
            header(16000, 0) + PCM16,
            "the WAV has the header of a stream (data size 0x0); it must say how many bytes",
        ),
        (
            riff(chunk(b"fmt ", bytes(14)), chunk(b"data", PCM16)),
            "the WAV has a fmt chunk of 14 bytes; 16 is the least",
        ),
        (
            riff(fmt(0x55), chunk(b"data", PCM16)),
            "the WAV is in format 0x0055, compressed or unknown; PCM is needed",
        ),
        (
            riff(extensible(7, 16), chunk(b"data", PCM16)),
            "the WAV is in format 0x0007, compressed or unknown; PCM is needed",
        ),
        (
            riff(extensible(1, 16, bytes(14)), chunk(b"data", PCM16)),
            "the WAV is in format 0xFFFE, compressed or unknown; PCM is needed",
        ),
        (
            riff(fmt(bits=12), chunk(b"data", PCM16)),
            "the WAV has 12 bits a sample, which PCM cannot have",
        ),
        (
            riff(fmt(3, bits=16), chunk(b"data", PCM16)),
            "the WAV has 16 bits a sample, which float cannot have",
        ),
        (riff(fmt(channels=0), chunk(b"data", PCM16)), "the WAV has no channels"),
        (
            riff(fmt(rate=3999), chunk(b"data", PCM16)),
            "the WAV has 3999 samples a second; 4000 to 192000 will do",
        ),
        (
            riff(fmt(rate=192001), chunk(b"data", PCM16)),
            "the WAV has 192001 samples a second; 4000 to 192000 will do",
        ),
        (
            riff(fmt(channels=2, block=2), chunk(b"data", PCM16)),
            "the WAV says 2 bytes a frame, but 2 times 16 bits are 4",
        ),
        (
            riff(fmt(channels=2), chunk(b"data", PCM16)),
            "the WAV ends within a frame: 14 bytes of data, 4 a frame",
        ),
        (
            riff(*[chunk(b"junk", b"")] * 64, fmt(), chunk(b"data", PCM16)),
            "the WAV has more than 64 chunks before its data",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_one_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadAudio) as caught:
        read(data)

    assert str(caught.value) == reason


def test_the_ordinary_file_needs_no_numpy() -> None:
    code = (
        "import sys; from clawctl.audio.wav import *; read(write(silence(300, 16000)));"
        "sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def readable(data: bytes) -> bool:
    try:
        sound = read(data)
    except BadAudio:
        return False
    assert len(sound.pcm) % 2 == 0
    return True


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sound_or_bad_audio(data: bytes) -> None:
    readable(data)
    readable(b"RIFF\0\0\0\0WAVE" + data)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.builds(
                fmt,
                code=st.sampled_from((1, 3, 7, 0xFFFE)),
                channels=st.integers(0, 5),
                rate=st.sampled_from((0, 8000, 48000)),
                bits=st.sampled_from((0, 8, 16, 24, 32, 64)),
            ),
            st.builds(extensible, st.integers(0, 4), st.sampled_from((8, 16, 24, 32, 64))),
            st.builds(chunk, st.sampled_from((b"data", b"LIST")), st.binary(max_size=64)),
        ),
        max_size=5,
    ),
    st.integers(0, 30),
)
def test_any_order_of_chunks_cut_anywhere_is_a_sound_or_bad_audio(
    chunks: list[bytes], cut: int
) -> None:
    whole = riff(*chunks)

    readable(whole[: len(whole) - cut])


@given(st.binary(max_size=200).map(lambda b: b[: len(b) // 2 * 2]), st.integers(4000, 192000))
def test_what_was_written_is_read_back(pcm: bytes, rate: int) -> None:
    assert read(write(Sound(pcm, rate))) == Sound(pcm, rate)


@given(st.lists(st.integers(-32768, 32767), max_size=50), st.integers(1, 4))
def test_equal_channels_average_to_themselves(samples: list[int], channels: int) -> None:
    pcm = b"".join(struct.pack("<h", s) * channels for s in samples)

    sound = read(riff(fmt(channels=channels), chunk(b"data", pcm)))

    assert sound.pcm == struct.pack(f"<{len(samples)}h", *samples)
