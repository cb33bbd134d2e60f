"""The bodies of HTTP answers that programs rely on."""

import msgspec


class TurnAnswer(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The answer to a turn (gateway manual, "/api/turn"). Fields without a default are always
    there; never a null: the app would read it as the word "null". `audio_base64` is a WAV."""

    ok: bool
    session_id: str
    transcript: str
    reply: str
    audio_base64: bytes
    hangup: bool
    rejected: bool
    metrics: dict[str, float | str]
    model: str = ""
    turn: int = 0
    degraded: str = ""
    reason: str = ""
    ended: bool = False
    stale: bool = False


class Fault(msgspec.Struct, kw_only=True):
    """Every refusal, whatever the status."""

    detail: str
    code: str
    ok: bool = False
