"""What is said first in a call that we place."""

import trio

from clawctl.call.greetings import KEPT_S, Greetings

ANN, BOB = "+49301", "+49302"


def said(greetings, number):
    found = greetings.of(number)
    return found and found.text


async def test_it_belongs_to_the_next_call_to_that_number(autojump_clock):
    greetings = Greetings()
    greetings.expect(ANN, "Hello Ann.")

    assert said(greetings, "0049 (30) 1") == "Hello Ann."
    assert said(greetings, BOB) is None


async def test_it_is_said_once(autojump_clock):
    greetings = Greetings()
    greetings.done(greetings.expect(ANN, "Hello Ann."))

    assert said(greetings, ANN) is None


async def test_the_newest_of_a_number_counts(autojump_clock):
    greetings = Greetings()
    former = greetings.expect(ANN, "Hello.")
    greetings.expect(ANN, "Hello Ann.")
    greetings.done(former)

    assert said(greetings, ANN) == "Hello Ann."


async def test_one_whose_call_was_not_placed_leaves_that_of_the_call_that_is_up(autojump_clock):
    greetings = Greetings()
    greetings.expect(ANN, "Hello Ann.")
    greetings.withdraw(greetings.expect(ANN, "Hello again."))

    assert said(greetings, ANN) == "Hello Ann."


async def test_a_call_that_is_placed_ends_the_wait_of_those_before_it(autojump_clock):
    greetings = Greetings()
    greetings.expect(ANN, "Hello Ann.")
    greetings.placed(greetings.expect(BOB, "Hello Bob."))
    assert (said(greetings, ANN), said(greetings, BOB)) == (None, "Hello Bob.")

    greetings.placed(None)
    assert said(greetings, BOB) is None


async def test_what_was_said_does_not_touch_the_next(autojump_clock):
    greetings = Greetings()
    former = greetings.expect(ANN, "Hello Ann.")
    greetings.expect(BOB, "Hello Bob.")
    greetings.done(former)

    assert (said(greetings, ANN), said(greetings, BOB)) == (None, "Hello Bob.")


async def test_where_the_phone_names_no_number_the_last_call_placed_is_meant(autojump_clock):
    greetings = Greetings()
    for number, text in ((ANN, "first"), (BOB, "second"), (ANN, "third")):
        greetings.expect(number, text)

    assert said(greetings, "") == "third"


async def test_after_two_minutes_it_is_forgotten(autojump_clock):
    greetings = Greetings()
    greetings.expect(ANN, "Hello Ann.")
    await trio.sleep(KEPT_S - 1)
    assert said(greetings, ANN) == "Hello Ann."
    await trio.sleep(1)

    assert said(greetings, ANN) is None
    assert said(greetings, "") is None
