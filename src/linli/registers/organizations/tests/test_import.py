"""The workbook: read, judged row by row, applied as a whole or not at all, and again without doubling."""

from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.core.errors import InvalidInput, NotAllowed
from linli.foundation.accounts.models import Account, Role, Unit
from linli.foundation.audit.models import AuditRecord
from linli.registers.organizations import rules, selectors, services, workbook
from linli.registers.organizations.models import UnitImport
from tests.people import Cast

UNIT = (
    "新家物业",
    "物业企业",
    "物业",
    "桂花街道办事处",
    "990101001001",
    "021-1",
    "桂花路1号",
    "a@example.org",
)
STAFF = ("新家物业", "何花", "he-hua", "13900000077", "", "", "经理", "", "是")


def sheet(units: list[tuple[Any, ...]], staff: list[tuple[Any, ...]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for name, columns, rows in (("单位", rules.UNIT_COLUMNS, units), ("人员", rules.STAFF_COLUMNS, staff)):
        page = book.add_worksheet(name)
        for number, row in enumerate([columns, *rows]):
            page.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()


def apply(cast: Cast, units: list[Any], staff: list[Any], by: str = "street") -> services.Imported:
    return services.units_import(actor=cast.actor(by), file_name="x.xlsx", units=units, staff=staff)


def counts() -> tuple[int, ...]:
    return tuple(model._default_manager.count() for model in (Unit, Account, Role, UnitImport, AuditRecord))


def changed(row: tuple[str, ...], **values: str) -> tuple[str, ...]:
    columns = rules.UNIT_COLUMNS if len(row) == len(rules.UNIT_COLUMNS) else rules.STAFF_COLUMNS
    return tuple(values.get(column, cell) for column, cell in zip(columns, row, strict=True))


def test_units_and_staff_come_in_together(cast: Cast) -> None:
    done = apply(cast, [UNIT], [STAFF])
    unit = Unit.objects.get(name="新家物业")
    assert (unit.function, unit.kind, unit.parent) == ("property", "物业", cast.units["street_unit"])
    assert unit.area_paths == (cast.places["committee_a_place"].path,)
    (made,) = done.staff
    assert made.account.check_password(made.password) and made.role.is_unit_admin
    assert made.role.function == "property" and made.role.title == "经理"
    assert AuditRecord.objects.filter(verb="units.import").count() == 1


def test_again_without_doubling(cast: Cast) -> None:
    apply(cast, [UNIT], [STAFF])
    before = (Unit.objects.count(), Account.objects.count(), Role.objects.count())
    done = apply(cast, [UNIT], [STAFF])
    assert done.staff == () and (done.run.units_new, done.run.staff_new) == (0, 0)
    assert (Unit.objects.count(), Account.objects.count(), Role.objects.count()) == before


def test_parents_may_stand_below_their_children(cast: Cast) -> None:
    child = changed(UNIT, 名称="分公司", 上级单位="新家物业")
    apply(cast, [child, UNIT], [])
    assert Unit.objects.get(name="分公司").parent == Unit.objects.get(name="新家物业")


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ({"名称": ""}, "没有填名称"),
        ({"职能": "城管"}, "不认识"),
        ({"职能": "居民"}, "不认识"),
        ({"区划代码": ""}, "没有填区划代码"),
        ({"区划代码": "999999999999"}, "区划代码不存在"),
        ({"区划代码": "990101002001"}, "不能在这些区域"),
        ({"上级单位": "没有的单位"}, "没有找到上级单位"),
        ({"名称": "桂花街道城管中队"}, "已有同名单位"),
        ({"邮箱": "不是邮箱"}, "邮箱“不是邮箱”格式不对"),
        ({"类别": "长" * 41}, "“类别”超过40个字"),
    ],
)
def test_one_bad_unit_keeps_everything_out(cast: Cast, unit: dict[str, str], words: str) -> None:
    before = counts()
    with pytest.raises(InvalidInput) as refusal:
        apply(cast, [changed(UNIT, 名称="好单位"), changed(UNIT, **unit)], [])
    assert counts() == before
    assert words in "".join(refusal.value.details["rows"])


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"单位": "没有的单位"}, "没有找到单位"),
        ({"姓名": ""}, "没有填姓名"),
        ({"用户名": "何花"}, "用户名为3至40位"),
        ({"手机号": "021-64310000"}, "11位手机号"),
        ({"职能": "街镇"}, "职能不符"),
        ({"区划代码": "990101001002"}, "超出了单位的区域"),
        ({"用户名": "worker2", "姓名": "别人"}, "已被别人使用"),
        ({"用户名": "worker2", "姓名": "钱佳"}, "不在这个单位"),
        ({"单位": "梧桐第一居委会"}, "不能为这个单位"),
    ],
)
def test_one_bad_person_keeps_everything_out(cast: Cast, person: dict[str, str], words: str) -> None:
    before = counts()
    with pytest.raises(InvalidInput) as refusal:
        apply(cast, [UNIT], [changed(STAFF, **person)])
    assert counts() == before
    assert words in "".join(refusal.value.details["rows"])


