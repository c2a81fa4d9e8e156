// The JSON half of forms.h. Boost.JSON's own value keeps the last of two equal names without a word, so the
// names are collected here, from the parser's events.
#include "base/text.h"
#include "http/forms.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>

namespace sallyport::http {

namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

struct FieldsHandler {
    static constexpr std::size_t max_object_size = fields_max;
    static constexpr std::size_t max_array_size = 0;
    static constexpr std::size_t max_key_size = field_name_bytes_max;
    static constexpr std::size_t max_string_size = SIZE_MAX;

    std::vector<std::pair<std::string, std::string>> entries;
    FieldsError error = FieldsError::malformed;
    std::size_t text_bytes = 0;  // of the whole body: no value is longer, so no value is moved while it grows
    std::string part;
    bool in_object = false;

    bool fail(FieldsError why, error_code& ec)
    {
        error = why;
        ec = json::error::extra_data;
        return false;
    }
    bool append(string_view s)
    {
        if (part.capacity() < text_bytes) part.reserve(text_bytes);
        part.append(s.data(), s.size());
        return true;
    }
    bool on_document_begin(error_code& /*ec*/) { return true; }
    bool on_document_end(error_code& /*ec*/) { return true; }
    bool on_object_begin(error_code& ec)
    {
        if (in_object) return fail(FieldsError::malformed, ec);
        in_object = true;
        return true;
    }
    bool on_object_end(std::size_t /*n*/, error_code& /*ec*/) { return true; }
    bool on_array_begin(error_code& ec) { return fail(FieldsError::malformed, ec); }
    bool on_array_end(std::size_t /*n*/, error_code& /*ec*/) { return true; }
    bool on_null(error_code& ec) { return fail(FieldsError::malformed, ec); }
    bool on_comment_part(string_view /*s*/, error_code& /*ec*/) { return true; }
    bool on_comment(string_view /*s*/, error_code& /*ec*/) { return true; }

    bool on_key_part(string_view s, std::size_t /*n*/, error_code& /*ec*/) { return append(s); }
    bool on_key(string_view s, std::size_t /*n*/, error_code& ec)
    {
        append(s);
        if (!is_valid_text(part)) return fail(FieldsError::not_text, ec);
        if (entries.size() == fields_max) return fail(FieldsError::too_many, ec);
        const auto same = [this](const auto& entry) { return entry.first == part; };
        if (std::ranges::any_of(entries, same)) return fail(FieldsError::duplicate, ec);
        entries.emplace_back(part, std::string());
        part.clear();
        return true;
    }
    bool on_string_part(string_view s, std::size_t /*n*/, error_code& /*ec*/) { return append(s); }
    bool on_string(string_view s, std::size_t /*n*/, error_code& ec) { return append(s) && take(ec); }
    bool on_number_part(string_view s, error_code& /*ec*/) { return append(s); }
    bool on_int64(std::int64_t /*i*/, string_view s, error_code& ec) { return append(s) && take(ec); }
    bool on_uint64(std::uint64_t /*u*/, string_view s, error_code& ec) { return append(s) && take(ec); }
    bool on_double(double /*d*/, string_view s, error_code& ec) { return append(s) && take(ec); }
    bool on_bool(bool b, error_code& ec) { return append(b ? "true" : "false") && take(ec); }
    bool take(error_code& ec)
    {
        if (!in_object || entries.empty()) return fail(FieldsError::malformed, ec);
        if (!is_valid_text(part)) return fail(FieldsError::not_text, ec);
        entries.back().second = std::move(part);
        part = std::string();
        return true;
    }
};

}  // namespace

Result<Fields, FieldsError> parse_json_fields(std::string_view text)
{
    json::parse_options options;
    options.max_depth = 2;
    json::basic_parser<FieldsHandler> parser(options);
    auto& handler = parser.handler();
    handler.text_bytes = text.size();
    handler.entries.reserve(
        std::min<std::size_t>(fields_max, static_cast<std::size_t>(std::ranges::count(text, ':')) + 1));
    error_code ec;
    const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
    Fields fields(std::move(handler.entries));  // owns the values whatever comes next, and wipes them
    if (ec == json::error::key_too_large || ec == json::error::object_too_large)
        return failure(FieldsError::too_many);
    if (ec == json::error::syntax && !is_valid_text(text)) return failure(FieldsError::not_text);
    if (ec) return failure(handler.error);
    const std::string_view rest = text.substr(used);
    if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) return failure(FieldsError::malformed);
    return fields;
}

}  // namespace sallyport::http
