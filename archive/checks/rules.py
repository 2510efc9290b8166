"""What `check` can find: every code with its weight, what breaks, and what to do about it.

    error     against WARC 1.1 (ISO 28500:2017), or bytes are lost
    warning   allowed or doubtful, but some reader or replay engine will stumble
    note      worth knowing; nothing has to be done

`breaks` names the replay engines that do not show the page: pywb 2.10 as
tests/judges/test_promise.py measures it, ReplayWeb.page 2.4.6 as measured on seven forms of
revisits (2026-11); that it reads no zstd is webrecorder/wabac.js#191.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding."""

    severity: Severity
    advice: str
    breaks: tuple[str, ...] = ()  # pywb, replayweb


PYWB, BOTH = ("pywb",), ("pywb", "replayweb")
_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE
_REWRITE = "write the record again with a conforming writer"
_REPACK = "pack the file again, one gzip member per record"
_SALVAGE = "keep the file; its other records are readable as they are"

RULES = {
    # The file and its members
    "empty-file": Rule(_E, "remove it, or restore it from a copy"),
    "no-file": Rule(_E, "name a file that can be opened"),
    "damaged": Rule(_E, _SALVAGE + ", the named bytes are lost"),
    "torn": Rule(_E, "cut the file at the named byte; what stands behind it is incomplete"),
    "torn-end": Rule(_E, "the last record is whole; pack it again to give its member an end"),
    "zeros": Rule(_E, "cut zero bytes off the end; inside a file they stand where bytes are lost"),
    "bom": Rule(_E, "cut the first three bytes off"),
    "compressed-twice": Rule(_E, "unpack the outer compression", PYWB),
    "length-wrong": Rule(_E, "write the record again with the length of its block"),
    "length-beyond": Rule(_E, "write the record again; readers take all that follows as its block"),
    "member-shared": Rule(_E, _REPACK + "; an index cannot point into a member", PYWB),
    "member-empty": Rule(_W, _REPACK + "; FastWARC stops at an empty member"),
    "name-not-packed": Rule(_W, "rename it to .warc, or pack it"),
    "packed-not-named": Rule(_W, "rename it to .warc.gz or .warc.zst"),
    "zstd": Rule(_W, "pack it with gzip; warcio, pywb and ReplayWeb.page read no zstd", BOTH),
    "arc": Rule(_N, "convert it to WARC where a reader asks for it"),
    # The package around archive files
    "zip-broken": Rule(_E, "restore it from a copy"),
    "zip-unsafe-name": Rule(_E, "do not extract it; pack it again under a plain name"),
    "zip-duplicate-name": Rule(_E, "pack it again with one entry of that name"),
    "zip-overlap": Rule(_E, "do not extract it: the entries share bytes"),
    "zip-not-a-file": Rule(_E, "do not extract it; pack the file itself"),
    "zip-encrypted": Rule(_E, "pack it without encryption"),
    "zip-method": Rule(_E, "pack it stored or deflated"),
    "zip-lying-size": Rule(_E, "do not extract it; restore it from a copy"),
    "zip-too-large": Rule(_E, "store the entry instead of deflating it"),
    "zip-nested": Rule(_W, "check the inner package by itself"),
    "wacz-no-datapackage": Rule(_E, "pack it again with a WACZ writer"),
    "wacz-no-archive": Rule(_E, "it holds no archive; pack it again", BOTH),
    "wacz-no-index": Rule(_E, "pack it again with an index", PYWB),
    "wacz-no-pages": Rule(_E, "pack it again with pages/pages.jsonl"),
    "wacz-not-stored": Rule(_E, "store archives and indexes, so that they can be read in part"),
    "wacz-missing-entry": Rule(_E, "restore it from a copy"),
    "wacz-size": Rule(_E, "restore it from a copy; it is not the file that was packed"),
    "wacz-hash": Rule(_E, "restore it from a copy; it is not the file that was packed"),
    "wacz-unlisted": Rule(_W, "list the entry in datapackage.json"),
    # The header of a record
    "version-unknown": Rule(_E, "write it as WARC/1.1; most readers stop here", PYWB),
    "version-draft": Rule(_W, "write it as WARC/1.1"),
    "field-missing": Rule(_E, "add the field"),
    "field-empty": Rule(_E, "give the field a value, or leave it out"),
    "field-repeated": Rule(_E, "keep one of the fields; readers differ in which one counts"),
    "field-forbidden": Rule(_E, "leave the field out of records of this type"),
    "field-value": Rule(_E, _REWRITE),
    "header-line-end": Rule(_E, _REWRITE + "; lines end in CR LF"),
    "header-no-colon": Rule(_E, _REWRITE),
    "header-name": Rule(_E, _REWRITE + "; a field name is a token right before the colon"),
    "header-control": Rule(_E, _REWRITE + "; somebody may have injected a field"),
    "header-not-utf8": Rule(_E, "write the field in UTF-8; bytes of a URL as %XX"),
    "header-folded": Rule(_N, "write the field on one line; readers differ"),
    "record-start": Rule(_E, "begin a file and a member with the record itself"),
    "record-end": Rule(_E, "end every record with exactly two CR LF"),
    "id-repeated": Rule(_E, "give every record an id of its own"),
    "id-elsewhere": Rule(_W, "nothing, if one file is a copy; otherwise give new ids"),
    "uri-not-escaped": Rule(_E, "percent-encode exactly the bytes that were sent"),
    "uri-odd-characters": Rule(_W, "percent-encode the characters RFC 3986 leaves out"),
    "uri-bracketed": Rule(_W, "write the URI without <>; only WARC/1.0 has them in its grammar"),
    "uri-fragment": Rule(_W, "cut the fragment; it is never sent"),
    "uri-not-utf8": Rule(_N, "nothing; other indexers show the escaped bytes as mojibake"),
    "date-not-utc": Rule(_E, "write the time in UTC, ending in Z"),
    "date-precision": Rule(_W, "write date and time to the second; cdxj-indexer stops here"),
    "type-unknown": Rule(_W, "nothing; readers skip it"),
    "truncated-unknown": Rule(_W, "write length, time, disconnect or unspecified"),
    "filename-path": Rule(_W, "write the bare file name; never use it as a path"),
    "profile-unknown": Rule(_W, "write one of the two profiles of WARC 1.1"),
    "profile-version": Rule(_N, "write the profile of the record's own version"),
    "content-type-missing": Rule(_W, "say application/http, or what the block is"),
    "content-type-other": Rule(_W, "say application/http with the right msgtype"),
    "warc-fields": Rule(_W, "write `name: value` lines in UTF-8, or another Content-Type"),
    "concurrent-date": Rule(_W, "give all records of one capture one WARC-Date"),
    "reference-outside": Rule(_N, "nothing, if the record lies in another file"),
    "no-warcinfo": Rule(_N, "begin a file with a warcinfo record"),
    "renamed": Rule(_N, "nothing; the file had another name when it was written"),
    # Digests
    "block-digest": Rule(_E, "the block is not what was written; look for another copy"),
    "payload-digest": Rule(_E, "payload or digest was changed; look for another copy"),
    "payload-digest-framed": Rule(_E, "digest the payload without its transfer coding"),
    "payload-digest-block": Rule(_E, "digest the payload, not the whole block"),
    "payload-digest-decoded": Rule(_E, "digest the payload with its content coding"),
    "payload-digest-cut": Rule(_W, "digest what was stored of a truncated payload"),
    "digest-malformed": Rule(_E, "write algorithm, colon, Base32 (SHA-1) or Base16"),
    "digest-unknown": Rule(_W, "use sha1 or sha256; this one cannot be checked"),
    "digest-label": Rule(_N, "write the label as sha1, sha256 or md5"),
    "digest-dechunked": Rule(_N, "nothing: the digest is right; other tools digest the framing"),
    # Segments
    "segment-number": Rule(_E, "number segments from 1, continuations from 2"),
    "segment-missing": Rule(
        _E, "add the file that has the missing segment, or write it again", PYWB
    ),
    "segmented": Rule(_W, "write it in one record; replay shows its first piece only", PYWB),
    # HTTP messages
    "http-no-head": Rule(_W, "nothing can be done; the block holds no HTTP head", PYWB),
    "http-no-end": Rule(_N, "nothing; the head ends without a blank line"),
    "http-interim": Rule(_W, "cut 1xx heads off the block, keep them as metadata", PYWB),
    "http-version": Rule(_W, "write the status line in HTTP/1.1 syntax", PYWB),
    "http-line-end": Rule(_N, "nothing; the server sent LF alone, FastWARC finds no head"),
    "http-short": Rule(_W, "mark the record with WARC-Truncated"),
    "http-chunks": Rule(_W, "mark the record with WARC-Truncated, if it was cut"),
    "http-not-chunked": Rule(_N, "nothing; the head announces chunks that are not there"),
    "chunked-case": Rule(_W, "nothing; pywb takes `Chunked` for no coding", PYWB),
    "coding-lie": Rule(_N, "nothing; the body is not coded as its head says"),
    "coding-damaged": Rule(_W, "nothing; the coded body ends early or is damaged"),
    "coding-bomb": Rule(_W, "never decode it without a limit"),
    "coding-zstd": Rule(_W, "ask servers for gzip only; pywb cannot rewrite zstd", PYWB),
    "coding-br": Rule(_N, "ask servers for gzip only; warcio raises on br"),
    "coding-odd": Rule(_W, "nothing; pywb decodes neither x-gzip nor two codings", PYWB),
    # What replay engines make of it
    "response-304": Rule(_W, "write a revisit with an empty block; it hides the page", BOTH),
    "revisit-304-block": Rule(_W, "write the revisit with an empty block", BOTH),
    "revisit-invented": Rule(_N, "leave the block empty: this head was never sent"),
    "revisit-no-target": Rule(_W, "add WARC-Refers-To-Target-URI and -Date", BOTH),
    "revisit-no-original": Rule(_W, "add the file that has the original", BOTH),
    "revisit-of-revisit": Rule(_W, "refer to the response itself"),
    "revisit-loop": Rule(_E, "refer to the response, not to the record itself", BOTH),
    "revisit-digest": Rule(_E, "refer to the response with this payload", BOTH),
    "revisit-not-truncated": Rule(_N, "mark the cut block with WARC-Truncated: length"),
    "revisit-no-head": Rule(_N, "keep the response head in the block; replay uses the original's"),
    "revisit-early": Rule(_N, "nothing; the original stands behind its revisit"),
    "text-shadows": Rule(_W, "keep conversions in files that replay does not index", PYWB),
    "metadata-shadows": Rule(_W, "write metadata as application/warc-fields", PYWB),
    "case-collision": Rule(_W, "look pages up by their exact URL; pywb shows one for both", PYWB),
    # Holdings
    "index-missing": Rule(_E, "run `fangzhi check --repair`"),
    "index-differs": Rule(_E, "run `fangzhi check --repair`"),
    "index-unsorted": Rule(_E, "run `fangzhi check --repair`"),
    "index-hostile": Rule(_E, "run `fangzhi check --repair`"),
    "index-orphan": Rule(_E, "restore the WARC file, or remove its index"),
    "state-missing": Rule(_E, "run `fangzhi check --repair`"),
    "state-damaged": Rule(_E, "run `fangzhi check --repair`"),
    "state-half": Rule(_W, "nothing; the next crawl undoes it, or `fangzhi check --repair`"),
    "state-unread": Rule(_N, "check it again when no crawl runs, or leave it to a repair"),
    "state-row-missing": Rule(_E, "run `fangzhi check --repair`"),
    "state-row-differs": Rule(_E, "run `fangzhi check --repair`"),
    "state-row-lost": Rule(_E, "restore the WARC file from a copy; these captures are lost"),
    "text-missing": Rule(_W, "run `fangzhi replay --write`"),
    "text-differs": Rule(_W, "run `fangzhi replay --write`"),
    "file-open": Rule(_N, "nothing, while a crawl writes it; the next crawl finishes it otherwise"),
    "file-torn": Rule(_N, "nothing; bytes a dead process left behind, kept for inspection"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing, and where."""

    code: str
    problem: str
    file: str
    offset: int = 0  # byte of the file the record's member begins at
    end: int = 0  # where known: byte behind it
    record: str = ""  # record id
    uri: str = ""

    @property
    def rule(self) -> Rule:
        return RULES[self.code]

    @property
    def severity(self) -> Severity:
        return self.rule.severity
