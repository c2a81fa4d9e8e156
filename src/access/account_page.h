#pragma once
// The surroundings of an account's page: who is signed in, and when this account was signed in to before
// (ux.md 6.3).
#include "access/visitor.h"

namespace sallyport::access {

/// As Access::page, with the masked address and the last sign-in before this session. One transaction.
/// `request` is kept by the caller.
Task<render::Page> account_page(const Access& access, const http::Request& request, SignedIn who);

}  // namespace sallyport::access
