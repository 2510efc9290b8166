"""The vocabulary is read strictly, and the model stays inside its bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive import vocab
from archive.errors import VocabularyError
from archive.farms import farmwords, lexicon


def test_an_unknown_key_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "vocab"
    folder.mkdir()
    source = (vocab.folder() / "linkfarm.toml").read_text(encoding="utf-8")
    (folder / "linkfarm.toml").write_text(source + '\ncomment = "x"\n', encoding="utf-8")
    monkeypatch.setenv("FANGZHI_SEEDS", str(tmp_path))
    vocab.toml.cache_clear()
    farmwords.words.cache_clear()
    try:
        with pytest.raises(VocabularyError, match="announcing"):
            farmwords.words()
    finally:
        monkeypatch.undo()
        vocab.toml.cache_clear()
        farmwords.words.cache_clear()
    assert farmwords.words()["marker"]


@pytest.mark.parametrize(
    "text",
    [
        "登录入口",
        "湖南省政务服务网登录入口",
        "云溪县人民政府官方网站",
        "公共资源交易中心",
        "第一中学",
        "网上办事大厅",
    ],
)
def test_government_link_texts_are_not_spam(text: str) -> None:
    assert lexicon.trade(text) is None
    assert lexicon.score(text) < 0.5


@pytest.mark.parametrize(
    "text", ["玛雅娱乐亚洲", "顶尖娱乐电子游戏", "鸿运棋牌登录网址", "欧美高清在线观看不卡"]
)
def test_spam_names_no_list_holds_are_scored(text: str) -> None:
    assert lexicon.score(text) >= lexicon.SPAM
