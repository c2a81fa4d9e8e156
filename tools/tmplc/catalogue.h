#pragma once
// The message catalogue: web/locales/<language>/<area>.json, checked, and made into C++.
#include "template.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tmplc {

struct Argument {
    bool number = false;  // plural, selectordinal or number: must be one
    bool operator==(const Argument&) const = default;
};
struct MessageInfo {
    std::uint32_t id = 0;  // FNV-1a of the key
    std::map<std::string, Argument> arguments;
    std::vector<std::string>
        texts;  // in the order of `languages`: a pattern, or plain text without arguments
    Place place;
};
inline const std::vector<std::string> languages{"en", "ar", "en-XA", "ar-XB"};

/// Keys are "area.part", with the file's name as area. Every key stands in every language with the same
/// arguments.
using Catalogue = std::map<std::string, MessageInfo>;
Catalogue read_catalogue(const std::filesystem::path& folder);

/// enum class Msg.
std::string messages_header(const Catalogue& catalogue);
/// The tables behind render::text.
std::string messages_source(const Catalogue& catalogue);
/// Text as a C++ literal.
std::string literal(std::string_view text);

/// A flat JSON object of strings; in the order of the file, keys once.
struct Entry {
    std::string key;
    std::string value;
    Place place;
};
std::vector<Entry> read_flat_json(std::string_view json, const std::string& file);

}  // namespace tmplc
