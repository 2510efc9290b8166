"""The frame that several invented portals share; what differs is their CMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.web.site import Site, template


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
