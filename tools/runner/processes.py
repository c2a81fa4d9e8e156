"""Children of the run: each in a process group of its own, ended with everything that it started."""

import os
import signal
import subprocess
import threading

GRACE_SECONDS = 5


class Processes:
    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.ending = False

    def run(self, command, cwd, env, timeout_seconds, log_path, nice=0):
        """Exit status, and whether the time ran out. Output goes to the file at log_path."""
        with open(log_path, "wb") as log:
            with self.lock:
                if self.ending:
                    return 130, False
                if nice:
                    command = ["nice", "-n", str(nice)] + command
                try:
                    child = subprocess.Popen(
                        command,
                        cwd=cwd,
                        env=env,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                except OSError as error:
                    log.write(f"cannot start {command[0]}: {error}\n".encode())
                    return 127, False
                self.running.add(child.pid)
            timed_out = False
            try:
                child.wait(timeout_seconds)
            except subprocess.TimeoutExpired:
                timed_out = True
            with self.lock:
                self.running.discard(child.pid)
            self._end_group(child, timed_out)
            return child.returncode, timed_out

    def _end_group(self, child, timed_out):
        if timed_out:
            signal_group(child.pid, signal.SIGTERM)
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        signal_group(child.pid, signal.SIGKILL)  # the rest of the group, if a job left any
        child.wait()

    def end_all(self):
        with self.lock:
            self.ending = True
            for pid in self.running:
                signal_group(pid, signal.SIGTERM)


def signal_group(pid, number):
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass
