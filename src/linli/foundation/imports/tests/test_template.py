"""The empty workbook of every target: its heads are known, so that what is filled in needs no mapping."""

from io import BytesIO

import pytest
from django.core.files import File
from python_calamine import CalamineWorkbook

from linli.core.errors import InvalidInput
from linli.foundation.imports.incoming import incoming_read
from linli.foundation.imports.mapping import suggest
from linli.foundation.imports.targets import target_choices, target_get
from linli.foundation.imports.template import HEADED, SAID, template_file
from tests.people import Cast

pytestmark = pytest.mark.django_db
TARGETS = [code for code, _label in target_choices()]


@pytest.mark.parametrize("code", TARGETS)
def test_every_head_is_known_and_explained(code: str) -> None:
    target = target_get(code)
    book = CalamineWorkbook.from_filelike(BytesIO(template_file(target)))
    assert book.sheet_names == [HEADED, SAID]
    heads = [str(cell) for cell in book.get_sheet_by_name(HEADED).to_python()[0]]
    assert len(heads) == len(set(heads)) == len(target.fields)
    assert suggest(target, heads, {}).columns == {
        item.code: head for item, head in zip(target.fields, heads, strict=True)
    }
    explained = book.get_sheet_by_name(SAID).to_python()[1:]
    assert [row[0] for row in explained] == heads
    assert [bool(row[1]) for row in explained] == [item.is_required for item in target.fields]


def test_it_is_handed_out_and_refused_empty(cast: Cast) -> None:
    client = cast.client("street")
    page = client.get("/desk/settings/imports/new/").content.decode()
    for code in TARGETS:
        address = f"/desk/settings/imports/template/{code}.xlsx"
        assert address in page and client.get(address).content[:2] == b"PK"
    assert client.get("/desk/settings/imports/template/nothing.xlsx").status_code == 404
    answer = client.get("/desk/settings/imports/template/residents.xlsx")
    assert "%E5%AF%BC%E5%85%A5%E7%A9%BA%E8%A1%A8" in answer["Content-Disposition"]
    with pytest.raises(InvalidInput, match="表头下面没有内容"):
        incoming_read(File(BytesIO(answer.content), name="空表.xlsx"), target_get("residents"))
