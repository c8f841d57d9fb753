"""Owners decide on a lift by head and area with web, paper and door ballots; a stranger counts again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from linli.core import clock as time
from linli.core.actor import system
from linli.core.clock import clock_at
from linli.foundation.files.tests.pictures import picture as photograph
from linli.registers.residents.tests.plans import people_findable
from linli.work.deliberation.ballots import gate
from linli.work.deliberation.ballots.models import Ballot, Sheet, Vote
from linli.work.deliberation.ballots.tests.hall import LIFT, Hall, hall_make
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]
Picture = Callable[[Page, str], None]
SCRIPT = Path(__file__).parents[2] / "docs" / "recount.py"


@pytest.fixture
def look(axe: Look) -> Look:
    """Return a check of a page as it stands: accessible, and nothing wider than the window."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


@pytest.fixture
def hall(cast: Cast) -> Hall:
    with clock_at(time.now() - timedelta(days=40)):
        return hall_make(cast)


@pytest.fixture
def ballot(hall: Hall) -> Ballot:
    """A ballot announced forty days ago, frozen since, open for another day."""
    until = time.now() + timedelta(days=1)
    with clock_at(time.now() - timedelta(days=40)):
        return hall.frozen(closes_at=until)


def test_owners_decide_on_a_lift(
    visitor: Visitor, hall: Hall, ballot: Ballot, look: Look, picture: Picture, tmp_path: Path
) -> None:
    cast = hall.cast
    woman = visitor("phone", cast.accounts["resident"])
    votes_on_the_web(woman, look, picture, "同意")
    votes_on_the_web(visitor("phone", cast.accounts["neighbour"]), look, picture, "反对")
    worker = visitor("desk", cast.accounts["worker"])
    worker.goto(f"/desk/council/ballots/{ballot.public_id}/")
    expect(worker.locator("main")).to_contain_text("投票进度")
    look(worker)
    picture(worker, "record-open")
    at_the_door(worker, cast, ballot, look, picture)
    on_paper(worker, visitor("desk", cast.accounts["worker2"]), hall, ballot, look, picture)
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=time.now())
    counted(worker, ballot, look, picture)
    counted_again(visitor("phone"), ballot, look, picture, tmp_path)


def test_beyond_capacity_the_page_sends_again_by_itself_and_the_vote_counts_once(
    visitor: Visitor, hall: Hall, ballot: Ballot, complaints: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "WAIT", 0.05)
    page = visitor("phone", hall.cast.accounts["resident"])
    page.goto(f"/council/ballots/{ballot.public_id}/vote/{hall.owner(ballot, '101').public_id}/")
    page.get_by_label("同意", exact=True).check()
    taken = 0
    while gate._places.acquire(blocking=False):
        taken += 1
    try:
        page.get_by_role("button", name="投出这一票").click()
        expect(page.locator("[data-draft-note]")).to_contain_text("会自动再发一次，不会重复")
    finally:
        for _n in range(taken):
            gate._places.release()
    expect(page.locator("main")).to_contain_text("您的票已收下", timeout=15_000)
    assert Vote.objects.count() == 1
    complaints.found = [line for line in complaints.found if "503" not in line]


def votes_on_the_web(page: Page, look: Look, picture: Picture, mark: str) -> None:
    page.goto("/council/")
    look(page)
    page.get_by_role("link", name="1号楼加装电梯").first.click()
    picture(page, f"public-{mark}")
    look(page)
    page.get_by_role("link", name="投票", exact=True).click()
    look(page)
    page.get_by_label(mark, exact=True).check()
    picture(page, f"vote-{mark}")
    page.get_by_role("button", name="投出这一票").click()
    expect(page.locator("main")).to_contain_text("您的票已收下")
    expect(page.locator("main")).to_contain_text(mark)
    look(page)
    picture(page, f"receipt-{mark}")


def at_the_door(page: Page, cast: Cast, ballot: Ballot, look: Look, picture: Picture) -> None:
    page.get_by_role("link", name="还没投的").click()
    look(page)
    picture(page, "roll-open")
    page.get_by_role("link", name="1号楼1单元202室").click()
    look(page)
    picture(page, "elector")
    page.get_by_role("link", name="登记投票").click()
    page.get_by_label("上门").check()
    page.get_by_label("见证人").select_option(label=cast.person("worker2").name)
    page.get_by_label("同意", exact=True).check()
    look(page)
    picture(page, "door")
    page.get_by_role("button", name="登记投票").click()
    expect(page.locator("aside")).to_contain_text("上门")


