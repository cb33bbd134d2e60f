"""How the phone app reads an answer, and what is wrong with it."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from clawctl.testing.handset_contract import (
    CONFIG_DEADLINE_S,
    TURN_DEADLINE_S,
    Violation,
)
from clawctl.testing.handset_rules import is_suppressed
from clawctl.testing.handset_sound import PLAYED_AT_MOST_S, Clip, Unplayable, clip_of
from clawctl.testing.handset_wire import Response

BUILT_IN_GOODBYE = "I am sorry, the maximum call duration has been reached. Goodbye."

Outcome = Literal["played", "empty", "suppressed", "unplayable", "failed", "hangup", "echo"]

_ORDINARY_AUDIO = ("audio_wav_base64", "audio_base64", "audioBase64")
_LAST_AUDIO = ("audio_base64", "audio_wav_base64")
_SESSION_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


class Fields:
    """A JSON object read with the app's leniency; what that hides is noted as a violation."""

    def __init__(self, body: Mapping[str, Any], found: list[Violation]) -> None:
        self._body = body
        self.found = found

    def text(self, name: str) -> str:
        value = self._body.get(name, "")
        if value is None:
            return "null"
        if not isinstance(value, str):
            self._wrong(name, "a text")
            return msgspec.json.encode(value).decode()
        return value

    def flag(self, name: str, *, missing: bool = False) -> bool:
        value = self._body.get(name, missing)
        if not isinstance(value, bool) and value is not None and value != "true":
            self._wrong(name, "true or false")
        return value is True or value == "true"

    def number(self, name: str, *, missing: int) -> int:
        value = self._body.get(name)
        if value is None:
            return missing
        try:
            return int(float(value))
        except (TypeError, ValueError, OverflowError):
            self._wrong(name, "a number")
            return missing

    def texts(self, name: str) -> list[str]:
        value = self._body.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(name, "a list")
            return []
        if any(not isinstance(entry, str) for entry in value):
            self._wrong(name, "a list of texts")
        return [str(entry) for entry in value]

    def raw(self, name: str) -> Any:
        """A field the app ignores; taken as it is."""
        return self._body.get(name)

    def has(self, name: str) -> bool:
        return name in self._body

    def _wrong(self, name: str, wanted: str) -> None:
        got = type(self._body[name]).__name__
        violation = Violation("wrong_type", f"{name} is {got}, the app reads {wanted}")
        if violation not in self.found:
            self.found.append(violation)


@dataclass(frozen=True, slots=True)
class CallConfig:
    """The part of the call config that the app reads, with its own defaults; and `cold`, which it
    does not, but whoever wonders why it only rings."""

    auto_answer: bool = False
    cold: bool = False
    auto_answer_delay_ms: int = 500
    allowlist: tuple[str, ...] = ()
    blocklist: tuple[str, ...] = ()
    unknown_allowed: bool = True
    max_duration_s: int = 300
    max_duration_message: str = BUILT_IN_GOODBYE
    greeting_incoming: str = ""
    greeting_outgoing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAnswer:
    """What the app makes of a turn's answer; `outcome` is what it does with it."""

    outcome: Outcome
    session_id: str = ""
    transcript: str = ""
    reply: str = ""
    wav: bytes = b""
    clip: Clip | None = None
    rejected: bool = False
    reason: str = ""
    ended: bool = False
    model: str = ""
    degraded: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)


FAILED = TurnAnswer(outcome="failed")


def object_of(
    response: Response, found: list[Violation], content_type: str = "application/json"
) -> Fields | None:
    """The answer's JSON object; None if the app would give the request up."""
    check_head(response, found, content_type)
    if not 200 <= response.status < 300:
        return None
    return parsed(response.body, found)


def check_head(response: Response, found: list[Violation], content_type: str) -> None:
    """A failure is told in JSON, whatever was asked for."""
    found.extend(response.breaches)
    success = 200 <= response.status < 300
    if not success:
        rule = "redirect" if 300 <= response.status < 400 else "status"
        found.append(Violation(rule, f"status {response.status}"))
    wanted = content_type if success else "application/json"
    got = response.headers.get("content-type", "")
    if got.split(";")[0].strip().lower() != wanted:
        found.append(Violation("content_type", f"{got or 'none'} in place of {wanted}"))


def parsed(body: bytes, found: list[Violation]) -> Fields | None:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        found.append(Violation("not_json", str(error) if body else "an empty body"))
        return None
    if not isinstance(content, dict):
        found.append(Violation("not_json", f"a {type(content).__name__}, not an object"))
        return None
    found.extend(Violation("null", path) for path in nulls(content, "$"))
    return Fields(content, found)


