#pragma once
// P6a to P6g of ux.md: /signup and what is below it.
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::sign_up {

void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::sign_up
