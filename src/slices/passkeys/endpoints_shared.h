#pragma once
// What the addresses of this room have in common.
#include "access/refuse.h"
#include "access/routes.h"
#include "access/visitor.h"
#include "http/router.h"
#include "render/message.h"
#include "slices/passkeys/keep_passkeys.h"

#include <string_view>

namespace sallyport::passkeys {

inline constexpr std::string_view list_path = "/account/passkeys";

using access::Said;

/// Not for `waits` and `waits_long`.
Said say(RemoveAnswer answer);

/// The list with what is in the way at its top.
Task<http::Response> show_list(const access::Access& access, http::Request request, access::SignedIn who,
                               std::optional<Said> refused);

void add_list_routes(http::Router& router, const access::Access& access);
void add_offer_routes(http::Router& router, const access::Access& access);
void add_new_routes(http::Router& router, const access::Access& access);
void add_change_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::passkeys
