#include "access/account_page.h"
#include "access/refuse.h"
#include "access/step_up_page.h"
#include "access/waiting.h"
#include "crypto/totp.h"
#include "http/pages.h"
#include "render/messages.h"
#include "render/qr.h"
#include "slices/factors/add_app.h"
#include "slices/factors/endpoints_shared.h"
#include "slices/factors/show_factors.h"
#include "views/app_new.h"
#include "views/app_saved.h"
#include "views/app_status.h"

namespace sallyport::factors {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using policy::factors::AddVerdict;
using render::Msg;

std::string_view purpose_of(Change change) { return change == Change::add ? "add_app" : "move_app"; }

std::string_view clock_of(std::int64_t drift)
{
    if (drift == 0) return "right";
    return drift < 0 ? "late" : "ahead";
}

views::AppStatus status_view(const AppsShown& shown)
{
    views::AppStatus view;
    for (const AppShown& app : shown.apps) {
        auto& row = view.apps.emplace_back();
        row.id = app.id.text();
        row.created = app.created_at;
        row.used = app.used_at;
        row.clock = clock_of(app.drift);
        row.may_remove = app.may_remove;
        if (app.leaving) access::show_waiting(row, *app.leaving);
    }
    view.may_add = shown.add == AddVerdict::allowed;
    view.may_move = shown.move == AddVerdict::allowed && !shown.apps.empty();
    view.needs_sign_in = shown.add == AddVerdict::needs_level;
    const AddVerdict refused = shown.add != AddVerdict::allowed ? shown.add : shown.move;
    if (refused != AddVerdict::allowed) view.why = render::Message{words_of(refused), {}};
    return view;
}

Task<Response> show_status(const Access& access, Request request, SignedIn who)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show_apps(access.world(), holder);
    const auto kit = co_await show_kit(access.world(), holder);
    auto view = status_view(shown);
    view.needs_kit = !view.apps.empty() && !kit.kit;
    const std::string_view done = request.query.get("done");
    for (const std::string_view known : {"added", "moved", "leaves", "kept"})
        if (done == known) view.done = std::string(done);
    if (request.query.has("over")) page.notice = render::Message{Msg::factors_over, {}};
    if (request.query.has("cancelled")) page.notice = render::Message{Msg::factors_cancelled, {}};
    co_return http::respond(request, page, view);
}

Task<Response> refuse_change(const Access& access, Request request, SignedIn who, AddVerdict verdict)
{
    const access::Said said{words_of(verdict), code_of(verdict), status_of(verdict)};
    co_return co_await refuse_app(access, std::move(request), std::move(who), said);
}

access::StepUpRequest step_up_for(Change change, const render::Page& page)
{
    access::StepUpRequest step_up;
    step_up.purpose = purpose_of(change);
    if (change == Change::add) step_up.deed = policy::step_up::Deed::adds;
    step_up.summary.headline = render::text(page, change == Change::add ? Msg::factors_app_headline_add
                                                                        : Msg::factors_app_headline_move);
    step_up.summary.facts.emplace_back(render::text(page, Msg::factors_fact_account), page.person);
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_ends_sessions));
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_young));
    if (change == Change::move)
        step_up.summary.consequences.push_back(render::text(page, Msg::factors_app_old_stays));
    step_up.summary.consequences.push_back(render::text(page, Msg::codes_hold));
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_mail_follows));
    step_up.confirm_path = change == Change::add ? "/account/app/add/confirm" : "/account/app/move/confirm";
    step_up.back_path = app_path;
    step_up.payload = RecordWriter(step_up.purpose).take_secret();
    return step_up;
}

template <Change change>
Task<Response> post_start(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto verdict = co_await may_change_app(access.world(), holder, change);
    if (verdict != AddVerdict::allowed) {
        co_return co_await refuse_change(access, std::move(request), std::move(who), verdict);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(change, page);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

template <Change change>
Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto key = std::make_shared<const Secret>(crypto::new_totp_secret(world.random));
    const auto verdict = std::make_shared<AddVerdict>(AddVerdict::needs_step_up);
    std::function<void(access::Deed&)> deed = [&world, holder = access::holder_of(who), key,
                                               verdict](access::Deed& done) {
        done.payload.end();
        *verdict = begin_app(done.tx, world, holder, change, done.credentials, *key, done.now);
    };
    std::string named(purpose_of(change));
    std::string start(app_path);
    auto not_done = co_await access::prove_posted(access, request, who, std::move(named), std::move(start),
                                                  std::move(deed));
    if (not_done) co_return std::move(*not_done);
    if (*verdict != AddVerdict::allowed) {
        co_return co_await refuse_change(access, std::move(request), std::move(who), *verdict);
    }
    co_return http::see_other(request, "/account/app/new");
}

/// People read the key in groups; the link opens an app on the same phone, and the picture one on another.
views::AppNew new_view(const Access& access, const render::Page& page, const OpenAppSetUp& open)
{
    views::AppNew view;
    view.moving = open.set_up.moving;
    view.proven = open.set_up.stage != policy::factors::SetUp::shown;
    view.key = crypto::key_text(open.set_up.key);
    const auto uri =
        crypto::otpauth_uri({access.world().brand.name, open.address, open.set_up.key.duplicate(), {}});
    view.link = std::string(uri.reveal_text());
    view.picture = render::qr_code(uri.reveal_text(), render::text(page, Msg::factors_qr_title));
    view.until = open.set_up.begun + app_set_up_life;
    return view;
}

Task<Response> show_new(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_app(access.world(), holder);
    if (!open) co_return over(request, app_path);
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, new_view(access, page, *open));
}

