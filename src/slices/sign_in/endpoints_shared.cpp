#include "slices/sign_in/endpoints_shared.h"

#include "slices/sign_in/held.h"
#include "views/sign_in_wait.h"
#include "views/unlock.h"

#include <algorithm>
#include <charconv>

namespace sallyport::sign_in {

namespace {

using policy::Method;

constexpr std::string_view methods_cookie = "methods";
constexpr std::chrono::seconds methods_cookie_life = access::known_browser_life;

std::int64_t seconds_until(Instant until, Instant now)
{
    return std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(until - now).count());
}

}  // namespace

bool takes_passkeys(const access::Access& access)
{
    const auto& table = access.world().methods;
    return policy::profile::allows(table, Method::passkey) ||
           policy::profile::allows(table, Method::bound_passkey);
}

policy::Methods used_here(const http::Request& request)
{
    const std::string text = request.cookie(methods_cookie).value_or("");
    std::uint16_t bits = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), bits);
    const bool all = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return all ? proof::methods_of(bits) : policy::Methods{};
}

std::string page_of(Method method)
{
    switch (method) {
    case Method::passkey:
    case Method::bound_passkey:
    case Method::touched_key: return "/signin/key";
    case Method::totp: return "/signin/code";
    case Method::recovery_code: return "/signin/recovery-code";
    case Method::email_code: return "/signin/mail";
    case Method::sms_code: return "/signin/sms";
    case Method::password: break;
    }
    return "/signin/methods";
}

views::SignIn sign_in_view(const access::Access& access, const http::Request& request, std::string_view email,
                           std::string_view then)
{
    views::SignIn view;
    view.email = std::string(email);
    view.then = access::safe_path(then);
    view.passkeys = takes_passkeys(access);
    const auto used = used_here(request);
    view.passkey_first = view.passkeys && (used.has(Method::passkey) || used.has(Method::bound_passkey));
    view.rp_id = access.world().brand.rp_id;
    return view;
}

void set_cookies(const access::Access& access, const http::Request& request, http::Response& response,
                 const proof::SessionTokens& tokens, policy::sessions::BrowserToken browser,
                 policy::Methods methods)
{
    access.set_session_cookies(request, response, tokens, browser);
    response.add("Set-Cookie",
                 http::set_cookie_header(methods_cookie, std::to_string(proof::bits_of(methods)),
                                         methods_cookie_life));
    response.add("Set-Cookie", http::set_cookie_header(access::sign_in_cookie, "", gone_cookie));
    response.add("Set-Cookie", http::set_cookie_header(pass_cookie, "", gone_cookie));
}

http::Response start_again(const access::Access& access, const http::Request& request)
{
    constexpr unsigned gone = 410;
    if (request.wants_json)
        return http::problem(request, gone, "sign_in_over", "That sign-in has ended. Start again.");
    render::Page page = access.page(request);
    page.notice = render::Message{render::Msg::sign_in_started_again, {}};
    auto response = http::respond(request, page, sign_in_view(access, request, "", "/account"), 200);
    response.add("Set-Cookie", http::set_cookie_header(access::sign_in_cookie, "", gone_cookie));
    return response;
}

http::Response lead_to_unlock(const access::Access& access, const http::Request& request, std::string email)
{
    constexpr unsigned forbidden = 403;
    views::Unlock view;
    view.email = std::move(email);
    view.locked = true;
    return refuse(access, request, view, forbidden, "account_locked", render::Msg::lock_is_locked);
}

http::Response wait_page(const access::Access& access, const http::Request& request, std::string email,
                         std::optional<Instant> until, bool needs_pass)
{
    views::SignInWait view;
    view.email = std::move(email);
    view.needs_pass = needs_pass;
    view.passkeys = takes_passkeys(access);
    const Instant now = access.world().clock.now();
    if (!needs_pass && until) {
        view.until = until;
        view.wait = std::chrono::seconds{seconds_until(*until, now)};
    }
    http::Response response =
        refuse(access, request, view, 429, needs_pass ? "mailed_pass_needed" : "too_many_tries",
               render::Msg::sign_in_wait_title);
    if (view.until) response.set("Retry-After", std::to_string(seconds_until(*view.until, now)));
    return response;
}

render::Page second_page(const access::Access& access, const http::Request& request)
{
    auto page = access.page(request);
    if (request.query.has("trust")) page.notice = render::Message{render::Msg::sign_in_trusted_no, {}};
    return page;
}

std::optional<TrustWish> trust_wish(const http::Request& request, const store::TokenHash& half_finished)
{
    if (!request.form.has("trust")) return std::nullopt;
    auto key = from_base64url(request.form.get("trust_key"));
    auto signature = from_base64url(request.form.get("trust_signature"));
    if (!key || !signature) return std::nullopt;
    return TrustWish{half_finished, std::move(*key), std::move(*signature)};
}

void add(http::Router& router, const access::Access& access, http::Method method, std::string path,
         Endpoint endpoint)
{
    router.add(method, std::move(path),
               [&access, endpoint](http::Request request) { return endpoint(access, std::move(request)); });
}

}  // namespace sallyport::sign_in
