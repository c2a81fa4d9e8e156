"""Pages on a phone with slow 4G (1.6 Mbit/s, 150 ms) and a quarter of this CPU (ux.md G3 to G5)."""

import json
import subprocess
from pathlib import Path

from measure.front_door import seed, serve
from measure.table import Row
from measure.unavailable import Unavailable

PAGES = Path(__file__).resolve().parent.parent / "pages"
EMPTY = "empty"  # served by pages.mjs itself: the limit
PUBLIC = ("/", "/signin", "/signup", "/trouble", "/about", "/language")
ACCOUNT = ("/account", "/account/devices", "/account/app")
QUICK = ("/signin", "/account")
VISITS = 5
SECONDS_MAX_A_PAGE = 120
FIRST_PAINT_MS_MAX = 900
USABLE_MS_MAX = 1200
PUBLIC_PERFORMANCE_MIN = 98
ACCOUNT_PERFORMANCE_MIN = 95
SHIFT_MAX = 0.02
BLOCKED_MS_MAX = 50


def row_of_page(page):
    performance_min = PUBLIC_PERFORMANCE_MIN if page["path"] in PUBLIC else ACCOUNT_PERFORMANCE_MIN
    met = (
        page["first_paint_ms"] <= FIRST_PAINT_MS_MAX
        and (page["usable_ms"] or 0) <= USABLE_MS_MAX
        and page["performance"] >= performance_min
        and page["accessibility"] == 100
        and page["practices"] == 100
        and page["layout_shift"] <= SHIFT_MAX
        and page["blocked_ms"] <= BLOCKED_MS_MAX
    )
    usable = f"field usable {page['usable_ms']:,.0f} ms" if page["usable_ms"] else "no field"
    failed = f"; failed: {', '.join(page['failed'])}" if page["failed"] else ""
    note = (
        f"paint {page['first_paint_ms']:,.0f} ms, {usable}, Lighthouse {page['performance']}/"
        f"{page['accessibility']}/{page['practices']}, shift {page['layout_shift']:.3f}, "
        f"blocked {page['blocked_ms']:.0f} ms{failed}"
    )
    if page["path"] == EMPTY:
        return Row("limit: an empty page", note=note)
    return Row(f"page {page['path']}", note=note).aims(f"G3–G5, {performance_min}/100/100", met)


def pages(places):
    """pages on slow 4G"""
    places.program("sallyport")
    chromium = places.command("chromium")
    folder, node = places.npm_packages("pages", PAGES)
    (folder / "pages.mjs").write_bytes((PAGES / "pages.mjs").read_bytes())
    paths = (EMPTY, *(QUICK if places.quick else PUBLIC + ACCOUNT))
    visits = 1 if places.quick else VISITS
    with places.scratch() as scratch:
        token = seed(places, scratch, 1, 1, 1)[0]
        with serve(places, scratch) as server:
            origin = f"http://127.0.0.1:{server.port}"
            cookie = f"__Host-session={token}"
            answer = subprocess.run(
                [node, "pages.mjs", chromium, origin, str(visits), cookie, *paths],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=SECONDS_MAX_A_PAGE * len(paths),
            )
    if answer.returncode != 0:
        raise Unavailable("pages.mjs: " + (answer.stderr.strip() or "no word")[-160:])
    for line in answer.stdout.splitlines():
        page = json.loads(line)
        if "error" in page:
            yield Row(f"page {page['path']}", note=f"not available: {page['error']}")
        else:
            yield row_of_page(page)


PARTS = (pages,)
