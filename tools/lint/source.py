"""The files of the tree, as the rules read them: raw, and as code with comments and literals blanked (same
lines, same columns)."""

import functools
import os
import re
import subprocess

CPP = (".cpp", ".h")
RAW_STRING = re.compile(r'R"([^\s()\\]{0,16})\(')


class File:
    def __init__(self, path, text):
        self.path, self.text = path, text
        self.name = os.path.basename(path)
        self.ext = os.path.splitext(path)[1]
        parts = path.split("/")
        self.room = None
        if parts[0] == "src" and len(parts) > 2:
            self.room = "/".join(parts[1:3]) if parts[1] == "slices" and len(parts) > 3 else parts[1]
        self.is_test = (
            self.name.endswith(("_test.cpp", "_fuzz.cpp"))
            or path.startswith("tests/")
            or "testing" in self.name
        )

    @property
    def cpp(self):
        return self.ext in CPP

    @functools.cached_property
    def lines(self):
        return self.text.splitlines()

    @functools.cached_property
    def code(self):
        return blank(self.text)[0] if self.cpp else self.text

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def find(self, pattern, text=None):
        """(line, match) of each match in the code."""
        text = self.code if text is None else text
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()) + 1, match


def blank(text):
    """C++ with comments and the inside of string and character literals replaced by blanks. Returns it, and
    the comments."""
    out, comments, at, end = [], [], 0, len(text)

    def cover(until, quote=0):
        piece = text[at:until]
        if quote and len(piece) >= 2 * quote:
            out.append(piece[:quote] + re.sub(r"[^\n]", " ", piece[quote:-quote]) + piece[-quote:])
        else:
            out.append(re.sub(r"[^\n]", " ", piece))
        return until

    while at < end:
        two = text[at : at + 2]
        if two == "//":
            stop = text.find("\n", at)
            stop = end if stop < 0 else stop
            comments.append(text[at:stop])
            at = cover(stop)
        elif two == "/*":
            stop = text.find("*/", at + 2)
            stop = end if stop < 0 else stop + 2
            comments.append(text[at:stop])
            at = cover(stop)
        elif raw := RAW_STRING.match(text, at):
            stop = text.find(f"){raw[1]}\"", at)
            stop = end if stop < 0 else stop + len(raw[1]) + 2
            inside = re.sub(r"[^\n]", " ", text[at + 2 : stop - 1])
            out.append(f' "{inside}"')
            at = stop
        elif text[at] == '"' or (text[at] == "'" and not (at and text[at - 1].isalnum())):
            at = cover(literal_end(text, at), quote=1)
        else:
            out.append(text[at])
            at += 1
    return "".join(out), comments


def literal_end(text, at):
    quote, at = text[at], at + 1
    while at < len(text) and text[at] not in (quote, "\n"):
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def match_brace(code, at):
    """The offset just after the bracket that closes the one at `at`."""
    pairs = {"{": "}", "(": ")", "[": "]"}
    opened, closed, depth = code[at], pairs[code[at]], 0
    while at < len(code):
        if code[at] == opened:
            depth += 1
        elif code[at] == closed:
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return len(code)


def functions(code):
    """(start, end) of each function's text in blanked code: what opens a brace after a parameter list,
    outside functions."""
    at, start = 0, 0
    while at < len(code):
        c = code[at]
        if c == "#" and not code[code.rfind("\n", 0, at) + 1 : at].strip():
            while (stop := code.find("\n", at)) > 0 and code[stop - 1] == "\\":
                at = stop + 1
            at = start = len(code) if stop < 0 else stop
        elif c in ";}":
            start = at + 1
        elif c == "{":
            header = code[start:at]
            if re.search(r"\)\s*:[^:]", header) and re.search(r"[\w>]\s*$", header):
                at = match_brace(code, at)  # `: m_x{…}` in a constructor's list
                continue
            if re.search(r"\b(namespace|extern)\b", header) or opens_type(header):
                start = at + 1
            elif "(" in header:
                end = match_brace(code, at)
                yield start + len(header) - len(header.lstrip()), end
                at, start = end, end
                continue
            else:
                at = match_brace(code, at)
                continue
        at += 1


def opens_type(header):
    without = re.sub(
        r"\b(alignas|CAPABILITY|__attribute__)\s*\(+[^)]*\)+",
        "",
        re.sub(r"template\s*<[^{;]*?>\s*(?=\w)", "", header),
    )
    return bool(re.search(r"\b(class|struct|union|enum)\b", without)) and "(" not in without


def tree(root):
    """Every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={root}", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = listed.stdout.decode().split("\0")
    else:
        paths = [
            os.path.relpath(os.path.join(folder, name), root)
            for folder, dirs, names in os.walk(root)
            for name in names
            if not {".git", "build", "node_modules", "data"} & set(folder.split("/"))
        ]
    files = []
    for path in sorted(set(filter(None, paths))):
        try:
            with open(f"{root}/{path}", encoding="utf-8") as file:
                files.append(File(path, file.read()))
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # binary, or deleted and not yet committed
    return files
