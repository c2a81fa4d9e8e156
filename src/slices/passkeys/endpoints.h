#pragma once
#include "access/visitor.h"
#include "http/router.h"

namespace sallyport::passkeys {

/// A2, A3, A4: /account/passkeys and what is below it.
void add_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::passkeys
