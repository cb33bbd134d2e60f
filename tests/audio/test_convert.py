"""Rates and seams."""

import numpy as np
import pytest

from clawctl.audio.convert import join, resample
from clawctl.audio.wav import Sound, silence


def tone(hz: float, rate: int, seconds: float = 0.5) -> Sound:
    wave = np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate) * 10_000
    return Sound(wave.astype("<i2").tobytes(), rate)


@pytest.mark.parametrize(("before", "after"), [(24000, 16000), (22050, 24000), (8000, 48000)])
def test_another_rate_is_the_same_sound(before: int, after: int) -> None:
    changed = resample(tone(440, before), after)

    wanted = np.frombuffer(tone(440, after).pcm, "<i2").astype(int)
    found = np.frombuffer(changed.pcm, "<i2").astype(int)
    assert (changed.rate, len(found)) == (after, len(wanted))
    # The ends ring: there the sound begins and stops from nothing.
    assert np.abs(found - wanted)[after // 20 : -after // 20].max() <= 20


def test_what_a_lower_rate_cannot_hold_is_gone_and_not_folded_down() -> None:
    changed = resample(tone(7000, 24000), 8000)

    assert np.abs(np.frombuffer(changed.pcm, "<i2")[400:-400]).max() <= 5


def test_silence_stays_silence() -> None:
    assert resample(silence(100, 22050), 48000) == silence(100, 48000)


def test_full_scale_is_clipped_and_does_not_wrap_round() -> None:
    square = np.where(np.arange(24000) // 50 % 2, 32767, -32768)

    changed = np.frombuffer(
        resample(Sound(square.astype("<i2").tobytes(), 24000), 16000).pcm, "<i2"
    )

    assert (changed.min(), changed.max()) == (-32768, 32767)
    assert np.abs(np.diff(changed[:33].astype(int))).max() < 32767


def test_the_same_rate_changes_nothing() -> None:
    assert resample(tone(440, 16000), 16000) == tone(440, 16000)


def test_nothing_stays_nothing() -> None:
    assert resample(Sound(b"", 8000), 48000) == Sound(b"", 48000)


def test_joined_sounds_take_the_rate_of_the_first() -> None:
    first = tone(440, 16000)

    joined = join([first, silence(100, 24000), Sound(b"", 8000), silence(50, 16000)])

    assert joined.rate == 16000
    assert joined.pcm == first.pcm + bytes(2 * 16 * 150)


def test_one_sound_joined_is_itself() -> None:
    assert join([tone(440, 22050)]) == tone(440, 22050)
