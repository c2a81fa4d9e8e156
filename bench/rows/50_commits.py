"""SQLite: durable commits by 64 writers, in groups and one by one. Aim: at least 5 times the rate."""

import subprocess

from measure.table import Row
from measure.unavailable import Unavailable


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
    yield Row(
        "SQLite commits in groups, 64 writers",
        rate=grouped,
        note=f"{grouped / one_by_one:.1f} times as many; aim: 5",
    )


PARTS = (commits,)
