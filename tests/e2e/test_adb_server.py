"""An adb server that says whatever a test has it say, and what becomes of it."""

import json
import math
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest
import trio

from clawctl.config.schema import PhoneSettings
from clawctl.errors import BadInput, NoHandset, TooSlow
from clawctl.lines.phone import adb_lists, adb_server
from clawctl.lines.phone.adb_program import NoServer
from clawctl.lines.phone.adb_server import ServerPhones
from clawctl.lines.phone.adb_stream import EXIT, FRAME, STDOUT
from clawctl.lines.phone.driver import BadAnswer, Device, Ran, phones_of

SERIAL = "A1"
READY = "A1 device model:Pixel_7a transport_id:1\n"


def block(text: str) -> bytes:
    return b"%04x" % len(text.encode()) + text.encode()


def okay(text: str) -> bytes:
    return b"OKAY" + block(text)


def fail(text: str) -> bytes:
    return b"FAIL" + block(text)


class Server:
    """`says` has an answer, or one after the other, for each request; what is not there is silence.
    After an answer the connection stays, except after those in `leaves`."""

    def __init__(self, listener: trio.SocketListener) -> None:
        self.listener = listener
        self.asked: list[str] = []
        self.leaves: set[str] = set()
        self.says: dict[str, bytes | list[bytes]] = {
            "host:version": okay("0029"),
            "host:devices-l": okay(READY),
            "host:track-devices-l": okay(READY),
            f"host-serial:{SERIAL}:features": okay("cmd,shell_v2"),
            f"host:tport:serial:{SERIAL}": b"OKAY" + bytes(8),
        }
        self._streams: set[trio.SocketStream] = set()

    @property
    def port(self) -> int:
        return self.listener.socket.getsockname()[1]

    async def serve(self, stream: trio.SocketStream) -> None:
        self._streams.add(stream)
        try:
            while (request := await self._request(stream)) is not None:
                self.asked.append(request)
                await stream.send_all(self._answer(request))
                if request in self.leaves:
                    return
                if not request.startswith("host"):  # the rest is for the phone
                    await self._exactly(stream, math.inf)
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            pass
        finally:
            self._streams.discard(stream)
            await stream.aclose()

    def _answer(self, request: str) -> bytes:
        answer = self.says.get(request, b"")
        if isinstance(answer, list):
            return answer.pop(0) if len(answer) > 1 else answer[0]
        return answer

    async def _request(self, stream: trio.SocketStream) -> str | None:
        try:
            length = int(await self._exactly(stream, 4), 16)
        except ValueError:
            return None
        return (await self._exactly(stream, length)).decode()

    async def _exactly(self, stream: trio.SocketStream, count: float) -> bytes:
        data = b""
        while len(data) < count and (piece := await self._piece(stream, count - len(data))):
            data += piece
        return data

    async def _piece(self, stream: trio.SocketStream, most: float) -> bytes:
        return bytes(await stream.receive_some(int(min(most, 65536))))

    async def tell(self, text: str) -> None:
        for stream in list(self._streams):
            await stream.send_all(block(text))

    async def end(self) -> None:
        await self.listener.aclose()
        await self.hang_up()

    async def hang_up(self) -> None:
        for stream in list(self._streams):
            await stream.aclose()


async def _serve(server: Server, nursery: trio.Nursery) -> None:
    with suppress(trio.ClosedResourceError):
        async with server.listener:
            while True:
                nursery.start_soon(server.serve, await server.listener.accept())


@asynccontextmanager
async def open_server(port: int = 0) -> AsyncIterator[Server]:
    (listener,) = await trio.open_tcp_listeners(port, host="127.0.0.1")
    server = Server(listener)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_serve, server, nursery)
        yield server
        nursery.cancel_scope.cancel()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with open_server() as server:
        yield server


def phones(port: int, **settings: str) -> ServerPhones:
    environ = {"ANDROID_ADB_SERVER_PORT": str(port), "PATH": "/nosuch"}
    return ServerPhones.of(PhoneSettings(**settings), environ)


