import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.engines.api import Voice
from clawctl.engines.chain import Spoken, TtsChain
from clawctl.engines.phrases import Phrases
from clawctl.errors import StageFailed
from clawctl.testing.engines import HANG, NoHost, ToneTts, fake_plugin

VOICE = Voice("en")


def chain(nursery: trio.Nursery, *engines: ToneTts) -> TtsChain:
    offers = {
        f"tone{place}": (fake_plugin("tone", tts=tts, rank=-place).tts["tone"], NoHost())
        for place, tts in enumerate(engines)
    }
    return TtsChain(nursery, offers, lambda: ("auto",), lambda: 10.0)


async def test_a_phrase_is_synthesised_once(nursery: trio.Nursery) -> None:
    tts = ToneTts()
    phrases = Phrases(chain(nursery, tts))

    first = await phrases.speak("hello", VOICE)

    assert await phrases.speak("hello", VOICE) == first
    assert tts.calls == [("hello", VOICE)]


async def test_another_voice_is_another_phrase(nursery: trio.Nursery) -> None:
    tts = ToneTts()
    phrases = Phrases(chain(nursery, tts))

    await phrases.speak("hello", VOICE)
    await phrases.speak("hello", Voice("en", speed=1.2))

    assert len(tts.calls) == 2


async def test_a_voice_that_is_set_differently_is_another_voice(nursery: trio.Nursery) -> None:
    tts, pitch = ToneTts(), [40]

    class Set(NoHost):
        def settings(self) -> int:
            return pitch[0]

    offers = {"tone": (fake_plugin("tone", tts=tts).tts["tone"], Set())}
    phrases = Phrases(TtsChain(nursery, offers, lambda: ("auto",), lambda: 10.0))

    for pitch[0] in (40, 60, 40):
        await phrases.speak("hello", VOICE)

    assert len(tts.calls) == 2


async def test_callers_with_the_same_phrase_share_its_synthesis(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    tts, spoken = ToneTts(delay_s=3), list[Spoken]()
    phrases = Phrases(chain(nursery, tts))

    async def caller() -> None:
        spoken.append(await phrases.speak("hello", VOICE))

    async with trio.open_nursery() as callers:
        for _ in range(3):
            callers.start_soon(caller)

    assert len(spoken) == 3
    assert len(tts.calls) == 1
    assert trio.current_time() == 3


async def test_a_first_caller_who_goes_away_does_not_spoil_the_second(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    tts = ToneTts(delay_s=3)
    phrases = Phrases(chain(nursery, tts))

    async def impatient() -> None:
        with trio.move_on_after(2):
            await phrases.speak("hello", VOICE)

    nursery.start_soon(impatient)
    await wait_all_tasks_blocked()

    assert (await phrases.speak("hello", VOICE)).sound.pcm
    assert trio.current_time() == 5


async def test_a_failure_is_shared_too(nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    tts = ToneTts(trouble=HANG)
    phrases = Phrases(chain(nursery, tts))

    async def caller() -> None:
        with pytest.raises(StageFailed):
            await phrases.speak("hello", VOICE)

    async with trio.open_nursery() as callers:
        for _ in range(3):
            callers.start_soon(caller)

    assert trio.current_time() == 10
    tts.trouble = None
    await phrases.speak("hello", VOICE)


async def test_what_a_fall_back_said_is_not_kept(nursery: trio.Nursery) -> None:
    first, second = ToneTts(trouble=OSError()), ToneTts()
    phrases = Phrases(chain(nursery, first, second))

    assert (await phrases.speak("hello", VOICE)).degraded
    await phrases.speak("hello", VOICE)

    assert len(second.calls) == 2


async def test_the_phrase_that_was_not_used_for_longest_is_forgotten(nursery: trio.Nursery) -> None:
    tts = ToneTts()
    phrases = Phrases(chain(nursery, tts), most=2)

    for text in ("one", "two", "one", "three", "one", "two"):
        await phrases.speak(text, VOICE)

    assert [text for text, _ in tts.calls] == ["one", "two", "three", "two"]


async def test_phrases_take_no_more_room_than_they_may(nursery: trio.Nursery) -> None:
    tts = ToneTts(character_s=1.0)
    phrases = Phrases(chain(nursery, tts), most_bytes=5 * 32_000)

    for text in ("three", "too long", "a", "three"):
        await phrases.speak(text, VOICE)

    assert [text for text, _ in tts.calls] == ["three", "too long", "a", "three"]
