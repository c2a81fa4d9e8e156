#pragma once
// People who are signed in: a session row as a finished sign-in leaves it, what the tables say of its
// account, and the routes asked as its browser asks them. Needs http and access besides world.h.
#include "access/visitor.h"
#include "base/check.h"
#include "http/router.h"
#include "proof/open_session.h"
#include "store/events.h"
#include "support/world.h"

#include <boost/json.hpp>

namespace sallyport::test {

/// Of one browser; `cookie` is the session's secret as the browser keeps it.
struct Browser {
    AccountId account;
    store::TokenHash session;
    policy::Level level;
    proof::Asker asker;
    std::string cookie;
};

/// Tells nobody: no mail, so that a test counts only its own.
inline Browser sign_in(World& w, const AccountId& account, policy::Level level = policy::Level::aal2,
                       policy::Methods methods = {policy::Method::password, policy::Method::totp},
                       proof::Asker asker = stranger())
{
    const Instant now = w.clock.now();
    const auto tokens = proof::make_session_tokens(w.random);
    auto work = [&](db::Tx& tx) {
        const auto loaded = store::load_account(tx, w.keys.keys, account);
        const auto credentials = store::CredentialSet::load(tx, w.keys.keys, account);
        proof::open_session(tx, w.world, asker, loaded, credentials, methods, level, tokens, false, now);
    };
    w.transact(work);
    return {account, tokens.session.hash, level, asker, std::string(tokens.session.text.reveal_text())};
}

inline std::size_t sessions_of(World& w, const AccountId& account)
{
    return w.transact([&](db::Tx& tx) { return store::sessions_of(tx, w.keys.keys, account); }).size();
}
/// Mails of one kind ("E19") that wait, those that wait for their hour included.
inline std::int64_t mails_of(World& w, const AccountId& account, const std::string& mail)
{
    return w.transact([&](db::Tx& tx) {
        return tx
            .query("SELECT COUNT(*) FROM outbox WHERE account = $1 AND template = $2",
                   BytesView(account.value()), mail)
            .integer(0, 0);
    });
}
inline std::int64_t events_of(World& w, const AccountId& account, const std::string& kind)
{
    return w.transact([&](db::Tx& tx) {
        return tx
            .query("SELECT COUNT(*) FROM events WHERE account = $1 AND kind = $2", BytesView(account.value()),
                   kind)
            .integer(0, 0);
    });
}

/// The header's value; empty where there is none.
inline std::string header_of(const http::Response& response, std::string_view name)
{
    for (const auto& [known, value] : response.headers)
        if (known == name) return value;
    return {};
}

using Form = std::vector<std::pair<std::string, std::string>>;

/// A slice's routes, asked without a socket.
class Doors {
public:
    /// `world` outlives it.
    explicit Doors(World& w) : m_sessions{w.world.database, w.keys.keys, w.clock, w.world.sessions}, m_w(w) {}

    http::Router router;  // for add_routes(router, access())
    [[nodiscard]] const access::Access& access() const { return m_access; }
    /// Whose cookie goes along; empty: nobody's.
    std::string cookie;

    http::Response send(http::Method method, const std::string& path, Form form = {}, bool json = true)
    {
        http::Request request;
        const std::size_t mark = path.find('?');
        request.method = method;
        request.path = path.substr(0, mark);
        if (mark != std::string::npos) request.query = http::Fields({{"done", path.substr(mark + 6)}});
        auto match = router.match(method, request.path, http::Door::public_door);
        CHECK(match.route != nullptr);
        request.captures = std::move(match.captures);
        request.wants_json = json;
        request.form = http::Fields(std::move(form));
        if (!cookie.empty()) request.headers.emplace_back("cookie", "__Host-session=" + cookie);
        return sync_wait(match.route->handler(std::move(request)));
    }
    boost::json::object get(const std::string& path)
    {
        const auto response = send(http::Method::get, path);
        CHECK(response.status == 200);
        return boost::json::parse(response.body).as_object();
    }
    std::string page(const std::string& path)
    {
        const auto response = send(http::Method::get, path, {}, false);
        CHECK(response.status == 200);
        CHECK(response.body.find("<h1") != std::string::npos);
        return response.body;
    }
    /// Where a step leads; "" where it leads nowhere.
    std::string next(const std::string& path, Form form = {})
    {
        const auto response = send(http::Method::post, path, std::move(form));
        if (response.status != 200) return "status " + std::to_string(response.status) + response.body;
        const auto answer = boost::json::parse(response.body).as_object();
        return answer.contains("next") ? std::string(answer.at("next").as_string()) : "";
    }
    /// The status and stable code of a refusal: "422 proof_wrong".
    std::string refused(const std::string& path, Form form = {}, http::Method method = http::Method::post)
    {
        const auto response = send(method, path, std::move(form));
        const auto answer = boost::json::parse(response.body).as_object();
        return std::to_string(response.status) + " " +
               (answer.contains("code") ? std::string(answer.at("code").as_string()) : "");
    }
    /// The id of the step-up that the address asks for; "" where it asks for none.
    std::string ask(const std::string& path, Form form = {})
    {
        constexpr std::string_view before = "/account/reauth/";
        const std::string page = next(path, std::move(form));
        return page.starts_with(before) ? page.substr(before.size()) : "";
    }

private:
    access::SessionCache m_sessions;
    World& m_w;
    access::Access m_access{m_w.world, m_sessions};
};

}  // namespace sallyport::test
