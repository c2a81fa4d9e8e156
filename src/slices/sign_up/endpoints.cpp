#include "slices/sign_up/endpoints.h"

#include "slices/sign_up/endpoints_shared.h"

namespace sallyport::sign_up {

namespace {

using access::Access;
using http::Request;
using http::Response;
using render::Msg;

constexpr std::chrono::seconds gone{0};

Response first_page(const Access& access, const Request& request, std::string_view code, Msg said)
{
    Response response;
    if (request.wants_json) {
        response = http::problem(request, 410, code, render::text(render::Language::en, said));
    } else {
        render::Page page = access.page(request);
        page.notice = render::Message{said, {}};
        response = http::respond(request, page, address_view(access), 200);
    }
    response.add("Set-Cookie", http::set_cookie_header(access::sign_up_cookie, "", gone));
    return response;
}

}  // namespace

std::string_view path_of(policy::sign_up::Stage stage) noexcept
{
    using policy::sign_up::Stage;
    switch (stage) {
    case Stage::address: return "/signup/confirm";
    case Stage::password: return "/signup/secure";
    case Stage::app: return "/signup/second";
    case Stage::backup: return "/signup/kit";
    case Stage::created: return "/signup/done";
    }
    return "/signup";
}

Response lead_on(const Request& request, policy::sign_up::Stage stage)
{
    return http::see_other(request, path_of(stage));
}

views::SignUpAddress address_view(const Access& access)
{
    views::SignUpAddress view;
    const std::string& terms = access.world().brand.terms;
    if (!terms.empty()) view.terms = terms;
    return view;
}

Response start_again(const Access& access, const Request& request)
{
    return first_page(access, request, "sign_up_over", Msg::sign_up_started_again);
}

Response has_account(const Access& access, const Request& request)
{
    return first_page(access, request, "account_exists", Msg::sign_up_has_account);
}

void add_page(http::Router& router, const Access& access, http::Method method, std::string path,
              Endpoint endpoint)
{
    router.add(method, std::move(path),
               [&access, endpoint](Request request) { return endpoint(access, std::move(request)); });
}

void add_routes(http::Router& router, const Access& access)
{
    add_address_pages(router, access);
    add_protection_pages(router, access);
    add_passkey_pages(router, access);
    add_last_pages(router, access);
}

}  // namespace sallyport::sign_up
