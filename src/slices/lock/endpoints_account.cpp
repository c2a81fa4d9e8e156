// A22: one who is signed in locks the account with one confirmation; it only protects, so no fresh proof is
// asked for. What locked before is confirmed by one.
#include "access/account_page.h"
#include "access/refuse.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "http/problem.h"
#include "slices/lock/endpoints_shared.h"
#include "views/account_lock.h"

namespace sallyport::lock {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::string_view here = "/account/lock";
constexpr std::string_view purpose = "confirm_lock_voices";

Task<Response> show(const Access& access, Request request, SignedIn who)
{
    views::AccountLock view;
    const auto quiet =
        co_await find_quiet_voices(access.world(), who.session.account, access::holder_of(who).level);
    view.quiet = quiet.any && quiet.may_confirm;
    view.confirmed = request.query.get("done") == "confirmed" && !quiet.any;
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, view);
}

Task<Response> post(const Access& access, Request request, SignedIn who)
{
    if (request.form.get("sure") != "yes") {
        views::AccountLock view;
        view.problems.add("", Msg::lock_sure_missing);
        const auto page = co_await access::account_page(access, request, who);
        co_return access::refuse(request, page, view, unprocessable, "input_missing");
    }
    auto holder = access::holder_of(who);
    const auto outcome = co_await lock_by_session(access.world(), std::move(holder));
    if (outcome.result != Result::answered)
        co_return http::problem(request, conflict, "not_locked",
                                render::text(render::Language::en, Msg::lock_not_locked));
    auto response = locked_page(access, request, outcome.asked);
    if (outcome.asked.answer == policy::lock::Answer::locked) {
        access.sessions().forget_account(who.session.account);
        response.add("Set-Cookie",
                     http::set_cookie_header(access::session_cookie, "", std::chrono::seconds{0}));
    }
    co_return response;
}

Task<Response> post_trust(const Access& access, Request request, SignedIn who)
{
    const auto quiet =
        co_await find_quiet_voices(access.world(), who.session.account, access::holder_of(who).level);
    if ((!quiet.any || !quiet.may_confirm) && request.wants_json)
        co_return http::problem(request, conflict, "nothing_to_confirm", "Nothing can be confirmed here");
    if (!quiet.any || !quiet.may_confirm) co_return http::see_other(request, std::string(here));
    const auto page = co_await access::account_page(access, request, who);
    access::StepUpRequest step_up;
    step_up.purpose = purpose;
    step_up.summary.headline = render::text(page, Msg::lock_quiet_headline);
    step_up.summary.consequences.push_back(render::text(page, Msg::lock_quiet_effect));
    step_up.confirm_path = std::string(here) + "/trust/confirm";
    step_up.back_path = here;
    step_up.payload = RecordWriter(step_up.purpose).take_secret();
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_trust_confirm(const Access& access, Request request, SignedIn who)
{
    auto deed = [&world = access.world(), asker = who.asker](access::Deed& done) {
        done.payload.end();
        proof::confirm_voices(done.tx, world, done.credentials, asker, done.now);
    };
    auto refused =
        co_await access::prove_posted(access, request, who, std::string(purpose), std::string(here), deed);
    if (refused) co_return std::move(*refused);
    co_return http::see_other(request, std::string(here) + "?done=confirmed");
}

}  // namespace

void add_account_pages(http::Router& router, const Access& access)
{
    using http::Method;
    access::add_signed_in(router, access, Method::get, std::string(here), show);
    access::add_signed_in(router, access, Method::post, std::string(here), post);
    access::add_signed_in(router, access, Method::post, "/account/lock/trust", post_trust);
    access::add_signed_in(router, access, Method::post, "/account/lock/trust/confirm", post_trust_confirm);
    for (const char* const posted : {"/account/lock/trust", "/account/lock/trust/confirm"})
        access::lead_back(router, access, posted, std::string(here));
}

}  // namespace sallyport::lock
