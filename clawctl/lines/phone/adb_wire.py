"""What passes between a host and a phone's ADB: packets, banners, keys. It opens no connection.

A packet is a header of six little-endian words (command, two arguments, length and checksum of the
data, the command inverted) and the data. Once both sides have announced VERSION, checksums are
left out; before, and to older peers, they count.
"""

import base64
import os
import struct
from pathlib import Path
from typing import NamedTuple

import trio
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from clawctl.errors import BadInput, NoHandset

CNXN, AUTH, OPEN, OKAY, WRTE, CLSE = b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"WRTE", b"CLSE"
# What a phone with wireless debugging asks for in place of AUTH; we do not speak TLS.
STLS = b"STLS"
# arg0 of an AUTH packet.
TOKEN, SIGNATURE, PUBLIC_KEY = 1, 2, 3

VERSION = 0x01000001
OLD_VERSION = 0x01000000
MAX_DATA = 1024 * 1024
# What every peer takes, however old; nobody knows the other's limit before its CNXN.
LEAST_MAX_DATA = 4096

TOKEN_BYTES = 20
KEY_BITS = 2048

_HEADER = struct.Struct("<4sIIIII")
HEADER_BYTES = _HEADER.size
_ALL_BITS = 0xFFFFFFFF
_KEY_WORDS = KEY_BITS // 32
_KEY_BYTES = KEY_BITS // 8
_PUBLIC = struct.Struct(f"<II{_KEY_BYTES}s{_KEY_BYTES}sI")
# A token is signed as if it were a digest: 20 bytes, as long as one of SHA-1.
_PADDING, _DIGEST = padding.PKCS1v15(), Prehashed(hashes.SHA1())  # noqa: S303 - the protocol's


class LinkLost(NoHandset):
    """The connection to the phone ended, or what came over it is no ADB."""


class Packet(NamedTuple):
    """One packet; of a stream, `arg0` is the sender's id and `arg1` the receiver's."""

    command: bytes
    arg0: int
    arg1: int
    data: bytes = b""


def pack(packet: Packet, checksum: bool = True) -> bytes:
    command, arg0, arg1, data = packet
    word = int.from_bytes(command, "little")
    total = sum(data) & _ALL_BITS if checksum else 0
    return _HEADER.pack(command, arg0, arg1, len(data), total, word ^ _ALL_BITS) + data


async def read_packet(
    stream: trio.abc.ReceiveStream, *, checksum: bool = True, most_bytes: int = MAX_DATA
) -> Packet:
    """The next packet, header and data in reads of their own (over USB they are two transfers).

    The checksum may be missing from a greeting: who announces VERSION begins without it, and who
    has read such a CNXN leaves it out from there on. Raises LinkLost at the end of the stream and
    for anything that is no packet; cancelled, the stream is of no more use.
    """
    head = await _exactly(stream, _HEADER.size)
    command, arg0, arg1, length, total, magic = _HEADER.unpack(head)
    if int.from_bytes(command, "little") ^ _ALL_BITS != magic:
        raise LinkLost("the other side does not speak ADB: a packet has the wrong magic word")
    if length > most_bytes:
        raise LinkLost(f"a packet announces {length} bytes, more than the {most_bytes} allowed")
    data = await _exactly(stream, length)
    without = total == 0 and (command == AUTH or (command == CNXN and arg0 >= VERSION))
    if checksum and not without and sum(data) & _ALL_BITS != total:
        raise LinkLost(f"the checksum of a packet of {length} bytes is wrong")
    return Packet(command, arg0, arg1, data)


async def _exactly(stream: trio.abc.ReceiveStream, count: int) -> bytes:
    data = bytearray()
    try:
        while len(data) < count:
            piece = await stream.receive_some(count - len(data))
            if not piece:
                raise LinkLost("the ADB connection was closed by the other side")
            data += piece
    except trio.BrokenResourceError as error:
        raise LinkLost(f"the ADB connection broke: {error.__cause__ or error}") from None
    return bytes(data)


