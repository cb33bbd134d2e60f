"""Which checks are made, in which order, and what one failure does to the rest."""

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.check import (
    Check,
    Fix,
    Group,
    Look,
    Result,
    Verdict,
    absent,
    failed,
    ok,
    warning,
)
from clawctl.cli.doctor.patient import Patient
from clawctl.cli.doctor.rounds import examine, rows, wanted
from clawctl.cli.doctor.table import GROUPS
from clawctl.cli.output import Output
from clawctl.errors import BadInput, NoHandset, NotAuthorised


@pytest.fixture
def patient() -> Patient:
    return Patient(Asking(None, None, None, Output(as_json=True)))


def says(verdict: Verdict) -> Look:
    async def look(_: Patient) -> Verdict:
        return verdict

    return look


def raises(error: Exception) -> Look:
    async def look(_: Patient) -> Verdict:
        raise error

    return look


def check(
    name: str,
    look: Look = says(ok("fine")),  # noqa: B008 - a value
    *,
    needs: tuple[str, ...] = (),
    fix: Fix | None = None,
) -> Check:
    return Check(name=name, look=look, needs=needs, fix=fix, within_s=5)


def states(results: list[Result]) -> dict[str, str]:
    return {result.name: result.state for result in results}


async def run(patient: Patient, *checks: Check, fix: bool = False) -> list[Result]:
    groups = (Group("g", checks),)
    return await examine(groups, wanted(groups, [], calls=False), patient, fix=fix)


async def test_what_needs_a_failed_check_is_skipped_because_of_it(patient: Patient) -> None:
    results = await run(
        patient,
        check("first", says(failed("broken", "mend it"))),
        check("second", needs=("first",)),
        check("third", needs=("second",)),
        check("other"),
    )

    assert states(results) == {
        "first": "failed",
        "second": "skipped",
        "third": "skipped",
        "other": "ok",
    }
    assert results[2].why == "because 'first' failed"


async def test_a_warning_stops_nothing(patient: Patient) -> None:
    results = await run(
        patient, check("first", says(warning("hm"))), check("second", needs=("first",))
    )

    assert states(results) == {"first": "warning", "second": "ok"}


async def test_a_refusal_we_foresaw_is_a_failure_in_its_own_words(patient: Patient) -> None:
    (result,) = await run(patient, check("door", raises(NotAuthorised("show a token"))))

    assert (result.state, result.why) == ("failed", "show a token")


async def test_a_check_that_stumbles_is_the_doctors_own_mistake_and_hides_no_other(
    patient: Patient,
) -> None:
    stumbled, other = await run(
        patient, check("bad", raises(ValueError("+15550142 said hello"))), check("other")
    )

    assert stumbled.state == "failed"
    assert stumbled.why.startswith("doctor's own mistake: ValueError at test_rounds.py:")
    assert "555" not in stumbled.why
    assert other.state == "ok"


async def test_a_check_that_does_not_return_is_given_up(
    patient: Patient, autojump_clock: MockClock
) -> None:
    async def for_ever(_: Patient) -> Verdict:
        await trio.sleep_forever()
        raise AssertionError

    hung, other = await run(patient, check("hung", for_ever), check("other"))

    assert (hung.state, hung.why) == ("failed", "no answer within 5 s")
    assert other.state == "ok"
    assert trio.current_time() == 5.0


async def test_a_path_that_is_no_text_can_be_told_all_the_same(patient: Patient) -> None:
    (result,) = await run(patient, check("place", says(ok("/home/\udcff"))))

    assert result.why == "/home/\\udcff"


async def test_fix_mends_what_is_wrong_and_looks_again(patient: Patient) -> None:
    state = ["open"]

    async def look(_: Patient) -> Verdict:
        return warning("open") if state[0] == "open" else ok("closed")

    async def close(_: Patient) -> str:
        state[0] = "closed"
        return "closed it"

    (without,) = await run(patient, check("lid", look, fix=close))
    (mended,) = await run(patient, check("lid", look, fix=close), fix=True)
    (again,) = await run(patient, check("lid", look, fix=close), fix=True)

    assert (without.state, without.fixed) == ("warning", "")
    assert (mended.state, mended.why, mended.fixed) == ("ok", "closed", "closed it")
    assert (again.state, again.fixed) == ("ok", "")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (PermissionError(1, "Operation not permitted"), "Operation not permitted"),
        (NoHandset("the phone is gone"), "the phone is gone"),
    ],
)
async def test_a_fix_that_is_refused_says_so(patient: Patient, error: Exception, why: str) -> None:
    async def close(_: Patient) -> str:
        raise error

    (result,) = await run(patient, check("lid", says(failed("open")), fix=close), fix=True)

    assert (result.state, result.fixed) == ("failed", f"tried in vain: {why}")


async def test_of_what_is_not_there_only_that_is_told(patient: Patient) -> None:
    phone = check("phone", says(absent("not configured")))
    below = check("shell", needs=("phone",)), check("app", needs=("shell",))
    groups = (Group("g", (phone, *below, check("other"))),)

    everything = await examine(groups, wanted(groups, [], calls=False), patient)
    asked_for = await examine(groups, frozenset({"app"}), patient)

    assert states(everything) == {"phone": "skipped", "other": "ok"}
    assert states(asked_for) == {"phone": "skipped"}


async def test_a_single_check_brings_in_what_it_needs_only_if_that_fails(patient: Patient) -> None:
    well = (Group("g", (check("file"), check("room", needs=("file",)))),)
    ill = (Group("g", (check("file", says(failed("gone"))), check("room", needs=("file",)))),)

    assert states(await examine(well, frozenset({"room"}), patient)) == {"room": "ok"}
    assert states(await examine(ill, frozenset({"room"}), patient)) == {
        "file": "failed",
        "room": "skipped",
    }


def test_groups_and_single_checks_can_be_asked_for_and_a_call_must_be() -> None:
    groups = (Group("a", (check("one"), check("two"))), Group("call", (check("proof"),)))

    assert wanted(groups, [], calls=False) == {"one", "two"}
    assert wanted(groups, [], calls=True) == {"one", "two", "proof"}
    assert wanted(groups, ["two"], calls=False) == {"two"}
    assert wanted(groups, ["a", "call"], calls=False) == {"one", "two", "proof"}


def test_who_asks_for_a_group_asks_for_its_parts() -> None:
    groups = (Group("a", (check("one"),)), Group("b", (check("two"),), part_of="a"))

    assert wanted(groups, ["a"], calls=False) == {"one", "two"}
    assert wanted(groups, ["b"], calls=False) == {"two"}


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    groups = (Group("a", (check("one"), check("two"))), Group("b", (check("three"),)))

    with pytest.raises(BadInput) as refused:
        wanted(groups, ["one", "nix"], calls=False)

    assert str(refused.value) == "there is no check or group 'nix'; a: one, two; b: three"


def test_every_check_has_a_name_of_its_own_and_needs_only_earlier_ones() -> None:
    seen = {group.name for group in GROUPS}
    assert len(seen) == len(GROUPS)
    for _, one in rows(GROUPS):
        assert one.name not in seen
        assert set(one.needs) <= seen
        seen.add(one.name)


def test_commands_that_mend_are_about_the_same_settings(tmp_path: Path) -> None:
    patient = Patient(Asking(tmp_path / "my settings.yaml", None, None, Output(as_json=True)))

    assert patient.command("stop") == f"clawctl stop --config '{tmp_path}/my settings.yaml'"
