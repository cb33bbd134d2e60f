"""A conversation as the tokens of a model: in the form its template takes, and short enough."""

from bisect import bisect_left
from collections.abc import Callable

from clawctl.engines.messages import Chat, by_turns

# Raises Unusual for a conversation that the model's makers did not foresee.
Template = Callable[[Chat], list[int]]


class Unusual(Exception):
    """A template wants user and assistant in turn, or no word of a system."""


def render(template: Template, messages: Chat) -> list[int]:
    try:
        return template(messages)
    except Unusual:
        return template(by_turns(messages, system=False))


def fitted(template: Template, messages: Chat, room: int) -> list[int]:
    """As many of the messages as `room` tokens hold, the oldest left out first.

    Instructions, knowledge and the caller's last words are never left out, even where there is not
    room for them.
    """
    whole = render(template, messages)
    if len(whole) <= room:
        return whole
    old = [at for at, each in enumerate(messages[:-1]) if each["role"] != "system"]

    def without(count: int) -> list[int]:
        gone = set(old[:count])
        return render(template, [each for at, each in enumerate(messages) if at not in gone])

    count = bisect_left(range(len(old)), True, key=lambda n: len(without(n)) <= room)
    return without(count)
