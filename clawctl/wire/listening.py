"""What a listener may say on `/ws/events`."""

from typing import Annotated

import msgspec
from msgspec import Meta

from clawctl.errors import BadInput

# As many as there are kinds of events, and more calls than anybody watches by name.
MOST_NAMES = 100

Seq = Annotated[int, Meta(ge=0, lt=1 << 53)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Saying(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One frame of a listener."""


class Ping(Saying, frozen=True, kw_only=True, tag="ping"):
    """Answered with `{"type":"pong"}`."""


class Subscribe(Saying, frozen=True, kw_only=True, tag="subscribe"):
    """Hear these events from now on, or after a seq; what is empty or left out means all."""

    after: Seq | None = None
    types: Annotated[list[Name], Meta(max_length=MOST_NAMES)] = []
    sessions: Annotated[list[Name], Meta(max_length=MOST_NAMES)] = []


_DECODER: msgspec.json.Decoder[Ping | Subscribe] = msgspec.json.Decoder(Ping | Subscribe)


def decode(frame: str | bytes | None) -> Ping | Subscribe:
    """Raises BadInput with the place of the fault."""
    try:
        return _DECODER.decode(frame or "")
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput(f"that frame says nothing: {error}") from None