class Banner(NamedTuple):
    """Who a side says it is in its CNXN: "host" or "device", what it is, what it can do."""

    kind: str
    properties: dict[str, str]
    features: frozenset[str]


def banner(kind: str, properties: dict[str, str], features: tuple[str, ...]) -> bytes:
    """Without a NUL at the end, which would become part of the last feature."""
    pairs = [*properties.items(), ("features", ",".join(features))]
    if kind == "host":
        return f"host::features={','.join(features)}".encode()
    return (f"{kind}::" + ";".join(f"{name}={value}" for name, value in pairs)).encode()


def read_banner(data: bytes) -> Banner:
    """Tolerant: a name in place of properties (adb-shell sends one) says nothing."""
    kind, _, rest = data.rstrip(b"\0").decode(errors="replace").partition("::")
    pairs = dict(each.split("=", 1) for each in rest.split(";") if "=" in each)
    features = pairs.pop("features", "")
    return Banner(kind, pairs, frozenset(features.split(",")) - {""})


def load_or_make_key(path: Path) -> rsa.RSAPrivateKey:
    """The key of this host, as every adb program keeps it; its public part lies in `path`.pub.

    Raises BadInput for a file that holds no RSA key of 2048 bits without a password; that file
    is left as it is.
    """
    return load_key(path) if path.exists() else _make_key(path)


def load_key(path: Path) -> rsa.RSAPrivateKey:
    """Raises BadInput as `load_or_make_key` does, and where there is no file."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise BadInput(f"the ADB key {path} cannot be read: {error}; move it away") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size != KEY_BITS:
        raise BadInput(f"the ADB key {path} is no RSA key of {KEY_BITS} bits; move it away")
    return key


def _make_key(path: Path) -> rsa.RSAPrivateKey:
    """Two who make one at the same time end up with the same."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with open(draft, "wb", opener=_private) as file:
            file.write(pem)
        os.link(draft, path)
    except FileExistsError:
        return load_or_make_key(path)
    finally:
        draft.unlink(missing_ok=True)
    path.with_name(path.name + ".pub").write_bytes(public_key_blob(key, "clawctl")[:-1] + b"\n")
    return key


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_EXCL, 0o600)


def sign(key: rsa.RSAPrivateKey, token: bytes) -> bytes:
    """What proves to the phone that this host has `key`; `token` is its AUTH packet's data."""
    return key.sign(token, _PADDING, _DIGEST)


def is_signed_by(key: rsa.RSAPublicKey, token: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, token, _PADDING, _DIGEST)
    except InvalidSignature:
        return False
    return True


def public_key_blob(key: rsa.RSAPrivateKey, comment: str) -> bytes:
    """The public key as a phone wants it to ask its user: base64, a blank, `comment`, NUL."""
    numbers = key.public_key().public_numbers()
    inverse = -pow(numbers.n, -1, 1 << 32) % (1 << 32)
    r_squared = pow(1 << KEY_BITS, 2, numbers.n)
    modulus, rr = (each.to_bytes(_KEY_BYTES, "little") for each in (numbers.n, r_squared))
    raw = _PUBLIC.pack(_KEY_WORDS, inverse, modulus, rr, numbers.e)
    return base64.b64encode(raw) + b" " + comment.encode() + b"\0"


def public_key_of(blob: bytes) -> rsa.RSAPublicKey:
    """The key in a blob; raises BadInput for anything else."""
    try:
        raw = base64.b64decode(blob.partition(b"\0")[0].partition(b" ")[0], validate=True)
        words, _, modulus, _, exponent = _PUBLIC.unpack(raw)
        if words != _KEY_WORDS:
            raise BadInput(f"a public key of {words} words; ADB's have {_KEY_WORDS}")
        return rsa.RSAPublicNumbers(exponent, int.from_bytes(modulus, "little")).public_key()
    except (ValueError, struct.error) as error:
        raise BadInput(f"no public key as ADB writes it: {error}") from None
