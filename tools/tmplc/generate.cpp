#include "generate.h"

#include "html_place.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>
#include <utility>

namespace tmplc {
namespace {

constexpr int deepest_include = 16;

/// An expression with its meaning.
struct Value {
    enum class Kind { absent, literal, stored, formatted, asset, message } kind = Kind::absent;
    std::string text; // the literal or asset; else C++
    Type type;        // of a stored one
};
using Scope = std::map<std::string, Value>;

const char* kind_name(Kind kind)
{
    static constexpr const char* names[] = {"text",     "flag",        "number", "time",    "duration",
                                            "url",      "outside_url", "svg",    "message", "secret",
                                            "problems", "list",        "record"};
    return names[static_cast<std::size_t>(kind)];
}

std::string html(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&#39;";
        else
            out += c;
    }
    return out;
}

/// Writes the body of one function.
class Writer {
public:
    Writer(const World& world, bool as_html, bool mail) : m_world(world), m_html(as_html), m_place(mail) {}

    void bind_page(const Record& fields)
    {
        bind("page", {Value::Kind::stored, "page",
                      Type{Kind::record, false, nullptr, std::make_shared<Record>(fields)}});
        bind("lang", {Value::Kind::formatted, "tag(page.language)", {}});
        bind("dir", {Value::Kind::formatted, "direction(page.language)", {}});
    }
    void bind(const std::string& name, Value value) { m_scope[name] = std::move(value); }
    void write(const std::vector<Node>& nodes)
    {
        for (const Node& node : nodes) write(node);
    }
    std::string finish(const Place& place)
    {
        if (m_html) m_place.finish(place);
        flush();
        return std::move(m_code);
    }
    /// What was written before {{ content }}; the rest follows with finish.
    const std::optional<std::string>& first_half() const { return m_first_half; }
    /// A message as an expression of type std::string.
    std::string message(const Expr& call)
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
            if (argument == info.arguments.end())
                throw BuildError(expr.place, key + " has no argument " + name);
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

private:
    // --- expressions ---
    Value resolve(const Expr& expr)
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
    Value path(const Expr& expr)
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
    /// A value that is there: what {% if %} has made sure of, or what is never missing.
    Value present(Value value, const Place& place) const
    {
        if (value.kind != Value::Kind::stored || !value.type.optional) return value;
        if (!m_present.contains(value.text))
            throw BuildError(place, value.text + " may be missing: put {% if … %} around it");
        value.type.optional = false;
        value.text = "(*" + value.text + ")";
        return value;
    }
    static bool is_number(const Value& value)
    {
        return value.kind == Value::Kind::literal && !value.text.empty() && value.text.size() < 18 &&
               value.text.find_first_not_of("0123456789") == std::string::npos &&
               (value.text[0] != '0' || value.text.size() == 1);
    }
    std::string message_argument(const Expr& expr, bool number)
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
        throw BuildError(expr.place,
                         std::string("a ") + kind_name(value.type.kind) + " cannot be an argument");
    }

    // --- code ---
    void line(const std::string& code)
    {
        m_code += std::string(static_cast<std::size_t>(m_indent) * 4, ' ') + code + "\n";
    }
    void flush()
    {
        if (m_static.empty()) return;
        line("out.append(" + literal(m_static) + ", " + std::to_string(m_static.size()) + ");");
        m_static.clear();
    }
    void read(std::string_view text, const Place& place)
    {
        if (m_html)
            m_place.read(text, place, m_static);
        else
            m_static += text;
    }

