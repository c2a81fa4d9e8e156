"""Finds the places where src/policy can be broken, and writes the sources anew with every mutant in them.

clang's own syntax tree says where operators, literals, enumerators, conditions and statements are. Each
becomes `(mutant(N) ? broken : right)`, so that one build holds every mutant and SALLYPORT_MUTANT=N chooses
one.
"""
import json
import re
import subprocess

RELATIONS = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="],
             "!=": ["=="]}
OTHERS = {"&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"], "%": ["/"],
          "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"]}
SWAPS = RELATIONS | OTHERS
STATEMENTS = {"CallExpr", "CXXMemberCallExpr", "CompoundAssignOperator", "BinaryOperator",
              "CXXOperatorCallExpr", "UnaryOperator", "ExprWithCleanups", "BreakStmt"}

HEADER = """#pragma once
#include <cstdlib>
#include <fstream>
#include <vector>

#include <sys/resource.h>

/// SALLYPORT_MUTANT: which one is broken. SALLYPORT_MUTANT_SECONDS: of CPU time, after which the program is
/// stuck. SALLYPORT_MUTANTS_REACHED: a file for the numbers of all that were asked for, a line each.
class Mutants {
public:
    static Mutants& all()
    {
        static Mutants the_one;
        return the_one;
    }
    bool chosen(int number)
    {
        if (m_file) reach(number);
        return number == m_chosen;
    }

private:
    Mutants()
    {
        if (const char* text = std::getenv("SALLYPORT_MUTANT")) m_chosen = std::atoi(text);
        if (const char* text = std::getenv("SALLYPORT_MUTANT_SECONDS")) {
            const auto seconds = static_cast<rlim_t>(std::atoi(text));
            const rlimit limit{seconds, seconds + 1};
            setrlimit(RLIMIT_CPU, &limit);
            const rlimit memory{rlim_t{2} << 30, rlim_t{2} << 30};  // of what fills a list for ever
            setrlimit(RLIMIT_AS, &memory);
        }
    }
    ~Mutants()
    {
        if (!m_file) return;
        std::ofstream file(m_file);
        for (std::size_t n = 0; n < m_reached.size(); ++n)
            if (m_reached[n]) file << n << '\\n';
    }
    void reach(int number)
    {
        const auto n = static_cast<std::size_t>(number);
        if (n >= m_reached.size()) m_reached.resize(n + 1);
        m_reached[n] = true;
    }

    const char* const m_file = std::getenv("SALLYPORT_MUTANTS_REACHED");
    int m_chosen = 0;
    std::vector<char> m_reached;
};

inline bool mutant(int number) { return Mutants::all().chosen(number); }
"""


class Point:
    """A stretch of a file that has broken variants: `write(render)` gives (was, now, text) for each."""

    def __init__(self, begin, end, rank, write):
        self.begin, self.end, self.rank, self.write = begin, end, rank, write


class Mutant:
    def __init__(self, number, path, line, source_line, was, now):
        self.number, self.path, self.line, self.source_line, self.was, self.now = (
            number, path, line, source_line, was, now)
        self.nth = 0

    def key(self):
        nth = f" (no. {self.nth})" if self.nth else ""
        return f"{self.path} | {self.source_line} | {self.was} -> {self.now}{nth}"


def syntax_tree(compiler, root, source):
    done = subprocess.run(
        [compiler, "-std=c++2b", "-I" + str(root / "src"), "-fsyntax-only", "-Xclang", "-ast-dump=json",
         "-Xclang", "-ast-dump-filter=sallyport::policy", str(source)],
        capture_output=True, text=True, check=True)
    decoder, at, text = json.JSONDecoder(), 0, done.stdout
    while at < len(text):
        while at < len(text) and text[at] != "{":
            at += 1
        if at < len(text):
            node, at = decoder.raw_decode(text, at)
            yield node


