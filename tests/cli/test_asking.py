"""What the commands that ask a gateway share."""

import pytest

from clawctl.cli.asking import checked
from clawctl.errors import BadInput


@pytest.mark.parametrize(
    "url",
    [
        "",
        "foo",
        "127.0.0.1:8996",
        "http://",
        "http://[",
        "http://a:99999",
        "https://a",
        "file:///x",
    ],
)
def test_what_is_no_address_of_a_gateway_is_refused_with_one_that_is(url):
    with pytest.raises(BadInput, match=r"write it as http://127\.0\.0\.1:8996"):
        checked(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8996/", "http://[::1]:1", "http://localhost"])
def test_an_address_is_taken_without_its_last_slash(url):
    assert checked(url) == url.rstrip("/")