    void write(const Node& node)
    {
        switch (node.kind) {
        case Node::Kind::text: read(node.text, node.place); return;
        case Node::Kind::output: output(node); return;
        case Node::Kind::branch: branch(node); return;
        case Node::Kind::loop: loop(node); return;
        case Node::Kind::include: include(node); return;
        }
    }
    void output(const Node& node)
    {
        if (node.value.kind == Expr::Kind::path && node.value.text == "content" &&
            !m_scope.contains("content")) {
            if (m_indent != 1 || m_first_half)
                throw BuildError(node.place, "{{ content }} stands once, outside of every block");
            flush();
            m_first_half = std::exchange(m_code, {});
            m_place.rejoin(m_place);
            return;
        }
        const Value value = present(resolve(node.value), node.place);
        if (value.kind == Value::Kind::absent) return;
        if (value.kind == Value::Kind::literal || value.kind == Value::Kind::asset) {
            // Known now: read as if it stood in the template, so that every check of the place holds.
            if (m_html && !m_place.takes_values()) m_place.value(node.place); // refuses
            read(m_html ? html(value.text) : value.text, node.place);
            return;
        }
        const Slot slot = m_html ? m_place.value(node.place) : Slot::text;
        flush();
        line(put(value, slot, node.place));
    }
    std::string put(const Value& value, Slot slot, const Place& place) const
    {
        const std::string& x = value.text;
        const bool is_time = value.type.kind == Kind::time;
        if (value.kind == Value::Kind::formatted) {
            if (slot == Slot::url) throw BuildError(place, "a URL is a url, not a text");
            return escaped(slot, x);
        }
        switch (value.type.kind) {
        case Kind::text: break;
        case Kind::number:
            return slot == Slot::text ? escaped(slot, "format_number(page.language, " + x + ")")
                                      : "out += std::to_string(" + x + ");";
        case Kind::time:
            if (m_html && slot == Slot::text)
                return "write_moment(out, page, " + x + ", format_moment(page, " + x + "));";
            return escaped(slot, (slot == Slot::text ? "format_moment(page, " : "format_machine(") + x + ")");
        case Kind::duration:
            if (slot != Slot::text) return "out += std::to_string(" + x + " / std::chrono::seconds(1));";
            return escaped(slot, "format_duration(page.language, " + x + ")");
        case Kind::url:
            if (slot == Slot::url) return "escape_url(out, page.host, " + x + ");";
            return escaped(slot, x);
        case Kind::outside_url:
            if (slot == Slot::url) return "escape_outside_url(out, " + x + ");";
            return escaped(slot, x);
        case Kind::svg:
            if (!m_html || slot != Slot::text) throw BuildError(place, "an svg stands in the text of a page");
            return "out += " + x + ".markup();";
        case Kind::message: return escaped(slot, "text(page, " + x + ")");
        case Kind::secret:
            if (slot != Slot::text && slot != Slot::attribute) throw BuildError(place, "no secret in a URL");
            return escaped(slot, x + ".reveal_text()");
        case Kind::flag:
        case Kind::problems:
        case Kind::list:
        case Kind::record:
            throw BuildError(place, std::string("a ") + kind_name(value.type.kind) + " cannot be written");
        }
        if (slot == Slot::url || is_time)
            throw BuildError(place, "a URL is a url or outside_url, not a text");
        return escaped(slot, x);
    }
    [[nodiscard]] std::string escaped(Slot slot, const std::string& x) const
    {
        if (!m_html) return "escape_plain(out, " + x + ");";
        if (slot == Slot::path_part) return "escape_url_part(out, " + x + ");";
        if (slot == Slot::query_part) return "escape_query_part(out, " + x + ");";
        return "escape_html(out, " + x + ");";
    }

