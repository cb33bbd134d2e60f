from collections.abc import AsyncIterator

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.call.warming import Warming
from clawctl.call.wording import every_phrase
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.engines.chain import Warmed
from clawctl.engines.phrases import Phrases
from clawctl.engines.round_trip import RoundTrip
from clawctl.errors import BadInput
from clawctl.gateway import open_engines
from clawctl.plugins import Found
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin


class Told:
    """One who asks, and when they heard of what."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, str, str, str]] = []

    def __call__(self, stage: str, came: Warmed | RoundTrip) -> None:
        if isinstance(came, RoundTrip):
            self.heard.append((trio.current_time(), "words", came.voice, str(came)))
        else:
            self.heard.append((trio.current_time(), stage, came.engine, came.failure))


@pytest.fixture
async def warming() -> AsyncIterator[Warming]:
    """The recogniser opens in one second, the model in two and in five, the voice at once."""
    plugins = (
        fake_plugin("quick", stt=FixedStt(opening_s=1), llm=EchoLlm(opening_s=2), tts=ToneTts()),
        fake_plugin("slow", llm=EchoLlm(opening_s=5)),
    )
    live = Live(given({"llm_engine": ["slow", "quick"]}))
    async with open_engines(live, Found(plugins, {})) as opened, trio.open_nursery() as nursery:
        yield Warming(opened.warm, Phrases(opened.tts), live, nursery)
        nursery.cancel_scope.cancel()


ALL = [
    (0.0, "tts", "quick", ""),
    (1.0, "stt", "quick", ""),
    (1.0, "words", "quick", "quick understands 0% of what quick says"),
    (2.0, "llm", "quick", ""),
    (5.0, "llm", "slow", ""),
]


async def test_each_engine_is_told_of_as_soon_as_it_is_warm(
    warming: Warming, autojump_clock: MockClock
) -> None:
    told = Told()

    await warming(told)

    assert told.heard == ALL


async def test_the_sentences_every_call_needs_are_spoken_once() -> None:
    tts = ToneTts()
    live = Live(given({"greeting_owner": "Ada"}))
    async with (
        open_engines(live, Found((fake_plugin(tts=tts),), {})) as engines,
        trio.open_nursery() as nursery,
    ):
        await Warming(engines.warm, Phrases(engines.tts), live, nursery)(Told())

    said = [text for text, _ in tts.calls]
    assert "Hello, I am Ada's assistant. Please wait for the beep before speaking." in said
    assert set(every_phrase("en")) <= set(said)


async def test_who_asks_meanwhile_shares_it_and_hears_what_was_done_before(
    warming: Warming, autojump_clock: MockClock
) -> None:
    first, second = Told(), Told()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(warming, first)
        await trio.sleep(3)
        await warming(second)

    assert first.heard == ALL
    assert second.heard == [(3.0, *rest) for _, *rest in ALL[:4]] + ALL[4:]


async def test_who_goes_away_ends_only_the_waiting(
    warming: Warming, autojump_clock: MockClock
) -> None:
    gone, patient = Told(), Told()
    with trio.move_on_after(1.5):
        await warming(gone)

    await warming(patient)

    assert gone.heard == ALL[:3]
    assert patient.heard[-1] == ALL[-1]


async def test_asked_again_later_everything_is_proven_anew(
    warming: Warming, autojump_clock: MockClock
) -> None:
    await warming(Told())
    again = Told()

    await warming(again)

    assert sorted(again.heard) == sorted((5.0, *rest) for _, *rest in ALL)


async def test_a_mistake_of_ours_reaches_those_who_asked_and_nobody_else(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    async def mistaken(_: Told) -> None:
        await trio.sleep(1)
        raise BadInput("a mistake")

    async with open_engines(Live(given()), Found((), {})) as engines:
        warming = Warming(mistaken, Phrases(engines.tts), Live(given()), nursery)

        with pytest.raises(BadInput, match="a mistake"):
            await warming(Told())
    await wait_all_tasks_blocked()
