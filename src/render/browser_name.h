#pragma once
// What a person reads for a browser that a row names.
#include "render/language.h"

#include <string>
#include <string_view>

namespace sallyport::render {

/// Whether access::browser_words could have made it: the name of a browser or of a system that we know, both,
/// or "?". What a stranger's browser calls itself is none.
bool is_browser_name(std::string_view stored);

/// `stored` as access::browser_words made it, or the catalogue's words for a browser that told nothing ("?").
std::string browser_name(const Reader& reader, const std::string& stored);

}  // namespace sallyport::render