    /// The condition in C++; "true" and "false" where it is known now.
    std::string condition(const Value& value, const Node& node) const
    {
        const bool known = value.kind != Value::Kind::stored;
        if (node.compares) {
            if (value.kind == Value::Kind::literal) return value.text == node.equals ? "true" : "false";
            if (value.kind == Value::Kind::absent) return "false";
            const Value there = known ? value : present(value, node.place);
            if (known || there.type.kind != Kind::text) throw BuildError(node.place, "`is` compares a text");
            return there.text + " == " + literal(node.equals);
        }
        if (value.kind == Value::Kind::absent) return "false";
        if (value.kind == Value::Kind::literal) return value.text.empty() ? "false" : "true";
        if (known) return "true";
        if (value.type.optional) return "static_cast<bool>(" + value.text + ")";
        switch (value.type.kind) {
        case Kind::flag: return value.text;
        case Kind::number: return value.text + " != 0";
        case Kind::text:
        case Kind::url:
        case Kind::outside_url:
        case Kind::svg:
        case Kind::secret:
        case Kind::problems:
        case Kind::list: return "!" + value.text + ".empty()";
        case Kind::time:
        case Kind::duration:
        case Kind::message: return "true";
        case Kind::record: break;
        }
        throw BuildError(node.place, "this is no condition");
    }
    void branch(const Node& node)
    {
        if (m_html) m_place.directive(node.place);
        const Value value = resolve(node.value);
        std::string test = condition(value, node);
        if (test == "true" || test == "false") {
            write((test == "true") != node.negated ? node.body : node.otherwise);
            if (m_html) m_place.directive(node.place);
            return;
        }
        flush();
        line(std::string("if (") + (node.negated ? "!(" + test + ")" : test) + ") {");
        const HtmlPlace before = m_place;
        const bool makes_present = value.kind == Value::Kind::stored && value.type.optional && !node.compares;
        inner(node.body, makes_present && !node.negated ? value.text : "");
        const HtmlPlace after = m_place;
        m_place = before;
        if (!node.otherwise.empty()) {
            line("} else {");
            inner(node.otherwise, makes_present && node.negated ? value.text : "");
        }
        line("}");
        if (m_html && !m_place.same(after))
            throw BuildError(node.place, "both ways of this {% if %} must end at the same place of the page");
        m_place.rejoin(after);
    }
    void inner(const std::vector<Node>& nodes, const std::string& present_now)
    {
        const bool added = !present_now.empty() && m_present.insert(present_now).second;
        ++m_indent;
        write(nodes);
        if (m_html) m_place.directive(nodes.empty() ? Place{} : nodes.back().place);
        flush();
        --m_indent;
        if (added) m_present.erase(present_now);
    }
    void loop(const Node& node)
    {
        if (m_html) m_place.directive(node.place);
        const Value list = resolve(node.value);
        if (list.kind == Value::Kind::absent) return;
        const bool problems = list.kind == Value::Kind::stored && list.type.kind == Kind::problems;
        if (list.kind != Value::Kind::stored || (list.type.kind != Kind::list && !problems))
            throw BuildError(node.place, "this is no list");
        if (m_scope.contains(node.text)) throw BuildError(node.place, node.text + " is already a name");
        flush();
        const std::string item = node.text + "_" + std::to_string(++m_items);
        line("for (const auto& " + item + " : " + list.text + ") {");
        static const auto problem = std::make_shared<Record>(Record{
            "Problem", {{"field", {}, {}}, {"message", Type{Kind::message, false, nullptr, nullptr}, {}}}});
        const Type type = problems ? Type{Kind::record, false, nullptr, problem} : *list.type.element;
        m_scope[node.text] = {Value::Kind::stored, item, type};
        const HtmlPlace before = m_place;
        inner(node.body, "");
        m_scope.erase(node.text);
        line("}");
        if (m_html && !m_place.same(before))
            throw BuildError(node.place, "a {% for %} must end where it began");
        m_place.rejoin(before);
    }
    void include(const Node& node)
    {
        if (m_html) m_place.directive(node.place);
        if (++m_depth > deepest_include) throw BuildError(node.place, "includes go round in a circle");
        const Template& part = m_world.open(node.text, node.place);
        if (part.kind != Template::Kind::part) throw BuildError(node.place, node.text + " is no {% part %}");
        Scope inside;
        for (const char* name : {"page", "lang", "dir"}) inside[name] = m_scope[name];
        for (const auto& [name, expr] : node.arguments) {
            const Field* field = part.record.find(name);
            if (field == nullptr) throw BuildError(expr.place, node.text + " has no argument " + name);
            Value value = resolve(expr);
            check_part_argument(value, *field, expr.place);
            inside[name] = std::move(value);
        }
        for (const Field& field : part.record.fields) {
            if (inside.contains(field.name)) continue;
            if (!field.type.optional && field.type.kind != Kind::flag && field.type.kind != Kind::list) {
                throw BuildError(node.place, node.text + " needs the argument " + field.name);
            }
            inside[field.name] = {};
        }
        std::swap(m_scope, inside);
        write(part.nodes);
        std::swap(m_scope, inside);
        --m_depth;
    }
    static void check_part_argument(const Value& value, const Field& field, const Place& place)
    {
        const Kind wanted = field.type.kind;
        if (wanted == Kind::flag || value.kind == Value::Kind::absent) return; // anything is true or false
        if (value.kind != Value::Kind::stored) {
            const bool writable = wanted == Kind::text || wanted == Kind::message;
            const bool address = wanted == Kind::url && value.kind != Value::Kind::formatted;
            if (writable || address || (wanted == Kind::number && is_number(value))) return;
        } else {
            const Kind given = value.type.kind;
            const bool writable = given != Kind::flag && given != Kind::problems && given != Kind::list &&
                                  given != Kind::record;
            if (given == wanted || (wanted == Kind::text && writable)) {
                if (!value.type.optional || field.type.optional) return;
                throw BuildError(place,
                                 "argument " + field.name + " may be missing here, but the part needs it");
            }
        }
        throw BuildError(place, "argument " + field.name + " is a " + kind_name(wanted));
    }

