"""What lists, searches and the owner's door ask of a store, whichever it is."""

import sqlite3
from contextlib import closing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clawctl.call.ports import (
    CallerHistory,
    CallState,
    Entry,
    Search,
    StoredMessage,
    TurnRecord,
    Wanted,
)
from clawctl.engines.api import Message, TakenMessage
from clawctl.errors import BadInput
from clawctl.store import calls as calls_queries
from clawctl.store.database import FILE_NAME
from clawctl.store.query import BadQuery, expression
from clawctl.store.schema import STEPS
from clawctl.store.sqlite import open_store
from clawctl.testing.memory_store import MemoryStore
from clawctl.wire.events import SessionEnded, SessionStarted, Stamped, TurnReply


@pytest.fixture(params=["memory", "sqlite"])
async def store(request, tmp_path):
    if request.param == "memory":
        yield MemoryStore()
    else:
        async with open_store(tmp_path) as opened:
            yield opened


@pytest.fixture
async def disk(tmp_path):
    async with open_store(tmp_path) as opened:
        yield opened


def call(session_id, at=1.0, number="", *, over=True):
    return CallState(
        session_id=session_id,
        created_at=at,
        caller_number=number,
        end_reason="hangup" if over else "",
        ended_at=at + 60 if over else 0.0,
    )


def turn(session_id, number, transcript="", reply="", at=1.0):
    return TurnRecord(
        session_id=session_id, number=number, started_at=at, transcript=transcript, reply=reply
    )


async def ids(store, **wanted):
    return [one.session_id for one in await store.calls(Wanted(**wanted))]


class TestCalls:
    @pytest.fixture
    async def kept(self, store):
        for one in (
            call("a", 100, "+491"),
            call("b", 200, "+492"),
            call("c", 300, "+491", over=False),
        ):
            await store.record(Entry(call=one))

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({}, ["c", "b", "a"]),
            ({"since": 200}, ["c", "b"]),
            ({"until": 200}, ["a"]),
            ({"number": "+491"}, ["c", "a"]),
            ({"number": "+493"}, []),
            ({"ended": True}, ["b", "a"]),
            ({"number": "+491", "ended": True, "since": 100}, ["a"]),
            ({"before": "b"}, ["a"]),
            ({"limit": 1}, ["c"]),
        ],
    )
    async def test_are_listed_by_what_is_asked(self, store, kept, wanted, found):
        assert await ids(store, **wanted) == found

    async def test_the_newest_turns_of_all_calls_come_first(self, store, kept):
        for number, (sid, began) in enumerate((("a", 100), ("b", 200), ("a", 300)), 1):
            record = msgspec.structs.replace(turn(sid, number), started_at=began)
            await store.record(Entry(call=call(sid, 100), turn=record))

        async def began(since, limit):
            return await store.newest_turns(
                since, limit, lambda turns: [one.started_at for one in turns]
            )

        assert await began(0, 10) == [300, 200, 100]
        assert await began(200, 10) == [300, 200]
        assert await began(0, 1) == [300]

    async def test_a_forgotten_call_leaves_nothing(self, store, kept):
        taken = StoredMessage(
            id="a-0",
            session_id="a",
            caller_number="+491",
            taken_at=1,
            message=TakenMessage(text="call me"),
        )
        ended = Stamped(7, 1.0, SessionEnded(session_id="a"))
        await store.record(
            Entry(call=call("a", 100), turn=turn("a", 1, "secret"), events=[ended], message=taken)
        )

        assert await store.forget_call("a")

        assert await store.call("a") is None
        assert await store.turns("a") == []
        assert await store.events_after(0) == []
        assert await store.messages() == []
        assert await store.search(Search(words="secret")) == []
        assert not await store.forget_call("a")

    async def test_a_live_call_is_not_forgotten(self, store, kept):
        await store.record(Entry(call=call("c", over=False), turn=turn("c", 1, "hello")))

        assert not await store.forget_call("c")

        assert len(await store.turns("c")) == 1

    async def test_a_number_learnt_later_is_found(self, store, kept):
        await store.record(Entry(call=call("d", 400)))
        await store.record(Entry(call=call("d", 400, "+499")))

        assert await ids(store, number="+499") == ["d"]


