// P7a, P7b: the address and its code; the same for the end of a road back (P8h).
#include "access/refuse.h"
#include "access/routes.h"
#include "slices/reset/ask.h"
#include "slices/reset/confirm_code.h"
#include "slices/reset/endpoints_shared.h"
#include "views/recover_check.h"
#include "views/recover_finish.h"
#include "views/reset_address.h"
#include "views/reset_check.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::reset::Stage;
using render::Msg;
namespace challenge = policy::challenge;

constexpr std::chrono::seconds cookie_life =
    std::chrono::duration_cast<std::chrono::seconds>(limits.row_life);
constexpr unsigned unauthorized = 401;
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;

/// What differs between the two.
struct ResetPages {
    using Address = views::ResetAddress;
    using Check = views::ResetCheck;
    static constexpr Purpose purpose = Purpose::reset;
    static constexpr std::string_view check_path = "/reset/check";
    static constexpr std::string_view next_path = "/reset/factor";
    static Response lead(const Request& request, Stage stage) { return lead_on(request, stage); }
};
struct FinishPages {
    using Address = views::RecoverFinish;
    using Check = views::RecoverCheck;
    static constexpr Purpose purpose = Purpose::recover;
    static constexpr std::string_view check_path = "/recover/check";
    static constexpr std::string_view next_path = "/recover/new";
    static Response lead(const Request& request, Stage stage) { return lead_on_finish(request, stage); }
};

template <class Pages>
Task<Response> show_address(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), typename Pages::Address{});
}

template <class View>
Response too_many_mails(const Access& access, const Request& request, View view, Instant until)
{
    view.problems.add("", Msg::sign_up_mails_wait, {{"time", render::ClockTime{until}}});
    Response response = access::refuse(request, access.page(request), view, too_many, "too_many_mails");
    response.set("Retry-After", retry_seconds(until, access.world().clock.now()));
    return response;
}

template <class Pages>
Response asked(const Request& request, const AskOutcome& outcome)
{
    Response response = http::see_other(request, Pages::check_path);
    if (outcome.token)
        response.add("Set-Cookie", http::set_cookie_header(cookie_of(Pages::purpose),
                                                           outcome.token->text.reveal_text(), cookie_life));
    return response;
}

template <class Pages>
Task<Response> post_address(const Access& access, Request request)
{
    typename Pages::Address view;
    view.email = std::string(request.form.get("email"));
    const auto email = Email::parse(view.email);
    if (!email) {
        view.problems.add("email", Msg::sign_up_email_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "email_not_right");
    }
    auto asker = access.asker(request);
    const auto outcome = co_await ask(access.world(), std::move(asker), Pages::purpose, *email,
                                      secret_of(access, request, Pages::purpose));
    if (outcome.answer == Asked::wait)
        co_return too_many_mails(access, request, std::move(view), outcome.until);
    co_return asked<Pages>(request, outcome);
}

template <class Pages>
typename Pages::Check check_view(const Progress& progress, Instant now)
{
    const auto verdict = challenge::send_code(progress.challenge, {}, now, code_limits);
    const auto answer = challenge::may_try({progress.challenge, true, true, true}, now, code_limits);
    typename Pages::Check view;
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

template <class Pages>
Task<Response> show_check(const Access& access, Request request)
{
    const auto secret = secret_of(access, request, Pages::purpose);
    if (!secret) co_return start_again(access, request, Pages::purpose);
    const auto found = co_await read_progress(access.world(), Pages::purpose, *secret);
    if (!found) co_return start_again(access, request, Pages::purpose);
    if (found->progress.stage != policy::reset::Stage::code)
        co_return Pages::lead(request, found->progress.stage);
    co_return http::respond(request, access.page(request),
                            check_view<Pages>(found->progress, access.world().clock.now()));
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

template <class Pages>
Task<Response> post_check(const Access& access, Request request)
{
    const auto secret = secret_of(access, request, Pages::purpose);
    if (!secret) co_return start_again(access, request, Pages::purpose);
    auto asker = access.asker(request);
    std::string typed(request.form.get("code"));
    const auto outcome =
        co_await confirm_code(access.world(), std::move(asker), Pages::purpose, *secret, std::move(typed));
    if (outcome.answer == Confirmed::moved) co_return http::see_other(request, Pages::next_path);
    // The row as it is after the try: it says when another code may be asked for.
    const auto found = co_await read_progress(access.world(), Pages::purpose, *secret);
    if (!found || outcome.answer == Confirmed::over) co_return start_again(access, request, Pages::purpose);
    auto view = check_view<Pages>(found->progress, access.world().clock.now());
    if (view.problems.empty() && outcome.answer == Confirmed::malformed)
        view.problems.add("code", Msg::sign_up_code_malformed);
    else if (view.problems.empty())
        view.problems.add("code", Msg::sign_up_code_wrong, {{"tries", outcome.tries_left}});
    co_return access::refuse(request, access.page(request), view,
                             outcome.answer == Confirmed::malformed ? unprocessable : unauthorized,
                             code_of(outcome.answer));
}

template <class Pages>
Task<Response> post_resend(const Access& access, Request request)
{
    const auto secret = secret_of(access, request, Pages::purpose);
    if (!secret) co_return start_again(access, request, Pages::purpose);
    auto asker = access.asker(request);
    const auto outcome = co_await ask_again(access.world(), std::move(asker), Pages::purpose, *secret);
    if (outcome.answer == Asked::over) co_return start_again(access, request, Pages::purpose);
    if (outcome.answer != Asked::wait) co_return asked<Pages>(request, outcome);
    const auto found = co_await read_progress(access.world(), Pages::purpose, *secret);
    if (!found) co_return start_again(access, request, Pages::purpose);
    auto view = check_view<Pages>(found->progress, access.world().clock.now());
    view.resend_at = outcome.until;
    co_return too_many_mails(access, request, std::move(view), outcome.until);
}

}  // namespace

void add_code_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/reset", show_address<ResetPages>);
    add_page(router, access, post, "/reset", post_address<ResetPages>);
    add_page(router, access, get, "/reset/check", show_check<ResetPages>);
    add_page(router, access, post, "/reset/check", post_check<ResetPages>);
    access::lead(router, "/reset/resend", "/reset/check");
    add_page(router, access, post, "/reset/resend", post_resend<ResetPages>);
    add_page(router, access, get, "/recover/finish", show_address<FinishPages>);
    add_page(router, access, post, "/recover/finish", post_address<FinishPages>);
    add_page(router, access, get, "/recover/check", show_check<FinishPages>);
    add_page(router, access, post, "/recover/check", post_check<FinishPages>);
    access::lead(router, "/recover/resend", "/recover/check");
    add_page(router, access, post, "/recover/resend", post_resend<FinishPages>);
}

}  // namespace sallyport::reset