async def opened(server: Server, serial: str = "", **settings: str) -> str:
    async with phones(server.port, **settings).open(serial) as driver:
        return driver.serial


# Servers of every kind


async def test_phones_are_listed_with_state_and_model(server):
    server.says["host:devices-l"] = okay(READY + "B2 unauthorized usb:1-1 transport_id:2\n")

    assert await phones(server.port).devices() == [
        Device("A1", "device", "Pixel 7a"),
        Device("B2", "unauthorized"),
    ]


async def test_a_server_of_an_old_version_is_not_ended_but_named(server):
    server.says["host:version"] = okay("0028")

    with pytest.raises(NoHandset, match="is too old, 40 and not 41 or newer: install platform"):
        await phones(server.port).devices()
    assert server.asked == ["host:version"]


async def test_a_newer_server_is_as_good(server):
    server.says["host:version"] = okay("002a")

    assert len(await phones(server.port).devices()) == 1


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"OKAYzzzz", b"\0" * 40])
async def test_what_is_no_adb_server_is_called_so(server, garbage):
    server.says["host:version"] = garbage

    with pytest.raises(BadAnswer, match=f"127.0.0.1:{server.port}"):
        await phones(server.port).devices()


@pytest.mark.parametrize("half", [b"", b"OK", b"OKAY", b"OKAY00", b"OKAY000400", b"FAIL0010no"])
async def test_half_an_answer_is_no_answer(server, half):
    server.says["host:version"] = half
    server.leaves.add("host:version")

    with pytest.raises(NoHandset, match="went away before it had answered; if it stays so"):
        await phones(server.port).devices()


@pytest.mark.parametrize("half", [b"", b"OK", b"OKAY00"])
async def test_a_silent_server_costs_no_more_than_its_time(server, half, monkeypatch):
    monkeypatch.setattr(adb_server, "COMMAND_S", 0.1)
    server.says["host:version"] = half

    began = trio.current_time()
    with pytest.raises(TooSlow, match=r"did not answer within 0.1 s; if it stays so, start it"):
        await phones(server.port).devices()
    assert trio.current_time() - began < 1


async def test_a_server_that_is_silent_when_watched_costs_no_more_either(server, monkeypatch):
    monkeypatch.setattr(adb_lists, "COMMAND_S", 0.1)
    server.says["host:track-devices-l"] = b"OKAY"

    with pytest.raises(TooSlow, match="did not list its phones"):
        async with phones(server.port).watch():
            raise AssertionError


# Phones of every state


@pytest.mark.parametrize(
    ("rows", "way_out"),
    [
        ("", "is not there: plug it in"),
        ("A1 unauthorized\n", "unlock the phone and accept"),
        ("A1 offline\n", "unplug the cable"),
        ("A1 connecting\n", "wait some seconds"),
        ("A1 authorizing\n", "unlock the phone and accept"),
        ("A1 no permissions; see [http://x]\n", "udev rules"),
        ("A1 recovery\n", "restart the phone"),
        ("A1 sideload\n", "restart the phone"),
        ("A1 bootloader\n", "restart the phone"),
        (READY + "B2 device\n", "choose one: clawctl config set adb_serial A1"),
    ],
)
async def test_a_phone_that_cannot_be_used_has_its_way_out(server, rows, way_out, monkeypatch):
    monkeypatch.setattr(adb_server, "SETTLING_S", 0)
    server.says["host:devices-l"] = okay(rows)

    with pytest.raises(NoHandset, match=way_out):
        await opened(server)


async def test_one_of_several_is_chosen_by_its_serial(server):
    server.says["host:devices-l"] = okay("B2 device\n" + READY)

    assert await opened(server, "A1") == "A1"
    assert await opened(server, adb_serial="A1") == "A1"
    assert await opened(server, "A1", adb_serial="C3") == "A1"


