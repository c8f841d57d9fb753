"""``linli doctor``: what is wrong with this installation, in plain words, and what to do about it."""

import argparse
import json
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from .ground import django_ready
from .migrate import pending
from .schedule import TABLE
from .serve import is_loopback
from .worker import HEARTBEAT

FREE_BYTES = 2 * 1024**3
WORKER_SILENT_SECONDS = 60
SKEW_SECONDS = 5
OLDEST_SQLITE = (3, 35, 0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``advice`` is empty when all is well. ``is_hint`` does not fail the check-up."""

    fact: str
    advice: str = ""
    is_hint: bool = False


def _python() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding(
        f"Python {version}", "" if sys.version_info >= (3, 11) else "请换用 Python 3.11 或更新的版本。"
    )


def _database() -> Iterator[Finding]:
    from django.db import connection

    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(connection.vendor, connection.vendor)
    try:
        connection.ensure_connection()
    except Exception as error:
        yield Finding(f"{name} 连不上：{error}", "请检查 DATABASE_URL、数据库是否启动、账号密码是否正确。")
        return
    yield Finding(f"{name} 数据库可以连接")
    waiting = pending()
    yield Finding(
        f"数据库还差 {len(waiting)} 步升级" if waiting else "数据库结构是最新的",
        "请运行 linli migrate。" if waiting else "",
    )


def _sqlite() -> Iterator[Finding]:
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    if connection.vendor != "sqlite":
        return
    import sqlite3

    wrapper: BaseDatabaseWrapper = connection
    with wrapper.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        level = cursor.execute("PRAGMA synchronous").fetchone()[0]
    is_wal = mode == "wal"
    yield Finding(
        f"SQLite 日志模式 {mode}",
        "" if is_wal else "应为 wal：请把数据放在本机磁盘上（不要放网络盘），再重启网站。",
    )
    yield Finding(
        f"SQLite 落盘级别 {level}",
        "" if level >= 2 else "断电可能丢失最后几笔：请去掉 LINLI_SQLITE_SYNCHRONOUS。",
    )
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Finding(f"SQLite {sqlite3.sqlite_version} 太旧", "请升级系统的 SQLite（3.35 以上）。")


def _keys() -> Iterator[Finding]:
    from django.conf import settings

    folder = Path(settings.KEYS_DIR)
    if not folder.is_dir() or not any(folder.glob("*.key")):
        yield Finding(
            f"密钥文件夹 {folder} 不存在或是空的",
            "若是恢复备份，请把备份的密钥放回这里；没有密钥，加密的资料读不出来。",
        )
        return
    loose = [
        path.name
        for path in (folder, *folder.glob("*.key"))
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    yield Finding(
        f"密钥文件夹 {folder}",
        f"其他用户也能打开 {'、'.join(loose)}：请运行 chmod -R go-rwx {folder}。" if loose else "",
    )


def _keys_missing() -> Iterator[Finding]:
    from django.conf import settings

    from linli.core.crypto import FOUNDING, KeyRing, usage

    ring = KeyRing(Path(settings.KEYS_DIR), cipher=settings.CIPHER)
    missing = {*FOUNDING, ring.current, *usage.keys_named()} - {
        path.stem for path in ring.folder.glob("*.key")
    }
    if missing:
        yield Finding(
            f"缺少密钥 {'、'.join(sorted(missing))}",
            "系统不会另造一个顶替：用它加密、检索或签名的资料只认原来的密钥。请从密钥备份放回密钥文件夹。",
        )
    for name in ring.unfit():
        yield Finding(f"密钥文件 {name}.key 读不出来或已损坏", "请从密钥备份放回这个文件，不要自己新建。")


def _pages() -> Iterator[Finding]:
    from django.conf import settings

    built = Path(settings.PACKAGE) / "foundation/ui/static/build"
    is_there = built.is_dir() and any(built.iterdir())
    yield Finding(
        "页面资源已构建" if is_there else "页面资源没有构建",
        "" if is_there else "请用 ./linli 启动（会自动构建），或安装带页面资源的安装包。",
    )


def _disk() -> Iterator[Finding]:
    from django.conf import settings

    free = shutil.disk_usage(
        next(path for path in (settings.HOME, *settings.HOME.parents) if path.exists())
    ).free
    yield Finding(
        f"磁盘剩余 {free / 1024**3:.1f} GB",
        "" if free >= FREE_BYTES else "不足 2 GB：请清理或扩充磁盘，否则照片会存不下。",
    )


def _files() -> Iterator[Finding]:
    from django.conf import settings

    from linli.foundation.files import proposals, storage
    from linli.foundation.files.bucket import Bucket

    if not proposals.is_available():
        yield Finding(
            "没有安装 OpenCV，公开照片时不能自动找人脸和车牌",
            "需要时请安装 opencv-python-headless；不装也可以用画笔遮挡。",
            is_hint=True,
        )
    place = storage.store()
    if not isinstance(place, Bucket):
        yield Finding(f"照片、录音和视频存在本机 {settings.MEDIA_ROOT}")
        return
    trouble = place.trouble()
    advice = "请检查 LINLI_FILES、LINLI_FILES_KEY、LINLI_FILES_SECRET 和到存储服务器的网络。"
    yield Finding(
        f"对象存储 {place.name} 不能用：{trouble}" if trouble else f"对象存储 {place.name} 可写、可读、可删",
        advice if trouble else "",
    )
    if not trouble and not place.is_versioned():
        yield Finding(
            f"对象存储 {place.name} 没有开版本保留",
            "请在存储服务器上开启版本保留或另做备份：linli backup 只备份本机的文件。",
            is_hint=True,
        )


def _holidays() -> Iterator[Finding]:
    from linli.core import clock
    from linli.foundation.duties.models import HolidayYear

    this_year = clock.today().year
    known = set(HolidayYear.objects.values_list("year", flat=True))
    for year in (this_year, this_year + 1):
        if year in known:
            yield Finding(f"{year} 年节假日安排已装入")
        else:
            advice = f"国务院公布后请运行 linli calendar 装入；在此之前，经过 {year} 年的期限都标为“暂定”。"
            yield Finding(f"没有 {year} 年的节假日安排", advice, is_hint=year > this_year)


def _policies() -> Iterator[Finding]:
    from linli.core import clock
    from linli.work.benefits.running.force import in_force

    for version in in_force(clock.today()).unread:
        yield Finding(
            f"惠民政策“{version.policy.name}”第 {version.number} 版，这个版本的软件读不懂",
            "这项政策暂不计算，其他政策照常。请由制定它的区或市起草新版本，按“检查”里说的改好后发布。",
        )


def _worker() -> Iterator[Finding]:
    from django.conf import settings

    path: Path = settings.HOME / HEARTBEAT
    try:
        beat = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        yield Finding(
            "后台作业没有运行过", "请在另一个窗口或服务里运行 linli worker，否则通知发不出、时限不提醒。"
        )
        return
    silent = time.time() - beat["at"]
    is_alive = silent < WORKER_SILENT_SECONDS
    yield Finding(
        "后台作业在运行" if is_alive else f"后台作业已停 {silent / 60:.0f} 分钟",
        "" if is_alive else "请运行 linli worker。",
    )
    yield from _failed_jobs(beat["jobs"])


def _failed_jobs(rows: dict[str, Any]) -> Iterator[Finding]:
    for name, _, _ in TABLE:
        if failure := rows.get(name, {}).get("failure"):
            yield Finding(
                f"定时作业 {name} 上次没有成功：{failure}", "请把这一行和后台作业的日志交给维护人员。"
            )


def _mail() -> Iterator[Finding]:
    from django.conf import settings

    is_real = "smtp" in settings.EMAIL_BACKEND
    advice = "邮件只会打印在日志里。要真的发出，请设置 LINLI_EMAIL_URL（smtp+tls://账号:密码@主机:587）。"
    yield Finding(
        "邮件发送已设置" if is_real else "没有设置邮件发送", "" if is_real else advice, is_hint=True
    )


def _outside() -> Iterator[Finding]:
    from django.conf import settings

    from linli.foundation.accounts.selectors import demo_account_exists

    outside = [host for host in settings.ALLOWED_HOSTS if not is_loopback(host)]
    if not outside:
        yield Finding("只限本机访问（LINLI_HOSTS 未设置）")
        return
    if demo_account_exists():
        yield Finding(
            f"数据库里有演示账号，网站却允许从 {'、'.join(outside)} 访问",
            "请换一个新的数据库，或去掉 LINLI_HOSTS。",
        )
    if settings.SHOW_CODES:
        yield Finding("验证码会显示在屏幕上", "正式使用请去掉 LINLI_SHOW_CODES 和 LINLI_DEMO。")
    if settings.HTTPS and not settings.PROXIES:
        yield Finding(
            "LINLI_PROXIES 未设置，所有访客会被当作同一个地址来限次",
            "请设为网站前面反向代理的个数（通常是 1）；代理要用 X-Forwarded-For 转告访客的地址。",
            is_hint=True,
        )
    if not settings.HTTPS:
        yield Finding(
            "没有使用 HTTPS", "请在反向代理上配置证书，并把 LINLI_BASE_URL 设为 https:// 开头的网址。"
        )


def _outbound() -> Iterator[Finding]:
    from django.conf import settings

    from linli.core.outbound import listed_faults

    if wrong := listed_faults(settings.OUTBOUND):
        yield Finding(
            f"外联名单里看不懂的：{'、'.join(wrong)}",
            "请改 LINLI_OUTBOUND：写主机名、主机名:端口、http://主机:端口，或网段如 10.1.0.0/16。",
        )
    elif settings.OUTBOUND:
        yield Finding(f"允许外联 {'、'.join(settings.OUTBOUND)}")


def _clock() -> Iterator[Finding]:
    from django.db import connection

    from linli.core import clock
    from linli.foundation.audit.models import AuditRecord

    skew = 0.0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp())")
            skew = abs(float(cursor.fetchone()[0]) - time.time())
    newest = AuditRecord.objects.order_by("-at").values_list("at", flat=True).first()
    is_behind = newest is not None and newest > clock.now() + timedelta(minutes=1)
    fact = f"本机时间 {clock.now():%Y-%m-%d %H:%M}（北京时间）"
    if skew > SKEW_SECONDS:
        yield Finding(
            f"{fact}，与数据库服务器相差 {skew:.0f} 秒", "请在两台机器上启用时间同步（chrony 或 ntp）。"
        )
    elif is_behind:
        yield Finding(f"{fact}，早于最新的审计记录", "本机时钟走慢了或被调回：请校准时间，否则期限会算错。")
    else:
        yield Finding(fact)


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the check-up; ``needs_tables`` has to wait until the database is in order."""

    name: str
    look: Callable[[], Iterator[Finding]]
    needs_tables: bool = False


CHECKS = (
    Check("Python", _python),
    Check("数据库", _database),
    Check("SQLite 设置", _sqlite),
    Check("密钥", _keys),
    Check("加密资料的密钥", _keys_missing, needs_tables=True),
    Check("页面资源", _pages),
    Check("磁盘", _disk),
    Check("上传的文件", _files),
    Check("节假日", _holidays, needs_tables=True),
    Check("惠民政策", _policies, needs_tables=True),
    Check("后台作业", _worker),
    Check("邮件", _mail),
    Check("对外访问", _outside, needs_tables=True),
    Check("外联名单", _outbound),
    Check("时间", _clock, needs_tables=True),
)


def findings() -> Iterator[Finding]:
    """Look at everything; a check that cannot run is itself a finding, and the rest go on."""
    is_ready = True
    for check in CHECKS:
        if check.needs_tables and not is_ready:
            yield Finding(f"{check.name}：没有检查", "请先处理好数据库，再运行一次。", is_hint=True)
            continue
        try:
            for finding in check.look():
                is_ready = is_ready and not (check.look is _database and finding.advice)
                yield finding
        except Exception as error:
            is_ready = is_ready and check.look is not _database
            yield Finding(
                f"{check.name}：查不了（{type(error).__name__}：{error}）", "请先处理上面的问题再查。"
            )


def run(arguments: Sequence[str]) -> int:
    """Print one line for each finding and return 1 if something must be mended."""
    parser = argparse.ArgumentParser("linli doctor", description="检查这个安装哪里不对、该怎么办")
    parser.parse_args(arguments)
    django_ready()
    bad = 0
    for finding in findings():
        is_bad = bool(finding.advice) and not finding.is_hint
        bad += is_bad
        mark = "✗" if is_bad else "！" if finding.advice else "✓"
        print(f"{mark} {finding.fact}" + (f"\n    {finding.advice}" if finding.advice else ""))
    print(f"\n有 {bad} 处要处理。" if bad else "\n没有发现问题。")
    return 1 if bad else 0