std::string_view say(const CodeOutcome& outcome, render::Problems& problems)
{
    if (outcome.answer == CodeProven::malformed) {
        problems.add("code", Msg::factors_code_missing);
        return "input_missing";
    }
    if (!outcome.drift) {
        problems.add("code", Msg::factors_code_wrong);
        return "code_not_right";
    }
    const bool late = *outcome.drift < Duration{};
    problems.add("code", late ? Msg::factors_code_late : Msg::factors_code_early,
                 {{"wait", late ? -*outcome.drift : *outcome.drift}});
    return "phone_clock_off";
}

Task<Response> post_new(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    std::string typed(request.form.get("code"));
    const auto outcome = co_await prove_app_code(access.world(), holder, std::move(typed));
    if (outcome.answer == CodeProven::proven) co_return http::see_other(request, "/account/app/new/saved");
    const auto open = co_await find_app(access.world(), holder);
    if (!open || outcome.answer == CodeProven::over) co_return over(request, app_path);
    const auto page = co_await access::account_page(access, request, who);
    auto view = new_view(access, page, *open);
    const std::string code(say(outcome, view.problems));
    co_return access::refuse(request, page, view, status_unprocessable, code);
}

views::AppSaved saved_view(const AppSetUp& set_up)
{
    views::AppSaved view;
    view.moving = set_up.moving;
    view.until = set_up.begun + app_set_up_life;
    return view;
}

Task<Response> show_saved(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_app(access.world(), holder);
    if (!open) co_return over(request, app_path);
    if (open->set_up.stage == policy::factors::SetUp::shown)
        co_return http::see_other(request, "/account/app/new");
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, saved_view(open->set_up));
}

Task<Response> wrong_part(const Access& access, Request request, SignedIn who, bool empty)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_app(access.world(), holder);
    if (!open) co_return over(request, app_path);
    const auto page = co_await access::account_page(access, request, who);
    auto view = saved_view(open->set_up);
    view.problems.add("part", empty ? Msg::factors_part_missing : Msg::factors_part_wrong);
    co_return access::refuse(request, page, view, status_unprocessable,
                             empty ? "input_missing" : "backup_not_right");
}

Task<Response> post_saved(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    std::string typed(request.form.get("part"));
    const bool empty = typed.empty();
    const auto outcome = co_await finish_app(access.world(), holder, std::move(typed));
    switch (outcome.answer) {
    case Finished::in_force: break;
    case Finished::wrong: co_return co_await wrong_part(access, std::move(request), std::move(who), empty);
    case Finished::not_now: co_return http::see_other(request, "/account/app/new");
    case Finished::refused:
        co_return co_await refuse_change(access, std::move(request), std::move(who), outcome.verdict);
    case Finished::over: co_return over(request, app_path);
    }
    access.sessions().forget_account(who.session.account);
    co_return http::see_other(request,
                              outcome.moving ? "/account/app?done=moved" : "/account/app?done=added");
}

Task<Response> post_cancel(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    co_await cancel_app(access.world(), holder);
    co_return http::see_other(request, "/account/app?cancelled=1");
}

}  // namespace

Task<Response> refuse_app(const Access& access, Request request, SignedIn who, access::Said said)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show_apps(access.world(), holder);
    auto view = status_view(shown);
    view.why.reset();
    view.problems.add("", said.words);
    co_return access::refuse(request, page, view, said.status, said.code);
}

void add_app_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/app", show_status);
    access::add_signed_in(router, access, post, "/account/app/add", post_start<Change::add>);
    access::add_signed_in(router, access, post, "/account/app/add/confirm", post_confirm<Change::add>);
    access::add_signed_in(router, access, post, "/account/app/move", post_start<Change::move>);
    access::add_signed_in(router, access, post, "/account/app/move/confirm", post_confirm<Change::move>);
    for (const char* const posted :
         {"/account/app/add", "/account/app/add/confirm", "/account/app/move", "/account/app/move/confirm"})
        access::lead_back(router, access, posted, std::string(app_path));
    access::add_signed_in(router, access, get, "/account/app/new", show_new);
    access::add_signed_in(router, access, post, "/account/app/new", post_new);
    access::add_signed_in(router, access, get, "/account/app/new/saved", show_saved);
    access::add_signed_in(router, access, post, "/account/app/new/saved", post_saved);
    access::add_signed_in(router, access, post, "/account/app/new/cancel", post_cancel);
}

}  // namespace sallyport::factors
