#pragma once
// What the addresses of this room have in common.
#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/codes/keep_codes.h"

#include <optional>
#include <string_view>

namespace sallyport::codes {

inline constexpr std::string_view phone_path = "/account/phone";
inline constexpr std::string_view mail_path = "/account/mail-code";

using access::Said;

/// Not for `allowed` and `needs_step_up`.
Said say(Answer answer);
/// Not for `at_once` and `waits`.
Said say(AskAnswer answer);

void add_phone_routes(http::Router& router, const access::Access& access);
void add_phone_code_routes(http::Router& router, const access::Access& access);
void add_mail_routes(http::Router& router, const access::Access& access);

/// A8 with what is in the way at its top.
Task<http::Response> show_phones(const access::Access& access, http::Request request, access::SignedIn who,
                                 std::optional<Said> refused);

}  // namespace sallyport::codes
