"""A rule: a name, its reason, what to write instead, and the check that yields (path, line, what is
wrong)."""

import dataclasses
from collections.abc import Callable


@dataclasses.dataclass
class Rule:
    name: str
    why: str
    instead: str
    check: Callable


RULES = []


def rule(name, why, instead):
    """The check below it is given all files."""

    def keep(check):
        RULES.append(Rule(name, why, instead, check))
        return check

    return keep


def each_file(name, why, instead):
    """The check below it is given one file, and yields (line, what)."""

    def keep(check):
        def over_all(files):
            for file in files:
                for line, what in check(file):
                    yield file.path, line, what

        RULES.append(Rule(name, why, instead, over_all))
        return check

    return keep


def banned(name, pattern, why, instead, where=lambda file: True, what=None):
    """No match of `pattern` in the C++ code of files that `where` takes."""

    def over_all(files):
        for file in files:
            if file.cpp and where(file):
                for line, match in file.find(pattern):
                    yield file.path, line, what or f"`{match.group(0).strip()}`"

    RULES.append(Rule(name, why, instead, over_all))
