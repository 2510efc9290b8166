"""An article for reading: its text with what was removed or changed marked, its ledger, a comparison."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import urlencode

from archive.jsonl import edit_from_json
from archive.marked import Piece, marked
from archive.model import Edit, Reason
from crawler.serve.markup import Markup, join, label, tag

SHOWN = 2000  # characters of one removed piece; `fangzhi explain` shows all of it
PIECES = 5000  # pieces shown of one text
ROWS = 2000  # edits listed
COMPARED = 200_000  # characters of a text that are compared with another one's
_TOKEN = re.compile(r"[0-9A-Za-z.,%]+|.")  # a number or word is compared whole
CLOSE = 2000  # characters of a paragraph within which single characters are compared

_FACTS = {
    "published": ("发布", "published"),
    "dateline": ("电头", "dateline"),
    "source": ("来源", "source"),
    "authors": ("作者", "authors"),
    "editors": ("编辑", "editors"),
    "column": ("栏目", "column"),
    "doc_number": ("文号", "document number"),
    "site_id_code": ("网站标识码", "site id code"),
    "lang": ("语言", "language"),
    "verdict": ("判定", "verdict"),
    "text_digest": ("文本摘要", "text digest"),
    "payload_digest": ("载荷摘要", "payload digest"),
    "id": ("记录", "record"),
    "derivation": ("派生", "derivation"),
}

VERDICTS = {
    "clean": ("无侵入", "clean"),
    "infected": ("有侵入链接", "infected"),
    "mirror": ("镜像站", "mirror"),
    "spam_page": ("垃圾页", "spam page"),
    "cloaked": ("伪装", "cloaked"),
}

Row = Mapping[str, Any]


def page_link(url: str, **more: str) -> str:
    """Where the captures of a URL are shown."""
    return "/page?" + urlencode({"url": url, **more})


def published(value: str) -> str:
    """Day, and hour and minute where the page gave them; the clock of the page, +08:00."""
    return value[:16].replace("T", " ")


def body(result: Row | None) -> Markup:
    """The text of an article with its edits marked; why there is none for anything else."""
    if result is None:
        return tag("p", label("没有派生文本", "No text was derived"), class_="quiet")
    if "rejected" in result:
        return _rejection(result)
    edits = [edit_from_json(edit) for edit in result["edits"]]
    return join(
        _marked(result["text"], edits),
        _from_page(edits),
        _links(result),
        _facts(result),
    )


def _rejection(result: Row) -> Markup:
    """Why a page has no text of its own; of a further page of an article, where the text is."""
    detail = str(result.get("detail") or "")
    if result["rejected"] == Reason.CONTINUATION:
        first = tag("a", detail, href=page_link(detail))
        return tag(
            "p", label("续页，正文合并于", "A further page; its text stands with"), " ", first
        )
    return join(
        tag("p", label("不是文章", "Not an article"), class_="quiet"),
        tag("p", tag("code", str(result["rejected"])), " ", detail),
    )


def clean(result: Row | None) -> Markup:
    """The normalised text alone."""
    if result is None or "rejected" in result:
        return body(result)
    return join([tag("p", line) for line in result["text_norm"].split("\n")])


def ledger(result: Row | None) -> Markup:
    """Every edit: step, rule, what it took and what it left, evidence."""
    if result is None or "rejected" in result:
        return body(result)
    edits = [edit_from_json(edit) for edit in result["edits"]]
    names = (
        ("步骤", "Step"),
        ("规则", "Rule"),
        ("原文", "Old"),
        ("改为", "New"),
        ("依据", "Evidence"),
        ("把握", "Confidence"),
    )
    rows = [
        tag(
            "tr",
            tag("td", edit.step, tag("span", _where(edit), class_="quiet")),
            tag("td", edit.rule),
            tag("td", tag("del", _cut(edit.old)) if edit.action == "applied" else _cut(edit.old)),
            tag(
                "td", tag("ins", _cut(edit.new)) if edit.new and edit.action == "applied" else None
            ),
            tag("td", _cut(edit.evidence)),
            tag("td", f"{edit.confidence:.2f}"),
        )
        for edit in edits[:ROWS]
    ]
    head = tag("tr", [tag("th", label(*name)) for name in names])
    count = tag(
        "p",
        label(f"{len(edits)} 处改动", "edits; undone in reverse they give the extracted text"),
        class_="quiet",
    )
    return join(count, tag("table", tag("thead", head), tag("tbody", rows), class_="ledger"))


def difference(before: Row | None, after: Row | None) -> Markup:
    """What differs between two articles' texts, paragraph by paragraph."""
    old, new = (str((row or {}).get("text") or "")[:COMPARED] for row in (before, after))
    if old == new:
        return tag("p", label("文本相同", "The text is the same"), class_="quiet")
    return join(_paragraphs(old.split("\n"), new.split("\n")))


