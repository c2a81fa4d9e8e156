// P6c, P6d, P6e: the password, the app and the recovery kit.
#include "access/routes.h"
#include "crypto/totp.h"
#include "proof/kit_number.h"
#include "render/qr.h"
#include "slices/sign_up/add_app.h"
#include "slices/sign_up/choose_password.h"
#include "slices/sign_up/create_account.h"
#include "slices/sign_up/endpoints_shared.h"
#include "views/sign_up_app.h"
#include "views/sign_up_kit.h"
#include "views/sign_up_password.h"
#include "views/sign_up_proof.h"

#include <algorithm>

namespace sallyport::sign_up {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::passwords::Refusal;
using render::Msg;
namespace rules = policy::sign_up;

constexpr std::chrono::seconds gone{0};

// --- P6c ---

struct Said {
    Msg message;
    std::string_view code;
    render::Arguments arguments;
};

Said say(const Access& access, Refusal refusal)
{
    const auto& world = access.world();
    const std::int64_t least =
        policy::passwords::least_length(world.second_factor_mandatory, world.passwords);
    switch (refusal) {
    case Refusal::malformed: return {Msg::sign_up_password_malformed, "password_malformed", {}};
    case Refusal::too_long:
        return {
            Msg::sign_up_password_too_long, "password_too_long", {{"most", world.passwords.code_points_max}}};
    case Refusal::too_short:
        return {Msg::sign_up_password_too_short, "password_too_short", {{"least", least}}};
    case Refusal::own_name: return {Msg::sign_up_password_own_name, "password_own_name", {}};
    case Refusal::operator_name: return {Msg::sign_up_password_operator_name, "password_operator_name", {}};
    case Refusal::blocklisted: return {Msg::sign_up_password_blocklisted, "password_blocklisted", {}};
    case Refusal::is_current: return {Msg::sign_up_password_is_current, "password_is_current", {}};
    case Refusal::is_old: return {Msg::sign_up_password_is_old, "password_is_old", {}};
    case Refusal::breached: return {Msg::sign_up_password_breached, "password_breached", {}};
    }
    return {Msg::sign_up_password_blocklisted, "password_blocklisted", {}};
}

Task<Response> show_password(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::password);
    if (turn.away) co_return std::move(*turn.away);
    co_return http::respond(request, access.page(request), password_view(access, turn.found->progress));
}

Task<Response> post_password(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::password);
    if (turn.away) co_return std::move(*turn.away);
    auto view = password_view(access, turn.found->progress);
    if (request.form.get("password").empty()) {
        view.problems.add("password", Msg::sign_up_password_missing);
        co_return refuse(access, request, view, 422, "input_missing", Msg::sign_up_password_missing);
    }
    auto password = Secret::from_text(request.form.get("password"));
    std::string language(render::tag(access.language(request)));
    const auto outcome = co_await choose_password(access.world(), turn.found->row.secret_hash,
                                                  std::move(password), std::move(language));
    switch (outcome.answer) {
    case Chosen::accepted:
    case Chosen::not_now: co_return lead_on(request, outcome.stage);
    case Chosen::over: co_return start_again(access, request);
    case Chosen::busy: co_return busy(access, request, std::move(view), outcome.busy_seconds);
    case Chosen::refused: break;
    }
    const auto said = say(access, *outcome.refusal);
    view.problems.add("password", said.message, said.arguments);
    co_return refuse(access, request, view, 422, said.code, said.message, said.arguments);
}

