"""A profile: what tells the app on the phone where the gateway is, and how its model sounds."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from clawctl.errors import BadInput, NoSuch
from clawctl.lines.phone.profile_keys import ALIASES, DEVICE, KEYS, Key, Tree, tree

# Where the app finds the gateway on its own loopback; `adb reverse` maps it to our phone_port.
PORT_ON_PHONE = 8996
# On the phone itself, by no other name and with nothing behind the port.
_ON_PHONE = re.compile(r"http://127\.0\.0\.1:([1-9][0-9]{0,4})")
# A profile has a few kilobytes, four objects deep; somebody may name the wrong file.
MOST_BYTES = 256_000
DEEPEST = 20
FOREIGN = "no profile: none of its keys is one; 'clawctl profile init' writes a profile"
HIDDEN = "(hidden)"
SECRETS = ("bearer", "api_key")

Profile = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """Faults keep a call from having an assistant; a warning is about what the app passes over in
    silence, or what somebody will wonder about; a note about what is left to the app. None of them
    shows a value."""

    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Said:
    """One thing found while walking through a profile."""

    about: str
    kind: Literal["fault", "warning", "note"] = "warning"


def parse(content: bytes) -> Profile:
    """Raises BadInput that says where it is no profile; what stands there is not repeated."""
    if len(content) > MOST_BYTES:
        raise BadInput(f"too long to be a profile: {len(content)} bytes, {MOST_BYTES} at most")
    if not content.strip():
        raise BadInput("empty; 'clawctl profile init' writes a profile")
    try:
        profile = json.loads(
            content.decode(), object_pairs_hook=_unique, parse_constant=_refused,
            parse_float=_finite,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        raise BadInput(f"not UTF-8, at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"not JSON: line {error.lineno} column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError):
        raise BadInput("not JSON: a value in it cannot be read") from None
    if not isinstance(profile, dict):
        raise BadInput('no profile: it must be an object, {"gateway": {…}, …}')
    if _depth_passes(profile, DEEPEST):
        raise BadInput(f"no profile: more than {DEEPEST} objects or lists stand in each other")
    return profile


def _depth_passes(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [inner for one in level for inner in _inside(one)]
    return any(isinstance(one, dict | list) for one in level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _unique(pairs: list[tuple[str, Any]]) -> Profile:
    for key, count in Counter(key for key, _ in pairs).items():
        if count > 1:
            raise BadInput(f"not clear: {key[:40]!r} stands there twice in one object")
    return dict(pairs)


def _refused(word: str) -> float:
    raise ValueError(word)


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(digits)
    return number


def text(profile: Mapping[str, Any]) -> bytes:
    """As it is written; the same for equal profiles whose keys stand in the same order."""
    written = json.dumps(profile, indent=2, ensure_ascii=False, allow_nan=False)
    # A lone surrogate is written as JSON escapes it.
    return written.encode("utf-8", "backslashreplace") + b"\n"


def completed(profile: Mapping[str, Any], bearer: str) -> Profile:
    """With where the gateway is and what it wants to be shown, whatever stood there; only a port
    of the phone's own is kept.

    Raises BadInput for what has nothing of a profile.
    """
    if not recognised(profile):
        raise BadInput(FOREIGN)
    own = {"base_url": address(port_of(profile) or PORT_ON_PHONE), "bearer": bearer}
    return {**profile, "gateway": {**_other_gateway_keys(profile), **own}}


def address(port: int) -> str:
    """Of the gateway, as the phone sees it."""
    return f"http://127.0.0.1:{port}"


def port_of(profile: Mapping[str, Any]) -> int | None:
    """Where the app looks for the gateway on its own loopback; None where it looks elsewhere."""
    found = _ON_PHONE.fullmatch(str(at(profile, "gateway.base_url")))
    port = int(found[1]) if found else 0
    return port if 0 < port < 65_536 else None


def recognised(profile: Mapping[str, Any]) -> bool:
    return bool(profile.keys() & tree().keys())


def hidden(profile: Mapping[str, Any]) -> Profile:
    """To be shown: the bearer, under either of its names and wherever it was put, only as being
    there."""
    shown: Profile = _without_secrets(profile)
    if "gateway" in profile and not isinstance(profile["gateway"], dict):
        return {**shown, "gateway": HIDDEN}
    return shown


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: HIDDEN if key in SECRETS and one else _without_secrets(one)
        for key, one in value.items()
    }


def without_gateway(profile: Mapping[str, Any]) -> Profile:
    """What is about the phone alone; it may be kept and given away."""
    kept = {key: value for key, value in profile.items() if key not in {"gateway", *SECRETS}}
    others = _other_gateway_keys(profile)
    return {**kept, "gateway": others} if others else kept


def _other_gateway_keys(profile: Mapping[str, Any]) -> Profile:
    gateway = profile.get("gateway")
    filled_in = {*ALIASES, *ALIASES.values()}
    items = gateway.items() if isinstance(gateway, dict) else ()
    return {key: value for key, value in items if key not in filled_in}


def judge(profile: Mapping[str, Any], *, complete: bool = True) -> Judged:
    """What the app would make of it; unless `complete`, the gateway's part may be missing."""
    said = [*_walk(profile, tree(), ""), *_required(profile, complete), *_doubts(profile)]
    kinds = ("fault", "warning", "note")
    return Judged(*(tuple(one.about for one in said if one.kind == kind) for kind in kinds))


