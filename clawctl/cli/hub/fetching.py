"""A model brought here, in the cache that all programs of the hub share.

Large files are fetched by us, because the library begins each of them anew: what has come stays
in `blobs/<content>.incomplete`, and the next attempt goes on behind it. What is whole and has the
right digest becomes `blobs/<content>`. Small files, and the layout of the cache, are the library's.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx2
import msgspec

from clawctl.cli.hub.listing import Listing, Remote, gated, refused, shown, told_of, usable
from clawctl.engines.models import PIPER_VOICES, WANTED, Wanted, storage
from clawctl.errors import Conflict, NotAuthorised, NotFetched

TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
PIECE = 1 << 20
# Attempts at a file that bring nothing new, and the pause before the second; doubled each time.
ATTEMPTS = 4
PAUSE_S = 0.5
# What a file system needs beside the files.
SPARE_BYTES = 10_000_000

# Hears of a file and of the bytes that came.
Told = Callable[[str, int], None]


def present(listing: Listing, cache: Path) -> int:
    """The bytes that are here already."""
    blobs = storage(cache, listing.repo) / "blobs"
    return sum(_there(blobs, file) for file in listing.files)


def check_room(listing: Listing, cache: Path) -> None:
    """Raises NotFetched if the disk is too full."""
    needed = listing.size - present(listing, cache)
    place = next(one for one in (cache, *cache.parents) if one.exists())
    free = shutil.disk_usage(place).free
    if needed + SPARE_BYTES > free:
        raise NotFetched(
            f"{listing.model} needs {needed / 1e6:.0f} MB more and {cache} has {free / 1e6:.0f} MB"
            " left; make room, or set HF_HOME to a place on another disk"
        )


def fetch(listing: Listing, cache: Path, told: Told) -> None:
    """Bring what is not here yet. Whatever ends it, Ctrl-C too, the next attempt goes on there."""
    kept = storage(cache, listing.repo)
    (kept / "blobs").mkdir(parents=True, exist_ok=True)
    if listing.repo != PIPER_VOICES:
        wanted = Wanted(listing.commit, {file.path: file.size for file in listing.files})
        (kept / WANTED).write_bytes(msgspec.json.encode(wanted))
    with told_of(listing.repo), told_of_the_disk(listing.model):
        for file in listing.files:
            if file.sha256:
                told(file.path, _there(kept / "blobs", file))
                _fetch_large(listing, file, kept / "blobs", told)
        _fetch_small(listing, cache)
        for file in listing.files:
            if not file.sha256:
                told(file.path, file.size)
        (kept / "refs").mkdir(exist_ok=True)
        (kept / "refs" / "main").write_text(listing.commit)


@contextmanager
def told_of_the_disk(model: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise NotFetched(
            f"the disk is full; what was fetched of {model} is kept: make room and pull it again"
        ) from None


def _there(blobs: Path, file: Remote) -> int:
    """Bytes of a large file, or of one that is whole."""
    for place in (blobs / file.blob, _part(blobs, file)):
        if place.is_file():
            return min(place.stat().st_size, file.size)
    return 0


def _part(blobs: Path, file: Remote) -> Path:
    return blobs / f"{file.blob}.incomplete"


def _fetch_small(listing: Listing, cache: Path) -> None:
    from huggingface_hub import get_token, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    snapshot_download(
        listing.repo, revision=listing.commit, cache_dir=cache, token=usable(get_token()) or False,
        allow_patterns=[file.path for file in listing.files], max_workers=4,
    )  # fmt: skip


def _fetch_large(listing: Listing, file: Remote, blobs: Path, told: Told) -> None:
    whole, part = blobs / file.blob, _part(blobs, file)
    if whole.exists():
        return
    with part.open("ab+") as kept:
        _claim(kept, file)
        url, headers = _where(listing, file)
        with httpx2.Client(timeout=TIMEOUT, headers=headers, follow_redirects=True) as client:
            _until_whole(client, url, kept, file, listing.repo, told)
        _check(kept, part, file)
        part.rename(whole)


def _claim(kept: BinaryIO, file: Remote) -> None:
    """Two that write to it at once would spoil it."""
    try:
        fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict(f"{file.path} is being fetched by another program just now") from None


def _where(listing: Listing, file: Remote) -> tuple[str, dict[str, str]]:
    from huggingface_hub import constants, get_token, hf_hub_url

    url = hf_hub_url(listing.repo, file.path, revision=listing.commit, endpoint=constants.ENDPOINT)
    token = usable(get_token())
    # Bytes as they are, so that they can be counted and gone on with.
    headers = {"Accept-Encoding": "identity", "User-Agent": "clawctl"}
    return url, headers | ({"Authorization": f"Bearer {token}"} if token else {})


def _until_whole(
    client: httpx2.Client, url: str, kept: BinaryIO, file: Remote, repo: str, told: Told
) -> None:
    """Goes on behind what came whenever the connection is lost, as long as that brings anything."""
    barren = 0
    while (begin := kept.seek(0, os.SEEK_END)) < file.size:
        try:
            _pour(client, url, kept, file, repo, told)
        except httpx2.TransportError:
            barren = 0 if kept.seek(0, os.SEEK_END) > begin else barren + 1
            if barren == ATTEMPTS:
                raise
            time.sleep(PAUSE_S * 2**barren)


def _pour(
    client: httpx2.Client, url: str, kept: BinaryIO, file: Remote, repo: str, told: Told
) -> None:
    begin = kept.seek(0, os.SEEK_END)
    headers = {"Range": f"bytes={begin}-"} if begin else {}
    with client.stream("GET", url, headers=headers) as answer:
        if answer.headers.get("X-Error-Code") == "GatedRepo":
            raise NotAuthorised(gated(repo, _hub()))
        if answer.status_code not in {200, 206}:
            raise refused(repo, _hub(), answer.status_code)
        if begin and answer.status_code == 200:
            # It sends the whole again.
            kept.truncate(0)
            told(file.path, -begin)
        for piece in answer.iter_bytes():
            kept.write(piece)
            told(file.path, len(piece))
            if kept.tell() > file.size:
                # It may have no end, and the disk has one.
                break
        kept.flush()


def _hub() -> str:
    from huggingface_hub import constants

    return shown(constants.ENDPOINT)


def _check(kept: BinaryIO, part: Path, file: Remote) -> None:
    kept.flush()
    kept.seek(0)
    digest = hashlib.sha256()
    while piece := kept.read(PIECE):
        digest.update(piece)
    if digest.hexdigest() != file.sha256:
        part.unlink()
        raise NotFetched(
            f"{file.path} came damaged and was thrown away; pull it again, and if that comes to"
            " the same, look at what is between here and the hub"
        )
