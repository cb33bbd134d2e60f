"""Weights in the file format of ggml, as whisper.cpp writes those of Silero's network."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MAGIC = 0x67676D6C
# The third of a tensor's numbers.
KINDS = {0: "<f4", 1: "<f2"}


@dataclass
class Reader:
    """Little-endian, from front to back; what ends too soon raises struct.error or ValueError."""

    data: bytes
    at: int = 0

    def numbers(self, count: int) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{count}i", self.data, self.at)
        self.at += 4 * count
        return found

    def text(self, size: int) -> str:
        self.at += size
        return self.data[self.at - size : self.at].decode()

    def tensors(self) -> Iterator[tuple[str, Floats]]:
        """All that is left, by name; the last of the dimensions is the innermost."""
        while self.at < len(self.data):
            dimensions, letters, kind = self.numbers(3)
            shape = self.numbers(dimensions)[::-1]
            yield self.text(letters), self._floats(shape, KINDS[kind])

    def _floats(self, shape: tuple[int, ...], kind: str) -> Floats:
        found = np.frombuffer(self.data, kind, int(np.prod(shape)), self.at)
        self.at += found.nbytes
        return found.reshape(shape).astype(np.float32)
