"""Files of 一标三实 in small, and what stands before and after they are imported."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps

from linli.core.actor import Actor
from linli.foundation.imports import targets
from linli.foundation.imports.models import Import
from linli.foundation.imports.tests.files import csv_of
from linli.foundation.imports.tests.runs import checked, run, suggested, uploaded
from linli.foundation.places.models import Building, Compound, Part, Stair
from linli.registers.residents.models import Resident
from linli.registers.residents.numbers import check_digit
from linli.registers.residents.sealing import number_index, sealed_get

HEAD = [
    *("户号", "与户主关系", "姓名", "性别", "出生日期", "证件类型", "证件号码", "联系电话"),
    *("居住地址", "居住方式", "入住日期", "户籍"),
]
ADDRESS = "春晖苑3号楼1单元{}室"


def number_of(birth: str = "1980-05-06", sequence: int = 12) -> str:
    """An invented number that is well made."""
    body = f"310101{birth.replace('-', '')}{sequence:03}"
    return body + check_digit(body)


def person(
    name: str, birth: str = "1980-05-06", sequence: int = 12, room: str = "101", **cells: str
) -> list[str]:
    given = {
        "户号": f"H{room}",
        "与户主关系": "户主",
        "姓名": name,
        "证件类型": "居民身份证",
        "证件号码": number_of(birth, sequence),
        "居住地址": ADDRESS.format(room),
        "居住方式": "自有",
        "户籍": "本市户籍",
        **cells,
    }
    return [given.get(head, "") for head in HEAD]


FAMILY = (
    person("王大明", "1980-05-06", 11, 联系电话="13812345678", 入住日期="2019-03-01"),
    person("李小花", "1982-07-08", 22, 与户主关系="配偶"),
    person("王小小", "2018-01-02", 33, 与户主关系="子", 联系电话="13900001111"),
    person("欧阳静", "1941-02-03", 44, room="202", 居住方式="租住"),
)


def file_of(*rows: Sequence[str], head: Sequence[str] = HEAD) -> bytes:
    return csv_of([head, *rows])


def brought(
    actor: Actor, *rows: Sequence[str], head: Sequence[str] = HEAD, target: str = "residents", **fixed: str
) -> Import:
    """Upload, look through and run a file."""
    return run(actor, looked(actor, *rows, head=head, target=target, **fixed))


def looked(
    actor: Actor, *rows: Sequence[str], head: Sequence[str] = HEAD, target: str = "residents", **fixed: str
) -> Import:
    """Upload and look through a file; ``complete`` among ``fixed`` is the area that it is complete for."""
    complete = fixed.pop("complete", "")
    job = uploaded(actor, file_of(*rows, head=head), "人口.csv", target)
    spec = replace(suggested(job, **fixed), date_order="", complete=complete)
    return checked(actor, job, spec)


def resident(birth: str = "1980-05-06", sequence: int = 11) -> Resident:
    """The person of an invented number."""
    return Resident.objects.get(number_index=number_index(number_of(birth, sequence)))


def small_batches(monkeypatch: pytest.MonkeyPatch, size: int, code: str = "residents") -> None:
    """Let the batches of a target be small, so that a file of a few rows has several."""
    monkeypatch.setitem(targets._TARGETS, code, replace(targets.target_get(code), batch=size))


def clear(found: Resident, name: str) -> str:
    return sealed_get(found, name)


def tables_digest() -> str:
    """One digest over every row of the registry and of the address objects."""
    total = hashlib.sha256()
    models: list[Any] = [*apps.get_app_config("residents").get_models(), Compound, Building, Stair, Part]
    for model in models:
        order = ("token", "resident_id") if model.__name__ == "SearchToken" else ("pk",)
        for row in model._default_manager.order_by(*order).values_list():
            total.update(repr((model._meta.label, row)).encode())
    return total.hexdigest()
