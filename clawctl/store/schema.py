"""The tables, as numbered steps: step n takes a database from version n - 1 to version n.

A step that was released is never changed. The structs of `clawctl.call.ports` are stored whole as
JSON, one truth; the columns beside them are derived when they are written, for lists and look-ups.
"""

STEPS = (
    """
    -- While nobody has the database open, and after a clean stop, `clean` is 1 and `seq` the last
    -- one given to an event; else no event has one after `seq`.
    CREATE TABLE meta (seq INTEGER NOT NULL, clean INTEGER NOT NULL) STRICT;
    INSERT INTO meta VALUES (0, 1);

    -- `ended_at` is NULL while the call is live.
    CREATE TABLE calls (
        session_id TEXT PRIMARY KEY,
        created_at REAL NOT NULL,
        ended_at REAL,
        summary_upto INTEGER NOT NULL,
        state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX calls_age ON calls (created_at, session_id);
    -- Live calls are in no index that a turn would have to write; they are looked for once a start.
    CREATE INDEX calls_end ON calls (ended_at) WHERE ended_at IS NOT NULL;

    -- `id` is there for an index of the words spoken.
    CREATE TABLE turns (
        id INTEGER PRIMARY KEY,
        session_id TEXT NOT NULL,
        number INTEGER NOT NULL,
        turn TEXT NOT NULL,
        UNIQUE (session_id, number)
    ) STRICT;

    CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        timestamp REAL NOT NULL,
        type TEXT NOT NULL,
        session_id TEXT NOT NULL,
        event TEXT NOT NULL
    ) STRICT;

    CREATE TABLE callers (
        number TEXT PRIMARY KEY,
        last_call_at REAL NOT NULL,
        history TEXT NOT NULL
    ) STRICT;

    CREATE TABLE messages (
        id TEXT PRIMARY KEY,
        session_id TEXT NOT NULL,
        caller_number TEXT NOT NULL,
        taken_at REAL NOT NULL,
        done INTEGER NOT NULL,
        message TEXT NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE calls ADD COLUMN caller_number TEXT NOT NULL DEFAULT '';
    UPDATE calls SET caller_number = coalesce(state ->> '$.caller_number', '');
    CREATE INDEX calls_number ON calls (caller_number, created_at, session_id)
        WHERE caller_number != '';

    -- What was said, to be searched. The words stand in the turns; this is only their index, kept
    -- by triggers in the transaction that changes a turn.
    CREATE VIEW said AS SELECT id AS rowid, turn ->> '$.transcript' AS transcript,
        turn ->> '$.reply' AS reply FROM turns;
    CREATE VIRTUAL TABLE words USING fts5(transcript, reply, content = 'said',
        tokenize = "unicode61 remove_diacritics 2");
    INSERT INTO words (words) VALUES ('rebuild');
    CREATE TRIGGER words_more AFTER INSERT ON turns BEGIN
        INSERT INTO words (rowid, transcript, reply)
        VALUES (new.id, new.turn ->> '$.transcript', new.turn ->> '$.reply');
    END;
    CREATE TRIGGER words_less AFTER DELETE ON turns BEGIN
        INSERT INTO words (words, rowid, transcript, reply)
        VALUES ('delete', old.id, old.turn ->> '$.transcript', old.turn ->> '$.reply');
    END;
    CREATE TRIGGER words_other AFTER UPDATE OF turn ON turns WHEN old.turn != new.turn BEGIN
        INSERT INTO words (words, rowid, transcript, reply)
        VALUES ('delete', old.id, old.turn ->> '$.transcript', old.turn ->> '$.reply');
        INSERT INTO words (rowid, transcript, reply)
        VALUES (new.id, new.turn ->> '$.transcript', new.turn ->> '$.reply');
    END;
    """,
)