async def test_a_serial_nobody_has_is_named_and_never_sent(server):
    with pytest.raises(NoHandset, match="the phone A1;reboot is not there"):
        await opened(server, "A1;reboot")
    assert not any("reboot" in request for request in server.asked)


@pytest.mark.parametrize("state", ["offline", "connecting", "authorizing"])
async def test_a_phone_that_was_just_plugged_in_is_waited_for(server, state):
    server.says["host:devices-l"] = [okay(f"A1 {state}\n"), okay(f"A1 {state}\n"), okay(READY)]

    assert await opened(server) == "A1"


@pytest.mark.parametrize(
    ("refusal", "way_out"),
    [
        ("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set", "unlock the phone"),
        ("device offline", "unplug the cable"),
        ("device still authorizing", "unlock the phone"),
        ("device still connecting", "wait some seconds"),
        ("device 'A1' not found", "plug it in"),
        ("closed", "does not know that service"),
        ("something new", "something new"),
    ],
)
async def test_a_refusal_has_the_servers_words_and_the_way_out(server, refusal, way_out):
    async with phones(server.port).open() as driver:
        server.says["host:tport:serial:A1"] = fail(refusal)
        server.leaves.add("host:tport:serial:A1")
        with pytest.raises(NoHandset) as raised:
            await driver.run("true")

    said = str(raised.value)
    assert said.startswith(f"the phone A1 was refused by adb: {refusal.splitlines()[0]}")
    assert way_out in said
    assert "\n" not in said


async def test_a_command_goes_to_the_phone_that_was_chosen(server):
    service = "shell,v2,raw:exit 7"
    server.says[service] = b"OKAY" + FRAME.pack(STDOUT, 2) + b"hi" + FRAME.pack(EXIT, 1) + b"\x07"
    async with phones(server.port).open() as driver:
        assert driver.features == {"cmd", "shell_v2"}
        del server.asked[:]
        assert await driver.run("exit 7") == Ran(7, b"hi")

    assert server.asked[:2] == ["host:tport:serial:A1", service]


async def test_a_server_that_ended_meanwhile_is_named():
    async with open_server() as server, phones(server.port).open() as driver:
        await server.end()
        with pytest.raises(NoServer, match="any more; start one: adb start-server"):
            await driver.run("true")


@pytest.mark.parametrize("serial", ["", "\udcff:1", "a b:1", "a\nb:1", "x" * 10_000])
async def test_whatever_is_named_that_is_no_phone_is_not_there(server, serial):
    server.says["host:devices-l"] = okay("")

    with pytest.raises(NoHandset, match="is not there"):
        await opened(server, serial)
    assert connecting(server) == []


async def test_a_phone_that_goes_in_the_middle_of_a_command_is_missed_at_once(server):
    server.says["shell,v2,raw:cat"] = b"OKAY" + FRAME.pack(STDOUT, 2) + b"h"
    server.leaves.add("shell,v2,raw:cat")
    async with phones(server.port).open() as driver:
        with pytest.raises(NoHandset, match="the phone A1"):
            await driver.run("cat", stdin=bytes(3_000_000))


async def test_a_silent_phone_costs_a_command_its_time(server):
    server.says["shell,v2,raw:sleep 99"] = b"OKAY"
    async with phones(server.port).open() as driver:
        with pytest.raises(TooSlow, match=r"the phone A1 did not finish a command within 0.1 s"):
            await driver.run("sleep 99", timeout_s=0.1)


async def test_a_command_too_long_for_adb_is_refused_before_it_is_sent(server):
    async with phones(server.port).open() as driver:
        with pytest.raises(BadInput, match="too long for a command to a phone; push a file"):
            await driver.run("x" * 70_000)

    assert max(map(len, server.asked)) < 100


# Watching


async def test_every_change_is_told(server):
    async with phones(server.port).watch() as lists:
        seen = [await anext(lists)]
        for text in ("A1 offline transport_id:1\n", "", READY):
            await server.tell(text)
            seen.append(await anext(lists))

    assert [[each.state for each in devices] for devices in seen] == [
        ["device"],
        ["offline"],
        [],
        ["device"],
    ]


