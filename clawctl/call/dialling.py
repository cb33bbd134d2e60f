"""Numbers that may be dialled, and the phone that dials them."""

import re
from typing import Literal, NoReturn, Protocol

import msgspec

from clawctl.call.admission import normalise
from clawctl.config.schema import PhoneSettings
from clawctl.errors import BadInput, Forbidden, NoHandset

# Gateway page, section 6. Letters and other scripts' digits are no telephone number, and no country
# has a code that begins with 0.
_NUMBER = re.compile(r"\+[1-9][0-9]{1,19}|[0-9]{2,20}")
_MMI = re.compile(r"(?=.*[*#])[0-9*#]{1,20}")
# What a service code does stands first; a number it is done to, or that is called, behind it.
_SERVICE = re.compile(r"[*#]+[0-9]*(?=[*#])")
# Three digits are a service's, and nobody's number even with a country before them.
_SHORT, _BEFORE_SHORT = 3, re.compile(r"\+*0*|\+[1-9][0-9]{0,2}")

PhoneState = Literal["off", "absent", "lost", "degraded", "ready"]


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """The phone's call; `since` is when it began, in seconds since the epoch, 0 where unknown."""

    state: str
    number: str = ""
    direction: str = ""
    since: float = 0.0


class PhoneView(msgspec.Struct, frozen=True, kw_only=True):
    """The handset as `/api/status` shows it: `off` where a gateway has none to look after, `absent`
    until there was one. `reason` says why it is not `ready`, and the way out."""

    state: PhoneState
    serial: str = ""
    model: str = ""
    reason: str = ""
    call: CallView | None = None


class Phone(Protocol):
    """What can be asked of the handset; each answers with a sentence, what the phone was seen to
    do. Each raises NoHandset, with what the phone said and what to try; Unconfirmed or TooSlow, or
    cancelled, it may have been obeyed."""

    async def dial(self, number: str) -> str: ...

    async def hang_up(self) -> str: ...

    async def answer(self) -> str: ...

    async def reject(self) -> str: ...

    async def mute(self, muted: bool) -> str: ...

    def view(self) -> PhoneView: ...


class NoPhone:
    """In place of a phone that is not there."""

    async def dial(self, number: str) -> str:  # noqa: ARG002 - as Phone has it
        return _nobody("dial")

    async def hang_up(self) -> str:
        return _nobody("hang up")

    async def answer(self) -> str:
        return _nobody("answer")

    async def reject(self) -> str:
        return _nobody("reject a call")

    async def mute(self, muted: bool) -> str:  # noqa: ARG002 - as Phone has it
        return _nobody("be muted")

    def view(self) -> PhoneView:
        return PhoneView(state="off", reason="the setting adb_driver is off")


def _nobody(does: str) -> NoReturn:
    raise NoHandset(f"no phone is connected that could {does}")


def dialable(number: str, policy: PhoneSettings) -> str:
    """The number as it is dialled; raises BadInput, or Forbidden for what must not be."""
    bare = normalise(number)
    blocked = set(map(normalise, policy.dial_blocklist))
    if any(_is_one_of(called, blocked) for called in _called(bare)):
        raise Forbidden("this number stands in dial_blocklist: it is not dialled")
    if not _NUMBER.fullmatch(bare) and not (policy.dial_allow_mmi and _MMI.fullmatch(bare)):
        raise BadInput(
            "number must be an optional + and 2 to 20 digits, such as +49 30 1234567"
            + ("; * and # are only dialled with dial_allow_mmi" if set(bare) & set("*#") else "")
        )
    if policy.dial_allowlist and bare not in map(normalise, policy.dial_allowlist):
        raise Forbidden("this number does not stand in dial_allowlist: it is not dialled")
    return bare


def _called(bare: str) -> list[str]:
    """The numbers in what is dialled: itself, and those that a service code is about."""
    behind = _SERVICE.sub("", bare, count=1) if bare[:1] in {"*", "#"} else bare
    return [bare, *map(normalise, re.split(r"[*#]+", behind))]


def _is_one_of(number: str, blocked: set[str]) -> bool:
    """However it is spelled: with a +, with zeros or a country before three digits."""
    before, short = number[:-_SHORT], number[-_SHORT:]
    spelled_out = short in blocked and _BEFORE_SHORT.fullmatch(before) is not None
    return spelled_out or bool({number, number.lstrip("+")} & blocked)
