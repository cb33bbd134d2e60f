"""Server-sent events out of a stream of bytes: their data, all that these servers put into them.

The HTTP library's own reader of them leaves its generators behind when a server sends nonsense.
"""

from collections.abc import Iterator

MOST_BYTES = 1024 * 1024


class Endless(ValueError):
    """An event, or a line of one, longer than any that makes sense."""


class Events:
    """Of one stream; what stands behind its last blank line is none."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, more: bytes) -> Iterator[bytes]:
        """The data of each event that ends in `more`; raises Endless."""
        text = self._rest + more
        # The other half of a line's end may come with the next bytes.
        held = b"\r" if text.endswith(b"\r") else b""
        ended = text.removesuffix(held).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = ended.split(b"\n")
        self._rest = rest + held
        for line in lines:
            if line:
                self._take(line)
            elif self._data:
                yield b"\n".join(self._data)
                self._data, self._size = [], 0
        self._bound(self._size + len(self._rest))

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(line)
            self._bound(self._size)

    def _bound(self, size: int) -> None:
        if size > MOST_BYTES:
            raise Endless
