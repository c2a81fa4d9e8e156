#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/passkeys/endpoints_shared.h"
#include "views/passkey_change.h"

namespace sallyport::passkeys {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view purpose = "remove_passkey";
constexpr unsigned not_found = 404;
constexpr unsigned unprocessable = 422;

bool waits(RemoveAnswer answer)
{
    return answer == RemoveAnswer::waits || answer == RemoveAnswer::waits_long;
}

views::PasskeyChange view_of(const RemoveFound& found)
{
    views::PasskeyChange view;
    view.id = found.passkey->id.text();
    view.name = found.passkey->name;
    view.synced = found.passkey->backup_eligible;
    view.may_remove = waits(found.answer);
    if (view.may_remove)
        view.wait = found.wait;
    else
        view.why = render::Message{say(found.answer).words, {}};
    return view;
}

/// Nobody of this account has it: it was removed, or the form is old.
Response unknown(const Request& request)
{
    if (request.wants_json) return http::problem(request, not_found, "passkey_unknown", "No such passkey");
    return http::see_other(request, "/account/passkeys?over=1");
}

Task<RemoveFound> named(const Access& access, const Request& request, const SignedIn& who)
{
    const auto id = FactorId::parse(request.form.get("passkey"));
    if (!id) co_return RemoveFound{};
    auto holder = access::holder_of(who);
    co_return co_await may_remove(access.world(), std::move(holder), *id);
}

/// A POST, so that the id of a factor stands in no address and no history.
Task<Response> post_open(const Access& access, Request request, SignedIn who)
{
    const auto found = co_await named(access, request, who);
    if (!found.passkey) co_return unknown(request);
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, view_of(found));
}

Task<Response> post_rename(const Access& access, Request request, SignedIn who)
{
    const auto found = co_await named(access, request, who);
    if (!found.passkey) co_return unknown(request);
    auto holder = access::holder_of(who);
    std::string name(request.form.get("name"));
    const auto renamed =
        co_await rename(access.world(), std::move(holder), found.passkey->id, std::move(name));
    switch (renamed) {
    case Renamed::renamed: co_return http::see_other(request, "/account/passkeys?done=renamed");
    case Renamed::unknown: co_return unknown(request);
    case Renamed::needs_level: {
        const Said said = say(RemoveAnswer::needs_level);
        co_return co_await show_list(access, std::move(request), std::move(who), said);
    }
    case Renamed::name_wrong: break;
    }
    const auto page = co_await access::account_page(access, request, who);
    auto view = view_of(found);
    view.problems.add("name", Msg::passkeys_name_wrong);
    co_return access::refuse(request, page, view, unprocessable, "name_wrong");
}

access::StepUpRequest step_up_for(const render::Page& page, const RemoveFound& found)
{
    access::StepUpRequest step_up;
    step_up.purpose = purpose;
    step_up.summary.headline = render::text(page, Msg::passkeys_headline_remove);
    step_up.summary.facts.emplace_back(render::text(page, Msg::passkeys_fact_passkey), found.passkey->name);
    step_up.summary.consequences.push_back(
        render::text(page, Msg::passkeys_remove_waits, {{"wait", found.wait}}));
    step_up.summary.consequences.push_back(render::text(page, Msg::passkeys_remove_hold));
    step_up.summary.consequences.push_back(render::text(page, Msg::passkeys_remove_told));
    step_up.confirm_path = "/account/passkeys/remove/confirm";
    step_up.back_path = list_path;
    step_up.payload = RecordWriter(step_up.purpose).bytes(found.passkey->id.bytes()).take_secret();
    return step_up;
}

Task<Response> post_remove(const Access& access, Request request, SignedIn who)
{
    const auto found = co_await named(access, request, who);
    if (!found.passkey) co_return unknown(request);
    if (!waits(found.answer)) {
        const Said said = say(found.answer);
        co_return co_await show_list(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, found);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<RemoveAnswer>(RemoveAnswer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        const auto id = FactorId::from_bytes(done.payload.bytes());
        done.payload.end();
        CHECK(id.has_value());
        *answer = ask_removal(done.tx, world, holder, done.account, done.credentials, *id, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(purpose),
                                                 std::string(list_path), deed);
    if (refused) co_return std::move(*refused);
    if (!waits(*answer)) {
        const Said said = say(*answer);
        co_return co_await show_list(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, "/account/passkeys?done=leaves");
}

}  // namespace

void add_change_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, post, "/account/passkeys/open", post_open);
    access::add_signed_in(router, access, post, "/account/passkeys/rename", post_rename);
    access::add_signed_in(router, access, post, "/account/passkeys/remove", post_remove);
    access::add_signed_in(router, access, post, "/account/passkeys/remove/confirm", post_confirm);
    for (const char* const posted : {"/account/passkeys/open", "/account/passkeys/rename",
                                     "/account/passkeys/remove", "/account/passkeys/remove/confirm"})
        access::lead_back(router, access, posted, std::string(list_path));
}

}  // namespace sallyport::passkeys
