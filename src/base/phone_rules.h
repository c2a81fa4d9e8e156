#pragma once
// resources/phone-numbers/rules.txt, compiled in (cmake/phones.cmake).
#include <string_view>

namespace sallyport {

std::string_view phone_rules() noexcept;

}  // namespace sallyport
