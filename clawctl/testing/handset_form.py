"""The bytes of a request as the phone app writes them (phone app 0.1.0, hand-written multipart)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Direction = Literal["incoming", "outgoing"]
Endpoint = Literal["/api/asr", "/api/turn", "/api/turn/stream"]

BOUNDARIES: dict[Endpoint, str] = {
    "/api/asr": "----PhoneBridgeAsr",
    "/api/turn": "----PhoneBridge",
    "/api/turn/stream": "----PhoneBridgeStream",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFields:
    """What goes with the audio of a turn; an empty `session_id`, hint or reply is not sent."""

    reset_session: bool = False
    session_id: str = ""
    transcript_hint: str = ""
    forced_reply: str = ""
    caller_number: str = ""
    call_direction: Direction = "incoming"

    def parts(self) -> list[tuple[str, str]]:
        """Name and value in the order of the app."""
        optional = ("session_id", "transcript_hint", "forced_reply")
        return [
            ("reset_session", "true" if self.reset_session else "false"),
            *((name, value) for name in optional if (value := getattr(self, name))),
            ("caller_number", self.caller_number),
            ("call_direction", self.call_direction),
        ]


def boundary(endpoint: Endpoint, epoch_ms: int) -> str:
    return f"{BOUNDARIES[endpoint]}{epoch_ms}"


def form(separator: str, parts: Sequence[tuple[str, str]], wav: bytes) -> bytes:
    """A multipart body: the text parts as given, the audio last."""
    dashes = b"--" + separator.encode()
    written = [_text_part(dashes, name, value) for name, value in parts]
    file_head = (
        b'\r\nContent-Disposition: form-data; name="audio"; filename="turn.wav"\r\n'
        b"Content-Type: audio/wav\r\n\r\n"
    )
    return b"".join([*written, dashes, file_head, wav, b"\r\n", dashes, b"--\r\n"])


def _text_part(dashes: bytes, name: str, value: str) -> bytes:
    head = f'\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
    return dashes + head + damaged(value) + b"\r\n"


def damaged(text: str) -> bytes:
    """The app's way to write text: the upper byte of every UTF-16 unit is lost."""
    return text.encode("utf-16-le", "surrogatepass")[::2]


def canonical_wav(pcm: bytes, rate: int) -> bytes:
    """Mono 16-bit samples behind the 44-byte header of the app."""
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, 1,
                       rate, rate * 2, 2, 16)  # fmt: skip
    return head + struct.pack("<4sI", b"data", len(pcm)) + pcm


# What goes with a greeting or a goodbye: 300 ms at 16 kHz, 9 644 bytes.
SILENCE = canonical_wav(bytes(2 * 16_000 * 3 // 10), 16_000)
