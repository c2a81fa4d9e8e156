#pragma once
// A5, A6, A9 of ux.md: /account/app and /account/kit, and what is below them.
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::factors {

void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::factors
