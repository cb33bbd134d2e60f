"""A voice in a recogniser's ear: how much of it comes back, and who is tried with whom."""

from collections.abc import Sequence

import pytest
import trio

from clawctl.audio.wav import Sound
from clawctl.engines.api import Voice
from clawctl.engines.chain import SttChain, TtsChain
from clawctl.engines.round_trip import SPOKEN, RoundTrip, audible, came_back, round_trips
from clawctl.testing.engines import FixedStt, NoHost, ToneTts, fake_plugin

KNOWN = "Hello, I would like to leave a message."
EVERYTHING = SPOKEN["en"].upper()


@pytest.mark.parametrize(
    ("heard", "share"),
    [
        ("hello i would like to leave a message", 1.0),
        ("HELLO! I would like to leave a message?", 1.0),
        ("hello i would like to leave the massage", 6 / 8),
        ("message a leave", 1 / 8),
        ("the cat sat on the mat", 0.0),
        ("", 0.0),
    ],
)
def test_words_count_in_their_order(heard: str, share: float) -> None:
    assert came_back(KNOWN, heard) == share


def test_silence_and_next_to_nothing_cannot_be_heard() -> None:
    assert not audible(Sound(b"", 8000))
    assert not audible(Sound(bytes(800), 8000))
    assert not audible(Sound(b"\x05\x00\xfb\xff" * 400, 8000))
    assert audible(Sound(b"\x00\x00\x00\x80" * 400, 8000))


def ears(
    nursery: trio.Nursery, *engines: FixedStt, langs: Sequence[str] = ("en", "de")
) -> SttChain:
    offers = {
        f"ear{at}": (fake_plugin("x", stt=one, langs=langs).stt["x"], NoHost())
        for at, one in enumerate(engines)
    }
    return SttChain(nursery, offers, lambda: list(offers), lambda: 10.0)


def voices(nursery: trio.Nursery, *engines: ToneTts) -> TtsChain:
    offers = {
        f"voice{at}": (fake_plugin("x", tts=one).tts["x"], NoHost())
        for at, one in enumerate(engines)
    }
    return TtsChain(nursery, offers, lambda: list(offers), lambda: 10.0)


async def tried(stt: SttChain, tts: TtsChain, lang: str = "en") -> list[RoundTrip]:
    await stt.warm()
    await tts.warm()
    return await round_trips(stt, tts, Voice("en", "af_heart"), lang)


async def test_every_voice_and_every_recogniser_is_tried_once(nursery: trio.Nursery) -> None:
    stt = ears(nursery, FixedStt(text=EVERYTHING), FixedStt(text="the weather is bad"))
    tts = voices(nursery, ToneTts(), ToneTts())

    trips = await tried(stt, tts)

    assert [(one.voice, one.recogniser, one.words_back, one.unclear) for one in trips] == [
        ("voice0", "ear0", 1.0, False),
        ("voice0", "ear1", 0.3, True),
        ("voice1", "ear0", 1.0, False),
    ]
    assert str(trips[1]) == "ear1 understands 30% of what voice0 says"


async def test_one_that_does_not_work_is_left_out(nursery: trio.Nursery) -> None:
    stt = ears(nursery, FixedStt(opening_trouble=OSError("gone")), FixedStt(text=EVERYTHING))

    trips = await tried(stt, voices(nursery, ToneTts()))

    assert [one.recogniser for one in trips] == ["ear1"]


async def test_the_voice_that_is_set_is_the_one_that_is_tried(nursery: trio.Nursery) -> None:
    tone = ToneTts()

    await tried(ears(nursery, FixedStt()), voices(nursery, tone))

    assert tone.calls[-1] == (SPOKEN["en"], Voice("en", "af_heart"))


@pytest.mark.parametrize(("lang", "langs"), [("de", ("en", "de")), ("en", ("de",))])
async def test_without_a_common_language_there_is_nothing_to_compare(
    nursery: trio.Nursery, lang: str, langs: tuple[str, ...]
) -> None:
    (trip,) = await tried(ears(nursery, FixedStt(), langs=langs), voices(nursery, ToneTts()), lang)

    assert (trip.words_back, trip.unclear) == (None, False)
    assert str(trip).startswith(f"no voice here speaks the language {lang!r} with a recogniser")
