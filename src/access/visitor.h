#pragma once
// Who is asking: the session, if there is one, and what a request tells about the one who sent it.
#include "access/session_cache.h"
#include "http/message.h"
#include "http/router.h"
#include "proof/open_session.h"
#include "proof/tokens.h"
#include "proof/world.h"
#include "render/page.h"

#include <functional>
#include <optional>

namespace sallyport::access {

/// Names of our cookies, without "__Host-".
inline constexpr std::string_view session_cookie = "session";
inline constexpr std::string_view browser_cookie = "browser";  // known browser, 400 days
inline constexpr std::string_view sign_in_cookie = "sign_in";  // between the two factors
inline constexpr std::string_view sign_up_cookie = "sign_up";
inline constexpr std::string_view language_cookie = "lang";
inline constexpr std::string_view zone_cookie = "zone";  // set by web/scripts/forms/zone.ts

/// A session that is in force.
struct SignedIn {
    SessionFacts session;
    store::TokenHash token_hash;
    proof::Asker asker;
};

/// Everything an endpoint needs to know of the one who asks.
struct Visitor {
    proof::Asker asker;
    render::Language language;
    std::optional<SessionFacts> session;
    std::optional<store::TokenHash> session_hash;
};

/// A handler for people who are signed in.
using SignedInHandler = std::function<Task<http::Response>(http::Request, SignedIn)>;

class Access {
public:
    Access(proof::World& world, SessionCache& sessions) : m_world(world), m_sessions(sessions) {}

    [[nodiscard]] proof::World& world() const noexcept { return m_world; }
    [[nodiscard]] SessionCache& sessions() const noexcept { return m_sessions; }

    /// What the request itself tells; no database.
    [[nodiscard]] proof::Asker asker(const http::Request& request) const;
    [[nodiscard]] render::Language language(const http::Request& request) const;
    Task<Visitor> who(const http::Request& request) const;

    /// Wraps a handler: without a session in force, people are led to /signin and back, programs get 401
    /// `sign_in_needed`.
    [[nodiscard]] http::Handler signed_in(SignedInHandler handler) const;

    /// The surroundings of a page. `signed_in` may be null.
    [[nodiscard]] render::Page page(const http::Request& request, const SignedIn* signed_in = nullptr) const;

    /// The cookies of a session that was just opened. The browser's holds a token for each account that knows
    /// it, the newest first; it is set anew at each full sign-in, so that it lives as long as it is known.
    void set_session_cookies(const http::Request& request, http::Response& response,
                             const proof::SessionTokens& tokens,
                             policy::sessions::BrowserToken browser) const;

    /// The secret of a cookie of ours as its hash; nullopt where the cookie is missing or not 256 bits.
    [[nodiscard]] std::optional<store::TokenHash> cookie_hash(const http::Request& request,
                                                              std::string_view name) const;

private:
    proof::World& m_world;
    SessionCache& m_sessions;
};

/// Only paths of ours are followed after signing in: they begin with one slash, hold no backslash, control
/// character or second slash, and are at most 200 bytes. Else "/account".
std::string safe_path(std::string_view path);

/// Cookie lives.
inline constexpr std::chrono::seconds known_browser_life = std::chrono::hours{24 * 400};

}  // namespace sallyport::access