def _walk(values: Mapping[str, Any], known: Tree, path: str) -> Iterator[_Said]:
    for name, value in values.items():
        place = f"{path}{_shown(name)}"
        match _known(known, name):
            case Key() as key:
                if not key.takes.fits(value):
                    yield _falls_back(place, key, path)
            case dict() as inner:
                if isinstance(value, dict):
                    yield from _walk(value, inner, f"{place}.")
                else:
                    about = f"{place}: must be an object; the phone would pass over it"
                    yield _Said(about, "fault" if name == "gateway" else "warning")
            case _:
                yield _Said(f"{place}: {_unknown(name, known, path)}")


def _known(known: Tree, name: str) -> Tree | Key | None:
    if DEVICE not in known:
        return known.get(name)
    numbered = name.isascii() and name.isdecimal() and not name.startswith("0")
    return known[DEVICE] if numbered else None


def _falls_back(place: str, key: Key, path: str) -> _Said:
    if key.path.startswith("gateway."):
        return _Said(f"{place}: must be {key.takes.words}", "fault")
    default = key.default_of(path.rstrip(".").rpartition(".")[2])
    instead = "takes it as not given" if default is None else f"takes {json.dumps(default)} instead"
    return _Said(f"{place}: must be {key.takes.words}; the phone {instead}")


def _unknown(name: str, known: Tree, path: str) -> str:
    if DEVICE in known:
        return "must be the number of a device; the phone passes over it"
    if path == "gateway." and name in ALIASES:
        return f"only one of the app's two readers knows it; write {ALIASES[name]}"
    homes = [key.path for key in KEYS if key.path.rpartition(".")[2] == name]
    close = homes[:1] or [path + near for near in get_close_matches(name, known, n=1)]
    return "the phone does not know it" + (f"; did you mean {close[0]}?" if close else "")


def _required(profile: Mapping[str, Any], complete: bool) -> Iterator[_Said]:
    if not recognised(profile):
        yield _Said(FOREIGN, "fault")
    gateway = profile.get("gateway", {})
    if complete and isinstance(gateway, dict):
        for name in ("base_url", "bearer"):
            if name not in gateway:
                about = f"gateway.{name}: is missing; 'clawctl profile push' fills it in"
                yield _Said(about, "fault")


def _doubts(profile: Mapping[str, Any]) -> Iterator[_Said]:
    """What the parser takes, and is seldom meant."""
    if at(profile, "gateway.base_url") is not None and port_of(profile) is None:
        own = address(PORT_ON_PHONE)
        yield _Said(f"gateway.base_url: 'clawctl profile push' writes {own} there")
    if not at(profile, "route_profile.set"):
        yield _Said(
            "route_profile.set: not given; the phone uses mixer commands that are built in, for one"
            " generation of Pixels: if a call stays silent, it needs those of its own model",
            "note",
        )
    if at(profile, "playback.tuning.persistent_session") is True:
        yield _Said(
            "playback.tuning.persistent_session: the stock root helper blocks it, and every reply"
            " starts late; leave it false"
        )
    if at(profile, "logging.debug_wav_dump.enabled") in (None, True):
        yield _Said(
            "logging.debug_wav_dump.enabled: the phone keeps the sound of every turn; false spares"
            " your callers that"
        )
    for name in ("tinycap", "tinyplay", "tinymix"):
        path = f"root_binaries.{name}"
        stock = next(key.default for key in KEYS if key.path == path)
        if at(profile, path) not in (None, stock):
            yield _Said(f"{path}: the stock root helper lets only {stock} through")


def at(profile: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path as far as text, number or switch goes; None where nothing is."""
    value: Any = profile
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _shown(name: str) -> str:
    """A stranger's key is not repeated at length, nor as it stands."""
    plain = name.isascii() and (name.isidentifier() or name.isdecimal())
    return name if plain and len(name) <= 40 else repr(name[:40])


def models() -> list[str]:
    """The handsets a profile is shipped for, as Android names them."""
    names = [one.name for one in _shipped().iterdir()]
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


def shipped(model: str) -> Profile:
    """Raises NoSuch with the way out."""
    known = models()
    if model in known:
        return parse((_shipped() / f"{model}.json").read_bytes())
    raise NoSuch(
        f"no profile is shipped for the model {model[:40]!r}, only for {' and '.join(known)}; begin"
        f" with that of another ('clawctl profile init {known[0]}') and put in the mixer commands"
        " and devices of yours"
    )


def _shipped() -> Traversable:
    return files("clawctl.lines.phone") / "profiles"