def on_paper(first: Page, second: Page, hall: Hall, ballot: Ballot, look: Look, picture: Picture) -> None:
    first.goto(f"/desk/council/ballots/{ballot.public_id}/sheets/")
    first.get_by_role("button", name="给他们各发一张").click()
    first.get_by_role("dialog").get_by_role("button", name="给他们各发一张").click()
    expect(first.locator("main")).to_contain_text("已发出2张票纸")
    look(first)
    picture(first, "sheets")
    first.goto(f"/desk/council/ballots/{ballot.public_id}/sheets/print/")
    look(first)
    picture(first, "print-sheets")
    brought, lost = (hall.owner(ballot, room).sheets.get() for room in ("102", "302"))
    _to_sheet(first, ballot, brought)
    look(first)
    first.get_by_role("button", name="收回", exact=True).click()
    expect(first.locator("body")).to_contain_text("号票纸已收回")
    for page, said in ((first, "录完第一遍"), (second, "已录完两遍")):
        _to_sheet(page, ballot, brought)
        page.get_by_label("同意", exact=True).check()
        picture(page, f"key-{said}")
        page.get_by_role("button", name="录入").click()
        expect(page.locator("main")).to_contain_text(said)
    first.goto(f"/desk/council/ballots/{ballot.public_id}/sheets/missing/")
    first.get_by_label("原因").fill("三次上门没有人")
    first.get_by_role("button", name="登记为未收回").click()
    expect(first.locator("main")).to_contain_text("已登记为未收回")
    lost.refresh_from_db()
    assert lost.state == Sheet.State.MISSING


def _to_sheet(page: Page, ballot: Ballot, sheet: Sheet) -> None:
    page.goto(f"/desk/council/ballots/{ballot.public_id}/sheets/")
    page.get_by_label("票码").fill(f"{sheet.code[:4]}-{sheet.code[4:]}".lower())
    page.get_by_role("button", name="打开").click()
    expect(page.locator("h1")).to_contain_text(f"第{sheet.number}号票纸")


def counted(page: Page, ballot: Ballot, look: Look, picture: Picture) -> None:
    page.goto(f"/desk/council/ballots/{ballot.public_id}/")
    page.get_by_role("link", name="计票").first.click()
    page.get_by_role("button", name="计票").click()
    expect(page.locator("main")).to_contain_text("参加表决4人，全体5人")
    expect(page.locator("main")).to_contain_text("民法典第278条")
    look(page)
    picture(page, "record-counted")
    page.goto(f"/desk/council/ballots/{ballot.public_id}/result/")
    look(page)
    picture(page, "print-result")
    page.goto(f"/desk/council/ballots/{ballot.public_id}/notice/")
    look(page)
    picture(page, "print-notice")


def counted_again(page: Page, ballot: Ballot, look: Look, picture: Picture, folder: Path) -> None:
    page.goto(f"/council/ballots/{ballot.public_id}/")
    expect(page.locator("main")).to_contain_text(LIFT)
    expect(page.locator("main")).to_contain_text("通过")
    look(page)
    picture(page, "public-result")
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载公开数据包").click()
    file = folder / "bundle.json"
    taken.value.save_as(file)
    ballot.refresh_from_db()
    agrees: Any = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(file), ballot.tally_digest], capture_output=True, check=False
    )
    assert agrees.returncode == 0, agrees.stdout.decode()
    assert "一致" in agrees.stdout.decode()


def test_a_neighbour_votes_for_who_is_away(
    visitor: Visitor, hall: Hall, ballot: Ballot, look: Look, picture: Picture, tmp_path: Path
) -> None:
    people_findable(actor=system("setup"), people=list(hall.people.values()))
    paper = tmp_path / "paper.jpg"
    paper.write_bytes(photograph())
    worker = visitor("desk", hall.cast.accounts["worker"])
    row = hall.owner(ballot, "301")
    worker.goto(f"/desk/council/ballots/{ballot.public_id}/roll/{row.public_id}/")
    worker.get_by_role("link", name="登记委托").click()
    worker.get_by_label("受托人").fill("王秀兰")
    worker.get_by_role("radio", name="交来书面委托书").check()
    worker.get_by_label("委托书编号或日期").fill("2026年11月20日委托书")
    worker.locator("input[type=file]").set_input_files(paper)
    look(worker)
    picture(worker, "proxy-form")
    worker.get_by_role("button", name="登记委托").click()
    expect(worker.locator("main")).to_contain_text("王**")
    look(worker)
    picture(worker, "proxy-row")
    worker.goto(f"/desk/council/ballots/{ballot.public_id}/roll/")
    expect(worker.locator("main")).to_contain_text("委托 王**")
    picture(worker, "proxy-roll")
    giver = visitor("phone", hall.cast.accounts["neighbour"])
    giver.goto(f"/council/ballots/{ballot.public_id}/")
    expect(giver.get_by_role("link", name="撤销委托")).to_be_visible()
    look(giver)
    picture(giver, "proxy-giver")
    holder = visitor("phone", hall.cast.accounts["resident"])
    holder.goto(f"/council/ballots/{ballot.public_id}/")
    expect(holder.locator("main")).to_contain_text("您还受赵**委托")
    look(holder)
    picture(holder, "proxy-holder")
    holder.get_by_role("link", name="投票", exact=True).last.click()
    expect(holder.locator("main")).to_contain_text("您受赵**委托，代投这一票")
    look(holder)
    picture(holder, "proxy-vote")
    holder.get_by_label("同意", exact=True).check()
    holder.get_by_role("button", name="投出这一票").click()
    expect(holder.locator("main")).to_contain_text("回执")
    assert Vote.objects.get().elector == row
    giver.reload()
    expect(giver.get_by_role("link", name="撤销委托")).to_have_count(0)
    picture(giver, "proxy-given-and-cast")
