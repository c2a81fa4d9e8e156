"""SQLite: durable commits by 64 writers, in groups and one by one."""

import subprocess

from measure.table import Row
from measure.unavailable import Unavailable

TIMES_MIN = 5


def commits(places):
    """SQLite commits, 64 writers"""
    program = places.program("commits", "bench")
    with places.scratch() as folder:
        answer = subprocess.run(
            [program, folder, f"{places.seconds:.0f}"],
            capture_output=True,
            text=True,
            timeout=places.seconds * 2 + 60,
        )
    if answer.returncode != 0:
        raise Unavailable("commits: " + answer.stderr.strip()[-160:])
    rates = dict(line.split() for line in answer.stdout.splitlines())
    grouped, one_by_one = float(rates["grouped"]), float(rates["one_by_one"])
    yield Row("SQLite commits one by one, 64 writers", rate=one_by_one)
    times = grouped / one_by_one
    row = Row("SQLite commits in groups, 64 writers", rate=grouped, note=f"{times:.1f} times as many")
    yield row.aims(f"{TIMES_MIN} times", times >= TIMES_MIN)


PARTS = (commits,)
