// The multipart half of forms.h.
#include "base/text.h"
#include "http/forms.h"

#include <algorithm>

namespace sallyport::http {

namespace {

constexpr std::size_t boundary_characters_max = 70;  // RFC 2046 section 5.1.1
constexpr std::size_t part_header_bytes_max = 1024;
constexpr std::string_view crlf = "\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_ignoring_case(std::string_view text, std::string_view lower_case)
{
    return text.size() >= lower_case.size() &&
           std::ranges::equal(text.substr(0, lower_case.size()), lower_case, {}, lower);
}

std::string_view without_spaces(std::string_view text)
{
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// Cuts `; name=value` or `; name="value"` off `rest`. Browsers escape a quote as %22 (WHATWG HTML section
/// 4.10.21.8), so a quoted value ends at the next quote.
struct Parameter {
    std::string_view name;
    std::string_view value;
};
std::optional<Parameter> next_parameter(std::string_view& rest)
{
    rest = without_spaces(rest);
    if (!rest.starts_with(';')) return std::nullopt;
    rest = without_spaces(rest.substr(1));
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    Parameter parameter{without_spaces(rest.substr(0, equals)), {}};
    rest.remove_prefix(equals + 1);
    if (rest.starts_with('"')) {
        const std::size_t end = rest.find('"', 1);
        if (end == std::string_view::npos) return std::nullopt;
        parameter.value = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        return parameter;
    }
    const std::size_t end = std::min(rest.find(';'), rest.size());
    parameter.value = without_spaces(rest.substr(0, end));
    rest.remove_prefix(end);
    return parameter;
}

bool is_named(const Parameter& parameter, std::string_view lower_case)
{
    return parameter.name.size() == lower_case.size() &&
           starts_with_ignoring_case(parameter.name, lower_case);
}

std::optional<std::string> boundary_of(std::string_view content_type)
{
    std::string_view rest = content_type.substr(std::min(content_type.find(';'), content_type.size()));
    while (const auto parameter = next_parameter(rest)) {
        if (!is_named(*parameter, "boundary")) continue;
        const bool printable =
            std::ranges::all_of(parameter->value, [](char c) { return c >= ' ' && c <= '~'; });
        if (parameter->value.empty() || parameter->value.size() > boundary_characters_max || !printable)
            return std::nullopt;
        return std::string(parameter->value);
    }
    return std::nullopt;
}

/// What a part's header says of it.
struct PartHead {
    std::string_view name;
    bool is_file = false;
    bool file_is_named = false;
};

std::optional<PartHead> disposition_of(std::string_view value)
{
    constexpr std::string_view kind = "form-data";
    value = without_spaces(value);
    if (!starts_with_ignoring_case(value, kind)) return std::nullopt;
    value.remove_prefix(kind.size());
    PartHead head;
    int names = 0;
    while (const auto parameter = next_parameter(value)) {
        if (is_named(*parameter, "name")) {
            head.name = parameter->value;
            ++names;
        } else if (is_named(*parameter, "filename")) {
            head.is_file = true;
            head.file_is_named = !parameter->value.empty();
        } else {
            return std::nullopt;  // RFC 7578 section 4.2: no filename*
        }
    }
    if (names != 1 || !without_spaces(value).empty()) return std::nullopt;
    return head;
}

/// `lines`: the headers of a part, each ended by CRLF. A transfer encoding is refused (RFC 7578 section 4.7).
std::optional<PartHead> part_head(std::string_view lines)
{
    std::optional<PartHead> head;
    while (!lines.empty()) {
        const std::size_t end = lines.find(crlf);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view line = lines.substr(0, end);
        lines.remove_prefix(end + crlf.size());
        constexpr std::string_view disposition = "content-disposition:";
        if (starts_with_ignoring_case(line, disposition)) {
            if (head) return std::nullopt;
            head = disposition_of(line.substr(disposition.size()));
            if (!head) return std::nullopt;
        } else if (!starts_with_ignoring_case(line, "content-type:")) {
            return std::nullopt;
        }
    }
    return head;
}

struct Collected {
    std::vector<std::pair<std::string, std::string>> entries;
    std::vector<UploadedFile> files;

    [[nodiscard]] bool has(std::string_view name) const
    {
        return std::ranges::any_of(entries, [&](const auto& one) { return one.first == name; }) ||
               std::ranges::any_of(files, [&](const auto& one) { return one.field == name; });
    }
    std::optional<FieldsError> add(const PartHead& head, std::string_view content)
    {
        if (!is_valid_text(head.name)) return FieldsError::not_text;
        if (head.name.size() > field_name_bytes_max) return FieldsError::too_many;
        if (has(head.name)) return FieldsError::duplicate;
        if (!head.is_file) {
            if (entries.size() == fields_max) return FieldsError::too_many;
            if (!is_valid_text(content)) return FieldsError::not_text;
            entries.emplace_back(head.name, content);
            return std::nullopt;
        }
        if (content.empty() && !head.file_is_named) return std::nullopt;  // none was chosen
        if (files.size() == files_max) return FieldsError::too_many;
        files.push_back({std::string(head.name), std::string(content)});
        return std::nullopt;
    }
};

}  // namespace

Result<FieldsAndFiles, FieldsError> parse_multipart(std::string_view content_type, std::string_view body)
{
    if (media_type(content_type) != "multipart/form-data") return failure(FieldsError::unsupported_type);
    const auto boundary = boundary_of(content_type);
    if (!boundary) return failure(FieldsError::malformed);
    const std::string delimiter = "\r\n--" + *boundary;
    // The first delimiter has no line before it.
    if (!body.starts_with(std::string_view(delimiter).substr(crlf.size())))
        return failure(FieldsError::malformed);
    body.remove_prefix(delimiter.size() - crlf.size());
    Collected collected;
    while (body.starts_with(crlf)) {
        body.remove_prefix(crlf.size());
        const std::size_t head_end = body.substr(0, part_header_bytes_max).find("\r\n\r\n");
        if (head_end == std::string_view::npos) return failure(FieldsError::malformed);
        const auto head = part_head(body.substr(0, head_end + crlf.size()));
        if (!head) return failure(FieldsError::malformed);
        body.remove_prefix(head_end + crlf.size());  // an empty part's delimiter begins with the second CRLF
        const std::size_t end = body.find(delimiter);
        if (end == std::string_view::npos) return failure(FieldsError::malformed);
        const std::string_view content =
            end < crlf.size() ? std::string_view() : body.substr(crlf.size(), end - crlf.size());
        if (const auto error = collected.add(*head, content)) return failure(*error);
        body.remove_prefix(end + delimiter.size());
    }
    if (body != "--" && body != "--\r\n") return failure(FieldsError::malformed);
    return FieldsAndFiles{Fields(std::move(collected.entries)), std::move(collected.files)};
}

}  // namespace sallyport::http
