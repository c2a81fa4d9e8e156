"""Samples for the rules: (rule, path, text, whether the rule fires)."""

import json

LONG = "\n".join("    f();" for _ in range(70))
UNFINISHED = "TO" + "DO"
HOST = "registry.npm" + "js.org"
MACHINE = "/wo" + "rk/main"
MARKER = "<" * 7 + " HEAD"
AWAIT = "Task<int> f()\n{\n    %s\n}\n"

LAYERS = [
    ("layer", "src/policy/a.cpp", '#include "db/database.h"\n', True),
    ("layer", "src/base/a.h", '#include "ports/clock.h"\n', True),
    ("layer", "src/slices/sign_in/enter.cpp", '#include "slices/factors/add.h"\n', True),
    ("layer", "src/slices/sign_in/enter.cpp", '#include "http/router.h"\n', True),
    (
        "layer",
        "src/slices/sign_in/endpoints.cpp",
        '#include "http/router.h"\n#include "access/guard.h"\n',
        False,
    ),
    (
        "layer",
        "src/store/a.cpp",
        '#include "policy/a.h"\n#include "db/database.h"\n#include "store/b.h"\n',
        False,
    ),
    ("layer", "src/http/a.cpp", '#include "store/a.h"\n', True),
    ("layer", "src/app/main.cpp", '#include "slices/sign_in/endpoints.h"\n', False),
    ("include-path", "src/db/a.cpp", '#include "../base/a.h"\n', True),
    ("include-path", "src/db/a.cpp", '#include "rows.h"\n', True),
    ("include-path", "src/db/a_test.cpp", '#include "../../tests/support/child.h"\n', False),
    ("include-path", "src/db/a.cpp", '#include "db/rows.h"\n#include <vector>\n', False),
    ("third-party-header", "src/store/a.cpp", "#include <boost/asio.hpp>\n", True),
    ("third-party-header", "src/app/config.h", "#include <toml++/toml.h>\n", True),
    ("third-party-header", "src/app/config.cpp", "#include <toml++/toml.h>\n", False),
    ("third-party-header", "src/access/a.h", "#include <boost/json.hpp>\n", True),
    ("third-party-header", "src/http/server.cpp", "#include <boost/beast/http.hpp>\n", False),
]

COROUTINES = [
    ("co_await-shape", "src/a/a.cpp", AWAIT % "if (co_await allowed(x)) return;", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % 'co_await f(Cmd{"a"});', True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "auto x = T{co_await f()};", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "co_return T{co_await f()};", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "co_await f([s](int) { return s; });", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "auto x = co_await f(a ? b : c);", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "auto x = a ? co_await f() : 0;", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "co_return !co_await f();", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "g(co_await f());", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "while (co_await f()) g();", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "x = co_await f();", True),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "auto x = co_await f() + 1;", True),
    (
        "co_await-shape",
        "src/a/a.cpp",
        AWAIT % "auto x = co_await m_db.transact<R>(std::move(work), " "limit);",
        False,
    ),
    (
        "co_await-shape",
        "src/a/a.cpp",
        AWAIT % "co_await f(names);\n    co_return co_await pool.run(a.b(), " "c);",
        False,
    ),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "const int a = co_await task;", False),
    ("co_await-shape", "src/a/a.cpp", AWAIT % "switch (x) {\n    case A::b: co_await f(y);\n    }", False),
    ("co_await-shape", "src/a/a.cpp", "// if (co_await f())\nauto operator co_await() const;\n", False),
    ("coroutine-lambda", "src/a/a.cpp", "auto f = [this](int a) -> Task<int> { co_return a; };", True),
    ("coroutine-lambda", "src/a/a.cpp", "auto f = [](int a) -> Task<int> { co_return a; };", False),
    ("coroutine-parameter", "src/a/a.h", "Task<bool> allowed(const std::string& name);", True),
    ("coroutine-parameter", "src/a/a.h", "Task<std::optional<X>> find(int a, std::string_view name);", True),
    (
        "coroutine-parameter",
        "src/a/a.h",
        "Task<bool> allowed(db::Database& database, std::string name);",
        False,
    ),
]

