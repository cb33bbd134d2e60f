"""Phones, listeners and agents at once, as `make bench` has them, only shorter."""

from benchmarks import crowd


def test_fifty_listeners_and_five_agents_hear_every_event_in_order() -> None:
    assert crowd.measure(turns=3)
