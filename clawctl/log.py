"""One event a line, static names, to a terminal or as JSON. Secrets and callers' words never."""

import os
import sys
from typing import Any, TextIO

import structlog

from clawctl.config.schema import LogSettings
from clawctl.errors import CannotStart

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(settings: LogSettings) -> None:
    """Set up structlog for this process, or anew, when the file was moved away; CannotStart if the
    file cannot be written."""
    out = _open(settings.log_file)
    _close(structlog.get_config()["logger_factory"])
    console = settings.log_format == "console" or (settings.log_format == "auto" and out.isatty())
    renderer: Any = (
        structlog.dev.ConsoleRenderer(colors=out.isatty())
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
