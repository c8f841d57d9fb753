"""An import in the browser: upload, map, preview, run, download what waits, correct, replay, undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from linli.core.actor import system
from linli.foundation.imports.models import Import
from linli.foundation.imports.tasks import work_through
from linli.work.matters.models import Matter
from linli.work.matters.services import categories_load
from linli.work.matters.tests.hotline import MIXED, file_of, row
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Picture = Callable[[Page, str], None]
Look = Callable[[Page], None]


def worker() -> Import:
    """What the background worker does with the latest import."""
    job = Import.objects.latest("pk")
    work_through(job.pk)
    return job


def _preview(page: Page, file: Path, axe: Look, picture: Picture) -> None:
    """Upload a file, say what its columns are, and look at what would come of it."""
    main = page.locator("main")
    page.goto("/desk/settings/imports/")
    axe(page)
    main.get_by_role("link", name="导入新文件").first.click()
    page.get_by_label("导入什么").select_option("matters")
    page.get_by_label("文件", exact=True).set_input_files(str(file))
    picture(page, "new")
    main.get_by_role("button", name="上传").click()

    expect(page.get_by_role("heading", name="哪一列是什么")).to_be_visible()
    expect(page.locator("[name=column_number]")).to_have_value("工单编号")
    axe(page)
    page.locator("[name=fixed_source]").fill("12345")
    page.locator("[name=save_as]").fill("热线周报")
    picture(page, "map")
    main.get_by_role("button", name="看预览").click()
    expect(main).to_contain_text("正在预览")
    worker()
    expect(main).to_contain_text("这是预览，还没有导入", timeout=10_000)
    assert not Matter.objects.exists()
    axe(page)
    picture(page, "preview")


def _run(page: Page, axe: Look, picture: Picture) -> None:
    """Say what a word of the file means here, and import what can be taken."""
    main = page.locator("main")
    page.get_by_label("地点 一居").select_option("990101001002")
    main.get_by_role("button", name="保存并重新预览").click()
    expect(main).to_contain_text("正在预览")
    worker()
    main.get_by_role("button", name="开始导入").click()
    expect(main).to_contain_text("正在导入")
    worker()
    expect(main).to_contain_text("待改的行", timeout=10_000)
    assert Matter.objects.count() == 6
    axe(page)
    picture(page, "done")


def _correct(page: Page, folder: Path) -> None:
    """Download the row that waits, correct it and send it to the same import."""
    main = page.locator("main")
    with page.expect_download() as waiting:
        main.get_by_role("link", name="CSV").click()
    corrected = folder / "改好的.csv"
    content = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert "不是认得的日期" in content
    corrected.write_text(content.replace("昨天", "2026-03-08"), encoding="utf-8")
    page.get_by_label("改好的文件").set_input_files(str(corrected))
    main.get_by_role("button", name="上传改好的行").click()
    expect(page.locator("body")).to_contain_text("收到1行")
    worker()
    page.reload()
    assert Matter.objects.count() == 7


def _undo(page: Page, picture: Picture) -> None:
    """Take the whole import back."""
    main = page.locator("main")
    main.get_by_role("button", name="撤销整次导入").click()
    page.get_by_role("dialog").get_by_role("button", name="撤销整次导入").click()
    expect(main).to_contain_text("正在撤销")
    worker()
    expect(main.locator(".page-head")).to_contain_text("已撤销", timeout=10_000)
    picture(page, "undone")
    assert not Matter.objects.exists()


def test_a_file_of_the_hotline(
    visitor: Visitor, cast: Cast, picture: Picture, axe_at_both: Look, tmp_path: Path
) -> None:
    categories_load(actor=system("setup"))
    file = tmp_path / "热线周报.csv"
    file.write_bytes(file_of(*MIXED, row("6", 社区="一居", 类别="垃圾类"), row("7", 来电时间="昨天")))
    page = visitor("desk", cast.accounts["street"], accept_downloads=True)
    _preview(page, file, axe_at_both, picture)
    _run(page, axe_at_both, picture)
    _correct(page, tmp_path)
    _undo(page, picture)
