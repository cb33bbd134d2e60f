"""Which names are this machine's."""

import pytest

from clawctl.door.origin import loopback


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8996", "127.0.0.1", "127.0.0.1:", "127.8.9.1:8997", "[::1]:65535"],
)
def test_a_loopback_name_with_any_port_is_ours(host: str) -> None:
    assert loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "localhost.",
        "evil@127.0.0.1",
        "evil\\@127.0.0.1",
        "127.0.0.1@evil",
        "127.0.0.1/x",
        "127.0.0.1#x",
        "127.0.0.1:65536",
        "127.0.0.1:x",
        "127.0.0.1:\u0661",
        "127.0.0.1\n",
        "\u0661\u0662\u0667.0.0.1",
        "127.1",
        "0.0.0.0",
        "2130706433",
        "[::1%lo]",
        "[::ffff:10.0.0.1]",
        "[",
    ],
)
def test_every_other_name_is_foreign(host: str) -> None:
    assert not loopback(host)
