from clawctl.store.backlog import Backlog, Job


def jobs(count: int) -> list[Job]:
    return [Job((), about=(str(n),)) for n in range(count)]


def test_what_came_first_is_taken_first() -> None:
    backlog = Backlog(limit=10)
    first, second, third = jobs(3)
    for job in (first, second, third):
        backlog.put(job)

    assert backlog.take(2) == [first, second]
    assert backlog.take(2) == [third]
    assert backlog.take(2) == []


def test_what_is_given_back_is_taken_before_what_came_meanwhile() -> None:
    backlog = Backlog(limit=10)
    first, second, third = jobs(3)
    backlog.put(first)
    backlog.put(second)
    taken = backlog.take(2)
    backlog.put(third)

    backlog.give_back(taken)

    assert backlog.take(3) == [first, second, third]


def test_a_full_backlog_loses_the_oldest_and_says_so() -> None:
    backlog = Backlog(limit=2)
    first, second, third, fourth = jobs(4)

    assert backlog.put(first) == []
    assert backlog.put(second) == []
    assert backlog.put(third) == [first]
    assert backlog.give_back([fourth]) == [fourth]
    assert backlog.take(3) == [second, third]


def test_only_those_somebody_waits_for_are_awaited() -> None:
    backlog = Backlog(limit=2)
    backlog.put(Job(()))
    waited_for = Job((), awaited=True)
    backlog.put(waited_for)

    assert backlog.awaited() == [waited_for]
    assert len(backlog) == 2
