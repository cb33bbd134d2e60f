import pytest

from clawctl.testing.handset_rules import allowed, is_echo, is_suppressed, remembered


@pytest.mark.parametrize(
    ("number", "allowlist", "blocklist", "unknown", "answered"),
    [
        ("+15550142", [], [], True, True),
        ("+15550142", [], ["+15550142"], True, False),
        ("+15550142", [], ["+1 (555) 01-42"], True, False),
        ("+1 555-0142", [], ["+15550142"], True, False),
        ("+15550142", ["+15550142"], [], True, True),
        ("+15550142", ["+15550143"], [], True, False),
        ("+15550142", ["+15550142"], ["+15550142"], True, False),
        ("+49301234", [], ["0049301234"], True, True),
        ("+1.555.0142", [], ["+15550142"], True, True),
        ("", [], [], True, True),
        ("", [], [], False, False),
        (" - ", [], [], False, False),
        ("", ["+15550142"], [], True, True),
        ("+15550142", [], [], False, True),
    ],
)
def test_whose_call_the_phone_answers(
    number: str, allowlist: list[str], blocklist: list[str], unknown: bool, answered: bool
) -> None:
    assert allowed(number, allowlist=allowlist, blocklist=blocklist, unknown=unknown) is answered


@pytest.mark.parametrize(
    ("transcript", "reply", "since_s", "dropped"),
    [
        ("yes", "Yes.", 5.0, True),
        ("what is your name", "What is your name?", 30.0, True),
        ("one two three four five six seven", "one two three four five six eight", 5.0, True),
        ("one two three four five six", "one two three four five seven", 5.0, True),
        ("one two three four", "one two three four five six", 5.0, False),
        ("blue sky now", "blue sky now then soon", 1.0, True),
        ("blue sky now", "blue sky now then soon", 1.3, False),
        ("blue sky now here", "blue sky now here then soon", 1.0, False),
        ("don't do that", "Don't do that!", 5.0, True),
        ("a b c", "a b c", 5.0, False),
        ("", "Yes.", 1.0, False),
        ("да", "да", 1.0, False),
        ("yes", "", 1.0, False),
        ("something else", "Yes, of course.", 1.0, False),
    ],
)
def test_what_counts_as_an_echo(transcript: str, reply: str, since_s: float, dropped: bool) -> None:
    assert is_echo(transcript, reply, since_s) is dropped


@pytest.mark.parametrize(
    ("reply", "suppressed"),
    [
        ("I could not hear that clearly. Please try again.", True),
        ("Sorry, I couldn't hear that clearly.", True),
        ("I did not HEAR you, Please Try Again", True),
        ("That's not correct. Please try again.", False),
        ("I hear you.", False),
        ("Sorry, I missed that.", False),
    ],
)
def test_which_replies_are_taken_for_an_apology(reply: str, suppressed: bool) -> None:
    assert is_suppressed(reply) is suppressed


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("**One.** Two! Three? Four.", "One. Two! Three?"),
        ("Good day. Good day! How are you?", "Good day. How are you?"),
        ("x" * 500, "x" * 420),
        ("No full stop", "No full stop"),
        ("", ""),
    ],
)
def test_what_an_echo_is_compared_with(reply: str, kept: str) -> None:
    assert remembered(reply) == kept
