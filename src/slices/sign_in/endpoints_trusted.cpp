// The answer of a trusted browser, in the place of a second factor.
#include "access/routes.h"
#include "slices/sign_in/endpoints_shared.h"
#include "slices/sign_in/second_factor.h"

namespace sallyport::sign_in {

namespace {

using access::Access;
using http::Request;
using http::Response;

/// The second factor is asked for as ever, on its page.
Response ask_second(const Request& request, const OpenSignIn& open)
{
    if (request.wants_json)
        return http::problem(request, not_proven, "browser_not_trusted",
                             render::text(render::Language::en, render::Msg::sign_in_trusted_no));
    const auto page = open.choices.empty() ? std::string("/signin/methods") : page_of(open.choices[0].method);
    return http::see_other(request, page + "?trust=no");
}

Task<Response> post_trusted(const Access& access, Request request)
{
    const auto half = access.cookie_hash(request, access::sign_in_cookie);
    if (!half) co_return start_again(access, request);
    auto asker = access.asker(request);
    auto signature = from_base64url(request.form.get("signature")).value_or(Bytes{});
    const auto outcome =
        co_await sign_in_trusted(access.world(), std::move(asker), *half, std::move(signature));
    if (outcome.answer == Trusted::signed_in) {
        Response response = http::see_other(request, outcome.then);
        // No factor was used: what the chooser begins with stays.
        set_cookies(access, request, response, *outcome.session, policy::sessions::BrowserToken::none,
                    used_here(request));
        co_return response;
    }
    if (outcome.answer == Trusted::over) co_return start_again(access, request);
    const auto open = co_await find_open(access.world(), *half, used_here(request));
    if (!open) co_return start_again(access, request);
    co_return ask_second(request, *open);
}

}  // namespace

void add_trusted_routes(http::Router& router, const Access& access)
{
    add(router, access, http::Method::post, "/signin/trusted", post_trusted);
    access::lead(router, "/signin/trusted", "/signin/methods");
}

}  // namespace sallyport::sign_in
