"""What passes between a host and the phone, packet by packet."""

import json
import struct
import subprocess
import sys
import time
from contextlib import AsyncExitStack

import pytest
import trio
from cryptography.hazmat.primitives.asymmetric import rsa

from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_wire import AUTH, CLSE, CNXN, OKAY, OPEN, WRTE, LinkLost, Packet
from clawctl.testing.device.device import open_device

PATIENCE_S = 10


class Host:
    """The other end of the cable, which does as a test says."""

    def __init__(self, device, stream):
        self.device = device
        self.stream = stream
        self.sums = False

    async def say(self, command, arg0=0, arg1=0, data=b"", checksum=True):
        await self.stream.send_all(wire.pack(Packet(command, arg0, arg1, data), checksum))

    async def hear(self):
        with trio.fail_after(PATIENCE_S):
            return await wire.read_packet(self.stream, checksum=self.sums)

    async def silence(self):
        """Nothing comes for a while."""
        with trio.move_on_after(0.2) as silent:
            await wire.read_packet(self.stream, checksum=self.sums)
        return silent.cancelled_caught

    async def greet(self, version=wire.VERSION, max_data=wire.MAX_DATA):
        self.sums = version < wire.VERSION
        await self.say(CNXN, version, max_data, b"host::features=shell_v2")
        return await self.hear()

    async def open(self, service, ours=7):
        """The id of the phone's end."""
        await self.say(OPEN, ours, 0, service.encode() + b"\0")
        opened = await self.hear()
        assert (opened.command, opened.arg1) == (OKAY, ours)
        return opened.arg0

    async def ask(self, service, ours=7):
        """All that a service says, up to its end."""
        theirs, said = await self.open(service, ours), b""
        while (heard := await self.hear()).command != CLSE:
            said += heard.data
            if heard.command == WRTE:
                await self.say(OKAY, ours, theirs)
        return said

    async def ended(self):
        """Why the phone has dropped the link."""
        with trio.fail_after(PATIENCE_S):
            while await self.stream.receive_some():
                pass
            while not self.device.ended:
                await trio.sleep(0.01)
        return self.device.ended[-1]


@pytest.fixture
async def cable():
    """Opens links to a phone; they are closed with the test."""
    async with AsyncExitStack() as links:

        async def connect(device):
            host, _, port = device.address.partition(":")
            stream = await trio.open_tcp_stream(host, int(port))
            return Host(device, await links.enter_async_context(stream))

        yield connect


@pytest.fixture
async def plugged(cable):
    """The same, greeted."""

    async def connect(device):
        host = await cable(device)
        assert (await host.greet()).command == CNXN
        return host

    return connect


@pytest.fixture
async def device():
    async with open_device() as opened:
        yield opened


@pytest.fixture
async def host(device, plugged):
    return await plugged(device)


# Greeting


async def test_a_phone_says_who_it_is(device, cable):
    host = await cable(device)

    hello = await host.greet()

    assert hello[:3] == (CNXN, wire.VERSION, wire.MAX_DATA)
    assert hello.data == (
        b"device::ro.product.name=lynx;ro.product.model=Pixel 7a;ro.product.device=lynx;"
        b"features=shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,apex"
    )


async def test_no_two_phones_live_where_servers_look_for_emulators(device):
    port = int(device.address.partition(":")[2])

    assert device.serial == device.address
    assert not 5555 <= port <= 5585


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (wire.pack(Packet(OPEN, 1, 0, b"shell:\0")), "the host did not begin with a greeting"),
        (b"GET / HTTP/1.0\r\nHost: a\r", "the other side does not speak ADB"),
        (
            wire.pack(Packet(CNXN, wire.VERSION, 4096, bytes(4097)))[:24],
            "more than the 4096 allowed",
        ),
        (
            wire.pack(Packet(CNXN, wire.OLD_VERSION, 4096, b"host::"), checksum=False),
            "the checksum of a packet of 6 bytes is wrong",
        ),
    ],
)
async def test_who_does_not_speak_adb_is_dropped(said, why, cable):
    async with open_device(max_data=4096) as device:
        host = await cable(device)

        await host.stream.send_all(said)

        assert why in await host.ended()


async def test_with_an_older_host_checksums_count_for_good(device, cable):
    host = await cable(device)
    await host.greet(wire.OLD_VERSION)
    assert await host.ask("shell:echo hello") == b"hello\n"

    await host.say(OPEN, 8, 0, b"shell:\0", checksum=False)

    assert "checksum" in await host.ended()


async def test_an_older_phone_wants_checksums_of_a_newer_host_too(cable):
    async with open_device(version=wire.OLD_VERSION) as device:
        host = await cable(device)
        await host.greet()

        await host.say(OPEN, 8, 0, b"shell:\0", checksum=False)

        assert "checksum" in await host.ended()


