"""Titles: what the tags say, what the page shows, and where on the page it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from archive.about import headline
from archive.about.gkml import DOC_NUMBER, is_label
from archive.about.labels import fold, words
from archive.about.sitename import (
    CUT,
    LONGEST,
    SITE,
    TOKEN,
    cut_site_name,
    is_office,
    names_site,
    squeezed,
    tokens,
)
from archive.model import Candidate
from archive.page.blocks import Block

_LABEL = re.compile(r"^(?:主\s?题|标\s?题|题\s?目|(?:文章|新闻|信息)标题)\s?[:：]\s?(?=.{4})")
_RED_HEAD = re.compile(r"\S{2,30}(?:文件|办公室文件)")
_HEAD_BLOCKS = 30  # in which a document's number stands below its red head
_KIND = re.compile(
    "(?:通知|意见|决定|通报|公告|通告|批复|函|办法|规定|方案|报告|命令|令|规划|细则)[）)]?$"
)
# A greeting, a login line, an address, or five words of Chinese in a row (a menu): no titles.
_NOISE = re.compile(
    r"^(?:内容|本文)?(?:摘要|提要|导读|核心提示|关键词|关键字|标签)\s*:|今天是|欢迎您|欢迎光临|登录\W|\W注册$|www\.|^发表评论$|^相关"
)
_MENU = re.compile(r"\S\s+\S+\s+\S+\s+\S+\s+\S")
_HAN = re.compile("[\u3400-\u9fff]")
_FIGURES = re.compile(r"\d\d")
_HEADLINE = 8  # tokens of a link's text that is no tool or column
_ENTRY = 16  # Han of a line with a day and no label; 字号 大 中 小 打印 阅读次数 has 10
_EXTRA = 16  # tokens a heading may hold beyond <title>: 【记者即时播报】, （川教函〔2020〕637号）
_META_LINE = 160  # characters of a line with date and source
_DEEPEST = 1500  # blocks searched for the head of the article; the deepest of 450 pages is 203
_SHARE = 0.5  # of <title> that a heading inside it must cover when it does not open it

Ranked = tuple[Candidate, Block | None]


def title_candidates(blocks: Sequence[Block], metas: dict[str, str], whole: str) -> list[Ranked]:
    """Titles with the block each was read from, best first within each origin.

    `whole` is the text of <title>.
    """
    site = squeezed(_site_name(metas))
    out: list[Ranked] = []
    for name in words("meta", "title"):
        value = metas.get(name.lower())
        if value and squeezed(value) != site:
            value = _as_shown(_without_site(value, whole), whole, blocks)
            out.append((Candidate("title", value, f"meta:{name}"), None))
    if red := _below_number(blocks, whole):
        out.append(red)
    inside = _in_title(blocks, whole) or _opens_heading(blocks, whole)
    if inside:
        inside = _held_in_heading(blocks, *inside)
        out.append((Candidate("title", inside[0], "heading:in-title"), inside[1]))
    above = list(_above_date(blocks))
    banner = ""
    if inside and _is_banner(inside[0], above, whole):
        banner, inside = squeezed(inside[0]), None
        out = [each for each in out if each[0].origin != "heading:in-title"]
    for origin, block in (*above, *_headings(blocks, whole)):
        if not banner or squeezed(block.text) != banner:
            out.append((Candidate("title", _LABEL.sub("", block.text), origin), block))
    if whole and whole not in words("reject", "placeholder"):
        cut = cut_site_name(whole)
        seen = inside is not None or not _is_frame(squeezed(cut), blocks, site)
        if not (seen or out) and (lone := _lone_heading(blocks)):
            out.append((Candidate("title", lone.text, "heading:lone"), lone))
        cut = cut if seen else _shown_part(whole, blocks) or cut
        out.append((Candidate("title", cut, "html:title" if seen else "html:frame"), None))
    return out


def _without_site(value: str, whole: str) -> str:
    """A meta title without the site's name in front (`某某网:标题`), where <title> lacks it there."""
    name, _, rest = value.partition(":")
    bare = SITE.search(fold(name)) and rest and squeezed(whole).startswith(squeezed(rest))
    return (rest.strip() if bare else value)[:300]


def _is_banner(text: str, above: Sequence[tuple[str, Block]], whole: str) -> bool:
    """Whether a line only names the site or its office, as a banner does (某某县人民政府门户网站), and another
    line stands above day and source, or above the day as a heading or as <title> has it."""
    if not is_office(text):
        return False
    own, said = squeezed(text), squeezed(whole)
    for origin, block in above:
        other = squeezed(block.text)
        sure = origin == "heading:above-date" or other in said or block.tag in ("h1", "h2", "h3")
        if sure and other != own and not is_office(block.text):
            return True
    return False


