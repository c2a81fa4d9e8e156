#include "html_place.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tmplc {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_alpha(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_name(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == ':';
}
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

template <std::size_t N>
bool among(std::string_view name, const std::array<std::string_view, N>& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr auto url_attributes =
    std::to_array<std::string_view>({"href", "src", "action", "formaction", "poster", "cite", "data", "ping",
                                     "manifest", "xlink:href", "background", "longdesc", "profile", "icon"});
constexpr auto refused_attributes =
    std::to_array<std::string_view>({"srcdoc", "srcset", "imagesrcset", "nonce", "http-equiv"});
constexpr auto refused_elements = std::to_array<std::string_view>(
    {"iframe", "object", "embed", "base", "frame", "frameset", "applet", "portal", "fencedframe",
     "foreignobject", "xmp", "plaintext", "noembed", "noframes", "marquee", "math"});

}  // namespace

bool HtmlPlace::in_url() const { return among(m_attribute, url_attributes); }

void HtmlPlace::check_element(const Place& place) const
{
    if (among(m_element, refused_elements))
        throw BuildError(place, "<" + m_element + "> has no place in a page of ours");
    if (m_element == "style" && !m_mail)
        throw BuildError(place, "inline <style>: put it into web/styles (the page's policy blocks it)");
    if (m_mail &&
        (m_element == "script" || m_element == "img" || m_element == "link" || m_element == "form")) {
        throw BuildError(place, "<" + m_element + "> has no place in a mail (ux.md M7)");
    }
}

void HtmlPlace::end_attribute_name(const Place& place)
{
    if (m_attribute.starts_with("on"))
        throw BuildError(place, "event handler " + m_attribute + ": put it into web/scripts");
    if (m_attribute == "style" && !m_mail) throw BuildError(place, "inline style: put it into web/styles");
    if (among(m_attribute, refused_attributes))
        throw BuildError(place, "attribute " + m_attribute + " is refused");
    if (m_element == "script" && m_attribute == "src") m_has_source = true;
    m_url.clear();
    m_whole_url = false;
}

void HtmlPlace::end_tag_head(const Place& place)
{
    m_state = State::text;
    if (m_element == "pre") ++m_pre;
    if (m_element == "title" || m_element == "textarea") m_state = State::rcdata;
    if (m_element == "style") m_state = State::style;
    if (m_element == "script") {
        if (!m_has_source)
            throw BuildError(place, "inline <script>: put it into web/scripts (the page's policy blocks it)");
        m_state = State::empty_script;
    }
}

void HtmlPlace::step_tag(char c, const Place& place)
{
    if (m_must_break && !is_space(c) && c != '>' && c != '/')
        throw BuildError(place, "put a space after the directive");
    m_must_break = false;
    switch (m_state) {
    case State::tag_name:
        if (is_name(c)) {
            m_element += lower(c);
            return;
        }
        check_element(place);
        m_has_source = false;
        m_state = State::in_tag;
        break;
    case State::attribute_name:
        if (is_name(c)) {
            m_attribute += lower(c);
            return;
        }
        end_attribute_name(place);
        m_state = c == '=' ? State::before_value : State::in_tag;
        if (c == '=') return;
        break;
    case State::after_value:
        if (!is_space(c) && c != '>' && c != '/') throw BuildError(place, "put a space between attributes");
        m_state = State::in_tag;
        break;
    case State::in_tag:
    case State::text:
    case State::open:
    case State::close_tag:
    case State::doctype:
    case State::before_value:
    case State::value:
    case State::comment:
    case State::rcdata:
    case State::empty_script:
    case State::style: break;
    }
    if (c == '>') {
        end_tag_head(place);
    } else if (is_alpha(c)) {
        m_attribute = lower(c);
        m_state = State::attribute_name;
    } else if (!is_space(c) && c != '/') {
        throw BuildError(place, std::string("did not expect ") + c + " in a tag");
    }
}

void HtmlPlace::step_value(char c, const Place& place)
{
    if (m_state == State::before_value) {
        if (c != '"' && c != '\'') throw BuildError(place, "quote the value of " + m_attribute);
        m_quote = c;
        m_state = State::value;
        return;
    }
    if (c == m_quote) {
        m_state = State::after_value;
        return;
    }
    if (!in_url()) return;
    if (m_whole_url) throw BuildError(place, "a whole URL in {{ }} stands alone in its attribute");
    m_url += c;
    const bool own_page = c == '/' || c == '#' || c == '?';
    if (m_url.size() == 1 && !own_page)
        throw BuildError(place, "a URL is a path of ours and begins with /, # or ?");
    if (m_url.size() == 2 && m_url[0] == '/' && (c == '/' || c == '\\'))
        throw BuildError(place, "a URL with // leaves us");
    if (m_mail)
        throw BuildError(place, "no links in mail (ux.md M3); a whole {{ url }} is the one exception");
}

