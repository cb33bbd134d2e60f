from clawctl_plugins.mlx.prefixes import Keeping, Prefixes

SYSTEM = [1, 2, 3]


def kept(*, cuttable: bool = True) -> Prefixes[list[int]]:
    """What is held is a list of the tokens themselves."""

    def cut(held: list[int], surplus: int) -> None:
        assert cuttable
        del held[-surplus:]

    return Prefixes(Keeping(new=list, copy=list.copy, can_cut=lambda _: cuttable, cut=cut))


def test_a_new_call_begins_with_nothing() -> None:
    assert kept().take("c1", SYSTEM) == ([], 0)


def test_the_next_turn_takes_up_what_was_read_before() -> None:
    prefixes, held = kept(), [*SYSTEM, 4]
    prefixes.put("c1", held, held, most=8)

    again, known = prefixes.take("c1", [*SYSTEM, 4, 5])

    assert (again is held, known) == (True, 4)
    assert len(prefixes) == 0


def test_what_is_not_in_the_new_prompt_is_cut_off() -> None:
    prefixes = kept()
    prefixes.put("c1", [*SYSTEM, 7, 8], [*SYSTEM, 7, 8], most=8)

    assert prefixes.take("c1", [*SYSTEM, 9]) == (SYSTEM, 3)


def test_a_model_that_cannot_forget_begins_anew() -> None:
    prefixes = kept(cuttable=False)
    prefixes.put("c1", [*SYSTEM, 7], [*SYSTEM, 7], most=8)

    assert prefixes.take("c1", [*SYSTEM, 9]) == ([], 0)


def test_a_model_that_cannot_forget_goes_on_where_nothing_is_to_be_forgotten() -> None:
    prefixes = kept(cuttable=False)
    prefixes.put("c1", SYSTEM, SYSTEM, most=8)

    assert prefixes.take("c1", [*SYSTEM, 9]) == (SYSTEM, 3)


def test_another_calls_instructions_are_copied_and_stay_its_own() -> None:
    prefixes, held = kept(), [*SYSTEM, 4, 5]
    prefixes.put("c1", held, held, most=8)

    other, known = prefixes.take("c2", [*SYSTEM, 6])

    assert (other, known) == (SYSTEM, 3)
    assert prefixes.take("c1", held) == (held, 5)


def test_another_call_is_preferred_where_it_has_more() -> None:
    prefixes = kept()
    prefixes.put("c1", [1], [1], most=8)
    prefixes.put("c2", SYSTEM, SYSTEM, most=8)

    assert prefixes.take("c1", [*SYSTEM, 4]) == (SYSTEM, 3)
    assert len(prefixes) == 1


def test_the_call_that_was_silent_longest_is_forgotten() -> None:
    prefixes = kept()
    for call in ("c1", "c2", "c1", "c3"):
        prefixes.put(call, [ord(call[1])], [], most=2)

    assert [prefixes.take(call, [ord(call[1])])[1] for call in ("c1", "c2", "c3")] == [1, 0, 1]


def test_nothing_is_kept_where_nothing_is_to_be_remembered() -> None:
    prefixes = kept()
    prefixes.put("c1", SYSTEM, SYSTEM, most=0)

    assert len(prefixes) == 0