def _marked(text: str, edits: Sequence[Edit]) -> Markup:
    """The text in paragraphs, removed and inserted pieces inside them."""
    paragraphs: list[list[Markup]] = [[]]
    pieces = marked(text, edits)
    for piece in pieces[:PIECES]:
        for number, line in enumerate(piece.text.split("\n")):
            if number:
                paragraphs.append([])
            if line:
                paragraphs[-1].append(_piece(piece, line))
    more = len(pieces) - PIECES
    return join(
        [tag("p", paragraph) for paragraph in paragraphs if paragraph],
        tag("p", label(f"还有 {more} 段", "more pieces"), class_="quiet") if more > 0 else None,
    )


def _piece(piece: Piece, line: str) -> Markup:
    if piece.edit is None:
        return join(line)
    edit = piece.edit
    why = f"{edit.step} · {edit.rule}" + (f" · {_cut(edit.evidence, 200)}" if edit.evidence else "")
    kind = "del" if piece.kind == "removed" else "ins"
    return tag(kind, _cut(line), title=why, class_="farm" if "farm" in edit.step else None)


def _from_page(edits: Sequence[Edit]) -> Markup | None:
    """What was taken out of the page before its text was read."""
    taken = [edit for edit in edits if edit.where == "page"]
    if not taken:
        return None
    rows = [
        tag(
            "li",
            tag("del", _cut(" ".join(edit.old.split()))),
            " ",
            tag("span", f"{edit.step} · {edit.rule}", class_="quiet"),
        )
        for edit in taken[:ROWS]
    ]
    name = label(f"从网页中移除（{len(taken)}）", "Taken out of the page before reading")
    return tag(
        "details", tag("summary", name), tag("ul", rows), class_="taken", open=len(taken) <= 5
    )


def _links(result: Row) -> Markup | None:
    links = [*result["attachments"], *result["images"]]
    if not links:
        return None
    rows = [tag("li", link["name"] or "—", " ", tag("code", link["url"])) for link in links[:ROWS]]
    return tag(
        "details",
        tag("summary", label(f"附件与图片（{len(links)}）", "Attachments, images")),
        tag("ul", rows),
    )


def _facts(result: Row) -> Markup:
    rows = [
        tag("tr", tag("th", label(*name)), tag("td", _value(result[key])))
        for key, name in _FACTS.items()
        if result.get(key)
    ]
    return tag(
        "details", tag("summary", label("著录", "Metadata")), tag("table", rows, class_="facts")
    )


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {item}" for key, item in value.items())
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _where(edit: Edit) -> str:
    where = "网页 page" if edit.where == "page" else f"@ {edit.at}"
    return where if edit.action == "applied" else f"{where} · 仅标记 flagged"


def _cut(value: str, limit: int = SHOWN) -> str:
    return value if len(value) <= limit else f"{value[:limit]}…（共 {len(value):,} 字）"


def _paragraphs(old: list[str], new: list[str]) -> Iterator[Markup]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield from (tag("p", line) for line in new[k:m])
        elif kind == "replace" and j - i == m - k:
            yield from (_close(a, b) for a, b in zip(old[i:j], new[k:m], strict=True))
        else:
            yield from (tag("p", tag("del", line)) for line in old[i:j] if line)
            yield from (tag("p", tag("ins", line)) for line in new[k:m] if line)


def _close(old: str, new: str) -> Markup:
    """One paragraph that became another, character by character where they are short enough."""
    if max(len(old), len(new)) > CLOSE:
        return tag("p", tag("del", old), tag("ins", new))
    parts: list[Markup] = []
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(join(after[k:m]))
            continue
        parts += [tag("del", before[i:j])] if j > i else []
        parts += [tag("ins", after[k:m])] if m > k else []
    return tag("p", parts)
