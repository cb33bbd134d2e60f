"""The multipart form the app posts (phone page, 4.3, 4.4, 6.1), read into an utterance."""

import hashlib
from dataclasses import dataclass
from typing import Literal

import msgspec
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.call.registry import checked_id
from clawctl.call.utterance import Utterance
from clawctl.config.schema import CallSettings
from clawctl.errors import BadInput, TooLarge, WrongMediaType
from clawctl.wire.text import safe_text

# Text parts are a few words; whoever sends more is not the app. A greeting of the settings' 1000
# characters comes in two of them, and a longer one would be spoken for a quarter of an hour.
MAX_TEXT_BYTES = 8 * 1024
MAX_NUMBER = 64
MAX_PARTS = 32

_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"", "false", "0"})


@dataclass(frozen=True, slots=True)
class Form:
    """The parts of one post, text as bytes: its encoding is not known yet.

    A repeat of the post has the same `digest`, the same recording in another one `audio_digest`.
    """

    text: dict[str, bytes]
    audio: bytes | None
    audio_digest: str
    digest: str


def parse(body: bytes, content_type: str) -> Form:
    """Raises WrongMediaType for anything but multipart/form-data, BadInput if it is broken."""
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data":
        raise WrongMediaType(f"send multipart/form-data, not {safe_text(kind)[:60] or 'nothing'}")
    if not boundary:
        raise BadInput("the multipart content type names no boundary")
    try:
        parts = _parts(body, boundary)
    except (MultipartError, UnicodeError) as error:
        raise BadInput(f"the multipart body is broken: {safe_text(str(error))[:200]}") from None
    audio = parts.pop("audio", None)
    if audio is not None and sum(map(len, parts.values())) > MAX_TEXT_BYTES:
        raise TooLarge(f"the text parts hold more than {MAX_TEXT_BYTES} bytes")
    audio_digest = _digest(audio or b"")
    # The boundary holds the time: the same words posted anew are another post (phone page, 4.3).
    whole = msgspec.msgpack.encode((boundary, parts, audio_digest))
    return Form(parts, audio, audio_digest, _digest(whole))


def _digest(data: bytes) -> str:
    # Taken of a recording once, and quick without help from the processor: SHA-256 of recording
    # and body was a quarter of what a turn cost.
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _parts(body: bytes, boundary: str) -> dict[str, bytes]:
    """The first part of every name."""
    parts: dict[str, bytes] = {}
    name, pieces = "", list[bytes]()
    with PushMultipartParser(
        boundary, max_segment_count=MAX_PARTS, max_segment_size=len(body), max_header_size=4096
    ) as parser:
        for event in parser.parse(body):
            if isinstance(event, MultipartSegment):
                name, pieces = event.name, []
            elif event:
                pieces.append(bytes(event))
            else:
                parts.setdefault(name, pieces[0] if len(pieces) == 1 else b"".join(pieces))
    return parts


def recording(form: Form) -> Sound:
    """The audio part; an empty one is silence, a missing one is refused."""
    if form.audio is None:
        raise BadInput('the form has no "audio" part')
    return wav.read(form.audio) if form.audio else Sound(b"", 16_000)


def utterance(form: Form, call: CallSettings, *, streamed: bool) -> Utterance:
    sound = recording(form)
    session_id = _text(form, "session_id").strip()
    return Utterance(
        sound=sound,
        audio_digest=form.audio_digest,
        session_id=checked_id(session_id) if session_id else "",
        reset=_flag(form, "reset_session"),
        transcript_hint=safe_text(_text(form, "transcript_hint")),
        skip_asr=_flag(form, "skip_asr"),
        forced_reply=_forced_reply(form, call),
        caller_number=_number(form),
        direction=_direction(form),
        streamed=streamed,
    )


def damaged(text: str) -> bytes:
    """Text as the app's form writer leaves it: the upper byte of every UTF-16 unit is dropped."""
    return text.encode("utf-16-le", "surrogatepass")[::2]


def _text(form: Form, name: str) -> str:
    raw = form.text.get(name, b"")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _forced_reply(form: Form, call: CallSettings) -> str:
    """The text to say; a configured one that was damaged on its way is said as configured.

    The streaming build of the app sends its greeting and goodbye as a hint only (phone page, 9).
    """
    sent = [form.text.get(name, b"").strip() for name in ("forced_reply", "transcript_hint")]
    for configured in (
        call.greeting("incoming"),
        call.greeting("outgoing"),
        call.max_duration_message,
    ):
        if configured and damaged(configured).strip() in sent:
            return safe_text(configured)
    return safe_text(_text(form, "forced_reply"))


def _flag(form: Form, name: str) -> bool:
    word = _text(form, name).strip().lower()
    if word not in _TRUE | _FALSE:
        raise BadInput(f'{name} must be "true" or "false"')
    return word in _TRUE


def _number(form: Form) -> str:
    number = safe_text(_text(form, "caller_number"))
    if len(number) > MAX_NUMBER:
        raise BadInput(f"caller_number is longer than {MAX_NUMBER} characters")
    return number


def _direction(form: Form) -> Literal["incoming", "outgoing"]:
    match _text(form, "call_direction").strip().lower():
        case "" | "incoming":
            return "incoming"
        case "outgoing":
            return "outgoing"
    raise BadInput('call_direction must be "incoming" or "outgoing"')
