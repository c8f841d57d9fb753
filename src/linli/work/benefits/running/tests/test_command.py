"""``linli benefits``: what it says, that it goes on where it was broken off, what it refuses."""

import fcntl
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from linli.core.clock import clock_forward
from linli.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from linli.foundation.notices.selectors import notice_list
from linli.work.benefits.models import Lead, Policy, Run, Snapshot
from linli.work.benefits.models.policies import PolicyVersion
from linli.work.benefits.outreach import tasks as outreach
from linli.work.benefits.outreach.tests.world import MACHINE, Doors, doors_make
from linli.work.benefits.running import tasks
from linli.work.benefits.running.services import run_ask, run_note, run_resume, run_stop, snapshot_ask
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def doors(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Doors]:
    settings.HOME = tmp_path
    yield doors_make(cast)


def said(*words: str) -> str:
    out = StringIO()
    call_command("benefits", *words, stdout=out)
    return out.getvalue()


def test_a_snapshot_then_a_run_over_it(doors: Doors) -> None:
    assert "快照已做好" in said("snapshot")
    assert Snapshot.objects.get().state == "done"
    words = said("run")
    assert "匹配 " in words and "快照 " not in words  # it is there already
    assert "新线索0条" in words  # a baseline
    assert Run.objects.get().led_at is not None


