#pragma once
// What the addresses of the lock share.
#include "access/visitor.h"
#include "http/pages.h"
#include "http/router.h"
#include "render/messages.h"
#include "slices/lock/lock_account.h"

#include <string>

namespace sallyport::lock {

inline constexpr unsigned unauthorized = 401;
inline constexpr unsigned conflict = 409;
inline constexpr unsigned gone = 410;
inline constexpr unsigned unprocessable = 422;
inline constexpr unsigned too_many = 429;
inline constexpr unsigned unavailable = 503;

using Endpoint = Task<http::Response> (*)(const access::Access&, http::Request);
void add_page(http::Router& router, const access::Access& access, http::Method method, std::string path,
              Endpoint endpoint);

bool takes_passkeys(const access::Access& access);
/// "Retry-After", at least a second.
std::string retry_seconds(Instant until, Instant now);
/// The account is locked, or what else came of it; the browser's own session has ended with it.
http::Response locked_page(const access::Access& access, const http::Request& request,
                           const proof::LockAsked& asked);

void add_lock_pages(http::Router& router, const access::Access& access);
void add_unlock_pages(http::Router& router, const access::Access& access);
void add_account_pages(http::Router& router, const access::Access& access);

}  // namespace sallyport::lock
