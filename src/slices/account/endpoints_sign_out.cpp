#include "access/account_page.h"
#include "access/routes.h"
#include "http/pages.h"
#include "slices/account/devices.h"
#include "slices/account/endpoints_shared.h"
#include "views/sign_out.h"
#include "views/signed_out.h"

namespace sallyport::account {

namespace {

constexpr std::string_view signed_out_path = "/signed-out";

std::optional<access::SignedIn> signed_in_of(const access::Visitor& visitor)
{
    if (!visitor.session || !visitor.session_hash) return std::nullopt;
    return access::SignedIn{*visitor.session, *visitor.session_hash, visitor.asker};
}

Task<http::Response> show_sign_out(const access::Access& access, http::Request request)
{
    const auto visitor = co_await access.who(request);
    const auto who = signed_in_of(visitor);
    if (!who) co_return http::see_other(request, signed_out_path);
    const auto page = co_await access::account_page(access, request, *who);
    co_return http::respond(request, page, views::SignOut{});
}

Task<http::Response> sign_out_now(const access::Access& access, http::Request request)
{
    const auto visitor = co_await access.who(request);
    const auto who = signed_in_of(visitor);
    if (who) {
        const proof::Holder actor = access::holder_of(*who);
        if (!request.form.get("others").empty()) {
            co_await end_other_devices(access.world(), actor);
        }
        co_await sign_out(access.world(), actor);
        forget_sessions(access, actor);
    }
    auto response = http::see_other(request, signed_out_path);
    response.add("Set-Cookie", http::set_cookie_header(access::session_cookie, "", std::chrono::seconds{0}));
    co_return response;
}

Task<http::Response> show_signed_out(const access::Access& access, http::Request request)
{
    const auto visitor = co_await access.who(request);
    if (visitor.session) co_return http::see_other(request, "/signout");  // the page would not be true
    co_return http::respond(request, access.page(request), views::SignedOut{});
}

}  // namespace

void add_sign_out(http::Router& router, const access::Access& access)
{
    using http::Method;
    const auto with = [&access](auto handler) {
        return [&access, handler](http::Request request) { return handler(access, std::move(request)); };
    };
    router.add(Method::get, "/signout", with(show_sign_out));
    router.add(Method::post, "/signout", with(sign_out_now));
    router.add(Method::get, std::string(signed_out_path), with(show_signed_out));
}

}  // namespace sallyport::account
