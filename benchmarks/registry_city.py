"""A registry of millions for benchmarks: real divisions, made-up people, sealed, with real tokens, by COPY.

Two processes make the rows (the work is encryption and digests); indexes of the tokens are made at the end.
"""

import multiprocessing
import os
import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆汪范廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建文辉力玲红玉兰国庆萍飞鹏志鑫波宇浩凯健"
    "俊帆雪婷莉琳丹宁欣怡佳颖梅云峰亮海燕晨阳龙祥东林彬斌博雯倩琪瑶梦璐瑞嘉诚子涵梓轩浩然诗一诺"
    "可心雨泽思远天佑家豪美玲淑珍凤宝根生福荣贵才德忠义仁信良善正直清廉安康乐和顺利昌盛兴旺发达"
    "春夏秋冬松柏竹菊荷莲月星辰光照耀晖旭升腾跃翔鸿鹤鹭莺雁"
)
FIRST = date(1935, 1, 1)
CHUNK = 20_000
FIELDS = (
    *("id", "public_id", "state", "data_key", "name_sealed", "number_kind", "number_sealed", "number_index"),
    *("phone_sealed", "birth_sealed", "birth_month", "sex", "county_code", "place_code", "area_path"),
    *("source", "origins", "version", "created_at", "updated_at"),
)


def _name(dice: random.Random) -> str:
    surname = SURNAMES[min(int(dice.expovariate(1 / 14)), len(SURNAMES) - 1)]
    given = "".join(GIVEN[min(int(dice.expovariate(1 / 45)), len(GIVEN) - 1)] for _ in range(2))
    return surname + (given if dice.random() < 0.82 else given[:1])


def person_of(number: int) -> tuple[str, str, str, date, str]:
    """Return name, document number, telephone, birth and sex of the person of that ordinal."""
    from linli.registers.residents.numbers import check_digit

    dice = random.Random(number)
    birth, sex = FIRST + timedelta(days=dice.randrange(32_000)), dice.choice("mf")
    body = f"310101{birth:%Y%m%d}{number % 1000:03}"
    phone = f"1{3 + number % 7}{number:09}"
    return _name(dice), body + check_digit(body) + f"-{number}", phone, birth, sex


def _rows(numbers: range, places: list[tuple[str, str]]) -> Iterator[tuple[tuple[Any, ...], set[int]]]:
    from linli.core.crypto import key_ring
    from linli.core.fields import uuid7
    from linli.registers.residents.sealing import number_index
    from linli.registers.residents.tokens import county_of, tokens_of

    ring, table = key_ring(), "residents_resident"
    digest = ring.digester("tokens-1")
    for number in numbers:
        name, document, phone, birth, sex = person_of(number)
        code, path = places[number % len(places)]
        wrapped, key = ring.key_make()
        values = {"name": name, "number": document, "phone": phone, "birth": birth.isoformat()}
        sealed = {part: key.seal(text, f"{table}.{part}_sealed") for part, text in values.items()}
        county = county_of(path)
        row = (
            *(number, str(uuid7()), "here", wrapped, sealed["name"], "id", sealed["number"]),
            *(
                number_index(document),
                sealed["phone"],
                sealed["birth"],
                birth.replace(day=1).isoformat(),
                sex,
            ),
            *(county, code, path, "police", "{}", 1, "2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z"),
        )
        yield row, tokens_of(county, name, document, phone, digest=digest)


def people_make(persons: int) -> None:
    """Make so many people in one committee that is in no edition, without tokens; numbered from 1."""
    from linli.core.rows import rows_insert
    from linli.registers.residents.models import Resident

    place = [("990101001001", "99/9901/990101/990101001/990101001001/")]
    rows_insert(Resident, FIELDS, (row for row, _tokens in _rows(range(1, persons + 1), place)))


def _part(first: int, last: int) -> None:
    from linli.cli.ground import django_ready

    django_ready()
    from django.db import connection

    from linli.core.rows import rows_insert
    from linli.foundation.places.models import Division, Level
    from linli.registers.residents.models import Resident, SearchToken

    wanted = Division.objects.filter(level=Level.COMMITTEE, valid_to__isnull=True)
    places = list(wanted.order_by("code").values_list("code", "path"))
    for start in range(first, last, CHUNK):
        made = list(_rows(range(start, min(start + CHUNK, last)), places))
        rows_insert(Resident, FIELDS, (row for row, _tokens in made))
        rows_insert(SearchToken, ("token", "resident"), ((t, row[0]) for row, tokens in made for t in tokens))
    connection.close()


def _indexes_drop(cursor: Any) -> list[str]:
    """Drop what slows the loading of tokens, and return the statements that make it again."""
    table = "residents_searchtoken"
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass "
        "ORDER BY contype DESC",
        [table],
    )
    constraints = cursor.fetchall()
    again = []
    for name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s", [table])
    for name, definition in cursor.fetchall():
        cursor.execute(f'DROP INDEX "{name}"')
        again.append(definition)
    return again


def registry_build(persons: int, processes: int = 2) -> None:
    """Fill an empty, migrated PostgreSQL database with so many people in the committees of Shanghai."""
    from django.db import connection, connections

    from linli.core.actor import system
    from linli.foundation.places import edition
    from linli.foundation.places.services import divisions_load

    divisions_load(actor=system("bench"), edition=edition.edition_read(edition.SHANGHAI))
    with connection.cursor() as cursor:
        again = _indexes_drop(cursor)
    connections.close_all()
    step = -(-persons // processes)
    parts = [(1 + at, 1 + min(at + step, persons)) for at in range(0, persons, step)]
    workers = [multiprocessing.get_context("spawn").Process(target=_part, args=part) for part in parts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        if worker.exitcode:
            raise SystemExit("the registry was not built")
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for statement in again:
            cursor.execute(statement)
        cursor.execute("SELECT setval(pg_get_serial_sequence('residents_resident', 'id'), %s)", [persons])
        cursor.execute("VACUUM ANALYZE residents_resident")
        cursor.execute("VACUUM ANALYZE residents_searchtoken")


def processes_most() -> int:
    """Return how many processes make rows."""
    return max(os.cpu_count() or 1, 1)
