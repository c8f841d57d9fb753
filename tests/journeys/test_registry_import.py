"""A file of persons in the browser: mapped, looked through, run, settled, corrected, taken back whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from linli.foundation.imports.models import Import
from linli.foundation.imports.tasks import work_through
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Resident
from linli.registers.residents.tests.importworld import (
    FAMILY,
    HEAD,
    brought,
    clear,
    file_of,
    number_of,
    person,
    resident,
    tables_digest,
)
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Picture = Callable[[Page, str], None]
Look = Callable[[Page], None]
RIGHT = number_of("1991-02-03", 66)
WRONG = RIGHT[:-1] + ("1" if RIGHT[-1] != "1" else "2")
NOWHERE, SOMEWHERE = "春晖苑9号楼1单元101室", "春晖苑3号楼2单元101室"
ROWS = (
    person("王大鸣", "1980-05-06", 11),
    person("李小画", "1982-07-08", 22, 与户主关系="配偶"),
    person("欧阳净", "1941-02-03", 44, room="202", 居住方式="租住"),
    person("周明", "1975-06-07", 55, room="301", 联系电话="13712345678"),
    person("赵强", room="302", 证件号码=WRONG),
    person("钱多", "1988-08-08", 77, 居住地址=NOWHERE, 户号="H901"),
)


@pytest.fixture
def homes(cast: Cast) -> Homes:
    """A building of committee A whose people the police registered."""
    found = homes_build(cast)
    brought(found.worker, *FAMILY)
    return found


def worker() -> None:
    """What the background worker does with the latest import."""
    work_through(Import.objects.latest("pk").pk)


def _fits(page: Page) -> None:
    """Nothing sticks out to the right."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide}px too wide"


class Seat:
    """Whoever sits in front of the browser: looks at a page before going on."""

    def __init__(self, page: Page, axe: Look, picture: Picture) -> None:
        self.page, self.main, self._axe, self._picture = page, page.locator("main"), axe, picture

    def looks(self, name: str) -> None:
        """Look at the page: it fits, can be read by everybody, and is kept as a picture."""
        _fits(self.page)
        self._axe(self.page)
        self._picture(self.page, name)

    def clicks(self, name: str) -> None:
        """Press a button of the page."""
        self.main.get_by_role("button", name=name).first.click()

    def confirms(self, name: str) -> None:
        """Press a button of the page and again where it asks."""
        self.clicks(name)
        self.page.get_by_role("dialog").get_by_role("button", name=name).click()

    def waits(self, words: str) -> None:
        """Let the worker work, until the page says so."""
        worker()
        expect(self.main).to_contain_text(words, timeout=10_000)


def _preview(seat: Seat, file: Path) -> None:
    """Upload, say what the columns are, and look at every row."""
    page, main = seat.page, seat.main
    page.goto("/desk/settings/imports/")
    main.get_by_role("link", name="导入新文件").first.click()
    page.get_by_label("导入什么").select_option(label="人口（一标三实）")
    page.get_by_label("文件", exact=True).set_input_files(str(file))
    seat.looks("1-new")
    seat.clicks("上传")
    expect(page.get_by_role("heading", name="哪一列是什么")).to_be_visible()
    expect(page.locator("[name=column_number]")).to_have_value("证件号码")
    expect(main).to_contain_text("民族")
    expect(main).not_to_contain_text("汉族")
    page.locator("[name=fixed_source]").select_option("health")
    seat.looks("2-map")
    seat.clicks("看预览")
    expect(main).to_contain_text("正在预览")
    seat.waits("这是预览，还没有导入")
    expect(main).to_contain_text("民族：平台不收集这类信息")
    expect(main).not_to_contain_text("=local")
    assert Resident.objects.count() == 4
    seat.looks("3-looked-through")

    main.get_by_role("link", name="逐行看会变成什么").click()
    expect(main).to_contain_text("周*")
    expect(main).not_to_contain_text("周明")
    expect(main).to_contain_text("户籍 本市户籍")
    seat.looks("4-rows-new")
    main.get_by_role("link", name="有出入").click()
    expect(main).to_contain_text("欧阳*")
    seat.looks("5-rows-in-conflict")
    main.get_by_role("link", name="有问题").click()
    expect(main).to_contain_text("证件号码")
    seat.looks("6-rows-with-faults")
    page.go_back()
    page.go_back()
    page.go_back()


def _settle(seat: Seat) -> None:
    """Decide one row by looking at both values, the rest all at once."""
    page, main = seat.page, seat.main
    main.get_by_role("link", name="去决定").click()
    expect(main).not_to_contain_text("王大鸣")
    seat.looks("8-conflicts")
    seat.clicks("显示这一页的原文")
    expect(main).to_contain_text("王大鸣")
    expect(main).to_contain_text("王大明")
    seat.looks("9-conflicts-in-clear")
    page.locator("[name=row_2_name][value=take]").check()
    seat.clicks("按选择处理这一页")
    expect(page.locator("body")).to_contain_text("已决定1行")
    seat.waits("有出入的行在等决定")
    assert clear(resident(), "name") == "王大鸣"
    main.get_by_role("link", name="去决定").click()
    seat.confirms("全部保留现有")
    expect(page.locator("body")).to_contain_text("已决定2行")
    seat.waits("待改的行")
    assert clear(resident("1982-07-08", 22), "name") == "李小花"
    assert clear(resident("1941-02-03", 44), "name") == "欧阳静"


def _correct(seat: Seat, folder: Path) -> None:
    """Download what waits, correct the number and the address, and send it to the same import."""
    page, main = seat.page, seat.main
    with page.expect_download() as waiting:
        main.get_by_role("link", name="CSV").click()
    content = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert WRONG in content and NOWHERE in content and "汉族" not in content
    corrected = folder / "改好的.csv"
    corrected.write_text(content.replace(WRONG, RIGHT).replace(NOWHERE, SOMEWHERE), encoding="utf-8")
    page.get_by_label("改好的文件").set_input_files(str(corrected))
    seat.clicks("上传改好的行")
    expect(page.locator("body")).to_contain_text("收到2行")
    seat.waits("撤销整次导入")
    expect(main).not_to_contain_text("待改的行")
    assert clear(resident("1991-02-03", 66), "name") == "赵强" and Resident.objects.count() == 7
    seat.looks("11-corrected")


def test_a_file_of_persons(
    visitor: Visitor, homes: Homes, picture: Picture, axe_at_both: Look, tmp_path: Path
) -> None:
    before = tables_digest()
    file = tmp_path / "卫健人口.csv"
    file.write_bytes(file_of(*([*row, "汉族"] for row in ROWS), head=[*HEAD, "民族"]))
    page = visitor("desk", homes.cast.accounts["worker"], accept_downloads=True)
    seat = Seat(page, axe_at_both, picture)
    _preview(seat, file)
    seat.clicks("开始导入")
    expect(seat.main).to_contain_text("正在导入")
    seat.waits("有出入的行在等决定")
    expect(seat.main).to_contain_text("待改的行")
    assert Resident.objects.count() == 5
    seat.looks("7-done")
    _settle(seat)
    seat.looks("10-settled")
    _correct(seat, tmp_path)
    seat.confirms("撤销整次导入")
    expect(seat.main).to_contain_text("正在撤销")
    worker()
    expect(seat.main.locator(".page-head")).to_contain_text("已撤销", timeout=10_000)
    expect(seat.main).not_to_contain_text("有问题的行")
    seat.looks("12-undone")
    assert tables_digest() == before
