"""Where the running gateway is, and the tokens it wants."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    """The door of everything; a token is "" where none is asked for, or none was made yet."""

    url: str
    bearer_token: str
    agent_token: str
    data_dir: Path


def configured_address(path: Path | None) -> Address:
    """Reads the settings as `serve` does; raises BadSettings.

    A gateway that runs on the same data tells where it listens, whatever flags it was given.
    """
    from clawctl.config.load import load
    from clawctl.config.tokens import kept_token
    from clawctl.plugins import find, sections
    from clawctl.store.lock import holder

    gateway = load(path, plugins=sections(find())).settings.gateway
    data_dir = Path(gateway.data_dir)
    running = holder(data_dir)
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    bearer = gateway.bearer_token
    # Only a gateway makes one.
    if not bearer and (data_dir / "bearer_token").exists():
        bearer = kept_token(data_dir)
    url = (running.url if running else "") or f"http://{host}:{gateway.port}"
    return Address(url, bearer, gateway.agent_token, data_dir)
