"""Who may read and write what on the phone, and what its file programs say."""

import hashlib

import pytest

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.console import Console
from clawctl.testing.device.files import User
from clawctl.testing.device.system import System

HOME = "/data/data/com.tracsystems.phonebridge"
PROFILE = f"{HOME}/files/profiles/profile.json"
SHARED = "/sdcard/Android/data/com.tracsystems.phonebridge/files/profiles"


async def out(console: Console, line: str, user: User = "shell") -> str:
    ran = await console.run(line, user=user)
    assert (ran.code, ran.err) == (0, b"")
    return ran.out.decode()


@pytest.mark.parametrize(
    ("user", "path", "allowed"),
    [
        ("shell", PROFILE, False),
        ("app", PROFILE, True),
        ("root", PROFILE, True),
        ("shell", f"{SHARED}/profile.json", True),
        ("app", f"{SHARED}/profile.json", True),
        ("shell", "/data/adb/ap/su_path", False),
        ("root", "/data/adb/ap/su_path", True),
    ],
)
async def test_the_app_and_root_keep_their_own(
    console: Console, user: User, path: str, allowed: bool
) -> None:
    ran = await console.run(f"cat {path}", user=user)

    assert (ran.code == 0) is allowed
    assert allowed or ran.err.decode() == f"cat: {path}: Permission denied\n"


async def test_a_place_has_several_names(console: Console) -> None:
    await out(console, "echo here > /sdcard/Download/x")

    assert await out(console, "cat /storage/emulated/0/Download/x") == "here\n"
    assert (await out(console, f"cat /data/user/0/{HOME[11:]}/files/profiles/profile.json", "app"))[
        :1
    ] == "{"


async def test_what_root_leaves_with_the_app_is_handed_over_or_cannot_be_read(
    console: Console,
) -> None:
    await out(console, f"echo new > {HOME}/files/x; chmod 600 {HOME}/files/x", "root")
    refused = await console.run(f"cat {HOME}/files/x", user="app")
    await out(console, f"chown 10234:10234 {HOME}/files/x", "root")
    unlabelled = await console.run(f"cat {HOME}/files/x", user="app")
    await out(console, f"restorecon -R {HOME}/files", "root")

    assert refused.code == unlabelled.code == 1
    assert await out(console, f"cat {HOME}/files/x", "app") == "new\n"


async def test_files_are_made_moved_copied_and_removed(console: Console) -> None:
    await out(console, "cd /data/local/tmp; mkdir -p a/b; echo 1 > a/b/x; cp a/b/x y; mv y a")

    assert await out(console, "ls /data/local/tmp/a") == "b\ny\n"
    assert await out(console, "cat /data/local/tmp/a/*y") == "1\n"
    await out(console, "rm -rf /data/local/tmp/a /data/local/tmp/never")
    assert await out(console, "ls /data/local/tmp") == ""


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("rm /data/local/tmp/none", "rm: /data/local/tmp/none: No such file or directory"),
        ("mkdir /data/local/tmp", "mkdir: /data/local/tmp: File exists"),
        ("mkdir /data/local/tmp/a/b", "mkdir: /data/local/tmp/a/b: No such file or directory"),
        ("rm /data/local", "rm: /data/local: Permission denied"),
        ("cat /data/local/tmp", "cat: /data/local/tmp: Is a directory"),
        ("chown 0:0 /data/local/tmp", "chown: /data/local/tmp: Operation not permitted"),
        ("echo x > /data/none/x", "/system/bin/sh: /data/none/x: No such file or directory"),
    ],
)
async def test_what_cannot_be_is_said_as_the_phone_says_it(
    console: Console, line: str, why: str
) -> None:
    ran = await console.run(line)

    assert (ran.code, ran.err.decode()) == (1, f"{why}\n")


async def test_a_file_is_measured(console: Console, condition: Condition) -> None:
    content = condition.profile_text().encode()
    path = f"{SHARED}/profile.json"

    assert await out(console, f"sha256sum {path}") == (
        f"{hashlib.sha256(content).hexdigest()}  {path}\n"
    )
    assert await out(console, f"stat -c '%s %a %u:%g %n' {path}") == (
        f"{len(content)} 644 10234:10234 {path}\n"
    )
    assert await out(console, f"ls -l {SHARED}") == (
        f"total 4\n-rw-r--r-- 1 u0_a234 u0_a234 {len(content)} 2027-01-15 08:00 profile.json\n"
    )


async def test_room_on_the_phone_is_what_its_condition_says(
    console: Console, condition: Condition
) -> None:
    condition.free_mb, condition.dumps_mb = 300, 512

    assert (await out(console, "df /data")).splitlines()[1].split()[3] == str(300 * 1024)
    used = await out(console, "run-as com.tracsystems.phonebridge du -sk files/voice-debug")
    assert used == "500004\tfiles/voice-debug\n"


async def test_dumps_that_are_removed_stay_so(console: Console, condition: Condition) -> None:
    condition.dumps_mb = 5
    await out(console, "run-as com.tracsystems.phonebridge rm -rf files/voice-debug")
    condition.battery = 11

    ran = await console.run("run-as com.tracsystems.phonebridge ls files")
    assert ran.out == b"profiles\n"


async def test_a_condition_that_changes_changes_its_files_and_no_others(
    phone: System, condition: Condition
) -> None:
    phone.files.write(PROFILE, b"{}", user="app")
    condition.root_files = condition.root_files[1:]

    assert phone.files.read(PROFILE) == b"{}"
    assert not phone.files.exists("/data/adb/service.d/phonebridge-rootd.sh")


async def test_with_the_app_goes_all_that_is_its_own(phone: System, condition: Condition) -> None:
    condition.installed = False

    assert not phone.files.exists(HOME)
    assert not phone.files.exists(SHARED)
    condition.installed = True
    assert phone.files.exists(PROFILE)


async def test_a_fresh_app_has_no_profiles_at_all(console: Console, condition: Condition) -> None:
    condition.profile_places = ()
    fresh = await console.run("run-as com.tracsystems.phonebridge ls files/profiles")
    copied = await console.run(
        "run-as com.tracsystems.phonebridge sh -c 'cat > files/profiles/profile.json'", stdin=b"{}"
    )

    assert fresh.err == b"ls: files/profiles: No such file or directory\n"
    assert copied.code == 1


async def test_an_external_profile_may_be_stale(console: Console, condition: Condition) -> None:
    condition.stale_external = True

    assert '"of-last-year"' in await out(console, f"cat {SHARED}/profile.json")
    assert '"of-last-year"' not in await out(console, f"cat {PROFILE}", "app")
