import pytest

from clawctl_plugins.espeak.synthesiser import EspeakError, Synthesiser


@pytest.fixture(scope="module")
def synthesiser() -> Synthesiser:
    return Synthesiser()


def seconds(spoken: tuple[bytes, int]) -> float:
    pcm, rate = spoken
    return len(pcm) / 2 / rate


def test_text_becomes_samples(synthesiser: Synthesiser) -> None:
    pcm, rate = synthesiser.speak("Good morning to you.", ["en-us"], 165, 50)

    assert rate == 22_050
    assert 0.8 < seconds((pcm, rate)) < 2.0
    assert pcm.strip(b"\0")


def test_a_hundred_more_words_a_minute_are_heard(synthesiser: Synthesiser) -> None:
    slow = synthesiser.speak("Good morning to you.", ["en-us"], 120, 50)
    fast = synthesiser.speak("Good morning to you.", ["en-us"], 220, 50)

    assert seconds(slow) > 1.5 * seconds(fast)


@pytest.mark.parametrize("words_per_minute", [0, 10_000])
def test_a_pace_out_of_reach_becomes_the_nearest(
    synthesiser: Synthesiser, words_per_minute: int
) -> None:
    assert synthesiser.speak("Good morning.", ["en-us"], words_per_minute, 50)[0]


@pytest.mark.parametrize("unknown", ["af_heart", "no/such", "../de", "", "x" * 5000, "+f3"])
def test_a_voice_espeak_does_not_know_is_passed_over(
    synthesiser: Synthesiser, unknown: str
) -> None:
    german = synthesiser.speak("Guten Morgen, liebe Freunde.", [unknown, "de"], 165, 50)

    known = synthesiser.speak("Guten Morgen, liebe Freunde.", ["de"], 165, 50)
    assert seconds(german) == pytest.approx(seconds(known), abs=0.03)


def test_when_no_voice_is_known_that_is_an_error(synthesiser: Synthesiser) -> None:
    with pytest.raises(EspeakError, match="none of the voices"):
        synthesiser.speak("Good morning.", ["af_heart"], 165, 50)


def test_german_is_read_as_utf_8(synthesiser: Synthesiser) -> None:
    umlauts = synthesiser.speak("schöne Grüße", ["de"], 165, 50)

    # Read byte by byte it is spelled out, and takes more than two seconds.
    assert 0.6 < seconds(umlauts) < 1.2


def test_a_zero_byte_does_not_end_the_text(synthesiser: Synthesiser) -> None:
    cut = synthesiser.speak("one", ["en-us"], 165, 50)

    assert seconds(synthesiser.speak("one\0 two three", ["en-us"], 165, 50)) > 2 * seconds(cut)


def test_one_sentence_leaves_nothing_to_the_next(synthesiser: Synthesiser) -> None:
    first = synthesiser.speak("Good morning.", ["en-us"], 165, 50)
    synthesiser.speak("Etwas ganz anderes.", ["de"], 300, 80)
    again = synthesiser.speak("Good morning.", ["en-us"], 165, 50)

    assert seconds(again) == pytest.approx(seconds(first), rel=0.02)
