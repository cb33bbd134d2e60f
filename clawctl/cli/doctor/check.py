"""What a check is: one question about the machine, and the command that mends a bad answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec
import trio

from clawctl.cli.doctor.patient import Patient

State = Literal["ok", "warning", "failed", "skipped"]


class Verdict(msgspec.Struct, frozen=True):
    """`why` is for people and names no secret; `mend` is a command to be pasted, or ""."""

    state: State
    why: str
    mend: str = ""


def ok(why: str) -> Verdict:
    return Verdict("ok", why)


def warning(why: str, mend: str = "") -> Verdict:
    return Verdict("warning", why, mend)


def failed(why: str, mend: str = "") -> Verdict:
    return Verdict("failed", why, mend)


def skipped(why: str, mend: str = "") -> Verdict:
    return Verdict("skipped", why, mend)


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A check and its verdict as `--json` shows them; `fixed` says what --fix did, or ""."""

    group: str
    name: str
    state: State
    why: str
    mend: str = ""
    fixed: str = ""


Look: TypeAlias = Callable[[Patient], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """`name` is unique among all checks and groups. It is skipped when one it `needs` failed.

    `look` changes nothing and must be done `within_s`; a ClawError it raises is its verdict.
    `fix` does what is safe and says so in the past tense, "" when there was nothing it may do.
    """

    name: str
    look: Look
    needs: tuple[str, ...] = ()
    fix: Callable[[Patient], str] | None = None
    within_s: float = 15.0


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    checks: tuple[Check, ...]


def in_thread(look: Callable[[Patient], Verdict]) -> Look:
    """A look that may block: when its time is up, its thread is left alone."""

    async def looking(patient: Patient) -> Verdict:
        return await trio.to_thread.run_sync(look, patient, abandon_on_cancel=True)

    return looking
