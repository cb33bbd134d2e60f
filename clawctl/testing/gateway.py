"""A whole gateway with real sockets and a real store, but engines that do as they are told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import trio

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.call.dialling import Phone
from clawctl.config.live import Live
from clawctl.config.load import given
from clawctl.gateway import Gateway, open_gateway
from clawctl.plugins import Found
from clawctl.testing.engines import EchoLlm, FixedStt, ToneTts, fake_plugin

BEARER = "a-token-for-tests"


@dataclass
class FakedGateway:
    """The gateway, its doors and its fake engines."""

    gateway: Gateway
    stt: FixedStt
    llm: EchoLlm
    tts: ToneTts

    @property
    def url(self) -> str:
        return self.gateway.url

    @property
    def phone_url(self) -> str:
        return self.gateway.phone_url

    async def turn(self, session_id: str, number: int, **fields: str) -> dict[str, Any]:
        """One turn of the phone; `number` makes its recording another one."""
        answered: dict[str, Any] = (await self._post("", session_id, number, fields)).json()
        return answered

    async def stream(self, session_id: str, number: int, **fields: str) -> list[dict[str, Any]]:
        """The same turn, answered in lines."""
        reply = await self._post("/stream", session_id, number, fields)
        return [json.loads(line) for line in reply.text.splitlines() if line.strip()]

    async def _post(self, at: str, session_id: str, number: int, fields: Any) -> httpx2.Response:
        sound = wav.write(Sound(bytes([number, 0x10]) * 4000, 16_000))
        headers = {"Authorization": f"Bearer {BEARER}"}
        async with httpx2.AsyncClient(
            base_url=self.phone_url, headers=headers, timeout=60, trust_env=False, verify=False
        ) as phone:
            return await phone.post(
                f"/api/turn{at}",
                data={"session_id": session_id, **fields},
                files={"audio": ("turn.wav", sound, "audio/wav")},
            )

    @asynccontextmanager
    async def turning(self, session_id: str, number: int) -> AsyncIterator[list[dict[str, Any]]]:
        """A turn in flight; the list has its answer at the end of the block."""
        answers = list[dict[str, Any]]()

        async def turn() -> None:
            answers.append(await self.turn(session_id, number))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(turn)
            yield answers


@asynccontextmanager
async def open_faked_gateway(
    data_dir: Path, *, handset: Phone | None = None, **settings: Any
) -> AsyncIterator[FakedGateway]:
    """On free ports of loopback; `settings` are flat keys, changed as a file would."""
    flat = {
        "port": 0,
        "phone_port": 0,
        "adb_driver": "off",
        "data_dir": str(data_dir),
        "bearer_token": BEARER,
        "graceful_timeout": 2,
        **settings,
    }
    stt, llm, tts = FixedStt(), EchoLlm(), ToneTts(character_s=0.01)
    found = Found((fake_plugin(stt=stt, llm=llm, tts=tts),), {})
    live = Live(given(flat))
    async with open_gateway(live, found, speech=_somebody_speaks, handset=handset) as gateway:
        yield FakedGateway(gateway, stt, llm, tts)


async def _somebody_speaks(_: Sound) -> bool:
    return True