def _as_shown(value: str, whole: str, blocks: Sequence[Block]) -> str:
    """A meta title without the site's name behind it (标题_某某网), where <title> or a line of the page
    says it so and no line says all of it."""
    cut = cut_site_name(value)
    if 2 * len(cut) < len(value) or cut == value:  # 法国报纸摘要 - …: a column stands in front
        return value
    shown = {squeezed(b.text) for b in blocks[:_DEEPEST] if not b.linked and len(b.text) <= LONGEST}
    is_shown = squeezed(cut) in shown or squeezed(cut) == squeezed(whole)
    return cut if is_shown and squeezed(value) not in shown else value


def _site_name(metas: dict[str, str]) -> str:
    names = (metas.get(name.lower()) for name in words("meta", "site_name"))
    return next((name for name in names if name), "")


def _is_frame(cut: str, blocks: Sequence[Block], site: str) -> bool:
    """True when <title> only names site or column: a name of the site, a link, a crumb, or
    words that stand nowhere on the page, as its own title would."""
    if len(cut) < 4 or cut == site or names_site(cut):
        return True
    if not any(cut in squeezed(block.text) for block in blocks[:_DEEPEST]):
        return True
    if any(block.linked and squeezed(block.text) == cut for block in blocks):
        return True
    ways = (
        headline.breadcrumb(block.text) for block in blocks[:_DEEPEST] if ">" in fold(block.text)
    )
    return any(squeezed(crumb) == cut for way in ways for crumb in way)


def _in_title(blocks: Sequence[Block], whole: str) -> tuple[str, Block] | None:
    """The visible heading that covers most of <title>, with the text it shows.

    A block counts when it opens <title>, when it is half of it, or when it holds the whole
    title and little more. A name of the site, which closes <title>, is none of these.
    """
    title, cut = squeezed(whole), squeezed(cut_site_name(whole))
    best: tuple[tuple[int, int, int], str, Block] | None = None
    for index, block in enumerate(blocks):
        own = _heading(block, cut)
        covered = _covered(own, title, cut) if own else 0
        is_short = own is not None and _is_short_title(blocks, index, own, whole)
        if own and not covered and is_short:
            covered = len(own)
        if own is None or (own and not covered) or _is_way(block.text):
            continue
        if covered == len(own) and title.startswith(own):
            text, covered = _continued(blocks, index, title, whole)
        else:
            text = block.text
        score = (covered, -len(squeezed(text)), -index)  # most of <title>, least of anything else
        if (covered >= 4 or is_short) and (best is None or score > best[0]):
            best = (score, text, block)
    return (best[1], best[2]) if best else None


def _below_number(blocks: Sequence[Block], whole: str) -> Ranked | None:
    """The title of a document whose <title> is its red head, 某某县人民政府文件: the lines below the
    document's number, up to the one that says what kind of document it is."""
    if not _RED_HEAD.fullmatch(whole.strip()):
        return None
    numbers = (
        i for i, b in enumerate(blocks[:_HEAD_BLOCKS]) if DOC_NUMBER.fullmatch(b.text.strip())
    )
    at = next(numbers, None)
    title = ""
    for block in blocks[at + 1 : at + 5] if at is not None else ():
        title += block.text.strip()
        if _KIND.search(fold(title)) and is_title_text(title):
            return Candidate("title", title, "heading:below-number"), block
    return None


def _opens_heading(blocks: Sequence[Block], whole: str) -> tuple[str, Block] | None:
    """The beginning of a heading that holds day and source as well, as <title> has it."""
    cut = squeezed(cut_site_name(whole))
    for block in blocks if len(cut) >= 6 else ():
        is_heading = block.tag in ("h1", "h2", "h3") and not block.linked
        if is_heading and squeezed(block.text).startswith(cut):
            title = _opening(block.text, len(cut))
            behind = block.text[block.text.find(title) + len(title) :]
            if any(c.field in ("published", "source") for c in headline.read_line(behind)):
                return title, block
    return None


def _heading(block: Block, cut: str) -> str | None:
    """The block's text, squeezed, where its size and links allow a heading.

    A link leads elsewhere to this article; a linked heading is its own permalink.
    """
    if not 2 <= len(block.text) <= LONGEST:
        return None
    if block.linked and block.tag not in ("h1", "h2", "h3"):
        return None
    own = squeezed(block.text)
    return own if not block.linked or own == cut else None


