"""What a hub has of a model: the files that are worth fetching, and how large they are.

The hub is spoken to through huggingface_hub, an extra that is imported when a model is pulled.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from json import JSONDecodeError
from typing import TYPE_CHECKING

from clawctl.engines.models import HUB_NAME, PIPER_VOICES, voice_file, voice_of
from clawctl.errors import BadInput, ClawError, NoSuch, NotAuthorised, NotFetched, Unreachable
from clawctl.pip import pip_install

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoSibling

LIBRARY = "huggingface_hub"
LISTING_S = 20.0
NO_ADDRESS = "HF_ENDPOINT holds no address of a hub; unset it for the usual one"
# A digest, of git or of the content itself.
CONTENT = re.compile(r"[0-9a-f]*")

# Kept with models, and needed by no engine.
ASIDE = (
    ".md", ".gitattributes", ".gitignore", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".pdf",
    ".mp3", ".mp4", ".flac", ".wav", ".ipynb",
)  # fmt: skip
# The same weights once more, for other programs, where there are safetensors.
TWICE = (".bin", ".h5", ".msgpack", ".ot", ".onnx", ".gguf", ".tflite")


@dataclass(frozen=True)
class Remote:
    """A file: its size in bytes, the name of its content in a cache; `sha256` of large ones."""

    path: str
    size: int
    blob: str
    sha256: str = ""


@dataclass(frozen=True)
class Listing:
    """What is to be fetched: `model` as it is named to us, `repo` as the hub names it."""

    model: str
    repo: str
    commit: str
    files: tuple[Remote, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


def listed(model: str) -> Listing:
    """Ask the hub. Raises Unreachable, NoSuch, NotAuthorised, BadInput or NotFetched."""
    voice = voice_of(model)
    if not voice and not HUB_NAME.fullmatch(model):
        raise BadInput(
            f"{model!r} is no name at a hub; names are like mlx-community/whisper-tiny, or that of"
            " a Piper voice, de_DE-thorsten-high"
        )
    repo = PIPER_VOICES if voice else model
    commit, files = _asked(repo)
    names = [file.path for file in files]
    wanted = _of_voice(voice, names) if voice else worth_having(names)
    chosen = tuple(file for file in files if file.path in wanted)
    if not chosen:
        raise NoSuch(f"the hub's {repo} is empty: there is nothing in it that could be loaded")
    return Listing(voice or model, repo, commit, chosen)


def worth_having(names: Sequence[str]) -> set[str]:
    """The files of a model without what no engine loads."""
    aside = ASIDE + (TWICE if any(name.endswith(".safetensors") for name in names) else ())
    return {name for name in names if not name.lower().endswith(aside)}


def _of_voice(voice: str, names: Sequence[str]) -> set[str]:
    file = voice_file(voice)
    if file in names:
        return {file, f"{file}.json"}
    there = [
        name.rpartition("/")[2].removesuffix(".onnx") for name in names if name[-5:] == ".onnx"
    ]
    close = get_close_matches(voice, there, n=3, cutoff=0.5)
    near = f"; there are {', '.join(close)}" if close else ""
    raise NoSuch(f"the hub has no Piper voice {voice}{near}")


def _asked(repo: str) -> tuple[str, list[Remote]]:
    with told_of(repo):
        from huggingface_hub import HfApi, constants, get_token

        hub = HfApi(token=usable(get_token()) or False)
        try:
            info = hub.model_info(repo, files_metadata=True, timeout=LISTING_S)
            found = [_remote(one) for one in info.siblings or ()]
            if not all(map(_has_its_place, found)):
                raise NotFetched(_no_hub(shown(constants.ENDPOINT)))
        except (TypeError, KeyError, AttributeError, JSONDecodeError):
            raise NotFetched(_no_hub(shown(constants.ENDPOINT))) from None
    return info.sha or "", found


def _remote(one: "RepoSibling") -> Remote:
    sha256 = one.lfs.sha256 if one.lfs else ""
    return Remote(one.rfilename, one.size or 0, sha256 or one.blob_id or "", sha256)


def _has_its_place(file: Remote) -> bool:
    """Whether neither its path nor the name of its content leads out of the cache."""
    parts = file.path.split("/")
    return bool(CONTENT.fullmatch(file.blob)) and "" not in parts and ".." not in parts


def usable(token: str | None) -> str:
    """A token that may be sent; raises NotAuthorised for what cannot be one."""
    if token and not (token.isascii() and token.isprintable()):
        raise NotAuthorised("HF_TOKEN holds what no token does: letters, digits and _ of ASCII do")
    return token or ""


def _import_library() -> None:
    if not find_spec(LIBRARY):
        raise NotFetched(f"{LIBRARY} is not installed; try: {pip_install('clawctl[models]')}")
    # Which programs we run beside is nobody's business; read when the library is imported.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        # So is the address.
        import huggingface_hub.constants  # noqa: F401
    except ValueError:
        raise BadInput(NO_ADDRESS) from None


@contextmanager
def told_of(repo: str) -> Iterator[None]:
    """What goes wrong between us and the hub, as a sentence; the library's own may quote URLs."""
    _import_library()
    from httpx2 import HTTPError, InvalidURL, UnsupportedProtocol
    from huggingface_hub import constants, errors

    if constants.HF_HUB_OFFLINE:
        raise Unreachable(
            "HF_HUB_OFFLINE is set, so nothing is fetched; unset it, or bring the model's folder"
            " here and name that"
        )
    hub = shown(constants.ENDPOINT)
    try:
        yield
    except errors.HFValidationError:
        raise BadInput(f"{repo!r} is no name that a hub could have") from None
    except errors.GatedRepoError:
        raise NotAuthorised(gated(repo, hub)) from None
    except errors.RepositoryNotFoundError:
        raise NoSuch(_unknown(repo, hub)) from None
    except errors.HfHubHTTPError as error:
        raise refused(repo, hub, error.response.status_code) from None
    except (InvalidURL, UnsupportedProtocol):
        raise BadInput(NO_ADDRESS) from None
    except (HTTPError, errors.LocalEntryNotFoundError) as error:
        raise Unreachable(
            f"the hub {hub} cannot be reached ({type(error).__name__}); is this machine on the"
            " network? What was fetched is kept"
        ) from None
    except errors.FileMetadataError:
        raise NotFetched(_no_hub(hub)) from None