async def test_each_key_signs_another_token_and_only_an_accepted_one_is_let_in(cable):
    key, stranger = (rsa.generate_private_key(65537, wire.KEY_BITS) for _ in range(2))
    async with open_device(auth="never") as device:
        device.keys.accept(wire.public_key_blob(key, "a host"))
        host = await cable(device)

        first = await host.greet()
        await host.say(AUTH, wire.SIGNATURE, 0, wire.sign(stranger, first.data))
        second = await host.hear()
        await host.say(AUTH, wire.SIGNATURE, 0, wire.sign(key, second.data))

        assert first[:2] == second[:2] == (AUTH, wire.TOKEN)
        assert len({first.data, second.data, bytes(20)}) == 3
        assert (await host.hear()).command == CNXN


async def test_while_its_user_is_asked_the_phone_says_nothing(cable):
    key = rsa.generate_private_key(65537, wire.KEY_BITS)
    async with open_device(auth="never") as device:
        host = await cable(device)
        await host.greet()

        await host.say(AUTH, wire.PUBLIC_KEY, 0, wire.public_key_blob(key, "a host"))

        assert await host.silence()
        device.condition.auth = "accept"
        assert (await host.hear()).command == CNXN


async def test_no_key_is_shown_to_the_user_that_is_none(cable):
    async with open_device(auth="accept") as device:
        host = await cable(device)
        await host.greet()

        await host.say(AUTH, wire.PUBLIC_KEY, 0, b"AAAA a host\0")

        assert "no public key" in await host.ended()


# Streams


@pytest.mark.parametrize("service", ["jdwp:1", "tcp:80", "tcp:x", "", "shell", "localabstract:a"])
async def test_a_service_that_is_not_there_is_refused(host, service):
    await host.say(OPEN, 7, 0, service.encode() + b"\0")

    refused = await host.hear()

    assert (refused.command, refused.arg1) == ((OKAY, 7) if service == "shell" else (CLSE, 7))


async def test_shells_with_frames_are_only_where_they_are_announced(plugged):
    async with open_device(features=("cmd",)) as device:
        host = await plugged(device)
        await host.say(OPEN, 7, 0, b"shell,v2,raw:true\0")

        assert (await host.hear())[:3] == (CLSE, 0, 7)
        assert await host.ask("shell:echo old") == b"old\n"


async def test_nobody_gets_a_window_that_was_not_agreed_on(host):
    await host.say(OPEN, 7, 32 * 1024 * 1024, b"shell:true\0")

    assert (await host.hear())[:3] == (CLSE, 0, 7)


async def test_what_concerns_no_stream_is_ignored(host):
    for command in (OKAY, WRTE, CLSE):
        await host.say(command, 9, 99, b"x" if command == WRTE else b"")

    assert await host.ask("shell:echo hello") == b"hello\n"


async def test_a_close_is_answered_once(host):
    theirs = await host.open("sync:")

    await host.say(CLSE, 7, theirs)
    assert (await host.hear())[:3] == (CLSE, theirs, 7)

    await host.say(CLSE, 7, theirs)
    assert await host.silence()


async def test_each_piece_waits_until_the_one_before_is_taken(plugged):
    async with open_device(max_data=4096, floods=("dumpsys",)) as device:
        host = await plugged(device)
        theirs = await host.open("shell:dumpsys")
        first = await host.hear()

        assert len(first.data) == 4096
        assert await host.silence()

        await host.say(OKAY, 7, theirs)
        assert (await host.hear()).command == WRTE


async def test_what_a_command_does_not_read_is_not_asked_for(device, host):
    device.condition.hangs = ("sleep",)
    theirs = await host.open("shell:sleep 100")

    await host.say(WRTE, 7, theirs, b"typed in vain")

    assert await host.silence()


async def test_a_service_ends_when_its_last_word_was_taken(host):
    theirs = await host.open("shell:echo last")
    assert (await host.hear()).data == b"last\n"
    assert await host.silence()

    await host.say(OKAY, 7, theirs)
    assert (await host.hear())[:3] == (CLSE, theirs, 7)


async def test_services_run_side_by_side(host, device):
    device.condition.hangs = ("logcat",)
    await host.open("shell:logcat", ours=1)

    assert await host.ask("shell:echo hello", ours=2) == b"hello\n"


async def test_two_hosts_have_the_phone_at_once(device, host, plugged):
    other = await plugged(device)

    assert await host.ask("shell:echo one") == b"one\n"
    assert await other.ask("shell:echo two") == b"two\n"


async def test_a_slow_link_is_slow(device, host):
    device.condition.slow_ms = 100

    began = time.monotonic()
    await host.ask("shell:echo hello")

    assert time.monotonic() - began >= 0.3


