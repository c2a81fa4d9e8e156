#include "access/step_up_page.h"

#include "access/account_page.h"
#include "access/passkey_fields.h"
#include "access/refuse.h"
#include "access/sent_code.h"
#include "http/pages.h"
#include "render/messages.h"
#include "views/reauth.h"
#include "views/reauth_code.h"
#include "views/reauth_over.h"
#include "views/reauth_stronger.h"

#include <algorithm>

namespace sallyport::access {

namespace {

using render::Msg;

constexpr unsigned forbidden = 403;
constexpr unsigned conflict = 409;
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

/// Which proof was tried.
enum class Tried : std::uint8_t { code, password, key_password, passkey, key, sent_code, recovery_code };

Msg words_of_wrong(Tried tried)
{
    switch (tried) {
    case Tried::code: return Msg::reauth_wrong_code;
    case Tried::password:
    case Tried::key_password: return Msg::reauth_wrong_password;
    case Tried::passkey: return Msg::reauth_wrong_passkey;
    case Tried::key: return Msg::reauth_wrong_key;
    case Tried::sent_code: return Msg::reauth_wrong_sent_code;
    case Tried::recovery_code: return Msg::reauth_wrong_recovery_code;
    }
    return Msg::reauth_wrong_code;
}

std::string field_of(Tried tried)
{
    if (tried == Tried::passkey || tried == Tried::key) return "";
    if (tried == Tried::key_password) return std::string(password_field);
    return std::string(tried == Tried::recovery_code ? recovery_field : proof_field);
}

Answer describe(const ProofOutcome& outcome, Tried tried, Instant now, render::Problems& problems)
{
    switch (outcome.answer) {
    case ProofAnswer::wrong:
        problems.add(field_of(tried), words_of_wrong(tried));
        return {unprocessable, "proof_wrong", 0};
    case ProofAnswer::replayed:
        problems.add(field_of(tried), Msg::reauth_replayed);
        return {unprocessable, "proof_replayed", 0};
    case ProofAnswer::code_over:
        problems.add("", Msg::reauth_sent_code_over);
        return {unprocessable, "code_over", 0};
    case ProofAnswer::busy:
        problems.add("", Msg::reauth_busy);
        return {unavailable, "busy", std::max<std::int64_t>(1, outcome.busy_seconds)};
    case ProofAnswer::wait: {
        if (outcome.needs_pass) {
            problems.add("", Msg::reauth_needs_pass);
            return {too_many, "too_many_tries", 0};
        }
        problems.add("", Msg::reauth_wait,
                     {{"time", render::ClockTime{outcome.until}}, {"wait", outcome.until - now}});
        return {too_many, "too_many_tries", seconds_until(outcome.until, now)};
    }
    case ProofAnswer::done:
    case ProofAnswer::over: break;
    }
    return {};
}

template <class View>
void show_deed(View& view, const OpenStepUp& open)
{
    view.step_up = open.id.text();
    view.headline = open.summary.headline;
    for (const auto& [label, value] : open.summary.facts) view.facts.push_back({label, value});
    view.consequences = open.summary.consequences;
    view.confirm_path = open.confirm_path;
    view.back_path = open.back_path;
}

std::string path_of(const OpenStepUp& open, std::string_view rest)
{
    return "/account/reauth/" + open.id.text() + std::string(rest);
}

views::Reauth view_of(const OpenStepUp& open)
{
    views::Reauth view;
    show_deed(view, open);
    view.passkey = open.offers.passkey;
    view.app_code = open.offers.app_code;
    view.password = open.offers.password || open.offers.code_besides;
    view.code_follows = open.offers.code_besides;
    view.password_path = open.offers.code_besides ? path_of(open, "/password") : open.confirm_path;
    view.key_password = open.offers.key_besides && !open.offers.password_proven;
    view.key_touch = open.offers.key_besides && open.offers.password_proven;
    view.other_ways = view.passkey || view.app_code;
    return view;
}

constexpr std::string_view by_mail = "mail", by_text = "text", by_call = "call", by_kit = "kit";

std::string name_of(policy::Method method)
{
    return std::string(method == policy::Method::email_code ? by_mail : by_text);
}

/// The code that was typed is one of these; nullopt: a code of the app, or the password.
std::optional<policy::Method> code_of(const http::Request& request)
{
    const std::string_view by = request.form.get(by_field);
    if (by == by_mail) return policy::Method::email_code;
    if (by == by_text || by == by_call) return policy::Method::sms_code;
    if (by == by_kit) return policy::Method::recovery_code;
    return std::nullopt;
}

/// A button for each way that a code comes there.
void add_ways(std::vector<views::ReauthCode::ReauthWay>& ways, const CodeWay& way)
{
    using policy::phones::Reach;
    const bool text = way.method == policy::Method::sms_code;
    const std::string target = std::to_string(way.target);
    if (way.reach != Reach::call) ways.push_back({name_of(way.method), target, way.to, text, false});
    if (way.reach == Reach::call || way.reach == Reach::text_or_call)
        ways.push_back({std::string(by_call), target, way.to, false, true});
}

/// After the password: where codes can go, and what is said of the newest one.
views::ReauthCode code_view_of(const OpenStepUp& open, const proof::World& world)
{
    views::ReauthCode view;
    show_deed(view, open);
    view.send_path = path_of(open, "/send");
    view.digits = std::to_string(world.codes.digits);
    view.recovery_code = open.offers.recovery_code;
    const auto sent_at = [](const CodeWay& way) { return way.sent ? way.sent->sent_at : Instant{}; };
    const auto newest = std::ranges::max_element(open.offers.ways, {}, sent_at);
    if (newest != open.offers.ways.end() && newest->sent) {
        show_sent_code(view, *newest->sent, world);
        view.until = std::min(*view.until, open.until);
        view.by = name_of(newest->method);
        view.to = newest->to;
        view.called = newest->called;
    }
    const bool waits_here = view.resend_at.has_value();
    if (waits_here && *view.resend_at >= open.until) {
        view.start_over = view.dead;
        view.resend_at.reset();
    }
    for (const CodeWay& way : open.offers.ways) {
        const bool waits = way.sent && waits_here && way.to == view.to;
        if (!waits) add_ways(view.ways, way);
    }
    return view;
}

/// What the account has is too weak for this deed, whatever it proves (policy/step_up.h).
http::Response stronger_first(const http::Request& request, const render::Page& page, const OpenStepUp& open)
{
    if (request.wants_json)
        return http::problem(request, forbidden, "stronger_factor_needed",
                             render::text(page, Msg::reauth_stronger_how));
    views::ReauthStronger view;
    view.headline = open.summary.headline;
    view.back_path = open.back_path;
    return http::respond(request, page, view, forbidden);
}

Tried tried_by(const http::Request& request, const Offers& offers)
{
    if (request.form.has("credential_id"))
        return offers.key_besides && offers.password_proven ? Tried::key : Tried::passkey;
    if (request.form.has(password_field)) return Tried::key_password;
    if (const auto code = code_of(request))
        return *code == policy::Method::recovery_code ? Tried::recovery_code : Tried::sent_code;
    return offers.password || offers.code_besides ? Tried::password : Tried::code;
}

/// The page again, with what is wrong.
template <class View>
http::Response again(const http::Request& request, const render::Page& page, View view,
                     const ProofOutcome& outcome, Tried tried, Instant now)
{
    const Answer answer = describe(outcome, tried, now, view.problems);
    auto response = refuse(request, page, view, answer.status, answer.code);
    if (answer.retry_seconds > 0) response.set("Retry-After", std::to_string(answer.retry_seconds));
    return response;
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
    if (open->offers.none()) co_return stronger_first(request, page, *open);
    const proof::World& world = access.world();
    const Instant now = world.clock.now();
    const Tried tried = tried_by(request, open->offers);
    if (open->offers.code_besides && open->offers.password_proven) {
        auto view = code_view_of(*open, world);
        if (!outcome) co_return http::respond(request, page, view);
        co_return again(request, page, std::move(view), *outcome, tried, now);
    }
    auto view = view_of(*open);
    if (!outcome) co_return http::respond(request, page, view);
    co_return again(request, page, std::move(view), *outcome, tried, now);
}

Task<http::Response> post_step_up_password(const Access& access, http::Request request, SignedIn who)
{
    std::string id = request.captures.at(0);
    const bool before_key = request.form.has(password_field);
    std::string typed(request.form.get(before_key ? password_field : proof_field));
    const auto outcome = co_await prove_password(access, who, id, std::move(typed));
    if (outcome.answer == ProofAnswer::done) co_return http::see_other(request, "/account/reauth/" + id);
    co_return co_await show_step_up(access, std::move(request), std::move(who), std::move(id), outcome);
}

namespace {

/// Why no code was sent.
Said not_sent(proof::SendAnswer answer)
{
    switch (answer) {
    case proof::SendAnswer::wait: return {Msg::sign_in_send_wait, "code_sent_lately", too_many};
    case proof::SendAnswer::busy: return {Msg::sign_in_send_busy, "texts_busy", too_many};
    case proof::SendAnswer::premium:
    case proof::SendAnswer::landline:
    case proof::SendAnswer::unreachable:
    case proof::SendAnswer::not_served:
    case proof::SendAnswer::sent: break;
    }
    return {Msg::sign_in_send_unreachable, "number_not_reached", conflict};
}

/// Which of the account's numbers: anything that is no small digit is the first.
std::size_t target_in(const http::Request& request)
{
    const std::string_view text = request.form.get("target");
    return text.size() == 1 && text[0] >= '0' && text[0] <= '9' ? static_cast<std::size_t>(text[0] - '0') : 0;
}

}  // namespace

Task<http::Response> post_step_up_send(const Access& access, http::Request request, SignedIn who)
{
    std::string id = request.captures.at(0);
    const std::string here = "/account/reauth/" + id;
    const auto method = code_of(request);
    std::optional<proof::SendOutcome> sent;
    if (method && *method != policy::Method::recovery_code) {
        const bool call = request.form.get(by_field) == by_call;
        auto answer = co_await send_step_up_code(access, who, id, *method, target_in(request), call);
        sent = answer;
    }
    if (sent && sent->answer == proof::SendAnswer::sent) co_return http::see_other(request, here);
    const auto page = co_await account_page(access, request, who);
    const auto open = co_await find(access, who, id);
    if (!open) co_return over(request, page, "/account", {});
    if (!sent || !open->offers.code_besides || !open->offers.password_proven) {
        // No such way, or the password first.
        if (request.wants_json)
            co_return http::problem(request, conflict, "password_first",
                                    render::text(page, Msg::reauth_code_follows));
        co_return http::see_other(request, here);
    }
    auto view = code_view_of(*open, access.world());
    const Said why = not_sent(sent->answer);
    view.problems.add("", why.words, {{"time", render::ClockTime{sent->next_at}}});
    auto response = refuse(request, page, view, why.status, why.code);
    const Instant now = access.world().clock.now();
    if (sent->next_at > now) response.set("Retry-After", std::to_string(seconds_until(sent->next_at, now)));
    co_return response;
}

Task<http::Response> passkey_options(const Access& access, http::Request request, SignedIn who)
{
    std::string id = request.captures.at(0);
    const bool besides = request.query.has("besides");
    const auto question = co_await ask_passkey(access, std::move(who), std::move(id), besides);
    if (!question) co_return http::problem(request, gone, "step_up_over", "That page is no longer open");
    co_return passkey_request(access, question->challenge, question->verified,
                              choices_of(question->passkeys));
}

Task<std::optional<http::Response>> prove_posted(const Access& access, http::Request& request, SignedIn who,
                                                 std::string purpose, std::string start_path,
                                                 std::function<void(Deed&)> deed)
{
    std::string id(request.form.get(step_up_field));
    const auto code = code_of(request);
    const bool from_kit = code == policy::Method::recovery_code;
    GivenProof given{std::string(request.form.get(from_kit ? recovery_field : proof_field)),
                     passkey_answer(request.form), request.cookie(passkey_cookie).value_or(""), code};
    const auto outcome =
        co_await prove(access, who, std::move(purpose), id, std::move(given), std::move(deed));
    if (outcome.answer == ProofAnswer::done) co_return std::nullopt;
    auto answer = co_await show_step_up(access, std::move(request), std::move(who), std::move(id), outcome,
                                        std::move(start_path));
    co_return answer;
}

}  // namespace sallyport::access
