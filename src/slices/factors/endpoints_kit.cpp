#include "access/account_page.h"
#include "access/refuse.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "proof/kit_number.h"
#include "render/messages.h"
#include "render/qr.h"
#include "slices/factors/endpoints_shared.h"
#include "slices/factors/make_kit.h"
#include "slices/factors/show_factors.h"
#include "views/kit_new.h"
#include "views/kit_proof.h"
#include "views/kit_status.h"

namespace sallyport::factors {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using policy::factors::AddVerdict;
using render::Msg;

constexpr std::string_view status_path = "/account/kit";
constexpr std::string_view purpose = "make_kit";

views::KitStatus status_view(const KitShown& shown)
{
    views::KitStatus view;
    if (shown.kit) {
        view.number = proof::kit_number(*shown.kit);
        view.made = shown.made_at;
    }
    view.left = shown.left;
    view.may_make = shown.make == AddVerdict::allowed;
    view.needs_sign_in = shown.make == AddVerdict::needs_level;
    return view;
}

Task<Response> show_status(const Access& access, Request request, SignedIn who)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show_kit(access.world(), holder);
    auto view = status_view(shown);
    view.done = request.query.has("done") && shown.kit.has_value();
    if (request.query.has("over")) page.notice = render::Message{Msg::factors_over, {}};
    if (request.query.has("cancelled")) page.notice = render::Message{Msg::factors_cancelled, {}};
    co_return http::respond(request, page, view);
}

/// The status page with what is in the way at its top.
Task<Response> refuse_change(const Access& access, Request request, SignedIn who, AddVerdict verdict)
{
    auto page = co_await access::account_page(access, request, who);
    auto holder = access::holder_of(who);
    const auto shown = co_await show_kit(access.world(), holder);
    auto view = status_view(shown);
    const bool young = verdict == AddVerdict::too_young;
    view.problems.add("", young ? Msg::factors_kit_too_young : words_of(verdict));
    co_return access::refuse(request, page, view, status_of(verdict), code_of(verdict));
}

access::StepUpRequest step_up_for(const render::Page& page, std::int64_t codes_left)
{
    access::StepUpRequest step_up;
    step_up.purpose = purpose;
    step_up.deed = policy::step_up::deed_of_kit(codes_left);
    step_up.summary.headline = render::text(page, Msg::factors_kit_headline);
    step_up.summary.facts.emplace_back(render::text(page, Msg::factors_fact_account), page.person);
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_kit_old_dies));
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_kit_shows_key));
    step_up.summary.consequences.push_back(render::text(page, Msg::codes_hold));
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_mail_follows));
    step_up.confirm_path = "/account/kit/confirm";
    step_up.back_path = status_path;
    step_up.payload = RecordWriter(purpose).take_secret();
    return step_up;
}

Task<Response> post_start(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto shown = co_await show_kit(access.world(), holder);
    if (shown.make != AddVerdict::allowed) {
        co_return co_await refuse_change(access, std::move(request), std::move(who), shown.make);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, shown.left);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

views::KitNew new_view(const Access& access, const render::Page& page, const OpenKitSetUp& open)
{
    views::KitNew view;
    view.ready = !open.set_up.printed.empty();
    view.number = proof::kit_number(open.set_up.kit);
    view.made = open.set_up.begun;
    if (view.ready && !open.app_keys.empty()) view.app_key = open.app_keys.front().duplicate();
    for (const Secret& code : open.set_up.printed) view.codes.push_back(code.duplicate());
    view.picture = render::qr_code(access.world().brand.origin + "/recover",
                                   render::text(page, Msg::factors_kit_qr_title));
    view.until = open.set_up.begun + kit_set_up_life;
    return view;
}

/// The hash pool is full: the person may press once more, nothing is lost.
Task<Response> busy(const Access& access, Request request, SignedIn who, std::int64_t seconds)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_new_kit(access.world(), holder);
    if (!open) co_return over(request, status_path);
    const auto page = co_await access::account_page(access, request, who);
    auto view = new_view(access, page, *open);
    view.problems.add("", Msg::factors_kit_busy, {{"wait", Duration{std::chrono::seconds{seconds}}}});
    auto response = access::refuse(request, page, view, status_busy, "busy");
    response.set("Retry-After", std::to_string(seconds));
    co_return response;
}

