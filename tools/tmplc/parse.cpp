#include "words.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace tmplc {

const Field* Record::find(std::string_view field) const
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field; });
    return found == fields.end() ? nullptr : &*found;
}

namespace {

Expr expression(Words& words, int depth = 0);

std::vector<Named> named_arguments(Words& words, int depth, std::string_view end)
{
    std::vector<Named> arguments;
    while (end.empty() ? !words.done() : !words.take(end)) {
        std::string name = words.word("an argument's name");
        if (!words.take("=")) words.fail("expected = after " + name);
        for (const auto& [other, value] : arguments) {
            if (other == name) words.fail("argument " + name + " twice");
        }
        arguments.emplace_back(std::move(name), expression(words, depth + 1));
    }
    return arguments;
}

/// t key a=x …; the rest of the words where `end` is empty.
Expr message_call(Words& words, int depth, std::string_view end)
{
    Expr call{Expr::Kind::call, "t", {}, words.place()};
    call.arguments.emplace_back("",
                                Expr{Expr::Kind::literal, words.word("a message's key"), {}, words.place()});
    for (auto& argument : named_arguments(words, depth, end)) call.arguments.push_back(std::move(argument));
    return call;
}

Expr expression(Words& words, int depth)
{
    if (depth > deepest) words.fail("too deep");
    const Place place = words.place();
    if (words.quote_ahead()) return Expr{Expr::Kind::literal, words.quoted(), {}, place};
    std::string name = words.word("a value");
    if (!words.take("(")) return Expr{Expr::Kind::path, std::move(name), {}, place};
    if (name == "t") return message_call(words, depth, ")");
    Expr call{Expr::Kind::call, std::move(name), {}, place};
    call.arguments.emplace_back("", expression(words, depth + 1));
    if (!words.take(")")) words.fail("expected )");
    return call;
}

/// What stands in {{ }}.
Expr output(Words& words)
{
    if (words.take("t")) return message_call(words, 0, "");
    if (words.take("asset")) {
        Expr call{Expr::Kind::call, "asset", {}, words.place()};
        call.arguments.emplace_back("", Expr{Expr::Kind::literal, words.quoted(), {}, words.place()});
        words.finish();
        return call;
    }
    Expr value = expression(words);
    words.finish();
    return value;
}

std::optional<Kind> scalar(std::string_view name)
{
    static const std::map<std::string_view, Kind> kinds{{"text", Kind::text},
                                                        {"flag", Kind::flag},
                                                        {"number", Kind::number},
                                                        {"time", Kind::time},
                                                        {"duration", Kind::duration},
                                                        {"url", Kind::url},
                                                        {"outside_url", Kind::outside_url},
                                                        {"svg", Kind::svg},
                                                        {"message", Kind::message},
                                                        {"secret", Kind::secret},
                                                        {"problems", Kind::problems}};
    const auto found = kinds.find(name);
    if (found == kinds.end()) return std::nullopt;
    return found->second;
}

std::vector<Field> fields(Words& words, std::string_view end, int depth);

Type type(Words& words, int depth)
{
    if (depth > deepest) words.fail("too deep");
    const std::string name = words.word("a type");
    if (name == "list") {
        const std::string of = words.word("a type or a name");
        Type element;
        if (const auto kind = scalar(of)) {
            if (*kind == Kind::problems || *kind == Kind::flag) words.fail("no list of " + of);
            element.kind = *kind;
        } else {
            if (std::isupper(static_cast<unsigned char>(of[0])) == 0) words.fail("unknown type " + of);
            if (!words.take("{")) words.fail("expected { after list " + of);
            element.kind = Kind::record;
            element.record = std::make_shared<Record>(Record{of, fields(words, "}", depth + 1)});
        }
        return Type{Kind::list, false, std::make_shared<Type>(element), element.record};
    }
    const auto kind = scalar(name);
    if (!kind) words.fail("unknown type " + name);
    const bool optional = words.take("?");
    if (optional && (*kind == Kind::flag || *kind == Kind::problems || *kind == Kind::svg)) {
        words.fail(name + " cannot be optional: an empty one says the same");
    }
    return Type{*kind, optional, nullptr, nullptr};
}

std::vector<Field> fields(Words& words, std::string_view end, int depth)
{
    std::vector<Field> found;
    while (end.empty() ? !words.done() : !words.take(end)) {
        std::string name = words.word("a field's name");
        const bool valid =
            std::islower(static_cast<unsigned char>(name[0])) != 0 && name.find('.') == name.npos &&
            std::none_of(name.begin(), name.end(), [](unsigned char c) { return std::isupper(c) != 0; });
        if (!valid) words.fail("a field is named in snake_case: " + name);
        for (const Field& other : found) {
            if (other.name == name) words.fail("field " + name + " twice");
        }
        if (!words.take(":")) words.fail("expected : after " + name);
        const Place place = words.place();
        found.push_back(Field{name, type(words, depth), place});
        words.take(",");
    }
    return found;
}

class Parser {
public:
    Parser(std::string_view source, const std::string& file) : m_source(source), m_place{file, 1}
    {
        m_template.file = file;
    }

