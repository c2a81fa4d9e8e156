// A10: the password goes, where two passkeys in different places stay; and stopping that.
#include "access/account_page.h"
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
constexpr access::Said late{Msg::password_too_late, "too_late", conflict};

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

Task<Response> post_keep(const Access& access, Request request, SignedIn who)
{
    const auto change = ChangeId::parse(request.form.get("change"));
    if (!change) {
        co_return co_await show_password_page(access, std::move(request), std::move(who), late);
    }
    auto actor = access::holder_of(who);
    const auto kept = co_await keep_password(access.world(), std::move(actor), *change);
    if (kept == Kept::kept) co_return http::see_other(request, "/account/password?done=kept");
    if (kept == Kept::too_late) {
        co_return co_await show_password_page(access, std::move(request), std::move(who), late);
    }
    const auto page = co_await access::account_page(access, request, who);
    access::StepUpRequest step_up{
        std::string(keep_password_purpose),
        {render::text(page, Msg::password_headline_keep), {}, {render::text(page, Msg::password_keep_again)}},
        "/account/password/keep/confirm",
        std::string(password_path),
        RecordWriter(keep_password_purpose).text(change->text()).take_secret()};
    const auto path = co_await access::ask(access, std::move(who), std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_keep_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto kept = std::make_shared<bool>(false);
    auto deed = [&world, actor = access::holder_of(who), kept](access::Deed& done) {
        const auto change = ChangeId::parse(done.payload.text());
        done.payload.end();
        CHECK(change.has_value());
        *kept = keep_password_by_factor(done.tx, world, actor, done.credentials, *change, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(keep_password_purpose),
                                                 std::string(password_path), std::move(deed));
    if (refused) co_return std::move(*refused);
    if (!*kept) {
        co_return co_await show_password_page(access, std::move(request), std::move(who), late);
    }
    co_return http::see_other(request, "/account/password?done=kept");
}

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
    access::add_signed_in(router, access, post, page + "/keep", post_keep);
    access::add_signed_in(router, access, post, page + "/keep/confirm", post_keep_confirm);
    for (const char* const posted : {"/remove", "/remove/confirm", "/keep", "/keep/confirm"})
        access::lead_back(router, access, page + posted, page);
}

}  // namespace sallyport::account