async def test_a_phone_that_was_away_for_a_moment_is_missing_once(server):
    async with phones(server.port).watch() as lists:
        await anext(lists)
        await server.tell("A1 device transport_id:2\nB2 device transport_id:3\n")

        assert [each.serial for each in await anext(lists)] == ["B2"]
        assert [each.serial for each in await anext(lists)] == ["A1", "B2"]


async def test_a_server_that_is_started_anew_is_watched_on():
    async with open_server() as first:
        port = first.port
        async with phones(port).watch() as lists:
            seen = [await anext(lists)]
            await first.hang_up()
            seen.append(await anext(lists))
            async with trio.open_nursery() as nursery:
                nursery.start_soon(_told, lists, seen)
                await trio.sleep(0.05)
                assert len(seen) == 2
            assert first.asked.count("host:track-devices-l") == 2

    assert [len(devices) for devices in seen] == [1, 0, 1]


async def _told(lists, seen):
    seen.append(await anext(lists))


async def test_a_server_that_is_away_for_a_while_is_watched_on(unused_port):
    async with trio.open_nursery() as nursery:
        stop = trio.Event()
        await nursery.start(_serve_until, unused_port, stop)
        async with phones(unused_port).watch() as lists:
            assert len(await anext(lists)) == 1
            stop.set()
            assert await anext(lists) == []
            nursery.start_soon(_later, 0.8, partial(_serve_until, unused_port, trio.Event()))
            assert len(await anext(lists)) == 1
        nursery.cancel_scope.cancel()


async def _later(seconds, work):
    await trio.sleep(seconds)
    await work()


async def _serve_until(port, stop, task_status=trio.TASK_STATUS_IGNORED):
    async with open_server(port) as server:
        task_status.started(server)
        await stop.wait()
        await server.hang_up()


@pytest.fixture
def unused_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


async def test_garbage_while_watching_is_a_server_that_ended(server):
    async with phones(server.port).watch() as lists:
        await anext(lists)
        for stream in list(server._streams):
            await stream.send_all(b"zzzz what")

        assert await anext(lists) == []
        assert len(await anext(lists)) == 1


async def test_a_list_that_was_waited_for_in_vain_is_not_lost(server):
    async with phones(server.port).watch() as lists:
        await anext(lists)
        with trio.move_on_after(0.05) as waited:
            await anext(lists)
        await server.tell("")

        assert waited.cancelled_caught
        assert await anext(lists) == []


# A phone at a TCP address

ADDRESS = "127.0.0.1:6001"


def at_address(server: Server, *states: str) -> None:
    """The list of phones, as it is each time it is asked for."""
    rows = [f"{ADDRESS} {state}\n" if state else "" for state in states]
    server.says["host:devices-l"] = [okay(row) for row in rows]
    server.says[f"host:connect:{ADDRESS}"] = okay(f"connected to {ADDRESS}")
    server.says[f"host:disconnect:{ADDRESS}"] = okay(f"disconnected {ADDRESS}")
    server.says[f"host-serial:{ADDRESS}:features"] = okay("shell_v2")


def connecting(server: Server) -> list[str]:
    return [each.removeprefix("host:").split(":")[0] for each in server.asked if "connect" in each]


async def test_the_phone_at_the_address_is_connected_to(server):
    at_address(server, "", "device")

    assert await opened(server, adb_address=ADDRESS) == ADDRESS
    assert connecting(server) == ["connect"]


async def test_a_phone_that_is_connected_stays_so(server):
    at_address(server, "device")

    assert await opened(server, adb_address=ADDRESS) == ADDRESS
    assert connecting(server) == []


async def test_a_phone_that_was_lost_is_let_go_before_it_is_connected_to_again(server, monkeypatch):
    monkeypatch.setattr(adb_server, "FORGETTING_S", 0.01)
    at_address(server, "offline", "offline", "device")

    assert await opened(server, adb_address=ADDRESS) == ADDRESS
    assert connecting(server) == ["disconnect", "connect"]


