"""The `linli` command: what it refuses, what goes on when something fails, what goes into the archive."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linli import cli
from linli.cli import bundle, check, demo, doctor, schedule, serve, worker


def test_without_a_command_the_help_is_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    printed = capsys.readouterr().out
    assert "第一次使用" in printed
    assert all(name in printed for name in {**cli.OWN, **cli.ROOMS})


def test_an_unknown_command_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fly"]) == 2
    assert "没有“fly”这个命令" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.8", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_loopback(host: str, expected: bool) -> None:
    assert serve.is_loopback(host) is expected


def _no_demo(monkeypatch: pytest.MonkeyPatch, *, exists: bool, waiting: list[str] | None = None) -> None:
    from linli.foundation.accounts import selectors

    monkeypatch.setattr(serve, "pending", lambda: waiting or [])
    monkeypatch.setattr(selectors, "demo_account_exists", lambda: exists)


def test_demo_accounts_are_served_on_this_machine_only(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.SHOW_CODES = False
    _no_demo(monkeypatch, exists=True)
    assert serve.refusals("127.0.0.1") == []
    assert "演示账号" in serve.refusals("0.0.0.0")[0]


def test_codes_on_screen_are_served_on_this_machine_only(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    settings.SHOW_CODES = True
    _no_demo(monkeypatch, exists=False)
    assert serve.refusals("localhost") == []
    assert "验证码" in serve.refusals("10.0.0.8")[0]


def test_an_old_database_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    _no_demo(monkeypatch, exists=False, waiting=["matters.0002"])
    assert "linli migrate" in serve.refusals("127.0.0.1")[0]


def test_one_failing_job_does_not_stop_the_others() -> None:
    ran = []

    class Fine(schedule.Job):
        def call(self) -> None:
            ran.append(self.name)

    jobs = [schedule.Job("bad", 5, "linli.core.clock.no_such_thing"), Fine("good", 60, "")]
    assert [job.name for job in schedule.round_once(jobs, clock=lambda: 100.0)] == ["bad", "good"]
    assert ran == ["good"]
    assert "no_such_thing" in jobs[0].failure
    assert [job.name for job in schedule.round_once(jobs, clock=lambda: 106.0)] == ["bad"]
    assert [job.name for job in schedule.round_once(jobs, clock=lambda: 170.0)] == ["bad", "good"]


def test_the_audit_is_sealed_at_least_every_minute() -> None:
    assert {name: every for name, every, _ in schedule.TABLE}["audit.seal"] <= 60


def test_every_scheduled_job_exists() -> None:
    from django.utils.module_loading import import_string

    assert all(callable(import_string(target)) for _, _, target in schedule.TABLE)


@pytest.mark.django_db
def test_two_workers_keep_one_schedule(tmp_path: Path) -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("the file lock is SQLite's way; PostgreSQL has its own")
    first, second = worker.Turn(tmp_path), worker.Turn(tmp_path)
    assert first.is_mine()
    assert first.is_mine()
    assert not second.is_mine()
    fcntl.flock(first._file, fcntl.LOCK_UN)  # type: ignore[arg-type]
    assert second.is_mine()


def test_a_worker_leaves_a_heartbeat_that_the_doctor_reads(tmp_path: Path, settings) -> None:
    settings.HOME = tmp_path
    assert "没有运行过" in next(doctor._worker()).fact
    job = schedule.Job("notices.send", 5, "", ran_at=time.time(), failure="OSError: full")
    worker.heartbeat_write(tmp_path, [job])
    alive, failed = doctor._worker()
    assert not alive.advice
    assert "OSError: full" in failed.fact


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "is_told"), [(0, True), (1, False)])
def test_the_doctor_asks_for_the_proxies_of_a_site_outside(settings, proxies: int, is_told: bool) -> None:
    settings.ALLOWED_HOSTS, settings.HTTPS, settings.PROXIES = ["linli.example"], True, proxies
    told = [finding for finding in doctor._outside() if "LINLI_PROXIES" in finding.fact]
    assert bool(told) == is_told
    assert all(finding.is_hint for finding in told)


def test_the_doctor_reads_the_outbound_list(settings) -> None:
    settings.OUTBOUND = ["sms.example.cn", "10.1.0.0/16"]
    assert [finding.advice for finding in doctor._outbound()] == [""]
    settings.OUTBOUND = ["sms.example.cn/path"]
    (finding,) = doctor._outbound()
    assert "sms.example.cn/path" in finding.fact and "LINLI_OUTBOUND" in finding.advice


def test_the_doctor_goes_on_when_a_check_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def _broken():
        raise OSError("gone")
        yield

    checks = (doctor.Check("坏的", _broken), doctor.Check("Python", doctor._python))
    monkeypatch.setattr(doctor, "CHECKS", checks)
    first, second = doctor.findings()
    assert "gone" in first.fact
    assert not second.advice


def test_the_doctor_waits_for_a_database_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_database", lambda: iter([doctor.Finding("连不上", "请启动")]))
    late = doctor.Check("时间", doctor._clock, needs_tables=True)
    monkeypatch.setattr(doctor, "CHECKS", (doctor.Check("数据库", doctor._database), late))
    _, waiting = doctor.findings()
    assert "没有检查" in waiting.fact


def test_the_doctor_sees_open_keys(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    monkeypatch.setattr("linli.core.crypto.usage.keys_named", lambda: {"data-7"})
    assert "不存在" in next(doctor._keys()).fact
    settings.KEYS_DIR.mkdir(mode=0o700)
    key = settings.KEYS_DIR / "session.key"
    key.write_bytes(b"x" * 32)
    key.chmod(0o644)
    assert "session.key" in next(doctor._keys()).advice
    missing = next(doctor._keys_missing())
    assert {"data-1", "data-7", "index", "tokens-1"} <= set(missing.fact.split()[1].split("、"))
    (settings.KEYS_DIR / "data-7.key").write_bytes(b"short")
    assert ["data-7.key" in finding.fact for finding in doctor._keys_missing()] == [False, True]
    (settings.KEYS_DIR / "data-7.key").unlink()
    key.chmod(0o600)
    assert not next(doctor._keys()).advice


def test_the_demo_leaves_a_real_database_alone(tmp_path: Path, settings, capsys) -> None:
    settings.HOME = tmp_path
    real = tmp_path / "linli.sqlite3"
    real.write_bytes(b"somebody's work")
    assert demo.prepare(rebuild=True) is False
    assert real.read_bytes() == b"somebody's work"
    assert "不是演示数据" in capsys.readouterr().err


def test_a_lock_that_names_a_host_is_found(tmp_path: Path) -> None:
    lock = "a==1 \\\n    --hash=sha256:00\n"
    (tmp_path / "requirements.lock").write_text(lock)
    assert check.lock_faults(tmp_path) == []
    (tmp_path / "requirements.lock").write_text("--index-url https://mirror.example/\n" + lock)
    assert len(check.lock_faults(tmp_path)) == 1
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend/package-lock.json").write_text('{"resolved": "https://mirror.example/a.tgz"}')
    assert len(check.lock_faults(tmp_path)) == 2
    (tmp_path / "tests/oidc").mkdir(parents=True)
    (tmp_path / "tests/oidc/package-lock.json").write_text('{"resolved": "https://mirror.example/b.tgz"}')
    assert len(check.lock_faults(tmp_path)) == 3


def test_the_archive_holds_what_runs_and_no_tools() -> None:
    names = bundle.runtime_names()
    assert {"django", "gunicorn", "psycopg-binary", "fido2", "sqlparse"} <= names
    assert not {"pytest", "mypy", "playwright", "ruff", "linli"} & names


def test_lock_entries_keep_their_hashes() -> None:
    lock = "a-b==1 \\\n    --hash=sha256:00\nc==2 ; python_version < '3' \\\n    --hash=sha256:11\n"
    entries = dict(bundle.lock_entries(lock))
    assert set(entries) == {"a-b", "c"}
    assert "sha256:11" in entries["c"]


def test_the_command_runs_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "linli.cli", "help"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "邻里" in done.stdout


def test_a_command_starts_without_what_few_need(tmp_path: Path) -> None:
    late = {"sklearn", "scipy", "pypinyin", "rjieba"}
    code = (
        "import sys; from linli.cli.ground import django_ready; django_ready();"
        f"from linli.config import urls; print(sorted({late} & set(sys.modules)))"
    )
    environment = {**os.environ, "LINLI_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_the_doctor_looks_at_the_bucket(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.cli import doctor
    from linli.foundation.files.bucket import Bucket

    assert [finding.advice for finding in doctor._files()] == [""]
    settings.FILES = "s3://uploads?endpoint=http://127.0.0.1:1"
    monkeypatch.setattr(Bucket, "trouble", lambda self: "cannot connect")
    told = list(doctor._files())
    assert "cannot connect" in told[0].fact and "LINLI_FILES" in told[0].advice
    monkeypatch.setattr(Bucket, "trouble", lambda self: "")
    monkeypatch.setattr(Bucket, "is_versioned", lambda self: False)
    told = list(doctor._files())
    assert not told[0].advice and told[1].is_hint and "版本保留" in told[1].fact
