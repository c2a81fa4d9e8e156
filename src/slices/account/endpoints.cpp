#include "slices/account/endpoints.h"

#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/account/endpoints_shared.h"
#include "views/account_stopped.h"

namespace sallyport::account {

using render::Msg;

std::optional<Stop> stop_of(const Hindrance& hindrance, Instant now, render::Problems& problems)
{
    constexpr unsigned too_many = 429;
    constexpr unsigned unavailable = 503;
    if (hindrance.busy_seconds) {
        problems.add("", Msg::account_busy);
        return Stop{unavailable, "busy", std::max<std::int64_t>(1, *hindrance.busy_seconds)};
    }
    if (!hindrance.wait_until) return std::nullopt;
    if (hindrance.needs_pass) {
        problems.add("", Msg::account_needs_pass);
        return Stop{too_many, "too_many_tries", 0};
    }
    const Duration wait = *hindrance.wait_until - now;
    problems.add("", Msg::account_wait, {{"time", render::ClockTime{*hindrance.wait_until}}, {"wait", wait}});
    return Stop{too_many, "too_many_tries",
                std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(wait).count())};
}

http::Response level_too_low(const http::Request& request, const render::Page& page)
{
    constexpr unsigned forbidden = 403;
    if (request.wants_json)
        return http::problem(request, forbidden, "level_too_low",
                             render::text(page, Msg::account_level_too_low));
    return http::respond(request, page, views::AccountStopped{}, forbidden);
}

void forget_sessions(const access::Access& access, const proof::Holder& actor)
{
    access.sessions().forget_account(actor.account);
}

namespace {

Task<http::Response> show_reauth(const access::Access& access, http::Request request, access::SignedIn who)
{
    std::string id = request.captures[0];
    co_return co_await access::show_step_up(access, std::move(request), std::move(who), std::move(id));
}

}  // namespace

void add_routes(http::Router& router, const access::Access& access)
{
    add_overview(router, access);
    add_password(router, access);
    add_words(router, access);
    add_devices(router, access);
    add_review(router, access);
    add_sign_out(router, access);
    access::add_signed_in(router, access, http::Method::get, "/account/reauth/{id}", show_reauth);
    access::add_signed_in(router, access, http::Method::post, "/account/reauth/{id}/options",
                          access::passkey_options);
    // Opened by themselves (a reload, a second tab) they show the page again.
    for (const char* const posted : {"/account/reauth/{id}/password", "/account/reauth/{id}/send"})
        access::add_signed_in(router, access, http::Method::get, posted, show_reauth);
    access::add_signed_in(router, access, http::Method::post, "/account/reauth/{id}/password",
                          access::post_step_up_password);
    access::add_signed_in(router, access, http::Method::post, "/account/reauth/{id}/send",
                          access::post_step_up_send);
}

}  // namespace sallyport::account
