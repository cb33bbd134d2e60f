"""How much of a conversation a model has before it at a time."""

from collections.abc import Sequence

import msgspec

from clawctl.engines.api import Message, Prompt

# A careful guess for English and German: real tokenizers give 3.5 to 4.5 characters a token.
CHARS_PER_TOKEN = 3.5
# In characters; a reply has no more of these on average, however long its words.
LONGEST_TOKEN = 16


def room(window: int, answer: int) -> int:
    """Tokens for the prompt: what the longest answer leaves, and never less than half."""
    return max(window - answer, window // 2)


def fit(prompt: Prompt, most: float) -> Prompt:
    """The same prompt with the newest of its history, about `most` tokens long.

    All else stays, even where it alone is longer: only the model knows how long it really is.
    """
    fixed = (prompt.system, prompt.summary, prompt.knowledge, prompt.transcript)
    kept = _newest(prompt.history, most - sum(map(_tokens, fixed)))
    return msgspec.structs.replace(prompt, history=kept)


def _newest(history: Sequence[Message], most: float) -> tuple[Message, ...]:
    kept: list[Message] = []
    for message in reversed(history):
        most -= _tokens(message.content)
        if most < 0:
            break
        kept.append(message)
    return tuple(reversed(kept))


def _tokens(text: str) -> float:
    return len(text) / CHARS_PER_TOKEN
