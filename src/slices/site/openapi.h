#pragma once
// The description of the interface (docs/openapi.yaml), compiled into the program by cmake/openapi.cmake.
#include <string_view>

namespace sallyport::site {

std::string_view openapi_text() noexcept;

}  // namespace sallyport::site
