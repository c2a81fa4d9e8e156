// P8g: a case or a change is stopped by the code of a message. Looking at the page does nothing, whoever
// looks.
#include "access/refuse.h"
#include "slices/reset/endpoints_shared.h"
#include "slices/reset/stop_case.h"
#include "views/recover_stop.h"
#include "views/recover_stopped.h"

namespace sallyport::reset {

namespace {

using access::Access;
using http::Request;
using http::Response;
using policy::roads::VetoAnswer;
using render::Msg;

constexpr unsigned unauthorized = 401;
constexpr unsigned unprocessable = 422;
constexpr unsigned too_many = 429;

Task<Response> show_stop(const Access& access, Request request)
{
    co_return http::respond(request, access.page(request), views::RecoverStop{});
}

Response refused(const Access& access, const Request& request, const StopOutcome& outcome)
{
    const render::Page page = access.page(request);
    views::RecoverStop view;
    if (outcome.result == Stop::wait) {
        view.problems.add("", Msg::reset_factor_wait, {{"time", render::ClockTime{outcome.until}}});
        Response response = access::refuse(request, page, view, too_many, "too_many_tries");
        response.set("Retry-After", retry_seconds(outcome.until, access.world().clock.now()));
        return response;
    }
    if (outcome.result == Stop::wrong_app) {
        view.problems.add("code", Msg::sign_in_code_wrong);
        return access::refuse(request, page, view, unauthorized, "code_not_right");
    }
    const bool malformed = outcome.result == Stop::malformed;
    view.problems.add("stop", Msg::recover_stop_wrong);
    return access::refuse(request, page, view, malformed ? unprocessable : unauthorized,
                          malformed ? "stop_code_malformed" : "stop_code_not_right");
}

std::string_view name_of(VetoAnswer answer) noexcept
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

std::string_view name_of(policy::changes::StopAnswer answer) noexcept
{
    using policy::changes::StopAnswer;
    switch (answer) {
    case StopAnswer::stopped: return "change_stopped";
    case StopAnswer::undone: return "change_undone";
    case StopAnswer::once_only: return "change_once_only";
    case StopAnswer::stopped_already: return "change_over";
    case StopAnswer::not_yours:
    case StopAnswer::too_late: break;
    }
    return "change_too_late";
}

Task<Response> post_stop(const Access& access, Request request)
{
    auto asker = access.asker(request);
    std::string stop(request.form.get("stop"));
    std::string app(request.form.get("code"));
    const auto outcome =
        co_await stop_by_code(access.world(), std::move(asker), std::move(stop), std::move(app));
    if (outcome.result != Stop::answered) co_return refused(access, request, outcome);
    views::RecoverStopped view;
    view.answer = std::string(outcome.change ? name_of(*outcome.change) : name_of(outcome.answer));
    if (outcome.address_taken) view.answer = "change_taken";
    if (outcome.until > access.world().clock.now()) view.until = outcome.until;
    co_return http::respond(request, access.page(request), view);
}

}  // namespace

void add_stop_pages(http::Router& router, const Access& access)
{
    using enum http::Method;
    add_page(router, access, get, "/recover/stop", show_stop);
    add_page(router, access, post, "/recover/stop", post_stop);
}

}  // namespace sallyport::reset
