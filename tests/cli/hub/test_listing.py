"""Which files of a model are worth fetching, and what a refusal means."""

import pytest

from clawctl.cli.hub import listing
from clawctl.cli.hub.listing import refused, shown, usable, worth_having
from clawctl.errors import NotAuthorised, NotFetched


def test_what_no_engine_loads_stays_where_it_is() -> None:
    names = ["config.json", "README.md", ".gitattributes", "samples/a.WAV", "vocab.txt", "w.pth"]

    assert worth_having(names) == {"config.json", "vocab.txt", "w.pth"}


def test_the_same_weights_are_not_fetched_twice() -> None:
    names = ["model.safetensors", "pytorch_model.bin", "tf_model.h5", "onnx/model.onnx", "a.json"]

    assert worth_having(names) == {"model.safetensors", "a.json"}
    assert worth_having(names[1:]) == set(names[1:])


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (401, NotAuthorised, "does not accept the token"),
        (403, NotAuthorised, "forbids it to the token"),
        (429, NotFetched, "answers 429 for a/b: it lets nobody fetch that much"),
        (503, NotFetched, "answers 503 for a/b: it is out of order"),
    ],
)
def test_a_refusal_is_told_with_what_to_do(status: int, error: type[Exception], words: str) -> None:
    told = refused("a/b", "https://hub", status)

    assert type(told) is error
    assert words in str(told)


@pytest.mark.parametrize("token", ["hf_ü", "hf_a\nb", "hf_\x7f"])
def test_what_cannot_be_a_token_is_not_sent_and_not_repeated(token: str) -> None:
    with pytest.raises(NotAuthorised) as raised:
        usable(token)

    assert token not in str(raised.value)


def test_no_token_is_a_token_too() -> None:
    assert usable(None) == usable("") == ""


def test_a_hub_is_told_without_the_password_in_its_address() -> None:
    assert shown("http://anna:secret@hub:81/x") == "http://hub:81/x"
    assert shown("https://huggingface.co") == "https://huggingface.co"


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LIBRARY", "no_library_of_that_name")

    with pytest.raises(NotFetched, match=r"try: \S+ -m pip install 'clawctl\[models\]'"):
        listing.listed("org/model")
