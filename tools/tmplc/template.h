#pragma once
// The template language, parsed: web/README.md describes it. A mistake is a BuildError with file and line.
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tmplc {

struct Place {
    std::string file;
    int line = 1;
};

class BuildError : public std::runtime_error {
public:
    BuildError(const Place& place, const std::string& what)
        : std::runtime_error(place.file + ":" + std::to_string(place.line) + ": " + what)
    {
    }
};

enum class Kind {
    text,
    flag,
    number,
    time,
    duration,
    url,
    outside_url,
    svg,
    message,
    secret,
    problems,
    list,
    record
};

struct Record;
struct Type {
    Kind kind = Kind::text;
    bool optional = false;
    std::shared_ptr<Type> element;   // of a list
    std::shared_ptr<Record> record;  // of a list's element
};
struct Field {
    std::string name;
    Type type;
    Place place;
};
struct Record {
    std::string name;
    std::vector<Field> fields;
    [[nodiscard]] const Field* find(std::string_view field) const;
};

struct Named;

/// An expression: word, word(…), "literal", a.path.
struct Expr {
    enum class Kind { literal, path, call } kind = Kind::literal;
    std::string text;              // the literal, the path, the called name
    std::vector<Named> arguments;  // of a call; positional ones have no name
    Place place;
};
struct Named {
    std::string name;
    Expr value;
};

struct Node {
    enum class Kind { text, output, branch, loop, include };
    Node(Kind of, Place at) : kind(of), place(std::move(at)) {}

    Kind kind;
    Place place;
    std::string text;      // text; loop's variable; include's file
    Expr value;            // output; condition; list
    bool negated = false;  // branch: if not
    std::string equals;    // branch: if x is "…"
    bool compares = false;
    std::vector<Named> arguments;  // include
    std::vector<Node> body;
    std::vector<Node> otherwise;
};

/// A file: what it declares, and its text.
struct Template {
    enum class Kind { view, part, frame } kind = Kind::view;
    Record record;
    bool declared = false;
    std::vector<Named> title;  // one call: {% title key … %}
    std::vector<Node> nodes;
    std::string file;
};

/// `file` is named in errors only.
Template parse(std::string_view source, const std::string& file);

}  // namespace tmplc
