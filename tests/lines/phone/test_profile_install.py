"""A profile comes into both places its readers look in, whole, and the app may read it there."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from clawctl.errors import Conflict, NoHandset, NoSuch
from clawctl.lines.phone import boots
from clawctl.lines.phone.profile_check import faults, kept, usable
from clawctl.lines.phone.profile_install import (
    EXTERNAL,
    INTERNAL,
    NO_WAY_IN,
    PACKAGE,
    SU_S,
    UNANSWERED,
    Copy,
    Found,
    found,
    install,
)
from clawctl.testing.device.at_hand import AtHand
from clawctl.testing.device.condition import Condition
from clawctl.testing.device.files import UIDS
from clawctl.testing.device.system import System

BEARER = "sesame-4711"
CONTENT = b'{"profile_id": "mine", "gateway": {}}\n'


@pytest.fixture
async def driver() -> AsyncIterator[AtHand]:
    async with trio.open_nursery() as nursery:
        yield AtHand(System(Condition(bearer=BEARER), {}.get, nursery))
        nursery.cancel_scope.cancel()


def condition(driver: AtHand, **values: Any) -> None:
    for name, value in values.items():
        setattr(driver.system.condition, name, value)


def names(driver: AtHand, place: str) -> list[str]:
    return driver.system.files.names(place)


async def test_both_places_hold_what_was_installed_and_nothing_else(driver: AtHand) -> None:
    assert await install(driver, CONTENT) == ""

    seen = await found(driver)
    assert seen.holds(CONTENT)
    assert [copy.content for copy in seen.copies] == [CONTENT, CONTENT]
    assert (seen.serial, seen.model) == ("AT-HAND", "lynx")
    assert names(driver, EXTERNAL) == names(driver, INTERNAL) == ["profile.json"]


async def test_an_app_that_never_had_one_gets_the_directories_too(driver: AtHand) -> None:
    condition(driver, profile_places=())

    before = await found(driver)
    await install(driver, CONTENT)

    assert [copy.content for copy in before.copies] == [None, None]
    assert (await found(driver)).holds(CONTENT)


async def test_what_the_app_would_read_after_it_is_removed(driver: AtHand) -> None:
    for place in (EXTERNAL, INTERNAL):
        driver.system.files.write(f"{place}/active-profile.json", b"{}")

    await install(driver, CONTENT)

    assert names(driver, EXTERNAL) == names(driver, INTERNAL) == ["profile.json"]


async def test_the_second_name_is_what_a_reader_finds_where_the_first_is_missing(
    driver: AtHand,
) -> None:
    condition(driver, profile_places=())
    for place in (EXTERNAL, INTERNAL):
        path = f"{place}/active-profile.json"
        driver.system.files.write(path, CONTENT, user="app", parents=True)

    seen = await found(driver)

    assert [copy.content for copy in seen.copies] == [CONTENT, CONTENT]
    assert not seen.holds(CONTENT)


async def test_the_bearer_is_in_no_command_and_in_no_file_but_these(driver: AtHand) -> None:
    await install(driver, f'{{"gateway": {{"bearer": "{BEARER}"}}}}'.encode())

    assert not [command for command in driver.system.ran if BEARER in command]
    assert names(driver, "/data/local/tmp") == []


async def test_a_release_build_is_reached_by_root_and_the_file_is_the_apps(driver: AtHand) -> None:
    condition(driver, debuggable=False)

    assert await install(driver, CONTENT) == ""

    node = driver.system.files.node(f"{INTERNAL}/profile.json")
    assert (node.data, node.uid, node.mode & 0o777, node.labelled) == (
        CONTENT,
        UIDS["app"],
        0o600,
        True,
    )
    assert (await found(driver)).holds(CONTENT)


async def test_a_release_build_without_root_has_the_external_place_alone(driver: AtHand) -> None:
    condition(driver, debuggable=False, su="denied")

    assert await install(driver, CONTENT) == NO_WAY_IN

    external, internal = (await found(driver)).copies
    assert (external.content, external.why) == (CONTENT, "")
    assert (internal.content, internal.why) == (None, NO_WAY_IN)


async def test_a_su_that_asks_its_owner_first_is_not_waited_for_long(
    driver: AtHand, autojump_clock: MockClock
) -> None:
    condition(driver, debuggable=False, hangs=("/data/adb/ap/bin/su",))
    began = trio.current_time()

    assert await install(driver, CONTENT) == ""
    assert trio.current_time() - began == SU_S


async def test_without_the_app_nothing_is_tried(driver: AtHand) -> None:
    condition(driver, installed=False)

    with pytest.raises(NoHandset) as refused:
        await install(driver, CONTENT)

    assert str(refused.value) == (
        f"the app {PACKAGE} is not installed on AT-HAND; install its APK and try again"
    )
    assert not driver.system.files.exists(EXTERNAL)


@pytest.mark.parametrize(
    ("lost", "what"),
    [
        (f"run-as {PACKAGE} mkdir", f"{INTERNAL} cannot be made"),
        (f"run-as {PACKAGE} mv", f"{INTERNAL}/profile.json cannot be replaced"),
        ("mv -f", f"{EXTERNAL}/profile.json cannot be replaced"),
    ],
)
async def test_a_step_that_fails_is_named_and_the_old_profile_stays(
    driver: AtHand, monkeypatch: pytest.MonkeyPatch, lost: str, what: str
) -> None:
    before, run = await found(driver), AtHand.run

    async def failing(self: AtHand, command: str, **more: Any) -> Any:
        return await run(self, "false" if command.startswith(lost) else command, **more)

    monkeypatch.setattr(AtHand, "run", failing)
    with pytest.raises(NoHandset) as refused:
        await install(driver, CONTENT)

    assert str(refused.value).startswith(f"{what} on AT-HAND: status 1")
    assert (await found(driver)).internal.content == before.internal.content


async def test_a_phone_that_keeps_less_than_it_was_given_is_found_out(
    driver: AtHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def half(self: AtHand, content: bytes, path: str, mode: int = 0o644) -> None:
        self.system.files.write(path, content[: len(content) // 2], mode=mode, user="shell")

    monkeypatch.setattr(AtHand, "push", half)

    with pytest.raises(NoHandset, match="does not hold what was written there"):
        await install(driver, CONTENT)


# What its readers would make of it


def seen(external: bytes | None, internal: bytes | None, why: str = "") -> Found:
    return Found(
        "X",
        "lynx",
        Copy("external", "/outside", external),
        Copy("internal", "/inside", internal, why),
    )


def content(bearer: str = BEARER, **more: Any) -> bytes:
    gateway = {"base_url": "http://127.0.0.1:8996", "bearer": bearer}
    return json.dumps({"gateway": gateway, **more}).encode()


@pytest.mark.parametrize(
    ("copies", "said"),
    [
        (seen(content(), content()), []),
        (seen(None, content()), ["/outside is missing"]),
        (seen(content(), None), [f"/inside is missing: {UNANSWERED}"]),
        (seen(content(), None, NO_WAY_IN), [NO_WAY_IN]),
        (
            seen(content("worn-out"), content()),
            [
                "/outside: gateway.bearer: is not that of the gateway, which refuses the phone",
                "the two places differ, and the external copy wins where both are read",
            ],
        ),
        (seen(b"{", content()), ["/outside: not JSON: line 1 column 2: Expecting property name"]),
    ],
)
def test_each_fault_names_its_place_and_shows_no_bearer(copies: Found, said: list[str]) -> None:
    found = faults(copies, BEARER)

    assert len(found) == len(said)
    assert all(one.startswith(wanted) for one, wanted in zip(found, said, strict=True))
    assert BEARER not in "".join(found)
    assert "worn-out" not in "".join(found)


def test_what_is_on_the_phone_is_kept_wherever_it_was() -> None:
    mine = content("old", profile_id="mine")

    assert kept(seen(mine, None), BEARER)[1] == "the one on the phone (external)"
    assert kept(seen(None, mine), BEARER)[1] == "the one on the phone (internal)"
    assert kept(seen(b"{", mine), BEARER)[0]["profile_id"] == "mine"


def test_a_phone_without_any_gets_the_one_for_its_model() -> None:
    profile, source = kept(seen(None, b"nonsense"), BEARER)

    assert source == "the one shipped for lynx"
    assert profile["profile_id"] == "clawctl-pixel-7a-lynx"
    with pytest.raises(NoSuch):
        kept(Found("X", "panther", *seen(None, None).copies), BEARER)


def test_of_two_that_differ_the_one_made_for_this_gateway_is_kept() -> None:
    ours, other = content(profile_id="ours"), content("worn-out", profile_id="other")

    profile, source = kept(seen(other, ours), BEARER)

    assert profile["profile_id"] == "ours"
    assert source == "the one on the phone (internal; the other is older)"


def test_of_two_that_differ_and_have_equal_rights_the_owner_must_choose() -> None:
    for bearer in (BEARER, "worn-out"):
        with pytest.raises(Conflict, match="either may be the right one"):
            kept(seen(content(bearer, beep={}), content(bearer)), BEARER)


def test_only_what_has_something_of_a_profile_is_usable() -> None:
    assert usable(Copy("external", "/", b'{"name": 1}')) is None
    assert usable(Copy("external", "/", None)) is None
    assert usable(Copy("external", "/", b'{"beep": 1}')) == {"beep": 1}


def test_a_copy_is_shown_without_what_it_holds() -> None:
    assert repr(Copy("external", "/outside", content())) == "<Copy /outside>"


# Since when it is set up


def test_a_boot_is_kept_for_each_phone(tmp_path) -> None:
    boots.remember(tmp_path, "A", "one")
    boots.remember(tmp_path, "B", "two")
    boots.remember(tmp_path, "A", "three")

    assert [boots.remembered(tmp_path, serial) for serial in "ABC"] == ["three", "two", ""]


@pytest.mark.parametrize("spoilt", [b"", b"[]", b'{"A": 1}', b"\xff", b"{"])
def test_a_spoilt_file_counts_as_nothing_kept(tmp_path, spoilt) -> None:
    (tmp_path / boots.FILE_NAME).write_bytes(spoilt)

    assert boots.remembered(tmp_path, "A") == ""
    boots.remember(tmp_path, "A", "one")
    assert boots.remembered(tmp_path, "A") == "one"
