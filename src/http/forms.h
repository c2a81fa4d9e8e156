#pragma once
// Bodies and queries as Fields. Whatever could be read in two ways (a name twice, broken UTF-8, NUL, a nested
// object) is refused, so that no two parts of a system see different values.
#include "base/result.h"
#include "http/message.h"

#include <cstdint>
#include <string_view>

namespace sallyport::http {

inline constexpr std::size_t fields_max = 64;  // fields of one body or query
inline constexpr std::size_t field_name_bytes_max = 64;

enum class FieldsError : std::uint8_t {
    malformed,  // a broken percent escape or JSON text; a JSON value that is an object, an array or null
    not_text,   // invalid UTF-8 or NUL
    duplicate,  // a name twice
    too_many,   // more than fields_max, or a name longer than field_name_bytes_max
    unsupported_type,  // a content type that is neither a form nor JSON: 415
};

/// application/x-www-form-urlencoded as the URL Standard (section 5.1) writes it; also the query of an
/// address.
Result<Fields, FieldsError> parse_urlencoded(std::string_view text);
/// One JSON object of strings, numbers and booleans (RFC 8259). Numbers and booleans become the text as sent.
Result<Fields, FieldsError> parse_json_fields(std::string_view text);
/// By the Content-Type header. An empty body without a type is no fields; UTF-8 is the only charset.
Result<Fields, FieldsError> parse_body(std::string_view content_type, std::string_view body);

inline constexpr std::size_t files_max = 4;  // of one body

struct FieldsAndFiles {
    Fields fields;
    std::vector<UploadedFile> files;  // without those that nobody chose (no name, no bytes)
};
/// multipart/form-data (RFC 7578) as browsers write it (WHATWG HTML section 4.10.21.8). A part without a file
/// name is a field and keeps the rules of fields; a file is bytes. Nothing before the first boundary, no
/// transfer encodings, and no name twice, whether of fields or files.
Result<FieldsAndFiles, FieldsError> parse_multipart(std::string_view content_type, std::string_view body);

/// The media type without parameters, in lower case ("application/json").
std::string media_type(std::string_view content_type);

}  // namespace sallyport::http
