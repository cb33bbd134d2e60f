"""Which call an operator means, beside a gateway that answers as the manual says."""

import httpx2
import pytest
from click.exceptions import Abort

from clawctl.cli.asking import Asking
from clawctl.cli.desk.choose import chosen
from clawctl.cli.output import Output
from clawctl.client import rest
from clawctl.errors import BadInput, NoSuch


def row(session_id, number="+4930123"):
    return {
        "session_id": session_id, "created_at": 1000.0, "turn_count": 2, "caller_number": number,
    }  # fmt: skip


class FakeGateway:
    """Its live calls, the newest first; `_active` is the last of them."""

    def __init__(self):
        self.live = [row("abcd2222", ""), row("abcd1111"), row("beef3333", "+4930777")]

    def handle(self, request):
        path, query = request.url.path, dict(request.url.params)
        if path == "/api/events":
            return httpx2.Response(200, json={"events": [], "last_seq": 7})
        if path == "/api/sessions/_active":
            return httpx2.Response(200, json=self.live[-1])
        number = query.get("number")
        found = [one for one in self.live if number in {None, one["caller_number"]}]
        return httpx2.Response(200, json=found)


@pytest.fixture
def gateway(monkeypatch):
    fake = FakeGateway()
    real = httpx2.Client
    monkeypatch.setattr(
        rest.httpx2, "Client",
        lambda **options: real(**options, transport=httpx2.MockTransport(fake.handle)),
    )  # fmt: skip
    return fake


@pytest.fixture
def ask(gateway):
    return Asking(None, "http://127.0.0.1:1", "token", Output())


@pytest.mark.parametrize(
    ("sid", "meant"),
    [("abcd1111", "abcd1111"), ("beef", "beef3333"), ("_active", "beef3333")],
)
def test_a_call_is_named_by_its_id_or_the_beginning(ask, sid, meant):
    assert chosen(ask, sid, may_ask=False) == meant


@pytest.mark.parametrize("sid", ["cafe", "abcd11112", "\x1b[2J", "a/b", "é"])
def test_a_call_that_is_not_live_is_refused(ask, sid):
    with pytest.raises(NoSuch, match="calls list --live"):
        chosen(ask, sid, may_ask=False)


def test_a_beginning_of_two_is_refused(ask):
    with pytest.raises(BadInput, match="2 live calls"):
        chosen(ask, "abcd", may_ask=False)


def test_a_number_has_its_live_call(ask):
    assert chosen(ask, number="+4930777", may_ask=False) == "beef3333"


def test_off_a_terminal_nobody_is_asked(ask, gateway):
    with pytest.raises(BadInput, match="3 calls are live"):
        chosen(ask, may_ask=False)
    gateway.live = gateway.live[:1]
    assert chosen(ask, may_ask=False) == "abcd2222"


def test_without_a_call_it_says_how_to_wait(ask, gateway):
    gateway.live = []

    with pytest.raises(NoSuch, match="--next"):
        chosen(ask, may_ask=True)


class TestAsked:
    @pytest.fixture
    def typed(self, monkeypatch):
        def type_(*lines):
            left = list(lines)
            monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: left.pop(0))

        return type_

    def test_the_newest_is_proposed(self, ask, typed):
        typed("")

        assert chosen(ask, may_ask=True) == "abcd2222"

    def test_what_is_no_place_is_asked_again(self, ask, typed):
        typed("x", "4", "3")

        assert chosen(ask, may_ask=True) == "beef3333"

    def test_ctrl_c_takes_nothing(self, ask, monkeypatch):
        def interrupted(_):
            raise KeyboardInterrupt

        monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
        with pytest.raises(Abort):
            chosen(ask, may_ask=True)
