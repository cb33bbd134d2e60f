"""Every endpoint of the gateway manual, asked as it is printed there and answered as it says.

The rows are written from the manual's text: its examples, its fields and their types, its defaults,
the events it names. Where our own page settles a point otherwise, the row says so. An answer may
hold more than the manual prints; it may not hold less, nor another type.
"""

import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from types import UnionType
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import trio
from trio_websocket import WebSocketConnection

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.client.socket import open_socket
from clawctl.config.live import Live
from clawctl.config.load import load
from clawctl.gateway import Gateway, open_gateway
from clawctl.plugins import Found
from clawctl.testing.calls import SPEECH
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin
from clawctl.testing.handset_form import TurnFields, form
from clawctl.testing.telephone import Telephone
from clawctl.wire.events import StatusUpdate, kinds

# Everything the manual names, table by table ("API Endpoints", "Instructions", "Agent Interface").
ENDPOINTS = {
    # Phone API
    ("GET", "/health"),
    ("POST", "/api/asr"),
    ("POST", "/api/turn"),
    ("POST", "/api/session/new"),
    ("POST", "/api/session/reset"),
    ("POST", "/api/session/end"),
    # Control center
    ("GET", "/"),
    ("GET", "/api/status"),
    ("GET", "/api/sessions"),
    ("GET", "/api/sessions/{id}"),
    ("POST", "/api/config"),
    ("GET", "/api/config/tts"),
    ("POST", "/api/config/tts"),
    ("POST", "/api/tts/preview"),
    ("GET", "/api/config/llm"),
    ("POST", "/api/config/llm"),
    ("GET", "/api/config/call"),
    ("POST", "/api/config/call"),
    ("POST", "/api/call/inject"),
    ("POST", "/api/call/dial"),
    ("POST", "/api/call/hangup"),
    ("GET", "/api/caller-history"),
    ("DELETE", "/api/caller-history/{number}"),
    ("WS", "/ws/events"),
    # Instructions
    ("GET", "/api/instructions"),
    ("POST", "/api/instructions"),
    ("POST", "/api/instructions/{sid}"),
    ("POST", "/api/instructions/{sid}/turn"),
    ("DELETE", "/api/instructions/{sid}"),
    # Agent interface
    ("WS", "/api/agent/ws"),
    ("POST", "/api/agent/inject"),
    ("GET", "/api/agent/sessions"),
    ("GET", "/api/agent/call/{sid}"),
    ("GET", "/api/agent/context/{sid}"),
    ("POST", "/api/agent/context/{sid}"),
    ("DELETE", "/api/agent/context/{sid}"),
}
# "Agent receives all event bus events".
EVENTS = {
    "turn.started", "turn.transcript", "turn.reply", "turn.complete", "turn.error",
    "turn.caller_rejected", "turn.authenticated", "turn.auth_failed", "agent.connected",
    "agent.disconnected", "agent.inject", "agent.takeover", "agent.release",
    "agent.context_injected", "agent.context_cleared", "instructions.updated",
    "config.tts_updated", "config.llm_updated", "config.call_updated", "call.dial", "call.hangup",
    "status.update", "session.ended",
}  # fmt: skip

BEARER = {"Authorization": "Bearer localdev"}
NUMBER = "+49301234567"
BASE = "You are a concise, friendly real-time voice assistant."
VOICES = {
    "American Female": [
        "af_heart", "af_alloy", "af_aoede", "af_bella", "af_jessica", "af_kore", "af_nicole",
        "af_nova", "af_river", "af_sarah", "af_sky",
    ],
    "American Male": [
        "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx", "am_puck",
        "am_santa",
    ],
    "British Female": ["bf_alice", "bf_emma", "bf_isabella", "bf_lily"],
    "British Male": ["bm_daniel", "bm_fable", "bm_george", "bm_lewis"],
}  # fmt: skip
GERMAN_VOICES = {
    "Male": ["thorsten-high", "thorsten-medium", "thorsten-low", "karlsson-low", "pavoque-low"],
    "Female": ["eva_k-x_low", "kerstin-low", "ramona-low"],
    "Emotional": ["thorsten_emotional-medium"],
}


@dataclass(frozen=True)
class Each:
    """A list of at least one, each of them like that."""

    like: Any


class Absent:
    """A field that is not there."""


MS = float
# Our page, 9: JSON always; a sentence and a code that stays.
REFUSED = {"ok": False, "detail": str, "code": re.compile("[a-z_]+")}

