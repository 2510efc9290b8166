"""Punctuation, width and spacing of one line by the written convention (docs/normalisation.md).

ASCII marks become full-width beside hanzi and stay inside numbers, Latin runs and addresses.
Never NFKC, which would change ①, ㎡ and …. Marks only ever go from ASCII to full-width,
blanks only ever go away, and the rules are repeated until nothing changes.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cached_property

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_CJK_MARK = "\u3001\u3002\u300a-\u3011\u3014\u3015"
_BLANK = "\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"

_IS_HAN = re.compile(f"[{_HAN}]")
_IS_CHINESE = re.compile(f"[{_HAN}{_CJK_MARK}]")
_ADDRESS = re.compile(
    r"(?:(?:https?|ftp)://|www\.)[!-~]+|[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}"
)
_RUN = re.compile(r"[,;:!?]+")
_CODE = re.compile(r"=$|\w\($", re.ASCII)  # before a quote: class="…", print('…')
_BRACKET = re.compile("[()（）]")
# Marks the rules exchange, and quotes both scripts use: no sign of Chinese or Latin writing.
_NEUTRAL = re.compile("[,;:!?()，；：！？（）\"'“”‘’<>＜＞〈〉\\[\\] ]+")
_FULL = str.maketrans(",;:!?", "，；：！？")
_FULL_BUT_QUESTION = str.maketrans(",;:!", "，；：！")

# Full-width letters and digits become ASCII; ％ ＋ ＝ ／ ＆ ＠ ＃ and ＿ too. －, ～ and ＜ ＞ are
# used as Chinese marks and stay. Kangxi radicals, which PDF copies have for hanzi, become hanzi.
WIDTH = {ord(full): chr(ord(full) - 0xFEE0) for full in "％＋＝／＆＠＃＿"}
WIDTH |= {code: chr(code - 0xFEE0) for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B))}
WIDTH |= {code: chr(code - 0xFEE0) for code in range(0xFF41, 0xFF5B)}
WIDTH |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
WIDTH |= dict(zip(map(ord, "｡､｢｣"), "。、「」", strict=True))
WIDTH |= dict.fromkeys(map(ord, "\u200b\ufeff\u00ad\u2060"), "")

_ODD_WIDTH = re.compile("[" + "".join(map(chr, WIDTH)) + "]")
_EXCHANGED = re.compile("[,;:!?()\"'<>＜＞．]")

_BLANKS = re.compile(f"[{_BLANK}]+")
# Around marks, inside brackets, inside quotes. Every branch begins with the blank, so that no other
# character is asked.
_NO_BLANK = re.compile(
    " (?:(?=[，。、；：？！）》〉】〕」』])|(?<=[，。、；：？！（《〈【〔「『] )"
    f"|(?<=[“‘] )(?=[{_HAN}])|(?<=[{_HAN}。！？] )(?=[”’]))"
)
# 2021 年 7月12 日: word processors and mirrors set blanks between figures and units. Only whole
# dates, so that 图1 日照 and the cells of a table keep theirs.
_B = "[ \u00a0]{0,2}"
SPACED_DATE = re.compile(
    rf"(?<!\d)(?:(?:19|20)\d\d{_B}年{_B}\d{{1,2}}{_B}月(?:{_B}\d{{1,2}}{_B}日)?"
    rf"|\d{{1,2}}{_B}月{_B}\d{{1,2}}{_B}日)"
)
_POINT = re.compile(r"(?<=\d)．(?=\d)")
_TITLE = re.compile(r"《[^《》]*》")
_INNER = re.compile(r"[<＜]([^<>＜＞]*)[>＞]")
_ILLEGIBLE = re.compile(r"[年月〕）)][第]?\?[年月日号]")  # 1949年?月: a figure nobody could read
_LABEL_NUMBER = re.compile(r"(?:附件|附表|附图|表|图|专栏|例)\s?\d{1,3}$")


def line(text: str) -> str:
    """One line by the convention. Already conforming lines come back as they are.

    >>> line("会议指出,(一)要完成1.17万节 ;《关于<意见>的方案》怎么办?见http://a.cn/?p=1,谢谢!")
    '会议指出，（一）要完成1.17万节；《关于〈意见〉的方案》怎么办？见http://a.cn/?p=1，谢谢！'
    >>> line("Hello, world! It is 10:30 (GMT).")
    'Hello, world! It is 10:30 (GMT).'
    """
    text = usual_width(text)
    while (done := _marks(_space(text))) != text:
        text = done
    return text


def usual_width(text: str) -> str:
    """The text with ASCII letters and digits, hanzi for radicals, and no zero-width characters."""
    return _ODD_WIDTH.sub(lambda odd: WIDTH[ord(odd[0])], text)


def _space(text: str) -> str:
    if len(words := text.split()) < 2 and words == [text]:
        return text
    text = _BLANKS.sub(" ", text).strip(" ")
    if " " not in text:
        return text
    text = _NO_BLANK.sub("", text)
    return SPACED_DATE.sub(lambda m: m[0].replace(" ", ""), text) if "月" in text else text


def _marks(text: str) -> str:
    if not _EXCHANGED.search(text):
        return text
    text = _POINT.sub(".", text) if "．" in text else text
    text = _TITLE.sub(_inner_titles, text) if "<" in text or "＜" in text else text
    if not _IS_HAN.search(text):
        return text
    closed = _addresses(text)
    out = list(text)
    if '"' in text or "'" in text:
        _quotes(text, closed, out)
    gaps = _Gaps(text)
    if "(" in text or ")" in text:
        _brackets(gaps, closed, out)
    _runs(gaps, closed, out)
    return "".join(out)


def _inner_titles(match: re.Match[str]) -> str:
    """《…<…>…》: the inner title takes 〈 〉 (GB/T 15834-2011, 4.15)."""
    return _INNER.sub(lambda m: f"〈{m[1]}〉" if _IS_HAN.search(m[1]) else m[0], match[0])


def _addresses(text: str) -> bytearray:
    """One for every character that belongs to a URL or e-mail address."""
    closed = bytearray(len(text))
    if "/" in text or "@" in text or "www." in text:
        for match in _ADDRESS.finditer(text):
            end = match.start() + len(match[0].rstrip(",;:!?)\"'"))
            closed[match.start() : end] = b"\1" * (end - match.start())
    return closed


def _quotes(text: str, closed: bytearray, out: list[str]) -> None:
    """Paired ASCII quotes around hanzi become “” and ‘’; a line with an odd number is left."""
    for mark, opening, closing in (('"', "“", "”"), ("'", "‘", "’")):
        at = [m.start() for m in re.finditer(mark, text) if not closed[m.start()]]
        if mark == "'":
            at = [i for i in at if not _between_latin(text, i)]
        if len(at) % 2:
            continue
        for left, right in zip(at[::2], at[1::2], strict=True):
            quoted = text[left + 1 : right]
            if _IS_HAN.search(quoted) and not _CODE.search(text[max(0, left - 2) : left]):
                out[left], out[right] = opening, closing


def _between_latin(text: str, at: int) -> bool:
    """don't, the users' list: an apostrophe."""
    return text[at - 1 : at].isascii() and text[at - 1 : at].isalnum()


def _brackets(gaps: _Gaps, closed: bytearray, out: list[str]) -> None:
    """( ) become （ ） where the pair holds hanzi or stands beside hanzi, both or none."""
    open_at: list[int] = []
    for match in _BRACKET.finditer(gaps.text):
        at = match.start()
        if closed[at]:
            continue
        if match[0] in "(（":
            open_at.append(at)
        elif open_at:
            _pair(gaps, open_at.pop(), at, out)
        elif gaps.beside_chinese(at):
            out[at] = "）"
    for at in open_at:
        if gaps.beside_chinese(at):
            out[at] = "（"


def _pair(gaps: _Gaps, left: int, right: int, out: list[str]) -> None:
    text = gaps.text
    mixed = (text[left] == "(") != (text[right] == ")")
    before = text[left - 1 : left]
    call = before.isascii() and before.isalnum()  # f(x), H(2)
    beside = gaps.beside_chinese(left) or gaps.beside_chinese(right)
    if call and text[left + 1] in "'\"":  # print('…')
        return
    if mixed or (beside and not call) or _IS_CHINESE.search(text, left + 1, right):
        out[left], out[right] = "（", "）"


def _runs(gaps: _Gaps, closed: bytearray, out: list[str]) -> None:
    for match in _RUN.finditer(gaps.text):
        start, end = match.span()
        if not any(closed[start:end]) and _is_chinese_mark(gaps, start, match[0]):
            # ??? and ? ? ? stand for figures or blanks that were lost
            lost = "?" in match[0] and gaps.stretch(start).count("?") > 1
            out[start:end] = match[0].translate(_FULL_BUT_QUESTION if lost else _FULL)


def _is_chinese_mark(gaps: _Gaps, start: int, run: str) -> bool:
    """True for a run of marks that belongs to Chinese writing."""
    if _ILLEGIBLE.match(gaps.text, max(0, start - 1)):
        return False
    before, after = gaps.around(start)
    if before.isdigit() and after.isdigit():
        label = gaps.text[max(0, start - 8) : start]
        return run == ":" and _LABEL_NUMBER.search(label) is not None
    if gaps.beside_chinese(start):
        return True
    return not after and gaps.mostly_han  # …完成GDP的5%;


class _Gaps:
    """What stands left and right of each stretch of neutral characters, found once for a line.

    Only characters that no rule ever makes or removes count as neighbours, so a rule cannot
    change what another one sees.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def mostly_han(self) -> bool:
        """Whether half of the line or more are hanzi."""
        return 2 * len(_IS_HAN.findall(self.text)) >= len(self.text)

    @cached_property
    def _spans(self) -> tuple[list[int], list[int]]:
        """Where the stretches begin and end."""
        found = [match.span() for match in _NEUTRAL.finditer(self.text)]
        return [start for start, _ in found], [end for _, end in found]

    def stretch(self, at: int) -> str:
        start, end = self._span(at)
        return self.text[start:end]

    def around(self, at: int) -> tuple[str, str]:
        """The characters around the stretch that holds `at`, or empty strings at the ends."""
        start, end = self._span(at)
        return self.text[max(0, start - 1) : start], self.text[end : end + 1]

    def _span(self, at: int) -> tuple[int, int]:
        starts, ends = self._spans
        index = bisect_right(starts, at) - 1
        return starts[index], ends[index]

    def beside_chinese(self, at: int) -> bool:
        return any(_IS_CHINESE.match(character) for character in self.around(at))
