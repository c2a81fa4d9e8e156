// P2c and P2d: a code by mail or text, and P2g where it does not come.
#include "access/routes.h"
#include "access/sent_code.h"
#include "proof/passkey_prompt.h"
#include "slices/sign_in/endpoints_shared.h"
#include "slices/sign_in/second_factor.h"
#include "slices/sign_in/sent_code.h"
#include "views/sign_in_not_received.h"
#include "views/sign_in_sent.h"

#include <algorithm>

namespace sallyport::sign_in {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::Method;
using proof::SendAnswer;
using render::Msg;

constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;
constexpr unsigned conflict = 409;

views::SignInSent view_of(const Access& access, const SentPage& page, Method method)
{
    const proof::World& world = access.world();
    views::SignInSent view;
    view.username = page.address.address();
    view.text = method == Method::sms_code;
    view.to = page.targets.at(page.target);
    view.path = view.text ? "/signin/sms" : "/signin/mail";
    view.send = view.path + "/send";
    view.digits = std::to_string(world.codes.digits);
    for (std::size_t i = 0; i < page.targets.size(); ++i)
        if (i != page.target) view.others.push_back({std::to_string(i), page.targets[i]});
    if (view.text) access::show_reach(view, page.reaches.at(page.target));
    view.called = page.code && page.code->called;
    if (page.code) access::show_sent_code(view, page.code->challenge, world);
    return view;
}

template <Method method>
Task<Response> show_sent(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    const auto page = co_await find_sent_page(access.world(), *half, method);
    if (!page) co_return http::see_other(request, "/signin/methods");
    auto asker = access.asker(request);
    const auto offer = co_await offer_trust(access.world(), std::move(asker), *half, method);
    auto view = view_of(access, *page, method);
    show_trust(view, request, offer);
    co_return http::respond(request, second_page(access, request), view);
}

/// Why no code was sent, in words and for programs.
struct NotSent {
    Msg words;
    std::string_view code;
    unsigned status;
};
NotSent say(SendAnswer answer)
{
    switch (answer) {
    case SendAnswer::wait: return {Msg::sign_in_send_wait, "code_sent_lately", too_many};
    case SendAnswer::busy: return {Msg::sign_in_send_busy, "texts_busy", too_many};
    case SendAnswer::premium:
    case SendAnswer::landline:
    case SendAnswer::unreachable:
    case SendAnswer::not_served:
    case SendAnswer::sent: break;
    }
    return {Msg::sign_in_send_unreachable, "number_not_reached", conflict};
}

/// "1": the other number; anything that is no small digit is the first.
std::size_t target_of(const Request& request)
{
    const std::string_view text = request.form.get("target");
    return text.size() == 1 && text[0] >= '0' && text[0] <= '9' ? static_cast<std::size_t>(text[0] - '0') : 0;
}

template <Method method>
Task<Response> post_send(const Access& access, Request request)
{
    const std::string path = method == Method::sms_code ? "/signin/sms" : "/signin/mail";
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto page = co_await find_sent_page(access.world(), *half, method);
    if (!page) co_return start_again(access, request);
    const std::size_t target = request.form.has("target") ? target_of(request) : page->target;
    auto asker = access.asker(request);
    const bool call = request.form.get("by") == "call";
    const auto sent = co_await send_second(access.world(), std::move(asker), *half, method, target, call);
    if (!sent) co_return start_again(access, request);
    if (sent->answer == SendAnswer::sent) co_return http::see_other(request, path);
    auto view = view_of(access, *page, method);
    const NotSent why = say(sent->answer);
    const Instant now = access.world().clock.now();
    const render::Arguments arguments{{"time", render::ClockTime{sent->next_at}}};
    view.problems.add("", why.words, arguments);
    if (sent->next_at > now) view.resend_at = sent->next_at;
    auto response = request.wants_json
                        ? http::problem(request, why.status, why.code,
                                        render::text(render::Language::en, why.words, arguments))
                        : http::respond(request, access.page(request), view, why.status);
    if (sent->next_at > now) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(sent->next_at - now).count();
        response.set("Retry-After", std::to_string(wait));
    }
    co_return response;
}

template <Method method>
Task<Response> post_sent(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto before = co_await find_sent_page(access.world(), *half, method);
    if (!before) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto offer = co_await offer_trust(access.world(), asker, *half, method);
    std::string typed(request.form.get("code"));
    if (typed.empty()) {
        auto view = view_of(access, *before, method);
        show_trust(view, request, offer);
        view.problems.add("code", Msg::sign_in_sent_missing);
        co_return refuse(access, request, view, unprocessable, "input_missing", Msg::sign_in_sent_missing);
    }
    const auto pass = access.cookie_hash(request, pass_cookie);
    auto wish = trust_wish(request, *half);
    const auto outcome = co_await check_second_factor(access.world(), std::move(asker), *half,
                                                      std::move(typed), method, pass, std::move(wish));
    if (outcome.answer == Second::signed_in) {
        // A program goes straight to where it wanted to go.
        const bool propose = outcome.propose_passkey && !request.wants_json;
        const std::string then =
            propose ? std::string(proof::passkey_offer_path) + "?then=" + outcome.then : outcome.then;
        auto response = http::see_other(request, then);
        set_cookies(access, request, response, *outcome.session, outcome.browser, {Method::password, method});
        co_return response;
    }
    if (outcome.answer == Second::over) co_return start_again(access, request);
    if (outcome.answer == Second::wait)
        co_return wait_page(access, request, before->address.address(), outcome.until, outcome.needs_pass);
    // Its tries are fewer now, and the page says so.
    const auto after = co_await find_sent_page(access.world(), *half, method);
    auto view = view_of(access, after ? *after : *before, method);
    show_trust(view, request, offer);
    const bool dead = outcome.answer == Second::dead || view.dead || !view.sent;
    const Msg words = dead ? Msg::sign_in_sent_dead : Msg::sign_in_sent_wrong;
    view.problems.add(dead ? "" : "code", words);
    co_return refuse(access, request, view, not_proven, dead ? "code_over" : "code_not_right", words);
}

Task<Response> show_not_received(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    views::SignInNotReceived view;
    for (const Choice& choice : open->choices) {
        view.mail = view.mail || choice.method == Method::email_code;
        view.text = view.text || choice.method == Method::sms_code;
    }
    if (!view.mail && !view.text) co_return http::see_other(request, "/signin/methods");
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_sent_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    add(router, access, get, "/signin/mail", show_sent<Method::email_code>);
    add(router, access, post, "/signin/mail", post_sent<Method::email_code>);
    add(router, access, post, "/signin/mail/send", post_send<Method::email_code>);
    access::lead(router, "/signin/mail/send", "/signin/mail");
    add(router, access, get, "/signin/sms", show_sent<Method::sms_code>);
    add(router, access, post, "/signin/sms", post_sent<Method::sms_code>);
    add(router, access, post, "/signin/sms/send", post_send<Method::sms_code>);
    access::lead(router, "/signin/sms/send", "/signin/sms");
    add(router, access, get, "/signin/not-received", show_not_received);
}

}  // namespace sallyport::sign_in