class Finder:
    """Walks a tree in the order of its text: clang names a file only where it changes."""

    def __init__(self, texts):
        self.texts = texts  # path -> bytes
        self.points = {path: {} for path in texts}
        self.asserts = {path: set() for path in texts}
        self.enums = {}
        self.file = ""

    def place(self, location):
        """The file of a location, None inside a macro."""
        if not location:
            return None
        if "spellingLoc" in location:
            self.place(location["spellingLoc"])
            self.place(location.get("expansionLoc"))
            return None
        if "file" in location:
            self.file = location["file"]
        return self.file if "offset" in location else None

    def ranges(self, node):
        self.place(node.get("loc"))
        span = node.get("range", {})
        begin, end = self.place(span.get("begin")), self.place(span.get("end"))
        node["at"] = None
        if begin in self.texts and begin == end:
            node["at"] = (begin, span["begin"]["offset"], span["end"]["offset"] + span["end"]["tokLen"])
        if node.get("kind") == "EnumDecl":
            names = [c["name"] for c in node.get("inner", []) if c.get("kind") == "EnumConstantDecl"]
            for child in node.get("inner", []):
                if child.get("kind") == "EnumConstantDecl":
                    self.enums[child["id"]] = names
        for child in node.get("inner", []):
            self.ranges(child)

    def add(self, node, what, rank, write):
        path, begin, end = node["at"]
        if self.texts[path][begin:begin + 1] == b":":
            return  # what the compiler made up for `for (a : b)`
        self.points[path].setdefault((begin, end, what), Point(begin, end, rank, write))

    def text(self, node):
        path, begin, end = node["at"]
        return self.texts[path][begin:end].decode()

    def look(self, node, parent=None, constant=False):
        kind, at, inner = node.get("kind"), node.get("at"), node.get("inner", [])
        if node.get("isImplicit") or node.get("explicitlyDefaulted"):
            return  # nobody wrote it
        if kind == "StaticAssertDecl":
            if at:
                self.asserts[at[0]].add(at[1:])
            return
        if at:
            self.expression(node, kind, inner, parent, constant)
            self.conditions(kind, inner)
        statements = kind == "CompoundStmt"
        for index, child in enumerate(inner):
            in_case = kind == "CaseStmt" and index == 0
            fixed = constant or in_case or kind in ("EnumConstantDecl", "TemplateArgument", "ConstantExpr")
            body = statements or (kind == "IfStmt" and index > 0) or (kind == "WhileStmt" and index == 1) or (
                kind in ("ForStmt", "CaseStmt") and index == len(inner) - 1)
            if child.get("kind") == "BreakStmt" and child["at"] and self.closes_a_switch(child):
                continue
            if body and child.get("at") and child.get("kind") in STATEMENTS and not in_case:
                self.add(child, "drop", 0, lambda r, c=child: [("statement", "dropped", None)])
            self.look(child, node, fixed)

    def expression(self, node, kind, inner, parent, constant):
        if constant:
            return
        if kind == "BinaryOperator" and node["opcode"] in SWAPS:
            self.binary(node, node["opcode"], inner[0], inner[1])
        if kind == "CXXOperatorCallExpr" and len(inner) == 3:
            self.binary(node, self.between(inner[1], inner[2]), inner[1], inner[2])
        if kind == "CXXRewrittenBinaryOperator":  # `a >= b` that stands for `(a <=> b) >= 0`
            operands = self.operands(node)
            if operands:
                self.binary(node, self.between(*operands), *operands)
        # `a != b` that stands for `!(a == b)` has its `!` there too.
        if kind == "UnaryOperator" and node["opcode"] == "!" and not self.text(node).startswith("!="):
            self.add(node, "not", 2, lambda r, n=inner[0]: [("!", "nothing", f"static_cast<bool>({r(n)})")])
        if kind == "IntegerLiteral" and self.text(node)[0].isdigit():
            value = int(node["value"])
            self.add(node, "number", 3, lambda r, v=value: [
                (str(v), str(v + d), str(v + d)) for d in (1, -1)])
        if kind == "CXXBoolLiteralExpr":
            word, other = ("true", "false") if node["value"] else ("false", "true")
            self.add(node, "bool", 3, lambda r, w=word, o=other: [(w, o, o)])
        if kind == "DeclRefExpr" and node.get("referencedDecl", {}).get("kind") == "EnumConstantDecl":
            self.enumerator(node)
        if node.get("castKind") == "LValueToRValue" and inner and inner[0].get("at") and \
                node.get("type", {}).get("qualType") in ("bool", "const bool"):
            self.add(node, "flip", 3, lambda r, n=inner[0]: [(self.text(n), "its opposite", f"!({r(n)})")])
        if kind == "CallExpr" and inner and inner[0].get("at"):
            name = self.text(inner[0])
            other = {"std::min": "std::max", "std::max": "std::min"}.get(name)
            if other:
                self.add(node, "bound", 2, lambda r, n=node, a=name, b=other: [
                    (a, b, b + "(" + ", ".join(r(c) for c in n["inner"][1:]) + ")")])

    def binary(self, node, operator, left, right):
        if operator in SWAPS and self.between(left, right) == operator:
            if operator in "+-":  # the right operand is negated, so that moments keep their type
                self.add(node, "operator", 2, lambda r: [
                    (operator, SWAPS[operator][0], f"({r(left)}) {operator} (-({r(right)}))")])
                return
            self.add(node, "operator", 2, lambda r: [
                (operator, other, f"({r(left)}) {other} ({r(right)})") for other in SWAPS[operator]])

    def closes_a_switch(self, node):
        """Nothing but the closing brace follows: without it the same happens."""
        path, _, end = node["at"]
        return re.match(rb"\s*;\s*}", self.texts[path][end:]) is not None

    def between(self, left, right):
        """What is written between two operands: their operator, unless the compiler made them up."""
        if not left.get("at") or not right.get("at") or left["at"][0] != right["at"][0]:
            return ""
        return self.texts[left["at"][0]][left["at"][2]:right["at"][1]].decode().strip()

    def operands(self, node):
        """The two operands of a relation that the compiler rewrote."""
        inner = node.get("inner", [])
        called = node.get("kind") == "CXXOperatorCallExpr" and len(inner) == 3
        if called and self.between(*inner[1:]) in RELATIONS:
            return inner[1:]
        for child in inner:
            found = self.operands(child)
            if found:
                return found
        return None

    def enumerator(self, node):
        names = self.enums.get(node["referencedDecl"]["id"], [])
        name = node["referencedDecl"]["name"]
        if len(names) < 2:
            return
        at = names.index(name)
        others = dict.fromkeys([names[(at + 1) % len(names)], names[at - 1]])
        text = self.text(node)
        if not text.endswith(name):
            return
        stem = text[:len(text) - len(name)]
        self.add(node, "enumerator", 3, lambda r: [
            (name, other, stem + other) for other in others if other != name])

    def conditions(self, kind, inner):
        if kind in ("IfStmt", "ConditionalOperator") and inner[0].get("at"):
            self.add(inner[0], "condition", 1, lambda r, c=inner[0]: [
                ("condition", "true", "true"), ("condition", "false", "false")])
        if kind == "WhileStmt" and inner[0].get("at"):
            self.add(inner[0], "condition", 1, lambda r: [("condition", "false", "false")])


