#pragma once
// What a person reads for a browser that a row names.
#include "render/language.h"

#include <string>

namespace sallyport::render {

/// `stored` as access::browser_words made it, or the catalogue's words for a browser that told nothing ("?").
std::string browser_name(const Reader& reader, const std::string& stored);

}  // namespace sallyport::render
