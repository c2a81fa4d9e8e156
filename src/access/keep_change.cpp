#include "access/keep_change.h"

#include "access/account_page.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "proof/change_stops.h"
#include "render/messages.h"

#include <algorithm>

namespace sallyport::access {

namespace {

using http::Request;
using http::Response;
using policy::changes::StopAnswer;
using render::Msg;

Response kept(const Request& request, const Keep& keep)
{
    return http::see_other(request, std::string(keep.page) + "?done=kept");
}

StepUpRequest step_up_for(const render::Page& page, const Keep& keep, const store::PendingChange& change)
{
    StepUpRequest step_up;  // `takes`: anything less than a strong factor says no more than the session did
    step_up.purpose = keep.purpose;
    step_up.summary.headline = render::text(page, keep.headline);
    step_up.summary.facts = keep.facts(page, change);
    for (const Msg line : {Msg::reauth_keep_again, Msg::reauth_keep_told})
        step_up.summary.consequences.push_back(render::text(page, line));
    step_up.confirm_path = std::string(keep.page) + "/keep/confirm";
    step_up.back_path = keep.page;
    step_up.payload = RecordWriter(step_up.purpose).text(change.id.text()).take_secret();
    return step_up;
}

Task<std::optional<store::PendingChange>> find_change(proof::World& world, AccountId account, ChangeId id)
{
    auto work = [&world, account, id](db::Tx& tx) -> std::optional<store::PendingChange> {
        for (store::PendingChange& one : store::CredentialSet::load(tx, world.keys, account).changes())
            if (one.id == id) return std::move(one);
        return std::nullopt;
    };
    co_return co_await world.database.transact(std::move(work));
}

/// `id`: as the form has it.
Task<StopAnswer> stop(const Access& access, const Keep& keep, proof::Holder holder,
                      std::optional<ChangeId> id)
{
    if (!id) co_return StopAnswer::too_late;
    co_return co_await proof::stop_by_session(access.world(), std::move(holder), keep.kind, *id);
}

Task<Response> post_keep(const Access& access, const Keep& keep, Request request, SignedIn who)
{
    const auto id = ChangeId::parse(request.form.get("change"));
    auto holder = holder_of(who);
    const auto answer = co_await stop(access, keep, std::move(holder), id);
    if (answer == StopAnswer::stopped) co_return kept(request, keep);
    if (answer == StopAnswer::once_only) {
        const auto change = co_await find_change(access.world(), who.session.account, *id);
        CHECK(change.has_value());
        const auto page = co_await account_page(access, request, who);
        auto step_up = step_up_for(page, keep, *change);
        const auto path = co_await ask(access, std::move(who), std::move(step_up));
        co_return http::see_other(request, path);
    }
    co_return co_await keep.late(access, std::move(request), std::move(who));
}

Task<Response> post_confirm(const Access& access, const Keep& keep, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<StopAnswer>(StopAnswer::too_late);
    auto deed = [&world, &keep, holder = holder_of(who), answer](Deed& done) {
        const auto id = ChangeId::parse(done.payload.text());
        done.payload.end();
        CHECK(id.has_value());
        *answer = proof::stop_by_holder(done.tx, world, holder, done.credentials, keep.kind, *id, done.shown,
                                        done.now);
    };
    auto refused = co_await prove_posted(access, request, who, std::string(keep.purpose),
                                         std::string(keep.page), std::move(deed));
    if (refused) co_return std::move(*refused);
    if (*answer == StopAnswer::stopped) co_return kept(request, keep);
    co_return co_await keep.late(access, std::move(request), std::move(who));
}

}  // namespace

void add_keep(http::Router& router, const Access& access, const Keep& keep)
{
    const std::string page(keep.page);
    const auto add = [&](const std::string& path, auto endpoint) {
        router.add(http::Method::post, path,
                   access.signed_in([&access, &keep, endpoint](Request request, SignedIn who) {
                       return endpoint(access, keep, std::move(request), std::move(who));
                   }));
        lead_back(router, access, path, page);
    };
    add(page + "/keep", post_keep);
    add(page + "/keep/confirm", post_confirm);
}

}  // namespace sallyport::access