async def test_a_phone_that_is_just_being_greeted_is_not_let_go(server):
    at_address(server, "offline", "device")

    assert await opened(server, adb_address=ADDRESS) == ADDRESS
    assert connecting(server) == []


async def test_a_phone_that_was_let_go_already_is_connected_to_again(server, monkeypatch):
    monkeypatch.setattr(adb_server, "FORGETTING_S", 0.01)
    at_address(server, "offline", "offline", "device")
    server.says[f"host:disconnect:{ADDRESS}"] = fail(f"no such device '{ADDRESS}'")

    assert await opened(server, adb_address=ADDRESS) == ADDRESS


@pytest.mark.parametrize("state", ["unauthorized", "authorizing"])
async def test_a_phone_that_asks_its_user_is_left_alone(server, state, monkeypatch):
    monkeypatch.setattr(adb_server, "SETTLING_S", 0)
    at_address(server, state)

    with pytest.raises(NoHandset, match="unlock the phone and accept"):
        await opened(server, adb_address=ADDRESS)
    assert connecting(server) == []


async def test_an_address_where_no_phone_is_has_the_servers_words_and_the_way_out(server):
    at_address(server, "")
    server.says[f"host:connect:{ADDRESS}"] = okay("failed to connect: Connection refused")

    with pytest.raises(NoHandset, match=r"cannot reach .* Connection refused; look whether the ad"):
        await opened(server, adb_address=ADDRESS)
    assert await phones(server.port, adb_address=ADDRESS).devices() == []


async def test_a_serial_that_is_an_address_is_connected_to(server):
    at_address(server, "", "device")
    assert await opened(server, adb_serial=ADDRESS) == ADDRESS

    at_address(server, "", "device")
    assert await opened(server, ADDRESS) == ADDRESS
    assert connecting(server) == ["connect", "connect"]


async def test_an_address_without_a_port_has_the_usual_one(server):
    server.says["host:devices-l"] = okay("phone.local:5555 device\n")
    server.says["host-serial:phone.local:5555:features"] = okay("shell_v2")

    assert await opened(server, adb_address="phone.local") == "phone.local:5555"


async def test_another_phone_that_is_named_comes_before_the_address(server):
    assert await opened(server, adb_address=ADDRESS, adb_serial="A1") == "A1"
    assert await opened(server, "A1", adb_address=ADDRESS) == "A1"
    assert connecting(server) == []


async def test_who_watches_keeps_the_phone_connected(server, monkeypatch):
    monkeypatch.setattr(adb_server, "REACH_AGAIN_S", 0.02)
    at_address(server, "device", "", "", "device")
    async with phones(server.port, adb_address=ADDRESS).watch():
        while not connecting(server):
            await trio.sleep(0.01)

    assert connecting(server) == ["connect"]


# No server


async def test_no_server_and_no_program_says_how_to_get_one(unused_port):
    with pytest.raises(NoServer) as raised:
        await phones(unused_port).devices()

    assert str(raised.value) == (
        f"no adb server answers at 127.0.0.1:{unused_port}, and there is no adb program: install it"
        " (Debian: sudo apt install adb; macOS: brew install android-platform-tools), name it in"
        " adb_path, or do without: clawctl config set adb_driver direct"
    )
    for asked in (phones(unused_port).watch(), phones(unused_port).open()):
        with pytest.raises(NoServer):
            async with asked:
                raise AssertionError


async def test_a_server_elsewhere_is_not_started_from_here(unused_port, tmp_path):
    adb = program(tmp_path, "open(sys.argv[0] + '.ran', 'w')")
    elsewhere = ServerPhones.of(
        PhoneSettings(adb_path=adb),
        {
            "ANDROID_ADB_SERVER_ADDRESS": "127.0.0.2",
            "ANDROID_ADB_SERVER_PORT": str(unused_port),
        },
    )

    with pytest.raises(
        NoServer, match=r"no adb server answers at 127.0.0.2.*start it on that host"
    ):
        await elsewhere.devices()
    assert not await elsewhere.possible()
    assert not (tmp_path / "adb.ran").exists()


