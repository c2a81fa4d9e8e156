#pragma once
// What the addresses of this room have in common.
#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/addresses/change_address.h"

#include <string_view>

namespace sallyport::addresses {

inline constexpr std::string_view email_path = "/account/email";

void add_code_routes(http::Router& router, const access::Access& access);
void add_again_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::addresses
