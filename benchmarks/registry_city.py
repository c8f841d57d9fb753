"""A registry of millions for benchmarks: real divisions, made-up people, sealed, with real tokens, by COPY.

People live in households of one to four, each in a dwelling of its own in a building of its committee. No
import makes it (``registry-import`` measures that): two processes make the rows (the work is encryption and
digests) and copy them in without asking for each whether what it names is there; the indexes of the tokens
are made at the end.
"""

import multiprocessing
import os
import random
import sys
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
SIZES = (0, 1, 1, 2, 2, 2, 3, 3, 3, 3)  # ten people are four households
TENURES = ("owner", "owner", "owner", "tenant", "tenant", "public", "")
AT = "2026-11-01T00:00:00Z"
FIELDS = (
    *("id", "public_id", "state", "data_key", "name_sealed", "number_kind", "number_sealed", "number_index"),
    *("phone_sealed", "birth_sealed", "birth_month", "sex", "county_code", "place_code", "area_path"),
    *("compound", "source", "origins", "version", "created_at", "updated_at"),
)
PART = (
    *(
        "id",
        "public_id",
        "compound",
        "building",
        "name",
        "sort_key",
        "kind",
        "area_path",
        "source",
        "version",
    ),
)
Place = tuple[str, str, int | None, int]  # code, path, compound, building


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


def household_of(number: int) -> int:
    """Return the ordinal of the household of a person; from 1."""
    return 4 * ((number - 1) // 10) + SIZES[(number - 1) % 10] + 1


def _rows(numbers: range, places: list[Place]) -> Iterator[tuple[tuple[Any, ...], set[int]]]:
    from linli.core.crypto import key_ring
    from linli.core.fields import uuid7
    from linli.registers.residents.sealing import number_index
    from linli.registers.residents.tokens import county_of, tokens_of

    ring, table = key_ring(), "residents_resident"
    digest = ring.digester("tokens-1")
    for number in numbers:
        name, document, phone, birth, sex = person_of(number)
        code, path, compound, _building = places[household_of(number) % len(places)]
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
            *(county, code, path, compound, "police", "{}", 1, AT, AT),
        )
        yield row, tokens_of(county, name, document, phone, digest=digest)


def people_make(persons: int) -> None:
    """Make so many people in one committee that is in no edition, without tokens; numbered from 1."""
    from linli.core.rows import rows_insert
    from linli.registers.residents.models import Resident

    place: list[Place] = [("990101001001", "99/9901/990101/990101001/990101001001/", None, 0)]
    rows_insert(Resident, FIELDS, (row for row, _tokens in _rows(range(1, persons + 1), place)))


def _homes(numbers: range, places: list[Place]) -> None:
    """Write the households of some people: who belongs to them, and the dwelling of each."""
    from linli.core.crypto import key_ring
    from linli.core.fields import uuid7
    from linli.core.rows import rows_insert
    from linli.foundation.places.models import Part
    from linli.registers.residents.importing.building import HOUSEHOLD, MEMBERSHIP, OCCUPANCY
    from linli.registers.residents.models import Household, Membership, Occupancy

    homes = range(household_of(numbers[0]), household_of(numbers[-1]) + 1)
    parts, households, lived = [], [], []
    for home in homes:
        code, path, compound, building = places[home % len(places)]
        wrapped, _key = key_ring().key_make()
        name, kind = str(home // len(places) + 1), "dwelling"
        parts.append((home, str(uuid7()), compound, building, name, name, kind, path, "housing", 1))
        households.append((home, str(uuid7()), "family", wrapped, "", None, code, path, compound, 1, AT, AT))
        lived.append((home, home, TENURES[home % len(TENURES)], None, "police", AT))
    rows_insert(Part, PART, parts)
    rows_insert(Household, HOUSEHOLD, households)
    rows_insert(Occupancy, OCCUPANCY, lived)
    heads = set[int]()
    members = []
    for number in numbers:
        home = household_of(number)
        relation = "not_kin" if home in heads else "head"
        heads.add(home)
        presence = "registered" if number % 7 == 0 else "living"
        members.append((home, number, relation, presence, None, "police", AT))
    rows_insert(Membership, MEMBERSHIP, members)


def _places() -> list[Place]:
    """Return every committee with a building; the first that asks makes them."""
    from linli.foundation.places.models import Building

    rows = Building.objects.order_by("pk").values_list("compound__area_path", "compound_id", "pk")
    return [(path.rstrip("/").rsplit("/", 1)[-1], path, compound, pk) for path, compound, pk in rows]


def _places_make() -> None:
    from linli.foundation.places.models import Building, Compound, Division, Level

    wanted = Division.objects.filter(level=Level.COMMITTEE, valid_to__isnull=True).select_related("parent")
    compounds = Compound.objects.bulk_create(
        [
            Compound(
                name=f"{place.name}小区",
                address="",
                street=place.parent,
                committee=place,
                is_committee_confirmed=True,
                area_path=place.path,
            )
            for place in wanted.order_by("code")
        ],
        batch_size=2_000,
    )
    Building.objects.bulk_create(
        [Building(compound=row, name="1号楼") for row in compounds],
        batch_size=2_000,
    )


def _part(first: int, last: int) -> None:
    from linli.cli.ground import django_ready

    django_ready()
    from django.db import connection

    from linli.core.rows import rows_insert
    from linli.registers.residents.models import Resident, SearchToken

    places = _places()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica"
        )  # what rows name is there by the way it is made
    for start in range(first, last, CHUNK):
        numbers = range(start, min(start + CHUNK, last))
        made = list(_rows(numbers, places))
        rows_insert(Resident, FIELDS, (row for row, _tokens in made))
        rows_insert(SearchToken, ("token", "resident"), ((t, row[0]) for row, tokens in made for t in tokens))
        _homes(numbers, places)
        if first == 1:
            print(f"people {start} of {last - 1}", file=sys.stderr, flush=True)
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
    _places_make()
    with connection.cursor() as cursor:
        again = _indexes_drop(cursor)
    connections.close_all()
    step = -(-persons // processes // 10) * 10
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
        for table in ("residents_resident", "residents_household", "places_part"):
            keys = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
            cursor.execute(keys)
        cursor.execute("VACUUM ANALYZE")


def processes_most() -> int:
    """Return how many processes make rows."""
    return max(os.cpu_count() or 1, 1)
