"""Where the settings say the gateway is, and the tokens it wants."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Address:
    """The door of everything; a token is "" where none is asked for, or none was made yet."""

    url: str
    bearer_token: str
    agent_token: str


def configured_address(path: Path | None) -> Address:
    """Reads the settings as `serve` does; raises BadSettings."""
    from clawctl.config.load import load
    from clawctl.config.tokens import kept_token
    from clawctl.plugins import find, sections

    gateway = load(path, plugins=sections(find())).settings.gateway
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    bearer = gateway.bearer_token
    # Only a gateway makes one.
    if not bearer and Path(gateway.data_dir, "bearer_token").exists():
        bearer = kept_token(Path(gateway.data_dir))
    return Address(f"http://{host}:{gateway.port}", bearer, gateway.agent_token)
