"""One server under measurement: started on loopback, watched through /proc, stopped by its process id."""

import http.client
import os
import signal
import subprocess
import time

from measure.unavailable import Unavailable

START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 10
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
POLL_SECONDS = 0.001


class Server:
    """`with Server([...], port=…) as server:`; start_ms is the time until `path` is answered."""

    def __init__(self, command, port, path="/", environment=None, folder=None, log=None, headers=None):
        self.command = [str(word) for word in command]
        self.port = port
        self.path = path
        self.environment = {**os.environ, **(environment or {})}
        self.folder = folder
        self.log = log
        self.headers = headers or {}
        self.process = None
        self.start_ms = None

    def __enter__(self):
        out = open(self.log, "wb") if self.log else subprocess.DEVNULL
        begun = time.monotonic()
        # A session of its own, so that workers are found and stopped with it, and nothing else is.
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,  # never written: some programs end with it
            stdout=out,
            stderr=out,
            env=self.environment,
            cwd=self.folder,
            start_new_session=True,
        )
        if self.log:
            out.close()
        try:
            while not self._answers():
                if self.process.poll() is not None:
                    raise Unavailable(
                        f"{self.command[0]} stopped with {self.process.returncode}{self._last_words()}"
                    )
                if time.monotonic() - begun > START_SECONDS_MAX:
                    raise Unavailable(
                        f"{self.command[0]} did not answer within {START_SECONDS_MAX} s{self._last_words()}"
                    )
                time.sleep(POLL_SECONDS)
        except BaseException:
            self._stop()
            raise
        self.start_ms = (time.monotonic() - begun) * 1000
        return self

    def __exit__(self, *_):
        self._stop()

    def _answers(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request("GET", self.path, headers=self.headers)
            connection.getresponse().read()
            connection.close()
            return True
        except (OSError, http.client.HTTPException):
            return False

    def _last_words(self):
        if not self.log:
            return ""
        with open(self.log, errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
        return ": " + lines[-1][:160] if lines else ""

    def _stop(self):
        self.process.stdin.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                pass
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(STOP_SECONDS_MAX)

    def processes(self):
        """The server and what it started: the processes of its session that still run."""
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            fields = stat_fields(int(entry))
            if fields and int(fields[3]) == self.process.pid and fields[0] not in "ZX":
                found.append(int(entry))
        return found

    def cpu_seconds(self):
        """User and system time of all its processes so far."""
        ticks = 0
        for pid in self.processes():
            fields = stat_fields(pid)
            if fields:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS_A_SECOND

    def low_priority_seconds(self):
        """CPU time so far of its threads that have been niced: of ours, those that hash."""
        nanoseconds = 0
        for pid in self.processes():
            for task in os.listdir(f"/proc/{pid}/task"):
                if int(stat_fields(f"{pid}/task/{task}")[16]) > 0:
                    with open(f"/proc/{pid}/task/{task}/schedstat") as file:
                        nanoseconds += int(file.read().split()[0])
        return nanoseconds / 1e9

    def resident_mb(self):
        """Resident memory (Rss); of several processes, what they share counts once (Pss)."""
        kilobytes = 0
        processes = self.processes()
        kind = "Rss:" if len(processes) == 1 else "Pss:"
        for pid in processes:
            try:
                with open(f"/proc/{pid}/smaps_rollup") as file:
                    kilobytes += sum(int(line.split()[1]) for line in file if line.startswith(kind))
            except OSError:
                continue
        return kilobytes / 1024


def stat_fields(pid):
    """The fields of /proc/PID/stat from the third (state) on: parent, group and session are next, and user
    and system time stand at 11 and 12 (proc(5))."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None