def test_the_run_goes_on_where_it_was_broken_off(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("linli.work.benefits.running.tasks.run_finish", killed)
    with pytest.raises(KeyboardInterrupt):
        said("run")
    assert Run.objects.get().state == "running"
    monkeypatch.undo()
    assert "接着做" in said("run")
    assert Run.objects.get().state == "done"


def test_a_cluster_out_of_reach_leaves_the_run_and_this_machine_goes_on_with_it(
    doors: Doors, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(address: str) -> None:
        raise ConnectionRefusedError(address)

    monkeypatch.setattr("linli.work.benefits.engine.cluster._session", refuse)
    settings.SPARK = "sc://spark.example.cn"
    with pytest.raises(CommandError, match="连不上 Spark 集群"):
        said("run")
    run = Run.objects.get()
    assert run.state == "failed" and "Spark" in run.fault
    settings.SPARK = ""
    run_resume(actor=doors.actor("city"), run_id=run.public_id)
    assert "匹配 " in said("run")
    assert Run.objects.get().state == "done"


def test_leads_that_were_not_made_are_made_later(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    said("run")
    clock_forward(timedelta(days=1))
    PolicyVersion.objects.filter(pk=doors.family.pk).update(text=doors.elder.text)
    run_ask(actor=MACHINE)

    def killed(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("linli.work.benefits.outreach.tasks.leads_of_run", killed)
    with pytest.raises(KeyboardInterrupt):
        outreach.follow()
    monkeypatch.undo()
    run = Run.objects.latest("pk")
    assert (run.state, run.led_at) == ("done", None)
    outreach.follow()
    run.refresh_from_db()
    assert run.led_at is not None


def test_only_what_is_named_and_in_force(doors: Doors) -> None:
    said("run", "--policy", "test_elder")
    assert Run.objects.get().policies == ["test_elder"]
    with pytest.raises(CommandError, match="没有在用的政策：nothing"):
        said("run", "--policy", "nothing")
    with pytest.raises(InvalidInput):
        run_ask(actor=doors.actor("city"), policies=["nothing"])
    PolicyVersion.objects.update(state="draft")
    with pytest.raises(CommandError, match="没有在用的政策"):
        said("run")
    assert Run.objects.count() == 1


def test_a_run_that_waited_too_long_is_refused(doors: Doors) -> None:
    said("snapshot")
    run_ask(actor=doors.actor("city"))
    clock_forward(timedelta(days=8))
    with pytest.raises(CommandError, match="超过7天"):
        said("run")
    run = Run.objects.get()
    assert run.state == "failed" and "超过7天" in run.fault
    assert not Lead.objects.exists()
    said("run")
    assert Run.objects.latest("pk").state == "done"


def test_two_processes_do_not_write_over_each_other(doors: Doors, settings: Any) -> None:
    run_ask(actor=doors.actor("city"))
    folder = Path(settings.HOME) / "benefits"
    folder.mkdir()
    with (folder / "turn.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for words in ("snapshot", "run"):
            with pytest.raises(CommandError, match="另一个进程"):
                said(words)
        outreach.follow()  # the worker goes on with the rest
    assert Run.objects.get().state == "waiting"


def test_a_run_is_given_up(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    city = doors.actor("city")
    run = run_ask(actor=city)
    for name in ("district", "street", "worker", "resident"):
        with pytest.raises(NotAllowed):
            run_stop(actor=doors.actor(name), run_id=run.public_id)
    run_stop(actor=city, run_id=run.public_id)
    assert "已取消" in doors.cast.client("city").get("/desk/benefits/runs/").content.decode()
    with pytest.raises(Conflict, match="完成或取消"):
        run_stop(actor=city, run_id=run.public_id)
    with pytest.raises(NotFound):
        run_stop(actor=city, run_id="01a218ce-0000-7000-8000-000000000000")
    run = run_ask(actor=city)
    whole = tasks.match_make

    def given_up(*args: Any, **more: Any) -> Any:
        run_stop(actor=city, run_id=run.public_id)
        return whole(*args, **more)

    monkeypatch.setattr("linli.work.benefits.running.tasks.match_make", given_up)
    outreach.follow()
    run.refresh_from_db()
    assert run.state == "dropped" and not run.counts.exists()
    assert not run.path.exists()


def test_only_what_failed_is_resumed(doors: Doors) -> None:
    city = doors.actor("city")
    run = run_ask(actor=city)
    with pytest.raises(Conflict, match="没有完成"):
        run_resume(actor=city, run_id=run.public_id)
    run_note(actor=MACHINE, run=run, state="failed", fault="OSError")
    with pytest.raises(NotAllowed):
        run_resume(actor=doors.actor("district"), run_id=run.public_id)
    other = run_ask(actor=city)
    with pytest.raises(Conflict, match="在进行"):
        run_resume(actor=city, run_id=run.public_id)
    run_stop(actor=city, run_id=other.public_id)
    page = f"/desk/benefits/runs/{run.public_id}/"
    assert f"{page}resume/" in doors.cast.client("city").get(page).content.decode()
    assert f"{page}resume/" not in doors.cast.client("district").get(page).content.decode()
    assert doors.cast.client("city").post(f"{page}resume/").status_code == 302
    run.refresh_from_db()
    assert (run.state, run.fault) == ("waiting", "")
    assert "取消这次匹配" in doors.cast.client("city").get(page).content.decode()
    assert doors.cast.client("city").post(f"{page}stop/").status_code == 302


def test_one_policy_is_matched_again_from_its_page(doors: Doors) -> None:
    page = f"/desk/benefits/{doors.elder.policy.public_id}/"
    assert "重新匹配" not in doors.cast.client("district").get(page).content.decode()
    city = doors.cast.client("city")
    assert "重新匹配" in city.get(page).content.decode()
    assert city.post("/desk/benefits/runs/ask/", {"policy": "nothing"}).status_code == 422
    answer = city.post("/desk/benefits/runs/ask/", {"policy": "test_elder"})
    assert Run.objects.get().policies == ["test_elder"]
    page_run = city.get(answer["Location"]).content.decode()
    assert "老年综合津贴" in page_run and "every 3s" in page_run
    listed = city.get("/desk/benefits/runs/").content.decode()
    assert "老年综合津贴" in listed and "指定的政策" not in listed


def test_a_district_matches_its_own_policy_and_no_other(doors: Doors) -> None:
    path = doors.cast.places["district_place"].path
    Policy.objects.filter(pk=doors.elder.policy_id).update(area_path=path)
    client, actor = doors.cast.client("district"), doors.actor("district")
    own, other = (f"/desk/benefits/{one.policy.public_id}/" for one in (doors.elder, doors.family))
    assert "重新匹配" in client.get(own).content.decode()
    assert "重新匹配" not in client.get(other).content.decode()
    for named in ((), ["test_family"], ["test_elder", "test_family"], ["nothing"]):
        with pytest.raises(NotAllowed):
            run_ask(actor=actor, policies=named)
        assert client.post("/desk/benefits/runs/ask/", {"policy": named}).status_code == 403
    for name in ("other_district", "street", "worker"):
        with pytest.raises(NotAllowed):
            run_ask(actor=doors.actor(name), policies=["test_elder"])
    assert not Run.objects.exists()
    run = run_ask(actor=actor, policies=["test_elder"])
    outreach.follow()
    assert {count.area_path for count in run.counts.all()} == {path}
    [notice] = notice_list(actor).filter(kind="benefits.run")
    assert "老年综合津贴" in notice.title and notice.url.endswith(f"/runs/{run.public_id}/")
    assert not Lead.objects.exists()  # its first run is a baseline, whoever asks


def test_a_district_gives_up_and_resumes_what_is_its_own(doors: Doors) -> None:
    district, city = doors.actor("district"), doors.actor("city")
    whole = run_ask(actor=city)
    Policy.objects.update(area_path=doors.cast.places["district_place"].path)
    with pytest.raises(NotAllowed):
        run_stop(actor=district, run_id=whole.public_id)
    run_stop(actor=city, run_id=whole.public_id)
    run = run_ask(actor=district, policies=["test_elder"])
    run_note(actor=MACHINE, run=run, state="failed", fault="OSError")
    page = f"/desk/benefits/runs/{run.public_id}/"
    assert "接着算" in doors.cast.client("district").get(page).content.decode()
    with pytest.raises(NotAllowed):
        run_resume(actor=doors.actor("other_district"), run_id=run.public_id)
    run_resume(actor=district, run_id=run.public_id)
    run_stop(actor=district, run_id=run.public_id)
    run.refresh_from_db()
    assert run.state == "dropped"


def test_who_asks_for_a_snapshot(doors: Doors) -> None:
    assert snapshot_ask(actor=doors.actor("operator")) == snapshot_ask(actor=doors.actor("city"))
    with pytest.raises(NotAllowed):
        snapshot_ask(actor=doors.actor("district"))


def other_fact(doors: Doors) -> None:
    text = doors.elder.text.replace("age: {from: 65}", "fact: disability_grade, in: ['1']")
    assert text != doors.elder.text
    PolicyVersion.objects.filter(pk=doors.elder.pk).update(text=text)


def test_a_policy_that_asks_for_more_gets_a_snapshot_of_its_own_the_same_day(doors: Doors) -> None:
    said("run")
    other_fact(doors)
    said("run")
    first, second = Run.objects.order_by("pk")
    assert (first.snapshot.edition, second.snapshot.edition) == (1, 2)
    assert set(second.snapshot.facts) - set(first.snapshot.facts) == {"disability_grade"}
    assert first.snapshot.path.exists() and second.snapshot.path.exists()


def test_a_policy_that_changed_after_the_run_was_asked_for_is_said(doors: Doors) -> None:
    said("snapshot")
    run_ask(actor=MACHINE)
    other_fact(doors)
    with pytest.raises(CommandError, match=r"残疾等级.*请重新发起"):
        said("run")
    assert Run.objects.get().state == "failed" and "快照里没有" in Run.objects.get().fault
