#pragma once
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::lock {

/// /lock, /unlock and what is below them, and /account/lock. `router` and `access` outlive the routes.
void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::lock