def test_the_same_row_twice_in_one_file(cast: Cast) -> None:
    plan = selectors.import_plan(cast.actor("street"), [UNIT, UNIT], [STAFF, STAFF])
    assert [len(row.problems) for row in (*plan.units, *plan.staff)] == [0, 1, 0, 1]
    assert [row.number for row in plan.problems] == [3, 3]


@pytest.mark.parametrize("by", ["worker2", "resident", "visitor"])
def test_only_administrators_import(cast: Cast, by: str) -> None:
    before = counts()
    with pytest.raises(NotAllowed):
        apply(cast, [], [STAFF], by=by)
    assert counts() == before


def test_numbers_of_a_sheet_are_codes_and_telephones() -> None:
    content = sheet([(*UNIT[:4], 990101001001.0, *UNIT[5:])], [(*STAFF[:3], 13900000077, *STAFF[4:])])
    units, staff = workbook.workbook_read(BytesIO(content), len(content))
    assert units == [UNIT] and staff == [STAFF]


def test_the_template_is_understood() -> None:
    content = workbook.template_write()
    assert workbook.workbook_read(BytesIO(content), len(content)) == ([], [])


@pytest.mark.parametrize("content", [b"", b"PK not really", b"\xd0\xcf\x11\xe0 old", "名称,职能".encode()])
def test_what_is_no_workbook(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="工作簿"):
        workbook.workbook_read(BytesIO(content), len(content))


def test_limits_and_missing_columns() -> None:
    with pytest.raises(InvalidInput, match="2 MB"):
        workbook.workbook_read(BytesIO(b""), workbook.MOST_BYTES + 1)
    with pytest.raises(InvalidInput, match="缺少列：职能"):
        rules.rows_under_head("单位", [["名称"], ["甲"]], ("名称", "职能"))
    with pytest.raises(InvalidInput, match="超过2000行"):
        rules.rows_under_head("单位", [["名称"], *[["甲"]] * 2001], ("名称",))


def test_preview_then_apply_over_the_pages(cast: Cast) -> None:
    client = cast.client("street")
    before = counts()
    page = client.post(
        "/desk/settings/units/import/", {"file": SimpleUploadedFile("甲.xlsx", sheet([UNIT], [STAFF]))}
    )
    assert page.status_code == 200 and counts() == before
    kept = page.context["kept"]
    assert "新家物业" in page.content.decode()
    stolen = cast.client("other_street").post("/desk/settings/units/import/apply/", {"kept": kept})
    assert stolen.status_code == 422 and counts() == before
    done = client.post("/desk/settings/units/import/apply/", {"kept": kept})
    assert "he-hua" in done.content.decode() and Unit.objects.filter(name="新家物业").exists()


def test_a_bad_file_says_why_on_the_page(cast: Cast) -> None:
    client = cast.client("street")
    page = client.post("/desk/settings/units/import/", {"file": SimpleUploadedFile("a.xlsx", b"nonsense")})
    assert page.status_code == 422 and "工作簿" in page.content.decode()
    bad = sheet([changed(UNIT, 区划代码="1")], [])
    page = client.post("/desk/settings/units/import/", {"file": SimpleUploadedFile("a.xlsx", bad)})
    assert "区划代码不存在：1" in page.content.decode() and "确认导入" not in page.content.decode()
