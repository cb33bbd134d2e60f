"""The requests of a call on their way to the gateway: over the phone's reverse-forwarded port."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import trio

from clawctl.errors import BadInput
from clawctl.testing.device.readers import Read
from clawctl.testing.handset_http import Pool
from clawctl.testing.handset_wire import RequestFailed, Response, Sink

if TYPE_CHECKING:
    from clawctl.testing.handset_wire import Request

_CONFIG = "/api/config/call"
# As the app names them in its log.
_NAMES = {_CONFIG: "call config", "/api/asr": "asr", "/api/turn": "turn"}


class Pools:
    """Connections of the platform, which outlive a call and end with `nursery`."""

    def __init__(self, port_of: Callable[[int], int | None], nursery: trio.Nursery) -> None:
        self._port_of = port_of
        self._nursery = nursery
        self._pools: dict[str, Pool] = {}

    def to(self, base_url: str) -> Pool:
        """Raises RequestFailed for an address that this phone has no way to."""
        if base_url not in self._pools:
            try:
                pool = Pool(base_url, self._port_of)
            except BadInput as error:
                raise RequestFailed(str(error)) from None
            self._pools[base_url] = pool
            self._nursery.start_soon(_kept, pool)
        return self._pools[base_url]


async def _kept(pool: Pool) -> None:
    try:
        await trio.sleep_forever()
    finally:
        # It closes at once, and waits for nothing.
        with trio.CancelScope(shield=True):
            await pool.aclose()


@dataclass(slots=True)
class TwoReaders:
    """One call's carrier. Its first request, the call config asked for when the call is added, is
    that of the in-call service, with the profile it finds; all others are the assistant's.

    `failed` is told what the app logs of a request that brought nothing.
    """

    pools: Pools
    in_call: Read | None
    assistant: Read | None
    failed: Callable[[str], None]
    asked: list[str] = field(default_factory=list)

    async def carry(self, request: "Request", sink: Sink) -> Response:
        name = f"gateway {_NAMES.get(request.path, request.path)}"
        try:
            response = await self._carried(request, sink)
        except RequestFailed as error:
            self.failed(f"{name} failed ({error})")
            raise
        if not 200 <= response.status < 300:
            self.failed(f"{name} failed ({response.status})")
        return response

    async def _carried(self, request: "Request", sink: Sink) -> Response:
        first = request.path == _CONFIG and not self.asked
        self.asked.append(request.path)
        read = self.in_call if first else self.assistant
        if read is None:
            raise RequestFailed("no profile says where the gateway is")
        headers = tuple(each for each in request.headers if each[0] != "Authorization")
        if read.bearer.strip():
            headers = (("Authorization", f"Bearer {read.bearer}"), *headers)
        return await self.pools.to(read.base_url).carry(replace(request, headers=headers), sink)
