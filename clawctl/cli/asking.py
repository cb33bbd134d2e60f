"""What the commands that ask a running gateway share: the options, the client, the output."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clawctl.cli.output import Output

if TYPE_CHECKING:
    from clawctl.cli.address import Address
    from clawctl.client.rest import RestClient

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS = (
    click.option("--config", "path", type=click.Path(path_type=Path), help="Settings file."),
    click.option(
        "--url", envvar="CLAWCTL_URL", help="Gateway; else the settings tell where it is."
    ),
    click.option("--token", envvar="CLAWCTL_TOKEN", help="Its agent_token, if it has one."),
    click.option("--json", "as_json", is_flag=True, help="JSON, on a terminal too."),
)


REFUSED = "the gateway refuses the token that was shown;"
UNSHOWN = "the gateway asks for its agent_token, which the settings here do not hold;"
HOW = "show it with --token, or in CLAWCTL_TOKEN"


@dataclass(frozen=True)
class Asking:
    """A gateway to be asked; nothing is read or opened before it is needed."""

    path: Path | None
    _url: str | None
    _token: str | None
    output: Output

    @cached_property
    def address(self) -> "Address":
        from clawctl.cli.address import configured_address

        return configured_address(self.path)

    @property
    def named(self) -> bool:
        """Whether somebody said which gateway is meant."""
        return bool(self._url)

    @cached_property
    def url(self) -> str:
        return checked(self._url) if self._url else self.address.url

    @cached_property
    def token(self) -> str:
        """The settings' own token leaves this machine for nobody."""
        from urllib.parse import urlsplit

        from clawctl.door.origin import loopback

        if self._token:
            return _sendable(self._token)
        return self.address.agent_token if loopback(urlsplit(self.url).netloc) else ""

    @cached_property
    def gateway(self) -> "RestClient":
        from clawctl.client.rest import RestClient

        return RestClient(self.url, self.token)

    def fresh_gateway(self) -> "RestClient":
        """Asked for anew: one that was started again may listen elsewhere."""
        for known in ("address", "url", "token", "gateway"):
            self.__dict__.pop(known, None)
        return self.gateway


def _sendable(token: str) -> str:
    from clawctl.errors import BadInput

    if not (token.isascii() and token.isprintable()):
        raise BadInput("the token holds what no token does: letters, digits and signs of ASCII do")
    return token


def checked(url: str) -> str:
    """An address without a last slash; raises BadInput for what cannot be one of a gateway."""
    from urllib.parse import urlsplit

    from clawctl.errors import BadInput

    if "@" in url:
        raise BadInput("an address of a gateway holds no name or password; show a token by --token")
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "http" and parts.hostname and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        raise BadInput(f"{url!r} is no address of a gateway; write it as http://127.0.0.1:8996")
    return url.rstrip("/")


def asks(command: F) -> Callable[..., Any]:
    """A command that is given an `Asking` as its first argument, and the options that make one."""

    @wraps(command)
    def asking(
        *args: Any, path: Path | None, url: str | None, token: str | None, as_json: bool, **own: Any
    ) -> Any:
        from clawctl.errors import NotAuthorised

        try:
            return command(Asking(path, url, token, Output(as_json)), *args, **own)
        except NotAuthorised:
            raise NotAuthorised(f"{REFUSED if token else UNSHOWN} {HOW}") from None

    for option in reversed(OPTIONS):
        asking = option(asking)
    return asking
