"""Calls that have a better one."""

import re

from rule import banned, each_file
from source import match_brace


def not_in(*rooms):
    return lambda file: file.room is not None and file.room not in rooms


def sources(file):
    return file.room is not None


banned(
    "unsafe-string-call",
    r"\b(?:strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|strtok|alloca|atoi|atol|atof)\s*\(",
    "it writes or reads past the end, or cannot tell an error from 0",
    "std::string, std::to_string, std::from_chars",
)

banned(
    "shell",
    r"\b(?:system|popen|wordexp)\s*\(|\bexec[lv]p?e?\s*\(",
    "a shell turns data into commands",
    "a library call; a child process is started with posix_spawn and a fixed argument list",
    sources,
)

banned(
    "secret-compare",
    r"\b(?:memcmp|strcmp|strncmp)\s*\(",
    "it stops at the first difference, and the time tells how far an attacker got",
    "the constant-time comparison of crypto/ for anything secret; std::ranges::equal or == on typed values "
    "for the rest",
    sources,
)

banned(
    "clock",
    r"\b(?:system_clock|high_resolution_clock|utc_clock|file_clock)\s*::\s*now\b|"
    r"\b(?:clock_gettime|gettimeofday|ftime)\s*\(|\bstd::time\s*\(|"
    r"(?<![\w.>:])time\s*\(\s*(?:nullptr|NULL|0|&)",
    "a time that is read here cannot be moved by a test, and two readings make two truths in one decision",
    "take the time as a parameter, from ports::Clock; only adapters/ reads a clock",
    lambda file: file.room is not None and file.room != "adapters" and not file.is_test,
)

banned(
    "steady-clock",
    r"\bsteady_clock\s*::\s*now\b",
    "a deadline that is read here cannot be moved by a test",
    "a timer of the event loop; timers live in http/ and adapters/; a test may use one to give up waiting",
    lambda file: file.room not in (None, "adapters", "http") and not file.is_test,
)

banned(
    "randomness",
    r"\bstd::(?:random_device|mt19937(?:_64)?|minstd_rand0?|default_random_engine|knuth_b)\b|"
    r"\b(?:rand|srand|drand48|arc4random\w*|getrandom|getentropy|RAND_\w*bytes|randombytes_\w+)\s*\(",
    "guessable, or not replaceable by a test",
    "take ports::Random; only adapters/ asks the system",
    lambda file: file.room not in (None, "adapters") and not file.is_test,
)

banned(
    "random-test",
    r"\bstd::random_device\b|\b(?:rand|drand48)\s*\(",
    "a test that fails once a month is believed by nobody",
    "a generator with a fixed seed, named in the failure message",
    lambda file: file.is_test,
)

banned(
    "getenv",
    r"\b(?:secure_)?getenv\s*\(",
    "a setting that no configuration check sees",
    "a field of app/'s configuration, passed in",
    lambda file: file.room not in (None, "app") and not file.is_test,
)

banned(
    "sleep",
    r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\s*\(|(?<![\w.>:])sleep\s*\(",
    "it waits too long on a fast machine, too short on a slow one, and blocks a thread",
    "wait for the condition: a condition variable, a timer of the event loop, the moved clock",
    sources,
)

banned(
    "abort",
    r"\bstd::(?:abort|terminate|quick_exit|_Exit)\s*\(|"
    r"(?<![\w.>:])(?:abort|_exit)\s*\(|(?<![\w.>:])assert\s*\(",
    "one request must not end the process for all",
    "CHECK(…): 500 for the request, with the place in the log",
    lambda file: file.room not in (None, "app", "base") and not file.is_test,
)

banned(
    "detached-thread",
    r"\.\s*detach\s*\(\s*\)",
    "nobody cancels it or waits for it",
    "a thread or task owned by something that stops and joins it",
    sources,
)

banned(
    "regex",
    r"\bstd::(?:w?regex|regex_\w+)\b",
    "std::regex overflows the stack on long input",
    "a parser written out, with a fuzz target",
    lambda file: file.room is not None and not file.is_test,
)

banned(
    "print",
    r"\bstd::(?:cout|cerr|clog)\b|(?<![\w.>:])(?:f?printf|puts|fputs)\s*\(",
    "it bypasses the log, its levels and its redaction",
    "log_info and the others of base/log.h",
    lambda file: file.room not in (None, "app") and file.path != "src/base/log.cpp" and not file.is_test,
)

banned(
    "using-namespace-std",
    r"\busing\s+namespace\s+std\s*;",
    "names of the standard library grow with each version",
    "write std::",
)

banned(
    "locale-dependent",
    r"\bstd::(?:tolower|toupper|isalpha|isdigit|isspace|isalnum)\b|"
    r"(?<![\w.>:])(?:tolower|toupper|isalpha|isdigit|isspace|"
    r"isalnum)\s*\(",
    "undefined for bytes above 127, and another answer in another locale",
    "the ASCII functions of base/text.h, or ICU for text of people",
    sources,
)


@each_file(
    "enum-default",
    "a new enumerator must stop the compiler at every switch that has to decide about it",
    "name every enumerator and leave `default:` out; after the switch: CHECK or a return",
)
def enum_default(file):
    if not file.cpp:
        return
    for line, match in file.find(r"\bswitch\s*\("):
        opened = file.code.find("{", match_brace(file.code, match.end() - 1))
        if opened < 0:
            continue
        body = file.code[opened : match_brace(file.code, opened)]
        if re.search(r"\bdefault\s*:", body) and re.search(r"\bcase\s+[\w:]*::\w+\s*:", body):
            yield line, "a switch over an enum with `default:`"


@each_file(
    "pragma-once",
    "a header read twice is an error that appears far away",
    "begin the header with #pragma once",
)
def pragma_once(file):
    if file.ext == ".h" and "#pragma once" not in file.text:
        yield 1, "no #pragma once"


@each_file(
    "suppression",
    "a silenced warning is a decision, and the next reader must be able to doubt it",
    "write the reason after it: // NOLINT(check): reason",
)
def suppression(file):
    if not file.cpp or file.room is None:
        return
    for number, line in enumerate(file.lines, 1):
        if re.search(r"NOLINT(?:NEXTLINE|BEGIN)?\b(?:\([^)]*\))?\s*$", line):
            yield number, "NOLINT without a reason"
        if re.search(r"diagnostic\s+ignored|no_sanitize|NO_THREAD_SAFETY_ANALYSIS\s*;", line):
            above = file.lines[number - 2] if number > 1 else ""
            if "//" not in line and "//" not in above:
                yield number, "a suppression without a reason"