class Writer:
    """Writes one file anew."""

    def __init__(self, path, text, points, asserts, mutants):
        self.path, self.text, self.mutants = path, text, mutants
        self.points = sorted(points, key=lambda p: (p.begin, -p.end, p.rank))
        cuts = [(b, e) for b, e in asserts]
        for found in re.finditer(rb"\bconstexpr ", text):
            if not any(b <= found.start() < e for b, e in cuts):
                cuts.append(found.span())
        checks = [m for m in re.finditer(rb"^ *(CHECK\(.*\);)$", text, re.M)]
        self.cuts = {b: e for b, e in cuts}
        self.numbers = {}
        for check in checks:
            dropped = Point(check.start(1), check.end(1) - 1, 0, lambda r: [("CHECK", "dropped", None)])
            self.points.append(dropped)
        self.points.sort(key=lambda p: (p.begin, -p.end, p.rank))
        # A CHECK's own condition is a macro's argument: it is dropped as a whole.
        self.points = [p for p in self.points
                       if p.rank == 0 or not any(c.start(1) <= p.begin < c.end(1) for c in checks)]

    def number(self, point, was, now):
        known = (id(point), was, now)
        if known not in self.numbers:
            line = self.text.count(b"\n", 0, point.begin) + 1
            source = self.text.split(b"\n")[line - 1].decode().strip()
            mutant = Mutant(len(self.mutants) + 1, self.path, line, source, was, now)
            same = sum(1 for m in self.mutants if (m.path, m.source_line, m.was, m.now) ==
                       (mutant.path, source, was, now))
            mutant.nth = same + 1 if same else 0
            self.mutants.append(mutant)
            self.numbers[known] = mutant.number
        return self.numbers[known]

    def stretch(self, begin, end, within=()):
        """The text from begin to end with its mutants; `within` are the points that are being written."""
        out, at = [], begin
        inside = [p for p in self.points if begin <= p.begin and p.end <= end and p not in within]
        for point in inside:
            if point.begin < at:
                continue
            out.append(self.plain(at, point.begin))
            out.append(self.point(point, within))
            at = point.end
        out.append(self.plain(at, end))
        return "".join(out)

    def plain(self, begin, end):
        out, at = [], begin
        for cut in sorted(c for c in self.cuts if begin <= c < end):
            out.append(self.text[at:cut].decode())
            at = max(at, self.cuts[cut])
        return "".join(out) + self.text[at:end].decode()

    def point(self, point, within):
        within = within + (point,)
        render = lambda node: self.stretch(node["at"][1], node["at"][2], within)
        right = self.stretch(point.begin, point.end, within)
        out = ""
        for was, now, text in point.write(render):
            number = self.number(point, was, now)
            if text is None:
                return f"if (!mutant({number})) {right}"
            out += f"mutant({number}) ? ({text}) : "
        if point.rank == 1:
            right = f"static_cast<bool>({right})"
        return f"({out}({right}))"

    def whole(self):
        body = self.stretch(0, len(self.text))
        return '#include "mutant.h"\n' + body


def make(compiler, root, folder):
    """Writes folder/src/policy/* and returns the mutants."""
    source_folder = root / "src" / "policy"
    sources = sorted(p for p in source_folder.iterdir()
                     if p.suffix in (".h", ".cpp") and not p.name.endswith(("_test.cpp", "_fuzz.cpp")))
    finder = Finder({str(p): p.read_bytes() for p in sources})
    for source in (p for p in sources if p.suffix == ".cpp"):
        finder.file = ""
        for tree in syntax_tree(compiler, root, source):
            finder.ranges(tree)
            finder.look(tree)
    mutants = []
    target = folder / "src" / "policy"
    target.mkdir(parents=True, exist_ok=True)
    (folder / "src" / "mutant.h").write_text(HEADER)
    for source in sources:
        path = str(source)
        writer = Writer(str(source.relative_to(root)), finder.texts[path], list(finder.points[path].values()),
                        finder.asserts[path], mutants)
        replace(target / source.name, writer.whole())
    for test in source_folder.glob("*_test.cpp"):
        replace(target / test.name, test.read_text())
    return mutants


def replace(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
