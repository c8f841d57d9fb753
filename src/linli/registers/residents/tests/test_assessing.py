"""An impact assessment says what the platform does, is judged, concluded, and then stays as it is."""

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from docx import Document

from linli.core.actor import Function
from linli.core.clock import clock_forward, today
from linli.core.errors import Conflict, InvalidInput, NotAllowed
from linli.foundation.accounts.models import FUNCTIONS
from linli.registers.residents.access import NONE, FieldAccess, field_access
from linli.registers.residents.assessing.content import (
    SAMPLES,
    WAYS,
    content_now,
    differences,
    digest_of,
    role_words,
)
from linli.registers.residents.assessing.selectors import paper_of
from linli.registers.residents.assessing.services import (
    assessment_conclude,
    assessment_make,
    assessment_write,
)
from linli.registers.residents.consents.purposes import consent_purposes
from linli.registers.residents.facts.dictionary import dictionary
from linli.registers.residents.masking import MASKS, masked
from linli.registers.residents.models import Assessment
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PAGE = "/desk/settings/assessments/"
JUDGED = {
    "lawful": "目的明确，依法履行职责所必需。",
    "impact": "泄露会影响安宁；风险可控。",
    "measures": "措施相称。",
}


def _sections() -> dict[str, dict[str, str]]:
    return {one["title"]: dict(one["rows"]) for one in content_now()}


def _concluded(cast: Cast, name: str = "street") -> Assessment:
    made = assessment_make(actor=cast.actor(name))
    assessment_write(actor=cast.actor(name), assessment_id=made.public_id, **JUDGED)
    return assessment_conclude(actor=cast.actor(name), assessment_id=made.public_id)


# --- what it says ----------------------------------------------------------------


def test_it_is_filled_from_the_platforms_own_dictionary(cast: Cast) -> None:
    sections = _sections()
    assert set(sections["事实字典：为什么、依据什么"]) == {str(line.label) for line in dictionary().values()}
    assert set(sections["须本人同意的用途"]) == {line.label for line in consent_purposes().values()}
    assert "不少于1095天" in sections["保存多久"]["个人信息保护影响评估"]
    assert "六个月" in sections["安全措施"]["留痕"] and all(sections.values())
    sensitive = sections["为什么要评估（个人信息保护法第55条）"]["处理敏感个人信息（第1项）"]
    assert all(line.label in sensitive for line in dictionary().values() if line.is_sensitive)


def test_every_personal_field_is_named_and_said_to_be_encrypted(cast: Cast) -> None:
    fields = _sections()["登记的个人信息"]
    for line in field_access().values():
        assert fields[line.label].startswith("加密"), line.field
    assert "出生年月" in fields["不加密的"] and "姓名" not in fields["不加密的"]


@pytest.mark.parametrize("function", [function for function, _label in FUNCTIONS])
def test_it_says_of_every_function_what_the_tested_table_says(function: Function) -> None:
    """Read back from the words: each field stands under its way, masked ones with what their mask leaves."""
    said = role_words(function)
    ways = {line.way(function) for line in field_access().values()}
    if ways == {NONE}:
        assert not any(line.label in said for line in field_access().values())
        return
    parts = said.split("；")[1:]
    assert len(parts) == len(ways)
    for line in field_access().values():
        (part,) = [part for part in parts if part.endswith(f"：{WAYS[line.way(function)]}")]
        assert line.label in part
        if "masked" in line.way(function):
            assert f"{line.label}（如{masked(line.mask, SAMPLES[line.mask])}）" in part


