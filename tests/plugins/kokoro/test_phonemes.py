import pytest

from clawctl_plugins.kokoro.phonemes import pieces


@pytest.mark.parametrize(
    ("phonemes", "expected"),
    [
        ("", []),
        ("  ", []),
        ("hˈɛlO", ["hˈɛlO"]),
        ("wˌʌn tˈu. θɹˈi", ["wˌʌn tˈu.", "θɹˈi"]),
        ("wˌʌn: tu, θɹˈi", ["wˌʌn:", "tu, θɹˈi"]),
        ("wˌʌn, tˈu θɹˈi", ["wˌʌn,", "tˈu θɹˈi"]),
        ("wˌʌntˈu θɹˈi", ["wˌʌntˈu", "θɹˈi"]),
        ("wˌʌntˈuθɹˈifˈɔɹ", ["wˌʌntˈuθɹˈ", "ifˈɔɹ"]),
        ("a. b. c. d. e. f.", ["a. b. c.", "d. e. f."]),
    ],
)
def test_phonemes_are_cut_at_the_best_seam_there_is(phonemes: str, expected: list[str]) -> None:
    assert list(pieces(phonemes, 10)) == expected


@pytest.mark.parametrize("phonemes", ["x" * 5000, "ab, " * 1000, "." * 2000, "— " * 900])
def test_nothing_is_lost_and_nothing_is_too_long(phonemes: str) -> None:
    cut = list(pieces(phonemes))

    assert "".join(cut).replace(" ", "") == phonemes.replace(" ", "")
    assert all(0 < len(piece) <= 510 for piece in cut)