    const World& m_world;
    bool m_html;
    HtmlPlace m_place;
    Scope m_scope;
    std::set<std::string> m_present;
    std::string m_static;
    std::string m_code;
    std::optional<std::string> m_first_half;
    int m_indent = 1;
    int m_items = 0;
    int m_depth = 0;
};

std::string cpp_type(const Type& type)
{
    std::string name;
    switch (type.kind) {
    case Kind::text:
    case Kind::url:
    case Kind::outside_url: name = "std::string"; break;
    case Kind::flag: name = "bool"; break;
    case Kind::number: name = "std::int64_t"; break;
    case Kind::time: name = "Instant"; break;
    case Kind::duration: name = "Duration"; break;
    case Kind::svg: name = "render::Svg"; break;
    case Kind::message: name = "render::Message"; break;
    case Kind::secret: name = "Secret"; break;
    case Kind::problems: name = "render::Problems"; break;
    case Kind::record: name = type.record->name; break;
    case Kind::list: name = "std::vector<" + cpp_type(*type.element) + ">"; break;
    }
    return type.optional ? "std::optional<" + name + ">" : name;
}

std::string struct_of(const Record& record, int depth)
{
    const std::string indent(static_cast<std::size_t>(depth) * 4, ' ');
    std::string code = indent + "struct " + record.name + " {\n";
    for (const Field& field : record.fields) {
        if (field.type.record) code += struct_of(*field.type.record, depth + 1);
    }
    for (const Field& field : record.fields) {
        const bool scalar =
            !field.type.optional && (field.type.kind == Kind::flag || field.type.kind == Kind::number ||
                                     field.type.kind == Kind::time || field.type.kind == Kind::duration);
        code += indent + "    " + cpp_type(field.type) + " " + field.name + (scalar ? "{}" : "") + ";\n";
    }
    return code + indent + "};\n";
}

