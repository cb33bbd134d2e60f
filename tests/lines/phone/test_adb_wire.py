import base64
import struct
from pathlib import Path

import pytest
import trio
from cryptography.hazmat.primitives.asymmetric import rsa
from trio.testing import memory_stream_one_way_pair

from clawctl.errors import BadInput
from clawctl.lines.phone import adb_wire as wire
from clawctl.lines.phone.adb_wire import LinkLost, Packet, pack, read_packet

HELLO = Packet(wire.WRTE, 1, 2, b"hello")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


async def read(*pieces: bytes, checksum: bool = True, most_bytes: int = 100) -> Packet:
    near, far = memory_stream_one_way_pair()
    for piece in pieces:
        await near.send_all(piece)
    await near.aclose()
    return await read_packet(far, checksum=checksum, most_bytes=most_bytes)


def test_a_packet_is_six_little_endian_words_and_its_data() -> None:
    assert pack(HELLO) == struct.pack("<4sIIIII", b"WRTE", 1, 2, 5, 532, 0xBAABADA8) + b"hello"
    assert pack(HELLO, checksum=False)[16:20] == bytes(4)


async def test_a_packet_comes_back_as_it_was_sent() -> None:
    assert await read(pack(HELLO)) == HELLO
    assert await read(pack(HELLO, checksum=False), checksum=False) == HELLO


async def test_a_packet_may_come_byte_by_byte() -> None:
    assert await read(*[bytes([byte]) for byte in pack(HELLO)]) == HELLO


async def test_only_a_new_peer_may_leave_the_checksum_out_of_its_greeting() -> None:
    new = Packet(wire.CNXN, wire.VERSION, 4096, b"host::")
    old = Packet(wire.CNXN, wire.OLD_VERSION, 4096, b"host::")

    assert await read(pack(new, checksum=False)) == new
    with pytest.raises(LinkLost, match="checksum of a packet of 6 bytes is wrong"):
        await read(pack(old, checksum=False))


async def test_a_phone_that_has_read_our_greeting_asks_for_a_signature_without_a_checksum() -> None:
    token = Packet(wire.AUTH, wire.TOKEN, 0, bytes(range(20)))

    assert await read(pack(token, checksum=False)) == token
    assert await read(pack(token)) == token
    with pytest.raises(LinkLost, match="checksum of a packet of 20 bytes is wrong"):
        await read(pack(token)[:-1] + b"?")


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"GET / HTTP/1.1\r\nHost: phone\r\n\r\n", "does not speak ADB"),
        (pack(Packet(wire.WRTE, 1, 2, bytes(101))), "announces 101 bytes, more than the 100"),
        (pack(HELLO)[:-1] + b"?", "checksum of a packet of 5 bytes is wrong"),
        (pack(HELLO)[:-1], "closed by the other side"),
        (b"", "closed by the other side"),
    ],
)
async def test_what_is_no_packet_ends_the_link(sent: bytes, why: str) -> None:
    with pytest.raises(LinkLost, match=why):
        await read(sent)


async def test_a_broken_stream_ends_the_link() -> None:
    class Broken(trio.abc.ReceiveStream):
        async def receive_some(self, max_bytes: int | None = None) -> bytes:
            raise trio.BrokenResourceError from ConnectionResetError("reset by peer")

        async def aclose(self) -> None: ...

    with pytest.raises(LinkLost, match="broke: reset by peer"):
        await read_packet(Broken())


def test_a_device_banner_has_no_nul_at_its_end() -> None:
    written = wire.banner("device", {"ro.product.model": "Pixel 7a"}, ("cmd", "shell_v2"))

    assert written == b"device::ro.product.model=Pixel 7a;features=cmd,shell_v2"
    assert wire.read_banner(written) == wire.Banner(
        "device", {"ro.product.model": "Pixel 7a"}, frozenset({"cmd", "shell_v2"})
    )


def test_a_host_banner_holds_features_or_just_a_name() -> None:
    assert wire.banner("host", {}, ("shell_v2", "cmd")) == b"host::features=shell_v2,cmd"
    assert wire.read_banner(b"host::desk\0") == wire.Banner("host", {}, frozenset())
    assert wire.read_banner(b"\xff").features == frozenset()


def test_a_signature_proves_the_key_and_nothing_else(key: rsa.RSAPrivateKey) -> None:
    token, other = bytes(20), b"\x01" * 20
    signature = wire.sign(key, token)

    assert len(signature) == 256
    assert wire.is_signed_by(key.public_key(), token, signature)
    assert not wire.is_signed_by(key.public_key(), other, signature)
    assert not wire.is_signed_by(key.public_key(), token, b"nonsense")


def test_a_public_key_is_written_as_phones_read_it(key: rsa.RSAPrivateKey) -> None:
    blob = wire.public_key_blob(key, "user@host")
    modulus = key.public_key().public_numbers().n

    encoded, _, comment = blob.partition(b" ")
    raw = base64.b64decode(encoded)
    words, inverse = struct.unpack("<II", raw[:8])
    assert comment == b"user@host\0"
    assert (len(raw), words) == (524, 64)
    assert (inverse * modulus + 1) % 2**32 == 0
    assert raw[8:264] == modulus.to_bytes(256, "little")
    assert int.from_bytes(raw[264:520], "little") == 2**4096 % modulus
    assert raw[520:] == b"\x01\0\x01\0"
    assert wire.public_key_of(blob) == key.public_key()


@pytest.mark.parametrize("blob", [b"", b"!", b"AAAA host\0", base64.b64encode(bytes(524))])
def test_a_blob_that_holds_no_key_is_refused(blob: bytes) -> None:
    with pytest.raises(BadInput):
        wire.public_key_of(blob)


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / ".android" / "adbkey"

    made = wire.load_or_make_key(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert wire.public_key_of(path.with_name("adbkey.pub").read_bytes()) == made.public_key()
    assert wire.load_or_make_key(path).private_numbers() == made.private_numbers()
    assert sorted(each.name for each in path.parent.iterdir()) == ["adbkey", "adbkey.pub"]


def test_a_file_that_is_no_key_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "adbkey"
    path.write_text("not a key")

    with pytest.raises(BadInput, match=r"the ADB key .*adbkey cannot be read"):
        wire.load_or_make_key(path)
    assert path.read_text() == "not a key"
