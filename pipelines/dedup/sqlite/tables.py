"""The tables of copies in `state.db`, as steps of its schema."""

from __future__ import annotations

#: The first form; `copy_segments` and `copy_postings` held the index until SEGMENT_FOLDERS.
TABLES = """
    -- one row a speech as cleaned, unmerged
    CREATE TABLE copy_members (
        id     TEXT PRIMARY KEY,
        text   TEXT NOT NULL,                   -- content_hash
        record TEXT,                            -- id of the record it is in
        speech BLOB NOT NULL                    -- its line, zstandard
    );
    CREATE INDEX copy_members_text ON copy_members (text);
    CREATE INDEX copy_members_record ON copy_members (record);

    -- one row a record that has been written, superseded since or not
    CREATE TABLE copy_records (
        id      TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        digest  TEXT NOT NULL,                  -- of what makes a new version
        family  TEXT,
        born    INTEGER NOT NULL                -- order of first writing
    ) WITHOUT ROWID;

    -- one row a distinct text
    CREATE TABLE copy_texts (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        text   TEXT NOT NULL UNIQUE,
        size   INTEGER NOT NULL,                -- hashes in its fingerprint
        sketch BLOB                             -- the hashes, until they are packed
    );
    CREATE INDEX copy_texts_fresh ON copy_texts (number) WHERE sketch IS NOT NULL;

    CREATE TABLE copy_declared (
        key  INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (key, text)
    ) WITHOUT ROWID;
    CREATE INDEX copy_declared_text ON copy_declared (text);

    -- each pair twice, once either way
    CREATE TABLE copy_relations (
        text          TEXT NOT NULL,
        other         TEXT NOT NULL,
        kind          TEXT NOT NULL,
        evidence      TEXT NOT NULL,
        odds          INTEGER NOT NULL,
        contradiction INTEGER NOT NULL,
        PRIMARY KEY (text, other)
    ) WITHOUT ROWID;

    CREATE TABLE copy_segments (
        number   INTEGER PRIMARY KEY AUTOINCREMENT,
        postings INTEGER NOT NULL,
        starts   BLOB NOT NULL,                 -- first posting of each bucket, 32 bits, zstandard
        numbers  BLOB NOT NULL,                 -- of the texts, ascending, 32 bits, zstandard
        sizes    BLOB NOT NULL                  -- of these texts, 32 bits, zstandard
    );
    CREATE TABLE copy_postings (
        place INTEGER PRIMARY KEY,              -- segment << 24 | chunk
        data  BLOB NOT NULL
    );
"""

#: The index is kept in folders beside the state, and every fingerprint stays in its row: what the folders hold can be made
#: again from the rows. Rows of texts that had been packed have no fingerprint yet; see `segment_store`.
SEGMENT_FOLDERS = """
    DROP INDEX copy_texts_fresh;
    DROP TABLE copy_postings;
    DROP TABLE copy_segments;

    CREATE TABLE copy_segments (
        first    INTEGER PRIMARY KEY,           -- number of its first text
        texts    INTEGER NOT NULL,
        hashes   INTEGER NOT NULL,              -- distinct ones
        postings INTEGER NOT NULL,
        folder   TEXT NOT NULL                  -- its name in the folder of the index
    );
"""
