"""The files of the phone, in memory, with the little that matters of who may see them."""

import fnmatch
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from errno import EACCES, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY
from os import strerror
from typing import Literal

User = Literal["shell", "app", "root"]

DIRECTORY, REGULAR = 0o040000, 0o100000
APP_HOME = "/data/data/com.tracsystems.phonebridge"
UIDS: dict[User, int] = {"root": 0, "shell": 2000, "app": 10234}
SHARED = "/storage/emulated/0"
_OTHER_SPELLINGS = (("/sdcard", SHARED), ("/data/user/0", "/data/data"))
# The first that begins a path says who may read below it and who may write.
_ALL: frozenset[User] = frozenset({"shell", "app", "root"})
_RULES: tuple[tuple[str, frozenset[User], frozenset[User]], ...] = (
    (APP_HOME, frozenset({"app", "root"}), frozenset({"app", "root"})),
    ("/data/adb", frozenset({"root"}), frozenset({"root"})),
    ("/data/local/tmp", _ALL, frozenset({"shell", "root"})),
    (SHARED, _ALL, _ALL),
    ("/dev/null", _ALL, _ALL),
    ("/", _ALL, frozenset({"root"})),
)


@dataclass(slots=True)
class Node:
    """A file, or a directory, which has no data.

    `labelled` if SELinux knows it as belonging where it is: what root leaves in the app's home is
    not, and the app cannot read it.
    """

    mode: int
    mtime_s: int
    data: bytes | None = None
    uid: int = 0
    labelled: bool = True

    @property
    def size(self) -> int:
        return 4096 if self.data is None else len(self.data)


class Files:
    """Every failure is the OSError that a phone reports."""

    def __init__(self) -> None:
        self._nodes = {
            "/": Node(DIRECTORY | 0o755, 0),
            "/dev": Node(DIRECTORY | 0o755, 0),
            "/dev/null": Node(REGULAR | 0o666, 0, b""),
        }

    def node(self, path: str, user: User = "root") -> Node:
        full = spelled(path)
        if not _may(full, user, write=False):
            raise _fault(EACCES, path)
        node = self._there(full, path)
        if user == "app" and _is_below(full, APP_HOME) and not _is_of_app(node):
            raise _fault(EACCES, path)
        return node

    def read(self, path: str, user: User = "root") -> bytes:
        data = self.node(path, user).data
        if data is None:
            raise _fault(EISDIR, path)
        return data

    def write(
        self,
        path: str,
        data: bytes,
        *,
        mode: int = 0o644,
        mtime_s: int = 0,
        user: User = "root",
        parents: bool = False,
    ) -> None:
        """`parents` are made where they are missing, as by a push."""
        full = spelled(path)
        if parents:
            self.make(posixpath.dirname(full), user=user, parents=True)
        self._check_place(full, path, user)
        if full in self._nodes and self._nodes[full].data is None:
            raise _fault(EISDIR, path)
        if full in self._nodes and full != "/dev/null":
            self._nodes[full].data, self._nodes[full].mtime_s = data, mtime_s
        elif full != "/dev/null":
            self._nodes[full] = self._new(full, REGULAR | (mode & 0o7777), mtime_s, data, user)

    def make(self, path: str, *, user: User = "root", parents: bool = False) -> None:
        """A directory; that it exists already is no failure with `parents`."""
        full = spelled(path)
        if full in self._nodes and self._nodes[full].data is None and parents:
            return
        if parents:
            self.make(posixpath.dirname(full), user=user, parents=True)
        self._check_place(full, path, user)
        if full in self._nodes:
            raise FileExistsError(17, strerror(17), path)
        self._nodes[full] = self._new(full, DIRECTORY | 0o755, 0, None, user)

    @staticmethod
    def _new(full: str, mode: int, mtime_s: int, data: bytes | None, user: User) -> Node:
        strange = user != "app" and _is_below(full, APP_HOME)
        return Node(mode, mtime_s, data, UIDS[user], labelled=not strange)

    def remove(self, path: str, user: User = "root", *, all_below: bool = False) -> None:
        full = spelled(path)
        self._check_place(full, path, user)
        below = [each for each in self._nodes if each.startswith(full.rstrip("/") + "/")]
        if self._there(full, path).data is None and not all_below:
            raise _fault(ENOTEMPTY if below else EISDIR, path)
        for each in [full, *below]:
            del self._nodes[each]

    def move(self, source: str, target: str, user: User = "root") -> None:
        """A file keeps its owner and its label."""
        node = self.node(source, user)
        if self.is_directory(target):
            target = posixpath.join(target, posixpath.basename(source))
        self._check_place(spelled(target), target, user)
        if node.data is None:
            raise _fault(EISDIR, source)
        self.remove(source, user)
        self._nodes[spelled(target)] = node

    def below(self, path: str, user: User = "root") -> Iterator[tuple[str, Node]]:
        """A place, and everything in it."""
        full = spelled(path)
        yield full, self.node(path, user)
        for each in sorted(self._nodes):
            if each.startswith(full.rstrip("/") + "/"):
                yield each, self._nodes[each]

    def names(self, path: str, user: User = "root") -> list[str]:
        """What is in a directory; of a file, its own name."""
        if self.node(path, user).data is not None:
            return [posixpath.basename(path)]
        full = spelled(path).rstrip("/") + "/"
        inside = (each[len(full) :] for each in self._nodes if each.startswith(full))
        return sorted(each for each in inside if each and "/" not in each)

    def matching(self, pattern: str, user: User = "root") -> Iterator[str]:
        """Paths that a shell would put in place of `pattern`; only its last part may be one."""
        directory, _, last = pattern.rpartition("/")
        try:
            names = self.names(directory or "/", user)
        except OSError:
            return
        yield from (f"{directory}/{each}" for each in names if fnmatch.fnmatchcase(each, last))

    def exists(self, path: str) -> bool:
        return spelled(path) in self._nodes

    def is_directory(self, path: str) -> bool:
        found = self._nodes.get(spelled(path))
        return found is not None and found.data is None

    def _there(self, full: str, path: str) -> Node:
        if full not in self._nodes:
            raise _fault(ENOENT, path)
        return self._nodes[full]

    def _check_place(self, full: str, path: str, user: User) -> None:
        parent = self._nodes.get(posixpath.dirname(full))
        if parent is None:
            raise _fault(ENOENT, path)
        if parent.data is not None:
            raise _fault(ENOTDIR, path)
        if not _may(full, user, write=True):
            raise _fault(EACCES, path)


def spelled(path: str) -> str:
    """The one name of a place that has several."""
    full = posixpath.normpath("/" + path)
    full = "/" + full.lstrip("/")
    for other, name in _OTHER_SPELLINGS:
        if full == other or full.startswith(other + "/"):
            return name + full[len(other) :]
    return full


def _is_below(full: str, place: str) -> bool:
    return full == place or full.startswith(place.rstrip("/") + "/")


def _is_of_app(node: Node) -> bool:
    return node.labelled and (node.uid == UIDS["app"] or bool(node.mode & 0o004))


def _may(full: str, user: User, *, write: bool) -> bool:
    for start, readers, writers in _RULES:
        if _is_below(full, start):
            return user in (writers if write else readers)
    return False


def _fault(number: int, path: str) -> OSError:
    return OSError(number, strerror(number), path)
