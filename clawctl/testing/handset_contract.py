"""What the phone app demands of a gateway, rule by rule, and a breach of one."""

from types import MappingProxyType

import msgspec

# Seconds. An answer that takes longer is lost before it is played (turn) or used (config).
TURN_DEADLINE_S = 40.0
CONFIG_DEADLINE_S = 5.0

RULES = MappingProxyType(
    {
        "connection": "a connection is taken, and kept until the answer is complete",
        "idle_closed": "an idle connection stays open for 5 minutes, or the answer says close",
        "timeout": "no 45 s pass without a byte (stream 90 s, config 5 s)",
        "late": "an answer to a turn is complete within 40 s, the call config within 5 s",
        "broken_http": "an answer is well-formed HTTP/1.1",
        "redirect": "nothing is redirected: a redirected POST loses its body",
        "status": "every request is answered with a status of 200 to 299",
        "content_type": "an answer names its own content type",
        "not_json": "an answer is a JSON object in UTF-8",
        "null": "no field is null: the app reads the word 'null'",
        "wrong_type": "a field has the type the app reads",
        "auto_answer_missing": "the call config says whether to answer",
        "negative_delay": "auto_answer_delay_ms is not negative: that crashes the app",
        "session_id": "a session id is 1 to 128 characters of A-Z a-z 0-9 . _ -",
        "no_session": "the answer to a turn brings a session id when the phone has none",
        "session_changed": "the session id stays the same during a call",
        "mute_end": "an ended session is answered with hangup, or the line stays up and mute",
        "bad_base64": "audio is standard base64 without line breaks",
        "bad_wav": "audio is a PCM WAV of 8 to 32 bits, or of 32-bit floats, and not empty",
        "wav_sizes": "every size in a WAV header is exact",
        "wav_streaming_header": "a WAV's data size is known: a streaming header is not played",
        "too_long": "a reply lasts at most 90 s: the rest is cut",
        "silent_audio": "audio is more than digital silence",
        "text_without_audio": "a reply comes with audio",
        "audio_without_text": "audio comes with a reply: it is not played otherwise",
        "suppressed": "no reply is worded like the apology that the app suppresses",
        "stream_line": "a line of the stream is a JSON object with an event",
        "stream_header": "chunk 0 is the header of a PCM WAV that can be played as it comes",
        "stream_order": "chunks count from 0 without a gap",
        "stream_unfinished": "a stream ends with 'done' or 'error'",
    }
)


class Violation(msgspec.Struct, frozen=True):
    """A rule of `RULES` that the gateway broke, and how."""

    rule: str
    detail: str
