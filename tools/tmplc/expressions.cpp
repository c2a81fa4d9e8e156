#include "expressions.h"

#include <algorithm>
#include <cstdio>

namespace tmplc {

const char* kind_name(Kind kind)
{
    static constexpr const char* names[] = {"text",     "flag",        "number", "time",    "duration",
                                            "url",      "outside_url", "svg",    "message", "secret",
                                            "problems", "list",        "record"};
    return names[static_cast<std::size_t>(kind)];
}

void Expressions::bind_page(const Record& fields)
{
    bind("page",
         {Value::Kind::stored, "page", Type{Kind::record, false, nullptr, std::make_shared<Record>(fields)}});
    bind("lang", {Value::Kind::formatted, "tag(page.language)", {}});
    bind("dir", {Value::Kind::formatted, "direction(page.language)", {}});
}

std::string Expressions::message(const Expr& call)
{
    const std::string& key = call.arguments.front().value.text;
    const auto found = m_world.catalogue->find(key);
    if (found == m_world.catalogue->end())
        throw BuildError(call.place, "no message " + key + " in web/locales");
    const MessageInfo& info = found->second;
    char id[48];
    std::snprintf(id, sizeof id, "Msg{0x%08xU}", info.id);
    std::set<std::string> given;
    std::string list;
    for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        const auto& [name, expr] = call.arguments[i];
        const auto argument = info.arguments.find(name);
        if (argument == info.arguments.end()) throw BuildError(expr.place, key + " has no argument " + name);
        given.insert(name);
        list += (list.empty() ? "{" : ", {") + literal(name) + ", " +
                message_argument(expr, argument->second.number) + "}";
    }
    for (const auto& [name, argument] : info.arguments) {
        if (!given.contains(name)) throw BuildError(call.place, key + " needs the argument " + name);
    }
    if (info.arguments.empty()) return std::string("plain_text(page.language, ") + id + ")";
    return std::string("text(page, ") + id + ", Arguments{" + list + "})";
}

Value Expressions::resolve(const Expr& expr)
{
    if (expr.kind == Expr::Kind::literal) return {Value::Kind::literal, expr.text, {}};
    if (expr.kind == Expr::Kind::path) return path(expr);
    if (expr.text == "t") return {Value::Kind::formatted, message(expr), {}};
    const Expr& inner = expr.arguments.front().value;
    if (expr.text == "asset") {
        const auto found = m_world.assets->find(inner.text);
        if (found == m_world.assets->end()) throw BuildError(expr.place, "no asset " + inner.text);
        return {Value::Kind::asset, found->second, {}};
    }
    if (expr.text == "clock" || expr.text == "date") {
        const Value value = present(resolve(inner), expr.place);
        if (value.kind != Value::Kind::stored || value.type.kind != Kind::time)
            throw BuildError(expr.place, expr.text + "() takes a time");
        const std::string shown =
            (expr.text == "clock" ? "format_clock(page, " : "format_day(page, ") + value.text + ")";
        return {Value::Kind::formatted, shown, Type{Kind::time, false, nullptr, nullptr}};
    }
    throw BuildError(expr.place, "unknown function " + expr.text);
}

Value Expressions::path(const Expr& expr)
{
    std::size_t dot = std::min(expr.text.find('.'), expr.text.size());
    const std::string first = expr.text.substr(0, dot);
    const auto bound = m_scope.find(first);
    if (bound == m_scope.end()) throw BuildError(expr.place, "unknown name " + first);
    Value value = bound->second;
    while (dot < expr.text.size()) {
        const std::size_t start = dot + 1;
        dot = std::min(expr.text.find('.', start), expr.text.size());
        const std::string name = expr.text.substr(start, dot - start);
        if (value.kind == Value::Kind::absent) return value;
        const bool stored = value.kind == Value::Kind::stored;
        if (stored && value.type.kind == Kind::problems) {
            value = {Value::Kind::stored, value.text + ".find(" + literal(name) + ")",
                     Type{Kind::message, true, nullptr, nullptr}};
            continue;
        }
        const Field* field =
            stored && value.type.kind == Kind::record ? value.type.record->find(name) : nullptr;
        if (field == nullptr) throw BuildError(expr.place, "no field " + name + " in " + expr.text);
        value = {Value::Kind::stored, value.text + "." + name, field->type};
    }
    return value;
}

Value Expressions::present(Value value, const Place& place) const
{
    if (value.kind != Value::Kind::stored || !value.type.optional) return value;
    if (!m_present.contains(value.text))
        throw BuildError(place, value.text + " may be missing: put {% if … %} around it");
    value.type.optional = false;
    value.text = "(*" + value.text + ")";
    return value;
}

bool Expressions::is_number(const Value& value)
{
    return value.kind == Value::Kind::literal && !value.text.empty() && value.text.size() < 18 &&
           value.text.find_first_not_of("0123456789") == std::string::npos &&
           (value.text[0] != '0' || value.text.size() == 1);
}

std::string Expressions::message_argument(const Expr& expr, bool number)
{
    if (expr.kind == Expr::Kind::call && (expr.text == "clock" || expr.text == "date")) {
        const Value inner = present(resolve(expr.arguments.front().value), expr.place);
        if (inner.type.kind != Kind::time) throw BuildError(expr.place, expr.text + "() takes a time");
        return (expr.text == "clock" ? "ClockTime{" : "Day{") + inner.text + "}";
    }
    const Value value = present(resolve(expr), expr.place);
    if (number && is_number(value)) return "std::int64_t{" + value.text + "}";
    if (number && (value.kind != Value::Kind::stored || value.type.kind != Kind::number))
        throw BuildError(expr.place, "this argument is a number");
    if (value.kind == Value::Kind::literal) return "std::string(" + literal(value.text) + ")";
    if (value.kind == Value::Kind::formatted) return "std::string(" + value.text + ")";
    if (value.kind != Value::Kind::stored) throw BuildError(expr.place, "this cannot be an argument");
    switch (value.type.kind) {
    case Kind::text:
    case Kind::url:
    case Kind::outside_url: return "std::string(" + value.text + ")";
    case Kind::secret: return "std::string(" + value.text + ".reveal_text())";
    case Kind::number:
    case Kind::time:
    case Kind::duration: return value.text;
    case Kind::message: return "text(page, " + value.text + ")";
    case Kind::flag:
    case Kind::svg:
    case Kind::problems:
    case Kind::list:
    case Kind::record: break;
    }
    throw BuildError(expr.place, std::string("a ") + kind_name(value.type.kind) + " cannot be an argument");
}

}  // namespace tmplc
