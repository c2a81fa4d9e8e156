#pragma once
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::reset {

/// /reset and what is below it, and /recover. `router` and `access` outlive the routes.
void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::reset