TTS = {
    "lang": "en",
    "model": "mlx-community/Kokoro-82M-bf16",
    "voice": "af_heart",
    "speed": 1.2,
    "voices": VOICES,
    "piper_voice": Absent,
    "emotions": Absent,
}
TTS_DE = {
    "lang": "de",
    "model": "mlx-community/Kokoro-82M-bf16",
    "piper_voice": "thorsten-high",
    "piper_speaker": 0,
    "piper_length_scale": 1.0,
    "piper_noise_scale": 0.667,
    "piper_noise_w": 0.8,
    "piper_sentence_silence": 0.2,
    "voices": GERMAN_VOICES,
    "emotions": {
        "amused": 0, "angry": 1, "disgusted": 2, "drunk": 3,
        "neutral": 4, "sleepy": 5, "surprised": 6, "whisper": 7,
    },
    "voice": Absent,
    "speed": Absent,
}  # fmt: skip
LLM = {
    "model": "mlx-community/Qwen2.5-1.5B-Instruct-4bit",
    "base_url": "",
    "has_api_key": False,
    "max_tokens": 400,
    "context_tokens": 0,
    "max_history_turns": 8,
    "temperature": 0.2,
    "top_p": 1.0,
    "top_p_enabled": True,
    "top_k": 0,
    "top_k_enabled": True,
    "repeat_penalty": 1.0,
    "stop": [],
    "is_local": True,
    "api_key": Absent,
    "llm_api_key": Absent,
}
CALL = {
    "auto_answer": True,
    "auto_answer_delay_ms": 500,
    "caller_allowlist": [],
    "caller_blocklist": [],
    "unknown_callers_allowed": True,
    "greeting_incoming": re.compile("Hello, I am Markus's assistant.*"),
    "greeting_outgoing": "Hello, this is Markus's assistant calling. Please wait for the beep"
    " before speaking.",
    "greeting_incoming_template": re.compile(r"Hello, I am \{owner\}'s assistant.*"),
    "greeting_outgoing_template": "Hello, this is {owner}'s assistant calling. Please wait for the"
    " beep before speaking.",
    "greeting_owner": "Markus",
    "max_duration_sec": 300,
    "max_duration_message": re.compile("I'm sorry, but we have reached.*"),
    "auth_required": False,
    "auth_reject_message": "I'm sorry, I can't help you right now. Goodbye.",
    "auth_max_attempts": 3,
    "keep_history": True,
    "auth_passphrase": Absent,
}
HEALTH = {
    "mlx_audio": {"ok": True},
    "piper": {"ok": True},
    "llm": {"loaded": True, "model": str},
}
TURN = {
    "ok": True,
    "session_id": "abc123",
    "transcript": "what caller said",
    "reply": "assistant response",
    "audio_base64": str,
    "hangup": False,
    "rejected": False,
    "metrics": {"asr_ms": MS, "llm_ms": MS, "tts_ms": MS, "total_ms": MS, "llm_model": str},
}
ASKED = "Hi, I need help with my account."
ANSWERED = "Sure! What's your account number?"
STATE = {
    "session_id": "abc123",
    "history": [
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": ANSWERED},
    ],
    "turn_count": 1,
    "instructions": {"base": BASE, "session": "", "pending_turn": ""},
    "agent_takeover": False,
    "created_at": float | None,
}
KNOWLEDGE = "Caller is John Smith, account #12345. Balance: €1,234.56."
DONE = {"ok": True, "session_id": "abc123"}
# How long a listener may take to hear what happened.
PATIENCE_S = 5.0

