"""One PostgreSQL 15 for all tests of a run: a cluster of its own in a temporary folder, on a Unix socket
only."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

START_SECONDS = 60
STOP_SECONDS = 30


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/15/bin")) or sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not found:
        raise RuntimeError("PostgreSQL is not installed (package postgresql-15)")
    return found[-1]


def as_server():
    """PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody`."""
    if os.geteuid() != 0:
        return [], None
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"], user
    raise RuntimeError("root cannot run PostgreSQL, and there is neither a user `postgres` nor `nobody`")


class Postgres:
    def __init__(self):
        bin_folder = programs()
        prefix, user = as_server()
        self.folder = tempfile.mkdtemp(prefix="sallyport-pg.", dir="/tmp")
        data = f"{self.folder}/data"
        self.process = None
        try:
            if user:
                os.chown(self.folder, user.pw_uid, user.pw_gid)
            env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": self.folder}
            made = subprocess.run(
                prefix
                + [
                    f"{bin_folder}/initdb",
                    "-D",
                    data,
                    "-U",
                    "sallyport",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "--no-instructions",
                    "--locale=C.UTF-8",
                ],
                env=env,
                cwd=self.folder,
                capture_output=True,
                text=True,
            )
            if made.returncode:
                raise RuntimeError(f"initdb: {made.stdout}{made.stderr}")
            self.log_path = f"{self.folder}/log"
            with open(self.log_path, "wb") as log:
                self.process = subprocess.Popen(
                    prefix
                    + [
                        f"{bin_folder}/postgres",
                        "-D",
                        data,
                        "-k",
                        self.folder,
                        "-c",
                        "listen_addresses=",
                        "-c",
                        "max_connections=300",
                        "-c",
                        "shared_buffers=128MB",
                        "-c",
                        "fsync=on",
                        "-c",
                        "log_min_messages=warning",
                        "-c",
                        "unix_socket_permissions=0777",
                        "-c",
                        "max_prepared_transactions=0",
                    ],
                    env=env,
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            self._await_ready(bin_folder)
            create = [f"{bin_folder}/createdb", "-h", self.folder, "-U", "sallyport", "sallyport"]
            subprocess.run(create, check=True)
            if user:
                os.chmod(self.folder, 0o755)  # others may reach the socket; the data folder stays 0700
        except BaseException:
            self.stop()
            raise
        # No dbname: a test adds that of a database of its own; without one, the user's name is the default.
        self.conninfo = f"host={self.folder} user=sallyport"

    def _await_ready(self, bin_folder):
        end = time.monotonic() + START_SECONDS
        while (
            subprocess.run([f"{bin_folder}/pg_isready", "-q", "-h", self.folder], check=False).returncode != 0
        ):
            if self.process.poll() is not None or time.monotonic() > end:
                with open(self.log_path, encoding="utf-8", errors="replace") as log:
                    raise RuntimeError(f"PostgreSQL does not start:\n{log.read()}")
            time.sleep(0.05)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends sessions, stops cleanly
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
