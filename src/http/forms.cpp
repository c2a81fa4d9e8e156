#include "http/forms.h"

#include "base/text.h"

#include <algorithm>

namespace sallyport::http {

namespace {

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Writes into a string that is large enough from the start, so that no half of a password stays in freed
/// memory.
bool decode(std::string_view text, std::string& out)
{
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += ' ';
        } else if (text[i] == '%') {
            if (i + 2 >= text.size()) return false;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return false;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return true;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view without_spaces(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// RFC 9110 section 8.3.1: any charset named must be UTF-8.
bool is_utf8_or_unnamed(std::string_view content_type)
{
    std::string lowered(content_type);
    std::ranges::transform(lowered, lowered.begin(), lower);
    const std::size_t at = lowered.find("charset=");
    if (at == std::string::npos) return true;
    std::string_view charset = without_spaces(std::string_view(lowered).substr(at + 8));
    charset = without_spaces(charset.substr(0, charset.find(';')));
    return charset == "utf-8" || charset == "\"utf-8\"" || charset == "utf8";
}

}  // namespace

Result<Fields, FieldsError> parse_urlencoded(std::string_view text)
{
    std::vector<std::pair<std::string, std::string>> entries;
    const auto separators = static_cast<std::size_t>(std::ranges::count(text, '&'));
    if (separators >= 2 * fields_max) return failure(FieldsError::too_many);
    entries.reserve(separators + 1);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (entries.size() == fields_max) return failure(FieldsError::too_many);
        auto& [name, value] = entries.emplace_back();
        if (!decode(pair.substr(0, equals), name)) return failure(FieldsError::malformed);
        if (equals < pair.size() && !decode(pair.substr(equals + 1), value))
            return failure(FieldsError::malformed);
        if (name.size() > field_name_bytes_max) return failure(FieldsError::too_many);
        if (!is_valid_text(name) || !is_valid_text(value)) return failure(FieldsError::not_text);
        const auto same = [&](const auto& other) { return other.first == name; };
        if (std::any_of(entries.begin(), entries.end() - 1, same)) return failure(FieldsError::duplicate);
    }
    return Fields(std::move(entries));
}

std::string media_type(std::string_view content_type)
{
    std::string type(without_spaces(content_type.substr(0, content_type.find(';'))));
    std::ranges::transform(type, type.begin(), lower);
    return type;
}

Result<Fields, FieldsError> parse_body(std::string_view content_type, std::string_view body)
{
    if (body.empty() && content_type.empty()) return Fields();
    const std::string type = media_type(content_type);
    if (!is_utf8_or_unnamed(content_type)) return failure(FieldsError::unsupported_type);
    if (type == "application/x-www-form-urlencoded") return parse_urlencoded(body);
    if (type == "application/json") return parse_json_fields(body);
    return failure(FieldsError::unsupported_type);
}

}  // namespace sallyport::http
