"""nc and curl on a phone from which nothing is forwarded."""

import pytest

from clawctl.testing.device.condition import Condition
from clawctl.testing.device.console import Console


async def test_without_a_forwarded_port_every_connection_is_refused(console: Console) -> None:
    nc = await console.run("nc -w 3 127.0.0.1 8996", stdin=b"GET / HTTP/1.0\r\n\r\n")
    curl = await console.run("curl -sS -m 5 -i http://127.0.0.1:8996/health")

    assert (nc.code, nc.err) == (1, b"nc: connect: Connection refused\n")
    assert (curl.code, curl.out) == (7, b"")
    assert curl.err == b"curl: (7) Failed to connect to 127.0.0.1 port 8996\n"


@pytest.mark.parametrize("name", ["curl", "nc"])
async def test_a_phone_may_lack_either(console: Console, condition: Condition, name: str) -> None:
    condition.missing = (name,)

    assert (await console.run(f"{name} -m 5 http://127.0.0.1:8996/")).code == 127
