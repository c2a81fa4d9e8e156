#pragma once
// The tables that tmplc makes from web/locales, for text.cpp.
#include "render/language.h"

#include <array>
#include <span>
#include <string_view>

namespace sallyport::render {

struct CatalogueEntry {
    std::uint32_t id;
    std::string_view key;
    bool has_arguments;                                  // the texts are ICU MessageFormat, else plain
    std::array<std::string_view, language_count> texts;  // by Language
};

/// In the order of the ids.
std::span<const CatalogueEntry> all_messages() noexcept;

}  // namespace sallyport::render
