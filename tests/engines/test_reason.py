import pytest

from clawctl.engines.reason import reason
from clawctl.errors import EngineFailed


def test_a_strangers_words_stay_out_of_the_reason() -> None:
    def vendor() -> None:
        raise ValueError("cannot say 'my card is 4711'")

    with pytest.raises(ValueError, match="4711") as caught:
        vendor()

    line = vendor.__code__.co_firstlineno + 1
    assert reason(caught.value) == f"ValueError at test_reason.py:{line}"


def test_the_reason_of_a_group_is_its_first_error() -> None:
    group = ExceptionGroup("tasks", [EngineFailed("the voice is too old"), OSError()])

    assert reason(group) == "the voice is too old"


def test_our_own_sentence_is_the_reason() -> None:
    assert reason(EngineFailed("the voice is too old")) == "the voice is too old"
