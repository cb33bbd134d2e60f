"""One event a line, static names, to a terminal or as JSON. Secrets and callers' words never."""

import sys
from typing import Any, TextIO

import structlog

from clawctl.config.schema import LogSettings
from clawctl.errors import CannotStart

LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure(settings: LogSettings) -> None:
    """Set up structlog for this process; CannotStart if the file cannot be written."""
    out = _open(settings.log_file)
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
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )


def _open(path: str) -> TextIO:
    if not path:
        return sys.stderr
    try:
        return open(path, "a", encoding="utf-8", buffering=1)  # noqa: PTH123 - for the process's life
    except OSError as error:
        raise CannotStart(f"log_file {path} cannot be written: {error.strerror}") from None