Task<Response> post_new(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto outcome = co_await make_codes(access.world(), holder);
    if (outcome.answer == KitAnswer::busy) {
        co_return co_await busy(access, std::move(request), std::move(who), outcome.busy_seconds);
    }
    if (outcome.answer != KitAnswer::done) co_return over(request, status_path);
    co_return http::see_other(request, "/account/kit/new");
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto kit = world.random.id<KitId>(world.clock.now());
    const auto verdict = std::make_shared<AddVerdict>(AddVerdict::needs_step_up);
    std::function<void(access::Deed&)> deed = [&world, holder = access::holder_of(who), kit,
                                               verdict](access::Deed& done) {
        done.payload.end();
        *verdict = begin_kit(done.tx, world, holder, kit, done.credentials, done.now);
    };
    std::string named(purpose);
    std::string start(status_path);
    auto not_done = co_await access::prove_posted(access, request, who, std::move(named), std::move(start),
                                                  std::move(deed));
    if (not_done) co_return std::move(*not_done);
    if (*verdict != AddVerdict::allowed) {
        co_return co_await refuse_change(access, std::move(request), std::move(who), *verdict);
    }
    co_return co_await post_new(access, std::move(request), std::move(who));
}

Task<Response> show_new(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_new_kit(access.world(), holder);
    if (!open) co_return over(request, status_path);
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, new_view(access, page, *open));
}

Task<Response> post_saved(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto outcome = co_await ask_for_code(access.world(), holder);
    if (outcome.answer == KitAnswer::over) co_return over(request, status_path);
    co_return http::see_other(request, outcome.answer == KitAnswer::done ? "/account/kit/new/proof"
                                                                         : "/account/kit/new");
}

views::KitProof proof_view(const KitSetUp& set_up)
{
    views::KitProof view;
    view.asked = set_up.asked;
    view.until = set_up.begun + kit_set_up_life;
    return view;
}

Task<Response> show_proof(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_new_kit(access.world(), holder);
    if (!open) co_return over(request, status_path);
    if (open->set_up.asked == 0) co_return http::see_other(request, "/account/kit/new");
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, proof_view(open->set_up));
}

Task<Response> wrong_part(const Access& access, Request request, SignedIn who, bool empty)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_new_kit(access.world(), holder);
    if (!open) co_return over(request, status_path);
    const auto page = co_await access::account_page(access, request, who);
    auto view = proof_view(open->set_up);
    view.problems.add("part", empty ? Msg::factors_kit_part_missing : Msg::factors_kit_part_wrong,
                      {{"n", view.asked}});
    co_return access::refuse(request, page, view, status_unprocessable,
                             empty ? "input_missing" : "backup_not_right");
}

Task<Response> post_proof(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    std::string typed(request.form.get("part"));
    const bool empty = typed.empty();
    const auto outcome = co_await finish_kit(access.world(), holder, std::move(typed));
    switch (outcome.answer) {
    case KitAnswer::done: break;
    case KitAnswer::wrong: co_return co_await wrong_part(access, std::move(request), std::move(who), empty);
    case KitAnswer::not_now: co_return http::see_other(request, "/account/kit/new");
    case KitAnswer::refused:
        co_return co_await refuse_change(access, std::move(request), std::move(who), outcome.verdict);
    case KitAnswer::busy:
    case KitAnswer::over: co_return over(request, status_path);
    }
    access.sessions().forget_account(who.session.account);
    co_return http::see_other(request, "/account/kit?done=1");
}

Task<Response> post_cancel(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    co_await cancel_kit(access.world(), holder);
    co_return http::see_other(request, "/account/kit?cancelled=1");
}

}  // namespace

void add_kit_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, "/account/kit", show_status);
    access::add_signed_in(router, access, post, "/account/kit", post_start);
    access::add_signed_in(router, access, post, "/account/kit/confirm", post_confirm);
    access::lead_back(router, access, "/account/kit/confirm", std::string(status_path));
    access::add_signed_in(router, access, get, "/account/kit/new", show_new);
    access::add_signed_in(router, access, post, "/account/kit/new", post_new);
    access::add_signed_in(router, access, post, "/account/kit/new/saved", post_saved);
    access::add_signed_in(router, access, get, "/account/kit/new/proof", show_proof);
    access::add_signed_in(router, access, post, "/account/kit/new/proof", post_proof);
    access::add_signed_in(router, access, post, "/account/kit/new/cancel", post_cancel);
}

}  // namespace sallyport::factors
