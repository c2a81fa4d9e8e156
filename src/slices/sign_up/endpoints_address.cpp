// P6a, P6b: the address and its code.
#include "access/routes.h"
#include "slices/sign_up/confirm_address.h"
#include "slices/sign_up/endpoints_shared.h"
#include "slices/sign_up/enter_address.h"
#include "views/sign_up_confirm.h"

#include <algorithm>

namespace sallyport::sign_up {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;
namespace rules = policy::sign_up;

constexpr std::chrono::seconds cookie_life =
    std::chrono::duration_cast<std::chrono::seconds>(limits.row_life);

std::string retry_seconds(Instant until, Instant now)
{
    return std::to_string(
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(until - now).count()));
}

/// People who are signed in have an account.
Task<bool> has_session(const Access& access, std::optional<store::TokenHash> session)
{
    if (!session) co_return false;
    const auto facts = co_await access.sessions().find(*session);
    co_return facts.has_value();
}

Task<Response> show_address(const Access& access, Request request)
{
    const bool signed_in = co_await has_session(access, access.cookie_hash(request, access::session_cookie));
    if (signed_in) co_return http::see_other(request, "/account");
    co_return http::respond(request, access.page(request), address_view(access));
}

template <class View>
Response too_many_mails(const Access& access, const Request& request, View view, Instant until)
{
    const render::Arguments at{{"time", render::ClockTime{until}}};
    view.problems.add("", Msg::sign_up_mails_wait, at);
    Response response = refuse(access, request, view, 429, "too_many_mails", Msg::sign_up_mails_wait, at);
    response.set("Retry-After", retry_seconds(until, access.world().clock.now()));
    return response;
}

void set_cookie(Response& response, const EnterOutcome& outcome)
{
    if (outcome.token)
        response.add("Set-Cookie", http::set_cookie_header(access::sign_up_cookie,
                                                           outcome.token->text.reveal_text(), cookie_life));
}

Task<Response> post_address(const Access& access, Request request)
{
    const bool signed_in = co_await has_session(access, access.cookie_hash(request, access::session_cookie));
    if (signed_in) co_return http::see_other(request, "/account");
    views::SignUpAddress view = address_view(access);
    view.email = std::string(request.form.get("email"));
    const auto email = Email::parse(view.email);
    if (!email) {
        view.problems.add("email", Msg::sign_up_email_missing);
        co_return refuse(access, request, view, 422, "email_not_right", Msg::sign_up_email_missing);
    }
    auto asker = access.asker(request);
    const auto outcome = co_await enter_address(access.world(), std::move(asker), *email,
                                                access.cookie_hash(request, access::sign_up_cookie));
    if (outcome.answer == Entered::wait)
        co_return too_many_mails(access, request, std::move(view), outcome.until);
    Response response = lead_on(request, outcome.stage);
    set_cookie(response, outcome);
    co_return response;
}

views::SignUpConfirm confirm_view(const Progress& progress, Instant now)
{
    const auto& challenge = progress.challenge;
    const auto verdict = rules::send_code(challenge, now, limits);
    const auto answer = rules::judge_code(challenge, false, now, limits);
    views::SignUpConfirm view;
    view.email = progress.email.address();
    view.sent_at = challenge.sent_at;
    view.until = challenge.sent_at + limits.code_life;
    if (!verdict.send) view.resend_at = verdict.next_send_at;
    view.dead = answer == rules::CodeAnswer::expired || answer == rules::CodeAnswer::spent;
    return view;
}

/// What is wrong with a code that was typed, in words and for programs.
struct Said {
    Msg message;
    std::string_view code;
    render::Arguments arguments;
};

std::optional<Said> say_dead(rules::CodeAnswer answer, Instant next_at)
{
    switch (answer) {
    case rules::CodeAnswer::expired: return Said{Msg::sign_up_code_expired, "code_over", {}};
    case rules::CodeAnswer::spent:
        return Said{Msg::sign_up_code_spent, "code_spent", {{"time", render::ClockTime{next_at}}}};
    case rules::CodeAnswer::right:
    case rules::CodeAnswer::wrong: break;
    }
    return std::nullopt;
}

Task<Response> show_confirm(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    if (!secret) co_return start_again(access, request);
    const auto found = co_await read_progress(access.world(), *secret);
    if (!found) co_return start_again(access, request);
    if (found->proven()) co_return lead_on(request, found->progress.stage);
    const Instant now = access.world().clock.now();
    auto view = confirm_view(found->progress, now);
    const auto said = say_dead(rules::judge_code(found->progress.challenge, false, now, limits),
                               view.resend_at.value_or(now));
    if (said) view.problems.add("", said->message, said->arguments);
    co_return http::respond(request, access.page(request), view);
}

Task<Response> post_confirm(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    if (!secret) co_return start_again(access, request);
    std::string typed(request.form.get("code"));
    const auto outcome = co_await confirm_address(access.world(), *secret, std::move(typed));
    Said said{Msg::sign_up_code_malformed, "code_malformed", {}};
    switch (outcome.answer) {
    case Confirmed::moved: co_return lead_on(request, outcome.stage);
    case Confirmed::over: co_return start_again(access, request);
    case Confirmed::has_account: co_return has_account(access, request);
    case Confirmed::malformed: break;
    case Confirmed::wrong:
        said = {Msg::sign_up_code_wrong, "code_not_right", {{"tries", outcome.tries_left}}};
        break;
    case Confirmed::expired:
    case Confirmed::spent: break;
    }
    // The row as it is after the try: it says when another code may be asked for.
    const auto found = co_await read_progress(access.world(), *secret);
    if (!found) co_return start_again(access, request);
    const Instant now = access.world().clock.now();
    auto view = confirm_view(found->progress, now);
    const auto dead = say_dead(rules::judge_code(found->progress.challenge, false, now, limits),
                               view.resend_at.value_or(now));
    if (dead) said = *dead;
    view.problems.add(dead ? "" : "code", said.message, said.arguments);
    co_return refuse(access, request, view, outcome.answer == Confirmed::malformed ? 422 : 401, said.code,
                     said.message, said.arguments);
}

Task<Response> post_resend(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto outcome = co_await send_again(access.world(), std::move(asker), *secret);
    if (outcome.answer == Entered::over) co_return start_again(access, request);
    if (outcome.answer == Entered::wait) {
        const auto found = co_await read_progress(access.world(), *secret);
        if (!found) co_return start_again(access, request);
        auto view = confirm_view(found->progress, access.world().clock.now());
        view.resend_at = outcome.until;
        co_return too_many_mails(access, request, std::move(view), outcome.until);
    }
    Response response = lead_on(request, outcome.stage);
    set_cookie(response, outcome);
    co_return response;
}

}  // namespace

void add_address_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/signup", show_address);
    add_page(router, access, post, "/signup", post_address);
    add_page(router, access, get, "/signup/confirm", show_confirm);
    add_page(router, access, post, "/signup/confirm", post_confirm);
    access::lead(router, "/signup/resend", "/signup/confirm");
    add_page(router, access, post, "/signup/resend", post_resend);
}

}  // namespace sallyport::sign_up