# Files


def request(name, data=b""):
    return struct.pack("<4sI", name, len(data)) + data


async def test_requests_may_come_in_any_pieces(host, device):
    device.system.files.write("/data/local/tmp/a", b"hello", mtime_s=1_700_000_000)
    theirs = await host.open("sync:")
    asked = request(b"STAT", b"/data/local/tmp/a") + request(b"STA2", b"/data/none")
    asked += request(b"RECV", b"/data/local/tmp/a") + request(b"QUIT")
    said = b""

    for at in range(0, len(asked), 10):
        await host.say(WRTE, 7, theirs, asked[at : at + 10])
        while (heard := await host.hear()).command == WRTE:
            said += heard.data
            await host.say(OKAY, 7, theirs)
    while heard.command != CLSE:
        heard = await host.hear()
        said += heard.data
        if heard.command == WRTE:
            await host.say(OKAY, 7, theirs)

    assert said == (
        struct.pack("<4sIII", b"STAT", 0o100644, 5, 1_700_000_000)
        + struct.pack("<4sIQQIIIIQqqq", b"STA2", 2, *[0] * 10)
        + request(b"DATA", b"hello")
        + request(b"DONE")
    )


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (request(b"SND2", b"/data/x"), b"unknown command 'SND2'"),
        (request(b"STAT", bytes(1025)), b"filename too long"),
        (request(b"SEND", b"/data/local/tmp/x,x"), b"failed to parse mode"),
        (request(b"SEND", b"/data/local/tmp/x,420") + request(b"STAT"), b"invalid data message"),
        (
            request(b"SEND", b"/data/local/tmp/x,420") + b"DATA\1\0\1\0",
            b"oversize data message",
        ),
        (request(b"SEND", b"/system/x,420"), b"couldn't create file: Permission denied"),
        (request(b"RECV", b"/data/local/tmp"), b"read failed: Is a directory"),
        (request(b"RECV", b"/data/adb/ap/su_path"), b"open failed: Permission denied"),
    ],
)
async def test_a_bad_request_is_refused_and_nothing_else_suffers(device, host, asked, why):
    theirs = await host.open("sync:")

    await host.say(WRTE, 7, theirs, asked)
    answers = [await host.hear(), await host.hear()]

    assert request(b"FAIL", why) in [answer.data for answer in answers]
    await host.say(OKAY, 7, theirs)
    await host.say(CLSE, 7, theirs)
    assert (await host.hear()).command == CLSE
    assert await host.ask("shell:echo well", ours=8) == b"well\n"
    assert not device.system.files.exists("/data/local/tmp/x")


async def test_half_a_file_is_not_kept(device, host):
    theirs = await host.open("sync:")
    sent = request(b"SEND", b"/data/local/tmp/x,420") + request(b"DATA", b"half a f")

    await host.say(WRTE, 7, theirs, sent)
    assert (await host.hear()).command == OKAY
    await host.say(CLSE, 7, theirs)

    assert (await host.hear()).command == CLSE
    assert not device.system.files.exists("/data/local/tmp/x")


# Ports


async def connected(device, host):
    """A program on the phone at the phone's port, and what the host heard of it."""
    program = await trio.open_tcp_stream("127.0.0.1", device.host_port(8996))
    return program, await host.hear()


async def test_a_connection_asks_for_exactly_what_was_agreed(device, host):
    assert await host.ask("reverse:forward:tcp:8996;tcp:08997") == b"OKAY"

    program, asked = await connected(device, host)

    async with program:
        assert asked.command == OPEN
        assert asked.data == b"tcp:08997\0"


async def test_a_connection_ends_where_either_side_ends_it(device, host):
    await host.ask("reverse:forward:tcp:8996;tcp:1")

    program, asked = await connected(device, host)
    await host.say(OKAY, 70, asked.arg0)
    await program.send_all(b"hello")
    assert (await host.hear())[:] == (WRTE, asked.arg0, 70, b"hello")
    await program.aclose()
    await host.say(OKAY, 70, asked.arg0)
    assert (await host.hear())[:3] == (CLSE, asked.arg0, 70)

    program, asked = await connected(device, host)
    await host.say(OKAY, 71, asked.arg0)
    await host.say(WRTE, 71, asked.arg0, b"good")
    await host.say(WRTE, 71, asked.arg0, b"bye")
    await host.say(CLSE, 71, asked.arg0)
    async with program:
        assert b"".join([piece async for piece in program]) == b"goodbye"