void json_of(const Record& record, const std::string& cpp, int depth, std::string& code)
{
    const std::string indent(static_cast<std::size_t>(depth) * 4, ' ');
    std::string before = "{";
    for (const Field& field : record.fields) {
        if (field.type.kind == Kind::svg) continue; // a picture of what stands in another field
        code += indent + "out += " + literal(before + "\"" + field.name + "\":") + ";\n";
        before = ",";
        const std::string value = cpp + "." + field.name;
        if (!field.type.record) {
            code += indent + "put_json(out, " + value + ");\n";
            continue;
        }
        const std::string item = "item_" + std::to_string(depth);
        code += indent + "out += '[';\n" + indent + "for (const auto& " + item + " : " + value + ") {\n";
        code += indent + "    if (&" + item + " != &" + value + ".front()) out += ',';\n";
        json_of(*field.type.record, item, depth + 1, code);
        code += indent + "}\n" + indent + "out += ']';\n";
    }
    code += indent + "out += \"" + (before == "{" ? "{}" : "}") + "\";\n";
}

const std::string source_head = "#include \"render/write.h\"\n";
const std::string opening = "\nnamespace sallyport::render {\n\n";
const std::string closing = "\n}  // namespace sallyport::render\n";

std::string header_of(const Record& record, const std::string& file, const std::string& functions)
{
    return "// Made by tmplc from web/templates/" + file +
           "\n#pragma once\n#include \"base/secret.h\"\n#include \"render/page.h\"\n"
           "#include \"render/svg.h\"\n\nnamespace sallyport::views {\n\n" +
           struct_of(record, 0) + "\n}  // namespace sallyport::views\n" + opening + functions + closing;
}

/// title of a page or subject of a mail, as an expression.
std::string title_of(Writer& writer, const Template& view, const char* what)
{
    if (view.title.empty())
        throw BuildError({view.file, 1}, std::string("{% title key %} is missing: ") + what);
    return writer.message(view.title.front().value);
}

void check_view(const Template& view)
{
    if (view.kind != Template::Kind::view) throw BuildError({view.file, 1}, "expected {% view Name %}");
    for (const Field& field : view.record.fields) {
        if (field.type.kind == Kind::problems && field.name != "problems") {
            throw BuildError(field.place, "the one field of type problems is called problems");
        }
        if (field.name == "page" || field.name == "content" || field.name == "lang" || field.name == "dir")
            throw BuildError(field.place, field.name + " is taken");
    }
}

Writer writer_for(const World& world, const Template& view, const std::string& frame, bool as_html, bool mail)
{
    Writer writer(world, as_html, mail);
    writer.bind_page(world.open(frame, {view.file, 1}).record);
    for (const Field& field : view.record.fields) {
        writer.bind(field.name, {Value::Kind::stored, "view." + field.name, field.type});
    }
    return writer;
}

} // namespace

Source generate_page(const World& world, const Template& view, const std::string& stem)
{
    check_view(view);
    const std::string type = "views::" + view.record.name;
    Writer writer = writer_for(world, view, world.page_frame, true, false);
    const std::string title = title_of(writer, view, "the page's <title>");
    writer.write(view.nodes);
    const std::string body = writer.finish({view.file, 1});
    const bool problems = view.record.find("problems") != nullptr;
    Source made;
    made.header = header_of(view.record, view.file,
                            "/// The whole page.\nvoid write_html(const " + type +
                                "& view, const Page& page, std::string& out);\n"
                                "void write_json(const " +
                                type + "& view, std::string& out);\n");
    made.source =
        "#include \"views/" + stem + ".h\"\n\n" + source_head + "#include \"views/frames.h\"\n" + opening;
    made.source +=
        "void write_html([[maybe_unused]] const " + type + "& view, const Page& page, std::string& out)\n{\n";
    made.source += "    const std::string title(" + title + ");\n";
    made.source += std::string("    ") + (problems ? "const Problems& problems = view.problems;\n"
                                                   : "static const Problems problems;\n");
    made.source += "    begin_page(page, title, problems, out);\n" + body +
                   "    end_page(page, title, problems, out);\n}\n\n";
    made.source += "void write_json([[maybe_unused]] const " + type + "& view, std::string& out)\n{\n";
    json_of(view.record, "view", 1, made.source);
    made.source += "}\n" + closing;
    return made;
}

