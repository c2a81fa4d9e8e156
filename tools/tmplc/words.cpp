#include "words.h"

#include <cctype>

namespace tmplc {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

}  // namespace

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool Words::done()
{
    skip();
    return m_at == m_source.size();
}

bool Words::take(std::string_view wanted)
{
    skip();
    if (!m_source.substr(m_at).starts_with(wanted)) return false;
    const bool word = is_word(wanted.back());
    const std::size_t end = m_at + wanted.size();
    if (word && end < m_source.size() && is_word(m_source[end])) return false;
    m_at = end;
    return true;
}

std::string Words::word(const char* what)
{
    skip();
    const std::size_t start = m_at;
    while (m_at < m_source.size() && is_word(m_source[m_at])) ++m_at;
    if (m_at == start) fail(std::string("expected ") + what + rest());
    return std::string(m_source.substr(start, m_at - start));
}

std::string Words::quoted()
{
    skip();
    if (m_at == m_source.size() || m_source[m_at] != '"') fail("expected \"…\"" + rest());
    const std::size_t end = m_source.find('"', m_at + 1);
    if (end == std::string_view::npos) fail("a \" is not closed");
    std::string text(m_source.substr(m_at + 1, end - m_at - 1));
    m_at = end + 1;
    return text;
}

bool Words::quote_ahead()
{
    skip();
    return m_at < m_source.size() && m_source[m_at] == '"';
}

void Words::finish()
{
    if (!done()) fail("did not expect this" + rest());
}

void Words::skip()
{
    while (m_at < m_source.size() && (is_space(m_source[m_at]) || m_source[m_at] == '#')) {
        if (m_source[m_at] == '#') {
            while (m_at < m_source.size() && m_source[m_at] != '\n') ++m_at;
            continue;
        }
        if (m_source[m_at] == '\n') ++m_place.line;
        ++m_at;
    }
}

}  // namespace tmplc
