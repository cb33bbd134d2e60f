"""nc and curl: to rootd, and over the reverse-forwarded port to the gateway."""

from urllib.parse import urlsplit

import h11
import trio

from clawctl.testing.device.options import options
from clawctl.testing.device.process import FAILED, PIECE_BYTES, Process, Said, everything
from clawctl.testing.device.programs_root import rootd
from clawctl.testing.device.shell import Program

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ROOTD_PORT = 48733
_FOREVER_S = 3600.0
# curl's own numbers for an end.
_REFUSED, _BAD_STATUS, _TOO_SLOW, _EMPTY, _RESET = 7, 22, 28, 52, 56


async def _connect(process: Process, host: str, port: int) -> trio.SocketStream:
    """Over the reverse, really. Raises ConnectionRefusedError."""
    real = process.system.port_of(port) if host in LOOPBACK else None
    if real is None:
        await trio.lowlevel.checkpoint()
        raise ConnectionRefusedError(111, "Connection refused")
    try:
        return await trio.open_tcp_stream("127.0.0.1", real)
    except OSError:
        raise ConnectionRefusedError(111, "Connection refused") from None


async def nc(process: Process) -> int:
    """`nc [-w SECONDS] [-q SECONDS] HOST PORT`: both ways until the other side ends."""
    _, values, operands = options(process.arguments, "wqW")
    host, port = (*operands, "", "")[:2]
    if not port.isdecimal():
        return await process.say(Said(err="nc: bad port\n", status=FAILED))
    if int(port) == ROOTD_PORT and host in LOOPBACK:
        return await _ask_rootd(process)
    try:
        stream = await _connect(process, host, int(port))
    except ConnectionRefusedError:
        return await process.say(Said(err="nc: connect: Connection refused\n", status=FAILED))
    with trio.move_on_after(_seconds(values.get("w"))) as waited:
        async with stream, trio.open_nursery() as nursery:
            nursery.start_soon(_send, process, stream)
            await _receive(process, stream)
            nursery.cancel_scope.cancel()
    return FAILED if waited.cancelled_caught else 0


async def _ask_rootd(process: Process) -> int:
    if process.system.condition.rootd == "down":
        return await process.say(Said(err="nc: connect: Connection refused\n", status=FAILED))
    request = await everything(process.stdin)
    return await process.say(Said(await rootd(process, request)))


async def _send(process: Process, stream: trio.SocketStream) -> None:
    try:
        while piece := await process.stdin.receive_some(PIECE_BYTES):
            await stream.send_all(piece)
        await stream.send_eof()
    except trio.BrokenResourceError:
        return


async def _receive(process: Process, stream: trio.SocketStream) -> None:
    try:
        async for piece in stream:
            await process.out(bytes(piece))
    except trio.BrokenResourceError:
        return


def _seconds(value: str | None) -> float:
    try:
        return float(value or _FOREVER_S)
    except ValueError:
        return _FOREVER_S


async def curl(process: Process) -> int:
    """A GET, with `-H`, `-m`/`--max-time`, `-o`, `-w`, `-i` and `-f` of its options."""
    asked = _Asked.of(process.arguments)
    ended, status = "", 0
    answer = _Answer()
    with trio.move_on_after(asked.most_s) as waited:
        try:
            await _get(process, asked, answer)
        except ConnectionRefusedError:
            ended, status = f"Failed to connect to {asked.host} port {asked.port}", _REFUSED
        except (trio.BrokenResourceError, h11.RemoteProtocolError):
            ended, status = "Recv failure: Connection reset by peer", _RESET
    if waited.cancelled_caught:
        ended, status = "Operation timed out", _TOO_SLOW
    elif not status and not answer.code:
        ended, status = "Empty reply from server", _EMPTY
    elif asked.fails and answer.code >= 400:
        ended, status = f"The requested URL returned error: {answer.code}", _BAD_STATUS
    out = b"" if asked.discards else (answer.head if asked.shows_head else b"") + bytes(answer.body)
    told = asked.form.replace("%{http_code}", f"{answer.code:03d}").replace("\\n", "\n")
    told = told.replace("%{time_total}", f"{answer.took_s:.6f}")
    err = f"curl: ({status}) {ended}\n" if status and not asked.silent else ""
    return await process.say(Said(out + told.encode(), status, err))


class _Answer:
    def __init__(self) -> None:
        self.code = 0
        self.head = b""
        self.body = bytearray()
        self.took_s = 0.0


class _Asked:
    """The command line of a curl."""

    def __init__(self) -> None:
        self.url = ""
        self.headers: list[tuple[str, str]] = []
        self.most_s = _FOREVER_S
        self.form = ""
        self.discards = self.shows_head = self.fails = self.silent = False

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 80

    @property
    def target(self) -> str:
        url = urlsplit(self.url)
        return (url.path or "/") + (f"?{url.query}" if url.query else "")

    @classmethod
    def of(cls, arguments: list[str]) -> "_Asked":
        long_names = {
            "--max-time": "-m", "--header": "-H", "--output": "-o", "--write-out": "-w",
            "--silent": "-s", "--include": "-i", "--fail": "-f", "--connect-timeout": "-y",
            "--show-error": "-S", "--request": "-X", "--no-keepalive": "-N",
        }  # fmt: skip
        asked, left = cls(), iter([long_names.get(word, word) for word in arguments])
        for word in left:
            if not word.startswith("-"):
                asked.url = word if "://" in word else f"http://{word}"
                continue
            for index, letter in enumerate(word[1:], 2):
                if letter in "mHowyX":
                    asked._value(letter, word[index:] or next(left, ""))
                    break
                asked._flag(letter)
        return asked

    def _value(self, letter: str, value: str) -> None:
        if letter == "m":
            self.most_s = _seconds(value)
        elif letter == "H":
            name, _, content = value.partition(":")
            self.headers.append((name.strip(), content.strip()))
        elif letter == "o":
            self.discards = value == "/dev/null"
        elif letter == "w":
            self.form = value

    def _flag(self, letter: str) -> None:
        if letter == "i":
            self.shows_head = True
        elif letter == "f":
            self.fails = True
        elif letter == "s":
            self.silent = True
        elif letter == "S":
            self.silent = False


async def _get(process: Process, asked: _Asked, answer: _Answer) -> None:
    started = trio.current_time()
    own = {"Host": f"{asked.host}:{asked.port}", "User-Agent": "curl/8.7.1", "Accept": "*/*"}
    given = {name.title(): value for name, value in asked.headers}
    http = h11.Connection(h11.CLIENT)
    async with await _connect(process, asked.host, asked.port) as stream:
        headers = [*{**own, **given, "Connection": "close"}.items()]
        head = http.send(h11.Request(method="GET", target=asked.target, headers=headers))
        await stream.send_all((head or b"") + (http.send(h11.EndOfMessage()) or b""))
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                data = await stream.receive_some(PIECE_BYTES)
                if not data and not answer.code:
                    return
                http.receive_data(data)
            elif isinstance(event, h11.Response):
                answer.code, answer.head = event.status_code, _head(event)
            elif isinstance(event, h11.Data):
                answer.body += event.data
            elif isinstance(event, h11.EndOfMessage):
                answer.took_s = trio.current_time() - started
                return


def _head(event: h11.Response) -> bytes:
    rows = b"".join(name + b": " + value + b"\r\n" for name, value in event.headers.raw_items())
    return b"HTTP/1.1 %d %s\r\n%s\r\n" % (event.status_code, event.reason, rows)


PROGRAMS: dict[str, Program] = {"nc": nc, "netcat": nc, "curl": curl}
