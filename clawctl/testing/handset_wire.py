"""What goes between the phone app and the way it is carried: a socket, or a test's memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from clawctl.errors import ClawError
from clawctl.testing.handset_contract import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """What the network does to one request; a byte count is that of body bytes gone through.

    `cut_sending_at` and `cut_reading_at` drop the connection there; cut before an answer on a
    connection that was used before, the platform sends the same bytes again. `twice` makes it do
    so in any case, after the whole request was sent.
    """

    cut_sending_at: int | None = None
    cut_reading_at: int | None = None
    twice: bool = False


SMOOTH = Mishap()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`path` is added to the base address; `read_s` bounds every wait for bytes."""

    method: Literal["GET", "POST"]
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    connect_s: float = 20.0
    read_s: float = 45.0
    mishap: Mishap = SMOOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A whole answer. Times are seconds since the request began; header names are lower-case.

    `breaches` is what the carrier noticed although an answer came.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    first_byte_s: float = 0.0
    total_s: float = 0.0
    breaches: tuple[Violation, ...] = ()


class RequestFailed(ClawError):
    """No complete answer came; `breaches` says which rules that breaks, none if a mishap did it."""

    code = "request_failed"

    def __init__(self, detail: str, *breaches: Violation) -> None:
        self.breaches = breaches
        super().__init__(detail)


# Called with each piece of the unpacked body of a 2xx answer as it comes.
Sink = Callable[[bytes], None]


class Carrier(Protocol):
    """Carries requests to a gateway; cancelling one closes its connection."""

    async def carry(self, request: Request, sink: Sink) -> Response:
        """Raises RequestFailed."""
        ...