    Template run()
    {
        m_template.nodes = block(0, nullptr);
        const bool plain = m_template.file.ends_with(".txt");  // a mail's text: the .html declares
        if (!m_template.declared && !plain) {
            throw BuildError({m_place.file, 1},
                             "a template begins with {% view Name %}, {% part Name %} or {% frame Name %}");
        }
        return std::move(m_template);
    }

private:
    struct Tag {
        std::string_view inside;
        Place place;
    };

    void advance(std::size_t to)
    {
        m_place.line +=
            static_cast<int>(std::count(m_source.begin() + static_cast<std::ptrdiff_t>(m_at),
                                        m_source.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
        m_at = to;
    }
    Tag tag(std::string_view close)
    {
        const Place place = m_place;
        const std::size_t end = m_source.find(close, m_at);
        if (end == std::string_view::npos) throw BuildError(place, "expected " + std::string(close));
        const std::string_view inside = m_source.substr(m_at + 2, end - m_at - 2);
        advance(end + 2);
        return {inside, place};
    }
    /// A line with nothing but one directive leaves no empty line behind.
    void drop_rest_of_line(std::string& before)
    {
        const std::size_t line = before.find_last_of('\n') + 1;
        const bool alone =
            before.find_first_not_of(" \t", line) == before.npos && (line != 0 || m_line_started);
        std::size_t end = m_at;
        while (end < m_source.size() &&
               (m_source[end] == ' ' || m_source[end] == '\t' || m_source[end] == '\r'))
            ++end;
        if (!alone || end == m_source.size() || m_source[end] != '\n') {
            m_line_started = false;
            return;
        }
        before.resize(line);
        advance(end + 1);
        m_line_started = true;
    }

    /// Up to {% end %} or {% else %}; `stopped_at_else` is null where neither belongs (the top).
    std::vector<Node> block(int depth, bool* stopped_at_else)
    {
        if (depth > deepest) throw BuildError(m_place, "too deep");
        std::vector<Node> nodes;
        const Place opened = m_place;
        while (m_at < m_source.size()) {
            const std::size_t next =
                std::min({m_source.find("{{", m_at), m_source.find("{%", m_at), m_source.find("{#", m_at)});
            const Place start = m_place;
            std::string text(m_source.substr(m_at, next == m_source.npos ? m_source.npos : next - m_at));
            advance(next == m_source.npos ? m_source.size() : next);
            const bool output_next = m_at < m_source.size() && m_source[m_at + 1] == '{';
            std::optional<Tag> found;
            if (m_at < m_source.size()) {
                found = tag(output_next ? "}}" : (m_source[m_at + 1] == '%' ? "%}" : "#}"));
                const char kind =
                    m_source[static_cast<std::size_t>(found->inside.data() - m_source.data()) - 1];
                if (!output_next)
                    drop_rest_of_line(text);
                else
                    m_line_started = false;
                add_text(nodes, std::move(text), start);
                if (kind == '#') continue;
                Words words(found->inside, found->place);
                if (kind == '{') {
                    Node node(Node::Kind::output, found->place);
                    node.value = output(words);
                    nodes.push_back(std::move(node));
                    continue;
                }
                if (words.take("end") || words.take("else")) {
                    if (stopped_at_else == nullptr) words.fail("this closes nothing");
                    words.finish();
                    *stopped_at_else = found->inside.find("else") != std::string_view::npos;
                    return nodes;
                }
                directive(nodes, words, depth);
            } else {
                add_text(nodes, std::move(text), start);
            }
        }
        if (stopped_at_else != nullptr) throw BuildError(opened, "{% end %} is missing");
        return nodes;
    }
    static void add_text(std::vector<Node>& nodes, std::string text, const Place& place)
    {
        if (text.empty()) return;
        Node node(Node::Kind::text, place);
        node.text = std::move(text);
        nodes.push_back(std::move(node));
    }

    void directive(std::vector<Node>& nodes, Words& words, int depth)
    {
        Node node(Node::Kind::branch, words.place());
        if (words.take("view") || words.take("part") || words.take("frame")) {
            throw BuildError(node.place, "a declaration stands at the top of its file, once");
        }
        bool otherwise = false;
        if (words.take("if")) {
            node.negated = words.take("not");
            node.value = expression(words);
            node.compares = words.take("is");
            if (node.compares) node.equals = words.quoted();
            words.finish();
            node.body = block(depth + 1, &otherwise);
            bool again = false;
            if (otherwise) node.otherwise = block(depth + 1, &again);
            if (again) throw BuildError(node.place, "{% else %} twice");
        } else if (words.take("for")) {
            node.kind = Node::Kind::loop;
            node.text = words.word("a name");
            if (!words.take("in")) words.fail("expected in");
            node.value = expression(words);
            words.finish();
            node.body = block(depth + 1, &otherwise);
            if (otherwise) throw BuildError(node.place, "a {% for %} has no {% else %}");
        } else if (words.take("include")) {
            node.kind = Node::Kind::include;
            node.text = words.quoted();
            node.arguments = named_arguments(words, 0, "");
        } else if (words.take("title")) {
            if (depth != 0 || !m_template.title.empty())
                words.fail("one {% title %}, outside of every block");
            m_template.title.emplace_back("title", message_call(words, 0, ""));
            return;
        } else {
            words.fail("unknown directive");
        }
        nodes.push_back(std::move(node));
    }

public:
    /// {% view Name %} fields {% end %}.
    void declaration()
    {
        if (m_template.file.ends_with(".txt") && !m_source.starts_with("{% part")) return;
        while (m_at < m_source.size() && is_space(m_source[m_at])) advance(m_at + 1);
        if (!m_source.substr(m_at).starts_with("{%")) return;
        const Tag head = tag("%}");
        Words words(head.inside, head.place);
        if (words.take("view"))
            m_template.kind = Template::Kind::view;
        else if (words.take("part"))
            m_template.kind = Template::Kind::part;
        else if (words.take("frame"))
            m_template.kind = Template::Kind::frame;
        else
            words.fail("a template begins with its declaration");
        m_template.record.name = words.word("a name");
        if (std::isupper(static_cast<unsigned char>(m_template.record.name[0])) == 0 ||
            m_template.record.name.find_first_of("._") != std::string::npos) {
            words.fail("a view is named in PascalCase");
        }
        words.finish();
        const Place start = m_place;
        const std::size_t end = m_source.find("{%", m_at);
        if (end == std::string_view::npos) throw BuildError(start, "{% end %} is missing");
        Words inside(m_source.substr(m_at, end - m_at), start);
        m_template.record.fields = fields(inside, "", 0);
        advance(end);
        const Tag closing = tag("%}");
        Words last(closing.inside, closing.place);
        if (!last.take("end")) last.fail("expected {% end %} after the declaration");
        last.finish();
        m_template.declared = true;
        if (m_at < m_source.size() && m_source[m_at] == '\n') advance(m_at + 1);
        m_line_started = true;
    }

private:
    std::string_view m_source;
    std::size_t m_at = 0;
    Place m_place;
    bool m_line_started = true;
    Template m_template;
};

}  // namespace

Template parse(std::string_view source, const std::string& file)
{
    Parser parser(source, file);
    parser.declaration();
    return parser.run();
}

}  // namespace tmplc