def nulls(value: Any, path: str) -> Iterator[str]:
    if value is None:
        yield path
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from nulls(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from nulls(inner, f"{path}[{index}]")


def config_of(response: Response, found: list[Violation]) -> CallConfig | None:
    if response.total_s > CONFIG_DEADLINE_S:
        found.append(Violation("late", f"the call config took {response.total_s:.1f} s"))
    fields = object_of(response, found)
    if fields is None:
        return None
    if not fields.has("auto_answer"):
        found.append(Violation("auto_answer_missing", "the app does not answer"))
    delay_ms = fields.number("auto_answer_delay_ms", missing=500)
    if delay_ms < 0:
        found.append(Violation("negative_delay", f"{delay_ms} ms"))
    return CallConfig(
        auto_answer=fields.flag("auto_answer"),
        cold=fields.flag("cold"),
        auto_answer_delay_ms=delay_ms,
        allowlist=tuple(fields.texts("caller_allowlist")),
        blocklist=tuple(fields.texts("caller_blocklist")),
        unknown_allowed=fields.flag("unknown_callers_allowed", missing=True),
        max_duration_s=fields.number("max_duration_sec", missing=300),
        max_duration_message=fields.text("max_duration_message") or BUILT_IN_GOODBYE,
        greeting_incoming=fields.text("greeting_incoming"),
        greeting_outgoing=fields.text("greeting_outgoing"),
    )


def transcript_of(response: Response, found: list[Violation]) -> str:
    """What recognition heard; a failure counts as nothing."""
    fields = object_of(response, found)
    return "" if fields is None else fields.text("transcript")


def turn_of(response: Response, found: list[Violation]) -> TurnAnswer:
    if response.total_s > TURN_DEADLINE_S:
        found.append(Violation("late", f"the answer was complete after {response.total_s:.1f} s"))
    fields = object_of(response, found)
    if fields is None:
        return FAILED
    last = fields.flag("hangup") or fields.flag("rejected")
    order = _LAST_AUDIO if last else _ORDINARY_AUDIO
    encoded = next((text for name in order if (text := fields.text(name).strip())), "")
    return judged(fields, _decoded(encoded, found), obeys=True)


def judged(fields: Fields, wav: bytes | None, *, obeys: bool) -> TurnAnswer:
    """What becomes of a reply and its audio, None if that cannot be decoded.

    `obeys` if the phone hangs up when told to.
    """
    found, reply = fields.found, fields.text("reply")
    rejected = fields.flag("rejected")
    last = fields.flag("hangup") or rejected
    clip = _clip(wav, found)
    session_id = fields.text("session_id").strip()
    if session_id and not _SESSION_ID.fullmatch(session_id):
        found.append(Violation("session_id", repr(session_id[:140])))
    ended = fields.flag("ended")
    if ended and not last:
        found.append(Violation("mute_end", "ended, but no hangup"))
    metrics = fields.raw("metrics")
    metrics = metrics if isinstance(metrics, dict) else {}
    return TurnAnswer(
        outcome="hangup" if last and obeys else _outcome(reply, wav, clip, found),
        session_id=session_id,
        transcript=fields.text("transcript"),
        reply=reply,
        wav=wav or b"",
        clip=clip,
        rejected=rejected,
        reason=fields.text("reason"),
        ended=ended,
        model=fields.text("model") or str(metrics.get("llm_model", "")),
        degraded=fields.text("degraded"),
        metrics=metrics,
    )


def _outcome(reply: str, wav: bytes | None, clip: Clip | None, found: list[Violation]) -> Outcome:
    if not reply.strip():
        if wav:
            found.append(Violation("audio_without_text", f"{len(wav)} bytes of audio, no reply"))
        return "empty"
    if wav == b"":
        found.append(Violation("text_without_audio", repr(reply[:80])))
    if is_suppressed(reply):
        found.append(Violation("suppressed", repr(reply[:80])))
        return "suppressed"
    return "played" if clip else "unplayable"


def _decoded(encoded: str, found: list[Violation]) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        found.append(Violation("bad_base64", str(error)))
        return None


def _clip(wav: bytes | None, found: list[Violation]) -> Clip | None:
    if not wav:
        return None
    try:
        clip = clip_of(wav)
    except Unplayable as error:
        found.append(error.violation)
        return None
    if clip.silent:
        found.append(Violation("silent_audio", f"{clip.seconds:.1f} s of it"))
    if clip.seconds > PLAYED_AT_MOST_S:
        found.append(Violation("too_long", f"{clip.seconds:.1f} s"))
    return clip
