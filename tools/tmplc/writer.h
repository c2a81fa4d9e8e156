#pragma once
// Writes the body of one function: static text as it stands, values with the escaping of their place.
#include "expressions.h"
#include "html_place.h"

#include <optional>

namespace tmplc {

class Writer : public Expressions {
public:
    Writer(const World& world, bool as_html, bool mail) : Expressions(world), m_html(as_html), m_place(mail)
    {
    }

    void write(const std::vector<Node>& nodes);
    std::string finish(const Place& place);
    /// What was written before {{ content }}; the rest follows with finish.
    const std::optional<std::string>& first_half() const { return m_first_half; }

private:
    void line(const std::string& code);
    void flush();
    void read(std::string_view text, const Place& place);

    void write(const Node& node);
    void output(const Node& node);
    std::string put(const Value& value, Slot slot, const Place& place) const;
    [[nodiscard]] std::string escaped(Slot slot, const std::string& x) const;

    /// The condition in C++; "true" and "false" where it is known now.
    std::string condition(const Value& value, const Node& node) const;
    void branch(const Node& node);
    void inner(const std::vector<Node>& nodes, const std::string& present_now);
    void loop(const Node& node);
    void include(const Node& node);
    static void check_part_argument(const Value& value, const Field& field, const Place& place);

    bool m_html;
    HtmlPlace m_place;
    std::string m_static;
    std::string m_code;
    std::optional<std::string> m_first_half;
    int m_indent = 1;
    int m_items = 0;
    int m_depth = 0;
};

}  // namespace tmplc
