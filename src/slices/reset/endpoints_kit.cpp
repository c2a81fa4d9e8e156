// The code of the recovery kit in the place of the strong factor, and the page that waits.
#include "access/refuse.h"
#include "slices/reset/endpoints_shared.h"
#include "slices/reset/open_case.h"
#include "slices/reset/prove_factor.h"
#include "views/reset_kit.h"
#include "views/reset_waiting.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned unauthorized = 401;
constexpr unsigned too_many = 429;
constexpr unsigned unavailable = 503;

Task<Response> show_kit(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    const auto factors = co_await find_factors(access.world(), *secret);
    if (!factors) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    co_return http::respond(request, access.page(request), views::ResetKit{});
}

Response refused(const Access& access, const Request& request, const OpenOutcome& outcome)
{
    const render::Page page = access.page(request);
    views::ResetKit view;
    if (outcome.answer == Opened::wait) {
        if (outcome.needs_pass)
            view.problems.add("", Msg::reset_factor_pass);
        else
            view.problems.add("", Msg::reset_factor_wait, {{"time", render::ClockTime{outcome.until}}});
        Response response = access::refuse(request, page, view, too_many, "too_many_tries");
        if (!outcome.needs_pass)
            response.set("Retry-After", retry_seconds(outcome.until, access.world().clock.now()));
        return response;
    }
    if (outcome.answer == Opened::busy) {
        view.problems.add("", Msg::reset_busy,
                          {{"wait", Duration{std::chrono::seconds{outcome.busy_seconds}}}});
        Response response = access::refuse(request, page, view, unavailable, "busy");
        response.set("Retry-After", std::to_string(outcome.busy_seconds));
        return response;
    }
    view.problems.add("code", Msg::sign_in_recovery_wrong);
    return access::refuse(request, page, view, unauthorized, "code_not_right");
}

Task<Response> post_kit(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    std::string typed(request.form.get("code"));
    const auto outcome = co_await open_by_kit(access.world(), std::move(asker), *secret, std::move(typed));
    if (outcome.answer == Opened::waiting) co_return http::see_other(request, "/reset/waiting");
    if (outcome.answer == Opened::over) co_return start_again(access, request);
    if (outcome.answer == Opened::not_now) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    co_return refused(access, request, outcome);
}

Task<Response> show_waiting(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    const auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
    if (!found) co_return start_again(access, request);
    if (found->progress.stage != policy::reset::Stage::kit_road)
        co_return lead_on(request, found->progress.stage);
    const Instant now = access.world().clock.now();
    views::ResetWaiting view;
    view.until = found->progress.held_until.value_or(now);
    if (view.until > now) view.wait = view.until - now;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_kit_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/reset/kit", show_kit);
    add_page(router, access, post, "/reset/kit", post_kit);
    add_page(router, access, get, "/reset/waiting", show_waiting);
}

}  // namespace sallyport::reset
