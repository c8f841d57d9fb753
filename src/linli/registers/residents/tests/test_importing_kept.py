"""What is kept of a file of persons: sealed bytes, a key that a rotation renews, nothing after its time."""

import gzip
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from linli.core import clock
from linli.core.actor import system
from linli.core.crypto import KeyLost, KeyRing
from linli.core.crypto.usage import keys_named
from linli.core.errors import Conflict
from linli.foundation.imports.keeping import file_read
from linli.foundation.imports.models import Import
from linli.foundation.imports.services import import_start, imports_forget
from linli.foundation.imports.tests.files import csv_of
from linli.foundation.imports.tests.runs import run, uploaded
from linli.foundation.keys.services import key_renewal_begin
from linli.foundation.keys.tasks import renew
from linli.foundation.places.tests.homes import Homes, homes_build
from linli.registers.residents.models import Resident
from tests.people import Cast, cast_build

from .importworld import FAMILY, HEAD, file_of, looked, number_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
VALUES = ("王大明", "李小花", "欧阳静", "13812345678", number_of("1980-05-06", 11), "春晖苑3号楼", "证件号码")


@pytest.fixture
def cast(db: None) -> Cast:
    """The named cast, built for each test alone: each test has keys of its own."""
    return cast_build()


@pytest.fixture
def homes(cast: Cast) -> Homes:
    return homes_build(cast)


def stored(job: Import) -> bytes:
    return (Path(settings.MEDIA_ROOT) / job.path).read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_the_stored_bytes_hold_no_value_of_the_file(homes: Homes, encoding: str) -> None:
    content = csv_of([HEAD, *FAMILY], encoding=encoding)
    job = uploaded(homes.worker, content, "人口.csv", "residents")
    kept = stored(job)
    assert len(kept) > len(content) and file_read(job) == content
    for value in VALUES:
        spelt = {value.encode(name) for name in ("utf-8", "gb18030", "utf-16-le", "utf-16-be")}
        assert not [one for one in spelt if one in kept], value
        assert value not in job.path


def test_a_column_that_is_never_read_is_not_in_the_sealed_file_either(homes: Homes) -> None:
    rows = [[*row, "汉族"] for row in FAMILY]
    job = uploaded(homes.worker, file_of(*rows, head=[*HEAD, "民族"]), "人口.csv", "residents")
    kept = gzip.decompress(file_read(job)).decode()
    assert job.dropped == ["民族"] and "王大明" in kept and "汉族" not in kept and "民族" not in kept


def test_a_rotation_reaches_the_file_and_leaves_its_bytes_alone(ring: KeyRing, homes: Homes) -> None:
    job = looked(homes.worker, *FAMILY)
    before = stored(job)
    key_renewal_begin(actor=system("keys"))
    renew()
    job.refresh_from_db()
    assert job.data_key.startswith("data-2:") and keys_named() == {"data-2"}
    assert stored(job) == before and file_read(job) == file_of(*FAMILY)
    assert run(homes.worker, job).state == "done" and Resident.objects.count() == 4


def test_a_lost_key_is_named_and_nothing_is_guessed(ring: KeyRing, homes: Homes) -> None:
    job = looked(homes.worker, *FAMILY)
    ring.key_add("data")
    ring.key_retire("data-1")
    with pytest.raises(KeyLost, match="data-1"):
        file_read(job)


def test_the_file_and_its_key_go_after_their_time(
    homes: Homes, django_capture_on_commit_callbacks: Any
) -> None:
    job = looked(homes.worker, *FAMILY)
    path = Path(settings.MEDIA_ROOT) / job.path
    written = clock.now().timestamp()
    os.utime(path, (written, written))
    for days, gone in ((29, 0), (2, 1)):
        clock.clock_forward(timedelta(days=days))
        with django_capture_on_commit_callbacks(execute=True):
            assert imports_forget(actor=system("import")) == gone
        assert path.exists() is not bool(gone)
    job.refresh_from_db()
    assert (job.path, job.data_key, job.first_text, job.preview_text) == ("", "", "", "")
    with pytest.raises(Conflict):
        import_start(actor=homes.worker, import_id=job.pk)
