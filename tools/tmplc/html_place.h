#pragma once
// Where in a page the next character stands: reads the static text of a template as a browser would (WHATWG
// HTML section 13.2.5), and refuses what a page of ours must not have.
#include "template.h"

namespace tmplc {

/// Which escaping a value needs.
enum class Slot { text, attribute, url, path_part, query_part };

class HtmlPlace {
public:
    explicit HtmlPlace(bool mail = false) : m_mail(mail) {}
    /// Reads static text; appends what is to be sent (indentation is dropped) to `out`.
    void read(std::string_view text, const Place& place, std::string& out);
    /// For {{ }}: refuses every place that has no safe escaping.
    Slot value(const Place& place);
    /// Whether value() would accept one here.
    [[nodiscard]] bool takes_values() const
    {
        return m_state == State::text || m_state == State::rcdata || m_state == State::value;
    }
    /// For {% %}: refuses the middle of a name.
    void directive(const Place& place);
    /// After {% end %}: what was sent last is not known. `other` is where the other way ended.
    void rejoin(const HtmlPlace& other);
    /// At the end of the file.
    void finish(const Place& place) const;
    /// Whether two branches end at the same place.
    [[nodiscard]] bool same(const HtmlPlace& other) const;

private:
    enum class State {
        text,
        open,
        tag_name,
        close_tag,
        doctype,
        in_tag,
        attribute_name,
        before_value,
        value,
        after_value,
        comment,
        rcdata,
        empty_script,
        style
    };
    void step(char c, std::string_view rest, const Place& place);
    void step_tag(char c, const Place& place);
    void step_value(char c, const Place& place);
    void end_tag_head(const Place& place);
    void end_attribute_name(const Place& place);
    void check_element(const Place& place) const;
    [[nodiscard]] bool in_url() const;

    bool m_mail;
    State m_state = State::text;
    std::string m_element;
    std::string m_attribute;
    std::string m_url;          // what the value of a URL attribute begins with
    bool m_whole_url = false;   // a {{ }} is the whole of it
    bool m_has_source = false;  // <script src>
    bool m_must_break = false;  // a {% %} ended an attribute's name
    char m_quote = '"';
    int m_pre = 0;
    char m_last = '\n';
};

}  // namespace tmplc
