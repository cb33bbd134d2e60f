"""Who may call: block list, allow list, hidden numbers."""

from collections.abc import Iterable

from clawctl.config.schema import CallSettings

BLOCKED = "blocked"
NOT_ALLOWED = "not_allowed"
UNKNOWN_CALLER = "unknown_caller"

_SEPARATORS = str.maketrans("", "", " \t-./()[]\u00a0")


def normalise(number: str) -> str:
    """A number as it is compared: separators removed, a leading 00 written as +."""
    bare = number.translate(_SEPARATORS)
    return "+" + bare[2:] if bare.startswith("00") else bare


def refusal(policy: CallSettings, number: str, direction: str) -> str:
    """Why this call is turned away, or "" if it is welcome; an outgoing call is ours."""
    if direction == "outgoing":
        return ""
    caller = normalise(number)
    if not caller:
        return "" if policy.unknown_callers_allowed else UNKNOWN_CALLER
    if caller in _all(policy.caller_blocklist):
        return BLOCKED
    if policy.caller_allowlist and caller not in _all(policy.caller_allowlist):
        return NOT_ALLOWED
    return ""


def _all(numbers: Iterable[str]) -> set[str]:
    return {normalise(number) for number in numbers}
