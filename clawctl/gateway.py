"""The whole gateway put together: what starts, in which order, and what stops."""

import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import trio
from quart import Blueprint

from clawctl.agents.agents import Agents
from clawctl.agents.commands import Desk
from clawctl.agents.routes import routes as agents_routes
from clawctl.audio.speech import SpeechDetector
from clawctl.bus import Bus, Clock
from clawctl.call.answering import Answering
from clawctl.call.cold import ColdGate
from clawctl.call.compaction import Compaction
from clawctl.call.delegating import Delegating
from clawctl.call.dialling import NoPhone, Phone
from clawctl.call.greetings import Greetings
from clawctl.call.hearing import Heard, Hearing, Speech, look_by_look
from clawctl.call.left_ringing import LeftRinging
from clawctl.call.ports import Store
from clawctl.call.prompt import Instructions
from clawctl.call.recording import Recording
from clawctl.call.registry import Registry
from clawctl.call.shared import Shared
from clawctl.call.speaking import Speaking
from clawctl.call.steering import Steering
from clawctl.call.takeover import Takeovers
from clawctl.call.turn import Turns
from clawctl.call.warming import Told, Warm, Warming
from clawctl.config.live import Live
from clawctl.config.schema import engine_names
from clawctl.door.app import make_app
from clawctl.door.origin import OwnOriginOnly
from clawctl.door.serving import bind, open_doors
from clawctl.engines.api import Offer, Voice
from clawctl.engines.chain import LlmChain, SttChain, TtsChain
from clawctl.engines.host import PluginHost
from clawctl.engines.phrase_files import PhraseFiles
from clawctl.engines.phrases import Phrases
from clawctl.engines.round_trip import RoundTrip, round_trips
from clawctl.errors import CannotStart, NotStored
from clawctl.lines.phone import line as phone
from clawctl.lines.phone import routes as phone_routes
from clawctl.lines.phone.calls import Calls
from clawctl.lines.phone.driver import phones_of
from clawctl.lines.phone.guardian import Guardian
from clawctl.plugins import Found, Plugin
from clawctl.store.lock import tell_where
from clawctl.store.sqlite import SqliteStore, open_store
from clawctl.web.app import Owner, rooms
from clawctl.web.calls import call_state
from clawctl.web.mailbox import Mailbox
from clawctl.web.status import Counters, Status

log = structlog.get_logger()

# The app posts the same recording to /api/asr and to /api/turn, seconds apart (phone page, 6.2).
HEARD_KEPT_S = 60.0
HEARD_KEPT = 512
DAY_S = 86_400.0


