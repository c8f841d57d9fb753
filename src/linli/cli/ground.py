"""Where this installation stands: its folders, and Django made ready in it."""

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path


def root() -> Path:
    """Return the checkout the package runs from, or the working directory of an installed one."""
    checkout = Path(__file__).resolve().parents[3]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


def home_default(folder: str = "var") -> None:
    """Keep this installation's data in ``folder`` under the root unless ``LINLI_HOME`` says otherwise."""
    os.environ.setdefault("LINLI_HOME", str(root() / folder))


def django_ready() -> None:
    """Load the settings and the rooms; reading the database stays the caller's affair.

    What is there then stays to the end, so Python need not look for garbage among it again and again.
    """
    home_default()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    os.umask(0o027)  # database, uploads and anchors are nobody else's to read
    import django

    django.setup()
    gc.freeze()


def linli(*arguments: str) -> list[str]:
    """Return the command line that runs another ``linli`` command with this same Python."""
    return [sys.executable, "-m", "linli.cli", *arguments]


def chromium() -> str | None:
    """Return the program of the browser that tests drive; the headless shell draws no window nobody sees."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def apt_missing(wanted: dict[str, bool]) -> list[str]:
    """Install missing Debian packages when that is possible; return the names still missing.

    ``wanted`` maps a package to whether what it brings is already there.
    """
    missing = [package for package, is_there in wanted.items() if not is_there]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return missing
    print(f"安装测试要用的系统软件：{' '.join(missing)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run(["apt-get", "-qq", *words], env=quiet, stdout=subprocess.DEVNULL, check=False)  # noqa: S603, S607
        if done.returncode:
            return missing
    return []
