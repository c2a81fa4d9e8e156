"""Page rendering without I/O, in one thread (ux.md G24)."""

import subprocess

from measure.table import Row
from measure.unavailable import Unavailable

P95_US_MAX = 50


def render(places):
    """page render"""
    program = places.program("pages", "bench")
    answer = subprocess.run([program], capture_output=True, text=True, timeout=60)
    if answer.returncode != 0:
        raise Unavailable("pages: " + answer.stderr.strip()[-160:])
    for line in answer.stdout.splitlines():
        name, median, p95, size = line.split()
        row = Row(f"render {name}", cpu_us=float(median), note=f"p95 {p95} µs, {size} bytes")
        yield row.aims(f"p95 {P95_US_MAX} µs", float(p95) <= P95_US_MAX)


PARTS = (render,)
