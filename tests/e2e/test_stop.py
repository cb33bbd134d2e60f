"""How a gateway stops."""

import httpx2
import trio

from clawctl.testing.engines import HANG
from clawctl.testing.gateway import BEARER, open_faked_gateway


async def test_both_doors_stop_within_one_grace_period(tmp_path):
    async def ask(url):
        headers = {"Authorization": f"Bearer {BEARER}"}
        async with httpx2.AsyncClient(headers=headers, trust_env=False, verify=False) as phone:
            files = {"audio": ("turn.wav", b"", "audio/wav")}
            data = {"forced_reply": f"Never said to {url}."}
            try:
                await phone.post(f"{url}/api/turn", files=files, data=data, timeout=20)
            except httpx2.TransportError:
                cut_off.append(url)

    cut_off = []
    async with trio.open_nursery() as nursery:
        async with open_faked_gateway(tmp_path, graceful_timeout=1) as faked:
            faked.tts.trouble = HANG
            for url in (faked.url, faked.phone_url):
                nursery.start_soon(ask, url)
            while len(faked.tts.calls) < 2:
                await trio.sleep(0.01)
            began = trio.current_time()
        took = trio.current_time() - began

    assert len(cut_off) == 2
    assert took < 1.9
