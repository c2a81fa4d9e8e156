#include "slices/sign_in/endpoints.h"

#include "slices/sign_in/endpoints_shared.h"
#include "slices/sign_in/first_factor.h"
#include "slices/sign_in/opened_pass.h"
#include "slices/sign_in/second_factor.h"
#include "views/sign_in_code.h"
#include "views/sign_in_code_used.h"
#include "views/sign_in_methods.h"
#include "views/sign_in_pass.h"
#include "views/sign_in_recovery_code.h"
#include "views/sign_in_wait.h"

#include <algorithm>

namespace sallyport::sign_in {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::chrono::seconds pass_cookie_seconds = std::chrono::hours{1};

std::chrono::seconds half_finished_seconds(const Access& access)
{
    return std::chrono::duration_cast<std::chrono::seconds>(access.world().sign_in.half_finished_life);
}

template <class View>
Response busy_page(const Access& access, const Request& request, View view, std::int64_t seconds)
{
    view.problems.add("", Msg::sign_in_busy, {{"wait", Duration{std::chrono::seconds{seconds}}}});
    Response response = request.wants_json
                            ? http::problem(request, 503, "busy", "Too many sign-ins at this moment")
                            : http::respond(request, access.page(request), view, 503);
    response.set("Retry-After", std::to_string(seconds));
    return response;
}

Task<Response> show_sign_in(const Access& access, Request request)
{
    const auto visitor = co_await access.who(request);
    const auto view = sign_in_view(access, request, "", request.query.get("then"));
    if (visitor.session) co_return http::see_other(request, view.then);
    render::Page page = access.page(request);
    if (request.query.has("pass")) page.notice = render::Message{Msg::sign_in_pass_opened, {}};
    co_return http::respond(request, page, view);
}

Task<Response> post_sign_in(const Access& access, Request request)
{
    auto view = sign_in_view(access, request, request.form.get("email"), request.form.get("then"));
    if (view.email.empty()) view.problems.add("email", Msg::sign_in_email_missing);
    if (request.form.get("password").empty()) view.problems.add("password", Msg::sign_in_password_missing);
    if (!view.problems.empty())
        co_return refuse(access, request, view, 422, "input_missing",
                         view.email.empty() ? Msg::sign_in_email_missing : Msg::sign_in_password_missing);

    PasswordCommand command{Email::parse(view.email), Secret::from_text(request.form.get("password")),
                            view.then, access.cookie_hash(request, pass_cookie), used_here(request)};
    auto asker = access.asker(request);
    const auto outcome = co_await check_password(access.world(), std::move(asker), std::move(command));
    switch (outcome.answer) {
    case First::refused:
        view.problems.add("", Msg::sign_in_not_right);
        co_return refuse(access, request, view, 401, "credentials_not_right", Msg::sign_in_not_right);
    case First::wait: co_return wait_page(access, request, view.email, outcome.until, outcome.needs_pass);
    case First::busy: co_return busy_page(access, request, std::move(view), outcome.busy_seconds);
    case First::locked: co_return lead_to_unlock(access, request, view.email);
    case First::second_factor: {
        Response response = http::see_other(request, page_of(outcome.second));
        response.add("Set-Cookie", http::set_cookie_header(access::sign_in_cookie,
                                                           outcome.half_finished->text.reveal_text(),
                                                           half_finished_seconds(access)));
        co_return response;
    }
    case First::signed_in: {
        Response response =
            http::see_other(request, outcome.must_add_factor ? std::string("/account") : view.then);
        set_cookies(access, request, response, *outcome.session, outcome.browser, {policy::Method::password});
        co_return response;
    }
    }
    throw ProgrammingError("an outcome without an answer");
}

template <class View, policy::Method method>
Task<Response> show_second(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto offer = co_await offer_trust(access.world(), std::move(asker), *half, method);
    View view;
    view.username = open->address.address();
    show_trust(view, request, offer);
    co_return http::respond(request, second_page(access, request), view);
}

/// What is wrong with a code, in words and for programs.
struct Said {
    Msg message;
    std::string_view code;
    render::Arguments arguments;
};

Said say(const SecondOutcome& outcome, policy::Method method)
{
    if (method == policy::Method::recovery_code) return {Msg::sign_in_recovery_wrong, "code_not_right", {}};
    if (outcome.answer == Second::replayed) return {Msg::sign_in_code_used, "code_already_used", {}};
    if (!outcome.drift) return {Msg::sign_in_code_wrong, "code_not_right", {}};
    const bool late = *outcome.drift < Duration{};
    return {late ? Msg::sign_in_code_late : Msg::sign_in_code_early,
            "phone_clock_off",
            {{"wait", late ? -*outcome.drift : *outcome.drift}}};
}

Response signed_in(const Access& access, const Request& request, const SecondOutcome& outcome,
                   policy::Method method)
{
    const std::string next = method == policy::Method::recovery_code
                                 ? "/signin/recovery-code/used?left=" + std::to_string(outcome.codes_left) +
                                       "&then=" + outcome.then
                                 : outcome.then;
    Response response = http::see_other(request, next);
    set_cookies(access, request, response, *outcome.session, outcome.browser,
                {policy::Method::password, method});
    return response;
}

/// Clock and drift are the app's business, not a recovery code's.
void say_clock(views::SignInCode& view, const SecondOutcome& outcome, Instant now)
{
    if (outcome.say_clock || outcome.drift) view.clock = now;
}
void say_clock(views::SignInRecoveryCode&, const SecondOutcome&, Instant) {}

template <class View, policy::Method method>
Task<Response> post_second(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto offer = co_await offer_trust(access.world(), asker, *half, method);
    View view;
    view.username = open->address.address();
    show_trust(view, request, offer);
    std::string typed(request.form.get("code"));
    if (typed.empty()) {
        const Msg missing =
            method == policy::Method::totp ? Msg::sign_in_code_missing : Msg::sign_in_recovery_missing;
        view.problems.add("code", missing);
        co_return refuse(access, request, view, 422, "input_missing", missing);
    }
    const auto pass = access.cookie_hash(request, pass_cookie);
    auto wish = trust_wish(request, *half);
    const auto outcome = co_await check_second_factor(access.world(), std::move(asker), *half,
                                                      std::move(typed), method, pass, std::move(wish));
    switch (outcome.answer) {
    case Second::signed_in: co_return signed_in(access, request, outcome, method);
    case Second::over: co_return start_again(access, request);
    case Second::wait: co_return wait_page(access, request, view.username, outcome.until, outcome.needs_pass);
    case Second::busy: co_return busy_page(access, request, std::move(view), outcome.busy_seconds);
    case Second::wrong:
    case Second::replayed:
    case Second::dead: break;
    }
    auto said = say(outcome, method);
    say_clock(view, outcome, access.world().clock.now());
    view.problems.add("code", said.message, said.arguments);
    if (request.wants_json)
        co_return http::problem(request, 401, said.code,
                                render::text(render::Language::en, said.message, said.arguments));
    co_return http::respond(request, access.page(request), view, 401);
}

/// One word for the page and for programs; passkeys and keys are asked for in one way.
std::string kind_of(policy::Method method)
{
    switch (method) {
    case policy::Method::totp: return "totp";
    case policy::Method::recovery_code: return "recovery_code";
    case policy::Method::email_code: return "email_code";
    case policy::Method::sms_code: return "sms_code";
    case policy::Method::passkey:
    case policy::Method::bound_passkey:
    case policy::Method::touched_key:
    case policy::Method::password: break;
    }
    return "passkey";
}

std::string label_of(policy::Method method)
{
    switch (policy::profile::label_of(method)) {
    case policy::profile::Label::weak: return "weak";
    case policy::profile::Label::weakest: return "weakest";
    case policy::profile::Label::none: break;
    }
    return {};
}

Task<Response> show_methods(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    views::SignInMethods view;
    for (const Choice& choice : open->choices)
        view.methods.push_back({kind_of(choice.method), page_of(choice.method), choice.left,
                                label_of(choice.method), choice.used_here});
    co_return http::respond(request, access.page(request), view);
}

Task<Response> show_used(const Access& access, Request request)
{
    views::SignInCodeUsed view;
    const std::string left(request.query.get("left"));
    view.left = left.size() <= 2 && !left.empty() &&
                        std::ranges::all_of(left, [](char c) { return c >= '0' && c <= '9'; })
                    ? std::stoll(left)
                    : 0;
    view.then = access::safe_path(request.query.get("then"));
    const auto visitor = co_await access.who(request);
    if (!visitor.session) co_return http::see_other(request, "/signin");
    co_return http::respond(request, access.page(request), view);
}

/// Opened by itself nothing was refused: it asks for a mailed pass.
Task<Response> show_wait(const Access& access, Request request)
{
    views::SignInWait view;
    view.needs_pass = true;
    view.passkeys = takes_passkeys(access);
    co_return http::respond(request, access.page(request), view);
}

Task<Response> post_pass(const Access& access, Request request)
{
    const auto email = Email::parse(request.form.get("email"));
    if (!email) {
        views::SignInWait view;
        view.email = std::string(request.form.get("email"));
        view.problems.add("email", Msg::sign_in_email_missing);
        co_return refuse(access, request, view, 422, "input_missing", Msg::sign_in_email_missing);
    }
    auto asker = access.asker(request);
    const auto outcome = co_await ask_for_pass(access.world(), std::move(asker), *email,
                                               access.cookie_hash(request, pass_cookie));
    views::SignInPass view;
    view.email = email->address();
    if (outcome.answer == PassAsked::wait) {
        const Duration wait = outcome.until - access.world().clock.now();
        view.problems.add("", Msg::sign_in_pass_wait, {{"wait", wait}});
        co_return refuse(access, request, view, 429, "mail_sent_lately", Msg::sign_in_wait_title);
    }
    Response response = http::respond(request, access.page(request), view);
    if (outcome.token)
        response.add("Set-Cookie", http::set_cookie_header(pass_cookie, outcome.token->text.reveal_text(),
                                                           pass_cookie_seconds));
    co_return response;
}

/// The page of the mailed code, opened by itself: a reload, a second tab, Back.
Task<Response> show_pass(const Access& access, Request request)
{
    if (!access.cookie_hash(request, pass_cookie)) co_return http::see_other(request, "/signin/wait");
    co_return http::respond(request, access.page(request), views::SignInPass{});
}

Task<Response> post_pass_code(const Access& access, Request request)
{
    const auto pass = access.cookie_hash(request, pass_cookie);
    if (!pass) co_return http::see_other(request, "/signin");
    std::string typed(request.form.get("code"));
    const auto answer = co_await open_pass(access.world(), *pass, std::move(typed));
    if (answer == PassCode::opened) co_return http::see_other(request, "/signin?pass=1");
    views::SignInPass view;
    view.email = std::string(request.form.get("email"));
    const Msg said = answer == PassCode::wrong ? Msg::sign_in_pass_wrong : Msg::sign_in_pass_expired;
    view.problems.add("code", said);
    co_return refuse(access, request, view, 401, answer == PassCode::wrong ? "code_not_right" : "code_over",
                     said);
}

}  // namespace

void add_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    add(router, access, get, "/signin", show_sign_in);
    add(router, access, post, "/signin", post_sign_in);
    add(router, access, get, "/signin/code", show_second<views::SignInCode, policy::Method::totp>);
    add(router, access, post, "/signin/code", post_second<views::SignInCode, policy::Method::totp>);
    add(router, access, get, "/signin/recovery-code",
        show_second<views::SignInRecoveryCode, policy::Method::recovery_code>);
    add(router, access, post, "/signin/recovery-code",
        post_second<views::SignInRecoveryCode, policy::Method::recovery_code>);
    add(router, access, get, "/signin/recovery-code/used", show_used);
    add(router, access, get, "/signin/methods", show_methods);
    add_key_routes(router, access);
    add_sent_routes(router, access);
    add_trusted_routes(router, access);
    add(router, access, get, "/signin/wait", show_wait);
    add(router, access, get, "/signin/pass", show_pass);
    add(router, access, post, "/signin/pass", post_pass);
    add(router, access, get, "/signin/pass/code", show_pass);
    add(router, access, post, "/signin/pass/code", post_pass_code);
}

}  // namespace sallyport::sign_in