async def test_known_callers_are_listed_by_their_last_call(store):
    for number, last in (("+491", 10.0), ("+492", 20.0)):
        history = CallerHistory(
            number=number, total_calls=3, last_call_at=last, messages=[Message("user", "hi")]
        )
        await store.record(Entry(call=call("s"), caller=history))

    assert [msgspec.to_builtins(one) for one in await store.callers()] == [
        {"number": "+492", "total_calls": 3, "last_call_at": 20.0},
        {"number": "+491", "total_calls": 3, "last_call_at": 10.0},
    ]


async def test_unread_messages_are_counted(store):
    for number in range(3):
        taken = StoredMessage(
            id=f"m{number}",
            session_id="s",
            caller_number="",
            taken_at=1,
            message=TakenMessage(text="hi"),
        )
        await store.record(Entry(call=call("s"), message=taken))
    await store.message_done("m1")

    assert await store.unread() == 2


class TestEvents:
    @pytest.fixture
    async def kept(self, store):
        store.keep(Stamped(3, 30.0, SessionStarted(session_id="a")))
        store.keep(Stamped(4, 40.0, TurnReply(session_id="a", reply="one")))
        store.keep(Stamped(9, 90.0, TurnReply(session_id="b", reply="two")))
        store.keep(Stamped(10, 100.0, SessionEnded(session_id="b")))
        await store.caught_up()

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({}, [3, 4, 9, 10]),
            ({"session_id": "a"}, [3, 4]),
            ({"types": ["turn.*"]}, [4, 9]),
            ({"types": ["session.ended", "session.started"]}, [3, 10]),
            ({"types": ["turn.*"], "session_id": "b"}, [9]),
            ({"types": ["*"]}, [3, 4, 9, 10]),
            ({"types": ["turn.?eply"]}, []),
        ],
    )
    async def test_are_chosen_by_call_and_type(self, store, kept, wanted, found):
        assert [e.seq for e in await store.events_after(0, **wanted)] == found
        assert [e.seq for e in await store.last_events(100, **wanted)] == found

    async def test_the_newest_come_oldest_first(self, store, kept):
        assert [e.seq for e in await store.last_events(2)] == [9, 10]

    @pytest.mark.parametrize(
        ("timestamp", "seq"), [(0, 0), (30, 0), (31, 3), (40, 3), (90, 4), (95, 9), (101, 10)]
    )
    async def test_a_time_has_its_place_in_them(self, store, kept, timestamp, seq):
        after = await store.seq_before(timestamp)

        first = [e.seq for e in await store.events_after(after, limit=1)]
        assert first == [e.seq for e in await store.events_after(seq, limit=1)]


class TestSearch:
    @pytest.fixture
    async def kept(self, disk):
        said = [
            ("a", "I would like a meeting next Tuesday", "Which time?", "+491"),
            ("b", "The number is 555-0142", "I noted 555-0142.", "+492"),
            ("c", "Bitte ändern Sie die Größe", "Gern, am Tuesday.", "+493"),
        ]
        for at, (sid, transcript, reply, number) in enumerate(said, 1):
            words = turn(sid, 1, transcript, reply, at=at * 100)
            await disk.record(Entry(call=call(sid, at * 100, number), turn=words))

    @pytest.mark.parametrize(
        ("words", "found"),
        [
            ("tuesday", ["c", "a"]),
            ("TUESDAY meeting", ["a"]),
            ('"next tuesday"', ["a"]),
            ('"tuesday next"', []),
            ("tues*", ["c", "a"]),
            ('"next tues"*', ["a"]),
            ("meeting OR größe", ["c", "a"]),
            ("grosse", []),
            ("grosze", []),
            ("andern", ["c"]),
            ("tuesday -meeting", ["c"]),
            ("tuesday NOT meeting", ["c"]),
            ("tuesday AND meeting", ["a"]),
            ("(meeting OR number) -tuesday", ["b"]),
            ("555-0142", ["b"]),
            ("0142", ["b"]),
            ("transcript:tuesday", []),
            ("near(tuesday)", []),
            ("it's", []),
            ("or", []),
        ],
    )
    async def test_words_are_found(self, disk, kept, words, found):
        assert [hit.session_id for hit in await disk.search(Search(words=words))] == found

    @pytest.mark.parametrize(
        ("wanted", "found"),
        [
            ({"said_by": "caller"}, ["a"]),
            ({"said_by": "assistant"}, ["c"]),
            ({"since": 150}, ["c"]),
            ({"until": 150}, ["a"]),
            ({"number": "+491"}, ["a"]),
            ({"limit": 1}, ["c"]),
            ({"limit": 1, "offset": 1}, ["a"]),
        ],
    )
    async def test_and_narrowed(self, disk, kept, wanted, found):
        hits = await disk.search(Search(words="tuesday", **wanted))

        assert [hit.session_id for hit in hits] == found

    async def test_a_hit_tells_where_and_what(self, disk, kept):
        [hit] = await disk.search(Search(words="meeting"))

        assert (hit.session_id, hit.turn, hit.timestamp, hit.caller_number, hit.said_by) == (
            "a", 1, 100, "+491", "caller",
        )  # fmt: skip
        assert hit.text == "I would like a meeting next Tuesday"
        assert hit.snippet == "I would like a \x02meeting\x03 next Tuesday"

    async def test_a_turn_that_was_written_anew_is_found_by_its_new_words_only(self, disk, kept):
        await disk.record(Entry(call=call("a"), turn=turn("a", 1, "an appointment", at=100)))

        assert await disk.search(Search(words="meeting")) == []
        assert len(await disk.search(Search(words="appointment"))) == 1

    async def test_what_was_pruned_is_not_found(self, disk, kept):
        await disk.prune(10_000)

        assert await disk.search(Search(words="tuesday")) == []


