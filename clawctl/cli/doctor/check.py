"""What a check is: one question about the machine, and the command that mends a bad answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

import msgspec
import trio

from clawctl.cli.doctor.patient import Patient

R = TypeVar("R")

State = Literal["ok", "warning", "failed", "skipped"]


class Verdict(msgspec.Struct, frozen=True):
    """`why` is for people and names no secret; `mend` is a command to be pasted, or "". `absent`:
    what is asked about is not there, and neither are the checks that need this one."""

    state: State
    why: str
    mend: str = ""
    absent: bool = False


def ok(why: str) -> Verdict:
    return Verdict("ok", why)


def warning(why: str, mend: str = "") -> Verdict:
    return Verdict("warning", why, mend)


def failed(why: str, mend: str = "") -> Verdict:
    return Verdict("failed", why, mend)


def skipped(why: str, mend: str = "") -> Verdict:
    return Verdict("skipped", why, mend)


def absent(why: str) -> Verdict:
    return Verdict("skipped", why, absent=True)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A check and its verdict as `--json` shows them; `fixed` says what --fix did, or ""."""

    group: str
    name: str
    state: State
    why: str
    mend: str = ""
    fixed: str = ""


Look: TypeAlias = Callable[[Patient], Awaitable[Verdict]]
Fix: TypeAlias = Callable[[Patient], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`name` is unique among all checks and groups. It is skipped when one it `needs` failed.

    `look` changes nothing and must be done `within_s`; a ClawError it raises is its verdict.
    `fix` does what is safe and says so in the past tense, "" when there was nothing it may do; a
    ClawError or OSError it raises says why it was in vain.
    """

    name: str
    look: Look
    needs: tuple[str, ...] = ()
    fix: Fix | None = None
    within_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Group:
    """Who asks for the group it is `part_of` asks for this one too."""

    name: str
    checks: tuple[Check, ...]
    part_of: str = ""


def in_thread(work: Callable[[Patient], R]) -> Callable[[Patient], Awaitable[R]]:
    """A look or a fix that may block: when its time is up, its thread is left alone."""

    async def working(patient: Patient) -> R:
        return await trio.to_thread.run_sync(work, patient, abandon_on_cancel=True)

    return working
