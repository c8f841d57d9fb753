"""The privacy notice in its dated versions (data/privacy-*.md); the newest that is in force holds."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.errors import NotFound

FOLDER = Path(__file__).parent / "data"
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of the notice; ``body`` is Markdown with headings, paragraphs, lists and bold."""

    version: str
    title: str
    effective_on: date
    body: str

    @property
    def html(self) -> SafeString:
        """The body as HTML; everything is escaped before the four marks are applied."""
        blocks = (_block(block.strip()) for block in self.body.split("\n\n") if block.strip())
        return format_html_join("\n", "{}", ((block,) for block in blocks))


def _inline(text: str) -> SafeString:
    return mark_safe(_BOLD.sub(r"<strong>\1</strong>", escape(text)))  # noqa: S308 escaped above


def _block(block: str) -> SafeString:
    if block.startswith("# "):
        return mark_safe(f"<h2>{_inline(block[2:])}</h2>")  # noqa: S308 escaped by _inline
    if block.startswith("- "):
        items = "".join(f"<li>{_inline(line.removeprefix('- '))}</li>" for line in block.splitlines())
        return mark_safe(f"<ul>{items}</ul>")  # noqa: S308 escaped by _inline
    return mark_safe(f"<p>{_inline(block)}</p>")  # noqa: S308 escaped by _inline


def _read(path: Path) -> Notice:
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    version = path.stem.removeprefix("privacy-")
    return Notice(version, fields["title"], date.fromisoformat(fields["effective"]), body)


@cache
def notice_list() -> tuple[Notice, ...]:
    """Return all versions, oldest first."""
    return tuple(sorted(map(_read, FOLDER.glob("privacy-*.md")), key=lambda notice: notice.effective_on))


def notice_current() -> Notice:
    """Return the version in force today; before the first one, the first."""
    in_force = [notice for notice in notice_list() if notice.effective_on <= clock.today()]
    return in_force[-1] if in_force else notice_list()[0]


def notice_by_version(version: str) -> Notice:
    """Return one version, or raise ``NotFound``."""
    for notice in notice_list():
        if notice.version == version:
            return notice
    raise NotFound(_("没有这个版本的隐私政策。"))
