#include "access/account_page.h"
#include "access/passkey_fields.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/pages.h"
#include "render/messages.h"
#include "slices/passkeys/endpoints_shared.h"
#include "views/passkey_new.h"

namespace sallyport::passkeys {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view purpose = "add_passkey";
constexpr unsigned gone = 410;
constexpr unsigned unprocessable = 422;

access::StepUpRequest step_up_for(const render::Page& page)
{
    access::StepUpRequest step_up;
    step_up.purpose = purpose;
    step_up.deed = policy::step_up::Deed::adds;
    step_up.summary.headline = render::text(page, Msg::passkeys_headline_add);
    step_up.summary.facts.emplace_back(render::text(page, Msg::factors_fact_account), page.person);
    for (const Msg line :
         {Msg::factors_ends_sessions, Msg::passkeys_young, Msg::passkeys_hold, Msg::factors_mail_follows})
        step_up.summary.consequences.push_back(render::text(page, line));
    step_up.confirm_path = "/account/passkeys/add/confirm";
    step_up.back_path = list_path;
    step_up.payload = RecordWriter(step_up.purpose).take_secret();
    return step_up;
}

Response over(const Request& request)
{
    if (request.wants_json)
        return http::problem(request, gone, "set_up_over", "That set-up has ended. Start again.");
    return http::see_other(request, "/account/passkeys?over=1");
}

Task<Response> post_add(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto shown = co_await show(access.world(), std::move(holder));
    if (shown.may_add != RegistrationAnswer::allowed) {
        const Said said = access::refusal_of(shown.may_add);
        co_return co_await show_list(access, std::move(request), std::move(who), said);
    }
    const auto page = co_await access::account_page(access, request, who);
    auto step_up = step_up_for(page);
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_confirm(const Access& access, Request request, SignedIn who)
{
    proof::World& world = access.world();
    const auto answer = std::make_shared<RegistrationAnswer>(RegistrationAnswer::needs_step_up);
    auto deed = [&world, holder = access::holder_of(who), answer](access::Deed& done) {
        done.payload.end();
        *answer = begin(done.tx, world, holder, done.credentials, done.now);
    };
    auto refused = co_await access::prove_posted(access, request, who, std::string(purpose),
                                                 std::string(list_path), deed);
    if (refused) co_return std::move(*refused);
    if (*answer != RegistrationAnswer::allowed) {
        const Said said = access::refusal_of(*answer);
        co_return co_await show_list(access, std::move(request), std::move(who), said);
    }
    co_return http::see_other(request, "/account/passkeys/new");
}

Task<Response> show_new(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_set_up(access.world(), std::move(holder));
    if (!open) co_return over(request);
    const auto page = co_await access::account_page(access, request, who);
    views::PasskeyNew view;
    view.until = open->until;
    co_return http::respond(request, page, view);
}

Task<Response> post_options(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto open = co_await find_set_up(access.world(), holder);
    if (!open) co_return http::problem(request, gone, "set_up_over", "That set-up has ended. Start again.");
    const auto challenge = challenge_for(access.world(), holder);
    co_return access::passkey_creation(access, challenge, holder.account, open->address,
                                       access::choices_of(open->held));
}

Task<Response> post_new(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    auto made = access::passkey_made(request.form);
    AddOutcome outcome{Added::refused, RegistrationAnswer::challenge_refused};
    if (made) {
        auto cookie = request.cookie(access::passkey_cookie).value_or("");
        std::string name(request.form.get("name"));
        const auto added =
            co_await add(access.world(), holder, std::move(cookie), std::move(*made), std::move(name));
        outcome = added;
    }
    if (outcome.answer == Added::over) co_return over(request);
    if (outcome.answer == Added::in_force) {
        access.sessions().forget_account(who.session.account);
        co_return http::see_other(request, "/account/passkeys?done=added");
    }
    const auto open = co_await find_set_up(access.world(), holder);
    if (!open) co_return over(request);
    const auto page = co_await access::account_page(access, request, who);
    views::PasskeyNew view;
    view.until = open->until;
    const Said said = access::refusal_of(outcome.why);
    view.problems.add("", said.words);
    co_return access::refuse(request, page, view, unprocessable, said.code);
}

}  // namespace

void add_new_routes(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, post, "/account/passkeys/add", post_add);
    access::add_signed_in(router, access, post, "/account/passkeys/add/confirm", post_confirm);
    access::add_signed_in(router, access, get, "/account/passkeys/new", show_new);
    access::add_signed_in(router, access, post, "/account/passkeys/new/options", post_options);
    access::add_signed_in(router, access, post, "/account/passkeys/new", post_new);
    for (const char* const posted : {"/account/passkeys/add", "/account/passkeys/add/confirm"})
        access::lead_back(router, access, posted, std::string(list_path));
}

}  // namespace sallyport::passkeys
