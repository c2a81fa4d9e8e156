// P10: the account is opened again.
#include "access/passkey_fields.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "http/problem.h"
#include "slices/lock/begin_unlock.h"
#include "slices/lock/endpoints_shared.h"
#include "slices/lock/show_proof.h"
#include "views/unlock.h"
#include "views/unlock_done.h"
#include "views/unlock_show.h"

#include <algorithm>

namespace sallyport::lock {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::Method;
using policy::lock::UnlockAnswer;
using render::Msg;

constexpr std::string_view cookie = "unlock";
constexpr std::chrono::seconds cookie_life = std::chrono::duration_cast<std::chrono::seconds>(row_life);

/// Nothing is under way in this browser: the first page, with one line that says so (R2).
Response start_again(const Access& access, const Request& request)
{
    if (request.wants_json)
        return http::problem(request, gone, "unlock_over",
                             render::text(render::Language::en, Msg::lock_over));
    render::Page page = access.page(request);
    page.notice = render::Message{Msg::lock_over, {}};
    return http::respond(request, page, views::Unlock{});
}

Task<Response> show_unlock(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), views::Unlock{});
}

Task<Response> post_unlock(const Access& access, Request request)
{
    const auto email = Email::parse(request.form.get("email"));
    if (!email) {
        views::Unlock view;
        view.email = std::string(request.form.get("email"));
        view.problems.add("email", Msg::sign_in_email_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "input_missing");
    }
    auto asker = access.asker(request);
    const auto begun = co_await begin_unlock(access.world(), std::move(asker), *email);
    Response response = http::see_other(request, "/unlock/check");
    response.add("Set-Cookie", http::set_cookie_header(cookie, begun.token.text.reveal_text(), cookie_life));
    co_return response;
}

bool has(const Unlocking& row, std::initializer_list<Method> methods)
{
    return std::ranges::any_of(row.factors, [&](const Factor& one) {
        return std::ranges::find(methods, one.method) != methods.end();
    });
}

std::optional<Proof> proof_of(std::string_view with)
{
    if (with == "mail") return Proof::mail;
    if (with == "app") return Proof::app;
    if (with == "password") return Proof::password;
    if (with == "kit") return Proof::kit;
    return std::nullopt;
}

views::UnlockShow view_of(const Access& access, const Unlocking& row, std::string_view with)
{
    views::UnlockShow view;
    view.username = row.email.address();
    view.mailed = row.mailed;
    view.app = has(row, {Method::totp});
    view.password = has(row, {Method::password});
    view.passkey = has(row, {Method::passkey, Method::bound_passkey, Method::touched_key});
    view.with = proof_of(with) ? std::string(with) : view.mailed ? "app" : "mail";
    view.passkeys = takes_passkeys(access);
    view.no_mail = row.no_mail_until.has_value();
    if (row.no_mail_until > access.world().clock.now()) view.no_mail_until = row.no_mail_until;
    if (row.challenge.sends > 0) view.sent_at = row.challenge.sent_at;
    return view;
}

/// Where it stands, if there is nothing to be shown for the moment.
std::optional<std::string> next_of(const Progress& progress)
{
    if (progress.row.case_until) return "/unlock/done";
    if (!progress.row.has_shown() || !progress.row.known) return std::nullopt;
    return progress.locked ? std::nullopt : std::optional<std::string>("/unlock/done");
}

Task<Response> show_check(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, cookie);
    if (!secret) co_return start_again(access, request);
    const auto progress = co_await read_progress(access.world(), *secret);
    if (!progress) co_return start_again(access, request);
    if (const auto next = next_of(*progress)) co_return http::see_other(request, *next);
    co_return http::respond(request, access.page(request),
                            view_of(access, progress->row, request.query.get("with")));
}

/// What is said of a proof that was not taken.
struct Refusal {
    Msg words;
    render::Arguments arguments;
    unsigned status;
    std::string_view code;
};
Refusal refusal_of(const StepOutcome& outcome)
{
    switch (outcome.answer) {
    case Step::spent: return {Msg::lock_mail_spent, {}, unauthorized, "code_over"};
    case Step::mail_first: return {Msg::lock_mail_first, {}, unauthorized, "mailed_code_first"};
    case Step::wait:
        if (outcome.needs_pass) return {Msg::lock_mail_first, {}, too_many, "mailed_code_first"};
        return {
            Msg::reset_factor_wait, {{"time", render::ClockTime{outcome.until}}}, too_many, "too_many_tries"};
    case Step::busy:
        return {Msg::lock_busy,
                {{"wait", Duration{std::chrono::seconds{outcome.busy_seconds}}}},
                unavailable,
                "busy"};
    case Step::taken:
    case Step::kit_road:
    case Step::wrong:
    case Step::over: break;
    }
    return {Msg::lock_proof_wrong, {}, unauthorized, "proof_not_right"};
}