def shown(hub: str) -> str:
    """Its address without the user and password that some write into it."""
    return re.sub(r"//[^/]*@", "//", hub)


def _no_hub(hub: str) -> str:
    return f"{hub} does not answer as a hub does; is HF_ENDPOINT right?"


def gated(repo: str, hub: str) -> str:
    return (
        f"{repo} is given only to who asked for it: accept its terms at {hub}/{repo}, then set"
        " HF_TOKEN to a token of that account"
    )


def _unknown(repo: str, hub: str) -> str:
    return (
        f"{hub} has no model {repo}, or shows it to others only; check the name, or set HF_TOKEN"
        " to a token that may see it"
    )


REFUSALS: Mapping[int, str] = {
    429: "lets nobody fetch that much; wait a little, or set HF_TOKEN for a higher limit",
    401: "does not accept the token in HF_TOKEN; make a new one, or unset it for public models",
    403: "forbids it to the token in HF_TOKEN; give that the right to read the model",
}


def refused(repo: str, hub: str, status: int) -> ClawError:
    """What an answer of the hub means that is not the one we asked for."""
    if status in {401, 403}:
        return NotAuthorised(f"{hub} {REFUSALS[status]}")
    told = REFUSALS.get(status, "is out of order; try again later")
    return NotFetched(f"{hub} answers {status} for {repo}: it {told}. What was fetched is kept")
