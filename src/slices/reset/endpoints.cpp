#include "slices/reset/endpoints.h"

#include "http/problem.h"
#include "slices/reset/endpoints_shared.h"
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

std::optional<store::TokenHash> secret_of(const access::Access& access, const http::Request& request)
{
    return access.cookie_hash(request, reset_cookie);
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
    return http::see_other(request, "/recover");
}

http::Response start_again(const access::Access& access, const http::Request& request)
{
    http::Response response;
    if (request.wants_json) {
        response = http::problem(request, 410, "reset_over",
                                 render::text(render::Language::en, render::Msg::reset_started_again));
    } else {
        render::Page page = access.page(request);
        page.notice = render::Message{render::Msg::reset_started_again, {}};
        response = http::respond(request, page, views::ResetAddress{}, 200);
    }
    response.add("Set-Cookie", http::set_cookie_header(reset_cookie, "", gone));
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

std::string retry_seconds(Instant until, Instant now)
{
    return std::to_string(
        std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(until - now).count()));
}

void add_routes(http::Router& router, const access::Access& access)
{
    add_code_pages(router, access);
    add_factor_pages(router, access);
    add_password_pages(router, access);
    add_recover_pages(router, access);
}

}  // namespace sallyport::reset