async def test_who_asks_last_has_the_port_and_takes_it_along(device, host, plugged):
    other = await plugged(device)
    await host.ask("reverse:forward:tcp:8996;tcp:1")
    await other.ask("reverse:forward:tcp:8996;tcp:2")

    program, asked = await connected(device, other)
    async with program:
        assert asked.data == b"tcp:2\0"
    refused = b"FAIL001dcannot rebind existing socket"
    assert await host.ask("reverse:forward:norebind:tcp:8996;tcp:1") == refused

    await other.stream.aclose()
    while device.host_port(8996):
        await trio.sleep(0.01)
    assert await host.ask("reverse:list-forward") == b"0000"


@pytest.mark.parametrize(
    ("condition", "asked", "why"),
    [
        ({"reverse_refused": True}, "tcp:8996;tcp:1", b"cannot bind listener: Permission denied"),
        ({"taken_ports": (8996,)}, "tcp:8996;tcp:1", b"cannot bind listener: Address already in"),
        ({}, "localabstract:a;tcp:1", b"cannot bind listener: bad request"),
        ({}, "tcp:89960000;tcp:1", b"cannot bind listener: bad request"),
        ({}, "tcp:8996", b"cannot bind listener: bad request"),
    ],
)
async def test_a_port_may_not_be_had(condition, asked, why, plugged):
    async with open_device(**condition) as device:
        host = await plugged(device)

        said = await host.ask(f"reverse:forward:{asked}")

        assert said.startswith(b"FAIL")
        assert why in said
        assert device.host_port(8996) is None


# What happens to a cable


async def test_unplugged_every_link_ends_and_nobody_gets_through(device, host, cable):
    await host.ask("reverse:forward:tcp:8996;tcp:1")

    device.unplug()

    assert device.host_port(8996) is None
    assert await host.ended() == "unplugged"
    with pytest.raises(OSError, match="attempts to connect"):
        await cable(device)


async def test_plugged_again_it_has_the_same_address(device, plugged):
    for _ in range(20):
        device.unplug()
        device.unplug()
        device.plug()
        device.plug()

    assert await (await plugged(device)).ask("shell:echo here") == b"here\n"


async def test_rebooting_it_is_away_for_a_while_and_another_boot(device, host, plugged):
    boot_id = device.system.boot_id

    device.reboot(away_s=0.2)

    assert await host.ended() == "unplugged"
    assert device.system.boot_id != boot_id
    await trio.sleep(0.3)
    assert await (await plugged(device)).ask("shell:echo here") == b"here\n"


async def test_an_unasked_stream_is_refused_by_a_host_that_is_careful(device, host):
    async with trio.open_nursery() as nursery:
        taken = []

        async def ask():
            taken.append(await device.ask_for("tcp:22"))

        nursery.start_soon(ask)
        asked = await host.hear()
        await host.say(CLSE, 0, asked.arg0)

    assert (asked.command, asked.data) == (OPEN, b"tcp:22\0")
    assert taken == [False]


async def test_a_host_that_leaves_takes_its_commands_along(device, host):
    device.condition.hangs = ("logcat",)
    await host.open("shell:logcat")

    await host.stream.aclose()

    with trio.fail_after(PATIENCE_S):
        while not device.ended:
            await trio.sleep(0.01)
    assert device.ended == ["the ADB connection was closed by the other side"]


@pytest.mark.journey
async def test_the_phone_is_a_program_too():
    program = await trio.lowlevel.open_process(
        [sys.executable, "-m", "clawctl.testing.device", '{"model": "Pixel 9"}'],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    async with program.stdin, program.stdout:
        with trio.fail_after(PATIENCE_S):
            address = json.loads(await program.stdout.receive_some())["address"]
            await program.stdin.send_all(b'{"model": "Pixel 10"}\nunplug\nplug\n')
            model = b""
            while model != b"Pixel 10\n":
                model = await asked_at(address, "shell:getprop ro.product.model")
            await program.stdin.aclose()

            assert await program.wait() == 0


@pytest.mark.journey
async def test_nonsense_that_is_typed_to_it_is_told_and_goes_by():
    typed = b'nonsense\n{"colour": 1}\n{\nunplug now\n\n'
    told = (await trio.run_process(
        [sys.executable, "-m", "clawctl.testing.device"],
        stdin=typed, capture_stdout=True, capture_stderr=True,
    )).stderr.decode()  # fmt: skip

    assert told.count("\n") == 4
    assert told.startswith("'nonsense': it is one of unplug, plug, reboot, drop_reverses, ring,")
    assert "Traceback" not in told


async def asked_at(address, service):
    """Nothing, where the cable is pulled meanwhile."""
    try:
        stream = await trio.open_tcp_stream("127.0.0.1", int(address.partition(":")[2]))
        async with stream:
            host = Host(None, stream)
            await host.greet()
            return await host.ask(service)
    except (OSError, LinkLost, trio.BrokenResourceError):
        return b""
