"""Who may include whom (architecture.md, section 2)."""

import re

from rule import each_file

BELOW = {
    "base": [],
    "crypto": ["base"],
    "policy": ["base"],
    "db": ["base"],
    "store": ["base", "crypto", "policy", "db"],
    "ports": ["base"],
    "proof": ["base", "crypto", "policy", "db", "store", "ports"],
    "render": ["base", "views"],
    "http": ["base", "crypto", "ports", "render", "views"],
    "access": ["base", "crypto", "policy", "db", "store", "ports", "proof", "http", "render", "views"],
    "adapters": ["base", "crypto", "ports"],
}
USE_CASE = ["base", "crypto", "policy", "db", "store", "ports", "proof", "render", "views"]
ENDPOINT = USE_CASE + ["http", "access"]
ROOMS = set(BELOW) | {"slices", "app", "views"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)', re.M)
STATIC_ASSETS = {"assets"}  # generated, no code of a room in them

# Header prefix: rooms whose .cpp files may include it, rooms whose headers may.
THIRD_PARTY = {
    "boost/asio": (("http", "adapters", "app"), ("http", "adapters")),
    "boost/beast": (("http", "adapters", "app"), ("http", "adapters")),
    "curl/": (("adapters",), ("adapters",)),
    "spdlog/": (("adapters", "app"), ("adapters",)),
    "toml++/": (("app",), ()),
    "CLI/": (("app",), ()),
    "boost/json": (("http", "render", "access", "slices", "adapters", "app"), ()),
    "sqlite3.h": (("db",), ()),
    "libpq-fe.h": (("db",), ()),
    "sodium": (("crypto", "base", "adapters"), ("crypto",)),
    "openssl/": (("crypto", "adapters"), ("crypto",)),
    "cbor.h": (("crypto",), ()),
    "gmime/": (("slices",), ()),
    "prometheus/": (("http", "adapters", "app"), ()),
}


def allowed(file):
    """Rooms that this file may include; None for all of them."""
    room = file.room
    if room == "app":
        return None
    if room.startswith("slices/"):
        rooms = ENDPOINT if file.name.startswith("endpoints") or file.is_test else USE_CASE
        return rooms + [room]
    return BELOW.get(room, []) + [room] + (["adapters"] if file.is_test and room != "policy" else [])


def target_room(path):
    parts = path.split("/")
    if len(parts) < 2 or parts[0] not in ROOMS:
        return None
    return "/".join(parts[:2]) if parts[0] == "slices" else parts[0]


def includes(file):
    for match in INCLUDE.finditer(file.text):
        yield file.line_of(match.start()), match[1], match[2]


@each_file(
    "layer",
    "data flows endpoint → use case → policy → store, and an auditor reads one room at a time; an include "
    "against "
    "the flow ties rooms together for good",
    "pass the value in as a parameter, or move the type down to the room that both may include (table in "
    "ARCHITECTURE.md)",
)
def layer(file):
    if not (file.cpp and file.room):
        return
    rooms = allowed(file)
    for line, quoted, _ in includes(file):
        room = target_room(quoted) if quoted else None
        if quoted and rooms is not None and room and room not in rooms:
            yield line, f'{file.room} includes "{quoted}"'


@each_file(
    "include-path",
    "one way to name a header: it tells the room at the place where it is used",
    'write the path from src/ on: #include "room/file.h"',
)
def include_path(file):
    if file.cpp and file.room:
        for line, quoted, _ in includes(file):
            if file.is_test and quoted and quoted.split("../")[-1].startswith("tests/support/"):
                continue
            if quoted and (quoted.startswith(".") or "/" not in quoted):
                yield line, f'#include "{quoted}"'


@each_file(
    "third-party-header",
    "these headers cost seconds in every file that sees them, and spread their types over rooms that "
    "must be replaceable",
    "include it in a .cpp of the room that wraps it, and forward-declare or wrap what others need",
)
def third_party_header(file):
    if not (file.cpp and file.room):
        return
    room = file.room.split("/")[0]
    for line, quoted, angled in includes(file):
        header = angled or quoted
        for prefix, (sources, headers) in THIRD_PARTY.items():
            if header.startswith(prefix) and room not in (headers if file.ext == ".h" else sources):
                if not (file.is_test and room in ("http", "crypto", "access", "slices", "db", "render")):
                    kind = "header" if file.ext == ".h" else "source"
                    yield line, f"a {kind} of {room} includes <{header}>"
