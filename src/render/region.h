#pragma once
// Names of regions as a person reads them, by ICU 72 (CLDR).
#include "render/language.h"

#include <string>
#include <string_view>
#include <vector>

namespace sallyport::render {

/// "Portugal"; the code itself where ICU has no name. `region`: ISO 3166-1 alpha-2.
std::string region_name(Language language, std::string_view region);

/// Positions of `names` in the order of the language's dictionary.
std::vector<std::size_t> dictionary_order(Language language, const std::vector<std::string>& names);

}  // namespace sallyport::render
