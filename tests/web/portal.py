"""The frame that several invented portals share; what differs is their CMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.web.expect import Expect
from tests.web.site import Site, template
from tests.web.texts import Story


@dataclass(frozen=True, slots=True)
class Portal:
    """What every page of one portal says of it."""

    name: str
    code: str  # SiteIDCode
    menu: Mapping[str, str]  # path -> text

    def page(self, title: str, main: str, metas: Mapping[str, str] | None = None) -> str:
        """A whole page."""
        return template("portal_frame.html").substitute(
            title=title,
            site=self.name,
            code=self.code,
            metas="".join(
                f'<meta name="{name}" content="{value}">\n' for name, value in (metas or {}).items()
            ),
            menu="".join(f'<a href="{path}">{text}</a>' for path, text in self.menu.items()),
            main=main,
        )


def furnish(made: Site, robots: str = "User-agent: *\nAllow: /\n") -> None:
    """The files every portal has."""
    made.add("/robots.txt", robots, "text/plain")
    made.add("/style/site.css", "body{margin:0}", "text/css")


def simple_article(portal: Portal, story: Story) -> str:
    """A page without peculiarities, for hosts whose peculiarity lies elsewhere."""
    body = "\n".join(f"<p>　　{line}</p>" for line in story.paragraphs)
    main = (
        f'<div class="article"><h1>{story.title}</h1>\n'
        f'<div class="info">发布时间：{story.day_and_time}　来源：{story.source}</div>\n'
        f'<div class="article-content">\n{body}\n</div></div>'
    )
    metas = {"ArticleTitle": story.title, "PubDate": story.day_and_time}
    return portal.page(story.title, main, metas)


def simple_expect(story: Story) -> Expect:
    """What should come out of `simple_article`."""
    return Expect(
        title=story.title,
        date=story.published,
        source=story.source,
        lines=story.paragraphs,
        verdict="clean",
        key=story.key,
    )
