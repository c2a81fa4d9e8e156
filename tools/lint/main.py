"""Checks the rules of CONTRIBUTING.md over the tree. Each rule is one test; the last line is `N passed, N
failed`.

tools/lint/main.py [--rules] [path…]       --rules prints them; paths narrow what is shown"""

import os
import re
import sys

import calls  # noqa: F401  (each file of rules adds its own)
import coroutines  # noqa: F401
import layers  # noqa: F401
import sizes  # noqa: F401
import tree  # noqa: F401
import web  # noqa: F401
from rule import RULES
from source import tree as read_tree

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def excused(file, line, name):
    """`NOLINT(rule): reason` on the line, or `NOLINTNEXTLINE(rule): reason` on the one before."""
    around = {
        "NOLINT": file.lines[line - 1 : line],
        "NOLINTNEXTLINE": file.lines[max(line - 2, 0) : line - 1],
    }
    return any(
        re.search(rf"\b{word}\({name}\): \w", text) for word, texts in around.items() for text in texts
    )


def findings(rule, files, words):
    by_path = {file.path: file for file in files}
    for path, line, what in sorted(set(rule.check(files))):
        if words and not path.startswith(tuple(words)):
            continue
        if path not in by_path or not excused(by_path[path], line, rule.name):
            yield path, line, what


def main(words):
    if "--rules" in words:
        for rule in RULES:
            print(f"{rule.name}: because {rule.why}. Instead: {rule.instead}.")
        return 0
    files = read_tree(ROOT)
    passed = failed = 0
    for rule in RULES:
        found = list(findings(rule, files, words))
        passed, failed = (passed, failed + 1) if found else (passed + 1, failed)
        for path, line, what in found:
            print(f"{path}:{line}: {rule.name}: {what}")
        if found:
            print(f"    because {rule.why}.\n    Instead: {rule.instead}.")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
