// A6: an app is removed, or kept while its removal waits.
#include "access/account_page.h"
#include "access/keep_change.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "render/messages.h"
#include "slices/factors/endpoints_shared.h"
#include "slices/factors/remove_app.h"

namespace sallyport::factors {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view purpose = "remove_app";
constexpr unsigned not_found = 404;

bool waits(RemoveAnswer answer)
{
    return answer == RemoveAnswer::waits || answer == RemoveAnswer::waits_long;
}

access::Said say(RemoveAnswer answer)
{
    switch (answer) {
    case RemoveAnswer::too_young: return {Msg::factors_remove_too_young, "too_young", status_conflict};
    case RemoveAnswer::last_strong_factor:
    case RemoveAnswer::last_hardware_key:
    case RemoveAnswer::last_way_in: return {Msg::factors_remove_last, "last_strong_factor", status_conflict};
    case RemoveAnswer::leaving_already:
        return {Msg::factors_remove_running, "removal_running", status_conflict};
    case RemoveAnswer::needs_level:
    case RemoveAnswer::needs_step_up:
    case RemoveAnswer::waits:
    case RemoveAnswer::waits_long: break;
    }
    return {Msg::factors_needs_level, "sign_in_stronger", status_forbidden};
}

/// Nobody of this account has it: it was removed, or the form is old.
Response unknown(const Request& request)
{
    if (request.wants_json) return http::problem(request, not_found, "app_unknown", "No such app");
    return http::see_other(request, std::string(app_path) + "?over=1");
}

access::StepUpRequest step_up_for(const render::Page& page, FactorId app, Duration wait)
{
    access::StepUpRequest step_up;
    step_up.purpose = purpose;
    step_up.summary.headline = render::text(page, Msg::factors_headline_remove);
    step_up.summary.facts.emplace_back(render::text(page, Msg::factors_fact_account), page.person);
    step_up.summary.consequences.push_back(render::text(page, Msg::factors_remove_waits, {{"wait", wait}}));
    step_up.summary.consequences.push_back(render::text(page, Msg::passkeys_remove_hold));
    step_up.summary.consequences.push_back(render::text(page, Msg::passkeys_remove_told));
    step_up.confirm_path = std::string(app_path) + "/remove/confirm";
    step_up.back_path = app_path;
    step_up.payload = RecordWriter(step_up.purpose).bytes(app.bytes()).take_secret();
    return step_up;
}

Task<Response> post_remove(const Access& access, Request request, SignedIn who)
{
    const auto app = FactorId::parse(request.form.get("app"));
    if (!app) co_return unknown(request);
    auto holder = access::holder_of(who);
    const auto found = co_await may_remove_app(access.world(), std::move(holder), *app);
    if (!found.known) co_return unknown(request);
    if (!waits(found.answer)) {
        const auto said = say(found.answer);
        co_return co_await refuse_app(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, *app, found.wait);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<RemoveAnswer>(RemoveAnswer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        const auto app = FactorId::from_bytes(done.payload.bytes());
        done.payload.end();
        CHECK(app.has_value());
        *answer = ask_removal(done.tx, world, holder, done.account, done.credentials, *app, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(purpose),
                                                 std::string(app_path), deed);
    if (refused) co_return std::move(*refused);
    if (!waits(*answer)) {
        const auto said = say(*answer);
        co_return co_await refuse_app(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, std::string(app_path) + "?done=leaves");
}

std::vector<std::pair<std::string, std::string>> kept_facts(const render::Page& page,
                                                            const store::PendingChange&)
{
    return {{render::text(page, Msg::factors_fact_account), page.person}};
}

Task<Response> too_late(const Access& access, Request request, SignedIn who)
{
    const access::Said late{Msg::factors_keep_late, "too_late", status_conflict};
    co_return co_await refuse_app(access, std::move(request), std::move(who), late);
}

constexpr access::Keep keep{policy::changes::Kind::remove_app, "keep_app", app_path,
                            Msg::factors_headline_keep,        kept_facts, too_late};

}  // namespace

void add_removal_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, post, "/account/app/remove", post_remove);
    access::add_signed_in(router, access, post, "/account/app/remove/confirm", post_confirm);
    for (const char* const posted : {"/account/app/remove", "/account/app/remove/confirm"})
        access::lead_back(router, access, posted, std::string(app_path));
    access::add_keep(router, access, keep);
}

}  // namespace sallyport::factors
