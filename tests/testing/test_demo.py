from clawctl.testing.demo import PLACE, demo_caller, table


def test_every_utterance_comes_with_the_package() -> None:
    caller = demo_caller()

    assert [utterance.text for utterance in caller.utterances] == [
        line.say for line in table().utterances
    ]
    assert all(0.7 <= utterance.seconds < 8.0 for utterance in caller.utterances)


def test_the_demo_is_five_turns_or_more_and_under_a_megabyte() -> None:
    names = {line.file for line in table().utterances}

    assert len(names) >= 5
    assert {entry.name for entry in PLACE.iterdir()} == names | {"call.json"}
    assert sum(len((PLACE / name).read_bytes()) for name in names) < 1_000_000


def test_the_last_reply_must_read_everything_back() -> None:
    last = demo_caller().utterances[-1]

    assert not last.missed_by(
        "All noted: David Miller, 5 5 5, 0 1 4 2, The meeting is on Tuesday morning. Goodbye."
    )
    assert last.missed_by(
        "All noted: David Miller, 5 5 5, 0 1 4 3, The meeting is on Tuesday morning. Goodbye."
    )
    assert last.missed_by(
        "All noted: David Miller, 5 5 5, 0 1 4 2, The meeting is on Monday morning. Goodbye."
    )
