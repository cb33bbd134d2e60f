"""A prompt as the messages of a chat, the form that reply models take."""

from collections.abc import Iterable
from itertools import groupby, takewhile

from clawctl.engines.api import Prompt

Chat = list[dict[str, str]]


def chat(prompt: Prompt) -> Chat:
    """In the order of the gateway manual ("Prompt assembly"); absent parts leave no message."""
    if prompt.purpose == "summary":
        return _summary(prompt)
    past = [{"role": each.role, "content": each.content} for each in prompt.history]
    parts = [
        *_system(prompt.system),
        *_system(prompt.summary),
        *past,
        *_system(prompt.knowledge),
        {"role": "user", "content": prompt.transcript},
    ]
    return [each for each in parts if each["content"]]


def by_turns(messages: Chat, *, system: bool = True) -> Chat:
    """The same for a template that takes user and assistant in turn: what the system says opens
    the user's next words. With `system` what it says first stays a message of its own."""
    ahead = list(takewhile(lambda each: system and each["role"] == "system", messages))
    others = groupby(messages[len(ahead) :], lambda each: each["role"] == "assistant")
    turns = [
        {"role": "assistant" if is_assistant else "user", "content": _joined(run)}
        for is_assistant, run in others
    ]
    return [*_system(_joined(ahead)), *turns]


def _joined(messages: Iterable[dict[str, str]]) -> str:
    return "\n\n".join(each["content"] for each in messages)


def _system(text: str) -> Chat:
    return [{"role": "system", "content": text}] if text else []


def _summary(prompt: Prompt) -> Chat:
    """Told as one text: a model that saw the messages themselves would answer the last of them."""
    said = [f"{each.role}: {each.content}" for each in prompt.history]
    text = "\n".join(filter(None, (prompt.summary, *said)))
    return [*_system(prompt.system), {"role": "user", "content": text}]
