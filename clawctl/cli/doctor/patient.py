"""What is examined: the settings, the plugins, the gateway that runs or does not."""

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import trio

from clawctl.cli.asking import Asking
from clawctl.cli.doctor.answering import Answering, who_answers
from clawctl.cli.doctor.phone.handset import Handset
from clawctl.client.rest import RestClient
from clawctl.config.load import Loaded, load
from clawctl.config.schema import Settings
from clawctl.door.origin import loopback
from clawctl.engines.chain import Warmed
from clawctl.engines.round_trip import RoundTrip
from clawctl.errors import NotAuthorised
from clawctl.lines.phone.driver import phones_of
from clawctl.plugins import Found, find, sections
from clawctl.store.lock import Holder, holder

if TYPE_CHECKING:
    from clawctl.gateway import Engines


@dataclass
class Proof:
    """What the engines did, by stage. `words_back` and `sound` are None where nothing could be
    compared; `failures` happened while that was tried."""

    warmed: dict[str, list[Warmed]] = field(default_factory=dict)
    trips: list[RoundTrip] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    words_back: float | None = None
    sound: bool | None = None

    def told(self, stage: str, came: Warmed | RoundTrip) -> None:
        if isinstance(came, RoundTrip):
            self.trips.append(came)
        else:
            self.warmed.setdefault(stage, []).append(came)

    def worked(self, stage: str) -> bool:
        return any(not one.failure for one in self.warmed.get(stage, ()))


@dataclass
class Patient:
    """Everything is looked up when it is first asked for, and once; no part of it changes anything.

    `loaded`, and all that comes from it, raises BadSettings while the settings cannot be used:
    whoever asks for it needs the check "file".
    """

    ask: Asking
    # Filled in when the engines are tried; those that were opened for it stay open.
    proof: Proof = field(default_factory=Proof)
    engines: "Engines | None" = None
    # Checks about what is not there.
    absent: set[str] = field(default_factory=set)
    # For what stays open from one check to another; there while it is attended.
    attending: trio.Nursery = field(init=False, repr=False)

    @asynccontextmanager
    async def attended(self) -> AsyncIterator[None]:
        async with trio.open_nursery() as self.attending:
            yield
            self.attending.cancel_scope.cancel()

    @cached_property
    def found(self) -> Found:
        return find()

    @cached_property
    def loaded(self) -> Loaded:
        return load(self.ask.path, plugins=sections(self.found))

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @property
    def data_dir(self) -> Path:
        return Path(self.settings.gateway.data_dir)

    @cached_property
    def handset(self) -> Handset:
        return Handset(self.settings.phone, phones_of(self.settings.phone))

    @cached_property
    def holder(self) -> Holder | None:
        """The gateway on our data."""
        return holder(self.data_dir)

    @cached_property
    def answering(self) -> Answering:
        """What answers where a gateway should be."""
        return who_answers(self.ask.url)

    @property
    def gateway_runs(self) -> bool:
        """The one that was named, or ours; not one on other data that listens where ours would."""
        ours = self.ask.named or self.holder is not None
        return ours and self.answering.kind == "gateway"

    @property
    def phone_url(self) -> str:
        """The phone's own door where it is known; the main one serves its routes too."""
        told = self.holder.phone_url if self.holder and self.owns_gateway else ""
        return told or self.ask.url

    @property
    def owns_gateway(self) -> bool:
        """Whether the gateway in question is the one on our data: then its tokens are ours."""
        return self.holder is not None and self.holder.url == self.ask.url

    @cached_property
    def bearer_accepted(self) -> bool:
        """By the phone's door of the running gateway; shown to nobody but this machine."""
        if not (self.bearer and loopback(urlsplit(self.phone_url).netloc)):
            return False
        try:
            RestClient(self.phone_url, self.bearer).get("/health")
        except NotAuthorised:
            return False
        return True

    @property
    def bearer(self) -> str:
        """The phone's token, "" if none was made yet."""
        return self.ask.address.bearer_token

    @cached_property
    def status(self) -> dict[str, Any]:
        """What the running gateway says of itself; raises what the client does."""
        status: dict[str, Any] = RestClient(self.ask.url, self.ask.token).get("/api/status")
        return status

    # Commands that mend

    def command(self, *words: str) -> str:
        """A command of ours about the same settings file."""
        about = ("--config", str(self.ask.path)) if self.ask.path else ()
        return shlex.join(["clawctl", *words, *about])

    def set_to(self, key: str, value: str) -> str:
        """How a setting becomes another, wherever it comes from now."""
        origin = self.loaded.origins[key]
        if origin.kind == "environment":
            return f"export {origin.name}={shlex.quote(value)}"
        return self.command("config", "set", key, value)

    def change(self, key: str) -> str:
        """Where a person looks at a setting that is wrong."""
        origin = self.loaded.origins[key]
        if origin.kind == "environment":
            return f"unset {origin.name}"
        return self.command("config", "edit")

    @property
    def restart(self) -> str:
        return f"{self.command('stop')} && {self.command('serve', '--detach')}"
