"""Spoken phrases on disk, so that a restart need not say them anew; may be deleted at any time.

A file is named by the digest of what made its sound, so that no text becomes a path, and begins
with the digest of its content: one that is broken is as good as none.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

from clawctl.audio import wav
from clawctl.audio.wav import Sound
from clawctl.errors import BadAudio

MOST = 256
MOST_BYTES = 64_000_000
SUFFIX = ".phrase"
# Goes into every name; another one is to be used when what a name stands for changes.
VERSION = b"1"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PhraseFiles:
    """At most so many files and bytes, the least recently used go first. Whatever the disk does,
    nothing is raised: a phrase that is not here is synthesised."""

    place: Path
    most: int = MOST
    most_bytes: int = MOST_BYTES

    def get(self, key: bytes) -> Sound | None:
        file = self._file(key)
        try:
            data = file.read_bytes()
            digest, sound = data[:32], data[32:]
            if hashlib.sha256(sound).digest() != digest:
                return None
            with suppress(OSError):
                os.utime(file)
            return wav.read(sound)
        except (OSError, BadAudio):
            return None

    def put(self, key: bytes, sound: Sound) -> None:
        data = wav.write(sound)
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.place, suffix=".new", delete=False) as file:
                try:
                    file.write(hashlib.sha256(data).digest() + data)
                    file.close()
                    Path(file.name).replace(self._file(key))
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
            self._trim()
        except OSError as error:
            log.warning("phrases.not_kept", why=error.strerror)

    def _file(self, key: bytes) -> Path:
        return self.place / (hashlib.sha256(VERSION + key).hexdigest() + SUFFIX)

    def _trim(self) -> None:
        """What a crash left half written goes too, once it is the oldest."""
        kept = sorted(
            ((file.stat(), file) for file in self.place.iterdir() if file.is_file()),
            key=lambda one: (-one[0].st_mtime_ns, one[1].name),
        )
        total = 0
        for place, (stat, file) in enumerate(kept):
            total += stat.st_size
            if place >= self.most or total > self.most_bytes:
                with suppress(FileNotFoundError):
                    file.unlink()
