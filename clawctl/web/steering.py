"""Instructions, knowledge and injects over HTTP."""

from quart import Blueprint

from clawctl.call.registry import Registry
from clawctl.call.steering import Steering


def routes(steering: Steering, registry: Registry) -> Blueprint:  # noqa: ARG001
    return Blueprint("steering", __name__)
