// P6c: a passkey in the place of a password.
#include "access/passkey_fields.h"
#include "access/routes.h"
#include "slices/sign_up/endpoints_shared.h"
#include "slices/sign_up/make_passkey.h"
#include "views/sign_up_password.h"

namespace sallyport::sign_up {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::passkeys::RegistrationAnswer;
using render::Msg;

constexpr unsigned gone = 410;
constexpr unsigned unprocessable = 422;

/// Here the password is on the same page.
access::Said say(RegistrationAnswer answer)
{
    if (answer == RegistrationAnswer::needs_password)
        return {Msg::sign_up_passkey_needs_password, "password_needed", unprocessable};
    return access::refusal_of(answer);
}

/// What a script asks for; only where a passkey is awaited in this browser.
Task<Response> post_options(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    std::optional<Found> found;
    if (secret) {
        auto read = co_await read_progress(access.world(), *secret);
        found = std::move(read);
    }
    if (!found || !found->proven() || found->progress.stage != policy::sign_up::Stage::password)
        co_return http::problem(request, gone, "not_awaited", "No passkey is awaited here");
    const auto challenge = ask_for_passkey(access.world(), *secret);
    co_return access::passkey_creation(access, challenge, found->progress.account,
                                       found->progress.email.address(), {}, true);
}

Response refused(const Access& access, const Request& request, const Progress& progress,
                 RegistrationAnswer why)
{
    const access::Said said = say(why);
    auto view = password_view(access, progress);
    view.problems.add("", said.words);
    return refuse(access, request, view, said.status, said.code, said.words);
}

Task<Response> post_passkey(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, policy::sign_up::Stage::password);
    if (turn.away) co_return std::move(*turn.away);
    auto made = access::passkey_made(request.form);
    if (!made)
        co_return refused(access, request, turn.found->progress, RegistrationAnswer::challenge_refused);
    auto cookie = request.cookie(access::passkey_cookie).value_or("");
    std::string language(render::tag(access.language(request)));
    const auto outcome = co_await make_passkey(access.world(), turn.found->row.secret_hash, std::move(cookie),
                                               std::move(*made), std::move(language));
    switch (outcome.answer) {
    case PasskeyKept::moved:
    case PasskeyKept::not_now: co_return lead_on(request, outcome.stage);
    case PasskeyKept::over: co_return start_again(access, request);
    case PasskeyKept::busy:
        co_return busy(access, request, password_view(access, turn.found->progress), outcome.busy_seconds);
    case PasskeyKept::refused: break;
    }
    co_return refused(access, request, turn.found->progress, outcome.why);
}

}  // namespace

void add_passkey_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    if (!access.world().methods.passkey) return;
    access::lead(router, "/signup/passkey", "/signup/secure");
    add_page(router, access, post, "/signup/passkey", post_passkey);
    add_page(router, access, post, "/signup/passkey/options", post_options);
}

}  // namespace sallyport::sign_up
