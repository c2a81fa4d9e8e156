// P7e, P7f: the new password, and what follows from it.
#include "access/refuse.h"
#include "access/routes.h"
#include "http/problem.h"
#include "slices/reset/endpoints_shared.h"
#include "slices/reset/set_password.h"
#include "views/password_verdict.h"
#include "views/reset_done.h"
#include "views/reset_new.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::reset::Stage;
using render::Msg;

constexpr unsigned conflict = 409;
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;
constexpr unsigned unavailable = 503;

/// The row where a password is awaited.
Task<std::optional<Found>> find_turn(const Access& access, const Request& request, Stage stage)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return std::nullopt;
    auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
    if (found && found->progress.stage != stage) found.reset();
    co_return found;
}

views::ResetNew view_of(const Access& access, const Progress& progress)
{
    const auto& world = access.world();
    views::ResetNew view;
    view.username = progress.email.address();
    view.least = policy::passwords::least_length(true, world.passwords);
    view.brand = world.brand.name;
    return view;
}

Task<Response> show_new(const Access& access, Request request)
{
    const auto found = co_await find_turn(access, request, Stage::password);
    if (!found) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    co_return http::respond(request, access.page(request), view_of(access, found->progress));
}

Response refused(const Access& access, const Request& request, views::ResetNew view,
                 const PasswordOutcome& outcome)
{
    const render::Page page = access.page(request);
    if (outcome.answer == Chosen::limited) {
        view.problems.add("", Msg::reset_new_limited);
        return access::refuse(request, page, view, too_many, "too_many_passwords");
    }
    if (outcome.answer == Chosen::busy) {
        view.problems.add("", Msg::reset_busy,
                          {{"wait", Duration{std::chrono::seconds{outcome.busy_seconds}}}});
        Response response = access::refuse(request, page, view, unavailable, "busy");
        response.set("Retry-After", std::to_string(outcome.busy_seconds));
        return response;
    }
    CHECK(outcome.refusal.has_value());
    auto words = words_of(*outcome.refusal, view.least, access.world().passwords.code_points_max);
    view.problems.add("new_password", words.id, std::move(words.arguments));
    return access::refuse(request, page, view, unprocessable, "password_refused");
}

Task<Response> post_new(const Access& access, Request request)
{
    const auto found = co_await find_turn(access, request, Stage::password);
    if (!found) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    auto view = view_of(access, found->progress);
    if (request.form.get("new_password").empty()) {
        view.problems.add("new_password", Msg::reset_new_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "input_missing");
    }
    auto asker = access.asker(request);
    auto typed = Secret::from_text(request.form.get("new_password"));
    const auto outcome =
        co_await set_password(access.world(), std::move(asker), found->secret, std::move(typed));
    if (outcome.answer == Chosen::over) co_return start_again(access, request);
    if (outcome.answer == Chosen::not_now) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    if (outcome.answer != Chosen::done) co_return refused(access, request, std::move(view), outcome);
    access.sessions().forget_account(*outcome.account);
    co_return http::see_other(request, "/reset/done");
}

/// {"good": …, "text": …}, for the page's script. Only where a password is awaited.
Task<Response> post_check(const Access& access, Request request)
{
    const auto found = co_await find_turn(access, request, Stage::password);
    if (!found) co_return http::problem(request, conflict, "not_awaited", "No password is awaited here");
    const render::Page page = access.page(request);
    const auto& world = access.world();
    auto typed = Secret::from_text(request.form.get("password"));
    const auto outcome = co_await check_typed(access.world(), found->secret, std::move(typed));
    if (outcome.answer != Chosen::done && outcome.answer != Chosen::refused)
        co_return http::problem(request, too_many, "too_many_checks",
                                render::text(page, Msg::password_not_checked));
    views::PasswordVerdict view;
    view.good = !outcome.refusal;
    view.text = render::text(page, Msg::password_good);
    if (outcome.refusal)
        view.text = render::text(page, words_of(*outcome.refusal,
                                                policy::passwords::least_length(true, world.passwords),
                                                world.passwords.code_points_max));
    co_return http::respond_json(view);
}

Task<Response> show_done(const Access& access, Request request)
{
    const auto found = co_await find_turn(access, request, Stage::done);
    if (!found) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    const Instant now = access.world().clock.now();
    views::ResetDone view;
    view.until = found->progress.held_until.value_or(now);
    if (view.until > now) view.wait = view.until - now;
    view.passkey = access.world().methods.passkey;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_password_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/reset/new", show_new);
    add_page(router, access, post, "/reset/new", post_new);
    access::lead(router, "/reset/new/check", "/reset/new");
    add_page(router, access, post, "/reset/new/check", post_check);
    add_page(router, access, get, "/reset/done", show_done);
}

}  // namespace sallyport::reset
