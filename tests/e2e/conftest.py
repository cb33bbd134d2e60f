"""Real sockets, real time: a gateway for every test, and clients of it."""

import httpx2
import pytest

from clawctl.testing.gateway import BEARER, open_faked_gateway


@pytest.fixture
async def faked(tmp_path):
    async with open_faked_gateway(tmp_path) as opened:
        yield opened


@pytest.fixture
async def phone(faked):
    """The phone's door, with its bearer."""
    headers = {"Authorization": f"Bearer {BEARER}"}
    async with httpx2.AsyncClient(
        base_url=faked.phone_url, headers=headers, timeout=10, trust_env=False, verify=False
    ) as client:
        yield client
