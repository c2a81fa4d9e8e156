#pragma once
// What the two files of the password's page share.
#include "slices/account/endpoints_shared.h"
#include "slices/account/remove_password.h"

#include <optional>
#include <string_view>

namespace sallyport::account {

inline constexpr std::string_view password_path = "/account/password";

bool waits(RemoveAnswer answer) noexcept;
/// Not for `waits` and `waits_long`.
access::Said say(RemoveAnswer answer);

/// A10, with what is in the way at its top.
Task<http::Response> show_password_page(const access::Access& access, http::Request request,
                                        access::SignedIn who, std::optional<access::Said> refused);

void add_passwordless(http::Router& router, const access::Access& access);

}  // namespace sallyport::account
