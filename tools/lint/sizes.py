"""Small: about 400 lines a file, 60 a function, 110 columns. exceptions.txt names what is larger; it may only
shrink."""

import os

from rule import rule
from source import functions

FILE_LINES = 400
FUNCTION_LINES = 60
COLUMNS = 110
COUNTED = (".cpp", ".h", ".py", ".mjs", ".ts", ".tsx", ".css", ".sql", ".cmake")
EXCEPTIONS = "tools/lint/exceptions.txt"
EXCEPTIONS_AT_MOST = 0  # lower it when one goes; nobody raises it


def exceptions(files):
    """{(kind, path): size} from lines `kind path size  # reason`."""
    found = {}
    for file in files:
        if file.path == EXCEPTIONS:
            for line in file.lines:
                words = line.split("#")[0].split()
                if len(words) == 3:
                    found[(words[0], words[1])] = int(words[2])
    return found


def counted(file):
    return file.ext in COUNTED and not file.path.endswith(".min.css")


def sizes(files):
    """(kind, path, line, size) of everything beyond its limit; each kind once a file, with its largest."""
    for file in files:
        if not counted(file):
            continue
        if len(file.lines) > FILE_LINES:
            yield "file-lines", file.path, 1, len(file.lines)
        wide = [(len(text), number) for number, text in enumerate(file.lines, 1) if len(text) > COLUMNS]
        if wide:
            yield "columns", file.path, max(wide)[1], max(wide)[0]
        if file.cpp:
            long = [
                (file.line_of(end) - file.line_of(start) + 1, file.line_of(start))
                for start, end in functions(file.code)
            ]
            long = [item for item in long if item[0] > FUNCTION_LINES]
            if long:
                yield "function-lines", file.path, max(long)[1], max(long)[0]


LIMITS = {"file-lines": FILE_LINES, "columns": COLUMNS, "function-lines": FUNCTION_LINES}
INSTEAD = {
    "file-lines": "split the file along what it knows",
    "columns": "break the line",
    "function-lines": "name its parts as functions",
}


def size_rule(kind):
    @rule(kind, "what does not fit in a head is not reviewed", INSTEAD[kind])
    def check(files):
        known = exceptions(files)
        for found, path, line, size in sizes(files):
            if found == kind and size > known.get((kind, path), LIMITS[kind]):
                yield path, line, f"{size}, the limit is {known.get((kind, path), LIMITS[kind])}"

    return check


for each_kind in LIMITS:
    size_rule(each_kind)


@rule(
    "exceptions-shrink",
    "an exception that stays longer than it must invites the next",
    "lower the number or take the line out",
)
def exceptions_shrink(files):
    known = exceptions(files)
    now = {(kind, path): size for kind, path, _, size in sizes(files)}
    for (kind, path), size in known.items():
        if now.get((kind, path), 0) < size:
            is_now = now.get((kind, path), "within the limit")
            yield EXCEPTIONS, 1, f"{kind} {path} is {is_now} now, and {size} is allowed"
    if len(known) > EXCEPTIONS_AT_MOST:
        yield EXCEPTIONS, 1, f"{len(known)} exceptions, at most {EXCEPTIONS_AT_MOST}"


@rule(
    "file-name",
    "a file named after nothing collects everything",
    "name it after what it knows or does, in snake_case",
)
def file_name(files):
    for file in files:
        if file.ext not in COUNTED + (".html", ".sh"):
            continue
        stem = file.name.split(".")[0]
        words = set(stem.lower().replace("-", "_").split("_"))
        if words & {"util", "utils", "common", "helper", "helpers", "manager", "misc", "stuff"}:
            yield file.path, 1, f"the name '{file.name}'"
        elif file.cpp and stem != stem.lower():
            yield file.path, 1, f"'{file.name}' is not snake_case"
        elif file.cpp and os.path.dirname(file.path).startswith("src") and "-" in stem:
            yield file.path, 1, f"'{file.name}' is not snake_case"
