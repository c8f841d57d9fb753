"""``linli bundle``: one archive with every wheel and the built pages, to install without any network."""

import argparse
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .ground import root

INSTALL = """\
#!/bin/sh
# Installs Linli from this folder alone; nothing is fetched from any network.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
target=${1:-/opt/linli}
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (@MAJOR@, @MINOR@))' || {
    echo '需要 Python @MAJOR@.@MINOR@，请用 PYTHON= 指定 · needs Python @MAJOR@.@MINOR@' >&2
    exit 1
}
"$python" -m venv "$target/venv"
"$target/venv/bin/python" -m pip install -q --no-index --find-links "$here/wheels" \\
    --require-hashes -r "$here/requirements.txt"
"$target/venv/bin/python" -m pip install -q --no-index --no-deps "$here"/wheels/linli-*.whl
echo "已安装：$target/venv/bin/linli"
echo "下一步：export LINLI_HOME=$target/var; $target/venv/bin/linli migrate; $target/venv/bin/linli doctor"
"""


class BundleFault(Exception):
    """The archive cannot be made; the message says why and what to do."""


def _needs(requirement: Requirement, extras: set[str]) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate({"extra": extra}) for extra in extras or {""}
    )


def runtime_names(start: str = "linli") -> set[str]:
    """Return every distribution that the installed package needs to run, by canonical name."""
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(start, frozenset())]
    visited = set()
    while waiting:
        here = waiting.pop()
        if here in visited:
            continue
        visited.add(here)
        found.add(canonicalize_name(here[0]))
        for text in importlib.metadata.requires(here[0]) or []:
            wanted = Requirement(text)
            if _needs(wanted, {"", *here[1]}):
                waiting.append((wanted.name, frozenset(wanted.extras)))
    return found - {start}


def lock_entries(lock: str) -> Iterator[tuple[str, str]]:
    """Yield (canonical name, whole entry with its hashes) for each requirement of a lock file."""
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        if not entry.startswith("#"):
            yield canonicalize_name(re.split(r"[\[=; ]", entry, maxsplit=1)[0]), entry


def _quietly(*words: str) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", *words], cwd=root(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BundleFault((done.stdout + done.stderr).strip())


def _checkout() -> None:
    built = root() / "src/linli/foundation/ui/static/build"
    if not (root() / "pyproject.toml").exists():
        raise BundleFault("请在源码目录里用 ./linli bundle 制作离线包。")
    if not built.is_dir() or not any(built.iterdir()):
        raise BundleFault("页面资源还没有构建，请先运行 ./linli（会自动构建）。")


def _fill(folder: Path) -> None:
    names = runtime_names()
    lock = (root() / "requirements.lock").read_text()
    chosen = [entry for name, entry in lock_entries(lock) if name in names]
    (folder / "requirements.txt").write_text("\n".join(chosen) + "\n")
    wheels = str(folder / "wheels")
    print(f"下载 {len(names)} 个软件包…", flush=True)
    _quietly(
        *("pip", "download", "-q", "--only-binary", ":all:", "--no-deps", "--require-hashes"),
        *("-r", str(folder / "requirements.txt"), "-d", wheels),
    )
    print("打包邻里本身…", flush=True)
    _quietly("pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", wheels, ".")
    script = INSTALL.replace("@MAJOR@", str(sys.version_info.major)).replace(
        "@MINOR@", str(sys.version_info.minor)
    )
    (folder / "install.sh").write_text(script)
    (folder / "install.sh").chmod(0o755)
    for name in ("LICENSE", "README.md", "README.zh-CN.md"):
        if (root() / name).exists():
            shutil.copy(root() / name, folder / name)


def run(arguments: Sequence[str]) -> int:
    """Write ``dist/linli-<version>-offline.tar.gz`` for this machine's Python and platform."""
    parser = argparse.ArgumentParser(
        "linli bundle", description="做一个离线安装包（适用于与本机相同的系统和 Python）"
    )
    parser.add_argument("--output", type=Path, help="存放的文件夹，默认 dist/")
    chosen = parser.parse_args(arguments)
    name = f"linli-{importlib.metadata.version('linli')}-offline"
    try:
        _checkout()
        archive = (chosen.output or root() / "dist") / f"{name}.tar.gz"
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="linli-bundle-") as work:
            folder = Path(work) / name
            folder.mkdir()
            _fill(folder)
            with tarfile.open(archive, "w:gz", compresslevel=6) as tar:
                tar.add(folder, name)
    except BundleFault as fault:
        print(f"没有做成：{fault}", file=sys.stderr)
        return 1
    print(f"离线安装包：{archive}（{archive.stat().st_size / 1e6:.0f} MB）")
    print("安装：解开后运行 ./install.sh 目标文件夹")
    return 0
