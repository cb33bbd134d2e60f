"""One event a line, static names, to a terminal or as JSON. Secrets and callers' words never."""

import os
import sys
from typing import Any, TextIO

import structlog

from clawctl.config.schema import LogSettings
from clawctl.errors import CannotStart

# Every event there is: its name never changes, and this is what it means. What happens within a
# call also has `session` and `turn`.
EVENTS = {
    "agent.connected": "An agent's socket opened.",
    "agent.disconnected": "An agent's socket closed.",
    "asr.failed": "No recogniser could serve /api/asr.",
    "call.ended": "A call is over; `reason` says how.",
    "call.resumed": "A call that had ended by silence goes on.",
    "call.started": "A call began.",
    "compaction.done": "Older turns of a call were summed up.",
    "compaction.failed": "They could not be; the prompt goes on without.",
    "connection.broken": "A client's connection ended by a fault in it.",
    "engine.declined": "An engine cannot do this, `why` tells; the next one does it.",
    "engine.failed": "An engine failed and rests for `rest_s`; the next one does the work.",
    "engine.opened": "An engine is open.",
    "engine.unclear": "Too few words of a voice came back from a recogniser; calls go on.",
    "engine.voices_unknown": "An engine could not tell its voices.",
    "engine.window_unknown": "An engine could not tell how much its model can have before it.",
    "events.not_caught_up": "The store is in trouble; a listener is shown what it has.",
    "notify.dropped": "More messages wait for notify_command than are kept.",
    "notify.failed": "notify_command failed, hung or was not found.",
    "phrases.not_kept": "A phrase could not be kept on disk; it is synthesised anew next time.",
    "phone.absent": "No phone can be used; `why` says what keeps us from it.",
    "phone.answered": "A call that the app left ringing was taken by us.",
    "phone.changed": "The phone is in another `state` than before.",
    "phone.forwarded": "A port of the phone leads to our phone_port again.",
    "phone.not_answered": "A call that the app left ringing was not taken yet; `why` tells.",
    "phone.not_cleaned": "What woke a quiet call still lies on the phone; it is tried again.",
    "phone.not_woken": "A quiet call could not be woken for a sentence that waits.",
    "request": "An HTTP request was answered (debug).",
    "request.failed": "The gateway made a mistake in answering one.",
    "retention.failed": "Old calls could not be deleted; it is tried again the next day.",
    "settings.changed": "Settings were changed over HTTP.",
    "settings.read_again": "The settings file was read again.",
    "socket.failed": "The gateway made a mistake on a WebSocket.",
    "speech.detector_failed": "Whether anybody spoke could not be told; it counts as speech.",
    "speech.phantom": "A recogniser made a sentence of next to no sound; it was not believed.",
    "store.close_failed": "The database could not be closed cleanly.",
    "store.failing": "The database cannot be written; what comes is kept and tried again.",
    "store.losing": "Too much waits to be written, the oldest is lost.",
    "store.lost": "So much could not be written before the end.",
    "store.read_failed": "The store could not say what it knows of a call; it goes on without.",
    "store.recovered": "The database is written again.",
    "store.refused": "Something can never be written and was left out.",
    "stream.failed": "The gateway made a mistake in a streamed turn.",
    "takeover.begun": "An agent answers a call.",
    "takeover.over": "The reply model answers it again; `why` says how that came.",
    "turn.complete": "A turn was answered; how long each stage took is in ms.",
    "turn.not_stored": "A turn could not be stored in time.",
    "turn.stage_failed": "A stage of a turn failed; the call goes on.",
    "warming.failed": "The gateway made a mistake in warming up; calls go on.",
    "worker.ended": "An engine's process ended.",
}
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(settings: LogSettings) -> None:
    """Set up structlog for this process, or anew, when the file was moved away; CannotStart if the
    file cannot be written."""
    out = _open(settings.log_file)
    _close(structlog.get_config()["logger_factory"])
    console = settings.log_format == "console" or (settings.log_format == "auto" and out.isatty())
    renderer: Any = (
        # Quoted as Python does: what a phone says about itself must not steer the terminal.
        structlog.dev.ConsoleRenderer(colors=out.isatty(), repr_native_str=True)
        if console
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=not console),
            *([] if console else [structlog.processors.format_exc_info]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.log_level]),
        logger_factory=Writing(out),
        cache_logger_on_first_use=False,
    )


class Writing(structlog.WriteLoggerFactory):
    """Knows what it writes to."""

    def __init__(self, out: TextIO) -> None:
        super().__init__(out)
        self.out = out


def _close(former: object) -> None:
    if isinstance(former, Writing) and former.out is not sys.stderr:
        former.out.close()


def _open(path: str) -> TextIO:
    if not path:
        return sys.stderr
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CannotStart(f"log_file {path} cannot be written: {error.strerror}") from None
    return os.fdopen(handle, "w", encoding="utf-8", buffering=1)
