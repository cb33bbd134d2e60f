"""Messages callers left."""

from quart import Blueprint

from clawctl.store.sqlite import SqliteStore
from clawctl.web.mailbox import Mailbox


def routes(store: SqliteStore, mailbox: Mailbox) -> Blueprint:  # noqa: ARG001
    return Blueprint("messages", __name__)
