"""Every error raised on purpose: what the wire calls it, its HTTP status, its exit code."""

from typing import ClassVar


class ClawError(Exception):
    """A failure somebody will act on; its text is a sentence that says what, why and what to try.

    `code` is for programs and never changes, the sentence is for people and may. `status` is the
    answer of an HTTP door, `exit_code` that of the command line (design of exit codes: man 7).
    """

    code: ClassVar[str] = "failed"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1


class BadInput(ClawError):
    """What a client or the user sent cannot be understood."""

    code = "bad_input"
    status = 400
    exit_code = 2


class BadAudio(BadInput):
    """Not a WAV that can be read; the sentence says why."""

    code = "bad_audio"


class BadSettings(BadInput):
    """Settings that may not be used; every faulty key is named, nothing was changed."""

    code = "bad_settings"

    def __init__(self, faults: list[str], where: str = "") -> None:
        self.faults = faults
        head = f"{where}: " if where else ""
        super().__init__(head + "; ".join(faults))


class NotAuthorised(ClawError):
    code = "not_authorised"
    status = 401
    exit_code = 4


class Forbidden(ClawError):
    """Asked from a place, or for a thing, that is not allowed whoever asks."""

    code = "forbidden"
    status = 403
    exit_code = 4


class NoSuch(ClawError):
    """There is no call, message, path or name like that."""

    code = "not_found"
    status = 404
    exit_code = 5


class Conflict(ClawError):
    code = "conflict"
    status = 409
    exit_code = 6


class TooLarge(ClawError):
    code = "too_large"
    status = 413


class WrongMediaType(ClawError):
    code = "wrong_media_type"
    status = 415


class Unreachable(ClawError):
    """No gateway answers where one was expected."""

    code = "unreachable"
    status = 503
    exit_code = 3


class TooSlow(ClawError):
    code = "timeout"
    status = 504
    exit_code = 7


class StageFailed(ClawError):
    """No engine of a stage could do the work; `stage` is "stt", "llm", "tts" or "record"."""

    code = "stage_failed"
    status = 503

    def __init__(self, stage: str, why: str) -> None:
        self.stage = stage
        super().__init__(f"{stage}: {why}")


class EngineFailed(ClawError):
    """One engine failed, hung or died; raised at the seam in place of the vendor's exception."""

    code = "engine_failed"
    status = 503


class Declined(EngineFailed):
    """An engine cannot do this one piece of work, a language it lacks; nothing is wrong with it."""

    code = "engine_declined"


class NotFetched(ClawError):
    """A model could not be brought here."""

    code = "not_fetched"
    status = 502


class NotStored(ClawError):
    """The store failed; a write that failed is kept and tried again."""

    code = "not_stored"
    status = 503


class NoHandset(ClawError):
    """The phone is not there, or did not do what it was asked."""

    code = "no_handset"
    status = 503
    exit_code = 14


class Unconfirmed(NoHandset):
    """The phone was told, and went away before it was seen to obey: it may have."""

    code = "unconfirmed"


class NotAnswered(ClawError):
    """Whoever was called did not pick up; the phone does not tell busy, refused and away apart."""

    code = "not_answered"
    status = 504
    exit_code = 10


class TooMany(ClawError):
    """There is room for so many, and they are all here."""

    code = "too_many"
    status = 503


class CannotStart(ClawError):
    """The gateway cannot run like this: a port in use, a locked or unwritable data directory."""

    code = "cannot_start"
    status = 503
