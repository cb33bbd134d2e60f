import pytest

from clawctl.engines.messages import Chat
from clawctl_plugins.mlx.rendering import Unusual, fitted, render


def told(*lines: str) -> Chat:
    roles = {"s": "system", "u": "user", "a": "assistant"}
    return [{"role": roles[line[0]], "content": line[2:]} for line in lines]


def counted(messages: Chat) -> list[int]:
    """A token for a message, by its length."""
    return [len(each["content"]) for each in messages]


def strict(messages: Chat) -> list[int]:
    if any(each["role"] != ("user", "assistant")[at % 2] for at, each in enumerate(messages)):
        raise Unusual
    return counted(messages)


def test_what_a_template_takes_is_left_as_it_is() -> None:
    assert render(counted, told("s:Be kind.", "u:Hello?")) == [8, 6]


def test_what_it_does_not_take_is_told_by_user_and_assistant_in_turn() -> None:
    chat = told("s:Be kind.", "u:Hi.", "a:Hello.", "s:It rains.", "u:Really?")

    assert render(strict, chat) == [13, 6, 18]


def test_a_template_that_takes_nothing_says_so() -> None:
    def never(messages: Chat) -> list[int]:
        raise Unusual

    with pytest.raises(Unusual):
        render(never, told("u:Hi."))


@pytest.mark.parametrize(
    ("room", "left"),
    [
        (6, [1, 2, 3, 4, 5, 6]),
        (5, [1, 3, 4, 5, 6]),
        (4, [1, 4, 5, 6]),
        (3, [1, 5, 6]),
        (0, [1, 5, 6]),
    ],
)
def test_the_oldest_words_are_left_out_first(room: int, left: list[int]) -> None:
    chat = told("s:1", "u:22", "a:333", "u:4444", "s:55555", "u:666666")

    assert fitted(counted, chat, room) == left