Source generate_mail(const World& world, const Template& html_part, const Template& text_part,
                     const std::string& stem)
{
    check_view(html_part);
    const std::string type = "views::" + html_part.record.name;
    const std::string parameters =
        "([[maybe_unused]] const " + type + "& view, [[maybe_unused]] const Letter& page, std::string& out)";
    Writer writer = writer_for(world, html_part, world.letter_frame, true, true);
    const std::string subject = title_of(writer, html_part, "the mail's subject");
    writer.write(html_part.nodes);
    const std::string body = writer.finish({html_part.file, 1});
    Writer text_writer = writer_for(world, html_part, world.letter_frame, false, true);
    text_writer.write(text_part.nodes);
    const std::string text_body = text_writer.finish({text_part.file, 1});
    Source made;
    made.header = header_of(html_part.record, html_part.file,
                            "std::string mail_subject(const " + type +
                                "& view, const Letter& page);\n"
                                "void write_mail_html(const " +
                                type +
                                "& view, const Letter& page, std::string& out);\n"
                                "void write_mail_text(const " +
                                type + "& view, const Letter& page, std::string& out);\n");
    made.source = "#include \"views/mail/" + stem + ".h\"\n\n" + source_head +
                  "#include \"views/frames.h\"\n" + opening;
    made.source +=
        "std::string mail_subject([[maybe_unused]] const " + type + "& view, const Letter& page)\n{\n";
    made.source += "    std::string line;\n    escape_plain(line, " + subject + ");\n    return line;\n}\n\n";
    made.source += "void write_mail_html" + parameters +
                   "\n{\n    const std::string title = mail_subject(view, page);\n";
    made.source +=
        "    begin_mail_html(page, title, out);\n" + body + "    end_mail_html(page, title, out);\n}\n\n";
    made.source += "void write_mail_text" + parameters +
                   "\n{\n    const std::string title = mail_subject(view, page);\n";
    made.source += "    begin_mail_text(page, title, out);\n" + text_body +
                   "    end_mail_text(page, title, out);\n}\n" + closing;
    return made;
}

std::string generate_frames(const World& world, const Template& page, const Template& letter,
                            const Template& letter_text)
{
    std::string code = "// Made by tmplc\n#include \"views/frames.h\"\n\n" + source_head + opening;
    const auto frame = [&](const Template& file, const Record& record, bool as_html, bool mail,
                           const std::string& name, const std::string& parameters) {
        Writer writer(world, as_html, mail);
        writer.bind_page(record);
        writer.bind("title", {Value::Kind::formatted, "title", {}});
        if (!mail)
            writer.bind("problems",
                        {Value::Kind::stored, "problems", Type{Kind::problems, false, nullptr, nullptr}});
        writer.write(file.nodes);
        const std::string second = writer.finish({file.file, 1});
        const auto first = writer.first_half();
        if (!first) throw BuildError({file.file, 1}, "{{ content }} is missing");
        code += "void begin_" + name + parameters + "\n{\n" + *first + "}\n\nvoid end_" + name + parameters +
                "\n{\n" + second + "}\n\n";
    };
    const std::string of_page =
        "([[maybe_unused]] const Page& page, [[maybe_unused]] std::string_view title, "
        "[[maybe_unused]] const Problems& problems, [[maybe_unused]] std::string& out)";
    const std::string of_letter = "([[maybe_unused]] const Letter& page, [[maybe_unused]] std::string_view "
                                  "title, [[maybe_unused]] std::string& out)";
    frame(page, page.record, true, false, "page", of_page);
    frame(letter, letter.record, true, true, "mail_html", of_letter);
    frame(letter_text, letter.record, false, true, "mail_text", of_letter);
    return code + closing;
}

} // namespace tmplc