def test_another_table_or_mask_is_another_document(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content_now()
    monkeypatch.setitem(MASKS, "phone", lambda phone: f"*{phone[-1]}")
    assert any("*4" in after for _title, _label, _before, after in differences(before, content_now()))
    monkeypatch.undo()
    name = field_access()["residents.Resident.name_sealed"]
    shown = FieldAccess(name.field, name.label, {**name.ways, "supervisor": "clear"}, name.mask)
    monkeypatch.setitem(field_access(), name.field, shown)
    changed = differences(before, content_now())
    assert [(title, label) for title, label, _b, _a in changed] == [("谁能看到什么", "监督")]
    assert "姓名：原样显示" in changed[0][3]


def test_a_sample_is_masked_and_every_way_has_its_words() -> None:
    assert set(SAMPLES) == set(MASKS)
    assert all(masked(mask, sample) != sample for mask, sample in SAMPLES.items())
    assert {line.way(function) for line in field_access().values() for function, _l in FUNCTIONS} <= set(WAYS)


def test_it_is_written_in_chinese_whoever_makes_it(cast: Cast) -> None:
    from django.utils.translation import override

    with override("en"):
        made = assessment_make(actor=cast.actor("street"))
    assert made.content == content_now()


# --- judged and concluded ---------------------------------------------------------


def test_it_is_judged_concluded_and_locked(cast: Cast) -> None:
    street = cast.actor("street")
    made = assessment_make(actor=street)
    with pytest.raises(InvalidInput):
        assessment_conclude(actor=street, assessment_id=made.public_id)
    for wrong in ({"lawful": " "}, {**JUDGED, "impact": "长" * 5001}):
        with pytest.raises(InvalidInput):
            assessment_write(actor=street, assessment_id=made.public_id, **wrong)
    assessment_write(actor=street, assessment_id=made.public_id, lawful="目的明确。")
    with pytest.raises(InvalidInput) as refusal:
        assessment_conclude(actor=street, assessment_id=made.public_id)
    assert set(refusal.value.details) == {"impact", "measures"}
    assessment_write(actor=street, assessment_id=made.public_id, **JUDGED)
    done = assessment_conclude(actor=street, assessment_id=made.public_id)
    assert done.digest == digest_of(done.content, JUDGED) and done.concluded_by == cast.person("street")
    for act in (
        lambda: assessment_write(actor=street, assessment_id=made.public_id, lawful="改一改"),
        lambda: assessment_conclude(actor=street, assessment_id=made.public_id),
    ):
        with pytest.raises(Conflict):
            act()
    assert Assessment.objects.get().lawful == JUDGED["lawful"]


@pytest.mark.parametrize("name", ["worker", "street2", "grid_worker", "department", "resident", "supervisor"])
def test_others_make_none(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        assessment_make(actor=cast.actor(name))
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("name", ["other_street", "district", "operator", "street2", "worker"])
def test_another_unit_reads_and_does_not_judge(cast: Cast, name: str) -> None:
    made = assessment_make(actor=cast.actor("street"))
    assessment_write(actor=cast.actor("street"), assessment_id=made.public_id, **JUDGED)
    for act in (
        lambda: assessment_write(actor=cast.actor(name), assessment_id=made.public_id, lawful="不必评估"),
        lambda: assessment_conclude(actor=cast.actor(name), assessment_id=made.public_id),
    ):
        with pytest.raises(NotAllowed):
            act()
    kept = Assessment.objects.get()
    assert kept.lawful == JUDGED["lawful"] and kept.concluded_at is None
    if name in ("other_street", "district", "operator"):
        page = cast.client(name).get(f"{PAGE}{made.public_id}/").content.decode()
        assert JUDGED["lawful"] in page and "保存意见" not in page


def test_versions_count_by_unit(cast: Cast) -> None:
    made = [assessment_make(actor=cast.actor(name)) for name in ("street", "street", "district", "street")]
    assert [one.version for one in made] == [1, 2, 1, 3]
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.filter(pk=made[0].pk).update(version=3)


def test_a_new_version_is_compared_with_the_units_last_concluded_one(cast: Cast) -> None:
    first = _concluded(cast)
    assert paper_of(first).last == ""
    assessment_make(actor=cast.actor("street"))  # a draft is nothing to compare with
    Assessment.objects.filter(pk=first.pk).update(content=[{"title": "甲", "rows": [["一", "旧"]]}])
    assert paper_of(assessment_make(actor=cast.actor("district"))).last == ""
    paper = paper_of(assessment_make(actor=cast.actor("street")))
    assert paper.last.startswith("第1版") and ("甲 · 一", "旧", "") in paper.changed
    assert len(paper.changed) > 50


def test_differences_name_what_came_went_and_changed() -> None:
    before = [{"title": "甲", "rows": [["一", "旧"], ["二", "同"], ["三", "去"]]}]
    after = [{"title": "甲", "rows": [["一", "新"], ["二", "同"], ["四", "来"]]}]
    assert differences(before, after) == [
        ("甲", "一", "旧", "新"),
        ("甲", "四", "", "来"),
        ("甲", "三", "去", ""),
    ]


def test_who_tampers_with_one_is_found_out(cast: Cast) -> None:
    done = _concluded(cast)
    assert paper_of(done).is_intact
    assert "内容与摘要不符" not in cast.client("street").get(f"{PAGE}{done.public_id}/").content.decode()
    Assessment.objects.filter(pk=done.pk).update(measures="不需要措施。")
    assert "内容与摘要不符" in cast.client("street").get(f"{PAGE}{done.public_id}/").content.decode()


# --- pages and documents ----------------------------------------------------------


def test_the_pages(cast: Cast) -> None:
    client = cast.client("street")
    made = client.post(PAGE)
    assert made.status_code == 302
    address = made["Location"]
    assert "请先填写三项" in client.post(address, {"act": "conclude"}).content.decode()
    long = client.post(address, {"lawful": "长" * 5001, "impact": "写了一半"})
    assert long.status_code == 422 and "写了一半" in long.content.decode()
    assert "批准定稿</" not in client.get(address).content.decode()
    assert client.post(address, JUDGED).status_code == 302
    assert "批准定稿</" in client.get(address).content.decode()
    assert client.post(address, {"act": "conclude"}).status_code == 302
    shown = client.get(address).content.decode()
    assert cast.person("street").name in shown and "保存至" in shown and "保存意见" not in shown
    assert JUDGED["impact"] in client.get(f"{address}print/").content.decode()
    second = client.post(PAGE)["Location"]
    assert "没有变化。" in client.get(second).content.decode()
    listed = client.get(PAGE).content.decode()
    assert "已定稿" in listed and "第2版" in listed and "桂花街道办事处" in listed


def test_the_document_is_whole_and_can_be_opened(cast: Cast) -> None:
    done = _concluded(cast)
    clock_forward(timedelta(days=1))
    Assessment.objects.filter(pk=done.pk).update(content=done.content[1:])
    made = assessment_make(actor=cast.actor("street"))
    answer = cast.client("street").get(f"{PAGE}{made.public_id}/docx/")
    name = f"linli-assessment-{today():%Y%m%d}-v2.docx"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    written = Document(io.BytesIO(answer.content))
    heads = [p.text for p in written.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert heads[0] == "与上一版的变化" and heads[-2:] == ["评估意见（个人信息保护法第56条）", "签署"]
    assert [head.partition(". ")[2] for head in heads[1:-2]] == [one["title"] for one in made.content]
    cells = {cell.text for table in written.tables for row in table.rows for cell in row.cells}
    assert all({label, text} <= cells for one in made.content for label, text in one["rows"])
    assert {"法务意见", "单位负责人", "桂花街道办事处"} <= cells
    assert any(made.digest in paragraph.text for paragraph in written.paragraphs)
    page = written.sections[0]
    assert (round(page.page_width.cm), round(page.page_height.cm, 1)) == (21, 29.7)  # type: ignore[union-attr]


def test_a_concluded_document_says_who_approved_and_until_when_it_is_kept(cast: Cast) -> None:
    done = _concluded(cast)
    written = Document(io.BytesIO(cast.client("operator").get(f"{PAGE}{done.public_id}/docx/").content))
    head = dict(tuple(cell.text for cell in row.cells) for row in written.tables[0].rows)
    assert head["批准"] == f"{cast.person('street').name}，{today():%Y-%m-%d}"
    assert head["保存至"] == f"{today() + timedelta(days=3650):%Y-%m-%d}" and head["版本"].startswith("第1版")
    assert all(any(text == p.text for p in written.paragraphs) for text in JUDGED.values())


@pytest.mark.parametrize("name", ["worker", "street2", "supervisor", "resident"])
def test_others_take_no_document(cast: Cast, name: str) -> None:
    made = assessment_make(actor=cast.actor("street"))
    for page in ("", "print/", "docx/"):
        assert cast.client(name).get(f"{PAGE}{made.public_id}/{page}").status_code == 403
