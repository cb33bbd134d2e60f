"""What every engine must do, ours and strangers'; a plugin's tests run these on its engine.

    async def test_my_voice_is_fit(tmp_path: Path) -> None:
        host = PluginHost("mine", tmp_path, lambda: Settings())
        async with plugin.tts["mine"].open(host) as engine:
            for check in TTS_CHECKS:
                await check(engine)

They need the real clock. An engine that is not fit raises `Unfit` with the reason.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import trio

from clawctl.audio.wav import Sound
from clawctl.engines.api import Llm, Message, Prompt, Stt, Tts, Voice
from clawctl.engines.apology import APOLOGIES, last_resort
from clawctl.errors import Declined

SttCheck = Callable[[Stt], Awaitable[None]]
LlmCheck = Callable[[Llm], Awaitable[None]]
TtsCheck = Callable[[Tts], Awaitable[None]]
T = TypeVar("T")

# An engine that did not stop this long after it was cancelled does not stop.
CANCEL_S = 5.0
SILENCE = Sound(bytes(2 * 16_000), 16_000)
ASKED = Prompt(system="You answer the telephone.", transcript="Hello, who is this?")


class Unfit(AssertionError):
    """An engine did not keep the promise of `clawctl.engines.api`."""


async def hears_words(stt: Stt) -> None:
    """Speech becomes text without line ends."""
    text = await stt.hear(*_speech())
    _must(text == " ".join(text.split()) != "", f"speech became {text!r}")


async def hears_nothing_in_silence(stt: Stt) -> None:
    text = await stt.hear(SILENCE, "en")
    _must(text == "", f"silence became {text!r}")


async def hears_nothing_in_no_sound(stt: Stt) -> None:
    text = await stt.hear(Sound(b"", 16_000), "en")
    _must(text == "", f"no sound became {text!r}")


async def hears_any_rate(stt: Stt) -> None:
    """Samples played at another rate are other words at most, never an error."""
    sound, lang = _speech()
    for rate in (8_000, 11_025, 44_100, 48_000):
        await stt.hear(Sound(sound.pcm[: 2 * rate], rate), lang)


async def hears_two_at_once(stt: Stt) -> None:
    sound, lang = _speech()
    half = Sound(sound.pcm[: len(sound.pcm) // 4 * 2], sound.rate)
    alone = [await stt.hear(sound, lang), await stt.hear(half, lang)]
    together = await _both(lambda: stt.hear(sound, lang), lambda: stt.hear(half, lang))
    _must(together == alone, "two utterances at once were mixed up")


async def hears_after_a_cancel(stt: Stt) -> None:
    await _leave(lambda: stt.hear(*_speech()), after_s=0.02)
    await hears_words(stt)


async def replies_in_pieces(llm: Llm) -> None:
    listener = Listener()
    answered = await llm.reply(ASKED, listener.say)
    _must(listener.text.strip() != "", "the reply is empty")
    _must(answered.model != "", "nobody knows which model wrote the reply")


async def replies_to_two_at_once(llm: Llm) -> None:
    one, two = Listener(), Listener()
    await _both(lambda: llm.reply(ASKED, one.say), lambda: llm.reply(ASKED, two.say))
    _must(one.text != "" != two.text, "of two replies at once one is empty")


async def replies_after_a_cancel(llm: Llm) -> None:
    """The caller hung up while the first piece was handed over."""

    async def deaf(piece: str) -> None:  # noqa: ARG001 - as `Say` has it
        await trio.sleep_forever()

    await _leave(lambda: llm.reply(ASKED, deaf), after_s=0.2)
    await replies_in_pieces(llm)


async def stops_when_its_listener_breaks(llm: Llm) -> None:
    """What `say` raises comes out, as it is or in a group."""

    async def broken(piece: str) -> None:  # noqa: ARG001 - as `Say` has it
        raise BrokenPipeError

    went_on = False
    try:
        await llm.reply(ASKED, broken)
        went_on = True
    except Exception:  # noqa: BLE001 - the plugin door
        await trio.lowlevel.checkpoint()
    _must(not went_on, "its listener broke, and it went on")


async def condenses_or_declines(llm: Llm) -> None:
    listener = Listener()
    said = (Message("user", "My name is Ada Miller."), Message("assistant", "Hello, Ada."))
    try:
        await llm.reply(Prompt(system="", purpose="summary", history=said), listener.say)
    except Declined:
        return
    _must(listener.text.strip() != "", "the summary is empty")


async def speaks(tts: Tts) -> None:
    text, lang = APOLOGIES["en"], "en"
    sound = await tts.speak(text, Voice(lang))
    _must(8_000 <= sound.rate <= 48_000, f"a rate of {sound.rate} Hz")
    _must(len(sound.pcm) % 2 == 0, "half a sample")
    _must(1.0 < sound.seconds < 15.0, f"{text!r} took {sound.seconds:.1f} s")
    _must(sound.pcm.strip(b"\0") != b"", "the sound is silence")


async def speaks_any_text(tts: Tts) -> None:
    """Odd text may sound odd, but it is no error."""
    for text in ("Ok.", "Grüße aus Köln.", "5 € or £5?", "naïve “quoted”", "word " * 200):
        _must((await tts.speak(text, Voice("en"))).pcm != b"", f"no sound for {text[:20]!r}")


async def speaks_in_an_unknown_voice(tts: Tts) -> None:
    """The voice of another engine gives way to its own."""
    _must((await tts.speak("Hello.", Voice("en", "no_such_voice"))).pcm != b"", "no sound")


async def speaks_faster_and_slower(tts: Tts) -> None:
    slow, fast = [
        await tts.speak(APOLOGIES["en"], Voice("en", speed=speed)) for speed in (0.8, 1.3)
    ]
    _must(slow.seconds > fast.seconds, "speed makes no difference")


async def speaks_two_at_once(tts: Tts) -> None:
    text, more = APOLOGIES["en"], APOLOGIES["en"] * 3
    short, long = await _both(
        lambda: tts.speak(text, Voice("en")), lambda: tts.speak(more, Voice("en"))
    )
    _must(2 * short.seconds < long.seconds < 4 * short.seconds, "two sentences were mixed up")


async def speaks_after_a_cancel(tts: Tts) -> None:
    await _leave(lambda: tts.speak("word " * 500, Voice("en")), after_s=0.01)
    await speaks(tts)


STT_CHECKS: tuple[SttCheck, ...] = (
    hears_words,
    hears_nothing_in_silence,
    hears_nothing_in_no_sound,
    hears_any_rate,
    hears_two_at_once,
    hears_after_a_cancel,
)
LLM_CHECKS: tuple[LlmCheck, ...] = (
    replies_in_pieces,
    replies_to_two_at_once,
    replies_after_a_cancel,
    stops_when_its_listener_breaks,
    condenses_or_declines,
)
TTS_CHECKS: tuple[TtsCheck, ...] = (
    speaks,
    speaks_any_text,
    speaks_in_an_unknown_voice,
    speaks_faster_and_slower,
    speaks_two_at_once,
    speaks_after_a_cancel,
)


class Listener:
    def __init__(self) -> None:
        self.text = ""

    async def say(self, piece: str) -> None:
        await trio.lowlevel.checkpoint()
        self.text += piece


def _must(true: bool, otherwise: str) -> None:
    if not true:
        raise Unfit(otherwise)


def _speech() -> tuple[Sound, str]:
    """Two seconds of a clear English voice."""
    _, sound = last_resort("en")
    return Sound(sound.pcm[: 2 * 2 * sound.rate], sound.rate), "en"


async def _both(one: Callable[[], Awaitable[T]], two: Callable[[], Awaitable[T]]) -> list[T]:
    results: dict[int, T] = {}

    async def keep(place: int, work: Callable[[], Awaitable[T]]) -> None:
        results[place] = await work()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(keep, 1, one)
        nursery.start_soon(keep, 2, two)
    return [results[1], results[2]]


async def _leave(work: Callable[[], Awaitable[object]], *, after_s: float) -> None:
    """Cancel the work, which must stop soon if it is not done before."""
    began = trio.current_time()
    with trio.move_on_after(after_s):
        await work()
    took_s = trio.current_time() - began
    _must(took_s < after_s + CANCEL_S, f"went on for {took_s:.1f} s when it was cancelled")
