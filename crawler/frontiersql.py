"""The tables of the frontier in state.sqlite, and what is asked of them for every URL."""

from __future__ import annotations

READY, LEASED, HELD, RESTING = range(4)  # urls.state
TABLES = """
CREATE TABLE IF NOT EXISTS urls (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,                   -- what makes it the same page: archive.uri.dedupe_key
    site TEXT NOT NULL,                  -- site id; '' for a single page
    url TEXT NOT NULL, host TEXT NOT NULL,
    via TEXT, hops TEXT NOT NULL, seed INTEGER NOT NULL,
    text TEXT NOT NULL DEFAULT '',       -- what the link to it says
    list TEXT, linked INTEGER NOT NULL,  -- the list it is a further page of; named by an anchor
    state INTEGER NOT NULL,              -- 0 ready, 1 leased, 2 held, 3 resting
    priority REAL NOT NULL,              -- the lower the sooner
    due REAL NOT NULL DEFAULT 0,         -- when it is to be visited again, seconds by the wall clock
    again TEXT NOT NULL DEFAULT '',      -- JSON: cookies and chain of a redirect that led here
    tries INTEGER NOT NULL DEFAULT 0,    -- in this visit
    kind TEXT NOT NULL DEFAULT '',       -- what it turned out to be: article, list, other
    visits INTEGER NOT NULL DEFAULT 0, changes INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, -- visits in a row that brought no answer of use
    first_seen REAL NOT NULL,
    visited TEXT NOT NULL DEFAULT '',    -- WARC-Date of the last visit
    status INTEGER NOT NULL DEFAULT 0,
    record TEXT NOT NULL DEFAULT '',     -- record id of the last answer
    original TEXT NOT NULL DEFAULT '',   -- record id of the response that holds its last 200 answer
    etag TEXT NOT NULL DEFAULT '', modified TEXT NOT NULL DEFAULT '',
    text_digest TEXT NOT NULL DEFAULT '', text_record TEXT NOT NULL DEFAULT '',
    definition TEXT NOT NULL DEFAULT '', -- digest of the site definition its links were read by
    history TEXT NOT NULL DEFAULT '',    -- JSON: what the schedule remembers
    UNIQUE (key, site)
);
CREATE INDEX IF NOT EXISTS urls_ready ON urls (host, priority, id) WHERE state = 0;
CREATE INDEX IF NOT EXISTS urls_leased ON urls (id) WHERE state = 1;
CREATE INDEX IF NOT EXISTS urls_due ON urls (site, due) WHERE state = 3;
CREATE INDEX IF NOT EXISTS urls_list ON urls (list, id) WHERE list IS NOT NULL;
CREATE TABLE IF NOT EXISTS passes (
    site TEXT PRIMARY KEY, started REAL NOT NULL, open INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL,  -- changed, gone, moved, back
    site TEXT NOT NULL, url TEXT NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL                  -- record ids of both captures
);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
LEASE = (
    "SELECT id, url, via, hops, site, seed, list, linked, tries, again, visits, status, original,"
    " etag, modified, history, kind, failures, visited, definition, text FROM urls"
    " WHERE host = ? AND state = 0 ORDER BY priority, id"
)
