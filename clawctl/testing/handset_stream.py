"""How a phone app built for streaming reads `/api/turn/stream`, line by line as it comes."""

import base64
import binascii
from typing import Any

import msgspec

from clawctl.testing.handset_answer import FAILED, Fields, TurnAnswer, check_head, judged, nulls
from clawctl.testing.handset_contract import Violation
from clawctl.testing.handset_sound import Format, Unplayable, live_format
from clawctl.testing.handset_wire import Response

NDJSON = "application/x-ndjson"


class Stream:
    """Feed it bytes as they come; `answer` tells what it all was.

    The build it stands for plays live: samples count as heard when they arrive. What was merged
    is judged as a whole besides, as the app does when live playback fails. `hangup` and
    `rejected` mean nothing to it.
    """

    def __init__(self, found: list[Violation]) -> None:
        self._found = found
        self._rest = b""
        self._told: dict[str, Any] = {}
        self._chunks: dict[int, bytes] = {}
        self._format: Format | None = None
        self._live = True
        self._finished = False
        self.failed = ""

    def feed(self, data: bytes) -> float:
        """Seconds of sound that can be played now."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return sum(self._line(line) for line in lines)

    def answer(self, response: Response) -> TurnAnswer:
        self._line(self._rest)
        check_head(response, self._found, NDJSON)
        if not 200 <= response.status < 300 or self.failed:
            return FAILED
        if not self._finished:
            self._found.append(Violation("stream_unfinished", "it just ended"))
        if sorted(self._chunks) != list(range(len(self._chunks))):
            self._found.append(Violation("stream_order", f"chunks {sorted(self._chunks)}"))
        wav = b"".join(chunk for _, chunk in sorted(self._chunks.items()))
        return judged(Fields(self._told, self._found), wav, obeys=False)

    def _line(self, line: bytes) -> float:
        if not line.strip():
            return 0.0
        event = self._event(line)
        match event.get("event"):
            case "reply":
                if str(event.get("reply", "")).strip():
                    self._told["reply"] = event["reply"]
            case "audio":
                return self._audio(event)
            case "error":
                self.failed = str(event.get("detail", "")) or "no detail"
            case "session" | "asr" | "done" as name:
                # Only a `reply` event has a reply to the app.
                self._told |= {**event, "reply": self._told.get("reply", "")}
                self._finished = self._finished or name == "done"
        return 0.0

    def _event(self, line: bytes) -> dict[str, Any]:
        """One line; the app skips what it cannot read."""
        try:
            event = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            self._found.append(Violation("stream_line", str(error)))
            return {}
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            self._found.append(Violation("stream_line", f"no event in {line[:80]!r}"))
            return {}
        self._found.extend(Violation("null", path) for path in nulls(event, f"${event['event']}"))
        return event

    def _audio(self, event: dict[str, Any]) -> float:
        index = event.get("index", len(self._chunks))
        try:
            chunk = base64.b64decode(event.get("chunk_base64", ""), validate=True)
        except (binascii.Error, ValueError, TypeError) as error:
            self._found.append(Violation("bad_base64", f"chunk {index}: {error}"))
            return 0.0
        if not isinstance(index, int):
            self._found.append(Violation("wrong_type", f"index is {index!r}"))
            return 0.0
        known = index in self._chunks
        self._chunks[index] = chunk
        return 0.0 if known or not self._live else self._played(chunk)

    def _played(self, chunk: bytes) -> float:
        if self._format is not None:
            return len(chunk) / self._format.bytes_per_s
        try:
            self._format, samples = live_format(chunk)
        except Unplayable as error:
            self._found.append(error.violation)
            self._live = False
            return 0.0
        return len(samples) / self._format.bytes_per_s
