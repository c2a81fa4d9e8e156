#pragma once
// The account's own pages: overview (A1), step-up (A25), password (A10), words (A12), devices (A13), sign-out
// (P22, P23).
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::account {

/// `router` and `access` outlive the routes: the overview links only to pages that the router has.
void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::account