void HtmlPlace::step(char c, std::string_view rest, const Place& place)
{
    switch (m_state) {
    case State::text:
        if (c == '<') m_state = State::open;
        return;
    case State::open:
        m_element.clear();
        if (c == '!') {
            m_state = rest.starts_with("!--") ? State::comment : State::doctype;
        } else if (c == '/') {
            m_state = State::close_tag;
        } else if (is_alpha(c)) {
            m_element = lower(c);
            m_state = State::tag_name;
        } else {
            throw BuildError(place, "a < that begins no tag: write &lt;");
        }
        return;
    case State::close_tag:
        if (c == '>') {
            m_state = State::text;
            if (m_element == "pre" && m_pre > 0) --m_pre;
        } else if (is_name(c)) {
            m_element += lower(c);
        } else if (!is_space(c)) {
            throw BuildError(place, "did not expect this in a closing tag");
        }
        return;
    case State::doctype:
        if (c == '>') m_state = State::text;
        return;
    case State::comment:
        if (rest.starts_with("-->")) m_state = State::doctype;
        return;
    case State::rcdata:
    case State::style:
        if (rest.size() > m_element.size() + 2 && rest.starts_with("</") &&
            std::equal(m_element.begin(), m_element.end(), rest.begin() + 2,
                       [](char a, char b) { return a == lower(b); })) {
            m_state = State::open;
        } else if (m_state == State::rcdata && c == '<') {
            throw BuildError(place, "a < in <" + m_element + ">: write &lt;");
        }
        return;
    case State::empty_script:
        if (c != '<') throw BuildError(place, "a script's text stands in web/scripts");
        m_state = State::open;
        if (!rest.starts_with("</script")) throw BuildError(place, "a script's text stands in web/scripts");
        return;
    case State::before_value:
    case State::value: return step_value(c, place);
    case State::tag_name:
    case State::in_tag:
    case State::attribute_name:
    case State::after_value: return step_tag(c, place);
    }
}

void HtmlPlace::read(std::string_view text, const Place& place, std::string& out)
{
    Place here = place;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool kept = m_state == State::value || m_state == State::rcdata || m_pre > 0;
        step(c, text.substr(i), here);
        if (c == '\n') ++here.line;
        if (is_space(c) && !kept) {
            if (is_space(m_last)) continue;  // one white space says as much as many
            m_last = c == '\n' ? '\n' : ' ';
            out += m_last;
            continue;
        }
        m_last = c;
        out += c;
    }
}

Slot HtmlPlace::value(const Place& place)
{
    m_last = 'x';
    if (m_state == State::text || m_state == State::rcdata) return Slot::text;
    if (m_state != State::value) {
        throw BuildError(
            place, "a value may stand only in text, in a quoted attribute, in <title> and in <textarea>");
    }
    if (!in_url()) {
        if (m_attribute == "style") throw BuildError(place, "no value in " + m_attribute);
        return Slot::attribute;
    }
    if (m_whole_url) throw BuildError(place, "a whole URL in {{ }} stands alone in its attribute");
    if (m_url.empty()) {
        m_whole_url = true;
        return Slot::url;
    }
    m_url += 'x';  // a part is never written as nothing
    return m_url.find_first_of("?#") == std::string::npos ? Slot::path_part : Slot::query_part;
}

void HtmlPlace::directive(const Place& place)
{
    switch (m_state) {
    case State::text:
    case State::rcdata:
    case State::value:
    case State::in_tag: return;
    case State::after_value: return;
    case State::attribute_name:
        end_attribute_name(place);
        m_state = State::in_tag;
        m_must_break = true;
        return;
    case State::tag_name: throw BuildError(place, "put a space between the tag's name and the directive");
    case State::open:
    case State::close_tag:
    case State::doctype:
    case State::before_value:
    case State::comment:
    case State::empty_script:
    case State::style: throw BuildError(place, "no directive may stand here");
    }
}

void HtmlPlace::rejoin(const HtmlPlace& other)
{
    m_last = 'x';
    m_must_break = m_must_break || other.m_must_break;
}

void HtmlPlace::finish(const Place& place) const
{
    if (m_state != State::text)
        throw BuildError(place, "the template ends inside a tag, a comment or <" + m_element + ">");
}

bool HtmlPlace::same(const HtmlPlace& other) const
{
    const auto state = [](const HtmlPlace& p) {
        return p.m_state == State::after_value ? State::in_tag : p.m_state;
    };
    const State mine = state(*this);
    if (mine != state(other)) return false;
    if (mine == State::text) return m_pre == other.m_pre;
    if (m_element != other.m_element) return false;
    if (mine != State::value) return true;
    return m_attribute == other.m_attribute && m_quote == other.m_quote && m_whole_url == other.m_whole_url &&
           std::min<std::size_t>(m_url.size(), 2) == std::min<std::size_t>(other.m_url.size(), 2) &&
           (m_url.find_first_of("?#") == std::string::npos) ==
               (other.m_url.find_first_of("?#") == std::string::npos);
}

}  // namespace tmplc
