"""Bearer tokens: made for a gateway that was given none, kept where its data is."""

import secrets
from pathlib import Path

from clawctl.config import file
from clawctl.errors import CannotStart, ClawError

# They stand in manuals and examples: anybody may know them.
EXAMPLE_TOKENS = frozenset({"CHANGE_ME", "localdev"})


def is_example_token(token: str) -> bool:
    return token in EXAMPLE_TOKENS


def kept_token(data_dir: Path) -> str:
    """The token in `data_dir`/bearer_token (mode 0600), made at the first call."""
    path = data_dir / "bearer_token"
    try:
        token = path.read_text("ascii").strip()
    except FileNotFoundError:
        return _made(path)
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"the token in {path} cannot be read: {error}") from None
    if not token:
        raise CannotStart(f"{path} is empty; delete it and a new token is made")
    return token


def _made(path: Path) -> str:
    token = secrets.token_urlsafe(32)
    try:
        file.write(path, f"{token}\n".encode())
    except ClawError as error:
        raise CannotStart(str(error)) from None
    return token