/// {"good": …, "text": …}, for the page's script. Only where a password is awaited.
Task<Response> post_check(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::password);
    if (turn.away) co_return http::problem(request, 409, "not_awaited", "No password is awaited here");
    auto password = Secret::from_text(request.form.get("password"));
    const auto outcome =
        co_await judge_password(access.world(), turn.found->row.secret_hash, std::move(password));
    const bool good = outcome.answer == Chosen::accepted;
    Said said{Msg::sign_up_password_good, "password_good", {}};
    if (outcome.refusal)
        said = say(access, *outcome.refusal);
    else if (!good)
        co_return http::problem(request, 409, "not_awaited", "No password is awaited here");
    Response response;
    response.set("Content-Type", "application/json");
    response.body = good ? R"({"good":true,"code":)" : R"({"good":false,"code":)";
    http::append_json_string(response.body, said.code);
    response.body += R"(,"text":)";
    http::append_json_string(response.body,
                             render::text(access.language(request), said.message, said.arguments));
    response.body += "}";
    co_return response;
}

// --- P6d ---

views::SignUpApp app_view(const Access& access, const Request& request, const Progress& progress)
{
    const auto& world = access.world();
    std::string issuer = world.brand.name;
    std::ranges::replace(issuer, ':', ' ');  // the colon parts issuer and account
    const Secret link =
        crypto::otpauth_uri({std::move(issuer), progress.email.address(), progress.app_key.duplicate(), {}});
    views::SignUpApp view;
    view.email = progress.email.address();
    view.picture =
        render::qr_code(link.reveal_text(), render::text(access.language(request), Msg::common_qr_title));
    view.key = crypto::key_text(progress.app_key);
    view.link = std::string(link.reveal_text());
    view.now = world.clock.now();
    view.may_skip = !world.second_factor_mandatory;
    return view;
}

Said say(const AppOutcome& outcome)
{
    if (outcome.answer == AppProven::malformed) return {Msg::sign_up_app_malformed, "code_malformed", {}};
    if (!outcome.drift) return {Msg::sign_up_app_wrong, "code_not_right", {}};
    const bool late = *outcome.drift < Duration{};
    return {late ? Msg::sign_up_app_late : Msg::sign_up_app_early,
            "phone_clock_off",
            {{"wait", late ? -*outcome.drift : *outcome.drift}}};
}

Task<Response> show_app(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::app);
    if (turn.away) co_return std::move(*turn.away);
    co_return http::respond(request, access.page(request), app_view(access, request, turn.found->progress));
}

Task<Response> post_app(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::app);
    if (turn.away) co_return std::move(*turn.away);
    std::string typed(request.form.get("code"));
    const auto outcome = co_await prove_app(access.world(), turn.found->row.secret_hash, std::move(typed));
    switch (outcome.answer) {
    case AppProven::moved:
    case AppProven::not_now: co_return lead_on(request, outcome.stage);
    case AppProven::over: co_return start_again(access, request);
    case AppProven::busy:
        co_return busy(access, request, app_view(access, request, turn.found->progress),
                       outcome.busy_seconds);
    case AppProven::malformed:
    case AppProven::wrong: break;
    }
    auto view = app_view(access, request, turn.found->progress);
    const auto said = say(outcome);
    view.problems.add("code", said.message, said.arguments);
    co_return refuse(access, request, view, outcome.answer == AppProven::malformed ? 422 : 401, said.code,
                     said.message, said.arguments);
}

// --- P6e ---

Task<Response> show_kit(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::backup);
    if (turn.away) co_return std::move(*turn.away);
    const Progress& progress = turn.found->progress;
    views::SignUpKit view;
    view.number = proof::kit_number(progress.backup->kit);
    view.made = progress.backup->made_at;
    if (!progress.passkey) view.key = crypto::key_text(progress.app_key);
    for (const Secret& code : progress.backup->printed) view.codes.push_back(code.duplicate());
    const std::string title = render::text(access.language(request), Msg::common_qr_title);
    view.picture = render::qr_code(access.world().brand.origin + "/recover", title);
    view.words = progress.words;
    co_return http::respond(request, access.page(request), view);
}

Response created(const Access& access, const Request& request, const CreateOutcome& outcome)
{
    Response response = lead_on(request, rules::Stage::created);
    access.set_session_cookies(request, response, *outcome.session, outcome.browser);
    response.add("Set-Cookie", http::set_cookie_header(access::sign_up_cookie, "", gone));
    return response;
}

