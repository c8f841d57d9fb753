"""``linli serve``: check that serving is safe, then run gunicorn (threads), which stops cleanly."""

import argparse
import gc
import importlib
import ipaddress
import os
import sys
from collections.abc import Sequence
from typing import Any

from .ground import django_ready
from .migrate import pending

# What takes long to load is loaded where it is used; requests use these, so the workers get them by the fork.
SHARED = ("pypinyin", "rjieba", "sklearn.feature_extraction.text", "sklearn.preprocessing")


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address; a name other than localhost counts as outside."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def refusals(host: str) -> list[str]:
    """List the reasons not to serve on ``host``, each saying what to do."""
    from django.conf import settings

    found = []
    if waiting := pending():
        found.append(f"数据库还差 {len(waiting)} 步升级，请先运行：linli migrate")
        return found
    if is_loopback(host):
        return found
    from linli.foundation.accounts.selectors import demo_account_exists

    if demo_account_exists():
        found.append(
            "数据库里有演示账号，密码是公开的，只能在本机（127.0.0.1）打开。正式使用请换一个新的数据库。"
        )
    if settings.SHOW_CODES:
        found.append("现在会把验证码显示在屏幕上，只能在本机打开。请去掉 LINLI_SHOW_CODES 和 LINLI_DEMO。")
    return found


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("linli serve", description="启动网站（Ctrl-C 或 SIGTERM 停止）")
    parser.add_argument(
        "--host", default=os.environ.get("LINLI_HOST", "127.0.0.1"), help="监听地址，默认只限本机"
    )
    parser.add_argument("--port", type=int, default=int(os.environ.get("LINLI_PORT", "8000")), help="端口")
    parser.add_argument(
        "--workers", type=int, default=int(os.environ.get("LINLI_WORKERS", "2")), help="进程数"
    )
    parser.add_argument(
        "--threads", type=int, default=int(os.environ.get("LINLI_THREADS", "4")), help="每进程线程数"
    )
    return parser.parse_args(arguments)


def run(arguments: Sequence[str]) -> int:
    """Serve until stopped; return 1 without serving when it would be unsafe."""
    chosen = _arguments(arguments)
    django_ready()
    if reasons := refusals(chosen.host):
        print("没有启动：\n" + "\n".join(f"✗ {reason}" for reason in reasons), file=sys.stderr)
        return 1
    from django.conf import settings
    from django.db import connections

    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where it is missing
    connections.close_all()  # the workers are forked from here, and must not share a connection
    print(f"邻里网站：http://{chosen.host}:{chosen.port}/  （Ctrl-C 停止）", flush=True)
    for name in SHARED:
        importlib.import_module(name)
    gc.freeze()  # before the fork: what is not touched stays shared
    _serve(chosen)
    return 0


def _serve(chosen: argparse.Namespace) -> None:
    from gunicorn.app.base import BaseApplication

    class Site(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            self.cfg.set("bind", f"{chosen.host}:{chosen.port}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("workers", chosen.workers)
            self.cfg.set("threads", chosen.threads)
            self.cfg.set("graceful_timeout", 20)
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)

        def load(self) -> Any:
            from linli.config.wsgi import application

            return application

    Site().run()
