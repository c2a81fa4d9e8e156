#pragma once
// What the endpoints of this room share.
#include "access/refuse.h"
#include "access/visitor.h"
#include "http/router.h"
#include "render/page.h"
#include "slices/account/ground.h"

#include <string>

namespace sallyport::account {

/// How a hindrance is answered: the status and code for programs, beside the problem for the page.
struct Stop {
    unsigned status = 0;
    std::string code;
    std::int64_t retry_seconds = 0;
};
/// nullopt: nothing stands in the way, or the level is too low (level_too_low has a page of its own).
std::optional<Stop> stop_of(const Hindrance& hindrance, Instant now, render::Problems& problems);

/// The page again with what stands in the way; nullopt where nothing does.
template <class View>
std::optional<http::Response> stop(const http::Request& request, const render::Page& page, View& view,
                                   const Hindrance& hindrance, Instant now)
{
    const auto why = stop_of(hindrance, now, view.problems);
    if (!why) return std::nullopt;
    auto response = access::refuse(request, page, view, why->status, why->code);
    if (why->retry_seconds > 0) response.set("Retry-After", std::to_string(why->retry_seconds));
    return response;
}
/// The session is below the account's own level: what to do instead.
http::Response level_too_low(const http::Request& request, const render::Page& page);

/// A fresh start of this process's sessions after some have ended; other processes read the log.
void forget_sessions(const access::Access& access, const proof::Holder& actor);

void add_overview(http::Router& router, const access::Access& access);
void add_password(http::Router& router, const access::Access& access);
void add_words(http::Router& router, const access::Access& access);
void add_devices(http::Router& router, const access::Access& access);
void add_review(http::Router& router, const access::Access& access);
void add_sign_out(http::Router& router, const access::Access& access);

}  // namespace sallyport::account
