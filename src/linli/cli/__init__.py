"""The installed ``linli`` command: a table of names, each passed on to a module or a room's command."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import cast

from .ground import django_ready

OWN = {
    "demo": "演示：一条命令建好一个街镇的演示数据并打开网站",
    "serve": "启动网站",
    "worker": "启动后台作业：发通知、算时限、审计封存、清理",
    "migrate": "建立或升级数据库",
    "doctor": "检查这个安装哪里不对、该怎么办",
    "backup": "备份数据库和上传文件；密钥另存",
    "restore": "把备份恢复到一个空的安装，并逐表核对",
    "test": "运行测试（--postgres --slow --all）",
    "check": "检查代码：格式、类型、分层、迁移、约定",
    "bench": "运行性能基准（bench [名称]）",
    "messages": "英文界面：收集、检查、编译译文",
    "bundle": "做一个离线安装包，供封闭网络使用",
}
ROOMS = {
    "divisions": "行政区划：装入、更新、查询",
    "boundaries": "边界：装入 GeoJSON（WGS-84、GCJ-02、BD-09）",
    "places": "地点：装入小区文件",
    "matters": "事项：导入12345、旧系统的工单文件（matters import 文件）",
    "residents": "居民：导入一标三实的文件（residents import 文件 --target residents）",
    "categories": "事项类别：装入自带的或另一版类别",
    "policies": "惠民政策：装入自带的政策和标准",
    "benefits": "政策找人：做快照、匹配全部居民（benefits run）",
    "assist": "智能建议：用已确认的事项或带标签的文件训练（assist train --file 文件）",
    "rollup": "统计：重算 rebuild、跟进 follow、核对 check",
    "calendar": "节假日与调休：查看、装入新一年的安排",
    "synth": "虚拟城市：生成并不存在的人、户、房屋（synth people）",
    "keys": "密钥：查看、启用新密钥、换用、停用（keys status）",
    "audit": "审计：封存、核验（audit verify --anchor 文件）",
    "manage": "其余 Django 管理命令（manage 命令 参数…）",
}


def _help() -> str:
    lines = [
        "邻里 Linli：邻里共治的开放平台",
        "",
        "用法：linli 命令 [参数…]      各命令的说明：linli 命令 --help",
        "",
    ]
    lines += [f"  {name:<12}{summary}" for name, summary in {**OWN, **ROOMS}.items()]
    return "\n".join([*lines, "", "第一次使用：linli demo"])


def _manage(arguments: Sequence[str]) -> int:
    django_ready()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["linli", *arguments])
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    name, *rest = list(sys.argv[1:] if arguments is None else arguments) or ["help"]
    if name in OWN:
        return cast(int, import_module(f"linli.cli.{name}").run(rest))
    if name in ROOMS:
        return _manage(rest or ["help"]) if name == "manage" else _manage([name, *rest])
    if name in ("help", "-h", "--help"):
        print(_help())
        return 0
    print(f"没有“{name}”这个命令。\n\n{_help()}", file=sys.stderr)
    return 2
