"""The text steps of every article, in order. The reason for a place stands beside it."""

from __future__ import annotations

from archive import linkfarm, repair
from archive.steps import Step
from archive.text import docshare, doubled, furniture, layout, spun

STEPS: tuple[Step, ...] = (
    repair.fix_mojibake,  # first: every later step reads characters
    repair.strip_inserted_tokens,  # a zero-width character would part a name or a gloss
    linkfarm.strip_link_farms,  # before repair: a farm's names are no evidence for the article
    repair.strip_leaked_source,  # whole lines, while they are lines
    repair.decode_leaked_markup,  # gives the lines their ends
    repair.restore_gbk_cuts,  # before any change of script or width, which would hide the bytes
    repair.strip_pinyin_glosses,  # after the cuts: a gloss may stand on a restored character
    docshare.join_chunks,  # counts characters, so nothing may have been cut from the text before
    docshare.strip_furniture,
    furniture.strip_head,
    furniture.strip_tail,
    furniture.strip_toolbars,
    furniture.trim_known_edges,  # what the rules of the language missed, the site itself shows
    doubled.drop_second_copy,  # after the furniture that makes two copies differ
    layout.lines,  # last of the edits: the steps above leave blank lines and indents
    spun.flag_spun,
)
