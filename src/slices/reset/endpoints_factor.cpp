// P7d: one strong factor beside the mailbox.
#include "access/passkey_fields.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "http/problem.h"
#include "slices/reset/endpoints_shared.h"
#include "slices/reset/prove_factor.h"
#include "views/reset_factor.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned gone = 410;
constexpr unsigned unauthorized = 401;
constexpr unsigned too_many = 429;

views::ResetFactor view_of(const Factors& factors)
{
    views::ResetFactor view;
    view.username = factors.email.address();
    view.app = factors.app;
    view.passkey = factors.passkey;
    view.kit = factors.kit;
    return view;
}

Task<Response> show_factor(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    const auto factors = co_await find_factors(access.world(), *secret);
    if (!factors) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    co_return http::respond(request, access.page(request), view_of(*factors));
}

/// A factor that was not taken: the page again, with what to do.
Response refused(const Access& access, const Request& request, const Factors& factors,
                 const FactorOutcome& outcome, bool by_passkey)
{
    auto view = view_of(factors);
    const Instant now = access.world().clock.now();
    if (outcome.answer == Shown::wait) {
        if (outcome.needs_pass)
            view.problems.add("", Msg::reset_factor_pass);
        else
            view.problems.add("", Msg::reset_factor_wait, {{"time", render::ClockTime{outcome.until}}});
        Response response = access::refuse(request, access.page(request), view, too_many, "too_many_tries");
        if (!outcome.needs_pass) response.set("Retry-After", retry_seconds(outcome.until, now));
        return response;
    }
    if (by_passkey) {
        view.problems.add("", Msg::reset_passkey_wrong);
        return access::refuse(request, access.page(request), view, unauthorized, "passkey_not_right");
    }
    view.clock = now;
    const bool replayed = outcome.answer == Shown::replayed;
    view.problems.add("code", replayed ? Msg::sign_in_code_used : Msg::sign_in_code_wrong);
    return access::refuse(request, access.page(request), view, unauthorized,
                          replayed ? "code_already_used" : "code_not_right");
}

Task<Response> answer_of(const Access& access, Request request, store::TokenHash secret,
                         FactorOutcome outcome, bool by_passkey)
{
    if (outcome.answer == Shown::moved) co_return http::see_other(request, "/reset/new");
    if (outcome.answer == Shown::over) co_return start_again(access, request);
    const auto factors = co_await find_factors(access.world(), secret);
    if (!factors || outcome.answer == Shown::not_now) {
        co_return co_await lead_to_awaited(access, std::move(request));
    }
    co_return refused(access, request, *factors, outcome, by_passkey);
}

Task<Response> post_app(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    std::string typed(request.form.get("code"));
    const auto outcome = co_await prove_app(access.world(), std::move(asker), *secret, std::move(typed));
    co_return co_await answer_of(access, std::move(request), *secret, outcome, false);
}

Task<Response> post_options(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    std::optional<PasskeyQuestion> question;
    if (secret) {
        auto asked = co_await ask_passkey(access.world(), *secret);
        question = std::move(asked);
    }
    if (!question)
        co_return http::problem(request, gone, "reset_over",
                                render::text(render::Language::en, Msg::reset_started_again));
    co_return access::passkey_request(access, question->challenge, true,
                                      access::choices_of(question->passkeys));
}

Task<Response> post_passkey(const Access& access, Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    auto given = access::passkey_answer(request.form);
    FactorOutcome outcome;
    outcome.answer = Shown::wrong;
    if (given) {
        auto asker = access.asker(request);
        auto cookie = request.cookie(access::passkey_cookie).value_or("");
        const auto shown = co_await prove_passkey(access.world(), std::move(asker), *secret,
                                                  std::move(cookie), std::move(*given));
        outcome = shown;
    }
    co_return co_await answer_of(access, std::move(request), *secret, outcome, true);
}

}  // namespace

void add_factor_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/reset/factor", show_factor);
    add_page(router, access, post, "/reset/factor", post_app);
    add_page(router, access, post, "/reset/factor/options", post_options);
    add_page(router, access, post, "/reset/factor/passkey", post_passkey);
    for (const char* const posted : {"/reset/factor/options", "/reset/factor/passkey"})
        access::lead(router, posted, "/reset/factor");
}

}  // namespace sallyport::reset
