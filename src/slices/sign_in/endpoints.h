#pragma once
// P1, P2a, P2e, P2f, P5 of ux.md: /signin and what is below it.
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::sign_in {

void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::sign_in
