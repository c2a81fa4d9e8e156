#include "slices/reset/endpoints.h"

#include "http/problem.h"
#include "slices/reset/endpoints_shared.h"
#include "views/recover_finish.h"
#include "views/reset_address.h"

#include <algorithm>

namespace sallyport::reset {

namespace {

constexpr std::chrono::seconds gone{0};

}  // namespace

void add_page(http::Router& router, const access::Access& access, http::Method method, std::string path,
              Endpoint endpoint)
{
    router.add(method, std::move(path),
               [&access, endpoint](http::Request request) { return endpoint(access, std::move(request)); });
}

std::optional<store::TokenHash> secret_of(const access::Access& access, const http::Request& request,
                                          Purpose purpose)
{
    return access.cookie_hash(request, cookie_of(purpose));
}

http::Response lead_on(const http::Request& request, policy::reset::Stage stage)
{
    using policy::reset::Stage;
    switch (stage) {
    case Stage::code: return http::see_other(request, "/reset/check");
    case Stage::factor: return http::see_other(request, "/reset/factor");
    case Stage::password: return http::see_other(request, "/reset/new");
    case Stage::done: return http::see_other(request, "/reset/done");
    case Stage::kit_road: break;
    }
    return http::see_other(request, "/reset/waiting");
}

http::Response lead_on_finish(const http::Request& request, policy::reset::Stage stage)
{
    using policy::reset::Stage;
    switch (stage) {
    case Stage::code: return http::see_other(request, "/recover/check");
    case Stage::factor: return http::see_other(request, "/recover/new");
    case Stage::password: return http::see_other(request, "/recover/app");
    case Stage::done:
    case Stage::kit_road: break;
    }
    return http::see_other(request, "/recover/done");
}

http::Response start_again(const access::Access& access, const http::Request& request, Purpose purpose)
{
    http::Response response;
    if (request.wants_json) {
        response = http::problem(request, 410, "reset_over",
                                 render::text(render::Language::en, render::Msg::reset_started_again));
    } else {
        render::Page page = access.page(request);
        page.notice = render::Message{render::Msg::reset_started_again, {}};
        response = purpose == Purpose::reset ? http::respond(request, page, views::ResetAddress{}, 200)
                                             : http::respond(request, page, views::RecoverFinish{}, 200);
    }
    response.add("Set-Cookie", http::set_cookie_header(cookie_of(purpose), "", gone));
    return response;
}

Task<http::Response> lead_to_awaited(const access::Access& access, http::Request request)
{
    const auto secret = secret_of(access, request);
    if (!secret) co_return start_again(access, request);
    const auto found = co_await read_progress(access.world(), Purpose::reset, *secret);
    if (!found) co_return start_again(access, request);
    co_return lead_on(request, found->progress.stage);
}

render::Message words_of(policy::passwords::Refusal refusal, std::int64_t least, std::int64_t most)
{
    using policy::passwords::Refusal;
    switch (refusal) {
    case Refusal::malformed: return {render::Msg::password_malformed, {}};
    case Refusal::too_long: return {render::Msg::password_too_long, {{"most", most}}};
    case Refusal::too_short: return {render::Msg::password_too_short, {{"least", least}}};
    case Refusal::own_name: return {render::Msg::password_own_name, {}};
    case Refusal::operator_name: return {render::Msg::password_operator_name, {}};
    case Refusal::blocklisted: return {render::Msg::password_blocklisted, {}};
    case Refusal::is_current: return {render::Msg::password_is_current, {}};
    case Refusal::is_old: return {render::Msg::password_is_old, {}};
    case Refusal::breached: return {render::Msg::password_breached, {}};
    }
    return {render::Msg::password_malformed, {}};
}

std::string retry_seconds(Instant until, Instant now)
{
    return std::to_string(
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(until - now).count()));
}

void add_routes(http::Router& router, const access::Access& access)
{
    add_code_pages(router, access);
    add_link_page(router, access);
    add_factor_pages(router, access);
    add_password_pages(router, access);
    add_recover_pages(router, access);
    add_kit_pages(router, access);
    add_stop_pages(router, access);
    add_running_pages(router, access);
    add_finish_pages(router, access);
}

}  // namespace sallyport::reset
