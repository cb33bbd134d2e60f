"""A phone of which nothing is known is a well one."""

import json

import pytest

from clawctl.lines.phone import profile as profiles
from clawctl.testing.device.condition import Condition


@pytest.mark.parametrize("port", [8996, 9000])
def test_its_profile_is_one_that_the_app_can_use(port: int) -> None:
    text = Condition(phone_port=port, bearer="b").profile_text()

    judged = profiles.judge(profiles.parse(text.encode()))
    assert (judged.faults, judged.warnings) == ((), ())
    gateway = json.loads(text)["gateway"]
    assert gateway == {"base_url": f"http://127.0.0.1:{port}", "bearer": "b"}


def test_a_stale_profile_is_a_good_one_of_another_day() -> None:
    condition = Condition()
    stale = profiles.parse(condition.stale_profile_text().encode())

    assert profiles.judge(stale).faults == ()
    assert stale != profiles.parse(condition.profile_text().encode())


def test_a_profile_may_be_anything() -> None:
    assert Condition(profile="{broken").profile_text() == "{broken"
