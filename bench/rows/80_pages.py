"""Public pages on a phone with slow 4G and a quarter of this CPU (ux.md G3 to G5)."""

import json
import subprocess
from pathlib import Path

from measure.front_door import seed, serve
from measure.table import Row
from measure.unavailable import Unavailable

PAGES = Path(__file__).resolve().parent.parent / "pages"
PATHS = ("/", "/signin", "/signup", "/trouble", "/about", "/language")
SECONDS_MAX_A_PAGE = 90


def describe(page):
    usable = f"field usable {page['usable_ms']:,.0f} ms" if page["usable_ms"] else "no field"
    return (
        f"first paint {page['first_paint_ms']:,.0f} ms (900), {usable} (1,200), "
        f"Lighthouse {page['performance']}/{page['accessibility']}/{page['practices']} (98/100/100), "
        f"shift {page['layout_shift']:.3f} (0.02), blocked {page['blocked_ms']:.0f} ms (50)"
    )


def pages(places):
    """pages on slow 4G"""
    places.program("sallyport")
    chromium = places.command("chromium")
    folder, node = places.npm_packages("pages", PAGES)
    (folder / "pages.mjs").write_bytes((PAGES / "pages.mjs").read_bytes())
    with places.scratch() as scratch:
        seed(places, scratch, 1, 1, 1)
        with serve(places, scratch) as server:
            answer = subprocess.run(
                [node, "pages.mjs", chromium, f"http://127.0.0.1:{server.port}", *PATHS],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=SECONDS_MAX_A_PAGE * len(PATHS),
            )
    if answer.returncode != 0:
        raise Unavailable("pages.mjs: " + (answer.stderr.strip() or "no word")[-160:])
    for line in answer.stdout.splitlines():
        page = json.loads(line)
        yield Row(
            f"page {page['path']}",
            note=f"not available: {page['error']}" if "error" in page else describe(page),
        )


PARTS = (pages,)
