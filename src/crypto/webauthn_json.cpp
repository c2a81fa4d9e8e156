#include "crypto/webauthn_json.h"

#include "base/text.h"

#include <algorithm>
#include <optional>

namespace sallyport::crypto {

namespace {

void append_utf8(std::uint32_t point, std::string& out)
{
    const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (point >> shift & 0x3fU)); };
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xc0U | point >> 6U);
        tail(0);
    } else if (point < 0x10000) {
        out += static_cast<char>(0xe0U | point >> 12U);
        tail(6);
        tail(0);
    } else {
        out += static_cast<char>(0xf0U | point >> 18U);
        tail(12);
        tail(6);
        tail(0);
    }
}

class Reader {
public:
    explicit Reader(std::string_view text) : m_rest(text) {}

    Result<std::vector<JsonMember>, JsonProblem> read()
    {
        std::vector<JsonMember> members;
        skip_space();
        if (!object(1, &members)) return failure(m_problem);
        skip_space();
        if (!m_rest.empty()) return failure(JsonProblem::malformed);
        return members;
    }

private:
    using Value = decltype(JsonMember::value);

    bool fail(JsonProblem problem)
    {
        m_problem = problem;
        return false;
    }
    void skip_space()
    {
        const std::size_t at = m_rest.find_first_not_of(" \t\r\n");
        m_rest.remove_prefix(at == std::string_view::npos ? m_rest.size() : at);
    }
    bool take(std::string_view expected)
    {
        if (!m_rest.starts_with(expected)) return false;
        m_rest.remove_prefix(expected.size());
        return true;
    }

    bool object(int level, std::vector<JsonMember>* members)
    {
        if (!take("{")) return false;
        skip_space();
        if (take("}")) return true;
        for (std::size_t count = 1; count <= json_members_max; ++count) {
            JsonMember member;
            skip_space();
            if (!string(member.name)) return false;
            skip_space();
            if (!take(":")) return false;
            skip_space();
            if (!value(level, member.value)) return false;
            if (members != nullptr && !keep(std::move(member), *members)) return fail(JsonProblem::twice);
            skip_space();
            if (take("}")) return true;
            if (!take(",")) return false;
        }
        return fail(JsonProblem::too_large);
    }
    static bool keep(JsonMember member, std::vector<JsonMember>& members)
    {
        if (std::ranges::find(members, member.name, &JsonMember::name) != members.end()) return false;
        members.push_back(std::move(member));
        return true;
    }

    bool array(int level)
    {
        if (!take("[")) return false;
        skip_space();
        if (take("]")) return true;
        do {
            Value ignored;
            skip_space();
            if (!value(level, ignored)) return false;
            skip_space();
        } while (take(","));
        return take("]");
    }

    bool value(int level, Value& out)
    {
        if (m_rest.empty()) return false;
        switch (m_rest.front()) {
        case '"': return string(out.emplace<std::string>());
        case '{': return level < json_levels_max ? object(level + 1, nullptr) : fail(JsonProblem::too_large);
        case '[': return level < json_levels_max ? array(level + 1) : fail(JsonProblem::too_large);
        case 't': out = true; return take("true");
        case 'f': out = false; return take("false");
        case 'n': return take("null");
        default: return number();
        }
    }

    bool digits()
    {
        const std::size_t count = std::min(m_rest.find_first_not_of("0123456789"), m_rest.size());
        m_rest.remove_prefix(count);
        return count > 0;
    }
    bool number()
    {
        take("-");
        if (!take("0") && !digits()) return false;
        if (take(".") && !digits()) return false;
        if (take("e") || take("E")) {
            if (!take("+")) take("-");
            return digits();
        }
        return true;
    }

    bool string(std::string& out)
    {
        if (!take("\"")) return false;
        while (!m_rest.empty()) {
            const char next = m_rest.front();
            m_rest.remove_prefix(1);
            if (next == '"') return true;
            if (static_cast<unsigned char>(next) < 0x20) return false;
            if (next != '\\') {
                out += next;
            } else if (!escape(out)) {
                return false;
            }
        }
        return false;
    }
    bool escape(std::string& out)
    {
        constexpr std::string_view names = "\"\\/bfnrt";
        constexpr std::string_view values = "\"\\/\b\f\n\r\t";
        if (m_rest.empty()) return false;
        const char name = m_rest.front();
        m_rest.remove_prefix(1);
        if (name == 'u') return code_point(out);
        const std::size_t at = names.find(name);
        if (at == std::string_view::npos) return false;
        out += values[at];
        return true;
    }
    std::optional<std::uint32_t> four_digits()
    {
        if (m_rest.size() < 4) return std::nullopt;
        std::uint32_t unit = 0;
        for (const char c : m_rest.substr(0, 4)) {
            const std::size_t digit = std::string_view("0123456789abcdef")
                                          .find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
            if (digit == std::string_view::npos) return std::nullopt;
            unit = unit << 4U | static_cast<std::uint32_t>(digit);
        }
        m_rest.remove_prefix(4);
        return unit;
    }
    bool code_point(std::string& out)
    {
        const auto high = four_digits();
        if (!high || *high == 0 || (*high >= 0xdc00 && *high < 0xe000)) return false;
        if (*high < 0xd800 || *high >= 0xe000) {
            append_utf8(*high, out);
            return true;
        }
        const auto low = take("\\u") ? four_digits() : std::nullopt;
        if (!low || *low < 0xdc00 || *low >= 0xe000) return false;
        append_utf8(0x10000 + ((*high - 0xd800) << 10U) + (*low - 0xdc00), out);
        return true;
    }

    std::string_view m_rest;
    JsonProblem m_problem = JsonProblem::malformed;
};

}  // namespace

Result<std::vector<JsonMember>, JsonProblem> read_json_object(std::string_view text)
{
    if (!is_valid_text(text)) return failure(JsonProblem::malformed);
    return Reader(text).read();
}

}  // namespace sallyport::crypto
