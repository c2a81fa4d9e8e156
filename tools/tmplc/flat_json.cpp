#include "catalogue.h"

#include <cctype>

namespace tmplc {
namespace {

/// RFC 8259, as far as a catalogue needs it: one object whose values are strings.
class Reader {
public:
    Reader(std::string_view json, const std::string& file) : m_json(json), m_place{file, 1} {}

    std::vector<Entry> run()
    {
        std::vector<Entry> entries;
        expect('{');
        if (!take('}')) {
            do {
                skip();
                Entry entry{{}, {}, m_place};
                entry.key = string();
                expect(':');
                entry.value = string();
                for (const Entry& other : entries) {
                    if (other.key == entry.key) throw BuildError(entry.place, "key " + entry.key + " twice");
                }
                entries.push_back(std::move(entry));
            } while (take(','));
            expect('}');
        }
        skip();
        if (m_at != m_json.size()) fail("text after the end");
        return entries;
    }

private:
    [[noreturn]] void fail(const std::string& what) const { throw BuildError(m_place, what); }
    void skip()
    {
        while (m_at < m_json.size() && std::isspace(static_cast<unsigned char>(m_json[m_at])) != 0) {
            if (m_json[m_at++] == '\n') ++m_place.line;
        }
    }
    bool take(char c)
    {
        skip();
        if (m_at == m_json.size() || m_json[m_at] != c) return false;
        ++m_at;
        return true;
    }
    void expect(char c)
    {
        if (!take(c)) fail(std::string("expected ") + c);
    }
    std::uint32_t hex()
    {
        if (m_json.size() - m_at < 4) fail("a \\u is cut");
        std::uint32_t value = 0;
        for (int i = 0; i < 4; ++i) {
            const char c = m_json[m_at++];
            if (std::isxdigit(static_cast<unsigned char>(c)) == 0)
                fail("a \\u wants four hexadecimal digits");
            const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
            value = value * 16 + static_cast<std::uint32_t>(digit);
        }
        return value;
    }
    void code_point(std::string& text)
    {
        std::uint32_t c = hex();
        if (c >= 0xD800 && c < 0xDC00 && m_json.substr(m_at).starts_with("\\u")) {
            m_at += 2;
            const std::uint32_t low = hex();
            if (low < 0xDC00 || low > 0xDFFF) fail("half a surrogate pair");
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        }
        if (c >= 0xD800 && c < 0xE000) fail("half a surrogate pair");
        const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
        if (c < 0x80) {
            add(c);
        } else if (c < 0x800) {
            add(0xC0 | c >> 6), add(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            add(0xE0 | c >> 12), add(0x80 | (c >> 6 & 0x3F)), add(0x80 | (c & 0x3F));
        } else {
            add(0xF0 | c >> 18), add(0x80 | (c >> 12 & 0x3F)), add(0x80 | (c >> 6 & 0x3F)),
                add(0x80 | (c & 0x3F));
        }
    }
    std::string string()
    {
        expect('"');
        std::string text;
        while (m_at < m_json.size() && m_json[m_at] != '"') {
            const char c = m_json[m_at++];
            if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a string");
            if (c != '\\') {
                text += c;
                continue;
            }
            const char escape = m_at < m_json.size() ? m_json[m_at++] : '\0';
            switch (escape) {
            case 'n': text += '\n'; break;
            case 't': text += '\t'; break;
            case 'r': text += '\r'; break;
            case 'b': text += '\b'; break;
            case 'f': text += '\f'; break;
            case 'u': code_point(text); break;
            case '"':
            case '\\':
            case '/': text += escape; break;
            default: fail("unknown escape");
            }
        }
        expect('"');
        return text;
    }

    std::string_view m_json;
    std::size_t m_at = 0;
    Place m_place;
};

}  // namespace

std::vector<Entry> read_flat_json(std::string_view json, const std::string& file)
{
    return Reader(json, file).run();
}

}  // namespace tmplc
