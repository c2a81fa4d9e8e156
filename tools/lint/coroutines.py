"""The three legal shapes of co_await, and what a coroutine may take."""

import re

from rule import banned, each_file

CALLEE = r"[\w:.]+(?:->[\w:.]+|<[\w:, *&]*>|\(\s*\)\s*(?:\.|->)[\w:.]+)*"
TYPE = r"(?:const\s+)?[\w:]+(?:\s*<[\w:<>, *&]*>)?(?:\s*&&|\s*[&*])?"
LEGAL = re.compile(
    rf"(?:(?!return\b|co_return\b){TYPE}\s+\w+\s*=\s*|co_return\s+)?"
    rf"co_await\s+{CALLEE}\s*(?:\((?P<args>.*)\))?\s*",
    re.S,
)
LABEL = re.compile(r"^\s*(?:case\s+(?:[^:]|::)+:(?!:))+")
SPECIFIER = re.compile(r"^\s*(?:public|private|protected)\s*:(?!:)")


def statement(code, at):
    """The text of the statement around `at`, up to the `;` or to the first brace."""
    start = max(code.rfind(c, 0, at) for c in ";{}") + 1
    end = at
    while end < len(code) and code[end] not in ";{}":
        end += 1
    return LABEL.sub("", SPECIFIER.sub("", code[start:end])), code[end : end + 1]


def broken(text, ending):
    if ending != ";":
        return "a brace in the statement of a co_await"
    match = LEGAL.fullmatch(text.strip())
    if not match:
        return "co_await in another shape"
    args = match["args"] or ""
    if re.search(r"\?|&&|\|\||\bco_await\b|\bnew\b|(?:^|[(,=])\s*\[", args):
        return "a condition, lambda or second co_await in the arguments of a co_await"
    return None


@each_file(
    "co_await-shape",
    "Debian's g++ 12 miscompiles the other shapes without a warning, which is an authorisation bypass in "
    "innocent "
    "code; and one suspension a line, on named values, is what a reviewer can follow",
    "name the arguments first, then `auto x = co_await f(names);`, `co_await f(names);` or `co_return "
    "co_await f(names);`",
)
def co_await_shape(file):
    if not file.cpp or file.path.startswith("tests/toolchain/"):
        return
    for line, match in file.find(r"(?<!operator )\bco_await\b"):
        before = file.code.rfind("\n", 0, match.start()) + 1
        if file.code[before : match.start()].lstrip().startswith("#"):
            continue
        text, ending = statement(file.code, match.start())
        if what := broken(text, ending):
            yield line, what


banned(
    "coroutine-lambda",
    r"\[[^\]\[\n]+\]\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?:mutable\s*)?->\s*(?:[\w:]+::)?Task<",
    "the captures of a lambda die with the lambda, while the coroutine goes on",
    "a named function or member whose parameters are taken by value",
    what="a lambda with captures that is a coroutine",
)

banned(
    "coroutine-parameter",
    r"\bTask<[^;{}()]*>\s+[\w:]+\s*\([^;{}()]*(?:const\s+std::string\s*&|std::string_view|std::span<|"
    r"const\s+std::vector<[^;{}()]*>\s*&)",
    "what a reference or view points to may be gone when the coroutine goes on",
    "take it by value (std::string, std::vector); only services that outlive every request are taken by "
    "reference",
    what="a coroutine that takes a view or a reference to a value",
)