def _is_short_title(blocks: Sequence[Block], index: int, own: str, whole: str) -> bool:
    """Whether a heading of two or three characters, or a line right above the day, opens <title>:
    讣告_通知公告_某某局."""
    if not 1 < len(own) < 4 or own != _first_part(whole):
        return False
    below = blocks[index + 1].text if index + 1 < len(blocks) else ""
    is_dated = headline.may_date(below) and any(
        c.field == "published" and not is_bare_day(c) for c in headline.read_line(below)
    )
    return is_dated or blocks[index].tag in ("h1", "h2", "h3")


@lru_cache(maxsize=64)  # asked for every short heading of a page
def _first_part(whole: str) -> str:
    return squeezed(CUT.split(whole)[0])


def _is_way(text: str) -> bool:
    """True for a breadcrumb, also one without signs of its own: 首页 / 新闻 / 标题."""
    if ">" in text or "»" in text or headline.breadcrumb(text):
        return True
    return fold(text).lstrip(" [【").startswith(words("breadcrumb", "home"))


def _covered(own: str, title: str, cut: str) -> int:
    """How many characters of <title> the block shows, 0 when it is no heading of it."""
    if own not in title and own not in cut and cut not in own:
        return 0
    if SITE.search(own) and own != title:
        return 0
    if len(own) >= 4 and (title.startswith(own) or cut.startswith(own)):
        return len(own)
    if own in cut and len(own) >= max(4, _SHARE * len(cut)):
        return len(own)
    if own == title:
        return len(own)
    if len(cut) >= 6 and not names_site(cut) and cut in own and len(own) <= len(cut) + _EXTRA:
        return len(cut)
    return 0


def _held_in_heading(blocks: Sequence[Block], text: str, block: Block) -> tuple[str, Block]:
    """The page's heading where it says the title and a little more, 【记者即时播报】…."""
    own = squeezed(text)
    for other in blocks:
        more = squeezed(other.text) if other.tag in ("h1", "h2", "h3") and not other.linked else ""
        if own in more and len(own) < len(more) <= len(own) + _EXTRA:
            return other.text, other
    return text, block


def _continued(blocks: Sequence[Block], index: int, title: str, whole: str) -> tuple[str, int]:
    """A heading set in several lines, joined as <title> has it."""
    own = squeezed(blocks[index].text)
    name = blocks[index].text.strip()
    parted = whole.startswith(name) and CUT.match(whole, len(name)) is not None
    if parted and is_office(name):  # 某某县人民政府-…: the site's name above the title
        return name, len(own)
    last = index
    for after in range(index + 1, min(index + 4, len(blocks))):
        more = squeezed(blocks[after].text)
        if not more or not title.startswith(own + more):
            break
        own, last = own + more, after
    if last == index:
        return blocks[index].text, len(own)
    return _opening(whole, len(own)), len(own)


def _opening(whole: str, size: int) -> str:
    """The beginning of <title> that holds `size` squeezed characters."""
    count = 0
    for match in TOKEN.finditer(whole):
        count += len(match[0])
        if count >= size:
            tail = re.match(r"[”’」』》〉）)】\]！？!?]*", whole[match.end() :])
            return whole[: match.end() + (tail.end() if tail else 0)].strip()
    return whole


def _headings(blocks: Sequence[Block], whole: str) -> Iterator[tuple[str, Block]]:
    title, cut = squeezed(whole), squeezed(cut_site_name(whole))
    for tag in ("ucaptitle", "founder-title", "h1", "h2"):
        for block in blocks:
            if block.tag != tag or block.linked or not is_title_text(block.text):
                continue
            own = squeezed(block.text)
            if title.endswith(own) and own not in (title, cut) and not _closes(block.text, whole):
                continue  # the site's name in its banner
            yield f"heading:{'h1' if tag != 'h2' else 'h2'}", block
            break


def _closes(text: str, whole: str) -> bool:
    """Whether a heading is the last and longest part of <title>: 某某区-最新消息-关于…的公告."""
    *others, last = (squeezed(part) for part in CUT.split(whole))
    return last == squeezed(text) and len(last) > max(map(len, others), default=0)


def _lone_heading(blocks: Sequence[Block]) -> Block | None:
    """The only h3 of a page whose <title> names the site and that has no greater heading."""
    found = [block for block in blocks if block.tag == "h3" and not block.linked]
    if len(found) != 1 or not 3 <= len(found[0].text) <= LONGEST:
        return None
    heads_box = fold(found[0].text).strip() in words("reject", "section")
    return None if heads_box or headline.read_line(found[0].text) else found[0]


