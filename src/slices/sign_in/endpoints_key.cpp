// A passkey by itself (P1), and in the place of a code (P2b).
#include "access/passkey_fields.h"
#include "access/routes.h"
#include "slices/sign_in/by_passkey.h"
#include "slices/sign_in/endpoints_shared.h"
#include "slices/sign_in/second_factor.h"
#include "views/sign_in_key.h"

#include <algorithm>

namespace sallyport::sign_in {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

/// What is wrong, in words and for programs.
struct Said {
    Msg message;
    std::string_view code;
};

Said say(Key answer)
{
    switch (answer) {
    case Key::unknown: return {Msg::sign_in_passkey_unknown, "passkey_unknown"};
    case Key::needs_password: return {Msg::sign_in_passkey_needs_password, "password_needed"};
    case Key::refused:
    case Key::locked:
    case Key::over:
    case Key::signed_in: break;
    }
    return {Msg::sign_in_passkey_failed, "passkey_not_used"};
}

std::optional<KeyCommand> command_of(const Access& access, const Request& request)
{
    auto answer = access::passkey_answer(request.form);
    if (!answer) return std::nullopt;
    return KeyCommand{request.cookie(access::passkey_cookie).value_or(""), std::move(*answer),
                      access.cookie_hash(request, pass_cookie)};
}

/// A challenge is good for one answer, right or wrong.
void forget_challenge(Response& response)
{
    response.add("Set-Cookie", http::set_cookie_header(access::passkey_cookie, "", gone_cookie));
}

Response signed_in(const Access& access, const Request& request, const KeyOutcome& outcome,
                   const std::string& then)
{
    Response response = http::see_other(request, then);
    set_cookies(access, request, response, *outcome.session, outcome.browser, outcome.methods);
    forget_challenge(response);
    return response;
}

Task<Response> post_options(const Access& access, Request)
{
    co_return access::passkey_request(access, ask_for_passkey(access.world()), true, {});
}

Task<Response> post_passkey(const Access& access, Request request)
{
    auto view = sign_in_view(access, request, request.form.get("email"), request.form.get("then"));
    auto command = command_of(access, request);
    KeyOutcome outcome;
    if (command) {
        view.unknown = to_base64url(command->answer.credential_id);
        auto asker = access.asker(request);
        auto answered = co_await sign_in_by_passkey(access.world(), std::move(asker), std::move(*command));
        outcome = std::move(answered);
    }
    if (outcome.answer == Key::signed_in) co_return signed_in(access, request, outcome, view.then);
    if (outcome.answer == Key::locked) co_return lead_to_unlock(access, request, {});
    const Said said = say(outcome.answer);
    if (outcome.answer != Key::unknown) view.unknown.clear();
    view.problems.add("", said.message);
    auto response = refuse(access, request, view, not_proven, said.code, said.message);
    forget_challenge(response);
    co_return response;
}

bool has_key(const OpenSignIn& open)
{
    return std::ranges::any_of(open.choices, [](const Choice& choice) { return is_key(choice.method); });
}

/// The kind of key that the chooser offers.
policy::Method key_of(const OpenSignIn& open)
{
    const auto key =
        std::ranges::find_if(open.choices, [](const Choice& choice) { return is_key(choice.method); });
    return key == open.choices.end() ? policy::Method::touched_key : key->method;
}

Task<Response> show_key(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    if (!has_key(*open)) co_return http::see_other(request, "/signin/methods");
    auto asker = access.asker(request);
    const auto offer = co_await offer_trust(access.world(), std::move(asker), *half, key_of(*open));
    views::SignInKey view;
    view.username = open->address.address();
    show_trust(view, request, offer);
    co_return http::respond(request, second_page(access, request), view);
}

Task<Response> post_key_options(const Access& access, Request request)
{
    constexpr unsigned gone = 410;
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return http::problem(request, gone, "sign_in_over", "That sign-in has ended. Start again.");
    const auto question = co_await ask_for_key(access.world(), *half);
    if (!question)
        co_return http::problem(request, gone, "sign_in_over", "That sign-in has ended. Start again.");
    co_return access::passkey_request(access, question->challenge, false,
                                      access::choices_of(question->passkeys));
}

Task<Response> post_key(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto offer = co_await offer_trust(access.world(), asker, *half, key_of(*open));
    views::SignInKey view;
    view.username = open->address.address();
    show_trust(view, request, offer);
    view.rp_id = access.world().brand.rp_id;
    auto command = command_of(access, request);
    KeyOutcome outcome;
    if (command) {
        view.unknown = to_base64url(command->answer.credential_id);
        command->trust = trust_wish(request, *half);
        auto answered = co_await check_key(access.world(), std::move(asker), *half, std::move(*command));
        outcome = std::move(answered);
    }
    if (outcome.answer == Key::over) co_return start_again(access, request);
    if (outcome.answer == Key::signed_in) co_return signed_in(access, request, outcome, outcome.then);
    const Msg words = outcome.answer == Key::unknown ? Msg::sign_in_passkey_unknown : Msg::sign_in_key_failed;
    if (outcome.answer != Key::unknown) view.unknown.clear();
    view.problems.add("", words);
    auto response = refuse(access, request, view, not_proven, say(outcome.answer).code, words);
    forget_challenge(response);
    co_return response;
}

}  // namespace

void add_key_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    add(router, access, post, "/signin/passkey/options", post_options);
    add(router, access, post, "/signin/passkey", post_passkey);
    access::lead(router, "/signin/passkey", "/signin");
    add(router, access, get, "/signin/key", show_key);
    add(router, access, post, "/signin/key", post_key);
    add(router, access, post, "/signin/key/options", post_key_options);
}

}  // namespace sallyport::sign_in
