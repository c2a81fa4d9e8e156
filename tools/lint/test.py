"""Each rule of the lint is shown to fire on a bad sample, and to stay silent on a good one."""

import sys

import main  # noqa: F401  (fills RULES)
import source
from rule import RULES
from samples import SAMPLES


def findings(rule, files):
    return sorted({item[0] for item in rule.check([source.File(path, text) for path, text in files])})


def wrong(rule, path, text, fires):
    found = findings(rule, [(path, text)])
    if fires and not found:
        return f"{rule.name} is silent on {path}:\n{text}"
    if not fires and found:
        return f"{rule.name} fires on {path}:\n{text}"
    return None


def functions_are_measured():
    constructor = "A::A(int b) : m_b{b}, m_c(b)\n{\n" + "    f();\n" * 7 + "}\n"
    body = "namespace a {\n" + constructor + "int g() { return 1; }\n}\n"
    code = source.blank(body)[0]
    assert [code[s:e].count("\n") for s, e in source.functions(code)] == [9, 0], list(source.functions(code))


def literals_are_blanked():
    text = 'auto s = R"x(co_await {)x"; char c = \'{\'; int n = 1\'000; // } co_await\nauto t = "a\\"{";'
    code = source.blank(text)[0]
    assert "co_await" not in code and "{" not in code and "}" not in code and "1'000" in code
    assert len(code) == len(text) and code.count("\n") == 1


def exceptions_may_only_shrink():
    rule = next(rule for rule in RULES if rule.name == "exceptions-shrink")
    path = "tools/lint/exceptions.txt"
    assert findings(rule, [(path, "file-lines src/db/a.cpp 500\n"), ("src/db/a.cpp", "x\n" * 450)]) == [path]
    assert findings(rule, [(path, "# none\n"), ("src/db/a.cpp", "x\n")]) == []


def a_reason_excuses():
    rule = next(rule for rule in RULES if rule.name == "sleep")
    bad = "std::this_thread::sleep_for(1ms);"
    for text, count in (
        (bad, 1),
        (bad + "  // NOLINT(sleep)", 1),
        (bad + "  // NOLINT(clock): other", 1),
        (bad + "  // NOLINT(sleep): no event tells of it", 0),
        ("// NOLINTNEXTLINE(sleep): no event tells of it\n" + bad, 0),
    ):
        found = list(main.findings(rule, [source.File("src/a/a_test.cpp", text)], []))
        assert len(found) == count, text


def the_tree_is_read():
    files = source.tree(main.ROOT)
    assert any(file.path == "tools/lint/test.py" for file in files) and len(files) > 50
    assert not any(file.path.startswith(("build/", "node_modules/", ".git/")) for file in files)


def main_test():
    passed = failed = 0
    problems = []
    by_name = {rule.name: rule for rule in RULES}
    for name, path, text, fires in SAMPLES:
        problem = wrong(by_name[name], path, text, fires)
        passed, failed = passed + (not problem), failed + bool(problem)
        problems += [problem] if problem else []
    for rule in RULES:
        shown = any(name == rule.name and fires for name, _, _, fires in SAMPLES)
        if not shown and rule.name != "exceptions-shrink":
            failed += 1
            problems.append(f"no sample shows that {rule.name} fires")
    for test in (
        functions_are_measured,
        literals_are_blanked,
        exceptions_may_only_shrink,
        a_reason_excuses,
        the_tree_is_read,
    ):
        try:
            test()
            passed += 1
        except AssertionError as error:
            failed += 1
            problems.append(f"{test.__name__}: {error}")
    for problem in problems:
        print(f"FAIL {problem}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":

    sys.exit(main_test())