def _shown_part(whole: str, blocks: Sequence[Block]) -> str:
    """The first part of a <title> of names where the page shows it alone: 李明-省教育厅-平台网."""
    part = re.split(r"\s*[-_|｜]\s*", whole)[0].strip()
    alone = (b for b in blocks[:_DEEPEST] if not b.linked and b.text.strip() == part)
    return part if part != whole and len(part) > 1 and any(True for _ in alone) else ""


def is_title_text(text: str) -> bool:
    """True for a line that could be a title: no meta line, no footer, not too long or short."""
    if not len(tokens(text)) >= 4 or len(text) > LONGEST:
        return False
    folded = fold(text)
    if any(word in folded for word in words("reject", "within")) or _is_noise(text):
        return False
    if folded.strip() in words("reject", "section"):
        return False
    if DOC_NUMBER.fullmatch(text.strip("（）() ")) or is_label(text):
        return False
    return not headline.read_line(text)


def _above_date(blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """The line before the first one that dates the article: a label or a time of day beside the
    day is sure of it (`above-date`), a day alone in its line nearly so (`above-day`)."""
    bare: Block | None = None
    for index, block in enumerate(blocks[1:_DEEPEST], 1):
        if len(block.text) > _META_LINE or block.linked or not _FIGURES.search(block.text):
            continue
        if not headline.may_date(block.text):
            continue
        said = headline.read_line(block.text)
        days = [c for c in said if c.field == "published"]
        if said and all(is_bare_day(c) for c in said) and is_entry(blocks, index):
            continue
        before = _title_before(blocks, index) if days else None
        if before is None:
            continue
        if len({c.field for c in said}) > 1 or any("T" in c.value for c in days):
            yield "heading:above-date", before
            return
        if any(c.origin != "line:date" for c in days):
            yield "heading:above-date", before
            return
        if not fold(before.text).strip().endswith(words("reject", "office")):  # a signature
            bare = bare or before
    if bare is not None:
        yield "heading:above-day", bare


def is_bare_day(candidate: Candidate) -> bool:
    """Whether it is a day that no label and no time of day says of the article."""
    return candidate.origin == "line:date" and "T" not in candidate.value


def is_entry(blocks: Sequence[Block], index: int) -> bool:
    """Whether a day belongs to an entry of a list: a headline stands in its line, or a link that
    says as much right before or behind it."""
    if len(_HAN.findall(blocks[index].text)) >= _ENTRY:
        return True
    around = (*blocks[index - 1 : index], *blocks[index + 1 : index + 2])
    return any(block.linked and len(tokens(block.text)) >= _HEADLINE for block in around)


def _title_before(blocks: Sequence[Block], index: int) -> Block | None:
    for at in range(index - 1, max(-1, index - 4), -1):
        before = blocks[at]
        if before.text.startswith(("—", "（", "(", "-")):
            continue  # the subtitle
        if at and is_label(blocks[at - 1].text):
            continue  # a value of the table around the day
        if not before.linked and is_title_text(before.text):
            return before
        if at == index - 1 and _is_short_heading(before):
            return before
    return None


def _is_short_heading(block: Block) -> bool:
    """Whether a block is a heading of two or three characters: 讣告, 公告, the name of a person."""
    if block.tag not in ("h1", "h2", "h3") or block.linked or not 1 < len(tokens(block.text)) < 4:
        return False
    folded = fold(block.text).strip()
    known = folded in words("reject", "section") or folded in words("breadcrumb", "skip")
    return bool(_HAN.match(folded)) and not (known or is_label(block.text))


def _is_noise(text: str) -> bool:
    return bool(_NOISE.search(fold(text)) or (_MENU.search(text) and _HAN.search(text)))


def _anchor(origin: str) -> int:
    order = (
        "heading:below-number",
        "heading:in-title",
        "meta:",
        "heading:h1",
        "heading:above-date",
        "heading:above-day",
        "heading:",
    )
    return next((i for i, start in enumerate(order) if origin.startswith(start)), len(order))


def title_block(blocks: Sequence[Block], heads: Sequence[Ranked]) -> int | None:
    """Where the title stands among the blocks: the window of the byline opens there."""
    for candidate, block in sorted(heads, key=lambda head: _anchor(head[0].origin)):
        if block is not None:
            return next(i for i, b in enumerate(blocks) if b is block)
        wanted = squeezed(candidate.value)[:40]
        if len(wanted) < 4 or candidate.origin.startswith("html"):
            continue
        for index, seen in enumerate(blocks):
            if not seen.linked and len(seen.text) <= 2 * LONGEST:
                own = squeezed(seen.text)
                if own.startswith(wanted) or (len(own) >= 8 and wanted.startswith(own)):
                    return index
    return None
