"""``linli residents import`` says what it did, and the same as the page is refused."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Resident
from tests.people import Cast

from .importworld import FAMILY, file_of, tables_digest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def linli(*arguments: str) -> str:
    out = StringIO()
    call_command("residents", "import", *arguments, stdout=out)
    return out.getvalue()


def test_a_file_is_looked_through_taken_and_taken_back(homes: Homes, tmp_path: Path) -> None:
    file, before = tmp_path / "人口.csv", tables_digest()
    file.write_bytes(file_of(*FAMILY))
    area = homes.cast.places["committee_a_place"].code
    assert "什么也没有导入" in linli(str(file), "--area", area, "--dry-run") and tables_digest() == before
    said = linli(str(file), "--area", area)
    assert "新增 4" in said and Resident.objects.count() == 4 and "王大明" not in said
    undo = said.rsplit("--undo ", 1)[1].strip()
    assert "撤销 4" in linli("--undo", undo) and tables_digest() == before


def test_what_cannot_be_done_is_said(homes: Homes, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="请写明要导入的文件"):
        linli()
    with pytest.raises(CommandError, match="读不了文件"):
        linli(str(tmp_path / "没有.csv"))
    with pytest.raises(CommandError, match="不是导入编号"):
        linli("--undo", "x")
