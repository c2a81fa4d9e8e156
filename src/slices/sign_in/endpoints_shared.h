#pragma once
// What the addresses of the sign-in share.
#include "access/visitor.h"
#include "http/pages.h"
#include "http/router.h"
#include "render/messages.h"
#include "slices/sign_in/trusted_browser.h"
#include "views/sign_in.h"

#include <string>

namespace sallyport::sign_in {

inline constexpr std::string_view pass_cookie = "pass";
inline constexpr std::chrono::seconds gone_cookie{0};
inline constexpr unsigned not_proven = 401;

/// An error as a program reads it; a person gets the page of `view` again.
template <class View>
http::Response refuse(const access::Access& access, const http::Request& request, const View& view,
                      unsigned status, std::string_view code, render::Msg said)
{
    if (request.wants_json)
        return http::problem(request, status, code, render::text(render::Language::en, said));
    return http::respond(request, access.page(request), view, status);
}

/// Whether the operator lets people sign in with a passkey.
bool takes_passkeys(const access::Access& access);

/// What was last used on this device, as its own cookie says: it only orders what is offered.
policy::Methods used_here(const http::Request& request);

/// The page that asks for a second factor.
std::string page_of(policy::Method method);

/// P1. `then`: where to go on.
views::SignIn sign_in_view(const access::Access& access, const http::Request& request, std::string_view email,
                           std::string_view then);

/// The cookies of a finished sign-in, and the end of those that led to it.
void set_cookies(const access::Access& access, const http::Request& request, http::Response& response,
                 const proof::SessionTokens& tokens, policy::sessions::BrowserToken browser,
                 policy::Methods methods);

/// The half-finished sign-in is gone: a new one, with one line that says so (R2).
http::Response start_again(const access::Access& access, const http::Request& request);

/// The first factor was right, and the account is locked: the page that opens it again (P10), with the
/// address that was typed. Programs get 403 `account_locked`.
http::Response lead_to_unlock(const access::Access& access, const http::Request& request, std::string email);

/// P5. Says the same for every address.
http::Response wait_page(const access::Access& access, const http::Request& request, std::string email,
                         std::optional<Instant> until, bool needs_pass);

/// The page of a second factor, and where it follows on a refused answer of a trusted browser the line that
/// says so.
render::Page second_page(const access::Access& access, const http::Request& request);

/// What the box of the form carries (web/scripts/trust.ts); nullopt where it is not ticked, or a script did
/// not fill it in.
std::optional<TrustWish> trust_wish(const http::Request& request, const store::TokenHash& half_finished);

/// What every page of a second factor says of trust (parts/trust_box.html, parts/trust_use.html). A box that
/// was ticked stays so.
template <class View>
void show_trust(View& view, const http::Request& request, const TrustOffer& offer)
{
    view.trust_make = offer.make.value_or("");
    view.trust_use = offer.use.value_or("");
    view.trust_days = offer.days;
    view.trust_ticked = request.form.has("trust");
}

using Endpoint = Task<http::Response> (*)(const access::Access&, http::Request);
void add(http::Router& router, const access::Access& access, http::Method method, std::string path,
         Endpoint endpoint);

void add_key_routes(http::Router& router, const access::Access& access);
void add_trusted_routes(http::Router& router, const access::Access& access);
void add_sent_routes(http::Router& router, const access::Access& access);

}  // namespace sallyport::sign_in
