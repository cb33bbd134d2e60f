"""What may be told of a failure."""

from pathlib import Path
from traceback import walk_tb

from clawctl.errors import ClawError


def reason(error: BaseException) -> str:
    """Our own sentence; of a stranger's exception its kind and place.

    The text of a stranger's stays out: it may quote the caller, or a key.
    """
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ClawError):
        return str(error)
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    file, line = frames[-1] if frames else ("?", 0)
    return f"{type(error).__name__} at {Path(file).name}:{line}"