CALLS = [
    ("unsafe-string-call", "src/a/a.cpp", "strcpy(a, b);", True),
    ("unsafe-string-call", "src/a/a.cpp", "int n = atoi(text);", True),
    ("unsafe-string-call", "src/a/a.cpp", "// strcpy(a, b)\nlog(\"sprintf(x)\");", False),
    ("shell", "src/a/a.cpp", 'std::system("ls");', True),
    ("shell", "src/a/a.cpp", "auto s = operating_system(x);", False),
    ("secret-compare", "src/a/a.cpp", "if (memcmp(a, b, 32) == 0) {}", True),
    ("clock", "src/a/a.cpp", "auto t = std::chrono::system_clock::now();", True),
    ("clock", "src/a/a.cpp", "auto t = time(nullptr);", True),
    ("steady-clock", "src/store/a.cpp", "auto t = std::chrono::steady_clock::now();", True),
    ("steady-clock", "src/http/a.cpp", "auto t = std::chrono::steady_clock::now();", False),
    ("clock", "src/adapters/a.cpp", "auto t = std::chrono::system_clock::now();", False),
    ("clock", "src/a/a.cpp", "const auto t = clock.now();\nauto u = m.time(x);", False),
    ("randomness", "src/a/a.cpp", "std::mt19937 g(1);", True),
    ("randomness", "src/a/a.cpp", "RAND_bytes(p, 4);", True),
    ("randomness", "src/adapters/a.cpp", "randombytes_buf(p, 4);", False),
    ("random-test", "src/a/a_test.cpp", "std::random_device d;", True),
    ("random-test", "src/a/a_test.cpp", "std::mt19937 g(42);", False),
    ("getenv", "src/db/a.cpp", 'std::getenv("X");', True),
    ("getenv", "src/app/a.cpp", 'std::getenv("X");', False),
    ("sleep", "src/a/a_test.cpp", "std::this_thread::sleep_for(1ms);", True),
    ("sleep", "src/a/a_test.cpp", "condition.wait_for(lock, 10s, ready);", False),
    ("abort", "src/a/a.cpp", "assert(x);", True),
    ("abort", "src/a/a.cpp", "static_assert(x);", False),
    ("detached-thread", "src/a/a.cpp", "worker.detach();", True),
    ("regex", "src/a/a.cpp", "std::regex r(x);", True),
    ("print", "src/a/a.cpp", "std::cerr << x;", True),
    ("using-namespace-std", "src/a/a.cpp", "using namespace std;", True),
    ("using-namespace-std", "src/a/a.cpp", "using namespace std::chrono_literals;", False),
    ("locale-dependent", "src/a/a.cpp", "c = std::tolower(c);", True),
    ("enum-default", "src/a/a.cpp", "switch (k) {\ncase Kind::a: break;\ndefault: break;\n}", True),
    ("enum-default", "src/a/a.cpp", "switch (c) {\ncase 'a': break;\ndefault: break;\n}", False),
    ("enum-default", "src/a/a.cpp", "switch (k) {\ncase Kind::a: break;\ncase Kind::b: break;\n}", False),
    ("pragma-once", "src/a/a.h", "int f();\n", True),
    ("suppression", "src/a/a.cpp", "int x;  // NOLINT(readability)\n", True),
    ("suppression", "src/a/a.cpp", "int x;  // NOLINT(readability): the name is the standard's\n", False),
]