@pytest.mark.parametrize(
    ("words", "why", "at"),
    [
        ("", "nothing to look for", 1),
        ("   ", "nothing to look for", 1),
        ('meet "next', "not closed", 6),
        ("-cancel", "must not occur", 1),
        ("a OR", "lacks a word", 5),
        ("OR", "lacks a word", 1),
        ("a OR OR b", "lacks a word", 6),
        ("AND b", "AND stands between", 1),
        ("a AND", "AND stands between", 3),
        ("a NOT", "missing at the end", 6),
        ("(a", "parenthesis is not closed", 1),
        ("a)", "closing parenthesis too many", 2),
        ("()", "lacks a word", 2),
        ("*", "no letter", 1),
        ("hello !!!", "no letter", 7),
        ('""', "no letter", 1),
        ("a" * 501, "more than 500", 501),
        ("(" * 30 + "a" + ")" * 30, "too many parentheses", 21),
    ],
)
def test_a_query_that_makes_no_sense_is_explained(words, why, at):
    with pytest.raises(BadQuery) as refused:
        expression(words)

    assert why in str(refused.value)
    assert f"(character {at})" in str(refused.value)
    assert "such as" in str(refused.value)


@given(st.text() | st.text(alphabet='ab "*()-ORANDNOT\0{}:^+,', max_size=40))
def test_whatever_is_typed_is_answered_or_explained(words):
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE words USING fts5 (transcript, reply)")
        try:
            wanted = expression(words, "caller")
        except BadInput:
            return

        assert db.execute("SELECT * FROM words WHERE words MATCH ?", (wanted,)).fetchall() == []


async def test_turns_of_a_database_from_before_are_found(tmp_path):
    async with open_store(tmp_path, steps=STEPS[:1]):
        pass
    with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as db:
        state = msgspec.json.encode(call("old", 5, "+491")).decode()
        db.execute("INSERT INTO calls VALUES ('old', 5, 65, 0, ?)", (state,))
        words = msgspec.json.encode(turn("old", 1, "what was said long ago")).decode()
        db.execute("INSERT INTO turns (session_id, number, turn) VALUES ('old', 1, ?)", (words,))

    async with open_store(tmp_path) as store:
        assert [hit.session_id for hit in await store.search(Search(words="ago"))] == ["old"]
        assert await ids(store, number="+491") == ["old"]


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(before="a"),
        Wanted(since=5),
        Wanted(number="+491"),
        Wanted(number="+491", since=5, until=9),
    ],
)
async def test_a_list_reads_no_more_calls_than_it_shows(disk, tmp_path, wanted):
    asked = []

    class Listening(sqlite3.Connection):
        def execute(self, sql, values=()):
            asked.append((sql, values))
            return super().execute(sql, values)

    with closing(sqlite3.connect(tmp_path / FILE_NAME, factory=Listening)) as db:
        calls_queries.calls(db, wanted)
        sql, values = asked[0]
        plan = [row[3] for row in db.execute("EXPLAIN QUERY PLAN " + sql, values)]

    assert not any("TEMP B-TREE" in step for step in plan)
    assert any("USING INDEX calls_" in step or "USING COVERING INDEX" in step for step in plan)
