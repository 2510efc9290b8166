"""The tables of the catalogue, and what is asked of them."""

SCHEMA = 3
TABLES = """
CREATE TABLE files (name TEXT PRIMARY KEY, size INTEGER, changed INTEGER) WITHOUT ROWID;
CREATE TABLE captures (
    url TEXT, key TEXT, stamp TEXT, mime TEXT, status INTEGER, digest TEXT,
    file TEXT, offset INTEGER, length INTEGER, PRIMARY KEY (file, offset)
) WITHOUT ROWID;
CREATE INDEX captures_url ON captures (url, stamp);
CREATE INDEX captures_key ON captures (key, stamp);
CREATE INDEX captures_digest ON captures (digest);
CREATE TABLE texts (
    url TEXT, stamp TEXT, id TEXT, folded TEXT, title TEXT, published TEXT, verdict TEXT,
    rejected TEXT, text TEXT, file TEXT, offset INTEGER, length INTEGER, PRIMARY KEY (text, offset)
) WITHOUT ROWID;
CREATE INDEX texts_url ON texts (url, stamp);
CREATE TABLE pages (
    url TEXT PRIMARY KEY, title TEXT, folded TEXT, published TEXT, verdict TEXT,
    first TEXT, last TEXT, captures INTEGER
) WITHOUT ROWID;
CREATE INDEX pages_last ON pages (last);
"""
# A page has the title of its newest article (SQLite: beside max() stand the columns of its row).
FILL_PAGES = """
INSERT OR REPLACE INTO pages
SELECT held.url, told.title, coalesce(told.folded, ''), told.published, told.verdict,
       held.first, held.last, held.captures
FROM (SELECT url, min(stamp) AS first, max(stamp) AS last, count(*) AS captures
      FROM captures WHERE {0} GROUP BY url) AS held
LEFT JOIN (SELECT url, coalesce(title, url) AS title, folded, published, verdict, max(stamp)
           FROM texts WHERE rejected IS NULL AND {0} GROUP BY url) AS told ON told.url = held.url
"""
TEXT = "INSERT OR REPLACE INTO texts VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
CAPTURE = "INSERT OR REPLACE INTO captures VALUES (?,?,?,?,?,?,?,?,?)"
TOUCHED = "CREATE TEMP TABLE IF NOT EXISTS touched (url TEXT PRIMARY KEY) WITHOUT ROWID"
# Where the text of a revisit may stand: of the captures with its digest and a text the last one, the
# same URL before others; without a digest the last page of the URL before it.
SAME_PAYLOAD = (
    "SELECT url, stamp FROM captures WHERE digest = ? AND digest <> '' AND stamp <= ? AND EXISTS"
    " (SELECT 1 FROM texts WHERE texts.url = captures.url AND texts.stamp = captures.stamp)"
    " ORDER BY url = ? DESC, stamp DESC LIMIT 1"
)
BEFORE = (
    "SELECT url, stamp FROM captures WHERE url = ? AND stamp <= ? AND mime <> 'warc/revisit' "
    "ORDER BY stamp DESC LIMIT 1"
)
