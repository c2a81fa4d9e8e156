// P7a, P7b: the address and its code.
#include "access/refuse.h"
#include "access/routes.h"
#include "slices/reset/ask.h"
#include "slices/reset/confirm_code.h"
#include "slices/reset/endpoints_shared.h"
#include "views/reset_address.h"
#include "views/reset_check.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;
namespace challenge = policy::challenge;

constexpr std::chrono::seconds cookie_life =
    std::chrono::duration_cast<std::chrono::seconds>(limits.row_life);
constexpr unsigned unauthorized = 401;
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;

Task<Response> show_address(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), views::ResetAddress{});
}

template <class View>
Response too_many_mails(const Access& access, const Request& request, View view, Instant until)
{
    view.problems.add("", Msg::sign_up_mails_wait, {{"time", render::ClockTime{until}}});
    Response response = access::refuse(request, access.page(request), view, too_many, "too_many_mails");
    response.set("Retry-After", retry_seconds(until, access.world().clock.now()));
    return response;
}

Response asked(const Request& request, const AskOutcome& outcome)
{
    Response response = http::see_other(request, "/reset/check");
    if (outcome.token)
        response.add("Set-Cookie",
                     http::set_cookie_header(reset_cookie, outcome.token->text.reveal_text(), cookie_life));
    return response;
}

Task<Response> post_address(const Access& access, Request request)
{
    views::ResetAddress view;
    view.email = std::string(request.form.get("email"));
    const auto email = Email::parse(view.email);
    if (!email) {
        view.problems.add("email", Msg::sign_up_email_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "email_not_right");
    }
    auto asker = access.asker(request);
    const auto outcome =
        co_await ask(access.world(), std::move(asker), Purpose::reset, *email, secret_of(access, request));
    if (outcome.answer == Asked::wait)
        co_return too_many_mails(access, request, std::move(view), outcome.until);
    co_return asked(request, outcome);
}

views::ResetCheck check_view(const Progress& progress, Instant now)
{
    const auto verdict = challenge::send_code(progress.challenge, {}, now, code_limits);
    const auto answer = challenge::may_try({progress.challenge, true, true, true}, now, code_limits);
    views::ResetCheck view;
    view.email = progress.email.address();
    view.sent_at = progress.challenge.sent_at;
    view.until = progress.challenge.sent_at + code_limits.life;
    if (!verdict.send) view.resend_at = verdict.next_send_at;
    view.dead = answer != challenge::Answer::right;
    if (answer == challenge::Answer::expired) view.problems.add("", Msg::reset_code_expired);
    if (answer == challenge::Answer::spent)
        view.problems.add("", Msg::sign_up_code_spent,
                          {{"time", render::ClockTime{view.resend_at.value_or(now)}}});
    return view;
}

Task<Response> show_check(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    const auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
    if (!found) co_return start_again(access, request);
    if (found->progress.stage != policy::reset::Stage::code)
        co_return lead_on(request, found->progress.stage);
    co_return http::respond(request, access.page(request),
                            check_view(found->progress, access.world().clock.now()));
}

/// For programs; `view` has the words.
std::string_view code_of(Confirmed answer)
{
    switch (answer) {
    case Confirmed::malformed: return "code_malformed";
    case Confirmed::wrong: return "code_not_right";
    case Confirmed::spent: return "code_spent";
    case Confirmed::expired:
    case Confirmed::moved:
    case Confirmed::over: break;
    }
    return "code_over";
}

Task<Response> post_check(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    std::string typed(request.form.get("code"));
    const auto outcome =
        co_await confirm_code(access.world(), std::move(asker), Purpose::reset, *secret, std::move(typed));
    if (outcome.answer == Confirmed::moved) co_return http::see_other(request, "/reset/factor");
    // The row as it is after the try: it says when another code may be asked for.
    const auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
    if (!found || outcome.answer == Confirmed::over) co_return start_again(access, request);
    auto view = check_view(found->progress, access.world().clock.now());
    if (view.problems.empty() && outcome.answer == Confirmed::malformed)
        view.problems.add("code", Msg::sign_up_code_malformed);
    else if (view.problems.empty())
        view.problems.add("code", Msg::sign_up_code_wrong, {{"tries", outcome.tries_left}});
    co_return access::refuse(request, access.page(request), view,
                             outcome.answer == Confirmed::malformed ? unprocessable : unauthorized,
                             code_of(outcome.answer));
}

Task<Response> post_resend(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto outcome = co_await ask_again(access.world(), std::move(asker), Purpose::reset, *secret);
    if (outcome.answer == Asked::over) co_return start_again(access, request);
    if (outcome.answer != Asked::wait) co_return asked(request, outcome);
    const auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
    if (!found) co_return start_again(access, request);
    auto view = check_view(found->progress, access.world().clock.now());
    view.resend_at = outcome.until;
    co_return too_many_mails(access, request, std::move(view), outcome.until);
}

}  // namespace

void add_code_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/reset", show_address);
    add_page(router, access, post, "/reset", post_address);
    add_page(router, access, get, "/reset/check", show_check);
    add_page(router, access, post, "/reset/check", post_check);
    access::lead(router, "/reset/resend", "/reset/check");
    add_page(router, access, post, "/reset/resend", post_resend);
}

}  // namespace sallyport::reset
