"""What the gateway lends to the engines of one plugin."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clawctl.config.schema import Settings
from clawctl.engines.api import Worker
from clawctl.engines.worker import GRACE_S, open_workers


@dataclass(frozen=True, slots=True)
class PluginHost:
    """The `Host` of the plugin `name`; `cache` holds the directories of all plugins.

    `section` reads the plugin's own settings as they are now, `all_settings` the gateway's.
    """

    name: str
    cache: Path
    section: Callable[[], Any]
    all_settings: Callable[[], Settings] = Settings

    @property
    def cache_dir(self) -> Path:
        place = self.cache / self.name
        place.mkdir(parents=True, exist_ok=True)
        return place

    def settings(self) -> Any:
        return self.section()

    def common(self) -> Settings:
        return self.all_settings()

    def worker(
        self, spec: str, options: Mapping[str, Any], *, size: int = 1, grace_s: float = GRACE_S
    ) -> AbstractAsyncContextManager[Worker]:
        return open_workers(spec, options, size, grace_s=grace_s)
