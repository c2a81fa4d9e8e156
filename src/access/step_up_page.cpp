#include "access/step_up_page.h"

#include "access/account_page.h"
#include "access/passkey_fields.h"
#include "access/refuse.h"
#include "http/pages.h"
#include "render/messages.h"
#include "views/reauth.h"
#include "views/reauth_over.h"

namespace sallyport::access {

namespace {

using render::Msg;

constexpr unsigned gone = 410;
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;
constexpr unsigned unavailable = 503;

/// What a proof that was not taken says.
struct Answer {
    unsigned status = 200;
    std::string code;
    std::int64_t retry_seconds = 0;
};

std::int64_t seconds_until(Instant until, Instant now)
{
    return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(until - now).count());
}

Answer describe(const ProofOutcome& outcome, bool by_passkey, Instant now, views::Reauth& view)
{
    const std::string field(proof_field);
    switch (outcome.answer) {
    case ProofAnswer::wrong:
        if (by_passkey)
            view.problems.add("", Msg::reauth_wrong_passkey);
        else
            view.problems.add(field, view.password ? Msg::reauth_wrong_password : Msg::reauth_wrong_code);
        return {unprocessable, "proof_wrong", 0};
    case ProofAnswer::replayed:
        view.problems.add(field, Msg::reauth_replayed);
        return {unprocessable, "proof_replayed", 0};
    case ProofAnswer::busy:
        view.problems.add("", Msg::reauth_busy);
        return {unavailable, "busy", std::max<std::int64_t>(1, outcome.busy_seconds)};
    case ProofAnswer::wait: {
        if (outcome.needs_pass) {
            view.problems.add("", Msg::reauth_needs_pass);
            return {too_many, "too_many_tries", 0};
        }
        view.problems.add("", Msg::reauth_wait,
                          {{"time", render::ClockTime{outcome.until}}, {"wait", outcome.until - now}});
        return {too_many, "too_many_tries", seconds_until(outcome.until, now)};
    }
    case ProofAnswer::done:
    case ProofAnswer::over: break;
    }
    return {};
}

views::Reauth view_of(const OpenStepUp& open)
{
    views::Reauth view;
    view.step_up = open.id.text();
    view.headline = open.summary.headline;
    for (const auto& [label, value] : open.summary.facts) view.facts.push_back({label, value});
    view.consequences = open.summary.consequences;
    view.confirm_path = open.confirm_path;
    view.back_path = open.back_path;
    view.passkey = open.offers.passkey;
    view.app_code = open.offers.app_code;
    view.password = open.offers.password;
    return view;
}

http::Response over(const http::Request& request, const render::Page& page, std::string start_path,
                    Restart restart)
{
    if (request.wants_json)
        return http::problem(request, gone, "step_up_over", render::text(page, Msg::reauth_over));
    views::ReauthOver view;
    view.start_path = std::move(start_path);
    if (!restart.path.empty()) view.again_path = std::move(restart.path);
    for (auto& [name, value] : restart.fields) view.typed.push_back({std::move(name), std::move(value)});
    return http::respond(request, page, view);
}

}  // namespace

Task<http::Response> show_step_up(const Access& access, http::Request request, SignedIn who, std::string id,
                                  std::optional<ProofOutcome> outcome, std::string start_path)
{
    CHECK(!outcome || outcome->answer != ProofAnswer::done);
    auto page = co_await account_page(access, request, who);
    auto open = co_await find(access, who, id);
    if (!open || (outcome && outcome->answer == ProofAnswer::over)) {
        auto restart = co_await find_restart(access, std::move(who), std::move(id));
        co_return over(request, page, std::move(start_path), std::move(restart));
    }
    views::Reauth view = view_of(*open);
    if (!outcome) co_return http::respond(request, page, view);
    const bool by_passkey = request.form.has("credential_id");
    const Answer answer = describe(*outcome, by_passkey, access.world().clock.now(), view);
    auto response = refuse(request, page, view, answer.status, answer.code);
    if (answer.retry_seconds > 0) response.set("Retry-After", std::to_string(answer.retry_seconds));
    co_return response;
}

Task<http::Response> passkey_options(const Access& access, http::Request request, SignedIn who)
{
    std::string id = request.captures.at(0);
    const auto question = co_await ask_passkey(access, std::move(who), std::move(id));
    if (!question) co_return http::problem(request, gone, "step_up_over", "That page is no longer open");
    co_return passkey_request(access, question->challenge, question->verified,
                              choices_of(question->passkeys));
}

Task<std::optional<http::Response>> prove_posted(const Access& access, http::Request& request, SignedIn who,
                                                 std::string purpose, std::string start_path,
                                                 std::function<void(Deed&)> deed)
{
    std::string id(request.form.get(step_up_field));
    GivenProof given{std::string(request.form.get(proof_field)), passkey_answer(request.form),
                     request.cookie(passkey_cookie).value_or("")};
    const auto outcome =
        co_await prove(access, who, std::move(purpose), id, std::move(given), std::move(deed));
    if (outcome.answer == ProofAnswer::done) co_return std::nullopt;
    auto answer = co_await show_step_up(access, std::move(request), std::move(who), std::move(id), outcome,
                                        std::move(start_path));
    co_return answer;
}

}  // namespace sallyport::access
