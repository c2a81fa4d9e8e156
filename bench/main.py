"""Runs the rows of bench/rows in their order and prints one table, left in build/bench as well."""

import argparse
import importlib.util
import os
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
QUICK_SECONDS = 1.0
sys.path.insert(0, str(HERE))

from measure.places import Places  # noqa: E402
from measure.table import Row, write_table  # noqa: E402
from measure.unavailable import Unavailable  # noqa: E402


def row_files(wanted):
    files = sorted((HERE / "rows").glob("[0-9]*.py"))
    if not wanted:
        return files
    chosen = [file for file in files if file.stem.split("_", 1)[1] in wanted]
    unknown = set(wanted) - {file.stem.split("_", 1)[1] for file in chosen}
    if unknown:
        names = ", ".join(file.stem.split("_", 1)[1] for file in files)
        sys.exit(f"bench/run: no such row: {', '.join(sorted(unknown))}. There are: {names}")
    return chosen


def rows_of(file, places):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for part in module.PARTS:
        try:
            yield from part(places)
        except Unavailable as reason:
            yield Row(part.__doc__.strip().split("\n")[0], note=f"not available: {reason}")
        except Exception as error:  # one broken row must not hide the others
            yield Row(
                part.__doc__.strip().split("\n")[0], note=f"not available: {type(error).__name__}: {error}"
            )


def main():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("rows", nargs="*", help="names of bench/rows, without their numbers")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each load lasts (default 4)")
    parser.add_argument("--quick", action="store_true", help="one minute: shows that each row works")
    arguments = parser.parse_args()
    seconds = min(arguments.seconds, QUICK_SECONDS) if arguments.quick else arguments.seconds
    places = Places(HERE.parent, seconds, arguments.quick)
    begun = time.monotonic()
    load_before = os.getloadavg()[0]
    rows = []
    for file in row_files(arguments.rows):
        print(f"{file.stem} …", file=sys.stderr, flush=True)
        rows += rows_of(file, places)
    minutes = (time.monotonic() - begun) / 60
    heading = (
        f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, {os.cpu_count()} cores, "
        f"load average {load_before:.1f} at the start and {os.getloadavg()[0]:.1f} at the end, "
        f"{minutes:.1f} minutes{', quick: the figures say little' if arguments.quick else ''}"
    )
    print(write_table(rows, heading, places.out))


main()
