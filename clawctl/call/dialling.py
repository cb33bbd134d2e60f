"""Numbers that may be dialled, and the phone that dials them."""

import re
from typing import Protocol

from clawctl.call.admission import normalise
from clawctl.config.schema import PhoneSettings
from clawctl.errors import BadInput, Forbidden, NoHandset

# Gateway page, section 6. Letters and other scripts' digits are no telephone number.
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_MMI = re.compile(r"\+?[0-9*#]{1,20}")


class Phone(Protocol):
    """What can be asked of the handset. Either raises NoHandset, with what it said and what to
    try; cancelled, it may have been obeyed."""

    async def dial(self, number: str) -> None: ...

    async def hang_up(self) -> None: ...


class NoPhone:
    """In place of a phone that is not there."""

    async def dial(self, number: str) -> None:  # noqa: ARG002 - as Phone has it
        raise NoHandset("no phone is connected that could dial")

    async def hang_up(self) -> None:
        raise NoHandset("no phone is connected that could hang up")


def dialable(number: str, policy: PhoneSettings) -> str:
    """The number as it is dialled; raises BadInput, or Forbidden for what must not be."""
    bare = normalise(number)
    if not _NUMBER.fullmatch(bare) and not (policy.dial_allow_mmi and _MMI.fullmatch(bare)):
        raise BadInput(
            "number must be an optional + and 2 to 20 digits, such as +49 30 1234567"
            + ("; * and # are only dialled with dial_allow_mmi" if set(bare) & set("*#") else "")
        )
    if {bare, bare.removeprefix("+")} & set(map(normalise, policy.dial_blocklist)):
        raise Forbidden("this number stands in dial_blocklist: it is not dialled")
    if policy.dial_allowlist and bare not in map(normalise, policy.dial_allowlist):
        raise Forbidden("this number does not stand in dial_allowlist: it is not dialled")
    return bare