/// What every one of the last steps leads to.
Response after(const Access& access, const Request& request, const CreateOutcome& outcome)
{
    views::SignUpProof view;
    view.number = outcome.asked;
    switch (outcome.answer) {
    case Created::created: return created(access, request, outcome);
    case Created::ask: return http::see_other(request, "/signup/kit/proof");
    case Created::not_asked:
    case Created::not_now: return lead_on(request, outcome.stage);
    case Created::has_account: return has_account(access, request);
    case Created::over: return start_again(access, request);
    case Created::wrong: break;
    }
    const render::Arguments number{{"number", outcome.asked}};
    view.problems.add("part", Msg::sign_up_proof_wrong, number);
    return refuse(access, request, view, 401, "proof_not_right", Msg::sign_up_proof_wrong, number);
}

Task<Response> post_kit(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    if (!secret) co_return start_again(access, request);
    const auto outcome = co_await ask_for_proof(access.world(), *secret);
    co_return after(access, request, outcome);
}

Task<Response> show_proof(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::backup);
    if (turn.away) co_return std::move(*turn.away);
    views::SignUpProof view;
    view.number = turn.found->progress.backup->asked;
    if (view.number == 0) co_return lead_on(request, rules::Stage::backup);
    co_return http::respond(request, access.page(request), view);
}

Task<Response> post_proof(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    std::string typed(request.form.get("part"));
    const auto outcome = co_await prove_backup(access.world(), std::move(asker), *secret, std::move(typed));
    co_return after(access, request, outcome);
}

Task<Response> post_later(const Access& access, Request request)
{
    auto turn = co_await take_turn(access, request, rules::Stage::app);
    if (turn.away) co_return std::move(*turn.away);
    if (request.form.get("later") != "yes") co_return lead_on(request, rules::Stage::app);
    auto asker = access.asker(request);
    const auto outcome = co_await skip_app(access.world(), std::move(asker), turn.found->row.secret_hash);
    co_return after(access, request, outcome);
}

}  // namespace

Task<Turn> take_turn(const Access& access, const Request& request, rules::Stage stage)
{
    Turn turn;
    const auto secret = access.cookie_hash(request, access::sign_up_cookie);
    if (secret) {
        auto found = co_await read_progress(access.world(), *secret);
        turn.found = std::move(found);
    }
    if (!turn.found)
        turn.away = start_again(access, request);
    else if (!turn.found->proven())
        turn.away = lead_on(request, rules::Stage::address);
    else if (turn.found->progress.stage != stage)
        turn.away = lead_on(request, turn.found->progress.stage);
    co_return turn;
}

views::SignUpPassword password_view(const Access& access, const Progress& progress)
{
    const auto& world = access.world();
    views::SignUpPassword view;
    view.email = progress.email.address();
    view.least = policy::passwords::least_length(world.second_factor_mandatory, world.passwords);
    view.passkey = world.methods.passkey;
    view.key_first = world.methods.hardware_key_required;
    return view;
}

void add_protection_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/signup/secure", show_password);
    if (!access.world().methods.hardware_key_required) {
        add_page(router, access, post, "/signup/secure", post_password);
        add_page(router, access, post, "/signup/check", post_check);
    }
    add_page(router, access, get, "/signup/second", show_app);
    add_page(router, access, post, "/signup/second", post_app);
    access::lead(router, "/signup/second/later", "/signup/second");
    add_page(router, access, post, "/signup/second/later", post_later);
    add_page(router, access, get, "/signup/kit", show_kit);
    add_page(router, access, post, "/signup/kit", post_kit);
    add_page(router, access, get, "/signup/kit/proof", show_proof);
    add_page(router, access, post, "/signup/kit/proof", post_proof);
}

}  // namespace sallyport::sign_up