async def test_whether_a_server_runs_is_asked_without_starting_one(server, unused_port, tmp_path):
    adb = program(tmp_path, "open(sys.argv[0] + '.ran', 'w')")

    assert await phones(server.port).running()
    assert await phones(server.port).possible()
    assert not await phones(unused_port).running()
    assert not await phones(unused_port).possible()
    assert not await phones(unused_port, adb_path=adb).running()
    assert await phones(unused_port, adb_path=adb).possible()
    assert not (tmp_path / "adb.ran").exists()


def program(tmp_path, body: str) -> str:
    path = tmp_path / "adb"
    path.write_text(f"#!{sys.executable} -S\nimport json, os, sys\n{body}\n")
    path.chmod(0o755)
    return str(path)


async def test_a_program_that_is_none_is_named(unused_port, tmp_path):
    with pytest.raises(NoServer, match="adb_path is '/nosuch/adb', which is no program"):
        await phones(unused_port, adb_path="/nosuch/adb").devices()

    (tmp_path / "adb").write_text("no program at all")
    (tmp_path / "adb").chmod(0o755)
    with pytest.raises(NoHandset, match=r"/adb cannot be run: Exec format error; install it"):
        await phones(unused_port, adb_path=str(tmp_path / "adb")).devices()


async def test_a_program_that_fails_is_quoted(unused_port, tmp_path):
    adb = program(tmp_path, "sys.exit('* daemon not running\\nADB server did not ACK')")

    with pytest.raises(NoHandset, match=r"could not start its server: .*ADB server did not ACK"):
        await phones(unused_port, adb_path=adb).devices()


async def test_a_program_that_starts_nothing_is_no_server(unused_port, tmp_path):
    with pytest.raises(NoServer, match="no adb server answers"):
        await phones(unused_port, adb_path=program(tmp_path, "")).devices()


async def test_a_program_is_told_no_secrets_and_where_the_server_belongs(unused_port, tmp_path):
    adb = program(
        tmp_path, "json.dump([sys.argv[1:], dict(os.environ)], open(sys.argv[0] + '.ran', 'w'))"
    )
    environ = {
        "ANDROID_ADB_SERVER_PORT": str(unused_port),
        "GATEWAY_AGENT_TOKEN": "s3cr3t",
        "CLAWCTL_TOKEN": "s3cr3t",
    }
    with pytest.raises(NoServer):
        await ServerPhones.of(PhoneSettings(adb_path=adb), environ).devices()

    arguments, told = json.loads((tmp_path / "adb.ran").read_text())
    assert (arguments, told["ADB_SERVER_SOCKET"]) == (["start-server"], f"tcp:{unused_port}")
    assert "s3cr3t" not in told.values()


async def test_a_program_beside_a_server_is_never_run(server, tmp_path):
    adb = program(tmp_path, "open(sys.argv[0] + '.ran', 'w')")
    server.says["host:version"] = okay("0028")

    with pytest.raises(NoHandset, match="too old"):
        await phones(server.port, adb_path=adb).devices()
    assert not (tmp_path / "adb.ran").exists()


async def test_a_server_may_listen_at_a_socket_of_the_file_system(tmp_path):
    listening = trio.socket.socket(trio.socket.AF_UNIX)
    await listening.bind(str(tmp_path / "adb"))
    listening.listen(8)
    server = Server(trio.SocketListener(listening))
    environ = {"ADB_SERVER_SOCKET": f"localfilesystem:{tmp_path / 'adb'}", "PATH": "/nosuch"}
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_serve, server, nursery)
        found = await ServerPhones.of(PhoneSettings(), environ).devices()
        nursery.cancel_scope.cancel()

    assert [each.serial for each in found] == ["A1"]


def test_the_server_driver_is_chosen_by_name():
    assert isinstance(phones_of(PhoneSettings(adb_driver="server")), ServerPhones)
