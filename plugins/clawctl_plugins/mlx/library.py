"""Whether the libraries can work here, told without importing them."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from clawctl.pip import pip_install

# What mlx is built for (the wheels of 0.32): macOS 14 and Linux with glibc 2.35, or newer.
MACHINES = {("darwin", "arm64"), ("linux", "x86_64"), ("linux", "aarch64")}
NEWEST_PYTHON = (3, 15)
INSTALL = pip_install("clawctl[mlx]")


class Here(NamedTuple):
    """What a library has to be built for, and what is installed of those we need.

    `computing`: whether mlx has its other half, which on Linux has to be asked for by name.
    """

    system: str
    machine: str
    python: tuple[int, int]
    modules: frozenset[str]
    computing: bool


def look(*modules: str) -> Here:
    return Here(
        system=sys.platform,
        machine=os.uname().machine,
        python=sys.version_info[:2],
        modules=frozenset(name for name in modules if find_spec(name)),
        computing=sys.platform != "linux" or _has("mlx", "lib/libmlx.so"),
    )


def no_whisper() -> str:
    return lack(
        look("mlx", "mlx_whisper"),
        ("mlx", "mlx_whisper"),
        "set mlx_audio_base to one that recognises speech, and stt_engine to openai",
    )


def no_lm() -> str:
    return lack(
        look("mlx", "mlx_lm"),
        ("mlx", "mlx_lm"),
        "clawctl config set llm_base_url http://127.0.0.1:11434/v1",
    )


def lack(here: Here, needed: tuple[str, ...], way_around: str) -> str:
    """Why what is needed cannot be used here and what to try instead, or ""."""
    if not here.modules.issuperset(needed):
        if why := _no_build(here):
            return f"{why}; an OpenAI-compatible server does the same, try: {way_around}"
        absent = next(name for name in needed if name not in here.modules)
        return f"{absent.replace('_', '-')} is not installed; try: {INSTALL}"
    if not here.computing:
        return f"mlx is installed without the half that computes; try: {INSTALL}"
    return ""


def _no_build(here: Here) -> str:
    if (here.system, here.machine) not in MACHINES:
        return f"mlx has no build for {here.system} on {here.machine}"
    if here.python > NEWEST_PYTHON:
        return f"mlx has no build for Python {here.python[0]}.{here.python[1]}"
    return ""


def _has(module: str, file: str) -> bool:
    spec = find_spec(module)
    places = (spec and spec.submodule_search_locations) or ()
    return any(Path(place, file).exists() for place in places)
