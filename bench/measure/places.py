"""Where the pieces lie, and how long to measure."""

import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from measure.unavailable import Unavailable

NPM_SECONDS_MAX = 300


class Places:
    def __init__(self, root, seconds, quick=False):
        self.root = root
        self.seconds = seconds
        self.quick = quick  # smaller numbers: shows that each row works, not what it measures
        self.build = root / "build" / "release"
        self.out = root / "build" / "bench"
        self.out.mkdir(parents=True, exist_ok=True)

    def program(self, name, folder="."):
        """A program that the build makes."""
        path = self.build / folder / name
        if not path.is_file():
            raise Unavailable(f"{path.relative_to(self.root)} is not built")
        return path

    def command(self, name):
        path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin")
        if path is None:
            raise Unavailable(f"the command {name} is not installed")
        return path

    def scratch(self):
        """A folder that is gone after `with`."""
        return tempfile.TemporaryDirectory(prefix="scratch-", dir=self.out)

    def npm_packages(self, name, folder):
        """Installs a locked package.json once; returns the folder that has node_modules, and its Node."""
        target = self.out / name
        target.mkdir(exist_ok=True)
        lock = folder / "package-lock.json"
        installed = target / "package-lock.json"
        if not (target / "done").exists() or installed.read_bytes() != lock.read_bytes():
            (target / "done").unlink(missing_ok=True)
            for file in (folder / "package.json", lock):
                shutil.copy(file, target)
            answer = subprocess.run(
                [self.command("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                cwd=target,
                capture_output=True,
                text=True,
                timeout=NPM_SECONDS_MAX,
            )
            if answer.returncode != 0:
                raise Unavailable("npm ci failed: " + (answer.stderr.strip().splitlines() or ["no word"])[-1])
            (target / "done").touch()
        nodes = sorted(target.glob("node_modules/node-linux-*/bin/node"))
        if not nodes:
            raise Unavailable("npm has no Node for this machine")
        return target, nodes[0]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
