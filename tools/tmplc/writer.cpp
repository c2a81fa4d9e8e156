#include "writer.h"

#include <algorithm>
#include <utility>

namespace tmplc {
namespace {

constexpr int deepest_include = 16;

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

}  // namespace

void Writer::write(const std::vector<Node>& nodes)
{
    for (const Node& node : nodes) write(node);
}

std::string Writer::finish(const Place& place)
{
    if (m_html) m_place.finish(place);
    flush();
    return std::move(m_code);
}

void Writer::line(const std::string& code)
{
    m_code += std::string(static_cast<std::size_t>(m_indent) * 4, ' ') + code + "\n";
}

void Writer::flush()
{
    if (m_static.empty()) return;
    line("out.append(" + literal(m_static) + ", " + std::to_string(m_static.size()) + ");");
    m_static.clear();
}

void Writer::read(std::string_view text, const Place& place)
{
    if (m_html)
        m_place.read(text, place, m_static);
    else
        m_static += text;
}

void Writer::write(const Node& node)
{
    switch (node.kind) {
    case Node::Kind::text: read(node.text, node.place); return;
    case Node::Kind::output: output(node); return;
    case Node::Kind::branch: branch(node); return;
    case Node::Kind::loop: loop(node); return;
    case Node::Kind::include: include(node); return;
    }
}

void Writer::output(const Node& node)
{
    if (node.value.kind == Expr::Kind::path && node.value.text == "content" && !m_scope.contains("content")) {
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
        if (m_html && !m_place.takes_values()) m_place.value(node.place);  // refuses
        read(m_html ? html(value.text) : value.text, node.place);
        return;
    }
    const Slot slot = m_html ? m_place.value(node.place) : Slot::text;
    flush();
    line(put(value, slot, node.place));
}

std::string Writer::put(const Value& value, Slot slot, const Place& place) const
{
    const std::string& x = value.text;
    const bool address = value.kind == Value::Kind::stored &&
                         (value.type.kind == Kind::url || value.type.kind == Kind::outside_url);
    if (slot == Slot::url && !address) {
        throw BuildError(place,
                         "a URL is a url or outside_url, not a " + std::string(kind_name(value.type.kind)));
    }
    if (value.kind == Value::Kind::formatted) {
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
    return escaped(slot, x);
}

std::string Writer::escaped(Slot slot, const std::string& x) const
{
    if (!m_html) return "escape_plain(out, " + x + ");";
    if (slot == Slot::path_part) return "escape_url_part(out, " + x + ");";
    if (slot == Slot::query_part) return "escape_query_part(out, " + x + ");";
    return "escape_html(out, " + x + ");";
}

std::string Writer::condition(const Value& value, const Node& node) const
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

void Writer::branch(const Node& node)
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

void Writer::inner(const std::vector<Node>& nodes, const std::string& present_now)
{
    const bool added = !present_now.empty() && m_present.insert(present_now).second;
    ++m_indent;
    write(nodes);
    if (m_html) m_place.directive(nodes.empty() ? Place{} : nodes.back().place);
    flush();
    --m_indent;
    if (added) m_present.erase(present_now);
}

void Writer::loop(const Node& node)
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
    if (m_html && !m_place.same(before)) throw BuildError(node.place, "a {% for %} must end where it began");
    m_place.rejoin(before);
}

void Writer::include(const Node& node)
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

void Writer::check_part_argument(const Value& value, const Field& field, const Place& place)
{
    const Kind wanted = field.type.kind;
    if (wanted == Kind::flag || value.kind == Value::Kind::absent) return;  // anything is true or false
    if (value.kind != Value::Kind::stored) {
        const bool writable = wanted == Kind::text || wanted == Kind::message;
        const bool address = wanted == Kind::url && value.kind != Value::Kind::formatted;
        if (writable || address || (wanted == Kind::number && is_number(value))) return;
    } else {
        const Kind given = value.type.kind;
        const bool writable =
            given != Kind::flag && given != Kind::problems && given != Kind::list && given != Kind::record;
        if (given == wanted || (wanted == Kind::text && writable)) {
            if (!value.type.optional || field.type.optional) return;
            throw BuildError(place, "argument " + field.name + " may be missing here, but the part needs it");
        }
    }
    throw BuildError(place, "argument " + field.name + " is a " + kind_name(wanted));
}

}  // namespace tmplc
