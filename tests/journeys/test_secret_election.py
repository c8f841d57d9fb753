"""A secret election in the browser: trustees, sealed votes, opening offline, a second round, a recount."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PublicKey, SealedBox
from playwright.sync_api import Page, expect

from linli.core import clock
from linli.core.clock import clock_at
from linli.work.deliberation.ballots.models import Ballot, Elector
from linli.work.deliberation.ballots.selectors import questions_asked
from linli.work.deliberation.ballots.services import counting
from linli.work.deliberation.elections.models import Candidate, Election
from linli.work.deliberation.elections.tests.conftest import MACHINE, VOTERS, Polls, polls_make
from linli.work.deliberation.secret.models import Ceremony
from linli.work.deliberation.secret.rules import plain_length
from linli.work.deliberation.secret.tasks import follow
from tests.people import Cast

pytestmark = [pytest.mark.journey, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Visitor = Callable[..., Page]
Look = Callable[[Page], None]
Picture = Callable[[Page, str], None]
RECOUNT = Path(__file__).resolve().parents[2] / "docs" / "recount.py"
HOUR = timedelta(hours=1)
SIDES = {"worker": "赵敏", "supervisor": "秦明", "street": "郑刚"}


@pytest.fixture
def look(axe: Look) -> Look:
    """Return a check of a page as it stands: accessible, and nothing wider than the window."""

    def check(page: Page) -> None:
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return check


@contextmanager
def long_ago() -> Iterator[None]:
    """Prepare things as they were done in time: nobody waits three weeks for a test."""
    with clock_at(clock.now() - timedelta(days=60)):
        yield


def begin_round(polls: Polls, election: Election) -> Ballot:
    """Draft, announce and freeze the ballot of the next round; it opens in an hour."""
    with long_ago():
        ballot = polls.round(election).ballot
        polls.frozen(ballot)
    Ballot.objects.filter(pk=ballot.pk).update(
        opens_at=clock.now() + HOUR, closes_at=clock.now() + 2 * HOUR, roll_objections_until=None
    )
    return Ballot.objects.get(pk=ballot.pk)


def base(ballot: Ballot) -> str:
    return f"/desk/council/ballots/{ballot.public_id}/secret/"


def hold_ceremony(desks: dict[str, Page], ballot: Ballot, folder: Path) -> dict[str, Path]:
    """Name trustees, make the key, let each take a share and confirm it alone; return who has which file."""
    page = desks["worker"]
    page.goto(base(ballot))
    page.get_by_role("link", name="指定三位保管人").click()
    for name, side in zip(SIDES.values(), ("居委会", "监督委员会", "街道"), strict=True):
        page.get_by_label(side, exact=True).select_option(label=name)
    page.get_by_role("button", name="指定").click()
    page.get_by_role("link", name="办理密钥仪式").click()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="三人到齐，生成密钥").click()
    files = {}
    for who, name in SIDES.items():
        expect(page.locator("h2").filter(has_text=name)).to_be_visible()
        with page.expect_download() as started:
            page.get_by_role("button", name="下载份额文件").click()
        files[who] = folder / f"{who}-{ballot.pk}.json"
        started.value.save_as(files[who])
        page.locator("#share-file").set_input_files(files[who])
        page.get_by_role("button", name="核对并交给下一位").click()
    page.context.set_offline(False)
    page.get_by_role("button", name="登记公钥").click()
    expect(page.locator("main")).to_contain_text("公钥已登记")
    for who, desk in desks.items():
        desk.goto(base(ballot) + "share/")
        desk.locator("#own-file").set_input_files(files["street" if who == "worker" else "worker"])
        desk.get_by_role("button", name="核对").click()
        expect(desk.locator("[data-said]")).to_contain_text("另一位保管人的份额")
        desk.locator("#own-file").set_input_files(files[who])
        desk.get_by_role("button", name="核对").click()
        desk.get_by_role("button", name="我已收好").click()
        expect(desk.locator("main")).to_contain_text("您的份额已收好")
    return files


def let_others_vote(ballot: Ballot, marks: list[list[list[str]]]) -> None:
    """Hang on the rows of the others what their browsers would have sealed."""
    key = PublicKey(bytes.fromhex(Ceremony.objects.get(ballot=ballot).public_key))
    length = plain_length(questions_asked(ballot))
    others = Elector.objects.filter(ballot=ballot, sealed_choice__isnull=True).order_by("number")
    for elector, one in zip(others, marks, strict=False):
        text = json.dumps(one, separators=(",", ":")).encode() + b"\x80"
        sealed = SealedBox(key).encrypt(text + bytes(length - len(text)))
        Elector.objects.filter(pk=elector.pk).update(sealed_choice=sealed)


def open_now(ballot: Ballot) -> None:
    Ballot.objects.filter(pk=ballot.pk).update(opens_at=clock.now() - HOUR)


def close_now(ballot: Ballot) -> None:
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=clock.now() - timedelta(seconds=1))
    counting.ballot_close(actor=MACHINE, ballot_id=ballot.public_id)
    follow()


def open_sealed(page: Page, ballot: Ballot, shares: list[Path]) -> None:
    """Fetch, cut the network, join two shares, open, and send the figures back."""
    page.goto(base(ballot))
    page.get_by_role("link", name="开票", exact=True).click()
    page.get_by_role("button", name="取回并核对").click()
    expect(page.locator("[data-taken]")).to_contain_text("与截止时封存的一致")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="开票", exact=True).click()
    expect(page.locator("[data-said]")).to_contain_text("第 1 份：请选择份额文件")
    page.locator("#first-file").set_input_files(shares[0])
    page.locator("#second-file").set_input_files(shares[0])
    page.get_by_role("button", name="开票", exact=True).click()
    expect(page.locator("[data-said]")).to_contain_text("两份是同一个人的份额")
    page.locator("#second-file").set_input_files(shares[1])
    page.get_by_role("button", name="开票", exact=True).click()
    expect(page.get_by_role("heading", name="三、结果")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="送回结果").click()
    expect(page.locator("main")).to_contain_text("开票结果已送回")


def count(polls: Polls, ballot: Ballot) -> None:
    counting.ballot_count(actor=polls.who("worker"), ballot_id=ballot.public_id)


def recounted(folder: Path, bundle: Any) -> subprocess.CompletedProcess[str]:
    """Count a bundle again with the published script alone."""
    path = folder / "bundle.json"
    path.write_text(json.dumps(bundle), encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(RECOUNT), str(path)], capture_output=True, text=True, check=False, cwd=folder
    )


def vote(page: Page, ballot: Ballot, *names: str) -> str:
    """Vote on the sheet and return the receipt."""
    page.goto(f"/council/ballots/{ballot.public_id}/secret/")
    for name in names:
        page.get_by_label(name).check()
    page.get_by_role("button", name="加密并投票").click()
    expect(page.get_by_role("heading", name="已投票")).to_be_visible()
    receipt = page.locator("[data-receipt-code]").get_attribute("data-receipt-code")
    assert receipt is not None
    return receipt


@dataclass
class Story:
    """One secret election and everybody who takes part in it."""

    polls: Polls
    election: Election
    desks: dict[str, Page]
    called: dict[int, str]
    folder: Path
    look: Look
    picture: Picture
    files: dict[str, Path] = field(default_factory=dict)

    def shown(self, page: Page, name: str) -> None:
        """Look at a page as it stands, and keep its picture."""
        self.look(page)
        self.picture(page, name)

    def elected(self) -> set[int]:
        """Return the numbers of those elected so far."""
        return set(self.election.candidates.filter(state="elected").values_list("number", flat=True))


def test_a_secret_election_with_trustees_a_second_round_and_a_recount(
    visitor: Visitor, cast: Cast, look: Look, picture: Picture, tmp_path: Path
) -> None:
    with long_ago():
        polls = polls_make(cast)
        election = polls.listed()
    desks = {who: visitor("desk", cast.accounts[who], accept_downloads=True) for who in SIDES}
    names = dict(election.candidates.values_list("number", "pk"))
    called = {n: Candidate.objects.get(pk=pk).name for n, pk in names.items()}
    story = Story(polls, election, desks, called, tmp_path, look, picture)
    resident, neighbour = (visitor("phone", cast.accounts[who]) for who in ("resident", "neighbour"))
    first = _key_made(story)
    replaced, receipt = _voted(story, first, resident, neighbour)
    _opened(story, first)
    _receipts_found(story, first, resident, receipt, replaced)
    _recounted_both_ways(story, first, resident, receipt)
    _outcome_of_the_first(story)
    second = _second_round(story, resident)
    _destroyed(story, first, second)


def _key_made(story: Story) -> Ballot:
    first = begin_round(story.polls, story.election)
    story.files = hold_ceremony(story.desks, first, story.folder)
    expect(story.desks["street"].locator("main")).to_contain_text("密钥已就绪")
    story.shown(story.desks["street"], "key-ready")
    return first


def _voted(story: Story, first: Ballot, resident: Page, neighbour: Page) -> tuple[str, str]:
    """Return the receipt of the vote that was replaced and of the one that counts."""
    called = story.called
    open_now(first)
    resident.goto(f"/council/ballots/{first.public_id}/secret/")
    story.shown(resident, "sheet")
    replaced = vote(resident, first, called[2], called[5])
    receipt = vote(resident, first, called[1], called[3], called[4])
    expect(resident.locator("main")).to_contain_text("代替了之前的")
    story.shown(resident, "receipt")
    vote(neighbour, first, called[1], called[3])
    # 18 more: c1 11 of 20 is over half for the chair; of the members only c3 (12) is
    let_others_vote(first, [[["c1"], ["c3"]]] * 9 + [[["c2"], ["c3", "c4"]]] + [[["c2"], ["c4", "c5"]]] * 8)
    close_now(first)
    return replaced, receipt


def _opened(story: Story, first: Ballot) -> None:
    open_sealed(story.desks["street"], first, [story.files["supervisor"], story.files["street"]])
    story.shown(story.desks["street"], "opened")
    count(story.polls, first)


def _receipts_found(story: Story, first: Ballot, resident: Page, receipt: str, replaced: str) -> None:
    resident.goto(f"/council/ballots/{first.public_id}/receipts/")
    resident.get_by_label("收据号").fill(receipt)
    resident.get_by_role("button", name="查找").click()
    expect(resident.locator("[data-said]")).to_contain_text("找到了")
    resident.get_by_label("收据号").fill(replaced)
    resident.get_by_role("button", name="查找").click()
    expect(resident.locator("[data-said]")).to_contain_text("没有找到")
    story.shown(resident, "receipts")


def _recounted_both_ways(story: Story, first: Ballot, resident: Page, receipt: str) -> None:
    bundle = resident.request.get(f"/council/ballots/{first.public_id}/bundle.json").json()
    agreed = recounted(story.folder, bundle)
    assert agreed.returncode == 0, agreed.stdout + agreed.stderr
    assert len(bundle["receipts"]) == VOTERS
    assert receipt in bundle["receipts"]
    changed = json.loads(json.dumps(bundle))
    changed["sheets"][0]["counts"]["1"]["c2"] += 1
    disputed = recounted(story.folder, changed)
    assert disputed.returncode == 1
    assert "改动过" in disputed.stdout


def _outcome_of_the_first(story: Story) -> None:
    desk = story.desks["worker"]
    desk.goto(f"/desk/council/elections/{story.election.public_id}/")
    desk.get_by_role("link", name="登记结果").click()
    desk.get_by_role("button", name="登记结果").click()
    expect(desk.locator("main")).to_contain_text("当选")
    assert story.elected() == {1, 3}


def _second_round(story: Story, resident: Page) -> Ballot:
    desk, second = story.desks["worker"], begin_round(story.polls, story.election)
    assert [q.text for q in second.questions.all()] == ["委员"]
    files = hold_ceremony(story.desks, second, story.folder)
    open_now(second)
    vote(resident, second, story.called[4])
    let_others_vote(second, [[["c4"]]] * 6 + [[["c5"]]] * 5)
    close_now(second)
    open_sealed(desk, second, [files["worker"], files["street"]])
    count(story.polls, second)
    bundle = resident.request.get(f"/council/ballots/{second.public_id}/bundle.json").json()
    assert recounted(story.folder, bundle).returncode == 0
    desk.goto(f"/desk/council/elections/{story.election.public_id}/do/outcome/")
    desk.get_by_role("button", name="登记结果").click()
    assert story.elected() == {1, 3, 4}
    story.shown(desk, "elected")
    return second


def _destroyed(story: Story, first: Ballot, second: Ballot) -> None:
    Ballot.objects.update(result_objections_until=clock.today() - timedelta(days=1))
    for ballot in (first, second):
        counting.ballot_settle(actor=story.polls.who("worker"), ballot_id=ballot.public_id)
    assert follow() == 2
    assert not Elector.objects.filter(sealed_choice__isnull=False).exists()
    supervisor = story.desks["supervisor"]
    supervisor.goto(base(first))
    supervisor.get_by_role("link", name="确认销毁我的份额").click()
    supervisor.get_by_role("button", name="我已销毁").click()
    expect(supervisor.locator("main")).to_contain_text("您的份额已销毁")
