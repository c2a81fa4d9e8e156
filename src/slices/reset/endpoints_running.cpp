// A20, as far as it is built: the case that runs, seen and stopped by its owner who is signed in.
#include "access/account_page.h"
#include "access/routes.h"
#include "access/step_up_page.h"
#include "slices/reset/endpoints_shared.h"
#include "slices/reset/running_case.h"
#include "views/account_recovery.h"

namespace sallyport::reset {

namespace {

using access::Access;
using access::SignedIn;
using http::Request;
using http::Response;
using policy::roads::VetoAnswer;
using render::Msg;

constexpr std::string_view purpose = "end_recovery";
constexpr std::string_view here = "/account/recovery";
constexpr unsigned conflict = 409;

/// What a redirect may say of the deed; anything else is nobody's word.
std::string done_of(std::string_view said)
{
    for (const std::string_view known : {"ended", "paused", "once_only", "too_late", "nothing"})
        if (said == known) return std::string(known);
    return {};
}

std::string_view word_of(VetoAnswer answer) noexcept
{
    switch (answer) {
    case VetoAnswer::ended: return "ended";
    case VetoAnswer::paused: return "paused";
    case VetoAnswer::once_only: return "once_only";
    case VetoAnswer::too_late: return "too_late";
    case VetoAnswer::nothing: break;
    }
    return "nothing";
}

Task<Response> show(const Access& access, Request request, SignedIn who)
{
    const auto running = co_await running_case(access.world(), who.session.account);
    views::AccountRecovery view;
    view.answer = done_of(request.query.get("done"));
    if (running) {
        view.running = true;
        view.ready = running->ready;
        view.may_pause = running->may_pause;
        view.may_end = running->may_end;
        view.begun = running->open.state.begun;
        view.enter_at = running->open.state.enter_at;
    }
    const auto page = co_await access::account_page(access, request, who);
    co_return http::respond(request, page, view);
}

Response answered(const Request& request, VetoAnswer answer)
{
    const bool stopped = answer == VetoAnswer::ended || answer == VetoAnswer::paused;
    if (request.wants_json && !stopped)
        return http::problem(request, conflict, "recovery_not_stopped",
                             render::text(render::Language::en, Msg::recover_stopped_nothing));
    return http::see_other(request, std::string(here) + "?done=" + std::string(word_of(answer)));
}

Task<Response> post_pause(const Access& access, Request request, SignedIn who)
{
    auto holder = access::holder_of(who);
    const auto answer = co_await stop_by_session(access.world(), std::move(holder));
    co_return answered(request, answer);
}

Task<Response> post_end(const Access& access, Request request, SignedIn who)
{
    const auto running = co_await running_case(access.world(), who.session.account);
    if (!running || !running->may_end) co_return answered(request, VetoAnswer::nothing);
    const auto page = co_await access::account_page(access, request, who);
    access::StepUpRequest step_up;
    step_up.purpose = purpose;
    step_up.summary.headline = render::text(page, Msg::recover_end_headline);
    for (const Msg line : {Msg::recover_end_again, Msg::recover_end_told, Msg::recover_end_second})
        step_up.summary.consequences.push_back(render::text(page, line));
    step_up.confirm_path = std::string(here) + "/end/confirm";
    step_up.back_path = here;
    step_up.payload = RecordWriter(step_up.purpose).take_secret();
    const auto path = co_await access::ask(access, who, std::move(step_up));
    co_return http::see_other(request, path);
}

Task<Response> post_end_confirm(const Access& access, Request request, SignedIn who)
{
    const auto answer = std::make_shared<VetoAnswer>(VetoAnswer::nothing);
    auto deed = [&world = access.world(), holder = access::holder_of(who), answer](access::Deed& done) {
        done.payload.end();
        *answer = stop_by_holder(done.tx, world, holder, done.credentials, done.shown, done.now);
    };
    auto refused =
        co_await access::prove_posted(access, request, who, std::string(purpose), std::string(here), deed);
    if (refused) co_return std::move(*refused);
    co_return answered(request, *answer);
}

}  // namespace

void add_running_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    access::add_signed_in(router, access, get, std::string(here), show);
    access::add_signed_in(router, access, post, "/account/recovery/pause", post_pause);
    access::add_signed_in(router, access, post, "/account/recovery/end", post_end);
    access::add_signed_in(router, access, post, "/account/recovery/end/confirm", post_end_confirm);
    for (const char* const posted :
         {"/account/recovery/pause", "/account/recovery/end", "/account/recovery/end/confirm"})
        access::lead_back(router, access, posted, std::string(here));
}

}  // namespace sallyport::reset
