// A10: the password goes, where two passkeys in different places stay; and stopping that.
#include "access/account_page.h"
#include "access/keep_change.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/account/endpoints_password.h"
#include "slices/account/remove_password.h"

namespace sallyport::account {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr unsigned forbidden = 403;
constexpr unsigned conflict = 409;

access::StepUpRequest step_up_for(const render::Page& page, Duration wait)
{
    access::Summary summary{render::text(page, Msg::password_headline_remove), {}, {}};
    summary.consequences.push_back(render::text(page, Msg::password_remove_waits, {{"wait", wait}}));
    for (const Msg line :
         {Msg::password_remove_passkeys, Msg::password_remove_hold, Msg::password_remove_told})
        summary.consequences.push_back(render::text(page, line));
    return {std::string(remove_password_purpose), std::move(summary), "/account/password/remove/confirm",
            std::string(password_path), RecordWriter(remove_password_purpose).take_secret()};
}

Task<Response> post_remove(const Access& access, Request request, SignedIn who)
{
    auto actor = access::holder_of(who);
    const auto state = co_await read_password_state(access.world(), std::move(actor));
    if (!waits(state.may_remove)) {
        const access::Said said = say(state.may_remove);
        co_return co_await show_password_page(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page, state.wait);
    const auto path = co_await access::ask(access, std::move(who), std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<RemoveAnswer>(RemoveAnswer::needs_step_up);
    auto deed = [&world, actor = access::holder_of(who), answer](access::Deed& done) {
        done.payload.end();
        *answer = ask_password_removal(done.tx, world, actor, done.account, done.credentials, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(remove_password_purpose),
                                                 std::string(password_path), std::move(deed));
    if (refused) co_return std::move(*refused);
    if (!waits(*answer)) {
        const access::Said said = say(*answer);
        co_return co_await show_password_page(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, "/account/password?done=leaves");
}

std::vector<std::pair<std::string, std::string>> kept_facts(const render::Page&, const store::PendingChange&)
{
    return {};  // the headline says it
}

Task<Response> too_late(const Access& access, Request request, SignedIn who)
{
    const access::Said late{Msg::password_too_late, "too_late", conflict};
    co_return co_await show_password_page(access, std::move(request), std::move(who), late);
}

constexpr access::Keep keep{policy::changes::Kind::remove_password,
                            "keep_password",
                            password_path,
                            Msg::password_headline_keep,
                            kept_facts,
                            too_late};

}  // namespace

bool waits(RemoveAnswer answer) noexcept
{
    return answer == RemoveAnswer::waits || answer == RemoveAnswer::waits_long;
}

access::Said say(RemoveAnswer answer)
{
    switch (answer) {
    case RemoveAnswer::needs_level:
    case RemoveAnswer::needs_step_up: return {Msg::passkeys_needs_level, "level_too_low", forbidden};
    case RemoveAnswer::too_young: return {Msg::passkeys_too_young, "approver_too_young", conflict};
    case RemoveAnswer::last_strong_factor:
    case RemoveAnswer::last_hardware_key:
    case RemoveAnswer::last_way_in: return {Msg::password_needs_two, "last_way_in", conflict};
    case RemoveAnswer::waits:
    case RemoveAnswer::waits_long:
    case RemoveAnswer::leaving_already: break;
    }
    return {Msg::password_leaving, "leaving_already", conflict};
}

void add_passwordless(http::Router& router, const Access& access)
{
    using enum http::Method;
    const std::string page(password_path);
    access::add_signed_in(router, access, post, page + "/remove", post_remove);
    access::add_signed_in(router, access, post, page + "/remove/confirm", post_confirm);
    access::add_keep(router, access, keep);
    for (const char* const posted : {"/remove", "/remove/confirm"})
        access::lead_back(router, access, page + posted, page);
}

}  // namespace sallyport::account
