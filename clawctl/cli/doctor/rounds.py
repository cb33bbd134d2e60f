"""The doctor's rounds: which checks are made, in which order, and what becomes of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import trio

from clawctl.cli.doctor.check import Check, Group, Result, Verdict, failed, skipped
from clawctl.cli.doctor.patient import Patient
from clawctl.engines.reason import reason
from clawctl.errors import BadInput, ClawError

Row = tuple[str, Check]
Told = Callable[[Result], None]
Begun = Callable[[str], None]


def rows(groups: Sequence[Group]) -> list[Row]:
    return [(group.name, check) for group in groups for check in group.checks]


def wanted(groups: Sequence[Group], only: Sequence[str], calls: bool) -> frozenset[str]:
    """The names of the checks that were asked for; a call is made only for who asks for one.

    Raises BadInput naming what there is.
    """
    members = {group.name: {check.name for check in group.checks} for group in groups}
    known = {**members, **{name: {name} for names in members.values() for name in names}}
    for group in groups:
        if group.part_of:
            known[group.part_of] = known[group.part_of] | members[group.name]
    if strange := [name for name in only if name not in known]:
        there = "; ".join(f"{group}: {', '.join(_names(groups, group))}" for group in members)
        raise BadInput(f"there is no check or group {', '.join(map(repr, strange))}; {there}")
    asked = only or [name for name in members if name != "call"]
    return frozenset[str]().union(
        *(known[name] for name in asked), members["call"] if calls else ()
    )


def _names(groups: Sequence[Group], name: str) -> Iterator[str]:
    return (check.name for group in groups if group.name == name for check in group.checks)


async def examine(
    groups: Sequence[Group],
    names: frozenset[str],
    patient: Patient,
    *,
    fix: bool = False,
    begun: Begun = lambda _: None,
    told: Told = lambda _: None,
) -> list[Result]:
    """Every check of `names`, in the order of the table, each told as soon as it is done.

    What they need is checked too, and told only if they cannot be made for it.
    """
    needed = _with_needs(groups, names)
    causes: dict[str, str] = {}
    results: list[Result] = []
    async with patient.attended():
        for group, check in rows(groups):
            if check.name not in needed or _absent(check, patient):
                continue
            begun(check.name)
            result = await _result(group, check, patient, causes, fix=fix)
            if cause := _cause(check, result, causes):
                causes[check.name] = cause
            if check.name in names or result.state == "failed" or check.name in patient.absent:
                results.append(result)
                told(result)
    return results


def _absent(check: Check, patient: Patient) -> bool:
    """Nor is what needs this one there, then."""
    if patient.absent.isdisjoint(check.needs):
        return False
    patient.absent.add(check.name)
    return True


def _with_needs(groups: Sequence[Group], names: frozenset[str]) -> set[str]:
    """A check needs only such as stand before it."""
    needed = set(names)
    for _, check in reversed(rows(groups)):
        if check.name in needed:
            needed.update(check.needs)
    return needed


def _cause(check: Check, result: Result, causes: Mapping[str, str]) -> str:
    """Which failure keeps others from this check's answer, "" if none does."""
    if result.state == "failed":
        return check.name
    return next((causes[name] for name in check.needs if name in causes), "")


async def _result(
    group: str, check: Check, patient: Patient, causes: Mapping[str, str], *, fix: bool
) -> Result:
    if cause := next((causes[name] for name in check.needs if name in causes), ""):
        verdict, fixed = skipped(f"because '{cause}' failed"), ""
    else:
        verdict = await _verdict(check, patient)
        fixed = await _fixed(check, patient) if fix and _bad(verdict) else ""
        if fixed:
            verdict = await _verdict(check, patient)
        if verdict.absent:
            patient.absent.add(check.name)
    return Result(
        group=group,
        name=check.name,
        state=verdict.state,
        why=_writable(verdict.why),
        mend=_writable(verdict.mend),
        fixed=_writable(fixed),
    )


def _writable(text: str) -> str:
    """A path may hold bytes that are no text; JSON and terminals cannot."""
    return text.encode("utf-8", "backslashreplace").decode()


def _bad(verdict: Verdict) -> bool:
    return verdict.state in {"warning", "failed"}


async def _verdict(check: Check, patient: Patient) -> Verdict:
    with trio.move_on_after(check.within_s):
        try:
            return await check.look(patient)
        except Exception as error:  # noqa: BLE001 - one check that stumbles must not hide the others
            return _stumbled(error)
    return failed(f"no answer within {check.within_s:g} s")


def _stumbled(error: Exception) -> Verdict:
    """A foreseen refusal says itself what is wrong; of anything else only its kind and place."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, ClawError):
        return failed(str(error))
    return failed(f"doctor's own mistake: {reason(error)}")


async def _fixed(check: Check, patient: Patient) -> str:
    if check.fix is None:
        return ""
    try:
        return await check.fix(patient)
    except ClawError as error:
        return f"tried in vain: {error}"
    except OSError as error:
        return f"tried in vain: {error.strerror}"
