#pragma once
// GET /api/v1/session and GET /api/v1/authz.
#include "access/visitor.h"
#include "crypto/jws.h"
#include "http/router.h"

namespace sallyport::session_check {

/// `app_prefix`: the one path prefix of this origin that a proxy may ask for ("/app/"). What is referred to
/// outlives the router.
void add_routes(http::Router& router, const access::Access& access, const crypto::JwsSigner& signer,
                std::string app_prefix);

}  // namespace sallyport::session_check
