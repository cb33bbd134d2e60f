"""A prompt as the messages of a chat, the form that reply models take."""

from itertools import groupby

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
    """The same for models that take one system message in front, and behind it user and assistant
    by turns, as the templates of Qwen and Mistral want it; without `system` none at all, as those
    of Gemma: there the caller is told first."""
    told = [each["content"] for each in messages if each["role"] == "system"]
    said = [each for each in messages if each["role"] != "system"]
    while len(said) > 1 and said[0]["role"] == "assistant":
        told.append(f"assistant: {said.pop(0)['content']}")
    turns = [
        {"role": role, "content": "\n".join(each["content"] for each in run)}
        for role, run in groupby(said, lambda each: each["role"])
    ]
    if system or not turns:
        return [*_system("\n\n".join(told)), *turns]
    first = "\n\n".join((*told, turns[0]["content"]))
    return [{"role": turns[0]["role"], "content": first}, *turns[1:]]


def _system(text: str) -> Chat:
    return [{"role": "system", "content": text}] if text else []


def _summary(prompt: Prompt) -> Chat:
    """Told as one text: a model that saw the messages themselves would answer the last of them."""
    said = [f"{each.role}: {each.content}" for each in prompt.history]
    text = "\n".join(filter(None, (prompt.summary, *said)))
    return [*_system(prompt.system), {"role": "user", "content": text}]