Event = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question of the manual, what it answers, announces and leaves behind.

    `of` fills the blank of the path. `before` is posted first, `then` is what a look shows
    afterwards, `saved` what the settings file holds then; `settings` are in it from the start.
    """

    path: str
    method: str = "GET"
    of: str = "abc123"
    sends: Any = None
    form: TurnFields | None = None
    phone: bool = False
    status: int = 200
    shows: Any = field(default_factory=dict)
    told: tuple[Event, ...] = ()
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    then: dict[str, Any] = field(default_factory=dict)
    saved: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return re.sub(r"\{\w+\}", quote(self.of), self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.url} {json.dumps(self.sends)[:60]} {self.status}"


def get(path: str, shows: Any, **more: Any) -> Row:
    return Row(path=path, shows=shows, **more)


def post(path: str, sends: Any, shows: Any, *told: Event, **more: Any) -> Row:
    return Row(method="POST", path=path, sends=sends, shows=shows, told=told, **more)


def delete(path: str, shows: Any, *told: Event, **more: Any) -> Row:
    return Row(method="DELETE", path=path, shows=shows, told=told, **more)


def changed(view: str, *keys: str) -> Event:
    return (f"config.{view}_updated", "", {"keys": sorted(keys)})


def instructed(session_id: str, scope: str, text: str) -> Event:
    return ("instructions.updated", session_id, {"scope": scope, "text": text})


def injected(session_id: str, text: str) -> Event:
    return ("agent.inject", session_id, {"text": text})


ROWS = [
    # Phone API (bearer auth required)
    get("/health", HEALTH, phone=True),
    get("/health", REFUSED, status=401),
    post("/api/asr", None, {"transcript": "what caller said"}, form=TurnFields(), phone=True),
    post("/api/asr", None, REFUSED, form=TurnFields(), status=401),
    post(
        "/api/turn", None, TURN,
        ("turn.started", "abc123", {"caller_number": NUMBER, "direction": "incoming"}),
        ("turn.transcript", "abc123", {"transcript": "what caller said"}),
        ("turn.reply", "abc123", {"reply": "assistant response"}),
        ("turn.complete", "abc123", {
            "transcript": "what caller said", "reply": "assistant response",
            "metrics": TURN["metrics"], "model": str,
        }),
        form=TurnFields(session_id="abc123", caller_number=NUMBER), phone=True,
    ),
    post(
        "/api/turn", None,
        {**TURN, "transcript": "", "reply": "Hello, this is a test.", "metrics": {"tts_ms": MS}},
        ("turn.started", "abc123", {}),
        ("turn.reply", "abc123", {"reply": "Hello, this is a test."}),
        ("turn.complete", "abc123", {"reply": "Hello, this is a test."}),
        form=TurnFields(session_id="abc123", forced_reply="Hello, this is a test."), phone=True,
    ),
    post(
        "/api/turn", None,
        {"ok": False, "rejected": True, "reason": str, "audio_base64": str, "hangup": bool},
        ("session.started", "new", {}),
        ("turn.started", "new", {}),
        ("turn.caller_rejected", "new", {"reason": str, "caller_number": "+49666"}),
        ("turn.reply", "new", {"reply": "I'm sorry, I can't help you right now. Goodbye."}),
        ("turn.complete", "new", {}),
        ("session.ended", "new", {"reason": "rejected"}),
        form=TurnFields(session_id="new", caller_number="+49666"), phone=True,
        settings={"caller_blocklist": ["+49 666"]},
    ),
    post("/api/turn", None, REFUSED, form=TurnFields(), status=401),
    post(
        "/api/session/new", None, {"session_id": re.compile("[0-9a-f]{32}")},
        ("session.started", "*", {}), phone=True,
    ),
    post(
        "/api/session/reset", {"session_id": "abc123"}, {"ok": True},
        ("session.reset", "abc123", {}), phone=True,
        then={"/api/agent/call/abc123": {"history": [], "knowledge": ""}},
        before=(("/api/agent/context/abc123", {"context": KNOWLEDGE}),),
    ),
    post(
        "/api/session/end", {"session_id": "abc123"}, {"ok": True},
        ("session.ended", "abc123", {"reason": str}), phone=True,
        then={"/api/agent/sessions": ["def456"], "/api/sessions/abc123": {"status": "ended"}},
    ),
    post("/api/session/end", {"session_id": "nobody"}, REFUSED, status=404, phone=True),
    # Control center (no auth)
    get("/", re.compile(r"(?s)\s*<!doctype html>.*", re.IGNORECASE)),
    get("/api/status", {
        **HEALTH, "uptime_s": float, "total_calls": 2, "error_count": 0, "active_sessions": 2,
        "agents": [], "config": {"tts_voice": "af_heart", "greeting_owner": "Markus"},
    }),
    get("/api/sessions", Each({
        "session_id": re.compile("abc123|def456"), "created_at": float, "turn_count": int,
        "status": "active",
    })),
    get("/api/sessions/{id}", {
        "session_id": "abc123", "created_at": float, "turn_count": 1, "status": "active",
        "turns": [{
            "transcript": ASKED, "reply": ANSWERED, "timestamp": float,
            "metrics": {"asr_ms": MS, "llm_ms": MS, "tts_ms": MS, "total_ms": MS, "llm_model": str},
        }],
    }),
    get("/api/sessions/{id}", {"session_id": "def456"}, of="_active"),
    get("/api/sessions/{id}", REFUSED, of="nobody", status=404),
    post("/api/config", None, {"ok": True}, ("status.update", "", {})),
    get("/api/caller-history", [{"number": NUMBER, "total_calls": int, "last_call_at": float}]),
    delete(
        "/api/caller-history/{number}", {"ok": True}, of=NUMBER, then={"/api/caller-history": []}
    ),
    delete("/api/caller-history/{number}", REFUSED, of="+49000", status=404),
    # TTS Config API
    get("/api/config/tts", TTS),
    get("/api/config/tts", TTS_DE, settings={"tts_lang": "de"}),
    post(
        "/api/config/tts", {"lang": "de"}, TTS_DE, changed("tts", "tts_lang"),
        then={"/api/config/tts": TTS_DE}, saved={"tts_lang": "de"},
    ),
    post("/api/config/tts", {"lang": "fr"}, REFUSED, status=400, then={"/api/config/tts": TTS}),
    post("/api/config/tts", {"pitch": 1}, REFUSED, status=400, then={"/api/config/tts": TTS}),
    post(
        "/api/tts/preview", {"voice": "am_michael", "speed": 1.0, "text": "Hello, how are you?"},
        {"audio_base64": str, "voice": "am_michael"}, then={"/api/config/tts": TTS},
    ),
    post("/api/tts/preview", None, {"audio_base64": str, "voice": "af_heart"}),
    post("/api/tts/preview", {"speed": "fast"}, REFUSED, status=400),
    # LLM Config API
    get("/api/config/llm", LLM),
    get("/api/config/llm", {**LLM, "has_api_key": True}, settings={"llm_api_key": "sk-mine"}),
    get(
        "/api/config/llm", {"is_local": False, "base_url": "http://localhost:11434/v1"},
        settings={"llm_base_url": "http://localhost:11434/v1"},
    ),
    post(
        "/api/config/llm",
        {"temperature": 0.5, "top_p": 0.9, "top_k_enabled": False, "context_tokens": 4096},
        {**LLM, "temperature": 0.5, "top_p": 0.9, "top_k_enabled": False, "context_tokens": 4096},
        changed("llm", "llm_temperature", "llm_top_p", "llm_top_k_enabled", "llm_context_tokens"),
        then={"/api/config/llm": {"temperature": 0.5, "top_p": 0.9, "top_k_enabled": False}},
        saved={"llm_temperature": 0.5, "llm_top_p": 0.9, "llm_context_tokens": 4096},
    ),
    post(
        "/api/config/llm", {"temperature": "warm", "top_p": 0.9}, REFUSED, status=400,
        then={"/api/config/llm": LLM},
    ),
    # Call Policy API. The phone asks with its bearer, the control center without any.
    get("/api/config/call", CALL, phone=True),
    get("/api/config/call", CALL),
    get("/api/config/call", {**CALL, "auth_required": True}, settings={"auth_passphrase": "blue"}),
    post(
        "/api/config/call",
        {"greeting_incoming": "Hi!", "max_duration_sec": 600, "auth_passphrase": "blue harvest"},
        {**CALL, "greeting_incoming": "Hi!", "greeting_incoming_template": "Hi!",
         "max_duration_sec": 600, "auth_required": True},
        changed("call", "greeting_incoming", "max_duration_sec", "auth_passphrase"),
        then={"/api/config/call": {"max_duration_sec": 600, "auth_required": True}},
        saved={"greeting_incoming": "Hi!", "max_duration_sec": 600,
               "auth_passphrase": "blue harvest"},
    ),
    post(
        "/api/config/call", {"max_duration_sec": -1}, REFUSED, status=400,
        then={"/api/config/call": CALL},
    ),
    # Inject: the two endpoints are one.
    *(post(
        path, {"text": "Please hold.", "session_id": session_id}, {"ok": True, "session_id": sid},
        injected(sid, "Please hold."),
    ) for path, (session_id, sid) in product(
        ("/api/call/inject", "/api/agent/inject"), (("abc123", "abc123"), ("_active", "def456"))
    )),
    *(post(path, {"text": "Please hold.", "session_id": "nobody"}, REFUSED, status=404)
      for path in ("/api/call/inject", "/api/agent/inject")),
    *(post(path, {"text": "", "session_id": "abc123"}, REFUSED, status=400)
      for path in ("/api/call/inject", "/api/agent/inject")),
    # Dial and hang up
    post("/api/call/dial", {"number": NUMBER}, {"ok": True}, ("call.dial", "", {"number": NUMBER})),
    post("/api/call/dial", {"number": "the baker's"}, REFUSED, status=400),
    post(
        "/api/call/hangup", {"session_id": "abc123"}, DONE,
        ("call.hangup", "abc123", {}), ("session.ended", "abc123", {"reason": "hangup"}),
        then={"/api/agent/sessions": ["def456"]},
    ),
    post(
        "/api/call/hangup", None, {"ok": True, "session_id": "def456"},
        ("call.hangup", "def456", {}), ("session.ended", "def456", {"reason": "hangup"}),
    ),
    # Instructions
    get("/api/instructions", {"base": BASE, "sessions": {}}),
    post(
        "/api/instructions", {"text": "Be brief."}, {"ok": True},
        instructed("", "global", "Be brief."),
        then={"/api/instructions": {"base": "Be brief.", "sessions": {}}},
        saved={"llm_system_prompt": BASE},
    ),
    post(
        "/api/instructions", {"text": ""}, {"ok": True}, instructed("", "global", ""),
        before=(("/api/instructions", {"text": "Be brief."}),),
        then={"/api/instructions": {"base": BASE}},
    ),
    post(
        "/api/instructions/{sid}", {"text": "Speak of ships."}, {"ok": True},
        instructed("abc123", "session", "Speak of ships."),
        then={
            "/api/instructions": {"base": BASE, "sessions": {"abc123": "Speak of ships."}},
            "/api/agent/call/abc123": {"instructions": {"session": "Speak of ships."}},
        },
    ),
    post(
        "/api/instructions/{sid}/turn", {"text": "Name one."}, {"ok": True},
        instructed("abc123", "turn", "Name one."),
        then={"/api/agent/call/abc123": {"instructions": {"pending_turn": "Name one."}}},
    ),
    delete(
        "/api/instructions/{sid}", {"ok": True}, instructed("abc123", "session", ""),
        before=(("/api/instructions/abc123", {"text": "Speak of ships."}),),
        then={"/api/instructions": {"sessions": {"abc123": Absent}}},
    ),
    post("/api/instructions", {"text": 5}, REFUSED, status=400),
    *(post(path, {"text": "x"}, REFUSED, of="nobody", status=404)
      for path in ("/api/instructions/{sid}", "/api/instructions/{sid}/turn")),
    delete("/api/instructions/{sid}", REFUSED, of="nobody", status=404),
    # Agent Context Injection
    get(
        "/api/agent/context/{sid}",
        {"session_id": "abc123", "knowledge": KNOWLEDGE, "has_knowledge": True},
        before=(("/api/agent/context/abc123", {"context": "Older."}),
                ("/api/agent/context/abc123", {"context": KNOWLEDGE})),
    ),
    get(
        "/api/agent/context/{sid}",
        {"session_id": "abc123", "knowledge": "", "has_knowledge": False},
    ),
    get("/api/agent/context/{sid}", {"session_id": "def456"}, of="_active"),
    post(
        "/api/agent/context/{sid}", {"context": KNOWLEDGE}, DONE,
        ("agent.context_injected", "abc123", {"context": KNOWLEDGE}),
        then={"/api/agent/context/abc123": {"knowledge": KNOWLEDGE, "has_knowledge": True}},
    ),
    post("/api/agent/context/{sid}", {"context": ""}, REFUSED, status=400),
    post("/api/agent/context/{sid}", {}, REFUSED, status=400),
    delete(
        "/api/agent/context/{sid}", DONE, ("agent.context_cleared", "abc123", {}),
        before=(("/api/agent/context/abc123", {"context": KNOWLEDGE}),),
        then={"/api/agent/context/abc123": {"knowledge": "", "has_knowledge": False}},
    ),
    get("/api/agent/context/{sid}", REFUSED, of="nobody", status=404),
    post("/api/agent/context/{sid}", {"context": "x"}, REFUSED, of="nobody", status=404),
    delete("/api/agent/context/{sid}", REFUSED, of="nobody", status=404),
    # Agent Call State API
    get("/api/agent/sessions", ["abc123", "def456"]),
    get("/api/agent/call/{sid}", STATE),
    get(
        "/api/agent/call/{sid}", of="_active",
        shows={**STATE, "session_id": "def456", "history": [], "turn_count": 0},
    ),
    get("/api/agent/call/{sid}", REFUSED, of="nobody", status=404),
]  # fmt: skip
SOCKETS = ["/ws/events", "/api/agent/ws"]

# The manual's tables of what a view takes: its names, the full one last, a value of its type and
# one of another. The voice has one for each language.
NAMES: dict[str, list[tuple[tuple[str, ...], Any, Any]]] = {
    "tts en": [
        (("lang", "tts_lang"), "de", 5),
        (("voice", "tts_voice"), "am_michael", 5),
        (("speed", "tts_speed"), 1.0, "fast"),
    ],
    "tts de": [
        (("lang", "tts_lang"), "en", None),
        (("piper_voice",), "karlsson-low", 5),
        (("piper_speaker",), 3, 1.5),
        (("piper_length_scale",), 1.1, "slow"),
        (("piper_noise_scale",), 0.5, "loud"),
        (("piper_noise_w",), 0.7, [0.7]),
        (("piper_sentence_silence",), 0.3, None),
    ],
    "llm": [
        (("model", "llm_model"), "qwen2.5:1.5b", 5),
        (("base_url", "llm_base_url"), "http://127.0.0.1:11434/v1", 5),
        (("api_key", "llm_api_key"), "sk-mine", 5),
        (("max_tokens", "llm_max_tokens"), 200, "many"),
        (("temperature", "llm_temperature"), 0.5, "warm"),
        (("top_p", "llm_top_p"), 0.9, "most"),
        (("top_p_enabled", "llm_top_p_enabled"), False, "no"),
        (("top_k", "llm_top_k"), 40, 1.5),
        (("top_k_enabled", "llm_top_k_enabled"), False, 0),
        (("repeat_penalty", "llm_repeat_penalty"), 1.1, "some"),
        (("stop", "llm_stop"), ["END"], "END"),
        (("context_tokens", "llm_context_tokens"), 4096, "4k"),
        (("max_history_turns",), 4, 4.5),
    ],
    "call": [
        (("auto_answer", "call_auto_answer"), False, "no"),
        (("auto_answer_delay_ms", "call_auto_answer_delay_ms"), 900, "soon"),
        (("caller_allowlist",), ["+49301"], "+49301"),
        (("caller_blocklist",), ["+49302"], {}),
        (("unknown_callers_allowed",), False, 0),
        (("keep_history",), False, "no"),
        (("greeting_incoming",), "Good day.", 5),
        (("greeting_outgoing",), "It is me.", 5),
        (("greeting_owner",), "Ada", None),
        (("max_duration_sec",), 600, "long"),
        (("max_duration_message",), "Time is up.", []),
        (("auth_passphrase",), "blue harvest", 5),
        (("auth_reject_message",), "No.", 5),
        (("auth_max_attempts",), 5, "five"),
    ],
}
# What is shown in place of a secret.
SHOWN = {"llm_api_key": "has_api_key", "auth_passphrase": "auth_required"}


@dataclass
class Scene:
    """A gateway as the manual's examples find it: two calls are live, a conversation in the first.

    Its settings stand in a file of the manual's own kind.
    """

    gateway: Gateway
    path: Path
    stt: FixedStt
    llm: EchoLlm
    http: httpx2.AsyncClient

    async def turn(self, words: str, reply: str, fields: TurnFields) -> httpx2.Response:
        self.stt.text = words
        self.llm.answer = lambda _: (reply,)
        sound = wav.write(Sound(SPEECH.pcm + words.encode("utf-16-le"), SPEECH.rate))
        return await self.upload("/api/turn", fields, sound, BEARER)

    async def upload(
        self, path: str, fields: TurnFields, sound: bytes, headers: dict[str, str]
    ) -> httpx2.Response:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        body = form("x", fields.parts(), sound)
        return await self.http.post(path, content=body, headers=kind | headers)

    async def ask(self, row: Row) -> httpx2.Response:
        headers = BEARER if row.phone else {}
        if row.form is not None:
            self.stt.text = "what caller said"
            self.llm.answer = lambda _: ("assistant response",)
            return await self.upload(row.url, row.form, wav.write(SPEECH), headers)
        sent = {} if row.sends is None else {"json": row.sends}
        return await self.http.request(row.method, row.url, headers=headers, **sent)

    async def heard(self, listener: WebSocketConnection) -> list[dict[str, Any]]:
        """What a listener was told by now."""
        self.gateway.bus.publish(StatusUpdate(keys=["that was all"]))
        frames: list[dict[str, Any]] = []
        with trio.fail_after(PATIENCE_S):
            while True:
                frame = json.loads(await listener.get_message())
                if frame.get("keys") == ["that was all"]:
                    return frames
                frames.append(frame)

    def saved(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text())
        return found


async def somebody_speaks(_: Sound) -> bool:
    return True


@asynccontextmanager
async def open_scene(tmp_path: Path, calls: bool = True, **settings: Any) -> AsyncIterator[Scene]:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({
        "port": 0, "phone_port": 0, "data_dir": str(tmp_path / "data"), "bearer_token": "localdev",
        "adb_driver": "off",
        "llm_system_prompt": BASE, "greeting_owner": "Markus", "keep_history": True, **settings,
    }))  # fmt: skip
    voices = {
        lang: {heading: tuple(names) for heading, names in groups.items()}
        for lang, groups in (("en", VOICES), ("de", GERMAN_VOICES))
    }
    stt, llm, tts = FixedStt(), EchoLlm(), ToneTts(character_s=0.001, voices=voices)
    found = Found((fake_plugin(stt=stt, llm=llm, tts=tts),), {})
    live = Live(load(path, environ={}))
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(
            open_gateway(live, found, speech=somebody_speaks, handset=Telephone())
        )
        http = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=gateway.url, trust_env=False, verify=False, timeout=10)
        )
        scene = Scene(gateway, path, stt, llm, http)
        if calls:
            first = TurnFields(session_id="abc123", caller_number=NUMBER)
            assert (await scene.turn(ASKED, ANSWERED, first)).status_code == 200
            await gateway.registry.open("def456")
        yield scene


def faults(found: Any, wanted: Any, at: str = "$") -> Iterator[str]:
    """Where `found` is not as `wanted`: a value, a type, a pattern, or the fields of an object."""
    match wanted:
        case dict() if isinstance(found, dict):
            for key, like in wanted.items():
                yield from _field_faults(found, key, like, f"{at}.{key}")
        case list() if isinstance(found, list) and len(found) == len(wanted):
            for index, like in enumerate(wanted):
                yield from faults(found[index], like, f"{at}[{index}]")
        case Each(like) if isinstance(found, list) and found:
            for index, one in enumerate(found):
                yield from faults(one, like, f"{at}[{index}]")
        case re.Pattern() if isinstance(found, str) and wanted.fullmatch(found):
            pass
        case type() | UnionType() if isinstance(found, wanted) and (
            wanted is bool or not isinstance(found, bool)
        ):
            pass
        # JSON knows one kind of number, but true is none.
        case bool() | int() | float() | str() | None if found == wanted and isinstance(
            found, bool
        ) is isinstance(wanted, bool):
            pass
        case _:
            yield f"{at}: {found!r} is not {wanted!r}"


def _field_faults(found: dict[str, Any], key: str, like: Any, at: str) -> Iterator[str]:
    if like is Absent:
        if key in found:
            yield f"{at}: is there"
    elif key not in found:
        yield f"{at}: is missing"
    else:
        yield from faults(found[key], like, at)


def frame_faults(frame: dict[str, Any], wanted: Event) -> Iterator[str]:
    """Our page, 2: the fields of an event stand under `data` and at the top."""
    kind, session_id, data = wanted
    yield from faults(frame, {"type": kind, "timestamp": float, "data": data, **data})
    yield from (f"$.{key} is not $.data.{key}" for key, value in frame["data"].items()
                if frame.get(key) != value)  # fmt: skip
    if session_id != "*":
        yield from faults(frame, {"session_id": session_id})


def shown(reply: httpx2.Response) -> Any:
    is_json = reply.headers["Content-Type"].startswith("application/json")
    return reply.json() if is_json else reply.text


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_the_manual_is_kept(tmp_path: Path, row: Row) -> None:
    async with open_scene(tmp_path, **row.settings) as scene:
        for path, body in row.before:
            assert (await scene.http.post(path, json=body)).status_code == 200
        async with open_socket(scene.gateway.url, "/ws/events") as listener:
            reply = await scene.ask(row)
            frames = await scene.heard(listener)
        after = {path: shown(await scene.http.get(path)) for path in row.then}
        saved = scene.saved()

    assert reply.status_code == row.status, reply.text
    assert list(faults(shown(reply), row.shows)) == []
    assert [frame["type"] for frame in frames] == [kind for kind, _, _ in row.told]
    assert [list(frame_faults(*pair)) for pair in zip(frames, row.told, strict=True)] == [
        [] for _ in row.told
    ]
    assert list(faults(after, row.then)) == []
    assert list(faults(saved, row.saved)) == []


@pytest.mark.parametrize("path", SOCKETS)
async def test_a_socket_hears_everything_and_answers_a_ping(tmp_path: Path, path: str) -> None:
    async with open_scene(tmp_path) as scene, open_socket(scene.gateway.url, path) as socket:
        await socket.send_message('{"type": "ping"}')
        with trio.fail_after(PATIENCE_S):
            while json.loads(await socket.get_message())["type"] != "pong":
                pass
        await scene.turn("And now?", "Now this.", TurnFields(session_id="abc123"))
        await scene.http.post("/api/config/call", json={"greeting_owner": "Ada"})
        heard = [frame["type"] for frame in await scene.heard(socket)]

    assert heard == [
        "turn.started", "turn.transcript", "turn.reply", "turn.complete", "config.call_updated",
    ]  # fmt: skip


@pytest.mark.parametrize("table", NAMES)
async def test_a_view_takes_every_field_by_all_its_names_and_by_its_type_alone(
    tmp_path: Path, table: str
) -> None:
    view, _, lang = table.partition(" ")
    path = f"/api/config/{view}"
    async with open_scene(tmp_path, tts_lang=lang or "en") as scene:
        for names, value, misfit in NAMES[table]:
            short, full = names[0], names[-1]
            for name in names:
                before, kept = shown(await scene.http.get(path)), scene.saved()
                refused = await scene.http.post(path, json={name: misfit})
                assert (refused.status_code, list(faults(shown(refused), REFUSED))) == (400, [])
                assert (shown(await scene.http.get(path)), scene.saved()) == (before, kept), name

                async with open_socket(scene.gateway.url, "/ws/events") as listener:
                    reply = await scene.http.post(path, json={name: value})
                    (frame,) = await scene.heard(listener)
                look = shown(await scene.http.get(path))

                assert (reply.status_code, shown(reply)) == (200, look), name
                assert look[SHOWN.get(full, short)] == (True if full in SHOWN else value)
                assert scene.saved()[full] == value
                assert list(frame_faults(frame, changed(view, full))) == []
                scene.path.write_text(json.dumps(kept))
                assert (await scene.http.post("/api/config")).status_code == 200


async def test_a_preview_speaks_the_samples_of_the_manual(tmp_path: Path) -> None:
    async with open_scene(tmp_path, tts_lang="de") as scene:
        german = shown(await scene.http.post("/api/tts/preview"))
        await scene.http.post("/api/config/tts", json={"lang": "en"})
        english = shown(await scene.http.post("/api/tts/preview"))

    # A fake voice speaks a millisecond for each character.
    lengths = [wav.read(base64.b64decode(one["audio_base64"])).seconds for one in (german, english)]
    assert lengths == [
        pytest.approx(len(text) / 1000)
        for text in ("Hallo, das ist eine Sprachvorschau.", "Hello, this is a voice preview.")
    ]


async def test_no_call_is_active_where_none_is_live(tmp_path: Path) -> None:
    async with open_scene(tmp_path, calls=False) as scene:
        paths = [row.path for row in ROWS if row.of == "_active"]
        replies = [await scene.http.get(re.sub(r"\{\w+\}", "_active", path)) for path in paths]
        said = await scene.http.post("/api/call/inject", json={"text": "x", "session_id": ""})

    assert {reply.status_code for reply in [*replies, said]} == {404}
    assert [list(faults(shown(reply), REFUSED)) for reply in replies] == [[], [], []]


def test_no_endpoint_of_the_manual_is_left_out() -> None:
    asked = {(row.method, row.path) for row in ROWS} | {("WS", path) for path in SOCKETS}

    assert asked == ENDPOINTS


def test_every_event_of_the_manual_can_be_announced() -> None:
    assert EVENTS - {kind.type for kind in kinds()} == set()


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        ({}, {"a": 1}),
        ({"a": 1}, {"a": Absent}),
        ({"a": True}, {"a": int}),
        ({"a": True}, {"a": 1}),
        ({"a": 1}, {"a": True}),
        ({"a": None}, {"a": str}),
        ([], Each(str)),
        ([1], Each(str)),
        ([1, 2], [1]),
        ("x", re.compile("y")),
        (5, {"a": 1}),
        ("5", 5),
    ],
)
def test_what_is_not_as_the_manual_has_it_is_found(found: Any, wanted: Any) -> None:
    assert len(list(faults(found, wanted))) == 1
