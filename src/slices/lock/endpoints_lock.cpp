// P9: locked from a message, a recovery code or a passkey, without signing in. Looking at the page does
// nothing, whoever looks, and nothing is ever filled in from its address.
#include "access/passkey_fields.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "slices/lock/endpoints_shared.h"
#include "slices/lock/human_step.h"
#include "views/lock.h"

namespace sallyport::lock {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

views::Lock view_of(const Access& access, const Request& request)
{
    views::Lock view;
    view.email = std::string(request.form.get("email"));
    auto step = fresh_step(access.world());
    view.step_token = std::move(step.token);
    view.step_number = std::move(step.number);
    view.passkeys = takes_passkeys(access);
    return view;
}

Task<Response> show_lock(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), view_of(access, request));
}

/// One answer, whatever was not right.
Response refused(const Access& access, const Request& request, const LockOutcome& outcome)
{
    const render::Page page = access.page(request);
    const Instant now = access.world().clock.now();
    auto view = view_of(access, request);
    switch (outcome.result) {
    case Result::busy: {
        view.problems.add("", Msg::lock_busy,
                          {{"wait", Duration{std::chrono::seconds{outcome.busy_seconds}}}});
        Response response = access::refuse(request, page, view, unavailable, "busy");
        response.set("Retry-After", std::to_string(outcome.busy_seconds));
        return response;
    }
    case Result::wait: {
        view.problems.add("", Msg::lock_wait, {{"time", render::ClockTime{outcome.until}}});
        Response response = access::refuse(request, page, view, too_many, "too_many_tries");
        response.set("Retry-After", retry_seconds(outcome.until, now));
        return response;
    }
    case Result::wrong:
    case Result::answered: break;
    }
    view.problems.add("", Msg::lock_wrong);
    return access::refuse(request, page, view, unauthorized, "lock_code_not_right");
}

Task<Response> post_lock(const Access& access, Request request)
{
    CodeCommand command{Email::parse(request.form.get("email")), std::string(request.form.get("code")),
                        false};
    command.human_step =
        is_done(access.world(), request.form.get("step_token"), request.form.get("step_number"));
    if (!command.human_step || command.code.empty()) {
        auto view = view_of(access, request);
        if (command.code.empty()) view.problems.add("code", Msg::lock_wrong);
        if (!command.human_step) view.problems.add("step_number", Msg::lock_step_wrong);
        co_return access::refuse(request, access.page(request), view, unprocessable, "input_missing");
    }
    auto asker = access.asker(request);
    const auto outcome = co_await lock_by_code(access.world(), std::move(asker), std::move(command));
    if (outcome.result != Result::answered) co_return refused(access, request, outcome);
    co_return locked_page(access, request, outcome.asked);
}

Task<Response> post_options(const Access& access, Request)
{
    co_return access::passkey_request(access, ask_passkey(access.world()), true, {});
}

Task<Response> post_passkey(const Access& access, Request request)
{
    auto given = access::passkey_answer(request.form);
    LockOutcome outcome;
    if (given) {
        auto asker = access.asker(request);
        auto cookie = request.cookie(access::passkey_cookie).value_or("");
        auto answered =
            co_await lock_by_passkey(access.world(), std::move(asker), std::move(cookie), std::move(*given));
        outcome = std::move(answered);
    }
    if (outcome.result == Result::answered) co_return locked_page(access, request, outcome.asked);
    auto view = view_of(access, request);
    view.problems.add("", Msg::lock_passkey_failed);
    co_return access::refuse(request, access.page(request), view, unauthorized, "passkey_not_right");
}

}  // namespace

void add_lock_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/lock", show_lock);
    add_page(router, access, post, "/lock", post_lock);
    add_page(router, access, post, "/lock/passkey/options", post_options);
    add_page(router, access, post, "/lock/passkey", post_passkey);
    access::lead(router, "/lock/passkey", "/lock");
}

}  // namespace sallyport::lock
