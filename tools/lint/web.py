"""Templates, styles and scripts: words from the catalogue, directions logical, colours from one file, nothing
inline."""

import re
from html.parser import HTMLParser

from rule import each_file

DECLARATION = re.compile(r"\{%-?\s*(?:view|part|frame)\b.*?\{%-?\s*end\s*-?%\}", re.S)
TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
LETTER = re.compile(r"[^\W\d_]")
SPOKEN = {
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "label",
    "summary",
}
SILENT = {"script", "style", "svg", "code", "kbd", "samp"}


def cover(text):
    """Template tags and the declaration, blanked on the same lines."""

    def hide(match):
        return re.sub(r"[^\n]", " ", match[0])

    return TAGS.sub(hide, DECLARATION.sub(hide, text, count=1))


class Words(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.silent, self.found = 0, []

    def handle_starttag(self, tag, attrs):
        self.silent += tag in SILENT
        for name, value in attrs:
            if name in SPOKEN and value and LETTER.search(value):
                self.found.append((self.getpos()[0], f'{name}="{value.strip()}"'))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.silent -= tag in SILENT

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT and self.silent > 0

    def handle_data(self, data):
        if not self.silent and LETTER.search(data):
            if re.fullmatch(r"(?:/[a-z-]+)+", data.strip()):
                return  # an address of the product, the same in every language
            before = len(data) - len(data.lstrip())
            self.found.append(
                (self.getpos()[0] + data.count("\n", 0, before), f"'{' '.join(data.split())[:40]}'")
            )


@each_file(
    "hard-wired-text",
    "every person reads their own language",
    "put it in web/locales/<lang>/<area>.json and write {{ t area.part }}",
)
def hard_wired_text(file):
    if not file.path.startswith("web/templates/"):
        return
    text = cover(file.text)
    if file.ext == ".html":
        words = Words()
        words.feed(text)
        words.close()
        yield from words.found
    elif file.ext == ".txt":
        for number, line in enumerate(text.splitlines(), 1):
            if LETTER.search(line):
                yield number, f"'{' '.join(line.split())[:40]}'"


@each_file(
    "inline-code",
    "the Content-Security-Policy refuses it",
    "a class in web/styles/, a module in web/scripts/",
)
def inline_code(file):
    if file.ext == ".html" and file.path.startswith("web/templates/") and "/mail/" not in file.path:
        for line, match in file.find(
            r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|"
            r"<script\b(?![^>]*\b(?:src=|type=\"application/json))",
            cover(file.text),
        ):
            yield line, f"`{match.group(0).strip()}`"


def declarations(file):
    """(line, property, value) of each declaration in a style sheet."""
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), file.text, flags=re.S)
    for line, match in file.find(r"(?<=[{;])\s*(--?[\w-]+|[a-z][\w-]*)\s*:\s*([^;{}]+)(?=[;}])", text):
        yield line + match.group(0)[: len(match.group(0)) - len(match.group(0).lstrip())].count("\n"), match[
            1
        ], match[2]


@each_file(
    "css-direction",
    "in Arabic left is the end; a physical side turns the page inside out",
    "the logical one: margin-inline-start, inset-inline-end, text-align: start, border-start-end-radius",
)
def css_direction(file):
    if file.ext == ".css":
        for line, name, value in declarations(file):
            if re.search(r"(?:^|-)(?:left|right)(?:$|-)", name) or (
                name in ("text-align", "float", "clear", "caption-side", "justify-content", "justify-self")
                and re.search(r"\b(?:left|right)\b", value)
            ):
                yield line, f"`{name}: {value.strip()}`"


COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|"
    r"\b(?:white|black|red|green|blue|yellow|orange|purple|grey|gray|silver|navy|teal|maroon|olive|pink)\b"
)


@each_file(
    "css-colour",
    "contrast, dark mode and the operator's brand are checked in one place",
    "a custom property of tokens.css: var(--…)",
)
def css_colour(file):
    if file.ext == ".css" and file.name not in ("tokens.css", "_tokens.css") and "/mail" not in file.path:
        for line, name, value in declarations(file):
            if name.startswith("--") and file.name == "print.css":
                continue  # paper has tokens of its own
            if match := COLOUR.search(re.sub(r"url\([^)]*\)|var\([^)]*\)|\"[^\"]*\"", "", value)):
                yield line, f"`{name}: … {match.group(0)} …`"


@each_file(
    "script-sink",
    "Trusted Types refuse it, and it is how markup from outside becomes code",
    "textContent, createElement, replaceChildren",
)
def script_sink(file):
    if file.ext in (".ts", ".js") and file.path.startswith("web/"):
        for line, match in file.find(
            r"\.(?:innerHTML|outerHTML)\s*\+?=(?!=)|\binsertAdjacentHTML\s*\(|"
            r"\bdocument\.write|\beval\s*\(|\bnew Function\b"
        ):
            yield line, f"`{match.group(0)}`"
