"""Calls, live and stored."""

from quart import Blueprint

from clawctl.call.registry import Registry
from clawctl.store.sqlite import SqliteStore


def routes(store: SqliteStore, registry: Registry) -> Blueprint:  # noqa: ARG001
    return Blueprint("calls", __name__)
