#pragma once
// What the pages of a sign-up share.
#include "access/refuse.h"
#include "access/visitor.h"
#include "http/pages.h"
#include "http/router.h"
#include "policy/sign_up.h"
#include "render/messages.h"
#include "slices/sign_up/progress.h"

#include "views/sign_up_address.h"
#include "views/sign_up_password.h"

#include <string_view>

namespace sallyport::sign_up {

using Endpoint = Task<http::Response> (*)(const access::Access&, http::Request);

/// An error as a program reads it; a person gets the form again, with what `view` says.
template <class View>
http::Response refuse(const access::Access& access, const http::Request& request, const View& view,
                      unsigned status, std::string_view code, render::Msg said,
                      const render::Arguments& arguments = {})
{
    if (request.wants_json)
        return http::problem(request, status, code, render::text(render::Language::en, said, arguments));
    return http::respond(request, access.page(request), view, status);
}

/// The page of the step that is awaited.
std::string_view path_of(policy::sign_up::Stage stage) noexcept;
/// To the step that is awaited.
http::Response lead_on(const http::Request& request, policy::sign_up::Stage stage);
/// P6a, with the operator's terms.
views::SignUpAddress address_view(const access::Access& access);
/// There is no sign-up in this browser: the first page, with one line that says so (R2).
http::Response start_again(const access::Access& access, const http::Request& request);
/// Somebody else has finished with this address, or it had an account before.
http::Response has_account(const access::Access& access, const http::Request& request);

template <class View>
http::Response busy(const access::Access& access, const http::Request& request, View view,
                    std::int64_t seconds)
{
    const render::Arguments wait{{"wait", Duration{std::chrono::seconds{seconds}}}};
    view.problems.add("", render::Msg::sign_up_busy, wait);
    http::Response response = refuse(access, request, view, 503, "busy", render::Msg::sign_up_busy, wait);
    response.set("Retry-After", std::to_string(seconds));
    return response;
}

/// What a page of the later steps stands on; `away` where it is not this page's turn.
struct Turn {
    std::optional<Found> found;
    std::optional<http::Response> away;
};
Task<Turn> take_turn(const access::Access& access, const http::Request& request,
                     policy::sign_up::Stage stage);
/// P6c.
views::SignUpPassword password_view(const access::Access& access, const Progress& progress);

/// The pages, by file.
void add_address_pages(http::Router& router, const access::Access& access);
void add_protection_pages(http::Router& router, const access::Access& access);
void add_passkey_pages(http::Router& router, const access::Access& access);
void add_last_pages(http::Router& router, const access::Access& access);

void add_page(http::Router& router, const access::Access& access, http::Method method, std::string path,
              Endpoint endpoint);

}  // namespace sallyport::sign_up
