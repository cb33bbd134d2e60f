"""A disk that fills up while a model is fetched."""

import errno

import pytest

from clawctl.cli.hub.fetching import told_of_the_disk
from clawctl.errors import NotFetched


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_as_what_it_is(number: int) -> None:
    why = "the disk is full; what was fetched of a/b is kept"
    with pytest.raises(NotFetched, match=why), told_of_the_disk("a/b"):
        raise OSError(number, "full")


def test_another_trouble_of_the_disk_is_told_as_it_is() -> None:
    with pytest.raises(PermissionError), told_of_the_disk("a/b"):
        raise PermissionError(errno.EACCES, "no", "/x")
