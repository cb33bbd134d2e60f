"""A hub of models on loopback: what huggingface_hub asks of one, answered as the real one does.

Listings come from /api/models, files from /{model}/resolve: small ones at once, large ones by a
redirect to a store under another host name, which knows no token and sends any part that is asked
for. Who may have what, what breaks and what is slow is told to it.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, NoReturn
from urllib.parse import parse_qs, unquote, urlsplit

# Such files are large ones, kept in the store.
LARGE = (".safetensors", ".npz", ".onnx", ".pth", ".bin")
CHUNK = 16_384


class Asked(NamedTuple):
    """A request; `part` is what of a file was asked for, "" for all of it."""

    method: str
    path: str
    token: str
    part: str


@dataclass(frozen=True)
class Model:
    """Its files. A `gated` one is listed for everybody and given to the named tokens only; a
    `private` one is neither."""

    files: Mapping[str, bytes]
    gated: frozenset[str] | None = None
    private: frozenset[str] | None = None

    @property
    def commit(self) -> str:
        listed = json.dumps({path: blob_of(data) for path, data in sorted(self.files.items())})
        return hashlib.sha1(listed.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Hub:
    """`breaks_after` bytes of a large file the connection is lost, `breaks` times in all.

    `pause_s` is kept between two pieces of a large file. `damaged` files come with a wrong byte,
    `endless` ones go on with zeros.
    `fails` answers every request with that status, `page` with a page that is no hub's.
    """

    models: dict[str, Model] = field(default_factory=dict)
    breaks_after: int = 0
    breaks: int = 0
    pause_s: float = 0.0
    whole_only: bool = False
    damaged: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    fails: int = 0
    page: bytes = b""
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> str:
        return f"http://localhost:{self.port}/store"

    def parts(self) -> list[str]:
        """What was asked of large files."""
        return [one.part for one in self.asked if one.path.startswith("/store/")]


def blob_of(data: bytes) -> str:
    """The name git has for a content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextmanager
def open_hub(hub: Hub) -> Iterator[Hub]:
    """The hub at `hub.url`, in threads of its own, for the time of the block."""
    handler = type("Handler", (_Answering,), {"hub": hub})
    with _Serving(("127.0.0.1", 0), handler) as server:
        hub.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, args=(0.02,))
        serving.start()
        try:
            yield hub
        finally:
            server.shutdown()
            serving.join()


class _Serving(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Nothing: a client may go away at any time."""


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        self.status, self.code, self.message = status, code, message
        super().__init__(message)


class _Answering(BaseHTTPRequestHandler):
    """One connection."""

    hub: Hub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing: what was asked is in `Hub.asked`."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        self.hub.asked.append(Asked(self.command, path, token, self.headers.get("Range", "")))
        try:
            if self.hub.page:
                self._send(200, self.hub.page, {"Content-Type": "text/html"}, body=body)
            elif self.hub.fails:
                self._send(self.hub.fails, b"{}", {}, body=body)
            elif path.startswith("/store/"):
                self._stored(path.rpartition("/")[2], body=body)
            elif path.startswith("/api/models/"):
                self._listed(path.removeprefix("/api/models/"), parse_qs(parts.query), token)
            else:
                self._resolved(path.removeprefix("/"), token, body=body)
        except _Refused as refusal:
            headers = {"X-Error-Code": refusal.code, "X-Error-Message": refusal.message}
            said = json.dumps({"error": refusal.message}).encode()
            self._send(refusal.status, said, headers, body=body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    # What there is

    def _listed(self, path: str, query: Mapping[str, list[str]], token: str) -> None:
        name, _, rest = path.partition("/tree/") if "/tree/" in path else (path, "", "")
        name, _, revision = name.partition("/revision/")
        model = self._model(name, token)
        self._check_revision(model, rest or revision)
        large = {path: _large(data) for path, data in model.files.items() if path.endswith(LARGE)}
        if rest:
            self._json([
                {"type": "file", "oid": blob_of(data), "size": len(data), "path": path}
                | ({"lfs": {"oid": large[path]["sha256"]} | large[path]} if path in large else {})
                for path, data in model.files.items()
            ])  # fmt: skip
            return
        blobs = "blobs" in query
        self._json({
            "_id": model.commit[:24], "id": name, "modelId": name, "sha": model.commit,
            "private": model.private is not None, "gated": "manual" if model.gated else False,
            "disabled": False, "downloads": 0, "likes": 0, "tags": [],
            "siblings": [
                {"rfilename": path}
                | ({"blobId": blob_of(data), "size": len(data)} if blobs else {})
                | ({"lfs": large[path]} if blobs and path in large else {})
                for path, data in model.files.items()
            ],
        })  # fmt: skip

    def _model(self, name: str, token: str) -> Model:
        model = self.hub.models.get(name)
        if model is None or (model.private is not None and token not in model.private):
            # Whoever shows no token is not told whether there is one.
            raise _Refused(404 if token else 401, "RepoNotFound", "Repository not found")
        return model

    def _check_revision(self, model: Model, revision: str) -> None:
        if revision not in {"", "main", model.commit}:
            raise _Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")

    # What is in it

    def _resolved(self, path: str, token: str, *, body: bool) -> None:
        name, _, rest = path.partition("/resolve/")
        revision, _, file = rest.partition("/")
        model = self._model(name, token)
        self._check_revision(model, revision)
        if model.gated is not None and token not in model.gated:
            raise _Refused(
                403 if token else 401, "GatedRepo", f"Access to model {name} is restricted."
            )
        if (data := model.files.get(file)) is None:
            raise _Refused(404, "EntryNotFound", "Entry not found")
        headers = {"X-Repo-Commit": model.commit}
        if not file.endswith(LARGE):
            self._send(200, data, headers | {"ETag": f'"{blob_of(data)}"'}, body=body)
            return
        digest = digest_of(data)
        headers |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(data))}
        self._send(302, b"", headers | {"Location": f"{self.hub.store}/{digest}"}, body=body)

    def _stored(self, digest: str, *, body: bool) -> None:
        every = (item for model in self.hub.models.values() for item in model.files.items())
        path, data = next((path, data) for path, data in every if digest_of(data) == digest)
        if path in self.hub.damaged:
            data = data[:-1] + bytes([data[-1] ^ 1])
        if path in self.hub.endless:
            self._pour_for_ever(data)
        begin = 0
        if (wanted := self.headers.get("Range")) and not self.hub.whole_only:
            begin = int(wanted.removeprefix("bytes=").partition("-")[0])
        if begin >= len(data) > 0:
            raise _Refused(416, "", "Range Not Satisfiable")
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begin))
        self.end_headers()
        if body:
            self._pour(data[begin:])

    def _pour(self, data: bytes) -> None:
        hub, sent = self.hub, 0
        for at in range(0, len(data), CHUNK):
            if hub.breaks and sent >= hub.breaks_after:
                hub.breaks -= 1
                self.close_connection = True
                return
            self.wfile.write(data[at : at + CHUNK])
            sent += CHUNK
            if hub.pause_s:
                self.wfile.flush()
                time.sleep(hub.pause_s)

    def _pour_for_ever(self, data: bytes) -> NoReturn:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(data)
            data = bytes(CHUNK)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), {"Content-Type": "application/json"}, body=True)

    def _send(self, status: int, data: bytes, headers: Mapping[str, str], *, body: bool) -> None:
        self.send_response(status)
        for name, text in headers.items():
            if text:
                self.send_header(name, text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)


def _large(data: bytes) -> dict[str, Any]:
    return {"sha256": digest_of(data), "size": len(data), "pointerSize": 134}