@dataclass(frozen=True)
class Engines:
    """The three chains; what they hold ends with them."""

    stt: SttChain
    llm: LlmChain
    tts: TtsChain
    live: Live
    # How the voices were understood last; empty until they were tried.
    trips: list[RoundTrip] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Whether a round trip was made since the gateway began, however well it went."""
        return bool(self.trips)

    async def warm(self, told: Told) -> None:
        """Open and prove every chosen engine; `told` hears of each as soon as it is done, and of
        the round trips as soon as there are a voice and a recogniser."""

        async def one(stage: str, chain: SttChain | LlmChain | TtsChain) -> None:
            await chain.warm(partial(told, stage))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(one, "llm", self.llm)
            async with trio.open_nursery() as speech:
                speech.start_soon(one, "stt", self.stt)
                speech.start_soon(one, "tts", self.tts)
            if self.stt.is_warm and self.tts.is_warm:
                await self._round_trips(told)

    async def _round_trips(self, told: Told) -> None:
        now = self.live.now
        voice = Voice(now.tts.tts_lang, now.tts.tts_voice, now.tts.tts_speed)
        lang = now.stt.stt_language or voice.lang
        self.trips[:] = await round_trips(self.stt, self.tts, voice, lang)
        for trip in self.trips:
            if trip.unclear:
                log.warning(
                    "engine.unclear", voice=trip.voice, recogniser=trip.recogniser,
                    words_back=trip.words_back,
                )  # fmt: skip
            told("stt", trip)

    def by_stage(self) -> dict[str, SttChain | LlmChain | TtsChain]:
        return {"stt": self.stt, "llm": self.llm, "tts": self.tts}


@dataclass(frozen=True)
class Gateway:
    """A running gateway. `url` is the door of everything, `phone_url` that of the phone."""

    url: str
    phone_url: str
    live: Live
    bus: Bus
    store: SqliteStore
    registry: Registry
    engines: Engines
    warm: Warm
    status: Status
    steering: Steering
    resumed: int


@asynccontextmanager
async def open_gateway(
    live: Live,
    found: Found,
    *,
    lent: Engines | None = None,
    speech: Speech | None = None,
    handset: Phone | None = None,
) -> AsyncIterator[Gateway]:
    """Everything a gateway is, for the time of the block; the last opened closes first.

    Leaving it stops listening, lets turns in flight finish within `graceful_timeout`, then closes
    engines and store. Raises CannotStart. Engines that are `lent` stay open; `speech` stands in for
    the speech detector, `handset` for the phone over ADB.
    """
    now, started = live.now, time.monotonic()
    doors = _bound(live)
    try:
        async with open_store(Path(now.gateway.data_dir)) as store:
            bus = Bus(time.time, store.last_seq())
            bus.keep = store.keep
            opened = nullcontext(lent) if lent else open_engines(live, found)
            async with opened as engines, trio.open_nursery() as background:
                turns = make_turns(
                    store,
                    bus,
                    live,
                    engines,
                    speech or look_by_look(SpeechDetector()),
                    background,
                    lasting=_cache(live) / "phrases",
                )
                registry = turns.registry
                answers = Shared[bytes](background, keep_s=phone.REPEAT_S, limit=phone.REPEATS)
                line = phone.PhoneLine(turns, turns.hearing, live, answers)
                counters, mailbox = Counters(), Mailbox(store, bus, live)
                takeovers = turns.answering.delegating.takeovers
                agents = Agents(bus, takeovers)
                bus.watch(counters.count)
                guardian = None if handset else _guardian(live, bus, registry)
                telephone = handset or guardian or NoPhone()
                status = Status(
                    engines.stt, engines.llm, engines.tts, registry, live, counters,
                    lambda: mailbox.unread, lambda: bus.last_seq, agents.listed, telephone.view,
                    lambda: time.monotonic() - started, lambda: engines.trips,
                )  # fmt: skip
                steering = Steering(registry, store, bus, live, turns.answering.instructions)
                warm = Warming(engines.warm, turns.speaking.phrases, live, background)
                desk = Desk(
                    live, bus, store, steering, takeovers, turns.speaking, telephone,
                    turns.greetings,
                    lambda sid: call_state(steering, takeovers, steering.call(sid)),
                )  # fmt: skip
                owner = Owner(
                    live, bus, store, steering, takeovers, mailbox, engines.tts, status, warm
                )
                resumed = await registry.restore()
                for task in (registry.sweep, mailbox.run, partial(_retain, store, live)):
                    background.start_soon(task)
                programs = agents_routes(desk, agents, live)
                gate = ColdGate((engines.stt, engines.tts), warm, lambda: engines.proven)
                bus.watch(LeftRinging(telephone, live, gate, background).heard)
                async with _open_doors(doors, line, owner, programs, gate) as (url, phone_url):
                    tell_where(Path(now.gateway.data_dir), url, phone_url)
                    if guardian:
                        background.start_soon(guardian.run, doors[1].getsockname()[1])
                    yield Gateway(
                        url, phone_url, live, bus, store, registry, engines, warm, status,
                        steering, resumed,
                    )  # fmt: skip
                background.cancel_scope.cancel()
    finally:
        for sock in doors:
            sock.close()


def make_turns(
    store: Store,
    bus: Bus,
    live: Live,
    engines: Engines,
    speech: Speech,
    background: trio.Nursery,
    clock: Clock = time.time,
    *,
    lasting: Path | None = None,
) -> Turns:
    """What a turn goes through, joined together; `background` holds the work turns share, `lasting`
    the phrases that outlive a restart."""
    registry = Registry(store, bus, live, clock)
    heard = Shared[Heard](background, keep_s=HEARD_KEPT_S, limit=HEARD_KEPT)
    hearing = Hearing(engines.stt, speech, live, heard)
    phrases = Phrases(engines.tts, PhraseFiles(lasting) if lasting else None)
    speaking = Speaking(engines.tts, phrases, live)
    instructions = Instructions()
    compaction = Compaction(engines.llm, instructions, store, live, clock, background)
    delegating = Delegating(Takeovers(bus), live)
    answering = Answering(engines.llm, speaking, live, instructions, compaction, delegating)
    recording = Recording(registry, store, bus, clock)
    return Turns(
        registry, hearing, answering, speaking, recording, store, bus, live, clock, background,
        Greetings(),
    )  # fmt: skip


def _guardian(live: Live, bus: Bus, registry: Registry) -> Guardian | None:
    """None where the gateway has no phone over ADB."""
    if live.now.phone.adb_driver == "off":
        return None
    calls = Calls(registry.phone_told, registry.phone_lost)
    return Guardian(phones_of(live.now.phone), live, bus, calls, partial(_waits, registry))


def _waits(registry: Registry, session_id: str) -> bool:
    """Whether a sentence waits to be said in a call that is up on the phone."""
    session, call = registry.sessions.get(session_id), registry.on_line.now
    if session is None or call is None or call.state != "active":
        return False
    on_phone = registry.on_line.holds(session, registry.sessions.values())
    return on_phone and bool(session.state.injects)


@asynccontextmanager
async def open_engines(live: Live, found: Found) -> AsyncIterator[Engines]:
    """The chains of all engines that plugins offer; none is opened before it is needed."""
    cache = _cache(live) / "engines"

    def offers(of: Callable[[Plugin], Mapping[str, Offer[Any]]]) -> dict[str, Any]:
        return {
            name: (offer, _host(live, plugin, cache))
            for plugin in found.plugins
            for name, offer in of(plugin).items()
        }

    def patience() -> float:
        return live.now.session.engine_timeout_sec

    async with (
        SttChain.open(
            offers(lambda p: p.stt), lambda: engine_names(live.now.stt.stt_engine), patience
        ) as stt,
        LlmChain.open(
            offers(lambda p: p.llm), lambda: engine_names(live.now.llm.llm_engine), patience
        ) as llm,
        TtsChain.open(
            offers(lambda p: p.tts), lambda: engine_names(live.now.tts.tts_engine), patience
        ) as tts,
    ):
        yield Engines(stt, llm, tts, live)


def _host(live: Live, plugin: Plugin, cache: Path) -> PluginHost:
    def section() -> Any:
        return live.now.plugins.get(plugin.name)

    return PluginHost(plugin.name, cache, section, lambda: live.now)


def _cache(live: Live) -> Path:
    """What may be deleted at any time."""
    return Path(live.now.gateway.data_dir) / "cache"


def _bound(live: Live) -> tuple[socket.socket, socket.socket]:
    gateway = live.now.gateway
    door = bind(gateway.host, gateway.port, "port")
    try:
        return door, bind(gateway.host, gateway.phone_port, "phone_port")
    except CannotStart:
        door.close()
        raise


@asynccontextmanager
async def _open_doors(
    socks: tuple[socket.socket, socket.socket],
    line: phone.PhoneLine,
    owner: Owner,
    programs: Blueprint,
    gate: ColdGate,
) -> AsyncIterator[tuple[str, str]]:
    """The main door has everything, the phone's own has the phone's routes only."""

    def phones(*, main: bool) -> Blueprint:
        return phone_routes.routes(
            line, owner.steering.registry, live, owner.status.health, gate, main=main
        )

    live = owner.live
    graceful_s = live.now.gateway.graceful_timeout
    main = make_app("clawctl", live, [phones(main=True), *rooms(owner), programs])
    phone_only = make_app("clawctl.phone", live, [phones(main=False)])
    doors = list(zip(socks, map(OwnOriginOnly, (main, phone_only)), strict=True))
    async with open_doors(doors, graceful_s) as (url, phone_url):
        yield url, phone_url


async def _retain(store: SqliteStore, live: Live) -> None:
    """Forget what is older than `retention_days`, at the start and once a day.

    A store that fails is left alone until the next day: what is too old can wait, calls cannot.
    """
    while True:
        if days := live.now.gateway.retention_days:
            try:
                await store.prune(time.time() - days * DAY_S)
            except NotStored as error:
                log.warning("retention.failed", why=str(error))
        await trio.sleep(DAY_S)
