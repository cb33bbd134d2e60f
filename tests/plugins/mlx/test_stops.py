import pytest

from clawctl_plugins.mlx.stops import Stops


def said(stops: tuple[str, ...], pieces: list[str]) -> list[str]:
    finder = Stops(stops)
    out = [finder.feed(piece) for piece in pieces]
    return [*out, finder.rest()]


@pytest.mark.parametrize(
    ("stops", "pieces", "out"),
    [
        ((), ["Hello", " there"], ["Hello", " there", ""]),
        (("",), ["Hello"], ["Hello", ""]),
        (("User:",), ["Yes. Us", "er: no", " more"], ["Yes. ", "", "", ""]),
        (("User:",), ["Yes. Us", "ually"], ["Yes. ", "Usually", ""]),
        (("User:",), ["Yes. Us"], ["Yes. ", "Us"]),
        (("aab",), ["aaa", "b"], ["a", "", ""]),
        (("b", "a"), ["xab"], ["x", ""]),
        (("\n\n",), ["One\n", "Two\n", "\nThree"], ["One", "\nTwo", "", ""]),
    ],
)
def test_what_comes_before_a_stop_text_is_said_as_soon_as_it_can_be(
    stops: tuple[str, ...], pieces: list[str], out: list[str]
) -> None:
    assert said(stops, pieces) == out


def test_a_stop_text_that_was_found_is_known() -> None:
    stops = Stops(("END",))

    assert not stops.found
    stops.feed("the END")
    assert stops.found
