"""How the gateway is: for the phone's `/health`, for people and for monitors."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import msgspec
from quart import Blueprint, Response

from clawctl.call.dialling import PhoneView
from clawctl.call.registry import Registry
from clawctl.config.live import Live
from clawctl.config.render import redacted
from clawctl.door.app import answer
from clawctl.engines.chain import EngineState, LlmChain, SttChain, TtsChain
from clawctl.engines.round_trip import RoundTrip
from clawctl.wire.events import SessionStarted, Stamped, TurnError


@dataclass
class Counters:
    """What happened since the start."""

    calls: int = 0
    errors: int = 0

    def count(self, stamped: Stamped) -> None:
        match stamped.event:
            case SessionStarted():
                self.calls += 1
            case TurnError():
                self.errors += 1


@dataclass(frozen=True)
class Status:
    """Read from memory only: it never waits for an engine or the disk."""

    stt: SttChain
    llm: LlmChain
    tts: TtsChain
    registry: Registry
    live: Live
    counters: Counters
    unread: Callable[[], int]
    last_seq: Callable[[], int]
    agents: Callable[[], list[dict[str, Any]]]
    phone: Callable[[], PhoneView]
    uptime_s: Callable[[], float]
    trips: Callable[[], list[RoundTrip]]

    def health(self) -> dict[str, Any]:
        """The fields existing clients read, whichever engine plays the part (gateway page, 8)."""
        stt, llm, tts = self.stt.states(), self.llm.states(), self.tts.states()
        first = _first(llm)
        return {
            "ok": all(map(_usable, (stt, llm, tts))),
            "mlx_audio": {"ok": _usable(stt) and _usable(tts)},
            "piper": {"ok": _usable([one for one in tts if "de" in one.langs])},
            "llm": {"loaded": _usable(llm), "model": first.name if first else ""},
            "engines": msgspec.to_builtins({"stt": stt, "llm": llm, "tts": tts}),
            "phone": _without_number(self.phone()),
        }

    def status(self) -> dict[str, Any]:
        return {
            **self.health(),
            "phone": msgspec.to_builtins(self.phone()),
            "round_trips": msgspec.to_builtins(self.trips()),
            "uptime_s": round(self.uptime_s(), 1),
            "total_calls": self.counters.calls,
            "error_count": self.counters.errors,
            "active_sessions": len(self.registry.sessions),
            "unread_messages": self.unread(),
            "agents": self.agents(),
            "waiting_for_restart": sorted(self.live.waiting),
            "last_seq": self.last_seq(),
            "version": version("clawctl"),
            "config": redacted(self.live.now),
        }


def _without_number(phone: PhoneView) -> dict[str, Any]:
    """Who calls is for the owner alone."""
    shown: dict[str, Any] = msgspec.to_builtins(phone)
    if shown["call"]:
        del shown["call"]["number"]
    return shown


def _first(states: list[EngineState]) -> EngineState | None:
    """The engine that would be asked now."""
    able = [one for one in states if one.chosen and one.state not in {"absent", "failed"}]
    return able[0] if able else None


def _usable(states: list[EngineState]) -> bool:
    """Ready, or closed because nobody needed it yet."""
    return any(one.chosen and one.state in {"ready", "closed"} for one in states)


def routes(status: Status) -> Blueprint:
    web = Blueprint("status", __name__)

    @web.get("/api/status")
    async def get_status() -> Response:
        """How the gateway is: engines, calls, agents, unread messages, settings; from memory."""
        return answer(status.status())

    return web
