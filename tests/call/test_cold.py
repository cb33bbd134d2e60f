"""Whether the phone may take a call: who would hear and speak is warm, or gets warm at once."""

from types import SimpleNamespace

import pytest
import trio
from structlog.testing import capture_logs

from clawctl.call.cold import WARM_UP_S, ColdGate
from clawctl.call.warming import Warming
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.engines.phrases import Phrases
from clawctl.errors import StageFailed
from clawctl.gateway import open_engines
from clawctl.plugins import Found
from clawctl.testing.calls import SPEECH
from clawctl.testing.engines import HANG, EchoLlm, FixedStt, ToneTts, fake_plugin

BROKEN = OSError("no model")


@pytest.fixture
async def house(autojump_clock):
    """A gate before two engines of each stage, of which "auto" has the second in reserve."""

    def three(rank):
        engines = {"stt": FixedStt(), "llm": EchoLlm(), "tts": ToneTts()}
        return engines, fake_plugin(f"rank-{rank}", rank=rank, **engines)

    (first, one), (second, other) = three(2000), three(1000)
    live = Live(given())
    async with (
        open_engines(live, Found((one, other), {})) as engines,
        trio.open_nursery() as background,
    ):
        warm = Warming(engines.warm, Phrases(engines.tts), live, background)
        gate = ColdGate((engines.stt, engines.tts), warm, lambda: engines.proven)
        yield SimpleNamespace(gate=gate, first=first, second=second, engines=engines, warm=warm)
        background.cancel_scope.cancel()


async def test_who_is_warm_is_not_waited_for(house, autojump_clock):
    await house.warm(lambda *_: None)
    house.first["stt"].calls.clear()

    assert await house.gate.may_answer()
    assert house.first["stt"].calls == []


async def test_a_call_warms_what_nobody_needed_before(house, autojump_clock):
    house.first["stt"].opening_s, house.first["tts"].opening_s = 0.4, 0.2

    assert await house.gate.may_answer()
    assert trio.current_time() == 0.4


async def test_what_takes_longer_lets_this_call_ring_and_takes_the_next(house, autojump_clock):
    house.first["tts"].opening_s = 20

    assert not await house.gate.may_answer()
    assert trio.current_time() == WARM_UP_S
    await trio.sleep(17)
    assert await house.gate.may_answer()
    assert trio.current_time() == WARM_UP_S + 17


async def test_what_is_open_but_was_not_seen_to_work_is_not_warm(house, autojump_clock):
    house.first["tts"].delay_s = 10

    assert not await house.gate.may_answer()
    assert house.first["tts"].opened == 1


async def test_the_reply_model_is_not_waited_for(house, autojump_clock):
    house.first["llm"].opening_s = 100

    assert await house.gate.may_answer()
    assert trio.current_time() == 0.0


@pytest.mark.parametrize("stage", ["stt", "tts"])
@pytest.mark.parametrize("where", ["opening_trouble", "trouble"])
async def test_one_that_works_in_place_of_a_broken_one_takes_the_call(
    house, stage, where, autojump_clock
):
    setattr(house.first[stage], where, BROKEN)

    assert await house.gate.may_answer()
    assert house.second[stage].opened == 1


@pytest.mark.parametrize("stage", ["stt", "tts"])
@pytest.mark.parametrize("trouble", [BROKEN, HANG])
async def test_where_none_works_the_phone_rings_until_one_does(
    house, stage, trouble, autojump_clock
):
    house.first[stage].trouble = house.second[stage].trouble = trouble
    for _ in range(3):
        began = trio.current_time()
        assert not await house.gate.may_answer()
        assert trio.current_time() - began <= WARM_UP_S
        await trio.sleep(200)

    house.first[stage].trouble = None
    await trio.sleep(200)
    assert await house.gate.may_answer()


async def test_a_mistake_in_warming_lets_it_ring(autojump_clock):
    async def warm(_):
        raise ZeroDivisionError

    with capture_logs() as logs:
        assert not await ColdGate((), warm, lambda: False).may_answer()

    assert [(one["event"], one["why"]) for one in logs] == [("warming.failed", "ZeroDivisionError")]


async def test_a_failure_at_work_does_not_make_cold(house, autojump_clock):
    assert await house.gate.may_answer()
    for each in (house.first, house.second):
        each["stt"].trouble = BROKEN
    with pytest.raises(StageFailed):
        await house.engines.stt.hear(SPEECH, "en")

    assert await house.gate.may_answer()


async def test_calls_that_come_together_warm_once(house, autojump_clock):
    house.first["stt"].opening_s = 1

    async def one():
        answers.append(await house.gate.may_answer())

    answers = []
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(one)

    assert answers == [True] * 5
    assert house.first["stt"].opened == 1
    # Its own proof, and the voice in its ear.
    assert len(house.first["stt"].calls) == 2


async def test_it_is_open_when_a_voice_was_heard_and_not_before(house, autojump_clock):
    house.first["stt"].delay_s = 1.5

    assert await house.gate.may_answer()
    assert trio.current_time() == 3.0


@pytest.mark.parametrize("heard", ["", "nothing like it"])
async def test_a_recogniser_that_does_not_understand_keeps_nobody_out(house, heard, autojump_clock):
    house.first["stt"].text = heard

    assert await house.gate.may_answer()
    assert [trip.unclear for trip in house.engines.trips] == [True]


async def test_a_recogniser_that_fails_at_the_voice_alone_keeps_nobody_out(house, autojump_clock):
    hear, heard = house.first["stt"].hear, []

    async def once(sound, lang):
        heard.append(sound)
        if len(heard) > 1:
            raise BROKEN
        return await hear(sound, lang)

    house.first["stt"].hear = once

    assert await house.gate.may_answer()
    assert house.engines.trips[0].failure.startswith("rank-2000 was not heard by rank-2000:")


async def test_callers_who_speak_another_language_than_the_voice_are_let_in(autojump_clock):
    live = Live(given({"stt_language": "de"}))
    plugin = fake_plugin(stt=FixedStt(), llm=EchoLlm(), tts=ToneTts())
    async with open_engines(live, Found((plugin,), {})) as engines:
        gate = ColdGate((engines.stt, engines.tts), engines.warm, lambda: engines.proven)

        assert await gate.may_answer()
