"""What is sent again, and what is not."""

import pytest

from clawctl_plugins.openai.server import Trace


@pytest.mark.parametrize(
    ("event", "connected"),
    [
        ("connection.connect_tcp.started", True),
        ("socks.connect_tcp.started", True),
        ("http11.send_request_headers.started", False),
    ],
)
async def test_a_connection_that_is_new_is_known_whatever_it_goes_through(event, connected):
    trace = Trace()
    await trace(event, {})
    await trace("http11.receive_response_headers.started", {})
    assert trace.connected is connected
