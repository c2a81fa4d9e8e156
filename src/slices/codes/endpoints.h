#pragma once
// A7 and A8 of ux.md: /account/mail-code and /account/phone, and what is below them.
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::codes {

/// Only the pages of what the operator's table takes.
void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::codes