Task<Response> answer_of(const Access& access, Request request, store::TokenHash secret, StepOutcome outcome,
                         std::string with)
{
    if (outcome.answer == Step::over) co_return start_again(access, request);
    if (outcome.answer == Step::kit_road) co_return http::see_other(request, "/unlock/done");
    if (outcome.answer == Step::taken) {
        const bool enough = outcome.asked.answer != UnlockAnswer::not_enough;
        co_return http::see_other(request, enough ? "/unlock/done" : "/unlock/check");
    }
    const auto progress = co_await read_progress(access.world(), secret);
    if (!progress) co_return start_again(access, request);
    auto view = view_of(access, progress->row, with);
    const auto said = refusal_of(outcome);
    const Instant now = access.world().clock.now();
    if (with == "app") view.clock = now;
    view.problems.add(with.empty() ? "" : "code", said.words, said.arguments);
    Response response = access::refuse(request, access.page(request), view, said.status, said.code);
    if (outcome.answer == Step::wait && !outcome.needs_pass)
        response.set("Retry-After", retry_seconds(outcome.until, now));
    if (outcome.answer == Step::busy) response.set("Retry-After", std::to_string(outcome.busy_seconds));
    co_return response;
}

Task<Response> post_check(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, cookie);
    if (!secret) co_return start_again(access, request);
    const std::string with(request.form.get("with"));
    const auto proof = proof_of(with);
    if (!proof || request.form.get("code").empty()) {
        const auto progress = co_await read_progress(access.world(), *secret);
        if (!progress) co_return start_again(access, request);
        auto view = view_of(access, progress->row, with);
        view.problems.add("code", Msg::lock_proof_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "input_missing");
    }
    auto asker = access.asker(request);
    auto typed = Secret::from_text(request.form.get("code"));
    const auto outcome =
        co_await show_typed(access.world(), std::move(asker), *secret, *proof, std::move(typed));
    co_return co_await answer_of(access, std::move(request), *secret, outcome, with);
}

Task<Response> post_resend(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, cookie);
    if (!secret) co_return start_again(access, request);
    auto asker = access.asker(request);
    const auto outcome = co_await resend(access.world(), std::move(asker), *secret);
    if (outcome.answer == Resent::sent) co_return http::see_other(request, "/unlock/check?with=mail");
    const auto progress = co_await read_progress(access.world(), *secret);
    if (!progress) co_return start_again(access, request);
    auto view = view_of(access, progress->row, "mail");
    view.problems.add("", Msg::lock_resend_wait, {{"time", render::ClockTime{outcome.until}}});
    Response response = access::refuse(request, access.page(request), view, too_many, "mail_sent_lately");
    response.set("Retry-After", retry_seconds(outcome.until, access.world().clock.now()));
    co_return response;
}

Task<Response> post_options(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, cookie);
    std::optional<PasskeyQuestion> question;
    if (secret) {
        auto asked = co_await ask_unlock_passkey(access.world(), *secret);
        question = std::move(asked);
    }
    if (!question)
        co_return http::problem(request, gone, "unlock_over",
                                render::text(render::Language::en, Msg::lock_over));
    co_return access::passkey_request(access, question->challenge, question->passkeys.empty(),
                                      access::choices_of(question->passkeys));
}

Task<Response> post_passkey(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, cookie);
    if (!secret) co_return start_again(access, request);
    auto given = access::passkey_answer(request.form);
    StepOutcome outcome;
    outcome.answer = Step::wrong;
    if (given) {
        auto asker = access.asker(request);
        auto challenge = request.cookie(access::passkey_cookie).value_or("");
        const auto shown = co_await show_passkey(access.world(), std::move(asker), *secret,
                                                 std::move(challenge), std::move(*given));
        outcome = shown;
    }
    std::string with;
    co_return co_await answer_of(access, std::move(request), *secret, outcome, with);
}

Task<Response> show_done(const Access& access, Request request)
{
    const auto secret = access.cookie_hash(request, cookie);
    if (!secret) co_return start_again(access, request);
    const auto progress = co_await read_progress(access.world(), *secret);
    if (!progress) co_return start_again(access, request);
    const Unlocking& row = progress->row;
    const bool open = row.known && row.has_shown() && !progress->locked;
    if (!open && !row.case_until && !progress->unlock_at) co_return http::see_other(request, "/unlock/check");
    views::UnlockDone view;
    view.state = open ? "open" : row.case_until ? "kit" : "waits";
    if (!open) view.until = row.case_until ? row.case_until : progress->unlock_at;
    const Instant now = access.world().clock.now();
    if (view.until && *view.until > now) view.wait = *view.until - now;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_unlock_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/unlock", show_unlock);
    add_page(router, access, post, "/unlock", post_unlock);
    add_page(router, access, get, "/unlock/check", show_check);
    add_page(router, access, post, "/unlock/check", post_check);
    add_page(router, access, post, "/unlock/resend", post_resend);
    add_page(router, access, post, "/unlock/passkey/options", post_options);
    add_page(router, access, post, "/unlock/passkey", post_passkey);
    add_page(router, access, get, "/unlock/done", show_done);
    access::lead(router, "/unlock/resend", "/unlock/check");
    access::lead(router, "/unlock/passkey", "/unlock/check");
}

}  // namespace sallyport::lock
