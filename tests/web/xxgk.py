"""M15: xxgk.test, documents of 政府信息公开 (disclosure of government information).

Twelve notices. Each has the table of the field with padded labels inside `#zoom`, a document
number, and mostly an attachment: PDF, DOC under a GBK file name in Content-Disposition, XLS, one
that lies inside the CMS (404), one of thirty megabytes, one whose address expires when the clock
moves by ten minutes. Every fourth is a short notice, its text is the attachment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tests.web.expect import Expect
from tests.web.message import START, Reply, Request, reply
from tests.web.portal import Portal, furnish
from tests.web.site import HTML, Site, State, template
from tests.web.texts import Story, stories, topics

HOST = "xxgk.test"
DOCUMENTS = 12
PORTAL = Portal("清河县政府信息公开平台", "1305340088", {"/zfxxgk/": "政策文件"})
SUBJECTS = (
    "教育",
    "学校建设",
    "农村工作",
    "水利",
    "农业",
    "商贸",
    "民政",
    "文化",
    "应急管理",
    "卫生",
    "交通",
    "就业",
)
NUMERALS = "一二三四五六七八"
LARGE = 30 << 20  # bytes
LIFETIME = timedelta(minutes=10)
EXPIRES = int((START + LIFETIME).timestamp())


@dataclass(frozen=True, slots=True)
class Notice:
    """A story turned into a notice: who, what, number."""

    serial: int
    story: Story

    @property
    def subject(self) -> str:
        return SUBJECTS[(self.serial - 1) % len(SUBJECTS)]

    @property
    def office(self) -> str:
        return "清河县人民政府办公室"

    @property
    def title(self) -> str:
        kind = "实施方案" if self.serial % 2 else "若干措施"
        return f"{self.office}关于印发《清河县{self.subject}工作{kind}》的通知"

    @property
    def number(self) -> str:
        return f"清政办发〔2021〕{self.serial + 20}号"

    @property
    def is_short(self) -> bool:
        return self.serial % 4 == 0

    @property
    def path(self) -> str:
        return f"/zfxxgk/{self.story.day:%Y%m}/content_{80000 + self.serial}.html"

    @property
    def lines(self) -> tuple[str, ...]:
        """The notice, salutation to date."""
        about = f"《清河县{self.subject}工作{'实施方案' if self.serial % 2 else '若干措施'}》"
        opening = (
            "各镇（乡）人民政府，县政府有关部门：",
            f"{about}已经县政府同意，现印发给你们，请结合实际认真贯彻执行{self.story.key}。",
        )
        closing = (
            self.office,
            f"{self.story.day.year}年{self.story.day.month}月{self.story.day.day}日",
        )
        if self.is_short:
            return opening + closing
        demands = topics()[self.story.topic]["demand"] + topics()["00_common"]["demand"][::2]
        points = tuple(
            f"{numeral}、{text}" for numeral, text in zip(NUMERALS, demands, strict=False)
        )
        return opening + points + closing

    @property
    def file(self) -> tuple[str, str] | None:
        """Path and name of the attachment."""
        name = f"清河县{self.subject}工作{'实施方案' if self.serial % 2 else '若干措施'}"
        folder = self.path.rpartition("/")[0]
        places = {
            2: (f"/protect/P020{self.story.day:%Y%m%d}.doc", f"{name}.doc"),
            4: (f"{folder}/P0{80000 + self.serial}.pdf", f"{name}.pdf"),
            5: (f"/download?id={80000 + self.serial}", f"{name}.doc"),
            8: (f"/file?id={80000 + self.serial}&expires={EXPIRES}&sign=5d41402a", f"{name}.pdf"),
            9: (f"{folder}/P0{80000 + self.serial}.xls", f"{name}任务分解表.xls"),
            11: (f"{folder}/P0{80000 + self.serial}.pdf", f"{name}.pdf"),
            12: (f"{folder}/P0{80000 + self.serial}.doc", f"{name}.doc"),
        }
        return places.get(self.serial)


def notices() -> tuple[Notice, ...]:
    """All documents, oldest first."""
    return tuple(Notice(serial, story) for serial, story in enumerate(stories("M15", DOCUMENTS), 1))


def build() -> Site:
    """The whole site."""
    made = Site(HOST, program=_expiring)
    furnish(made)
    for notice in notices():
        made.page(notice.path, _page(notice), _expect(made, notice))
        _add_file(made, notice)
    items = "\n".join(
        f'<li><a href="{notice.path}" title="{notice.title}">{notice.title}</a>'
        f"<span>{notice.number}</span><span>{notice.story.day}</span></li>"
        for notice in reversed(notices())
    )
    for path, title in (("/index.html", "首页"), ("/zfxxgk/index.html", "政策文件")):
        page = PORTAL.page(title, f'<ul class="xxgk-list">\n{items}\n</ul>')
        made.page(path, page, Expect(rejected="list-page"))
    return made


def _expect(made: Site, notice: Notice) -> Expect:
    file = notice.file
    return Expect(
        title=notice.title,
        date=str(notice.story.day + timedelta(days=2)),
        source=notice.office,
        doc_number=notice.number,
        lines=notice.lines,
        attachments=((made.url(file[0]), file[1]),) if file else (),
        verdict="clean",
        key=notice.story.key,
    )


def _page(notice: Notice) -> str:
    story, file = notice.story, notice.file
    written, published = story.day, story.day + timedelta(days=2)
    right = "text-align:right"
    body = [f'<p style="text-indent:2em">{line}</p>' for line in notice.lines[:-2]]
    body += [f'<p style="{right}">{line}</p>' for line in notice.lines[-2:]]
    main = template("xxgk_document.html").substitute(
        index=f"111305340099/2021-{notice.serial + 200:05d}",
        subject=notice.subject,
        office=notice.office,
        written=f"{written:%Y年%m月%d日}",
        title=notice.title,
        number=notice.number,
        published=f"{published:%Y年%m月%d日}",
        body="\n".join(body),
        files=f'附件：<a href="{file[0].replace("&", "&amp;")}">{file[1]}</a>' if file else "",
    )
    return PORTAL.page(notice.title, main, {"ColumnName": "政策文件", "ArticleTitle": notice.title})


def _add_file(made: Site, notice: Notice) -> None:
    if notice.file is None:
        return
    path, name = notice.file
    if path.startswith("/protect/"):
        made.expected[made.url(path)] = Expect(rejected="http-error")
        return
    start = b"%PDF-1.4\n" if name.endswith(".pdf") else b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    size = LARGE if notice.serial == 11 else 4096
    media = {
        "pdf": "application/pdf",
        "doc": "application/msword",
        "xls": "application/vnd.ms-excel",
    }
    headers: tuple[tuple[str, str], ...] = ()
    if path.startswith("/download"):  # raw GBK bytes in a header field, as old servers send them
        shown = name.encode("gbk").decode("latin-1")
        headers = (("Content-Disposition", f'attachment; filename="{shown}"'),)
    made.add(path, start + bytes(size), media[name[-3:]], headers=headers)
    made.expected[made.url(path)] = Expect(rejected="not-html")


def _expiring(request: Request, state: State) -> Reply | None:
    """The signed address answers 403 after its time."""
    if request.path == "/file" and state.now.timestamp() > EXPIRES:
        return reply(403, "链接已过期".encode(), state.now, HTML)
    return None
