from collections.abc import Callable
from dataclasses import replace

import msgspec
import pytest
import structlog
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from clawctl.audio.wav import Sound
from clawctl.engines.api import Answered, Host, Message, Prompt, Voice
from clawctl.engines.chain import LlmChain, SttChain, TtsChain
from clawctl.errors import Declined, EngineFailed, StageFailed
from clawctl.testing.engines import HANG, EchoLlm, FixedStt, NoHost, ToneTts, fake_plugin

PATIENCE_S = 10.0
SPEECH = Sound(b"\x00\x10\x00\xf0" * 800, 16_000)


class Choice:
    """The live setting of a stage."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self) -> tuple[str, ...]:
        return self.names


def stt_chain(nursery: trio.Nursery, choice: Choice, **engines: FixedStt) -> SttChain:
    """Engines by name, the first with the highest rank."""
    offers = {
        name: (fake_plugin(name, stt=engine, rank=-place).stt[name], NoHost())
        for place, (name, engine) in enumerate(engines.items())
    }
    return SttChain(nursery, offers, choice, lambda: PATIENCE_S)


def llm_chain(nursery: trio.Nursery, **engines: EchoLlm) -> LlmChain:
    offers = {
        name: (fake_plugin(name, llm=engine, rank=-place).llm[name], NoHost())
        for place, (name, engine) in enumerate(engines.items())
    }
    return LlmChain(nursery, offers, Choice("auto"), lambda: PATIENCE_S)


def tts_chain(nursery: trio.Nursery, **engines: tuple[ToneTts, str]) -> TtsChain:
    offers = {
        name: (fake_plugin(name, tts=tts, rank=-place, langs=langs.split()).tts[name], NoHost())
        for place, (name, (tts, langs)) in enumerate(engines.items())
    }
    return TtsChain(nursery, offers, Choice("auto"), lambda: PATIENCE_S)


class Listener:
    """Somebody to whom a reply is said."""

    def __init__(self, taking_s: float = 0.0) -> None:
        self.text = ""
        self._taking_s = taking_s

    async def say(self, piece: str) -> None:
        await trio.sleep(self._taking_s)
        self.text += piece


def asked(words: str = "tea") -> Prompt:
    return Prompt(system="", transcript=words)


async def test_the_best_engine_does_the_work(nursery: trio.Nursery) -> None:
    first, second = FixedStt(text="one"), FixedStt(text="two")
    stt = stt_chain(nursery, Choice("auto"), first=first, second=second)

    heard = await stt.hear(SPEECH, "en")

    assert (heard.text, heard.engine, heard.degraded) == ("one", "first", False)
    assert second.opened == 0


async def test_the_owners_order_counts_more_than_the_rank(nursery: trio.Nursery) -> None:
    stt = stt_chain(nursery, Choice("second", "first"), first=FixedStt(), second=FixedStt())

    assert (await stt.hear(SPEECH, "en")).engine == "second"


async def test_auto_within_a_list_stands_for_all_the_others(nursery: trio.Nursery) -> None:
    stt = stt_chain(
        nursery, Choice("c", "auto"), a=FixedStt(), b=FixedStt(), c=FixedStt(), d=FixedStt()
    )

    assert stt.order() == ["c", "a", "b", "d"]


async def test_when_an_engine_raises_the_next_one_does_the_work(nursery: trio.Nursery) -> None:
    stt = stt_chain(
        nursery, Choice("auto"), first=FixedStt(trouble=OSError()), second=FixedStt(text="two")
    )

    heard = await stt.hear(SPEECH, "en")

    assert (heard.text, heard.engine, heard.degraded) == ("two", "second", True)


async def test_a_hanging_engine_costs_its_patience_once(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    stt = stt_chain(nursery, Choice("auto"), first=FixedStt(trouble=HANG), second=FixedStt())

    await stt.hear(SPEECH, "en")
    assert trio.current_time() == 10
    await stt.hear(SPEECH, "en")
    assert trio.current_time() == 10


async def test_a_rested_engine_is_asked_again(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    first = FixedStt(trouble=OSError())
    stt = stt_chain(nursery, Choice("auto"), first=first, second=FixedStt())
    await stt.hear(SPEECH, "en")

    first.trouble = None
    await trio.sleep(14)
    assert (await stt.hear(SPEECH, "en")).engine == "second"
    await trio.sleep(2)
    heard = await stt.hear(SPEECH, "en")

    assert (heard.engine, heard.degraded) == ("first", False)


async def test_the_last_engine_left_is_asked_even_while_it_rests(nursery: trio.Nursery) -> None:
    only = FixedStt(trouble=OSError())
    stt = stt_chain(nursery, Choice("auto"), only=only)
    with pytest.raises(StageFailed):
        await stt.hear(SPEECH, "en")

    only.trouble = None

    assert (await stt.hear(SPEECH, "en")).text == "hello"


async def test_of_many_that_rest_only_the_first_to_be_rested_is_asked(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    first, second = FixedStt(trouble=HANG), FixedStt(trouble=HANG)
    stt = stt_chain(nursery, Choice("auto"), first=first, second=second)
    with pytest.raises(StageFailed):
        await stt.hear(SPEECH, "en")
    assert trio.current_time() == 20

    with pytest.raises(StageFailed, match="first: nothing came"):
        await stt.hear(SPEECH, "en")

    assert trio.current_time() == 30


async def test_when_all_fail_each_is_named_with_its_reason_and_no_callers_words(
    nursery: trio.Nursery,
) -> None:
    stt = stt_chain(
        nursery,
        Choice("first", "second", "third"),
        first=FixedStt(trouble=ValueError("my card is 4711")),
        second=FixedStt(opening_trouble=EngineFailed("no model")),
    )

    with pytest.raises(StageFailed) as caught:
        await stt.hear(SPEECH, "en")

    assert caught.value.stage == "stt"
    assert str(caught.value).startswith("stt: first: ValueError at engines.py:")
    assert str(caught.value).endswith(
        "second: no model; third: no such engine; there are first, second"
    )


async def test_a_slow_opening_counts_as_waiting(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    slow = FixedStt(opening_s=12)
    stt = stt_chain(nursery, Choice("auto"), slow=slow, second=FixedStt())

    assert (await stt.hear(SPEECH, "en")).engine == "second"
    assert trio.current_time() == 10
    await trio.sleep(16)
    assert (await stt.hear(SPEECH, "en")).engine == "slow"


async def test_an_engine_that_declines_is_not_taken_for_broken(nursery: trio.Nursery) -> None:
    picky = FixedStt(trouble=Declined("I know no German"))
    stt = stt_chain(nursery, Choice("auto"), picky=picky, second=FixedStt())

    with structlog.testing.capture_logs() as logs:
        assert (await stt.hear(SPEECH, "de")).engine == "second"
    (told,) = [each for each in logs if each["event"] == "engine.declined"]
    assert (told["engine"], told["why"]) == ("picky", "I know no German")
    picky.trouble = None
    assert (await stt.hear(SPEECH, "en")).engine == "picky"


async def test_a_hanging_call_does_not_delay_a_parallel_one(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    only = FixedStt(trouble=HANG)
    stt = stt_chain(nursery, Choice("auto"), only=only)

    async def hang() -> None:
        with pytest.raises(StageFailed):
            await stt.hear(SPEECH, "en")

    async with trio.open_nursery() as calls:
        calls.start_soon(hang)
        await wait_all_tasks_blocked()
        only.trouble = None
        await stt.hear(SPEECH, "en")
        assert trio.current_time() == 0


async def test_a_change_of_the_setting_takes_effect_at_the_next_use(nursery: trio.Nursery) -> None:
    first, second = FixedStt(), FixedStt()
    choice = Choice("first")
    stt = stt_chain(nursery, choice, first=first, second=second)
    await stt.hear(SPEECH, "en")

    choice.names = ("second",)
    heard = await stt.hear(SPEECH, "en")
    await wait_all_tasks_blocked()

    assert (heard.engine, heard.degraded) == ("second", False)
    assert (first.closed, second.opened) == (1, 1)


async def test_a_caller_who_goes_away_does_not_blame_the_engine(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    slow = FixedStt(delay_s=5)
    stt = stt_chain(nursery, Choice("auto"), slow=slow, second=FixedStt())

    with trio.move_on_after(2):
        await stt.hear(SPEECH, "en")

    assert (await stt.hear(SPEECH, "en")).engine == "slow"


async def test_a_reply_is_passed_on_piece_by_piece(nursery: trio.Nursery) -> None:
    llm, listener = llm_chain(nursery, echo=EchoLlm(model="echo-1")), Listener()

    replied = await llm.reply(asked("tea"), listener.say)

    assert listener.text == "You said: tea."
    assert (replied.answered, replied.degraded) == (Answered(model="echo-1"), False)


async def test_a_model_that_breaks_off_is_not_replaced(nursery: trio.Nursery) -> None:
    second = EchoLlm()
    llm = llm_chain(
        nursery, first=EchoLlm(trouble=OSError(), pieces_before_trouble=2), second=second
    )
    listener = Listener()

    replied = await llm.reply(asked("tea"), listener.say)

    assert listener.text == "You said: tea"
    assert (replied.answered.model, replied.engine, replied.degraded) == ("first", "first", True)
    assert not replied.whole
    assert second.calls == []


async def test_a_model_that_fails_before_its_first_piece_is_replaced(nursery: trio.Nursery) -> None:
    llm = llm_chain(nursery, first=EchoLlm(trouble=OSError()), second=EchoLlm())
    listener = Listener()

    replied = await llm.reply(asked("tea"), listener.say)

    assert listener.text == "You said: tea."
    assert (replied.engine, replied.degraded) == ("second", True)


async def test_a_model_that_only_thinks_is_replaced_and_not_taken_for_broken(
    nursery: trio.Nursery,
) -> None:
    def think(_: Prompt) -> tuple[str, ...]:
        return ("<think>I might say", " something.")

    llm = llm_chain(nursery, first=EchoLlm(answer=think), second=EchoLlm())
    listener = Listener()

    assert (await llm.reply(asked("tea"), listener.say)).engine == "second"
    assert listener.text == "You said: tea."
    assert [state.state for state in llm.states()] == ["ready", "ready"]


async def test_a_model_that_writes_on_and_on_is_cut_short(nursery: trio.Nursery) -> None:
    def babble(_: Prompt) -> tuple[str, ...]:
        return ("Yes. ",) * 10_000

    llm = llm_chain(nursery, first=EchoLlm(answer=babble))
    listener = Listener()

    replied = await llm.reply(asked(), listener.say)

    # Sixteen characters for each of the 400 tokens that were asked for.
    assert (replied.degraded, len(listener.text)) == (True, 6400)
    (state,) = llm.states()
    assert state.why == "writes on and on: its model does not heed llm_max_tokens"


async def test_every_piece_of_a_reply_may_take_the_whole_patience(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    llm, listener = llm_chain(nursery, slow=EchoLlm(delay_s=9, piece_s=9)), Listener(taking_s=30)

    await llm.reply(asked(), listener.say)

    assert trio.current_time() == 9 + 9 + 9 + 3 * 30
    assert listener.text == "You said: tea."


async def test_a_model_that_hangs_in_the_middle_ends_the_reply_there(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    llm = llm_chain(nursery, echo=EchoLlm(trouble=HANG, pieces_before_trouble=1))

    replied = await llm.reply(asked(), Listener().say)

    assert replied.degraded
    assert trio.current_time() == 10


async def test_a_listener_who_breaks_is_told_so_and_the_model_is_not_blamed(
    nursery: trio.Nursery,
) -> None:
    async def broken(piece: str) -> None:
        raise BrokenPipeError

    llm = llm_chain(nursery, echo=EchoLlm())

    with pytest.raises(BrokenPipeError):
        await llm.reply(asked(), broken)
    assert [state.state for state in llm.states()] == ["ready"]


async def test_a_voice_that_knows_the_language_comes_first(nursery: trio.Nursery) -> None:
    tts = tts_chain(nursery, english=(ToneTts(), "en"), both=(ToneTts(), "en de"))

    assert (await tts.speak("hello", Voice("en"))).engine == "english"
    german = await tts.speak("hallo", Voice("de"))

    assert (german.engine, german.degraded) == ("both", False)


@pytest.mark.parametrize(
    ("lang", "first"), [("en", "one"), ("DE-at", "both"), ("auto", "both"), ("", "one")]
)
async def test_who_knows_the_language_hears_first_and_who_has_several_finds_out_which(
    lang: str, first: str, nursery: trio.Nursery
) -> None:
    offers = {
        name: (fake_plugin(name, stt=FixedStt(), rank=rank, langs=langs).stt[name], NoHost())
        for rank, (name, langs) in enumerate([("both", ["en", "de"]), ("one", ["en"])])
    }
    stt = SttChain(nursery, offers, Choice("auto"), lambda: PATIENCE_S)

    assert (await stt.hear(SPEECH, lang)).engine == first


async def test_a_voice_with_an_accent_is_better_than_none(nursery: trio.Nursery) -> None:
    tts = tts_chain(nursery, english=(ToneTts(), "en"), german=(ToneTts(trouble=OSError()), "de"))

    spoken = await tts.speak("hallo", Voice("de"))

    assert (spoken.engine, spoken.degraded) == ("english", True)


async def test_a_strangers_engine_that_returns_nonsense_has_failed(nursery: trio.Nursery) -> None:
    mute, vague = FixedStt(), EchoLlm()
    stt = stt_chain(nursery, Choice("auto"), mute=mute, second=FixedStt(text="tea"))
    llm = llm_chain(nursery, vague=vague)
    setattr(mute, "text", None)  # noqa: B010 - what its type forbids
    setattr(vague, "model", b"no text")  # noqa: B010

    assert (await stt.hear(SPEECH, "en")).text == "tea"
    with pytest.raises(StageFailed, match="no text"):
        await stt_chain(nursery, Choice("auto"), mute=mute).hear(SPEECH, "en")
    assert (await llm.reply(asked(), Listener().say)).degraded


@pytest.mark.parametrize("pcm", [b"", bytes(32_000)])
async def test_a_voice_without_a_sound_has_failed(nursery: trio.Nursery, pcm: bytes) -> None:
    class Mute(ToneTts):
        async def speak(self, text: str, voice: Voice) -> Sound:
            return Sound(pcm, 16_000)

    tts = tts_chain(nursery, mute=(Mute(), "en"), second=(ToneTts(), "en"))

    assert (await tts.speak("hello", Voice("en"))).engine == "second"
    assert next(state.why for state in tts.states()) == "made no sound"


@pytest.mark.parametrize(
    ("pcm", "rate"), [("text", 16_000), (b"\1\0", 22_050.5), (b"\1\0", 0), (b"\1\0", 1 << 40)]
)
async def test_a_voice_whose_sound_nobody_can_play_has_failed(
    nursery: trio.Nursery, pcm: bytes, rate: int
) -> None:
    class Odd(ToneTts):
        async def speak(self, text: str, voice: Voice) -> Sound:
            return Sound(pcm, rate)

    tts = tts_chain(nursery, odd=(Odd(), "en"), second=(ToneTts(), "en"))

    assert (await tts.speak("hello", Voice("en"))).engine == "second"
    assert next(state.why for state in tts.states()) == "made a sound that cannot be played"


async def test_warming_up_proves_each_engine_an_ordinary_turn_needs(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    english, german, reserve = ToneTts(opening_s=2), ToneTts(trouble=OSError()), ToneTts()
    tts = tts_chain(
        nursery, english=(english, "en"), german=(german, "de"), reserve=(reserve, "de en")
    )

    warmed = await tts.warm()

    assert [(one.engine, one.ms) for one in warmed] == [("english", 2000), ("german", 0)]
    assert warmed[0].failure == ""
    assert warmed[1].failure.startswith("OSError at ")
    assert [text for text, _ in german.calls] == [
        "Entschuldigung, hier ist gerade etwas gestört. Bitte rufen Sie später noch einmal an."
    ]
    assert reserve.opened == 0


async def test_warming_up_opens_all_that_are_named(nursery: trio.Nursery) -> None:
    first, second = FixedStt(), FixedStt()
    stt = stt_chain(nursery, Choice("first", "second", "third"), first=first, second=second)

    assert [one.engine for one in await stt.warm()] == ["first", "second"]
    assert (first.opened, second.opened) == (1, 1)


async def test_warming_up_does_not_wait_for_ever(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    llm = llm_chain(nursery, slow=EchoLlm(opening_s=300))

    (warmed,) = await llm.warm()

    assert warmed.failure == "nothing came for 60 s"


async def test_a_model_that_says_nothing_is_not_warm(nursery: trio.Nursery) -> None:
    (warmed,) = await llm_chain(nursery, mute=EchoLlm(answer=lambda prompt: ("", " "))).warm()

    assert warmed.failure == "replied nothing"


async def test_states_say_which_engines_were_chosen_and_why(nursery: trio.Nursery) -> None:
    offers = {
        "best": (fake_plugin("best", stt=FixedStt(), rank=9).stt["best"], NoHost()),
        "other": (fake_plugin("other", stt=FixedStt(), rank=1).stt["other"], NoHost()),
        "gone": (
            fake_plugin("gone", stt=FixedStt(), missing="not installed").stt["gone"],
            NoHost(),
        ),
    }
    choice = Choice("auto")
    stt = SttChain(nursery, offers, choice, lambda: PATIENCE_S)

    def told() -> list[tuple[str, bool, str, str]]:
        return [(one.name, one.chosen, one.state, one.why) for one in stt.states()]

    assert told() == [
        ("best", True, "closed", "the best of those installed"),
        ("other", True, "closed", "in reserve"),
        ("gone", False, "absent", "not installed"),
    ]
    await stt.hear(SPEECH, "en")
    choice.names = ("best", "nosuch")
    assert told() == [
        ("best", True, "ready", "named in the settings"),
        ("nosuch", True, "absent", "no such engine; there are best, gone, other"),
        ("gone", False, "absent", "not installed"),
        ("other", False, "closed", "not chosen"),
    ]


async def test_a_missing_engine_at_the_head_of_a_list_degrades(nursery: trio.Nursery) -> None:
    stt = stt_chain(nursery, Choice("nosuch", "first"), first=FixedStt())

    assert (await stt.hear(SPEECH, "en")).degraded


async def test_the_end_of_a_chain_closes_its_engines() -> None:
    only = FixedStt()
    offers = {"only": (fake_plugin("only", stt=only).stt["only"], NoHost())}

    async with SttChain.open(offers, Choice("auto"), lambda: PATIENCE_S) as stt:
        await stt.hear(SPEECH, "en")
        assert only.closed == 0

    assert only.closed == 1


async def test_the_window_is_that_of_the_model_that_would_answer_now(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    llm = llm_chain(
        nursery, small=EchoLlm(trouble=OSError(), window=4096), large=EchoLlm(window=32_768)
    )

    assert llm.window() == 4096
    await llm.reply(asked(), Listener().say)
    assert llm.window() == 32_768


def broken(_host: Host) -> int:
    raise OSError


@pytest.mark.parametrize("window", [broken, lambda _host: -5])
async def test_an_engine_that_cannot_tell_its_window_has_none(
    nursery: trio.Nursery, window: Callable[[Host], int]
) -> None:
    offer = replace(fake_plugin("shy", llm=EchoLlm()).llm["shy"], window=window)
    llm = LlmChain(nursery, {"shy": (offer, NoHost())}, Choice("shy"), lambda: PATIENCE_S)

    assert llm.window() == 0
    assert (await llm.reply(asked(), Listener().say)).engine == "shy"


async def test_each_engine_is_told_as_much_of_the_history_as_its_model_has_room_for(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    large, small = EchoLlm(window=4096, trouble=OSError()), EchoLlm(window=102)
    llm = llm_chain(nursery, large=large, small=small)
    history = tuple(Message("user", f"{number:035}") for number in range(10))
    prompt = Prompt(system="", history=history, transcript="tea")

    assert llm.has_room(prompt)
    await llm.reply(prompt, Listener().say)

    # Half the window: five messages of ten tokens, and one token for the caller's words.
    assert (large.calls, small.calls) == (
        [prompt],
        [msgspec.structs.replace(prompt, history=history[-5:])],
    )
    assert not llm.has_room(prompt)


async def test_the_voices_are_those_of_the_engine_that_speaks_the_language_now(
    nursery: trio.Nursery,
) -> None:
    english = ToneTts(voices={"en": {"Female": ("ann",)}, "de": {"Male": ("bob",)}})
    german = ToneTts(voices={"de": {"Female": ("eva", "ida")}})
    tts = tts_chain(nursery, english=(english, "en"), german=(german, "de"))

    assert tts.voices("en") == {"Female": ("ann",)}
    assert tts.voices("de") == {"Female": ("eva", "ida")}
    assert tts.voices("fr") == {}


async def test_while_an_engine_rests_the_voices_are_those_of_its_stand_in(
    nursery: trio.Nursery,
) -> None:
    broken = ToneTts(trouble=OSError(), voices={"en": {"All": ("ann",)}})
    stand_in = ToneTts(voices={"en": {"All": ("zoe",)}})
    tts = tts_chain(nursery, broken=(broken, "en"), stand_in=(stand_in, "en"))

    await tts.speak("Good morning.", Voice())

    assert tts.voices("en") == {"All": ("zoe",)}


@pytest.mark.parametrize("nonsense", [None, "ann", {"All": "ann"}, {"All": 1}, {1: ()}])
async def test_an_engine_that_cannot_say_has_no_voices(
    nursery: trio.Nursery, nonsense: object
) -> None:
    odd = replace(fake_plugin("odd", tts=ToneTts()).tts["odd"], voices=lambda lang, host: nonsense)
    tts = TtsChain(nursery, {"odd": (odd, NoHost())}, Choice("auto"), lambda: PATIENCE_S)

    assert tts.voices("en") == {}
