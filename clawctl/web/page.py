"""The live page: three files of the package, and nothing from anywhere else."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from quart import Blueprint, Response

# Nothing in the page comes from elsewhere, and what a caller said can at worst be shown.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
# Where each file is found, and what it is.
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/static/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/static/style.css": ("style.css", "text/css; charset=utf-8"),
}


def routes() -> Blueprint:
    """Asks for no token: the page holds no data, it asks for the token itself."""
    web = Blueprint("page", __name__)
    static = files(__package__) / "static"
    for rule, (name, kind) in FILES.items():
        body = (static / name).read_bytes()
        web.add_url_rule(rule, name.partition(".")[0], _shown(body, kind), methods=["GET"])
    return web


def _shown(body: bytes, kind: str) -> Callable[[], Awaitable[Response]]:
    async def show() -> Response:
        """A file of the live page."""
        response = Response(body, content_type=kind)
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return show
