#include "access/visitor.h"

#include "access/browser_words.h"
#include "http/problem.h"
#include "render/format.h"
#include "store/known_browsers.h"

#include <algorithm>

namespace sallyport::access {

namespace {

constexpr std::size_t path_bytes_max = 200;

/// The tokens of the browser's cookie; what is no token is left out.
std::vector<std::string_view> token_texts(std::string_view cookie)
{
    std::vector<std::string_view> texts;
    while (!cookie.empty() && texts.size() < store::browser_tokens_max) {
        const std::size_t dot = cookie.find('.');
        if (proof::token_hash_of(cookie.substr(0, dot))) texts.push_back(cookie.substr(0, dot));
        cookie = dot == std::string_view::npos ? std::string_view() : cookie.substr(dot + 1);
    }
    return texts;
}

std::vector<store::TokenHash> browser_tokens(const http::Request& request)
{
    std::vector<store::TokenHash> hashes;
    const std::string cookie = request.cookie(browser_cookie).value_or("");
    for (const std::string_view text : token_texts(cookie)) hashes.push_back(*proof::token_hash_of(text));
    return hashes;
}

/// Free coroutine: a lambda's captures would die before it ends.
Task<http::Response> call_signed_in(const Access& access, SignedInHandler handler, http::Request request)
{
    const auto visitor = co_await access.who(request);
    if (visitor.session && visitor.session_hash) {
        SignedIn signed_in{*visitor.session, *visitor.session_hash, visitor.asker};
        co_return co_await handler(std::move(request), std::move(signed_in));
    }
    if (request.wants_json) co_return http::problem(request, 401, "sign_in_needed", "Sign in first");
    // Only a page can be gone back to: a form that was posted is typed again.
    const bool page = request.method == http::Method::get || request.method == http::Method::head;
    co_return http::see_other(request,
                              "/signin?then=" + (page ? safe_path(request.path) : std::string("/account")));
}

}  // namespace

std::string safe_path(std::string_view path)
{
    const bool plain = std::ranges::all_of(path, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
               c == '-' || c == '_' || c == '.';
    });
    const bool ours = path.starts_with('/') && path.find("//") == std::string_view::npos &&
                      path.find("..") == std::string_view::npos;
    return plain && ours && path.size() <= path_bytes_max && path != "/" ? std::string(path)
                                                                         : std::string("/account");
}

std::optional<store::TokenHash> Access::cookie_hash(const http::Request& request, std::string_view name) const
{
    const auto value = request.cookie(name);
    if (!value) return std::nullopt;
    return proof::token_hash_of(*value);
}

render::Language Access::language(const http::Request& request) const
{
    const auto chosen = request.cookie(language_cookie);
    return render::choose_language(chosen ? std::optional<std::string_view>(*chosen) : std::nullopt,
                                   request.header("accept-language"));
}

proof::Asker Access::asker(const http::Request& request) const
{
    return {request.client.text(), request.client.network(), browser_words(request.header("user-agent")),
            std::string(render::tag(language(request))), browser_tokens(request)};
}

void Access::set_session_cookies(const http::Request& request, http::Response& response,
                                 const proof::SessionTokens& tokens,
                                 policy::sessions::BrowserToken browser) const
{
    const auto overall = std::chrono::duration_cast<std::chrono::seconds>(m_world.sessions.overall);
    response.add("Set-Cookie",
                 http::set_cookie_header(session_cookie, tokens.session.text.reveal_text(), overall));
    if (browser == policy::sessions::BrowserToken::none) return;
    const std::string before = request.cookie(browser_cookie).value_or("");
    auto texts = token_texts(before);
    if (browser == policy::sessions::BrowserToken::fresh)
        texts.insert(texts.begin(), tokens.browser.text.reveal_text());
    texts.resize(std::min(texts.size(), static_cast<std::size_t>(m_world.sessions.accounts_a_browser)));
    std::string value;
    for (const std::string_view text : texts) value.append(value.empty() ? "" : ".").append(text);
    response.add("Set-Cookie", http::set_cookie_header(browser_cookie, value, known_browser_life));
}

Task<Visitor> Access::who(const http::Request& request) const
{
    Visitor visitor{asker(request), language(request), std::nullopt, cookie_hash(request, session_cookie)};
    if (!visitor.session_hash) co_return visitor;
    const store::TokenHash hash = *visitor.session_hash;
    auto facts = co_await m_sessions.find(hash);
    visitor.session = std::move(facts);
    co_return visitor;
}

http::Handler Access::signed_in(SignedInHandler handler) const
{
    return [this, handler = std::move(handler)](http::Request request) {
        return call_signed_in(*this, handler, std::move(request));
    };
}

render::Page Access::page(const http::Request& request, const SignedIn* signed_in) const
{
    render::Page page;
    page.language = language(request);
    // An IANA name, as the browser told it; until it has, and where scripts are off, times are UTC and say
    // so.
    const std::string zone = request.cookie(zone_cookie).value_or("");
    if (render::is_known_zone(zone)) page.zone = zone;
    page.brand = m_world.brand.name;
    page.host = m_world.brand.host;
    page.path = request.path;
    page.signed_in = signed_in != nullptr;
    return page;
}

}  // namespace sallyport::access
