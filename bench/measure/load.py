"""Load by wrk, and what it cost the server."""

import re
import subprocess
from dataclasses import dataclass

from measure.unavailable import Unavailable

SECONDS_OVER_MAX = 30

# wrk prints this when a run ends: numbers that need no reading of its prose.
DONE = """
done = function(summary, latency, requests)
  io.write(string.format("FIGURES %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


@dataclass
class Load:
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    refused: int  # answers of 400 and above
    broken: int  # connections that failed
    cpu_us: float  # the server's CPU time for each request

    @property
    def rate(self):
        return self.requests / self.seconds


def offer(
    places,
    server,
    path,
    seconds,
    connections=32,
    threads=1,
    script="",
    headers=None,
    expect_errors=False,
    warm_up=True,
):
    """Offers requests to `path` for so many seconds, after a short warm-up."""
    with places.scratch() as folder:
        file = f"{folder}/load.lua"
        with open(file, "w") as out:
            out.write(script + DONE)
        command = [places.command("wrk"), f"-t{threads}", f"-c{connections}", "--timeout", "30s", "-s", file]
        for name, value in (headers or {}).items():
            command += ["-H", f"{name}: {value}"]
        url = f"http://127.0.0.1:{server.port}{path}"
        if warm_up:
            run_wrk(command + ["-d", "1s", url], 1)
        before = server.cpu_seconds()
        answer = run_wrk(command + ["-d", f"{seconds:.0f}s", url], seconds)
        cpu = server.cpu_seconds() - before
    found = re.search(r"FIGURES (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", answer)
    if not found:
        raise Unavailable("wrk gave no figures")
    requests, microseconds, p50, p99, refused, broken = map(int, found.groups())
    if requests == 0:
        raise Unavailable("no request was answered")
    if refused > requests // 100 and not expect_errors:
        raise Unavailable(f"{refused} of {requests} answers are errors")
    return Load(requests, microseconds / 1e6, p50 / 1e3, p99 / 1e3, refused, broken, cpu / requests * 1e6)


def run_wrk(command, seconds):
    answer = subprocess.run(command, capture_output=True, text=True, timeout=seconds + SECONDS_OVER_MAX)
    if answer.returncode != 0:
        raise Unavailable("wrk: " + (answer.stderr.strip() or answer.stdout.strip())[-160:])
    return answer.stdout