SIZES = [
    ("file-lines", "src/a/a.cpp", "x\n" * 401, True),
    ("file-lines", "src/a/a.cpp", "x\n" * 400, False),
    ("function-lines", "src/a/a.cpp", "namespace a {\nint f(int b) noexcept\n{\n" + LONG + "\n}\n}\n", True),
    (
        "function-lines",
        "src/a/a.cpp",
        "class A {\n" + "\n".join("int f();" for _ in range(90)) + "\n};\n",
        False,
    ),
    ("columns", "src/a/a.cpp", "x" * 111 + "\n", True),
    ("columns", "src/a/a.cpp", "ä" * 110 + "\n", False),
    ("file-name", "src/a/string_utils.cpp", "", True),
    ("file-name", "src/a/common.h", "", True),
    ("file-name", "src/a/SignIn.cpp", "", True),
    ("file-name", "src/a/sign_in.cpp", "", False),
]

VIEW = "{% view A %}\nemail: text\n{% end %}\n"
WEB = [
    ("hard-wired-text", "web/templates/a/b.html", VIEW + "<p>Hello</p>", True),
    ("hard-wired-text", "web/templates/a/b.html", VIEW + '<img alt="A cat">', True),
    (
        "hard-wired-text",
        "web/templates/a/b.html",
        VIEW + '<p class="x">{{ t a.b }} · <code>x</code></p>',
        False,
    ),
    ("hard-wired-text", "web/templates/mail/b.txt", VIEW + "Hello {{ name }}", True),
    ("hard-wired-text", "web/templates/mail/b.txt", VIEW + "{{ t a.b }}: {{ name }}\n-- \n", False),
    ("inline-code", "web/templates/a/b.html", '<p style="x">', True),
    ("inline-code", "web/templates/a/b.html", '<a onclick="x()">', True),
    ("inline-code", "web/templates/a/b.html", "<script>x()</script>", True),
    ("inline-code", "web/templates/a/b.html", '<script type="module" src="{{ asset }}"></script>', False),
    ("css-direction", "web/styles/a.css", ".a { margin-left: 1px; }", True),
    ("css-direction", "web/styles/a.css", ".a { text-align: right }", True),
    ("css-direction", "web/styles/a.css", ".left { margin-inline-start: 1px; /* left: */ }", False),
    ("css-colour", "web/styles/a.css", ".a { color: #fff; }", True),
    ("css-colour", "web/styles/a.css", ".a { border: 1px solid red; }", True),
    ("css-colour", "web/styles/print.css", ":root { --ink: #111; }", False),
    ("css-colour", "web/styles/print.css", "p { color: #111; }", True),
    ("css-colour", "web/styles/tokens.css", ":root { --ink: #111; }", False),
    ("css-colour", "web/styles/a.css", "#main { color: var(--red); background: transparent; }", False),
    ("script-sink", "web/scripts/a.ts", "e.innerHTML = x;", True),
    ("script-sink", "web/scripts/a.ts", "if (e.innerHTML === x) {}", False),
]

TREE = [
    ("machine-path", "docs/a.md", f"in {MACHINE}/x", True),
    ("machine-path", "docs/a.md", "the path /account/work and /var/lib/sallyport", False),
    ("unfinished", "src/a/a.cpp", f"// {UNFINISHED}: later", True),
    ("conflict-marker", "docs/a.md", f"a\n{MARKER}\n", True),
    ("conflict-marker", "docs/a.md", "Title\n=====\n", False),
    ("registry-host", "package-lock.json", json.dumps({"resolved": f"https://{HOST}/x"}), True),
    ("sleeping-test", "tests/journeys/a.mjs", "await new Promise((r) => setTimeout(r, 500));", True),
    ("sleeping-test", "tests/journeys/a.mjs", "await page.waitForTimeout(5);", True),
    ("sleeping-test", "tests/journeys/a.mjs", "await page.waitForURL('/account');", False),
    ("schema-dialect", "schema/0001_a.sql", "CREATE TABLE a (b BOOLEAN);", True),
    ("schema-dialect", "schema/0001_a.sql", "CREATE TABLE a (b BIGINT); -- not boolean\n", False),
    ("tests-folder", "test/bare/x", "", True),
]

SAMPLES = LAYERS + COROUTINES + CALLS + SIZES + WEB + TREE
