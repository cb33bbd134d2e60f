import re

import pytest

from clawctl.audio.wav import Sound, read
from clawctl.testing.caller import captured, lost_s
from clawctl.testing.handset_sound import clip_of


def test_words_are_captured_with_a_lead_and_a_tail() -> None:
    utterance = captured(Sound(b"\x10\x00" * 16_000, 16_000), "hello", 2.0)

    assert utterance.seconds == pytest.approx(0.3 + 1.0 + 0.52)
    assert (utterance.text, utterance.pause_s, utterance.tail_s) == ("hello", 2.0, 0.52)


def test_what_is_captured_is_canonical_at_24_khz() -> None:
    utterance = captured(Sound(b"\x10\x00" * 16_000, 16_000))

    clip = clip_of(utterance.wav)
    assert (clip.format.rate, clip.format.bits, clip.format.channels) == (24_000, 16, 1)
    assert clip.seconds == utterance.seconds
    assert utterance.wav[36:40] == b"data"


def test_the_phone_cuts_at_eight_seconds() -> None:
    long = Sound(b"\x10\x00" * 8_000 * 10, 8_000)

    utterance = captured(long)

    assert len(utterance.wav) == 384_044
    assert utterance.tail_s == 0.0
    assert lost_s(long) == pytest.approx(2.3)
    assert read(utterance.wav).pcm[-2:] != b"\0\0"


def test_a_short_word_loses_nothing() -> None:
    assert lost_s(Sound(b"\0\0" * 8_000, 8_000)) == 0.0


@pytest.mark.parametrize(("expect", "missed"), [(None, ""), ("(?i)GOOD", ""), ("night", "night")])
def test_a_reply_is_compared_with_what_was_expected(expect: str | None, missed: str) -> None:
    pattern = re.compile(expect) if expect else None

    utterance = captured(Sound(b"\0\0", 8_000), expect=pattern)

    assert utterance.missed_by("Good day.") == missed
