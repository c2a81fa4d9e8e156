#pragma once
// A11 of ux.md: /account/email, and what is below it.
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::addresses {

void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::addresses
