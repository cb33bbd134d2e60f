"""What an engine is: one that hears (stt), one that thinks (llm), one that speaks (tts).

An engine is a small object behind a protocol; a plugin offers it (`clawctl.plugins`) and the chain
(`clawctl.engines.chain`) opens it, watches it and replaces it when it fails. An engine may raise
anything: the chain turns it into `EngineFailed`. It is cancelled when its caller went away or its
time is up, and must be usable afterwards.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, Protocol, TypeVar

import msgspec

from clawctl.audio.wav import Sound
from clawctl.config.schema import Settings

Stage = Literal["stt", "llm", "tts"]
# In place of a language: the recogniser shall find out which it hears.
DETECTED = ("", "auto")
Role = Literal["user", "assistant"]


def bare(lang: str) -> str:
    """A language as engines know it: "de" for "de-AT"."""
    return lang.partition("-")[0].lower()


def knows(langs: frozenset[str], lang: str) -> bool:
    """Whether an engine of these languages is one for `lang`; who has several finds out which."""
    return len(langs) > 1 if lang in DETECTED else bare(lang) in langs


class Message(msgspec.Struct, frozen=True):
    """One remembered utterance."""

    role: Role
    content: str


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """All a reply model may know, in the order of the gateway manual; a snapshot of one moment.

    `purpose` is "reply", or "summary" when older history is to be condensed: then `history` holds
    what is to be condensed, `summary` what was condensed before, and `transcript` is empty. `call`
    is the same for all turns of a call, and no part of what the model is told.
    """

    system: str
    summary: str = ""
    history: tuple[Message, ...] = ()
    knowledge: str = ""
    transcript: str = ""
    lang: str = "en"
    owner: str = ""
    caller_number: str = ""
    direction: str = "incoming"
    purpose: Literal["reply", "summary"] = "reply"
    call: str = ""


class TakenMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asked to be passed on, as far as it is known.

    `index` counts the messages of one call from 0; one that comes again with the same index
    replaces the earlier. `confirmed` is true once the caller agreed to what was read back.
    """

    index: int = 0
    name: str = ""
    number: str = ""
    text: str = ""
    confirmed: bool = False


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """How a reply came about: the model that wrote it, and a message if one was taken."""

    model: str
    message: TakenMessage | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak: language ("en", "de"), a voice of the engine ("" = its own), speed (1.0)."""

    lang: str = "en"
    name: str = ""
    speed: float = 1.0


# A piece of the reply as soon as it is written; pieces are joined as they are, without blanks.
# It waits while the voice is far behind.
Say = Callable[[str], Awaitable[None]]


class Stt(Protocol):
    async def hear(self, sound: Sound, lang: str) -> str:
        """The words spoken in `sound` (mono 16-bit, any rate); "" when there are none."""
        ...


class Llm(Protocol):
    async def reply(self, prompt: Prompt, say: Say) -> Answered:
        """Write the reply piece by piece; returns when the last piece was said."""
        ...


class Tts(Protocol):
    async def speak(self, text: str, voice: Voice) -> Sound:
        """One sentence or more as sound; `text` is already fit to be spoken."""
        ...


class Worker(Protocol):
    """A synchronous object living in processes of its own; see `clawctl.engines.worker`."""

    async def call(self, method: str, *args: Any) -> Any:
        """Call a method of the object; arguments and result are msgpack data.

        Raises EngineFailed when the object raises or its process dies. Cancelled, the process
        that is still at work is replaced by a new one.
        """
        ...


class Host(Protocol):
    """What the gateway lends to an engine while it is open."""

    @property
    def cache_dir(self) -> Path:
        """A directory for this plugin alone, kept over restarts; may be deleted at any time."""
        ...

    def settings(self) -> Any:
        """The plugin's own section (an instance of its `settings` class), as it is now."""
        ...

    def common(self) -> Settings:
        """The gateway's own settings, as they are now."""
        ...

    def worker(
        self, spec: str, options: Mapping[str, Any], *, size: int = 1, grace_s: float = 0.3
    ) -> AbstractAsyncContextManager[Worker]:
        """`size` processes that each hold `spec` ("module:Class") called with `options`.

        A call whose caller went away has `grace_s` to end; then its process is killed. An output
        comes in pieces from a method that is called for each: so several callers take turns.
        """
        ...


E = TypeVar("E", Stt, Llm, Tts)
# The rank of an engine that works only where the settings name it.
NAMED_ONLY = -1_000_000


@dataclass(frozen=True)
class Offer(Generic[E]):
    """An engine a plugin has to offer.

    `missing` says without importing the heavy library why the engine cannot work here, and how to
    mend that, or "" if it can; `unset` which setting it lacks, and may change its mind while the
    gateway runs. `rank` orders `auto`: the highest that can work is chosen, NAMED_ONLY never.
    `voices` names those there are for a language under headings, as the settings are now and
    without importing the library either; a `Voice` of such a name is spoken with it. `models` names
    what it loads as it is set now, so that `clawctl.engines.models` knows it. `window` is how many
    tokens the reply model that is set now has before it at a time, 0 if nobody knows. `imports` are
    modules that are imported in a thread before `open` is called: it would hold up calls by that.
    """

    open: Callable[[Host], AbstractAsyncContextManager[E]]
    rank: int
    about: str
    langs: frozenset[str] = frozenset({"en"})
    missing: Callable[[], str] = field(default=lambda: "")
    voices: Callable[[str, Host], Mapping[str, tuple[str, ...]]] = field(
        default=lambda _lang, _host: {}
    )
    unset: Callable[[Host], str] = field(default=lambda _host: "")
    models: Callable[[Host], tuple[str, ...]] = field(default=lambda _host: ())
    window: Callable[[Host], int] = field(default=lambda _host: 0)
    imports: tuple[str, ...] = ()
