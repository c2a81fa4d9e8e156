"""What must not be committed, whatever the file."""

import re

from rule import each_file, rule

HOSTS = (
    "registry.npm" + "js.org",
    "registry.yarn" + "pkg.com",
    "deb.debian" + ".org",
    "security.debian" + ".org",
    "py" + "pi.org",
    "files.python" + "hosted.org",
    "crates" + ".io",
    "repo.maven" + ".apache.org",
    "proxy.golang" + ".org",
)
MACHINE = re.compile(r"(?<![\w.~-])/" + r"(?:work|home|Users)/[\w.]")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|HA" + r"CK|X{3})\b")
CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7}) |^={7}$")
SLEEP_IN_SCRIPT = re.compile(
    r"waitForTimeout\s*\(|setTimeout\s*\(\s*(?:resolve|r|done|ok)\b|timers/promises|\btime\.sleep\s*\("
)


def by_line(pattern, what):
    def check(file):
        for number, line in enumerate(file.lines, 1):
            if match := pattern.search(line):
                yield number, what(match)

    return check


each_file("machine-path", "it is there on one machine only", "a path from the top of the tree, or a setting")(
    by_line(MACHINE, lambda match: f"`{match.group(0)}…`")
)

each_file("unfinished", "nobody comes back to it", "do it now, or open an issue")(
    by_line(UNFINISHED, lambda match: f"`{match.group(0)}`")
)

each_file("conflict-marker", "a merge was not finished", "finish it")(
    by_line(CONFLICT, lambda match: f"`{match.group(0)}`")
)


@each_file(
    "registry-host",
    "whoever builds has a mirror of their own",
    "leave the address to the package client's own configuration",
)
def registry_host(file):
    for number, line in enumerate(file.lines, 1):
        for host in HOSTS:
            if host in line:
                yield number, f"the host of a registry ({host})"


@each_file(
    "sleeping-test",
    "it waits too long on a fast machine and too short on a slow one",
    "wait for the condition: until(), a locator, the moved clock",
)
def sleeping_test(file):
    if (
        file.path.startswith("tests/")
        and not file.path.startswith("tests/support/")
        and file.ext in (".mjs", ".js", ".ts", ".py")
    ):
        yield from by_line(SLEEP_IN_SCRIPT, lambda match: f"`{match.group(0)}`")(file)


@each_file(
    "schema-dialect",
    "one SQL text serves SQLite and PostgreSQL",
    "the allowed construct of architecture.md, section 1: BIGINT CHECK (x IN (0,1)), ON CONFLICT, a time as "
    "parameter",
)
def schema_dialect(file):
    if file.ext == ".sql" and file.path.startswith("schema/"):
        text = re.sub(r"--[^\n]*", "", file.text)
        for line, match in file.find(
            r"(?i)\b(?:boolean|serial|bigserial|identity|autoincrement|now\(\)|current_timestamp|for "
            r"update|skip locked|"
            r"replace into|alter column|add constraint|like|timestamptz?|jsonb?|varchar|uuid)\b",
            text,
        ):
            yield line, f"`{match.group(0)}`"


@rule("tests-folder", "./test is the command", "put it under tests/ (docs/decisions/tests-folder.md)")
def tests_folder(files):
    for file in files:
        if file.path.startswith("test/"):
            yield file.path, 1, "a file in test/"
