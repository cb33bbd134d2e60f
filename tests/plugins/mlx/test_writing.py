from collections.abc import Iterator

import pytest

from clawctl.engines.messages import Chat
from clawctl.errors import EngineFailed
from clawctl_plugins.mlx.asked import Asked
from clawctl_plugins.mlx.prefixes import Keeping
from clawctl_plugins.mlx.rendering import Unusual
from clawctl_plugins.mlx.writing import LONGEST_STRETCH, SHORTEST_STRETCH, Pace, Writer

END = 0


class Letters:
    """A model whose tokens are letters; it says `answer` to everything, and notes what it reads."""

    def __init__(self, answer: str = "abcdefghij", window: int = 0) -> None:
        self.window = window
        self.ends = {END}
        self.read_tokens: list[int] = []
        self.keeping = Keeping[list[int]](
            new=list,
            copy=list.copy,
            can_cut=lambda _: True,
            cut=lambda held, n: held.__delitem__(slice(len(held) - n, None)),
        )
        self._answer = [*map(ord, answer), END]

    def template(self, messages: Chat) -> list[int]:
        return [ord(sign) for each in messages for sign in each["content"]]

    def read(self, tokens: list[int], held: list[int]) -> None:
        self.read_tokens += tokens
        held += tokens

    def write(self, last: int, held: list[int], asked: Asked) -> Iterator[int]:
        held.append(last)
        for token in self._answer:
            held.append(token)
            yield token

    def voice(self) -> "Letters":
        return self

    def say(self, token: int) -> str:
        return chr(token)

    def rest(self) -> str:
        return ""


def writer(lm: Letters) -> Writer:
    return Writer("nowhere", load=lambda _path: lm)


def asked(*said: str, **how: object) -> dict[str, object]:
    messages = [
        {"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(said)
    ]
    return {"messages": messages, "call": "c1", "remembered": 8, **how}


def written(one: Writer, number: int = 0) -> str:
    text, last = "", False
    while not last:
        piece, last = one.step(number)
        text += piece
    return text


def test_a_reply_ends_with_the_models_own_end() -> None:
    one = writer(Letters("hello"))

    assert one.begin(0, asked("hi there"), [0]) == {"tokens": 8, "known": 0, "refusal": ""}
    assert written(one) == "hello"


def test_a_reply_ends_after_so_many_tokens() -> None:
    one = writer(Letters())
    one.begin(0, asked("hi", max_tokens=3), [0])

    assert written(one) == "abc"


def test_a_reply_ends_before_a_stop_text_and_says_what_was_none() -> None:
    one = writer(Letters("abcab"))
    one.begin(0, asked("hi", stop=["abx", "ca"]), [0])
    one.begin(1, asked("hi", stop=["abx"]), [0, 1])

    assert (written(one, 0), written(one, 1)) == ("ab", "abcab")


def test_the_next_turn_reads_what_is_new() -> None:
    lm = Letters("yes")
    one = writer(lm)
    one.begin(0, asked("shall we?"), [0])
    written(one)
    lm.read_tokens.clear()

    begun = one.begin(1, asked("shall we?", "yes" + chr(END), "then go"), [1])

    assert begun == {"tokens": 20, "known": 13, "refusal": ""}
    written(one, 1)
    assert "".join(map(chr, lm.read_tokens)) == "then g"


def test_what_nobody_awaits_is_let_go_and_remembered() -> None:
    one = writer(Letters())
    one.begin(0, asked("how are you?"), [0])
    one.step(0)
    one.step(0)

    assert one.begin(1, asked("how are you?", "abc", "so?"), [1])["known"] == 13
    with pytest.raises(EngineFailed, match="replaced in the middle of the reply"):
        one.step(0)


def test_replies_take_turns() -> None:
    one = writer(Letters("abc"))
    one.begin(0, asked("x"), [0])
    one.begin(1, asked("y"), [0, 1])

    assert [one.step(n)[0] for n in (0, 1, 0, 1, 1, 0)] == ["a", "a", "b", "b", "c", "c"]


def test_a_long_prompt_is_read_in_stretches() -> None:
    one = writer(Letters("a"))
    one.begin(0, asked("x" * 1000), [0])
    steps = 0
    while not one.step(0)[1]:
        steps += 1

    assert 3 < steps < 10


def test_a_prompt_longer_than_the_window_loses_its_oldest_words() -> None:
    one = writer(Letters("a", window=20))

    begun = one.begin(0, asked("x" * 15, "y" * 4, "z" * 4, max_tokens=5), [0])

    assert begun["tokens"] == 8


def test_an_answer_is_as_long_as_the_window_allows() -> None:
    one = writer(Letters("a" * 50, window=20))
    one.begin(0, asked("x" * 8, max_tokens=400), [0])

    assert len(written(one)) == 12


def test_words_that_fill_the_window_alone_are_refused() -> None:
    one = writer(Letters(window=20))

    begun = one.begin(0, asked("x" * 20), [0])

    assert begun["refusal"] == (
        "the prompt has 20 tokens and the model's window 20;"
        " shorten the instructions, or the knowledge given to the call"
    )


def test_a_template_that_takes_no_conversation_is_a_refusal() -> None:
    class Stubborn(Letters):
        def template(self, messages: Chat) -> list[int]:
            raise Unusual

    assert "takes no such conversation" in writer(Stubborn()).begin(0, asked("hi"), [0])["refusal"]


def test_the_pace_follows_what_the_last_stretch_took() -> None:
    pace = Pace()

    pace.took(64, 0.08)
    assert pace.tokens == 64
    pace.took(64, 0.001)
    assert pace.tokens == 128
    pace.took(128, 0.16)
    assert pace.tokens == 64
    pace.took(64, 100)
    assert pace.tokens == SHORTEST_STRETCH
    for _ in range(20):
        pace.took(pace.tokens, 0.0)
    assert pace.tokens == LONGEST_STRETCH
