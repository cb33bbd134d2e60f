"""Tokens at a door: shown as bearer, or in a browser as the cookie that stands for one."""

import hmac

from quart import Request, Response, Websocket

from clawctl.errors import NotAuthorised

# A month: who uses the page logs in now and then, not every day.
COOKIE_AGE_S = 30 * 86_400
_LABEL = b"clawctl: cookie of the owner's page"


def bearer(of: Request | Websocket) -> str:
    """The token of an Authorization header, "" if there is none."""
    kind, _, token = of.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def same(shown: str, expected: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(shown.encode(), expected.encode())


def require(shown: str, *accepted: str, why: str = "the bearer token is missing or wrong") -> None:
    """Raise NotAuthorised unless one of the tokens is shown."""
    matches = [same(shown, token) for token in accepted if token]
    if not any(matches):
        raise NotAuthorised(why)


def require_owner(of: Request | Websocket, token: str, *also: str) -> None:
    """Raise NotAuthorised unless one of the tokens is the bearer, or the cookie is that of `token`.

    A bearer is what counts where one is shown: beside a wrong one the cookie is not looked at.
    """
    why = "the token is missing or wrong: show agent_token as bearer, or log in at /api/login"
    if "Authorization" in of.headers:
        require(bearer(of), token, *also, why=why)
    else:
        require(_cookie(of), cookie_for(token), why=why)


def cookie_for(token: str) -> str:
    """It holds for as long as the token does, over restarts, and the token cannot be read off it.

    "" for no token.
    """
    return hmac.new(token.encode(), _LABEL, "sha256").hexdigest() if token else ""


def give_cookie(to: Response, of: Request, token: str) -> None:
    to.set_cookie(
        _name(of), cookie_for(token), COOKIE_AGE_S, path="/", httponly=True, samesite="Strict"
    )


def take_cookie(to: Response, of: Request) -> None:
    to.delete_cookie(_name(of), path="/", httponly=True, samesite="Strict")


def _cookie(of: Request | Websocket) -> str:
    """Not counted when the browser says that another page, or another port, is asking.

    An Origin is looked at in front of the application; an image or a link has none.
    """
    site = of.headers.get("Sec-Fetch-Site", "same-origin")
    if "Origin" not in of.headers and site not in {"same-origin", "none"}:
        return ""
    return of.cookies.get(_name(of), "")


def _name(of: Request | Websocket) -> str:
    """Cookies know no ports: each gateway of this host has a name of its own for them."""
    host, _, port = of.headers.get("Host", "").rpartition(":")
    return f"clawctl_{port if host and port.isdecimal() else 80}"
