"""The live page."""

from quart import Blueprint


def routes() -> Blueprint:
    return Blueprint("page", __name__)
