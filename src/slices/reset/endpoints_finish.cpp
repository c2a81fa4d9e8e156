// P8h: what becomes of the case, and its end: a new password, a new app.
#include "access/refuse.h"
#include "crypto/totp.h"
#include "render/qr.h"
#include "slices/reset/endpoints_shared.h"
#include "slices/reset/finish_case.h"
#include "views/recover_app.h"
#include "views/recover_done.h"
#include "views/recover_new.h"
#include "views/recover_status.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::reset::Stage;
using render::Msg;

constexpr unsigned unauthorized = 401;
constexpr unsigned unprocessable = 422;
constexpr unsigned unavailable = 503;

Task<std::optional<Finish>> find_turn(const Access& access, const Request& request)
{
    const auto secret = secret_of(access, request, Purpose::recover);
    if (!secret) co_return std::nullopt;
    auto finish = co_await find_finish(access.world(), *secret);
    co_return finish;
}

bool is_ready(const Finish& finish) { return finish.stage == policy::roads::Stage::ready; }

Response show_status(const Access& access, const Request& request, const Finish& finish)
{
    using policy::roads::Stage;
    views::RecoverStatus view;
    view.state = "none";
    if (finish.stage == Stage::waiting) view.state = "waiting";
    if (finish.stage == Stage::finished) view.state = "finished";
    if (finish.stage == Stage::ended) view.state = "ended";
    if (finish.stage == Stage::expired) view.state = "expired";
    const Instant now = access.world().clock.now();
    if (view.state == "waiting") view.until = finish.enter_at;
    if (view.until && *view.until > now) view.wait = *view.until - now;
    return http::respond(request, access.page(request), view);
}

/// Where this page is not the one: an earlier one, the end, or what became of the case.
std::optional<Response> elsewhere(const Access& access, const Request& request,
                                  const std::optional<Finish>& finish, Stage stage)
{
    if (!finish) return start_again(access, request, Purpose::recover);
    const Stage at = finish->row.progress.stage;
    if (at == Stage::done && stage != Stage::done) return lead_on_finish(request, at);
    if (at != Stage::done && !is_ready(*finish)) return show_status(access, request, *finish);
    if (at != stage) return lead_on_finish(request, at);
    return std::nullopt;
}

views::RecoverNew new_view(const Access& access, const Finish& finish)
{
    views::RecoverNew view;
    view.username = finish.row.progress.email.address();
    view.least = policy::passwords::least_length(true, access.world().passwords);
    view.brand = access.world().brand.name;
    return view;
}

Task<Response> show_new(const Access& access, Request request)
{
    const auto finish = co_await find_turn(access, request);
    auto away = elsewhere(access, request, finish, Stage::factor);
    if (away) co_return std::move(*away);
    co_return http::respond(request, access.page(request), new_view(access, *finish));
}

template <class View>
Response busy(const Access& access, const Request& request, View view, std::int64_t seconds)
{
    view.problems.add("", Msg::reset_busy, {{"wait", Duration{std::chrono::seconds{seconds}}}});
    Response response = access::refuse(request, access.page(request), view, unavailable, "busy");
    response.set("Retry-After", std::to_string(seconds));
    return response;
}

Task<Response> post_new(const Access& access, Request request)
{
    const auto finish = co_await find_turn(access, request);
    auto away = elsewhere(access, request, finish, Stage::factor);
    if (away) co_return std::move(*away);
    auto view = new_view(access, *finish);
    if (request.form.get("new_password").empty()) {
        view.problems.add("new_password", Msg::reset_new_missing);
        co_return access::refuse(request, access.page(request), view, unprocessable, "input_missing");
    }
    auto typed = Secret::from_text(request.form.get("new_password"));
    const auto outcome = co_await choose_password(access.world(), finish->row.secret, std::move(typed));
    if (outcome.answer == Renewed::busy)
        co_return busy(access, request, std::move(view), outcome.busy_seconds);
    if (outcome.answer != Renewed::refused) co_return http::see_other(request, "/recover/app");
    auto words = words_of(*outcome.refusal, view.least, access.world().passwords.code_points_max);
    view.problems.add("new_password", words.id, std::move(words.arguments));
    co_return access::refuse(request, access.page(request), view, unprocessable, "password_refused");
}

views::RecoverApp app_view(const Access& access, const Request& request, const Progress& progress)
{
    const auto& world = access.world();
    views::RecoverApp view;
    view.email = progress.email.address();
    const Secret link =
        crypto::otpauth_uri({world.brand.name, progress.email.address(), progress.app_key.duplicate(), {}});
    view.picture =
        render::qr_code(link.reveal_text(), render::text(access.language(request), Msg::common_qr_title));
    view.key = crypto::key_text(progress.app_key);
    view.link = std::string(link.reveal_text());
    view.now = world.clock.now();
    return view;
}

Task<Response> show_app(const Access& access, Request request)
{
    const auto finish = co_await find_turn(access, request);
    auto away = elsewhere(access, request, finish, Stage::password);
    if (away) co_return std::move(*away);
    co_return http::respond(request, access.page(request), app_view(access, request, finish->row.progress));
}

Task<Response> post_app(const Access& access, Request request)
{
    const auto finish = co_await find_turn(access, request);
    auto away = elsewhere(access, request, finish, Stage::password);
    if (away) co_return std::move(*away);
    auto asker = access.asker(request);
    std::string typed(request.form.get("code"));
    const auto outcome =
        co_await prove_new_app(access.world(), std::move(asker), finish->row.secret, std::move(typed));
    if (outcome.answer == Renewed::moved) {
        access.sessions().forget_account(*outcome.account);
        co_return http::see_other(request, "/recover/done");
    }
    if (outcome.answer == Renewed::over) co_return http::see_other(request, "/recover/new");
    auto view = app_view(access, request, finish->row.progress);
    const bool malformed = outcome.answer == Renewed::malformed;
    if (outcome.drift)
        view.problems.add("code",
                          *outcome.drift < Duration{} ? Msg::sign_up_app_late : Msg::sign_up_app_early,
                          {{"wait", *outcome.drift < Duration{} ? -*outcome.drift : *outcome.drift}});
    else
        view.problems.add("code", malformed ? Msg::sign_up_app_malformed : Msg::sign_up_app_wrong);
    co_return access::refuse(request, access.page(request), view, malformed ? unprocessable : unauthorized,
                             malformed ? "code_malformed" : "code_not_right");
}

Task<Response> show_done(const Access& access, Request request)
{
    const auto finish = co_await find_turn(access, request);
    auto away = elsewhere(access, request, finish, Stage::done);
    if (away) co_return std::move(*away);
    const Instant now = access.world().clock.now();
    views::RecoverDone view;
    view.until = finish->row.progress.held_until.value_or(now);
    if (view.until > now) view.wait = view.until - now;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_finish_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/recover/new", show_new);
    add_page(router, access, post, "/recover/new", post_new);
    add_page(router, access, get, "/recover/app", show_app);
    add_page(router, access, post, "/recover/app", post_app);
    add_page(router, access, get, "/recover/done", show_done);
}

}  // namespace sallyport::reset
