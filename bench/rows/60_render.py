"""Page rendering without I/O, in one thread. Aim (ux.md G24): at most 50 µs at the 95th percentile."""

import subprocess

from measure.table import Row
from measure.unavailable import Unavailable


def render(places):
    """page render"""
    program = places.program("pages", "bench")
    answer = subprocess.run([program], capture_output=True, text=True, timeout=60)
    if answer.returncode != 0:
        raise Unavailable("pages: " + answer.stderr.strip()[-160:])
    for line in answer.stdout.splitlines():
        name, median, p95, size = line.split()
        yield Row(f"render {name}", cpu_us=float(median), note=f"p95 {p95} µs, {size} bytes; aim: 50 µs")


PARTS = (render,)
