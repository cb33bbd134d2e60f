"""clawctl profile beside a phone: pushed, read back, shown and kept, and no secret told."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio

from clawctl.lines.phone.profile_install import EXTERNAL, INTERNAL
from clawctl.testing.device.device import FakeDevice, open_device

pytestmark = pytest.mark.journey

CLAWCTL = str(Path(sys.executable).with_name("clawctl"))
PATIENCE_S = 30
SECRET = "sesame-4711-sesame"
PLACES = {"external": f"{EXTERNAL}/profile.json", "internal": f"{INTERNAL}/profile.json"}


@dataclass
class Shell:
    """Somebody with a phone in reach, and as little environment as cron has."""

    device: FakeDevice
    environ: dict[str, str]
    place: Path

    async def run(self, *args, typed=b"", **environ):
        """Exit code, the objects on stdout, what stood on stderr; no secret in either."""
        with trio.fail_after(PATIENCE_S):
            done = await trio.run_process(
                [CLAWCTL, "profile", *args], env=self.environ | environ, cwd=self.place,
                stdin=typed, capture_stdout=True, capture_stderr=True, check=False,
            )  # fmt: skip
        assert SECRET.encode() not in done.stdout + done.stderr
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    async def told(self, *args, **environ):
        code, out, complaint = await self.run(*args, "--json", **environ)
        return code, json.loads(out), complaint

    def held(self, place):
        """What lies on the phone."""
        return json.loads(self.device.system.files.read(PLACES[place]))

    def write(self, name, profile):
        (self.place / name).write_text(profile if isinstance(profile, str) else json.dumps(profile))
        return name


@pytest.fixture
async def shell(tmp_path):
    """Without an adb program."""
    async with open_device(bearer=SECRET) as device:
        known = {
            "HOME": str(tmp_path), "PATH": "/nowhere", "GATEWAY_DATA_DIR": str(tmp_path / "data"),
            "GATEWAY_BEARER_TOKEN": SECRET, "GATEWAY_PORT": "9", "NO_COLOR": "1",
            "GATEWAY_ADB_DRIVER": "direct", "GATEWAY_ADB_ADDRESS": device.address,
        }  # fmt: skip
        yield Shell(device, known, tmp_path)


async def test_a_profile_is_filled_in_installed_in_both_places_and_read_back(shell):
    file = shell.write("mine.json", {"profile_id": "mine", "beep": {"mode": "off"}})
    code, told, complaint = await shell.told("push", file)

    wanted = {
        "profile_id": "mine",
        "beep": {"mode": "off"},
        "gateway": {"base_url": "http://127.0.0.1:8996", "bearer": SECRET},
    }
    assert code == 0
    assert told == {
        "event": "pushed", "serial": shell.device.address, "model": "lynx", "profile_id": "mine",
        "source": file, "places": PLACES, "missed": "",
    }  # fmt: skip
    assert "It counts from the next call on." in complaint
    assert shell.held("external") == shell.held("internal") == wanted
    assert (await shell.told("push", file))[1]["event"] == "unchanged"


async def test_what_is_typed_is_a_profile_as_well(shell):
    code, out, _ = await shell.run("push", "-", "--json", typed=b'{"profile_id": "typed"}')

    assert (code, json.loads(out)["source"]) == (0, "-")
    assert shell.held("internal")["profile_id"] == "typed"


async def test_without_a_file_it_is_what_the_phone_has_made_whole(shell):
    shell.device.condition.bearer = "worn-out"

    code, told, _ = await shell.told("push")

    assert (code, told["source"]) == (0, "the one on the phone (external)")
    assert shell.held("internal")["gateway"]["bearer"] == SECRET
    assert shell.held("internal")["profile_id"] == "fake-lynx"


async def test_a_phone_without_any_gets_the_one_of_its_model(shell):
    shell.device.condition.profile_places = ()

    code, told, _ = await shell.told("push")

    assert (code, told["source"]) == (0, "the one shipped for lynx")
    assert shell.held("external")["profile_id"] == "clawctl-pixel-7a-lynx"


async def test_the_joined_name_does_the_same(shell):
    with trio.fail_after(PATIENCE_S):
        done = await trio.run_process(
            [CLAWCTL, "profile-push", "--dry-run"], env=shell.environ, cwd=shell.place,
            capture_stdout=True, capture_stderr=True, check=False,
        )  # fmt: skip

    assert (done.returncode, json.loads(done.stdout)["event"]) == (0, "would_push")


async def test_a_dry_run_says_what_it_would_do_and_does_nothing(shell):
    before = shell.held("external")
    file = shell.write("mine.json", {"profile_id": "mine"})

    code, told, _ = await shell.told("push", file, "--dry-run")

    assert (code, told["event"]) == (0, "would_push")
    assert told["steps"] == [f"replace: {path}" for path in PLACES.values()]
    assert shell.held("external") == before
    assert not (shell.place / "data").exists()


async def test_a_gateway_that_never_ran_gets_its_token_for_the_profile(shell):
    code, _, _ = await shell.told("push", GATEWAY_BEARER_TOKEN="")

    token = (shell.place / "data" / "bearer_token").read_text().strip()
    assert code == 0
    assert shell.held("internal")["gateway"]["bearer"] == token


async def test_a_place_out_of_reach_is_told_and_is_a_failure(shell):
    shell.device.condition.debuggable = False
    shell.device.condition.su = "missing"

    code, told, complaint = await shell.told(
        "push", shell.write("mine.json", {"profile_id": "mine"})
    )

    assert code == 1
    assert "its internal place is out of reach" in told["missed"]
    assert told["missed"] in complaint
    assert shell.held("external")["profile_id"] == "mine"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty; 'clawctl profile init' writes a profile"),
        ("{", "not JSON: line 1 column 2"),
        ('{"name": "a package"}', "no profile: none of its keys is one"),
        ("[" * 5000, "not JSON"),
        (f'{{"gateway": {{"bearer": "{SECRET}" x}}}}', "not JSON: line 1"),
    ],
)
async def test_a_file_that_is_no_profile_is_refused_before_the_phone_is_touched(
    shell, content, why
):
    ran = len(shell.device.system.ran)
    file = shell.write("mine.json", content)

    pushed = await shell.run("push", file)
    code, told, _ = await shell.told("validate", file)

    assert (pushed[0], pushed[1]) == (2, "")
    assert pushed[2].startswith(f"clawctl: mine.json: {why}")
    assert (code, told["ok"]) == (2, False)
    assert told["faults"][0].startswith(why)
    assert len(shell.device.system.ran) == ran


@pytest.mark.parametrize("verb", ["push", "validate"])
@pytest.mark.parametrize("name", ["nowhere.json", "."])
async def test_a_file_that_cannot_be_read_is_named(shell, verb, name):
    code, out, complaint = await shell.run(verb, name)

    assert (code, out) == (1, "")
    assert complaint.startswith(f"clawctl: {name}: ")


async def test_what_the_app_would_pass_over_is_told_of_a_file(shell):
    file = shell.write("mine.json", {"beep": {"mod": "off"}, "gateway": {"bearer": SECRET}})

    code, told, _ = await shell.told("validate", file)

    assert (code, told["ok"], told["faults"]) == (0, True, [])
    assert told["warnings"][0] == ("beep.mod: the phone does not know it; did you mean beep.mode?")
    assert told["notes"][0].startswith("route_profile.set: not given")


async def test_what_is_kept_of_a_phone_holds_nothing_of_the_gateway_and_can_be_pushed_again(shell):
    pulled = await shell.run("pull", "-o", "kept.json")
    again = await shell.run("pull", "-o", "kept.json")
    forced = await shell.run("pull", "-o", "kept.json", "--force", "--from", "internal")

    kept = json.loads((shell.place / "kept.json").read_text())
    assert (pulled[0], again[0], forced[0]) == (0, 6, 0)
    assert "gateway" not in kept
    assert kept["profile_id"] == "fake-lynx"
    assert (await shell.told("push", "kept.json"))[0] == 0
    assert shell.held("internal") == {
        **kept, "gateway": {"base_url": "http://127.0.0.1:8996", "bearer": SECRET},
    }  # fmt: skip


async def test_nothing_to_keep_is_said_with_the_way_out(shell):
    shell.device.condition.profile_places = ()
    code, out, complaint = await shell.run("pull")

    assert (code, out) == (5, "")
    assert "there is no profile on" in complaint
    assert "'clawctl profile push' installs one" in complaint


async def test_a_profile_that_fits_is_shown_without_its_bearer(shell):
    code, told, _ = await shell.told("show")

    assert (code, told["ok"], told["faults"], told["warnings"]) == (0, True, [], [])
    assert (told["serial"], told["model"]) == (shell.device.address, "lynx")
    for place, path in PLACES.items():
        one = told["places"][place]
        assert (one["path"], one["state"], one["bearer"]) == (path, "there", "equal")
        assert one["profile"]["gateway"]["bearer"] == "(hidden)"


async def test_what_is_wrong_with_it_is_an_exit_code_and_a_sentence(shell):
    shell.device.condition.stale_external = True
    stale = await shell.told("show")
    shell.device.condition.stale_external = False
    shell.device.condition.profile_places = ("external",)
    missing = await shell.told("show")

    assert (stale[0], missing[0]) == (1, 1)
    assert stale[1]["places"]["external"]["bearer"] == "different"
    assert any("the external copy wins" in one for one in stale[1]["faults"])
    assert missing[1]["places"]["internal"]["state"] == "missing"
    assert any("incoming calls will ring unanswered" in one for one in missing[1]["faults"])


async def test_a_profile_is_shipped_for_the_phone_that_is_connected(shell):
    connected = await shell.run("init")
    named = await shell.run("init", "lynx", GATEWAY_ADB_DRIVER="off")
    strange = await shell.run("init", "panther")

    assert (connected[0], named[0], strange[0]) == (0, 0, 5)
    assert connected[1] == named[1]
    assert json.loads(named[1])["profile_id"] == "clawctl-pixel-7a-lynx"
    assert "route_profile.set" in named[2]
    assert "only for blazer and lynx" in strange[2]


async def test_without_the_app_or_the_phone_every_verb_says_so(shell):
    shell.device.condition.installed = False
    for verb in ("push", "pull", "show"):
        code, out, complaint = await shell.run(verb)
        assert (code, out) == (14, "")
        assert "is not installed" in complaint
    shell.device.unplug()
    for verb in ("push", "pull", "show", "init"):
        code, out, complaint = await shell.run(verb)
        assert (code, out) == (14, "")
        assert "cannot be reached" in complaint
