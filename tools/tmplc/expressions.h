#pragma once
// Names and expressions of a template: what they mean, of what type they are, and how they are written in
// C++.
#include "generate.h"

#include <set>
#include <string>

namespace tmplc {

/// An expression with its meaning.
struct Value {
    enum class Kind { absent, literal, stored, formatted, asset } kind = Kind::absent;
    std::string text;  // the literal or asset; else C++
    Type type;         // of a stored one
};
using Scope = std::map<std::string, Value>;

const char* kind_name(Kind kind);

class Expressions {
public:
    explicit Expressions(const World& world) : m_world(world) {}
    void bind_page(const Record& fields);
    void bind(const std::string& name, Value value) { m_scope[name] = std::move(value); }
    /// A message as an expression of type std::string.
    std::string message(const Expr& call);

protected:
    Value resolve(const Expr& expr);
    /// A value that is there: what {% if %} has made sure of, or what is never missing.
    Value present(Value value, const Place& place) const;
    static bool is_number(const Value& value);

    const World& m_world;
    Scope m_scope;
    std::set<std::string> m_present;  // optional values that an {% if %} around has tested

private:
    Value path(const Expr& expr);
    std::string message_argument(const Expr& expr, bool number);
};

}  // namespace tmplc
